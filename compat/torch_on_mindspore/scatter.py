"""Writing values at indexed places of a copy, and reading by flat index.

MindSpore reads and writes past the end of its memory for an index that is out of range; every index is checked here first.
Places are worked out on the host, from indices and shapes; the values stay in the graph.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.arithmetic import is_number, is_tensor, mul
from compat.torch_on_mindspore.dtypes import c_name
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function, once_differentiable
from compat.torch_on_mindspore.gathering import entries
from compat.torch_on_mindspore.places import flat, gathered_to, numbered, placed
from compat.torch_on_mindspore.storage import fitted
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, host, normal_dim

ops = mindspore.ops

INDICES = (dtypes.int64, dtypes.int32)


def index_array(name: str, index: Any, size: int, dim: int, kind: type[Exception] = RuntimeError) -> Any:
    """The index as an array of integers; RuntimeError for another dtype, `kind` when it reaches outside 0 … size-1."""
    if index.dtype not in INDICES:
        raise invalid(RuntimeError, f"{name}(): Expected dtype int32/int64 for index")
    array = host(index)
    if array.size and not (array.min() >= 0 and array.max() < size):
        outside = array[(array < 0) | (array >= size)].flat[0]
        raise invalid(kind, f"index {outside} is out of bounds for dimension {dim} with size {size}")
    return array


# --- along one dimension, an index for each element ---


def check_scatter(name: str, input: Any, dim: int, index: Any, src: Any) -> Any:
    """The index array, after PyTorch's checks of shapes and dtypes."""
    if index.numel() and max(input.ndim, 1) != max(index.ndim, 1):
        raise invalid(RuntimeError, "Index tensor must have the same number of dimensions as self tensor")
    if is_tensor(src):
        if src.dtype != input.dtype:
            raise invalid(RuntimeError, f"{name}(): Expected self.dtype to be equal to src.dtype")
        if index.numel() and max(src.ndim, 1) != max(index.ndim, 1):
            raise invalid(RuntimeError, "Index tensor must have the same number of dimensions as src tensor")
    for at, size in enumerate(index.shape if index.numel() else ()):
        too_long = at != dim and size > (tuple(input.shape) or (1,))[at]
        if too_long or (is_tensor(src) and size > (tuple(src.shape) or (1,))[at]):
            raise invalid(
                RuntimeError,
                f"Expected index {list(index.shape)} to be no larger than self {list(input.shape)} apart from dimension {dim}"
                + (f" and to be no larger size than src {list(src.shape)}" if is_tensor(src) else ""),
            )
    return index_array(name, index, (tuple(input.shape) or (1,))[dim], dim)


def scatter_places(input: Any, dim: int, array: Any) -> Any:
    """The flat place of input[…, index, …] for each element of the index."""
    shape = tuple(input.shape) or (1,)
    grid = list(np.ogrid[tuple(slice(size) for size in (array.shape or (1,)))])
    grid[dim] = array.reshape(array.shape or (1,))
    return np.ravel_multi_index(np.broadcast_arrays(*grid), shape)


def leading(src: Any, shape: tuple[int, ...]) -> Any:
    """The part of `src` from its first element that has this shape."""
    if tuple(src.shape) == shape or not shape:
        return src
    return as_tensor(mindspore.Tensor.__getitem__(src, tuple(slice(size) for size in shape)))


def written(name: str, given: tuple[Any, ...], src: Any, value: Any) -> Any:
    """What is scattered: one by place, or the tensor `src`, or the number `value`; TypeError for anything else."""
    named = [one for one in (src, value) if one is not None]
    if len(given) + len(named) != 1 or (src is not None and not is_tensor(src)) or is_tensor(value):
        raise invalid(TypeError, f"{name}() received an invalid combination of arguments: expected either a Tensor src or a number value")
    return (*given, *named)[0]


