"""torch.overrides: which objects and modes take over what functions of torch do, and what can be taken over."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from typing import Any

from compat.torch_on_mindspore import dispatch
from compat.torch_on_mindspore.dispatch import MODES, NAMES, state
from compat.torch_on_mindspore.subclasses import default_nowrap
from compat.torch_on_mindspore.tensor import Tensor

# --- who takes over ---


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether a mode, or some argument, takes over."""
    return dispatch.overriding(relevant_args) is not None


def has_torch_function_unary(value: Any) -> bool:
    return has_torch_function((value,))


def has_torch_function_variadic(*values: Any) -> bool:
    return has_torch_function(values)


def handle_torch_function(public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
    """The result of the mode, or else of the first `__torch_function__` that does not return NotImplemented; TypeError without one.

    Subclasses are asked before their bases, otherwise from the left.
    """
    asked = dispatch.ordered(relevant_args)
    mode = dispatch.innermost()
    found = dispatch.ask(public_api, mode, asked, tuple(map(type, asked)), args, kwargs)
    if found is NotImplemented:
        raise dispatch.refused(f"{public_api.__module__}.{public_api.__name__}", True, mode, asked)
    return found


def wrap_torch_function(dispatcher: Callable[..., Any]) -> Callable[[Any], Any]:
    """The decorator that lets what `dispatcher` returns of a function's arguments take it over."""

    def decorator(function: Any) -> Any:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return wrapped

    return decorator


def is_tensor_like(inp: Any) -> bool:
    """Whether it is a tensor, or takes over what functions do with it."""
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


# --- what can be taken over ---


def get_default_nowrap_functions() -> set[Any]:
    """The functions whose results the default `__torch_function__` leaves of their class."""
    return default_nowrap()


def resolve_name(f: Any) -> str | None:
    """The name under which PyTorch documents a function, a method or the `__get__` of a property; None for another object."""
    dispatch.arm()
    return NAMES.get(f)


def is_tensor_method_or_property(func: Callable[..., Any]) -> bool:
    """Whether it is a method of Tensor, or the `__get__` of a property."""
    return (resolve_name(func) or "").startswith("torch.Tensor.") or getattr(func, "__name__", "") == "__get__"


def get_overridable_functions() -> dict[Any, list[Callable[..., Any]]]:
    """What can be taken over, by the module or class that it belongs to, of the modules that are imported."""
    dispatch.arm()
    found: dict[Any, list[Callable[..., Any]]] = {}
    for function, name in NAMES.items():
        if name.startswith("torch.Tensor."):
            place: Any = Tensor
        else:
            place = sys.modules.get(f"compat.{name.rpartition('.')[0]}", sys.modules["compat.torch"])
        found.setdefault(place, []).append(function)
    return found


# --- modes ---


class TorchFunctionMode:
    """A block in which `__torch_function__(func, types, args, kwargs)` of this object takes over every function of torch.

    While it runs, the modes around it take over, but not this one.
    """

    inner: TorchFunctionMode

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise NotImplementedError

    def __enter__(self) -> Any:
        dispatch.arm()
        MODES.append(self)
        state.modes.append(self)
        return self

    def __exit__(self, *_error: object) -> None:
        state.modes.pop()
        MODES.remove(self)

    @classmethod
    def push(cls, *args: Any, **kwargs: Any) -> Any:
        """The old name of the constructor."""
        return cls(*args, **kwargs)


class BaseTorchFunctionMode(TorchFunctionMode):
    """The mode that does what would be done without it."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **({} if kwargs is None else kwargs))


def stack_length() -> int:
    """How many modes this thread is in."""
    return len(state.modes)


def mode_stack() -> list[Any]:
    """The modes that this thread is in, the innermost last."""
    return list(state.modes)


def current_mode() -> Any:
    """The innermost mode, or None."""
    return state.modes[-1] if state.modes else None


def is_enabled() -> bool:
    """Whether arguments may take over."""
    return state.allowed == dispatch.EVERYTHING


def is_mode_enabled() -> bool:
    """Whether a mode takes over."""
    return dispatch.innermost() is not None
