"""torch.overrides: which objects take over what functions of torch do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from compat.errors import UnsupportedAPI, invalid
from compat.torch_on_mindspore.tensor import Tensor


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether some argument takes over."""
    return any(_overrides(type(one)) for one in relevant_args)


def has_torch_function_unary(value: Any) -> bool:
    return _overrides(type(value))


def has_torch_function_variadic(*values: Any) -> bool:
    return has_torch_function(values)


def _overrides(kind: type) -> bool:
    """Whether a class has a `__torch_function__` of its own."""
    return hasattr(kind, "__torch_function__") and getattr(kind, "__torch_function__", None) is not None


def handle_torch_function(public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
    """The result of the first `__torch_function__` that does not return NotImplemented; TypeError when there is none.

    Subclasses are asked before their bases, otherwise from the left.
    """
    asked: list[Any] = []
    for one in relevant_args:
        kind = type(one)
        if _overrides(kind) and not any(type(other) is kind for other in asked):
            place = next((at for at, other in enumerate(asked) if issubclass(kind, type(other))), len(asked))
            asked.insert(place, one)
    kinds = tuple(map(type, asked))
    for one in asked:
        found = type(one).__torch_function__(public_api, kinds, args, kwargs)
        if found is not NotImplemented:
            return found
    name = f"{public_api.__module__}.{public_api.__name__}"
    raise invalid(
        TypeError, f"no implementation found for {name!r} on types that implement __torch_function__: {[kind.__name__ for kind in kinds]}"
    )


def is_tensor_like(inp: Any) -> bool:
    """Whether it is a tensor, or takes over what functions do with it."""
    return type(inp) is Tensor or isinstance(inp, Tensor) or hasattr(inp, "__torch_function__")


def get_default_nowrap_functions() -> set[Any]:
    """No function."""
    return set()


class TorchFunctionMode:
    """A block in which all functions would be taken over; it can't be entered here."""

    def __enter__(self) -> Any:
        raise UnsupportedAPI("torch.overrides.TorchFunctionMode has no implementation on MindSpore here")

    def __exit__(self, *_error: object) -> None:
        """Never reached."""