def scatter(input: Any, dim: int, index: Any, *given: Any, src: Any = None, value: Any = None, reduce: str | None = None) -> Tensor:
    """out[index[i][j]][j] = src[i][j] for dim 0, and so on; `reduce` adds or multiplies instead."""
    src = written("scatter", given, src, value)
    if reduce is not None:
        if reduce not in ("add", "multiply"):
            raise invalid(RuntimeError, "reduce argument must be either add or multiply.")
        filler = src if is_tensor(src) else fitted(input.new_zeros(index.shape), src)
        return scatter_add(input, dim, index, filler) if reduce == "add" else scatter_reduce(input, dim, index, filler, "prod")
    dim = normal_dim(input, dim)
    array = check_scatter("scatter", input, dim, index, src)
    if not array.size:
        copied: Tensor = input.clone()
        return copied
    if is_tensor(src):
        values = leading(src, tuple(index.shape))
    else:
        values = fitted(input.new_zeros(index.shape), src)
    return placed(input, scatter_places(input, dim, array), values)


def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Tensor:
    """out[index[i][j]][j] += src[i][j] for dim 0, and so on."""
    dim = normal_dim(input, dim)
    array = check_scatter("scatter", input, dim, index, src)
    if not array.size:
        copied: Tensor = input.clone()
        return copied
    return placed(input, scatter_places(input, dim, array), leading(src, tuple(index.shape)), accumulate=True)


def scatter_reduce(input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True) -> Tensor:
    """The sum, prod, mean, amax or amin of what `index` sends to each place, with or without what is there."""
    dim = normal_dim(input, dim)
    array = check_scatter("scatter", input, dim, index, src)
    if not array.size:
        copied: Tensor = input.clone()
        return copied
    return gathered_to(input, scatter_places(input, dim, array), leading(src, tuple(index.shape)), reduce, include_self)


# --- along one dimension, one index for each slice ---


def slice_places(name: str, input: Any, dim: int, index: Any) -> Any:
    """The flat places of the slices `index` of `dim`."""
    if index.ndim > 1:
        raise invalid(IndexError, f"{name}(): Index is supposed to be a vector, but got dim: {index.ndim}")
    array = index_array(name, index, input.shape[dim] if input.ndim else 1, dim, RuntimeError if name == "index_add" else IndexError)
    return np.take(numbered(input).reshape(tuple(input.shape) or (1,)), array.reshape(-1), dim)


def check_source(name: str, input: Any, dim: int, index: Any, source: Any) -> None:
    if source.dtype != input.dtype:
        raise invalid(RuntimeError, f"{name}(): self ({c_name(input)}) and source ({c_name(source)}) must have the same scalar type")
    if index.numel() != (source.shape[dim] if source.ndim else 1):
        raise invalid(
            RuntimeError if name == "index_add" else IndexError,
            f"{name}(): Number of indices ({index.numel()}) should be equal to source.size(dim): "
            f"({source.shape[dim] if source.ndim else 1}), for dim: {dim}",
        )


def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Tensor:
    """The slices of `source`, times alpha, added to the slices `index` of `dim`."""
    dim = normal_dim(input, dim)
    check_source("index_add", input, dim, index, source)
    places = slice_places("index_add", input, dim, index)
    if source.ndim and places.shape != tuple(source.shape):
        raise invalid(
            RuntimeError,
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(input.shape)} source.shape = {list(source.shape)}",
        )
    return placed(input, places, source if is_number(alpha) and alpha == 1 else mul(source, alpha), accumulate=True)


def index_copy(input: Any, dim: int, index: Any, source: Any) -> Tensor:
    """The slices of `source` in place of the slices `index` of `dim`."""
    dim = normal_dim(input, dim)
    check_source("index_copy", input, dim, index, source)
    return placed(input, slice_places("index_copy", input, dim, index), source)


