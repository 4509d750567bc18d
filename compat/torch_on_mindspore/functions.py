"""The functions of the torch namespace: those that are methods too, by name, and here the few that are not."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, methods
from compat.torch_on_mindspore.tensor import Tensor, host


def __getattr__(name: str) -> Any:
    """`functions.exp` and all other operations that `methods` puts on Tensor; AttributeError for what is not there."""
    try:
        return methods.SHARED[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def equal(input: Any, other: Any) -> bool:
    """Whether shapes and all elements are the same."""
    if tuple(input.shape) != tuple(other.shape):
        return False
    return bool(np.array_equal(host(input), host(other)))


def allclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all elements differ by at most atol + rtol · |other|; RuntimeError when the dtypes differ."""
    if input.dtype != other.dtype:
        raise invalid(RuntimeError, f"{input.dtype.tensor_type} did not match {other.dtype.tensor_type}")
    return bool(np.allclose(host(input), host(other), rtol, atol, equal_nan))


def isclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    close = (input - other).abs() <= atol + rtol * other.abs()
    close = close | (input == other)
    return close | ((input != input) & (other != other)) if equal_nan else close


def numel(input: Any) -> int:
    return int(input.numel())


def is_floating_point(input: Any) -> bool:
    return bool(dtypes.OF[input.dtype].is_floating_point)


def is_complex(input: Any) -> bool:
    return bool(dtypes.OF[input.dtype].is_complex)


def clone(input: Any, *, memory_format: Any = None) -> Tensor:
    found: Tensor = input.clone(memory_format=memory_format)
    return found
