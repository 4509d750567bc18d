"""Window operators: their length is a tensor, their type an argument of the constructor."""

from __future__ import annotations

from typing import Any

from compat import errors
from compat.mindspore_on_torch import windows
from compat.mindspore_on_torch.dtypes import float32
from compat.mindspore_on_torch.primitives.base import primitive

__all__ = ["BartlettWindow", "BlackmanWindow", "HammingWindow"]


def length(api: str, window_length: Any, axes: int) -> int:
    """The number in a tensor of this many axes."""
    if window_length.ndim != axes:
        raise errors.invalid(ValueError, f"{api}: window_length must have {axes} axes, but has {window_length.ndim}")
    return int(window_length)


@primitive
def BartlettWindow(window_length: Any, *, periodic: bool = True, dtype: Any = float32) -> Any:
    """(window_length,), the number in a tensor without axes."""
    return windows.made("bartlett_window", length("BartlettWindow", window_length, 0), periodic, dtype)


@primitive
def BlackmanWindow(window_length: Any, *, periodic: bool = True, dtype: Any = float32) -> Any:
    """(window_length,), the number in a tensor without axes."""
    return windows.made("blackman_window", length("BlackmanWindow", window_length, 0), periodic, dtype)


@primitive
def HammingWindow(window_length: Any, *, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, dtype: Any = float32) -> Any:
    """(window_length,), the number in a tensor (1,)."""
    return windows.made("hamming_window", length("HammingWindow", window_length, 1), periodic, dtype, alpha, beta)
