"""mindspore.numpy: sums, means, extremes and their like over axes; running sums and products."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import reductions
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import flag, named, one_axis, plain, some_axes

torch: Any = frameworks.load("torch")

__all__ = [
    "amax", "amin", "argmax", "argmin", "average", "count_nonzero", "cumprod", "cumsum", "max", "mean", "min", "nancumsum", "nanmax",
    "nanmean", "nanmin", "nanstd", "nansum", "nanvar", "ptp", "std", "sum", "var",
]  # fmt: skip

# What MindSpore puts in the place of NaN before it looks for an extreme.
FAR = float(2**63)


@plain
def mean(a: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """The mean over axes. Integers stay integers, rounded towards zero. RuntimeError for bool."""
    found = operands.array(a)
    if found.dtype is torch.bool:
        raise errors.invalid(RuntimeError, "mindspore.numpy.mean: bool is not supported")
    return named(reductions.mean(found, some_axes(axis, found.ndim), keepdims), dtype)


@plain
def sum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The sum over axes, and of `initial`; int64 for integers and bool."""
    found = operands.array(a)
    if initial is not None and not isinstance(initial, (int, float)):
        raise errors.invalid(TypeError, f"initial must be a number, but got {type(initial).__name__}")
    total = torch.sum(found, some_axes(axis, found.ndim or 1), keepdim=flag("keepdims", keepdims), dtype=torch_dtype(dtype))
    return total if initial is None else total + initial


def spread(name: str, x: Any, axis: Any, ddof: Any, keepdims: Any) -> Any:
    found = operands.array(x)
    if found.dtype is torch.bool:
        raise errors.invalid(RuntimeError, f"mindspore.numpy.{name}: bool is not supported")
    if axis is not None and not isinstance(axis, (int, tuple)):
        raise errors.invalid(TypeError, f"axis must be an int or a tuple, but got {type(axis).__name__}")
    places = some_axes(axis, found.ndim)
    return getattr(reductions, name)(found, places, operands.integer("ddof", ddof), flag("keepdims", keepdims))


