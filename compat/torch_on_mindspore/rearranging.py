"""Elements in another order, repeated, or seen through overlapping windows; views by strides and as complex numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import complexes, dtypes, engine
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.emptiness import unmoved
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.gathering import Scattered, entries
from compat.torch_on_mindspore.shaping import cat, movedim, narrow, permute, reshape, sizes, transpose
from compat.torch_on_mindspore.storage import view_of
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, host, normal_dim, owner

ops = mindspore.ops

strided = ops.auto_generate.AsStrided()


def flip(input: Any, *given: Any, dims: Any = None) -> Tensor:
    """The order along these dimensions reversed."""
    axes = [normal_dim(input, one) for one in sizes(given if dims is None else (dims,))]
    if len(set(axes)) != len(axes):
        raise invalid(RuntimeError, f"dim {axes[0]} appears multiple times in the list of dims")
    if not axes or not input.ndim or not input.numel():
        copied: Tensor = input.clone()
        return copied
    found: Tensor = as_tensor(ops.flip(input, axes))
    return found


def fliplr(input: Any) -> Tensor:
    if input.ndim < 2:
        raise invalid(RuntimeError, "Input must be >= 2-d.")
    return flip(input, 1)


def flipud(input: Any) -> Tensor:
    if input.ndim < 1:
        raise invalid(RuntimeError, "Input must be >= 1-d.")
    return flip(input, 0)


def roll(input: Any, shifts: int | Sequence[int], dims: int | Sequence[int] = ()) -> Tensor:
    """The elements moved on along these dimensions, and those moved off the end brought to the front; flattened without `dims`."""
    steps, axes = ((one,) if isinstance(one, int) else tuple(one) for one in (shifts, dims))
    if not steps:
        raise invalid(RuntimeError, "`shifts` required")
    if not axes and len(steps) == 1:
        copied: Tensor = reshape(roll(reshape(input, -1), steps, 0), tuple(input.shape))
        return copied
    if len(steps) != len(axes):
        raise invalid(RuntimeError, f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(axes)}")
    found = input
    for step, axis in zip(steps, axes, strict=True):
        if not input.ndim:
            raise invalid(IndexError, f"Dimension specified as {axis} but tensor has no dimensions")
        axis = normal_dim(input, axis)
        size = input.shape[axis]
        if size and step % size:
            cut = size - step % size
            found = cat([narrow(found, axis, cut, size - cut), narrow(found, axis, 0, cut)], axis)
    rolled: Tensor = input.clone() if found is input else found
    return rolled


def rot90(input: Any, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turned by k quarters in the plane of two dimensions, from the first towards the second."""
    if len(dims) != 2:
        raise invalid(RuntimeError, f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise invalid(RuntimeError, f"expected total dims >= 2, but got total dims = {input.ndim}")
    first, second = (normal_dim(input, one) for one in dims)
    if first == second:
        raise invalid(RuntimeError, f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    turns = k % 4
    if turns == 2:
        return flip(input, first, second)
    if turns == 0:
        copied: Tensor = input.clone()
        return copied
    turned: Tensor = flip(transpose(input, first, second), first if turns == 1 else second)
    return turned


def repeat_interleave(input: Any, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None) -> Tensor:
    """Each entry of `dim` repeated, all as often or each as `repeats` says; flattened without `dim`."""
    if repeats is None:
        counts = host(input)
        if counts.size and counts.min() < 0:
            raise invalid(RuntimeError, "repeats can not be negative")
        order: Tensor = as_tensor(mindspore.Tensor(np.repeat(np.arange(counts.size), counts).astype(np.int64)))
        return order
    x, axis = (reshape(input, -1), 0) if dim is None else (input, normal_dim(input, dim))
    size = x.shape[axis] if x.ndim else 1
    times = host(repeats).reshape(-1) if is_tensor(repeats) else np.array([repeats])
    if is_tensor(repeats) and repeats.dtype not in (dtypes.int64, dtypes.int32):
        raise invalid(RuntimeError, "repeats has to be Long or Int tensor")
    if is_tensor(repeats) and repeats.ndim > 1:
        raise invalid(RuntimeError, "repeats must be 0-dim or 1-dim tensor")
    if times.size not in (1, size):
        raise invalid(RuntimeError, f"repeats must have the same size as input along dim, but got repeats.size(0) = {times.size} and "
                      f"input.size({axis}) = {size}")  # fmt: skip
    if times.size and times.min() < 0:
        raise invalid(RuntimeError, "repeats can not be negative")
    places = np.repeat(np.arange(size), times if times.size == size else int(times[0]))
    if output_size is not None and output_size != places.size:
        raise invalid(RuntimeError, "allocated size does not match required size")
    if not x.ndim:
        x = reshape(x, 1)
    if not places.size or not x.numel():
        empty: Tensor = x.new_zeros((*x.shape[:axis], places.size, *x.shape[axis + 1 :]))
        return empty
    found: Tensor = entries(x, mindspore.Tensor(places.astype(np.int64)), axis)
    return found


def unfold(input: Any, dimension: int, size: int, step: int) -> Any:
    """All windows of `size` entries along a dimension, `step` apart, as a last dimension; Tensor.unfold."""
    dim = normal_dim(input, dimension)
    length = input.shape[dim] if input.ndim else 1
    if size < 0:
        raise invalid(RuntimeError, f"size is {size} but must be >= 0")
    if size > length:
        raise invalid(RuntimeError, f"maximum size for tensor at dimension {dim} is {length} but size is {size}")
    if step <= 0:
        raise invalid(RuntimeError, f"step is {step} but must be > 0")
    if not input.ndim:
        return reshape(input, 1)[:size]
    return view_of(input, windows, dim, size, step)


def windows(input: Any, dim: int, size: int, step: int) -> Any:
    count = (input.shape[dim] - size) // step + 1
    strides = list(input.stride())
    shape = (*input.shape[:dim], count, *input.shape[dim + 1 :], size)
    return seen(input, shape, (*strides[:dim], strides[dim] * step, *strides[dim + 1 :], strides[dim]), 0)


def as_strided(input: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Any:
    """The storage seen through these sizes and strides: a view, but a copy where autograd records it."""
    if len(size) != len(stride):
        raise invalid(RuntimeError, "mismatch in length of strides and shape")
    if any(one < 0 for one in stride):
        raise invalid(RuntimeError, f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}")
    offset = input.storage_offset() if storage_offset is None else storage_offset
    base = owner(input)
    last = offset + sum((one - 1) * step for one, step in zip(size, stride, strict=True))
    if 0 not in size and last >= base.numel():
        raise invalid(
            RuntimeError,
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and itemsize {input.dtype.itemsize} requiring "
            f"a storage size of {(last + 1) * input.dtype.itemsize} are out of bounds for storage of size "
            f"{base.numel() * input.dtype.itemsize}",
        )
    return view_of(input, seen, tuple(size), tuple(stride), offset - input.storage_offset())


def seen(input: Any, size: tuple[int, ...], stride: tuple[int, ...], offset: int) -> Any:
    """The storage of `input` seen so, `offset` elements after its first one."""
    if engine.requires_grad(input) and engine.grad_enabled():
        return Strided.apply(input, size, stride, offset)
    return strided(input, size, stride, offset + input.storage_offset())


class Strided(Function):
    """`seen`, with a gradient: that of MindSpore's operator is 0 on CPU."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, input: Any, size: tuple[int, ...], stride: tuple[int, ...], offset: int) -> Any:
        ctx.shape, ctx.places = tuple(input.shape), covered(input, size, stride, offset)
        return strided(input, size, stride, offset + input.storage_offset())

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        flat = Scattered.apply(reshape(gradient, -1), 0, ctx.places, (math.prod(ctx.shape),))
        return reshape(flat, ctx.shape), None, None, None


def covered(input: Any, size: tuple[int, ...], stride: tuple[int, ...], offset: int) -> Any:
    """Which elements of `input`, counted in its own order, lie where this view of its storage looks."""
    own = strided_places(tuple(input.shape), input.stride(), 0).reshape(-1)
    places = strided_places(size, stride, offset).reshape(-1)
    order = np.argsort(own, kind="stable")
    found = np.minimum(np.searchsorted(own[order], places), max(own.size - 1, 0))
    if places.size and not np.array_equal(own[order[found]], places):
        raise UnsupportedArgument(
            "torch.as_strided", "size, stride", "elements outside the tensor", "elements of the tensor, where autograd records"
        )
    return as_tensor(mindspore.Tensor(order[found].astype(np.int64)))


def strided_places(size: Sequence[int], stride: Sequence[int], offset: int) -> Any:
    """The place in storage of each element."""
    places = np.full(tuple(size), offset)
    for at, (count, step) in enumerate(zip(size, stride, strict=True)):
        places += (np.arange(count) * step).reshape(-1, *(1,) * (len(size) - at - 1))
    return places


def swapaxes(input: Any, axis0: int, axis1: int) -> Any:
    """Two dimensions exchanged."""
    return transpose(input, axis0, axis1)


def swapdims(input: Any, dim0: int, dim1: int) -> Any:
    """Two dimensions exchanged."""
    return transpose(input, dim0, dim1)


def moveaxis(input: Any, source: Any, destination: Any) -> Any:
    """Some dimensions moved to other places."""
    return movedim(input, source, destination)


def ravel(input: Any) -> Any:
    """The elements in one dimension."""
    return reshape(input, -1)


def adjoint(input: Any) -> Any:
    """The last two dimensions exchanged, and conjugated."""
    return transpose(input, -2, -1).conj()


def conjugate_transpose(input: Any) -> Any:
    """`x.H`."""
    if input.ndim not in (0, 2):
        raise invalid(RuntimeError, f"tensor.H is only supported on matrices (2-D tensors). Got {input.ndim}-D tensor."
                      + (" For batches of matrices, consider using tensor.mH" if input.ndim > 2 else ""))  # fmt: skip
    return input.conj() if not input.ndim else permute(input, (1, 0)).conj()


def narrow_copy(input: Any, dim: int, start: int, length: int) -> Tensor:
    """`length` entries of `dim`, from `start`, copied."""
    if dim >= input.ndim > 0:
        raise invalid(RuntimeError, f"narrow_copy(): expected dim to be less than {input.ndim}, but got {dim}")
    found: Tensor = narrow(input, dim, start, length).clone()
    return found


def view_as_real(input: Any) -> Tensor:
    """Complex numbers as pairs of real ones in a new last dimension; a copy here."""
    if input.dtype.category != dtypes.COMPLEX:
        raise invalid(RuntimeError, "view_as_real is only supported for complex tensors")
    if not input.numel():
        kind = dtypes.float32 if input.dtype == dtypes.complex64 else dtypes.float64
        return unmoved(as_tensor(ops.zeros((*input.shape, 2), kind)), input)  # type: ignore[no-any-return]
    found: Tensor = as_tensor(ops.stack((complexes.part(input, False), complexes.part(input, True)), -1))
    return found


def view_as_complex(input: Any) -> Tensor:
    """Pairs of real numbers in the last dimension as complex ones; a copy here."""
    if input.dtype not in (dtypes.float32, dtypes.float64, dtypes.float16):
        raise invalid(RuntimeError, "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: "
                      f"{input.dtype.tensor_type}")  # fmt: skip
    if not input.ndim or input.shape[-1] != 2:
        raise invalid(
            RuntimeError, "Tensor must have a last dimension of size 2" if input.ndim else "Input tensor must have one or more dimensions"
        )
    found: Tensor = as_tensor(complexes.joined(input[..., 0].contiguous(), input[..., 1].contiguous()))
    return found


def reversed_rows(input: Any) -> Tensor:
    """`reversed(x)`: the first dimension from behind; a 0-d tensor is returned as it is."""
    found: Tensor = flip(input, (0,)) if input.ndim else input
    return found
