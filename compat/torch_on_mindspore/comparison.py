"""Comparisons of values: closeness, membership, kinds of numbers, and the larger or smaller of two."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, elementary, engine
from compat.torch_on_mindspore.arithmetic import add, common, computed, is_tensor
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

ops = mindspore.ops


def equal(input: Any, other: Any) -> bool:
    """Whether shapes and all elements are the same."""
    if not is_tensor(other):
        raise invalid(TypeError, f"equal(): argument 'other' (position 1) must be Tensor, not {type(other).__name__}")
    if tuple(input.shape) != tuple(other.shape):
        return False
    return bool(np.array_equal(host(input), host(other)))


def allclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all elements differ by at most atol + rtol · |other|; RuntimeError when the dtypes differ."""
    return bool(host(isclose(input, other, rtol, atol, equal_nan)).all())


def isclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Where the elements differ by at most atol + rtol · |other|."""
    if input.dtype != other.dtype:
        raise invalid(RuntimeError, f"{input.dtype.tensor_type} did not match {other.dtype.tensor_type}")
    for name, limit in (("rtol", rtol), ("atol", atol)):
        if limit < 0:
            raise invalid(RuntimeError, f"{name} must be greater than or equal to zero, but got {limit:g}")
    if equal_nan and input.dtype.category == dtypes.COMPLEX:
        raise invalid(RuntimeError, "Complex inputs with equal_nan=True are not supported.")
    left, right = host(input), host(other)
    if input.dtype.category < dtypes.FLOAT:
        left, right = left.astype(np.float64), right.astype(np.float64)
    found: Tensor = as_tensor(mindspore.Tensor(np.asarray(np.isclose(left, right, rtol, atol, equal_nan))))
    return found


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Which elements are among `test_elements`, found on the host; either may be a number."""
    known, among = (host(one) if is_tensor(one) else np.array(one) for one in (elements, test_elements))
    found: Tensor = as_tensor(mindspore.Tensor(np.asarray(np.isin(known, among, assume_unique=assume_unique, invert=invert))))
    return found


def isreal(input: Any) -> Tensor:
    """Where the imaginary part is 0."""
    if input.dtype.category == dtypes.COMPLEX:
        whole: Tensor = as_tensor(ops.equal(ops.imag(input), 0))
        return whole
    found: Tensor = as_tensor(mindspore.Tensor(np.ones(tuple(input.shape), np.bool_)))
    return found


def infinite(input: Any, value: float) -> Tensor:
    if input.dtype.category == dtypes.COMPLEX:
        raise invalid(RuntimeError, "is not supported for complex inputs")
    if input.dtype.category < dtypes.FLOAT:
        return as_bool(np.zeros(tuple(input.shape), np.bool_))
    found: Tensor = as_tensor(ops.equal(input, value))
    return found


def as_bool(array: Any) -> Tensor:
    found: Tensor = as_tensor(mindspore.Tensor(array))
    return found


def isposinf(input: Any) -> Tensor:
    return infinite(input, math.inf)


def isneginf(input: Any) -> Tensor:
    return infinite(input, -math.inf)


def heaviside(input: Any, values: Any) -> Tensor:
    """0 below zero, `values` at zero, 1 above; RuntimeError when the dtypes differ."""
    if input.dtype != values.dtype:
        raise invalid(RuntimeError, "heaviside is not yet implemented for tensors with different dtypes.")
    above = cast(as_tensor(ops.greater(host_free(input), 0)), input.dtype)
    found: Tensor = as_tensor(ops.where(ops.equal(host_free(input), 0), values.detach(), above))
    return found


def host_free(input: Any) -> Any:
    """Without a history; booleans as int32, for which there are kernels."""
    return cast(input, dtypes.int32) if input.dtype == dtypes.bool_ else input.detach()


def with_nan(native: Any) -> Any:
    """`native` of two operands, nan where either is, with the gradient of both there: MindSpore's kernels take nan for a number."""

    def function(*pair: Any) -> Any:
        found = native(*pair)
        tensors = [one for one in pair if is_tensor(one) and one.dtype in elementary.HOSTED]
        if not (engine.ON_CPU and any(map(elementary.holds_nan, tensors))):
            return found
        unknown = np.isnan(sum(np.where(np.isnan(one.asnumpy()), np.nan, 0.0) for one in tensors))
        return ops.where(mindspore.Tensor(np.broadcast_to(unknown, found.shape).copy()), ops.add(*pair), found)

    return function


def extreme_of(name: str, native: Any, logical: Any) -> Any:
    """maximum and minimum; on booleans `logical`, which has the kernel."""

    def function(input: Any, other: Any) -> Any:
        kind = dtypes.result_type(input, other)
        if kind.category == dtypes.COMPLEX:
            raise invalid(RuntimeError, f"{name} not implemented for complex tensors.")
        if kind == dtypes.bool_:
            return as_tensor(logical(input, other))
        if (is_tensor(input) and 0 in input.shape) or (is_tensor(other) and 0 in other.shape):
            return add(input, other)  # nothing, in the shape and dtype of both: MindSpore takes no empty tensors
        return computed(with_nan(native), input, other, kind)

    function.__name__ = function.__qualname__ = name
    return function


maximum = extreme_of("maximum", ops.maximum, ops.logical_or)
minimum = extreme_of("minimum", ops.minimum, ops.logical_and)


def finite_extreme(name: str, native: Any) -> Any:
    """fmax and fmin, which prefer a number to NaN; at a tie the gradient goes to `input`."""

    def function(input: Any, other: Any) -> Any:
        kind = dtypes.result_type(input, other)
        if kind.category == dtypes.COMPLEX:
            raise invalid(RuntimeError, f"{name} not implemented for complex tensors.")
        if kind == dtypes.bool_:
            return (maximum if name == "fmax" else minimum)(input, other)
        first, second = common(input, other)
        taken = native(first, second)
        if kind.category == dtypes.FLOAT:
            taken = ops.logical_or(taken, ops.isnan(second))
        return as_tensor(ops.where(taken, first, second))

    function.__name__ = function.__qualname__ = name
    return function


fmax = finite_extreme("fmax", ops.greater_equal)
fmin = finite_extreme("fmin", ops.less_equal)