@plain
def std(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """The standard deviation over axes, whose divisor is the number of elements less `ddof`; float32 for integers."""
    return spread("std", x, axis, ddof, keepdims)


@plain
def var(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """The variance over axes, whose divisor is the number of elements less `ddof`; float32 for integers."""
    return spread("var", x, axis, ddof, keepdims)


@plain
def average(x: Any, axis: Any = None, weights: Any = None, returned: bool = False) -> Any:
    """The mean over axes, weighted if there are weights, of the shape of `x` or of its one axis; `returned`: their sum as well."""
    operands.tensors(x)
    places = some_axes(axis, x.ndim)
    if weights is None:
        found = reductions.mean(x, places)
        count = x.numel() / torch.ones_like(found, dtype=torch.float32).numel()
        return (found, torch.full_like(found, count)) if returned else found
    operands.tensors(weights)
    if weights.shape != x.shape:
        if axis is None:
            raise errors.invalid(TypeError, "axis must be given where the shapes of x and weights differ")
        if weights.ndim != 1:
            raise errors.invalid(TypeError, f"weights must have 1 dimension or those of x, but have {weights.ndim}")
        weights = weights.reshape([-1 if one == places[0] else 1 for one in range(x.ndim)])
    one, other = operands.common(x, weights)
    total = other.expand(torch.broadcast_shapes(x.shape, other.shape)).sum(places, dtype=other.dtype)
    found = (one * other).sum(places, dtype=one.dtype)
    found = found / total if found.is_floating_point() else torch.div(found, total, rounding_mode="trunc")
    return (found, total) if returned else found


def extreme(largest: bool, a: Any, axis: Any, keepdims: Any, initial: Any, where: Any) -> Any:
    operands.tensors(a)
    if a.dtype is torch.bool:
        raise errors.invalid(TypeError, "bool is not supported")
    if initial is not None and not isinstance(initial, (int, float)):
        raise errors.invalid(TypeError, f"initial must be a scalar, but got {type(initial).__name__}")
    if isinstance(where, torch.Tensor):
        if initial is None:
            raise errors.invalid(ValueError, "initial must be given with where")
        a = torch.where(where, a, initial)
    found = (torch.amax if largest else torch.amin)(a, some_axes(axis, a.ndim), keepdim=flag("keepdims", keepdims))
    if initial is None:
        return found
    return found.clamp(min=initial) if largest else found.clamp(max=initial)


def extremes(name: str, largest: bool) -> Any:
    def function(a: Any, axis: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
        return extreme(largest, a, axis, keepdims, initial, where)

    about = "largest" if largest else "smallest"
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The {about} element over axes, `initial` among them; of those alone where the bool tensor `where` is true."
    return plain(function)


amax, max, amin, min = extremes("amax", True), extremes("max", True), extremes("amin", False), extremes("min", False)


@plain
def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest element less the smallest, over axes."""
    return extreme(True, x, axis, keepdims, None, True) - extreme(False, x, axis, keepdims, None, True)


@plain
def count_nonzero(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The number of elements that are not zero, over axes, int32."""
    if not isinstance(x, torch.Tensor):
        raise errors.invalid(AttributeError, f"mindspore.numpy.count_nonzero: {type(x).__name__!r} object has no attribute 'shape'")
    return torch.sum(x != 0, some_axes(axis, x.ndim or 1), keepdim=keepdims).int()


def one_or_all(axis: Any, ndim: int) -> int | None:
    """One axis, or None for all in one."""
    return None if axis is None else one_axis(axis, ndim)


@plain
def argmax(a: Any, axis: int | None = None) -> Any:
    """The index of the largest element, int64."""
    found = operands.array(a)
    numbers = found.byte() if found.dtype is torch.bool else found
    return torch.argmax(numbers, one_or_all(axis, found.ndim or 1))


@plain
def argmin(a: Any, axis: int | None = None) -> Any:
    """The index of the smallest element, int32; int64 for a tensor without axes."""
    found = operands.array(a)
    numbers = found.byte() if found.dtype is torch.bool else found
    return reductions.argmin(numbers, one_or_all(axis, found.ndim or 1))


@plain
def cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """The sums of the elements up to each, along an axis or of all in one; int32 for narrower integers."""
    operands.tensors(a)
    return reductions.running(torch.cumsum, a, one_or_all(axis, a.ndim), dtype)


@plain
def cumprod(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """The products of the elements up to each, along an axis or of all in one; int32 (uint32) for narrower integers."""
    found = operands.wide(a)
    kind = torch.uint32 if found.dtype is torch.uint8 and dtype is None else dtype
    return named(reductions.running(torch.cumprod, found, one_or_all(axis, found.ndim), None), kind)


@plain
def nancumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """As cumsum, with zeros for NaN."""
    operands.tensors(a)
    return reductions.running(torch.cumsum, without_nan(a, 0), one_or_all(axis, a.ndim), dtype)


def without_nan(a: Any, value: float) -> Any:
    return torch.where(torch.isnan(a), value, a) if a.is_floating_point() else a


@plain
def nansum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """The sum over axes with zeros for NaN, in the type of `a` unless given."""
    found = operands.array(a)
    total = torch.sum(without_nan(found, 0), some_axes(axis, found.ndim), keepdim=keepdims)
    return named(total.to(found.dtype), dtype)


def counted(a: Any, places: tuple[int, ...], keepdims: bool) -> Any:
    return torch.sum(~torch.isnan(a), places, keepdim=keepdims)


@plain
def nanmean(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """The mean over axes of the elements that aren't NaN: their sum, in the type `dtype` if one is given, by their number.

    float32, or float64 for that.
    """
    found = operands.array(a)
    return mean_of(operands.single(found), some_axes(axis, found.ndim), keepdims, dtype)


def mean_of(a: Any, places: tuple[int, ...], keepdims: bool, dtype: Any = None) -> Any:
    total = torch.sum(without_nan(a, 0), places, keepdim=keepdims)
    return named(total, dtype) / counted(a, places, keepdims).float()


def nan_variance(a: Any, axis: Any, ddof: int, keepdims: bool) -> Any:
    found = operands.array(a).float()
    places = some_axes(axis, found.ndim)
    squares = torch.square(found - mean_of(found, places, keepdims=True))
    return torch.sum(without_nan(squares, 0), places, keepdim=keepdims) / (counted(found, places, keepdims) - ddof)


@plain
def nanvar(a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """The variance over axes of the elements that aren't NaN, float32 unless given."""
    return named(nan_variance(a, axis, ddof, keepdims), dtype)


@plain
def nanstd(a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """The standard deviation over axes of the elements that aren't NaN, float32 unless given."""
    return named(torch.sqrt(nan_variance(a, axis, ddof, keepdims)), dtype)


@plain
def nanmax(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """The largest element over axes that isn't NaN; -2 ** 63 where all are."""
    return named(extreme(True, without_nan(operands.array(a), -FAR), axis, keepdims, None, True), dtype)


@plain
def nanmin(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """The smallest element over axes that isn't NaN; 2 ** 63 where all are."""
    return named(extreme(False, without_nan(operands.array(a), FAR), axis, keepdims, None, True), dtype)
