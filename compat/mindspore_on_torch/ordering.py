"""Sorting and order statistics, whose indices are often int32 in MindSpore; norm, svd and diag."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.reductions import axes, check_tensor, either_spelling

torch: Any = frameworks.load("torch")


@either_spelling
def sort(input_x: Any, axis: int = -1, descending: bool = False) -> tuple[Any, Any]:
    """mindspore.ops.sort: (values, int32 indices)."""
    values, indices = torch.sort(input_x, axis, descending)
    return values, indices.int()


@either_spelling
def sort_method(input: Any, axis: int = -1, descending: bool = False, stable: bool = False) -> tuple[Any, Any]:
    """mindspore.Tensor.sort: (values, int32 indices)."""
    values, indices = torch.sort(input, dim=axis, descending=descending, stable=stable)
    return values, indices.int()


def unique(input: Any) -> tuple[Any, Any]:
    """mindspore.ops.unique: (the distinct elements as they first appear, for each element the index of its value)."""
    check_tensor("unique", input, AttributeError)
    values, inverse = torch.unique(input, return_inverse=True)
    flat = inverse.reshape(-1)
    places = torch.arange(flat.numel())
    first = torch.full((values.numel(),), flat.numel(), dtype=torch.int64).scatter_reduce(0, flat, places, "amin")
    order = torch.argsort(first)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(order.numel())
    return values[order], rank[inverse].to(input.dtype if input.dtype == torch.int64 else torch.int32)


@either_spelling
def argsort(input: Any, axis: int = -1, descending: bool = False) -> Any:
    """mindspore.ops.argsort: int32 indices."""
    return torch.argsort(input, axis, descending).int()


@either_spelling
def argsort_method(input: Any, axis: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """mindspore.Tensor.argsort: int32 indices."""
    return torch.argsort(input, dim=axis, descending=descending, stable=stable).int()


@either_spelling
def topk(input: Any, k: int, axis: int | None = None, largest: bool = True, sorted: bool = True) -> tuple[Any, Any]:
    """mindspore.ops.topk: (values, int32 indices), along the last axis unless `dim` says otherwise."""
    check_tensor("topk", input, TypeError if axis is None else AttributeError)
    if not input.ndim:
        kind = RuntimeError if axis in (None, -1) else ValueError
        raise errors.invalid(kind, "mindspore.ops.topk: the input must have a dimension")
    try:
        values, indices = torch.topk(input, k, -1 if axis is None else axis, largest, sorted)
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.ops.topk", error, ValueError, input=input, k=k) from error
    return values, indices.int()


@either_spelling
def cummin(input: Any, axis: int) -> tuple[Any, Any]:
    """mindspore.ops.cummin: (values, int32 indices)."""
    values, indices = torch.cummin(input, axis)
    return values, indices.int()


@either_spelling
def median(input: Any, axis: int = -1, keepdims: bool = False) -> tuple[Any, Any]:
    """mindspore.ops.median: (values, indices) along one axis, the last by default; the lower of two middle values."""
    values, indices = torch.median(input, axis, keepdim=keepdims)
    return values, indices


@either_spelling
def nanmedian(input: Any, axis: int = -1, keepdims: bool = False) -> tuple[Any, Any]:
    """mindspore.ops.nanmedian: as median, without the NaNs."""
    values, indices = torch.nanmedian(input, axis, keepdim=keepdims)
    return values, indices


@either_spelling
def aminmax(input: Any, *, axis: int = 0, keepdims: bool = False) -> tuple[Any, Any]:
    """mindspore.ops.aminmax: (smallest, largest) along one axis, the first by default."""
    low, high = torch.aminmax(input, dim=axis, keepdim=keepdims)
    return low, high


def count_nonzero(x: Any, axis: Any = (), keep_dims: bool = False, dtype: Any = None) -> Any:
    """mindspore.ops.count_nonzero: int32 unless `dtype` says otherwise; the axes that are counted over keep length 1 with `keep_dims`."""
    check_tensor("count_nonzero", x)
    counted = torch.sum(x != 0, axes(x, axis), keepdim=keep_dims)
    return counted.to(torch.int32 if dtype is None else torch_dtype(dtype))


def norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """mindspore.ops.norm: of a vector or a matrix, as torch.linalg.norm; integers give float32."""
    numbers = A if A.is_floating_point() or A.is_complex() else A.float()
    result = torch.linalg.norm(numbers, ord, dim, keepdim)
    return result if dtype is None else result.to(torch_dtype(dtype))


def svd(input: Any, full_matrices: bool = False, compute_uv: bool = True) -> Any:
    """mindspore.ops.svd: (s, u, v), the singular values first; only s without compute_uv."""
    if not compute_uv:
        return torch.linalg.svdvals(input)
    u, s, vh = torch.linalg.svd(input, full_matrices=full_matrices)
    return s, u, vh.mH


def diag(input: Any) -> Any:
    """mindspore.ops.diag: a tensor of shape (*s, *s) with the elements of `input`, of shape s, on its diagonal."""
    check_tensor("diag", input)
    shape = tuple(input.shape)
    return torch.diag(input.reshape(-1)).reshape(shape + shape)


def diag_method(input: Any, diagonal: int = 0) -> Any:
    """mindspore.Tensor.diag: as mindspore.ops.diag; ValueError for any other diagonal than 0."""
    if diagonal != 0:
        raise errors.invalid(ValueError, f"For 'Tensor.diag', the argument 'diagonal' should be '0', but got {diagonal}.")
    return diag(input)


def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Any:
    """mindspore.ops.bincount: how often each number occurs, or the sum of its weights, as float32 in either case."""
    check_tensor("bincount", input)
    return torch.bincount(input, weights, minlength).float()


def bucketize(input: Any, boundaries: Any, *, right: bool = False) -> Any:
    """mindspore.ops.bucketize: int32; the boundaries are a list of numbers."""
    check_tensor("bucketize", input)
    return torch.bucketize(input, torch.as_tensor(boundaries), out_int32=True, right=right)


def argmax_with_value(input: Any, axis: int | None = 0, keep_dims: bool = False) -> tuple[Any, Any]:
    """mindspore.Tensor.argmax_with_value: (the largest values along one axis, their int64 indices); (value, 0) for None."""
    return _with_value(torch.max, "argmax_with_value", input, axis, keep_dims)


def argmin_with_value(input: Any, axis: int | None = 0, keep_dims: bool = False) -> tuple[Any, Any]:
    """mindspore.Tensor.argmin_with_value: (the smallest values along one axis, their int64 indices); (value, 0) for None."""
    return _with_value(torch.min, "argmin_with_value", input, axis, keep_dims)


def _with_value(operation: Any, name: str, input: Any, axis: Any, keep_dims: Any) -> tuple[Any, Any]:
    if not isinstance(axis, int | None) or not isinstance(keep_dims, bool) or input.dtype == torch.bool:
        raise errors.invalid(TypeError, f"mindspore.Tensor.{name} needs numbers, an int or None as axis and a bool as keep_dims")
    if axis is None:
        value = operation(input)
        return value, torch.zeros_like(value, dtype=torch.int64)
    axes(input, axis, name)
    values, indices = operation(input, axis, keepdim=keep_dims)
    return values, indices


def searchsorted(input: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """mindspore.Tensor.searchsorted: where each element of `v` belongs in the sorted last axis of `input`, int32.

    `sorter`: the int64 indices that sort `input`. ValueError for another side, and for shapes that don't fit.
    """
    if side not in ("left", "right"):
        raise errors.invalid(ValueError, f"mindspore.Tensor.searchsorted: side must be left or right, but got {side!r}")
    if sorter is not None and sorter.dtype != torch.int64:
        raise errors.invalid(ValueError, f"mindspore.Tensor.searchsorted: sorter must be int64, but is {sorter.dtype}")
    values = torch.as_tensor(v, device=None if isinstance(v, torch.Tensor) else input.untyped_storage().device)
    common = torch.promote_types(torch_dtype(input.dtype), torch_dtype(values.dtype))
    try:
        return torch.searchsorted(input.to(common), values.to(common).contiguous(), side=side, sorter=sorter, out_int32=True)
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.Tensor.searchsorted", error, ValueError, input=input, v=v) from error


def top_k(input_x: Any, k: int, sorted: bool = True) -> tuple[Any, Any]:
    """mindspore.ops.top_k: (values, int32 indices) of the last axis."""
    values, indices = topk(input_x, k, sorted=sorted)
    return values, indices
