"""mindspore.numpy: comparisons, tests of elements, and sets."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.elementwise import binary, tensor, through_int64, unary
from compat.mindspore_on_torch.numpy.operands import cast, common, flag, plain, some_axes

torch: Any = frameworks.load("torch")

__all__ = [
    "array_equal", "array_equiv", "equal", "greater", "greater_equal", "in1d", "intersect1d", "isclose", "isfinite", "isin",
    "isinf", "isnan", "isneginf", "isposinf", "isscalar", "less", "less_equal", "logical_and", "logical_not", "logical_or",
    "logical_xor", "not_equal", "setdiff1d", "signbit", "sometrue",
]  # fmt: skip

equal, greater = binary("equal", "Whether x1 == x2", torch.eq), binary("greater", "Whether x1 > x2", torch.gt)
greater_equal, less = binary("greater_equal", "Whether x1 >= x2", torch.ge), binary("less", "Whether x1 < x2", torch.lt)
less_equal = binary("less_equal", "Whether x1 <= x2", torch.le, strict=True)
not_equal = binary("not_equal", "Whether x1 != x2", torch.ne, strict=True)
logical_and = binary("logical_and", "Whether both are true", torch.logical_and)
logical_or = binary("logical_or", "Whether any is true", torch.logical_or)
logical_xor = binary("logical_xor", "Whether just one is true", torch.logical_xor, strict=True)
isfinite, isinf = unary("isfinite", "Whether it is finite", torch.isfinite), unary("isinf", "Whether it is infinite", torch.isinf)
isnan = unary("isnan", "Whether it is NaN", torch.isnan)


@plain
def logical_not(a: Any, dtype: Any = None) -> Any:
    """Whether it is false, element by element; in the type `dtype` if one is given."""
    return cast(through_int64(torch.logical_not, operands.array(a)), dtype)


@plain
def isposinf(x: Any) -> Any:
    """Whether it is positive infinity, element by element."""
    return torch.isposinf(tensor(x))


@plain
def isneginf(x: Any) -> Any:
    """Whether it is negative infinity, element by element."""
    return torch.isneginf(tensor(x))


@plain
def signbit(x: Any, dtype: Any = None) -> Any:
    """Whether it is less than zero, element by element; -0.0 isn't. TypeError for any dtype but bool."""
    if dtype is not None and operands.data_type(dtype) is not torch.bool:
        raise errors.invalid(TypeError, f"dtype must be bool or None, but got {dtype}")
    return operands.array(x) < 0


def isscalar(element: Any) -> bool:
    """Whether it is a number, a bool or a text."""
    return isinstance(element, (int, float, str, np.generic))


@plain
def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """Whether |a - b| <= atol + rtol · |b|, element by element. TypeError for operands of different types."""
    one, other = operands.arrays(a, b)
    if one.dtype is not other.dtype:
        raise errors.invalid(TypeError, f"the operands must have one type, but have {one.dtype} and {other.dtype}")
    return torch.isclose(one, other, rtol=rtol, atol=atol, equal_nan=flag("equal_nan", equal_nan))


@plain
def sometrue(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Whether any element along the axes is true."""
    found = operands.array(a)
    if axis is not None and not isinstance(axis, (int, tuple)):
        raise errors.invalid(TypeError, f"axis must be an int or a tuple, but got {type(axis).__name__}")
    return torch.any(found, some_axes(axis, found.ndim or 1), keepdim=bool(keepdims))


@plain
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    """Whether shapes and elements are equal, as a tensor."""
    one, other = operands.arrays(a1, a2)
    if one.shape != other.shape:
        flag("equal_nan", equal_nan)
        return torch.zeros((), dtype=torch.bool, device=one.device)
    same = one == other
    if flag("equal_nan", equal_nan):
        same = same | (torch.isnan(one) & torch.isnan(other))
    return same.all()


@plain
def array_equiv(a1: Any, a2: Any) -> Any:
    """Whether the elements are equal after broadcasting, as a tensor."""
    one, other = operands.arrays(a1, a2)
    try:
        return (one == other).all()
    except RuntimeError:  # the shapes can't be broadcast
        return torch.zeros((), dtype=torch.bool, device=one.device)


@plain
def in1d(ar1: Any, ar2: Any, invert: bool = False) -> Any:
    """For each element of the first, in one axis, whether the second has it."""
    one, other = common(*operands.arrays(ar1, ar2))
    return torch.isin(one.reshape(-1), other, invert=invert)


@plain
def isin(element: Any, test_elements: Any, invert: bool = False) -> Any:
    """For each element of the first whether the second has it."""
    one, other = common(*operands.arrays(element, test_elements))
    return torch.isin(one, other, invert=invert)


def first_places(values: Any) -> tuple[Any, Any]:
    """The distinct elements in order, and the first place of each."""
    distinct, inverse = torch.unique(values, return_inverse=True)
    places = torch.arange(values.numel(), device=values.device)
    return distinct, torch.full_like(distinct, values.numel(), dtype=torch.int64).scatter_reduce(0, inverse, places, "amin")


@plain
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """The distinct elements that both have, in order; with `return_indices` also their first places in either, int32."""
    flag("assume_unique", assume_unique)
    (one, first), (other, second) = map(first_places, (each.reshape(-1) for each in common(*operands.arrays(ar1, ar2))))
    shared, back = torch.isin(one, other), torch.isin(other, one)
    return (one[shared], first[shared].int(), second[back].int()) if flag("return_indices", return_indices) else one[shared]


@plain
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The distinct elements of the first that the second lacks, in order; with `assume_unique` all of them, as they stand."""
    one, other = (each.reshape(-1) for each in common(*operands.arrays(ar1, ar2)))
    left = one if flag("assume_unique", assume_unique) else torch.unique(one)
    return left[~torch.isin(left, other)]
