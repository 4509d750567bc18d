"""Elements counted: by value, in equal bins, in bins between edges, in bins of several dimensions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.creation import spaced
from compat.torch_on_mindspore.return_types import structure
from compat.torch_on_mindspore.sorting import made
from compat.torch_on_mindspore.tensor import Tensor, cast, host

Histogram = structure("histogram", "hist bin_edges")
HistogramDD = structure("histogramdd", "hist bin_edges")


def as_count(array: Any) -> Tensor:
    found: Tensor = made(np.asarray(array, np.int64))
    return found


def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Tensor:
    """How often each of 0, 1, … occurs in a vector, or the sum of the weights there."""
    if input.dtype.category != dtypes.INTEGER:
        raise invalid(NotImplementedError, f"\"bincount_cpu\" not implemented for '{input.dtype.tensor_type}'")
    array = host(input)
    if minlength < 0:
        raise invalid(RuntimeError, "minlength should be >= 0")
    if array.ndim != 1 or (array.size and array.min() < 0):
        raise invalid(RuntimeError, "bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and tuple(weights.shape) != array.shape:
        raise invalid(RuntimeError, "weights should be 1-d and have the same length as input")
    if weights is None:
        return as_count(np.bincount(array, minlength=minlength))
    counts = np.bincount(array, host(weights).astype(np.float64), minlength)
    found: Tensor = made(counts.astype(np.float32 if weights.dtype == dtypes.float32 else np.float64))
    return found


def edges_of(input: Any, bins: int, low: float, high: float, margin: float = 1.0) -> tuple[float, float]:
    """The range of a histogram: the smallest and largest element where both ends are equal."""
    if bins <= 0:
        raise invalid(RuntimeError, "bins must be > 0")
    array = host(input)
    if low == high and array.size:
        low, high = float(array.min()), float(array.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise invalid(RuntimeError, f"range of [{low}, {high}] is not finite")
    if low > high:
        raise invalid(RuntimeError, "max must be larger than min")
    return (low - margin, high + margin) if low == high else (low, high)


def histc(input: Any, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements lie in each of `bins` equal parts of min … max, in the dtype of `input`."""
    if input.dtype.category != dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"histogram_cpu\" not implemented for '{input.dtype.tensor_type}'")
    low, high = edges_of(input, bins, min, max)
    counts, _ = binned(input.detach().asnumpy().reshape(-1), bins, low, high, None)
    found: Tensor = cast(made(counts.astype(np.float64)), input.dtype)
    return found


def binned(array: Any, bins: int, low: float, high: float, weights: Any) -> Any:
    """Counts, or sums of weights, in equal bins; the last one holds its upper edge. Places are computed in the dtype, as PyTorch does."""
    kept = (array >= low) & (array <= high)
    number = array.dtype.type
    place = (array[kept] - number(low)) * number(bins) / (number(high) - number(low))
    place = np.minimum(place.astype(np.float64).astype(np.int64), bins - 1)
    return np.bincount(place, None if weights is None else weights[kept], bins)[:bins], kept


def histogram(
    input: Any, bins: Any = 100, *, range: Sequence[float] | None = None, weight: Any = None, density: bool = False
) -> Any:  # fmt: skip
    """(hist, bin_edges): the elements, or their weights, counted in equal bins or in those between these edges."""
    array = host(input).reshape(-1)
    weights = None if weight is None else host(weight).reshape(-1)
    if is_tensor(bins):
        edges = host(bins)
    else:
        first, last = (0.0, 0.0) if range is None else range
        low, high = edges_of(input, bins, first, last, margin=0.5)
        edges = spaced("histogram", low, high, bins + 1, input.dtype)
    counts, _ = np.histogram(array, edges, weights=weights, density=density)
    return Histogram(made(counts.astype(array.dtype)), made(edges))


