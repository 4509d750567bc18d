"""Operators that reduce or accumulate over axes, count, and find extremes."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import find, int32, torch_dtype
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.reductions import axes
from compat.mindspore_on_torch.statistics import nanquantile, quantile

torch: Any = frameworks.load("torch")

__all__ = [
    "ArgMaxWithValue", "ArgMinWithValue", "Argmax", "Argmin", "Bincount", "ConfusionMatrix", "CumProd", "CumSum", "CumulativeLogsumexp",
    "EqualCount", "Histogram", "HistogramFixedWidth", "Median", "Quantile", "ReduceProd", "ReduceStd", "ReduceSum", "reduce_sum",
]  # fmt: skip


def wanted(x: Any, axis: Any) -> list[int]:
    """The axes that a number, a tuple, a list or a tensor names; all for none."""
    return axes(x, axis.tolist() if isinstance(axis, torch.Tensor) else tuple(axis) if isinstance(axis, list) else axis)


@primitive
def ReduceSum(x: Any, axis: Any = (), *, keep_dims: bool = False, skip_mode: bool = False) -> Any:
    """The sum in the type of `x`, that of bool whether one is true; with `skip_mode` no axes leave the tensor as it is."""
    if skip_mode and axis in ((), []):
        return x.clone()
    if x.dtype == torch.bool:
        return torch.any(x, wanted(x, axis), keepdim=keep_dims)
    return torch.sum(x, wanted(x, axis), keepdim=keep_dims, dtype=x.dtype)


@primitive
def ReduceProd(x: Any, axis: Any = (), *, keep_dims: bool = False) -> Any:
    """The product in the type of `x`."""
    found = x
    for one in sorted((place % (x.ndim or 1) for place in wanted(x, axis)), reverse=True):
        found = torch.prod(found, one, keepdim=keep_dims, dtype=x.dtype)
    return found if found is not x else x.clone()


@primitive
def ReduceStd(x: Any, *, axis: Any = [], unbiased: bool = True, keep_dims: bool = False) -> Any:  # noqa: B006 - read only; MindSpore's own default
    """(standard deviation, mean)."""
    return torch.std_mean(x, wanted(x, axis), correction=int(unbiased), keepdim=keep_dims)


@primitive
def ArgMaxWithValue(input: Any, *, axis: int = 0, keep_dims: bool = False) -> Any:
    """(int64 index, value) of the largest."""
    values, places = torch.max(input, axis, keepdim=keep_dims)
    return places, values


@primitive
def ArgMinWithValue(input: Any, *, axis: int = 0, keep_dims: bool = False) -> Any:
    """(int64 index, value) of the smallest."""
    values, places = torch.min(input, axis, keepdim=keep_dims)
    return places, values


@primitive
def Argmax(input_x: Any, *, axis: int = -1, output_type: Any = int32) -> Any:
    """The index of the largest, int32 or int64."""
    return torch.argmax(input_x, axis).to(torch_dtype(output_type))


@primitive
def Argmin(x: Any, *, axis: int = -1, output_type: Any = int32) -> Any:
    """The index of the smallest, int32 or int64."""
    return torch.argmin(x, axis).to(torch_dtype(output_type))


@primitive
def Median(x: Any, *, global_median: bool = False, axis: int = 0, keep_dims: bool = False, ignore_nan: bool = False) -> Any:
    """(the lower of two middle values, int64 indices) along an axis or, with an index of 0, of all."""
    operation = torch.nanmedian if ignore_nan else torch.median
    if global_median:
        found = operation(x)
        found = found.reshape([1] * x.ndim) if keep_dims else found
        return found, torch.zeros_like(found, dtype=torch.int64)
    return operation(x, axis, keepdim=keep_dims)


@primitive
def Quantile(input: Any, q: Any, *, dim: Any = None, keep_dims: bool = False, ignore_nan: bool = False) -> Any:
    """Linear between two elements; several numbers in `q` give a first axis."""
    return (nanquantile if ignore_nan else quantile)(input, q, dim, keep_dims)


def accumulated(operation: Any, x: Any, axis: Any, first: Any, exclusive: bool, reverse: bool) -> Any:
    """The operation up to each element; not including it with `exclusive`, which begins with `first`; from the end with `reverse`."""
    along = int(axis)
    found = operation(x.flip(along) if reverse else x, along)
    if exclusive and x.shape[along]:
        start = torch.full_like(found.narrow(along, 0, 1), first)
        found = torch.cat([start, found.narrow(along, 0, x.shape[along] - 1)], along)
    return found.flip(along) if reverse else found


@primitive
def CumSum(input: Any, axis: Any, *, exclusive: bool = False, reverse: bool = False) -> Any:
    """Sums up to each element, in the type of the input."""
    return accumulated(lambda x, along: torch.cumsum(x, along, dtype=x.dtype), input, axis, 0, exclusive, reverse)


@primitive
def CumProd(x: Any, axis: Any, *, exclusive: bool = False, reverse: bool = False) -> Any:
    """Products up to each element, in the type of the input."""
    return accumulated(lambda x, along: torch.cumprod(x, along, dtype=x.dtype), x, axis, 1, exclusive, reverse)


@primitive
def CumulativeLogsumexp(x: Any, axis: Any, *, exclusive: bool = False, reverse: bool = False) -> Any:
    """log Σ exp up to each element; what there is none for is the smallest number of the type."""
    return accumulated(torch.logcumsumexp, x, axis, torch.finfo(x.dtype).min, exclusive, reverse)


@primitive
def EqualCount(x: Any, y: Any) -> Any:
    """(1,): how many elements are equal, in the type of the tensors."""
    if x.shape != y.shape:
        raise errors.invalid(ValueError, f"x and y must have one shape, but have {tuple(x.shape)} and {tuple(y.shape)}")
    return (x == y).sum().reshape(1).to(x.dtype)


@primitive
def Bincount(array: Any, size: Any, weights: Any) -> Any:
    """(size,): how often each number below `size` occurs, or the sum of its weights, in the type of the weights."""
    count = int(size)
    if array.dtype != torch.int32:
        raise errors.invalid(TypeError, f"array must be of int32, but is of {array.dtype}")
    if count < 0 or (array.numel() and int(array.min()) < 0):
        raise errors.invalid(ValueError, "size and the elements of array must not be negative")
    if weights.numel() and weights.shape != array.shape:
        raise errors.invalid(ValueError, f"weights must have the shape {tuple(array.shape)}, but have {tuple(weights.shape)}")
    inside = array < count
    amounts = weights if weights.numel() else torch.ones_like(array, dtype=weights.dtype)
    return amounts.new_zeros(count).index_add(0, array[inside].long(), amounts[inside])


@primitive
def ConfusionMatrix(labels: Any, predictions: Any, weights: Any = None, *, num_classes: int, dtype: str = "int32") -> Any:
    """(classes, classes): how often, or with what weight, each label (row) was predicted as each class (column)."""
    kind = find(dtype)
    if kind is None:
        raise errors.invalid(TypeError, f"dtype must be the name of a data type, but is {dtype!r}")
    places = labels.long() * num_classes + predictions.long()
    if labels.numel() and not (
        min(int(labels.min()), int(predictions.min())) >= 0 and max(int(labels.max()), int(predictions.max())) < num_classes
    ):
        raise errors.invalid(ValueError, f"labels and predictions must be in [0, {num_classes})")
    amounts = torch.ones_like(places) if weights is None else weights
    return amounts.new_zeros(num_classes**2).index_add(0, places, amounts).reshape(num_classes, num_classes).to(kind.torch)


@primitive
def Histogram(x: Any, *, bins: int = 100, min: float = 0.0, max: float = 0.0) -> Any:
    """(bins,): how many elements fall into each of as many bins of one width; int32 for int32, else float32."""
    if not isinstance(min, float) or not isinstance(max, float):
        raise errors.invalid(TypeError, "min and max must be floats")
    counted = torch.histc(x.float(), bins, min, max)
    return counted.to(torch.int32 if x.dtype == torch.int32 else torch.float32)


@primitive
def HistogramFixedWidth(x: Any, range: Any, *, nbins: int, dtype: str = "int32") -> Any:
    """(nbins,) int32: the elements in bins of one width between both ends of `range`; those outside count in the first and the last."""
    if dtype != "int32":
        raise errors.invalid(ValueError, f"dtype must be 'int32', but is {dtype!r}")
    low, high = range.double()
    place = ((x.double() - low) / (high - low) * nbins).floor().clamp(0, nbins - 1)
    return torch.bincount(place.reshape(-1).long(), minlength=nbins).int()


reduce_sum = ReduceSum()
