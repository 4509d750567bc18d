"""torch._check and its kin, which raise unless something holds; and the errors of devices, which no backend here raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import invalid

EXPECTED = "Expected cond to be True, but got False"


class OutOfMemoryError(RuntimeError):
    """The memory of a device does not suffice; for `except`."""


class AcceleratorError(RuntimeError):
    """A device failed; for `except`."""


def _checking(name: str, kind: type[Exception]) -> Callable[..., None]:
    def function(cond: Any, message: Callable[[], str] | str | None = None) -> None:
        if not isinstance(cond, bool):
            raise invalid(TypeError, f"cond must be a bool, but got {type(cond)}")
        if not cond:
            text = EXPECTED if message is None else message() if callable(message) else message
            raise invalid(kind, text)

    function.__name__ = function.__qualname__ = name
    return function


check = _checking("_check", RuntimeError)
check_index = _checking("_check_index", IndexError)
check_value = _checking("_check_value", ValueError)
check_type = _checking("_check_type", TypeError)
check_not_implemented = _checking("_check_not_implemented", NotImplementedError)


def check_is_size(i: int, message: Callable[[], str] | None = None, *, max: int | None = None) -> None:
    """RuntimeError unless `i` is a size, and at most `max`."""
    check(i >= 0, message)
    check(max is None or i <= max, message)


def check_tensor_all(cond: Any, message: Callable[[], str] | None = None) -> None:
    """RuntimeError unless every element of a tensor of booleans is true."""
    check(bool(cond.all()), message)


def _assert_async(input: Any, assert_msg: str = "") -> None:
    """RuntimeError, at the call, unless the only element is nonzero; TypeError for what is no tensor."""
    if not hasattr(input, "item"):
        raise invalid(TypeError, f"_assert_async(): argument 'input' must be Tensor, not {type(input).__name__}")
    if not input.item():
        raise invalid(RuntimeError, assert_msg or "Expected Tensor with single nonzero value, but got zero")
