"""Linear maps along one dimension: each result is a weighted sum of a few elements."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from compat.torch_on_mindspore import dtypes, linear_maps
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.gathering import entries
from compat.torch_on_mindspore.tensor import as_tensor, cast, host

ops = mindspore.ops
product = ops.operations.BatchMatMul()
flat_product = ops.operations.MatMul()


class Taps(NamedTuple):
    """For each result the places of the elements, and their weights: both (results, elements); weights None for one of weight 1."""

    places: Any
    weights: Any = None


def ratio(size: int, count: int, align_corners: bool, factor: float | None, number: type) -> Any:
    """How far apart the sources of two neighbours are."""
    if align_corners:
        return number(size - 1) / number(count - 1) if count > 1 else number(0)
    return number(1.0 / factor) if factor is not None and factor > 0 else number(size) / number(count)


def nearest(size: int, count: int, factor: float | None, exact: bool) -> Taps:
    """The element below, or with `exact` the one nearest to the centre."""
    step = ratio(size, count, False, factor, np.float32)
    source = np.floor((np.arange(count, dtype=np.float32) + np.float32(0.5 if exact else 0)) * step)
    return Taps(np.minimum(source.astype(np.int64), size - 1)[:, None])


def centres(size: int, count: int, align_corners: bool, factor: float | None, number: type) -> Any:
    step = ratio(size, count, align_corners, factor, number)
    at: Any = np.arange(count, dtype=number)
    return step * at if align_corners else step * (at + number(0.5)) - number(0.5)


def linear(size: int, count: int, align_corners: bool, factor: float | None, number: type) -> Taps:
    source = np.maximum(centres(size, count, align_corners, factor, number), number(0))
    low = np.minimum(np.floor(source).astype(np.int64), size - 1)
    high = np.minimum(low + 1, size - 1)
    part = np.clip(source - low.astype(number), number(0), number(1))
    return Taps(np.stack([low, high], 1), np.stack([number(1) - part, part], 1))


def keys(distance: Any, sharpness: float) -> Any:
    """The cubic convolution kernel of this sharpness, at absolute distances."""
    near = ((sharpness + 2) * distance - (sharpness + 3)) * distance * distance + 1
    far = ((sharpness * distance - 5 * sharpness) * distance + 8 * sharpness) * distance - 4 * sharpness
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0))


def cubic(size: int, count: int, align_corners: bool, factor: float | None, number: type) -> Taps:
    source = centres(size, count, align_corners, factor, number)
    low = np.floor(source)
    offsets = np.arange(-1, 3)
    weights = keys(np.abs(source[:, None] - low[:, None] - offsets.astype(number)), -0.75).astype(number)
    return Taps(np.clip(low[:, None].astype(np.int64) + offsets, 0, size - 1), weights)


def triangle(distance: Any) -> Any:
    return np.maximum(1 - np.abs(distance), 0)


def sharp_cubic(distance: Any) -> Any:
    return keys(np.abs(distance), -0.5)


def smoothed(
    shape: Callable[[Any], Any], reach: int, size: int, count: int, align_corners: bool, factor: float | None, number: type
) -> Taps:
    """Antialiasing: the kernel is stretched to cover every element when there are fewer results than elements."""
    step = float(ratio(size, count, align_corners, factor, number))
    stretch = max(step, 1.0)
    support = reach * stretch
    centre = step * (np.arange(count) + 0.5)
    first = np.maximum((centre - support + 0.5).astype(np.int64), 0)
    last = np.minimum((centre + support + 0.5).astype(np.int64), size)
    places = first[:, None] + np.arange(max(int((last - first).max()), 1))
    weights = np.where(places < last[:, None], shape((places - centre[:, None] + 0.5) / stretch), 0)
    return Taps(np.minimum(places, size - 1), (weights / weights.sum(1, keepdims=True)).astype(number))


def along(input: Any, dim: int, taps: Taps) -> Any:
    """`input` with its dimension `dim` resampled.

    A matrix product is several times as fast as gathering, but would spread infinity and NaN over the whole dimension.
    """
    count = len(taps.places)
    shape = tuple(int(one) for one in input.shape)
    if count == shape[dim] and taps.weights is None and np.array_equal(taps.places[:, 0], np.arange(count)):
        return input
    outer = (*shape[:dim], count, *shape[dim + 1 :])
    if input.dtype.category != dtypes.FLOAT or not np.isfinite(host(input)).all():
        return gathered(input, dim, taps)
    matrix = mindspore.Tensor(dense(taps, shape[dim], input.dtype.name))
    if dim == len(shape) - 1:
        turned = matrix.T
        return as_tensor(ops.reshape(linear_maps.linear(lambda x: flat_product(x, turned), ops.reshape(input, (-1, shape[dim]))), outer))
    before, after = math.prod(shape[:dim]), math.prod(shape[dim + 1 :])
    rows = ops.reshape(input, (before, shape[dim], after))
    return as_tensor(
        ops.reshape(linear_maps.linear(lambda x: product(ops.broadcast_to(matrix, (before, count, shape[dim])), x), rows), outer)
    )


def dense(taps: Taps, size: int, kind: str) -> Any:
    """The taps as a matrix (results, elements)."""
    count, width = taps.places.shape
    matrix = np.zeros((count, size), kind)
    weights = np.ones((count, width)) if taps.weights is None else taps.weights
    np.add.at(matrix, (np.arange(count)[:, None], taps.places), weights)
    return matrix


def gathered(input: Any, dim: int, taps: Taps) -> Any:
    """`along` with nothing but the elements that have a weight."""
    if taps.weights is None:
        return as_tensor(entries(input, mindspore.Tensor(np.ascontiguousarray(taps.places[:, 0])), dim))
    found: Any = None
    for number in range(taps.places.shape[1]):
        part = entries(input, mindspore.Tensor(np.ascontiguousarray(taps.places[:, number])), dim)
        weights = taps.weights[:, number].astype(input.dtype.name).reshape(-1, *(1,) * (input.ndim - dim - 1))
        found = ops.mul(part, mindspore.Tensor(weights)) if found is None else ops.add(found, ops.mul(part, mindspore.Tensor(weights)))
    return as_tensor(cast(as_tensor(found), input.dtype))