def index_fill(input: Any, dim: int, index: Any, value: Any) -> Tensor:
    """One value in the slices `index` of `dim`; negative indices count from the end."""
    dim = normal_dim(input, dim)
    if is_tensor(value) and value.ndim:
        raise invalid(
            RuntimeError, f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    if index.dtype not in INDICES:
        raise invalid(IndexError, "index_fill_(): Expected dtype int64 for index.")
    size = input.shape[dim] if input.ndim else 1
    array = host(index).reshape(-1)
    if array.size and not (array.min() >= -size and array.max() < size):
        raise invalid(IndexError, "index out of range in self")
    mask = np.zeros(size, np.bool_)
    mask[array] = True
    shaped = mask.reshape((-1,) + (1,) * (input.ndim - dim - 1)) if input.ndim else mask.reshape(())
    found: Tensor = as_tensor(ops.where(mindspore.Tensor(shaped), fitted(input.new_zeros(()), value), input))
    return found


def index_reduce(input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True) -> Tensor:
    """The prod, mean, amax or amin of the slices that `index` sends to each slice of `dim`."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise invalid(RuntimeError, f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    dim = normal_dim(input, dim)
    check_source("index_reduce", input, dim, index, source)
    return gathered_to(input, slice_places("index_reduce", input, dim, index), source, reduce, include_self)


# --- anywhere ---


def index_put(input: Any, indices: Any, values: Any, accumulate: bool = False) -> Tensor:
    """`values`, broadcast, at the places that these index tensors or masks name together."""
    if not (is_tensor(values) and values.dtype == input.dtype):
        raise invalid(RuntimeError, "Index put requires the source and destination dtypes match.")
    keys = tuple(slice(None) if one is None else host(one) for one in indices)
    try:
        places = numbered(input)[keys]
    except IndexError as error:
        raise invalid(IndexError, str(error)) from None
    return placed(input, places, fitted_to(values, places.shape), accumulate=accumulate)


def fitted_to(values: Any, shape: tuple[int, ...]) -> Any:
    try:
        return values if tuple(values.shape) == shape else as_tensor(ops.broadcast_to(values, shape))
    except ValueError:
        raise invalid(
            RuntimeError,
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of shape {list(shape)}",
        ) from None


def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Tensor:
    """`source` at these places of the flattened tensor."""
    if source.dtype != input.dtype:
        raise invalid(RuntimeError, f"put_(): self and source expected to have the same dtype, but got self.dtype = {c_name(input)} "
                      f"and source.dtype = {c_name(source)}")  # fmt: skip
    if index.numel() != source.numel():
        raise invalid(IndexError, "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
                      f"{source.numel()}, index.numel() = {index.numel()}")  # fmt: skip
    return placed(input, flat_index("put_", input, index), source, accumulate=accumulate)


def flat_index(name: str, input: Any, index: Any) -> Any:
    """The index into the flattened tensor, counted from the front; IndexError outside."""
    if index.dtype != dtypes.int64:
        raise invalid(RuntimeError, f"{name}(): Expected a long tensor for index, but got {index.dtype.tensor_type}")
    array, count = host(index), input.numel()
    if array.size and not (array.min() >= -count and array.max() < count):
        raise invalid(IndexError, "out of range: tried to access index out of bounds on a tensor of " + str(count) + " elements.")
    return np.where(array < 0, array + count, array)


def take(input: Any, index: Any) -> Tensor:
    """The elements at these places of the flattened tensor."""
    places = flat_index("take", input, index)
    if not places.size:
        empty: Tensor = nothing(tuple(index.shape), input)
        return empty
    found: Tensor = as_tensor(ops.reshape(entries(flat(input), mindspore.Tensor(places.reshape(-1)), 0), tuple(index.shape)))
    return found


def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Tensor:
    """The elements at `indices` along `dim`, both broadcast; of the flattened tensor without `dim`."""
    if dim is None:
        x, places, dim = input.reshape(-1), indices.reshape(-1), 0
        if places.numel() and int(host(places).min()) < 0:
            raise invalid(RuntimeError, f"index {int(host(places).min())} is out of bounds for dimension 0 with size {x.shape[0]}")
    else:
        if input.ndim != indices.ndim:
            raise invalid(
                RuntimeError,
                f"torch.take_along_dim(): input and indices should have the same number of dimensions, but got {input.ndim} dimensions "
                f"for input, and {indices.ndim} dimensions for indices",
            )
        dim = normal_dim(input, dim)
        shape, index_shape = list(input.shape), list(indices.shape)
        joint = list(np.broadcast_shapes((*shape[:dim], 1, *shape[dim + 1 :]), (*index_shape[:dim], 1, *index_shape[dim + 1 :])))
        x = input.expand([*joint[:dim], shape[dim], *joint[dim + 1 :]])
        places = indices.expand([*joint[:dim], index_shape[dim], *joint[dim + 1 :]])
    if places.dtype != dtypes.int64:
        raise invalid(RuntimeError, f"torch.take_along_dim(): dtype of indices should be Long but got {places.dtype.tensor_type}")
    size = x.shape[dim] if x.ndim else 1
    if places.numel() and int(host(places).min()) < 0:
        places = as_tensor(ops.where(places < 0, places + size, places))
    found: Tensor = x.gather(dim, places)
    return found


def masked_scatter(input: Any, mask: Any, source: Any) -> Tensor:
    """The first elements of `source`, in order, where `mask`."""
    if mask.dtype != dtypes.bool_:
        raise invalid(RuntimeError, "masked_scatter_ only supports boolean masks, but got mask with dtype " + c_name(mask))
    if source.dtype != input.dtype:
        raise invalid(
            RuntimeError, f"masked_scatter: expected self and source to have same dtypes but got {c_name(input)} and {c_name(source)}"
        )
    shape = np.broadcast_shapes(tuple(input.shape), tuple(mask.shape))
    x = input if tuple(input.shape) == shape else input.expand(shape)
    places = np.flatnonzero(np.broadcast_to(host(mask), shape))
    if places.size > source.numel():
        raise invalid(RuntimeError, "Number of elements of source < number of ones in mask")  # fmt: skip
    values = source.reshape(-1)
    return placed(x, places, values if places.size == source.numel() else values[: places.size])


def view_scatter(input: Any, places: Any, src: Any) -> Tensor:
    """`input` with `src` in place of the view at these places; RuntimeError when the shapes differ."""
    if places.shape != tuple(src.shape):
        raise invalid(RuntimeError, "expected src to have a size equal to the slice of self. src size = "
                      f"{list(src.shape)}, slice size = {list(places.shape)}")  # fmt: skip
    return placed(input, places, src)


def select_scatter(input: Any, src: Any, dim: int, index: int) -> Tensor:
    """`input` with `src` as the slice `index` of `dim`."""
    dim = normal_dim(input, dim)
    size = input.shape[dim]
    if not -size <= index < size:
        raise invalid(IndexError, f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {dim}")
    return view_scatter(input, np.take(numbered(input), index, dim), src)


def slice_scatter(input: Any, src: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Tensor:
    """`input` with `src` as the slices start … end of `dim`."""
    dim = normal_dim(input, dim)
    return view_scatter(input, numbered(input)[(slice(None),) * dim + (slice(start, end, step),)], src)


def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """`input` with `src` as its diagonal."""
    return view_scatter(input, np.diagonal(numbered(input), offset, normal_dim(input, dim1), normal_dim(input, dim2)), src)


def as_strided_scatter(input: Any, src: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """`input` with `src` at the elements that these sizes and strides cover.

    The gradient is PyTorch's: both `input` and `src` get that of the elements covered, and `input` none of the others'.
    """
    if not input.is_contiguous():
        raise UnsupportedArgument("torch.as_strided_scatter", "input", f"strides {input.stride()}", "contiguous tensors")
    places = numbered(input).reshape(-1)
    covered = np.lib.stride_tricks.as_strided(
        places[storage_offset or 0 :], tuple(size), [one * places.itemsize for one in stride]
    )  # fmt: skip
    if not (engine.grad_enabled() and (engine.requires_grad(input) or engine.requires_grad(src))):
        return view_scatter(input, covered, src)
    if covered.shape != tuple(src.shape):
        return view_scatter(input, covered, src)  # which raises
    found: Tensor = StridedScatter.apply(input, src, covered.copy())
    return found


class StridedScatter(Function):
    """`input` with `src` at these flat places."""

    @staticmethod
    def forward(ctx: Any, input: Any, src: Any, places: Any) -> Any:
        ctx.places, ctx.shape = places, tuple(input.shape)
        return view_scatter(as_tensor(input), places, as_tensor(src))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Any) -> Any:
        part = as_tensor(
            ops.reshape(ops.gather(ops.reshape(gradient, (-1,)), mindspore.Tensor(ctx.places.reshape(-1)), 0), ctx.places.shape)
        )
        return placed(as_tensor(ops.zeros(ctx.shape, gradient.dtype)), ctx.places, part), part, None
