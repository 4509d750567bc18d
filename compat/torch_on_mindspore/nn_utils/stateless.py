"""Calling a module with other tensors in place of its parameters and buffers; torch.func.functional_call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from compat.arguments import MISSING
from compat.errors import invalid


def functional_call(
    module: Any, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None, *, tie_weights: bool = True, strict: bool = False
) -> Any:
    """`module(*args, **kwargs)` where the tensors of the given dictionaries stand for those of the same dotted names.

    With `tie_weights`, a tensor that stands under several names is replaced under all of them. With `strict`, the names must be
    those of all parameters and buffers.
    """
    several = isinstance(parameter_and_buffer_dicts, Sequence)
    given: dict[str, Any] = {}
    for one in parameter_and_buffer_dicts if several else (parameter_and_buffer_dicts,):
        if not isinstance(one, dict):
            raise invalid(ValueError, "Expected all elements of parameter_and_buffer_dicts to be dictionaries")
        twice = sorted(set(one) & set(given))
        if twice:
            raise invalid(ValueError, f"{twice} appeared in multiple dictionaries; behavior of functional call is ambiguous")
        given.update(one)
    positional = () if args is None else args if isinstance(args, tuple) else (args,)
    with replaced(module, given, tie_weights, strict):
        return module(*positional, **(kwargs or {}))


@contextmanager
def replaced(module: Any, given: dict[str, Any], tie_weights: bool, strict: bool) -> Iterator[None]:
    """The module with other tensors; what it had is back afterwards."""
    places = {name: member for kind in ("parameters", "buffers") for name, member in _named(module, kind)}
    if strict:
        missing, unexpected = sorted(set(places) - set(given)), sorted(set(given) - set(places))
        if missing or unexpected:
            parts = [
                f"{what} key(s): {', '.join(map(repr, names))}."
                for what, names in (("Unexpected", unexpected), ("Missing", missing))
                if names
            ]
            raise invalid(RuntimeError, f"Error(s) in loading state_dict for {type(module).__name__}:\n\t" + "\n\t".join(parts))
    wanted = dict(given)
    if tie_weights:
        for name, value in given.items():
            tied = [other for other, member in places.items() if name in places and member is places[name] and other not in given]
            wanted.update(dict.fromkeys(tied, value))
    before = []
    try:
        for name, value in wanted.items():
            path, _, leaf = name.rpartition(".")
            owner = module.get_submodule(path)
            kind: Any = next((kind for kind in (owner._parameters, owner._buffers) if leaf in kind), owner.__dict__)
            before.append((kind, leaf, kind.get(leaf, MISSING)))
            kind[leaf] = value
        yield
    finally:
        for kind, leaf, value in reversed(before):
            if value is MISSING:
                del kind[leaf]
            else:
                kind[leaf] = value


def _named(module: Any, kind: str) -> Any:
    return getattr(module, f"named_{kind}")(remove_duplicate=False)


def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """A module whose parameters are not initialised; `torch.nn.utils.skip_init`. Here they are initialised and then forgotten."""
    from compat.torch_on_mindspore.module import Module

    if not issubclass(module_cls, Module):
        raise invalid(RuntimeError, f"Expected a Module; got {module_cls}")
    return module_cls(*args, **kwargs).to_empty(device="cpu" if kwargs.get("device") is None else kwargs["device"])