def histogramdd(
    input: Any, bins: Any, range: Sequence[float] | None = None, weight: Any = None, density: bool = False
) -> Any:  # fmt: skip
    """(hist, bin_edges): the points (…, N), or their weights (…), counted in boxes: N equal divisions, or N tensors of edges."""
    if input.ndim < 2:
        raise invalid(RuntimeError, "torch.histogramdd: input tensor should have at least 2 dimensions")
    if input.dtype not in (dtypes.float32, dtypes.float64):
        raise invalid(NotImplementedError, f"\"histogramdd\" not implemented for '{input.dtype.tensor_type}'")
    rank = input.shape[-1]
    points = host(input).reshape(-1, rank) if rank else host(input).reshape(math.prod(input.shape[:-1]), 0)
    wanted: list[Any] = [bins] * rank if isinstance(bins, int) else list(bins)
    if len(wanted) != rank:
        raise invalid(RuntimeError, "histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    if weight is not None and tuple(weight.shape) != tuple(input.shape[:-1]):
        raise invalid(
            RuntimeError,
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding its innermost "
            f"dimension, but got input with shape {list(input.shape)}, and weight with shape {list(weight.shape)}",
        )
    for dim, one in enumerate(wanted):
        count = one.numel() - 1 if is_tensor(one) else one
        if count <= 0:
            raise invalid(RuntimeError, f"torch.histogram(): bins must be > 0, but got {count} for dimension {dim}")
    edges = [host(one) if is_tensor(one) else even_edges(points[:, dim], one, dim, range, input.dtype) for dim, one in enumerate(wanted)]
    weights = np.ones(len(points), points.dtype) if weight is None else host(weight).reshape(-1)
    hist = counted(points, edges, weights)
    if density:
        with np.errstate(all="ignore"):
            hist = hist / hist.sum()
            for dim, one in enumerate(edges):
                hist = hist / np.diff(one).reshape((-1,) + (1,) * (rank - dim - 1))
    return HistogramDD(made(hist.astype(points.dtype)), tuple(made(one) for one in edges))


def even_edges(values: Any, bins: int, dim: int, range: Sequence[float] | None, kind: Any) -> Any:
    """The edges of equal bins over the range of this dimension, or over that of its values."""
    low, high = (0.0, 1.0) if range is None else (float(range[2 * dim]), float(range[2 * dim + 1]))
    if range is None and values.size:
        low, high = float(values.min()), float(values.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise invalid(RuntimeError, f"torch.histogramdd: dimension {dim}'s range [{low}, {high}] is not finite")
    if low > high:
        raise invalid(RuntimeError, f"torch.histogramdd: min should not exceed max, but got min {low} max {high} for dimension {dim}")
    if low == high:
        low, high = low - 0.5, high + 0.5
    return spaced("histogramdd", low, high, bins + 1, kind)


def counted(points: Any, edges: list[Any], weights: Any) -> Any:
    """The sums of weights in boxes; a box holds its lower edges, the last ones their upper edges too."""
    shape = tuple(one.size - 1 for one in edges)
    kept = np.ones(len(points), np.bool_)
    places = []
    for dim, one in enumerate(edges):
        column = points[:, dim]
        kept &= (column >= one[0]) & (column <= one[-1])
        places.append(np.minimum(upper_bounds(one, column) - 1, one.size - 2))
    flat = np.ravel_multi_index([place[kept] for place in places], shape) if places and kept.any() else np.zeros(0, np.int64)
    total = np.zeros(math.prod(shape), points.dtype)
    np.add.at(total, flat, weights[kept][: flat.size])
    return total.reshape(shape)


def upper_bounds(edges: Any, values: Any) -> Any:
    """Where a binary search puts each value behind its equals; edges out of order, too, lead it as they lead PyTorch's."""
    low, high = np.zeros(values.shape, np.int64), np.full(values.shape, edges.size)
    while (low < high).any():
        middle = np.minimum(low + (high - low) // 2, edges.size - 1)
        open_ = low < high
        before = values < edges[middle]
        high = np.where(open_ & before, middle, high)
        low = np.where(open_ & ~before, middle + 1, low)
    return low
