"""Reading and loading the state of a Module."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from collections.abc import Mapping
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.engine import mindspore


class IncompatibleKeys(namedtuple("IncompatibleKeys", "missing_keys unexpected_keys")):
    """What `load_state_dict` returns."""

    __slots__ = ()

    def __repr__(self) -> str:
        return super().__repr__() if self.missing_keys or self.unexpected_keys else "<All keys matched successfully>"

    __str__ = __repr__


def members(module: Any) -> dict[str, Any]:
    """The parameters and persistent buffers that belong to this module itself."""
    kept = {**module._parameters}
    kept.update({name: one for name, one in module._buffers.items() if name not in module._non_persistent_buffers_set})
    return {name: one for name, one in kept.items() if one is not None}


def collected(module: Any, destination: Any, prefix: str, keep_vars: bool) -> Any:
    found = OrderedDict() if destination is None else destination
    for name, one in members(module).items():
        found[prefix + name] = one if keep_vars else one.detach()
    for name, child in module._modules.items():
        if child is not None:
            child.state_dict(destination=found, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
    return found


def places(module: Any, prefix: str = "") -> dict[str, Any]:
    """Every entry that a state dict of `module` must have, shared modules under each of their names."""
    found = {prefix + name: one for name, one in members(module).items()}
    for name, child in module._modules.items():
        if child is not None:
            found.update(places(child, f"{prefix}{name}."))
    return found


def loaded(module: Any, given: Any, strict: bool) -> IncompatibleKeys:
    """Copy `given` into the module; every problem is in one RuntimeError."""
    if not isinstance(given, Mapping):
        raise invalid(TypeError, f"Expected state_dict to be dict-like, got {type(given)}.")
    wanted = places(module)
    missing = [name for name in wanted if name not in given]
    unexpected = [name for name in given if name not in wanted]
    problems = []
    if strict and unexpected:
        problems.append(f"Unexpected key(s) in state_dict: {quoted(unexpected)}. ")
    if strict and missing:
        problems.append(f"Missing key(s) in state_dict: {quoted(missing)}. ")
    with autograd.no_grad():
        for name, one in wanted.items():
            if name in given:
                problems.extend(copied(name, one, given[name]))
    if problems:
        raise invalid(
            RuntimeError,
            "Error(s) in loading state_dict for {}:\n\t{}".format(type(module).__name__, "\n\t".join(problems)),
        )
    return IncompatibleKeys(missing, unexpected)


def copied(name: str, target: Any, value: Any) -> list[str]:
    """Copy one entry; the problems that kept it from being copied."""
    if not isinstance(value, mindspore.Tensor):
        return [
            f'While copying the parameter named "{name}", expected torch.Tensor or Tensor-like object from checkpoint but '
            f"received {type(value)}"
        ]
    if tuple(value.shape) != tuple(target.shape):
        shapes = (f"torch.Size({list(one.shape)})" for one in (value, target))
        return [
            "size mismatch for {}: copying a param with shape {} from checkpoint, the shape in current model is {}.".format(name, *shapes)
        ]
    target.copy_(value)
    return []


def quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
