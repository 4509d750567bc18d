"""Orders, searches in sorted sequences, and distinct values. Orders and places are found on the host, values are gathered."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, gathering
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.reductions import Sorted, TopK
from compat.torch_on_mindspore.return_types import structure
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host, normal_dim

ops = mindspore.ops

KthValue = structure("kthvalue", "values indices")


def made(array: Any) -> Any:
    """A new tensor that holds the array."""
    return as_tensor(mindspore.Tensor(np.array(array, order="C")))


def order(input: Any, dim: int, descending: bool) -> Any:
    """The indices that sort along `dim`, stable; NaN counts as the largest number."""
    array = host(input)
    if array.dtype.kind == "c":
        raise invalid(RuntimeError, "Sort does not support complex dtypes on CPU")
    if not descending:
        return np.argsort(array, dim, kind="stable")
    return array.shape[dim] - 1 - np.flip(np.argsort(np.flip(array, dim), dim, kind="stable"), dim)


def taken(input: Any, dim: int, indices: Any) -> Any:
    """The entries of `input` at these places along `dim`, in the graph."""
    if indices.numel():
        return gathering.picked(input, dim, indices)
    return input.reshape(-1)[:0].reshape(tuple(indices.shape))


def sort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """(values, indices), the indices as int64; equal elements keep their order."""
    dim = normal_dim(input, dim)
    if not input.ndim:
        return Sorted(input.clone(), input.new_zeros((), dtype=dtypes.int64))
    indices = made(order(input, dim, descending).astype(np.int64))
    return Sorted(taken(input, dim, indices), indices)


def argsort(input: Any, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Any:
    """The indices that sort the tensor along `dim`."""
    dim = normal_dim(input, dim)
    if not input.ndim:
        return input.new_zeros((), dtype=dtypes.int64)
    return made(order(input, dim, descending).astype(np.int64))


def msort(input: Any) -> Tensor:
    """Sorted along the first dimension."""
    found: Tensor = sort(input, 0).values
    return found


def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """(values, indices) of the k largest or smallest along `dim`, in order."""
    dim = normal_dim(input, dim)
    size = input.shape[dim] if input.ndim else 1
    if not 0 <= k <= size:
        raise invalid(RuntimeError, "selected index k out of range")
    if not input.ndim:
        return TopK(input.clone(), input.new_zeros((), dtype=dtypes.int64))
    indices = made(np.take(order(input, dim, largest), np.arange(k), dim).astype(np.int64))
    return TopK(taken(input, dim, indices), indices)


def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """(values, indices) of the k-th smallest along `dim`, counted from 1."""
    dim = normal_dim(input, dim)
    if not 1 <= k <= (input.shape[dim] if input.ndim else 1):
        raise invalid(RuntimeError, "kthvalue(): selected number k out of range for dimension " + str(dim))
    if not input.ndim:
        return KthValue(input.clone(), input.new_zeros((), dtype=dtypes.int64))
    where = np.take(order(input, dim, False), [k - 1], dim)
    array = host(input)
    values = np.take_along_axis(array, where, dim)
    equal = (array == values) | (np.isnan(array) & np.isnan(values) if array.dtype.kind == "f" else np.False_)
    several = np.flatnonzero(equal.sum(dim) > 1)
    rows, places = np.moveaxis(array, dim, -1).reshape(-1, array.shape[dim]), np.ravel(where).copy()
    for at in several:
        places[at] = place_of_kth(rows[at].tolist(), k - 1)
    where = places.reshape(where.shape)
    return picked(KthValue, input, where, dim, keepdim)


def place_of_kth(values: list[Any], k: int) -> int:
    """The place of the k-th smallest, counted from 0, that a quickselect of Hoare's kind stops at, pivots being medians of three.

    Of equal elements PyTorch gives the one that this leaves at `k`, whichever it was.
    """
    places = list(range(len(values)))

    def above(one: Any, other: Any) -> bool:
        return bool(one > other or (one != one and other == other))

    def exchange(one: int, other: int) -> None:
        values[one], values[other] = values[other], values[one]
        places[one], places[other] = places[other], places[one]

    first, last = 0, len(values) - 1
    while last > first:
        if last == first + 1:
            if above(values[first], values[last]):
                exchange(first, last)
            break
        exchange((first + last) // 2, first + 1)
        for low, high in ((first + 1, last), (first, last), (first + 1, first)):
            if above(values[low], values[high]):
                exchange(low, high)
        pivot, left, right = values[first], first + 1, last
        while True:
            left += 1
            while above(pivot, values[left]):
                left += 1
            right -= 1
            while above(values[right], pivot):
                right -= 1
            if right < left:
                break
            exchange(left, right)
        exchange(first, right)
        first, last = left if right <= k else first, right - 1 if right >= k else last
    return places[k]


def picked(result: Any, input: Any, where: Any, dim: int, keepdim: bool) -> Any:
    """(values, indices) at one place along `dim`."""
    indices = made(where.astype(np.int64))
    values = taken(input, dim, indices)
    return result(values, indices) if keepdim else result(values.squeeze(dim), indices.squeeze(dim))


def searchsorted(
    sorted_sequence: Any, input: Any, *, out_int32: bool = False, right: bool = False, side: str | None = None, sorter: Any = None
) -> Tensor:
    """Where each value would be inserted to keep the sequence, or each row of sequences, sorted."""
    if side not in (None, "left", "right"):
        raise invalid(RuntimeError, f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise invalid(RuntimeError, "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True")
    rows, values = host(sorted_sequence), host(input) if is_tensor(input) else np.array(input)
    if sorter is not None:
        if tuple(sorter.shape) != tuple(sorted_sequence.shape):
            raise invalid(RuntimeError, "torch.searchsorted(): sorted_sequence and sorter must have the same size")
        if sorter.dtype != dtypes.int64:
            raise invalid(RuntimeError, "torch.searchsorted(): sorter must be a tensor of long dtype")
        rows = np.take_along_axis(rows, host(sorter), -1)
    if rows.ndim != 1 and rows.shape[:-1] != values.shape[:-1]:
        raise invalid(
            RuntimeError,
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and "
            f"input value tensor must match, but we got boundaries tensor {list(rows.shape)} and input value tensor {list(values.shape)}",
        )
    where: Any = "right" if right or side == "right" else "left"
    if rows.ndim == 1:
        found = np.searchsorted(rows, values, where)
    else:
        width = rows.shape[-1]
        found = np.zeros(values.shape, np.int64)
        flat = (
            ()
            if not values.size
            else zip(rows.reshape(math.prod(rows.shape[:-1]), width), values.reshape(-1, values.shape[-1]), strict=True)
        )
        for at, (row, each) in enumerate(flat):
            found.reshape(-1, values.shape[-1])[at] = np.searchsorted(row, each, where)
    result: Tensor = made(np.asarray(found).astype(np.int32 if out_int32 else np.int64))
    return result


def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """The bucket between `boundaries` in which each value lies."""
    if not (is_tensor(input) or isinstance(input, (int, float))):
        raise invalid(TypeError, f"bucketize(): argument 'input' must be Tensor, not {type(input).__name__}")
    if boundaries.ndim != 1:
        raise invalid(RuntimeError, f"bucketize(): boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def unique(input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """The distinct elements, or slices along `dim`, sorted; then where each element went, and how often each occurs."""
    axis = None if dim is None else normal_dim(input, dim)
    array = host(input)
    values, inverse, counts = np.unique(array, return_inverse=True, return_counts=True, axis=axis)
    return distinct(input, values, inverse.reshape(array.shape if axis is None else (-1,)), counts, return_inverse, return_counts)


def distinct(input: Any, values: Any, inverse: Any, counts: Any, return_inverse: bool, return_counts: bool) -> Any:
    """The results of unique that were asked for."""
    found = [cast(made(values), input.dtype)]
    if return_inverse:
        found.append(made(inverse.astype(np.int64)))
    if return_counts:
        found.append(made(counts.astype(np.int64)))
    return tuple(found) if len(found) > 1 else found[0]


def unique_consecutive(input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """The elements, or slices along `dim`, without those equal to the one before."""
    array = host(input)
    axis = 0 if dim is None else normal_dim(input, dim)
    rows = array.reshape(-1) if dim is None else np.moveaxis(array, axis, 0)
    count = rows.shape[0]
    flat = rows.reshape(count, math.prod(rows.shape[1:]))
    first = np.ones(count, np.bool_)
    first[1:] = (flat[1:] != flat[:-1]).any(1)
    starts = np.flatnonzero(first)
    inverse = np.cumsum(first) - 1
    values = rows[starts] if dim is None else np.moveaxis(rows[starts], 0, axis)
    shaped = inverse.reshape(array.shape) if dim is None else inverse
    return distinct(input, values, shaped, np.diff(np.append(starts, count)), return_inverse, return_counts)
