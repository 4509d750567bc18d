"""Shapes, joining and picking, shared by `mindspore.ops` and the methods of Tensor."""

from __future__ import annotations

import builtins
import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.meanings import precision
from compat.mindspore_on_torch.reductions import check_tensor

torch: Any = frameworks.load("torch")


def one_or_many(sizes: tuple[Any, ...]) -> tuple[int, ...]:
    """The arguments of `x.reshape(2, 3)` and of `x.reshape((2, 3))` alike."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        return tuple(sizes[0])
    return sizes


def reshape(input: Any, shape: Any) -> Any:
    """mindspore.ops.reshape: same elements, new shape; one -1 is worked out. ValueError if the sizes do not fit."""
    if not isinstance(shape, (tuple, list)):
        raise errors.invalid(TypeError, f"mindspore.ops.reshape: shape must be a tuple or list, but got {shape!r}")
    try:
        return torch.reshape(input, tuple(shape))
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.ops.reshape", error, ValueError, input=input, shape=shape) from error


def reshape_method(input: Any, *sizes: Any, shape: Any = None) -> Any:
    """Tensor.reshape: the sizes one by one, as one sequence, or as `shape`."""
    return reshape(input, one_or_many(sizes) if shape is None else shape)


def resize_method(input: Any, *new_shape: Any) -> Any:
    """Tensor.resize: the elements in another shape, without the last ones or with zeros behind them; a copy, also in MindSpore."""
    shape = one_or_many(new_shape)
    if not shape:
        return input
    if not all(isinstance(size, builtins.int) for size in shape):
        raise errors.invalid(TypeError, f"mindspore.Tensor.resize: the shape must hold integers, but got {shape}")
    if min(shape) < 0:
        raise errors.invalid(ValueError, f"mindspore.Tensor.resize: a shape has no negative sizes, but got {shape}")
    flat, count = input.reshape(-1), math.prod(shape)
    flat = flat[:count] if count <= flat.numel() else torch.cat((flat, flat.new_zeros(count - flat.numel())))
    return flat.reshape(shape)


def reverse(input: Any, axis: Any) -> Any:
    """mindspore.Tensor.reverse: the order of elements reversed along these axes."""
    return torch.flip(input, tuple(axis))


def transpose(input: Any, dims: Any) -> Any:
    """mindspore.ops.transpose: `dims` is a permutation of all the axes."""
    try:
        return torch.permute(input, tuple(dims))
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.ops.transpose", error, ValueError, input=input, dims=dims) from error


def permute(input: Any, axis: Any) -> Any:
    """mindspore.ops.permute: the same as transpose."""
    return transpose(input, axis)


def transpose_method(input: Any, *axes: Any) -> Any:
    """Tensor.transpose: no axis reverses all, two integers swap those two, anything else is a permutation."""
    if len(axes) == 2:
        return torch.transpose(input, axes[0], axes[1])
    order = one_or_many(axes)
    return transpose(input, order or tuple(reversed(range(input.ndim))))


def swapaxes(input: Any, axis0: int, axis1: int) -> Any:
    """mindspore.ops.swapaxes: two axes exchanged."""
    check_tensor("swapaxes", input)
    return torch.transpose(input, axis0, axis1)


def expand_dims(input_x: Any, axis: int) -> Any:
    """mindspore.ops.expand_dims: a new axis of length 1."""
    return torch.unsqueeze(input_x, axis)


def squeeze(input: Any, axis: int | tuple[int, ...] | list[int] | None = None) -> Any:
    """mindspore.ops.squeeze: without the axes of length 1, or without those of `axis` that have length 1; () means all."""
    if axis is None or axis == ():
        return torch.squeeze(input)
    return torch.squeeze(input, tuple(axis) if isinstance(axis, (tuple, list)) else axis)


def flatten(input: Any, order: str = "C", *, start_dim: int = 1, end_dim: int = -1) -> Any:
    """mindspore.ops.flatten: by default all but the first axis, which a tensor without one gets."""
    check_tensor("flatten", input)
    if order != "C":
        raise errors.UnsupportedArgument("mindspore.ops.flatten", "order", order, '"C"')
    if input.ndim < 2 and (start_dim, end_dim) == (1, -1):
        return input.reshape(-1)
    return torch.flatten(input, start_dim, end_dim)


def flatten_method(input: Any, *positions: int, order: str = "C", start_dim: int = 0, end_dim: int = -1) -> Any:
    """Tensor.flatten: all axes by default; flatten(start_dim, end_dim) or flatten(order)."""
    if positions and isinstance(positions[0], str):
        order, positions = positions[0], positions[1:]
    start_dim, end_dim = (*positions, *((start_dim, end_dim)[len(positions) :]))
    return flatten(input, order, start_dim=start_dim, end_dim=end_dim)


def gather_method(input: Any, *args: Any, **kwargs: Any) -> Any:
    """Tensor.gather: gather(dim, index) picks elements as PyTorch does, gather(input_indices, axis) takes slices."""
    if "index" in kwargs or "dim" in kwargs or (args and isinstance(args[0], int)):
        return torch.gather(input, *args, **kwargs)
    return gather(input, *args, **kwargs)


def hsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """mindspore.ops.hsplit: pieces of axis 1, which need not be equal; ValueError for a tensor of less than two axes."""
    check_tensor("hsplit", input)
    if input.ndim < 2:
        raise errors.invalid(ValueError, f"mindspore.ops.hsplit: input must have at least 2 axes, but has {input.ndim}")
    return tuple(torch.tensor_split(input, indices_or_sections, 1))


def concat(tensors: Any, axis: int = 0) -> Any:
    """mindspore.ops.concat and cat: joined along an axis that exists."""
    try:
        return torch.cat(tuple(tensors), axis)
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.ops.concat", error, ValueError, axis=axis) from error


def stack(tensors: Any, axis: int = 0) -> Any:
    """mindspore.ops.stack: joined along a new axis."""
    try:
        return torch.stack(tuple(tensors), axis)
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.ops.stack", error, ValueError, axis=axis) from error


def split(tensor: Any, split_size_or_sections: Any, axis: int = 0) -> tuple[Any, ...]:
    """mindspore.ops.split: pieces of one size, or of the sizes listed."""
    return tuple(torch.split(tensor, split_size_or_sections, axis))


def tile(input: Any, dims: Any) -> Any:
    """mindspore.ops.tile: repeated along each axis."""
    return torch.tile(input, tuple(dims))


def broadcast_to(input: Any, shape: Any) -> Any:
    """mindspore.ops.broadcast_to: -1 keeps a length."""
    try:
        return torch.broadcast_to(input, tuple(shape))
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.ops.broadcast_to", error, ValueError, input=input, shape=shape) from error


def broadcast_to_method(input: Any, *sizes: Any, shape: Any = None) -> Any:
    """Tensor.broadcast_to: the sizes one by one, as one sequence, or as `shape`."""
    return broadcast_to(input, one_or_many(sizes) if shape is None else shape)


def atleast(rank: int) -> Any:
    """mindspore.ops.atleast_1d, 2d or 3d: of one tensor, or of each in a list or tuple, even if there is only one."""
    operation = getattr(torch, f"atleast_{rank}d")

    def function(inputs: Any) -> Any:
        if isinstance(inputs, torch.Tensor):
            return operation(inputs)
        for one in inputs:
            if not isinstance(one, torch.Tensor):
                raise errors.invalid(TypeError, f"For 'atleast_{rank}d', each element of 'inputs' must be a tensor, but got {type(one)}")
        return tuple(map(operation, inputs))

    function.__name__ = function.__qualname__ = f"atleast_{rank}d"
    return function


atleast_1d, atleast_2d, atleast_3d = map(atleast, (1, 2, 3))


def check_vectors(name: str, tensors: tuple[Any, ...]) -> None:
    """ValueError unless each has one dimension."""
    for one in tensors:
        if one.ndim != 1:
            raise errors.invalid(ValueError, f"For '{name}', the dimension must be 1, but got {one.ndim}.")


def cartesian_prod(*inputs: Any) -> Any:
    """mindspore.ops.cartesian_prod: one combination to a row, also of a single vector. ValueError without one."""
    if not inputs:
        raise errors.invalid(ValueError, "mindspore.ops.cartesian_prod: the size of input tensors must be greater than 0.")
    check_vectors("cartesian_prod", inputs)
    found = torch.cartesian_prod(*inputs)
    return found.reshape(-1, 1) if len(inputs) == 1 else found


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """mindspore.ops.combinations: one combination to a row, and a vector without elements where there is none."""
    check_tensor("combinations", input)
    check_vectors("combinations", (input,))
    found = torch.combinations(input, r, with_replacement)
    return found if found.numel() else found.reshape(0)


def cast(input: Any, dtype: Any) -> Any:
    """mindspore.ops.cast: the same values in another data type."""
    return input.to(torch_dtype(dtype))


def gather(input_params: Any, input_indices: Any, axis: int, batch_dims: int = 0) -> Any:
    """mindspore.ops.gather: the slices of `axis` that the indices name; the shape of the indices replaces that axis.

    The first `batch_dims` axes of both go together. A negative index counts from the end; one out of range raises RuntimeError, as
    MindSpore does on CPU.
    """
    axis, batch = int(axis) % input_params.ndim, batch_dims % (input_indices.ndim + 1)
    shape, places = input_params.shape, input_indices.shape
    length = shape[axis]
    if not batch <= axis or shape[:batch] != places[:batch]:
        reason = f"shapes {tuple(shape)} and {tuple(places)} must begin alike in batch_dims={batch_dims} axes in front of axis {axis}"
        raise errors.invalid(ValueError, f"mindspore.ops.gather: {reason}")
    flat = input_indices.reshape(-1).long()
    if flat.numel() and (int(flat.max()) >= length or int(flat.min()) < -length):
        reason = f"For 'Gather', the 'input_indices' should be in the range [{-length}, {length})."
        raise errors.invalid(RuntimeError, reason)
    if not batch:
        picked = torch.index_select(input_params, axis, torch.remainder(flat, length))
        return picked.reshape((*shape[:axis], *places, *shape[axis + 1 :]))
    sizes = [math.prod(part) for part in (shape[:batch], shape[batch:axis], shape[axis + 1 :])]
    chosen = torch.remainder(flat, length).reshape(sizes[0], 1, -1, 1)
    picked = torch.gather(input_params.reshape(*sizes[:2], length, sizes[2]), 2, chosen.expand(-1, sizes[1], -1, sizes[2]))
    return picked.reshape((*shape[:axis], *places[batch:], *shape[axis + 1 :]))


def one_hot(indices: Any, depth: int, on_value: Any = 1, off_value: Any = 0, axis: int = -1) -> Any:
    """mindspore.ops.one_hot: `on_value` at the index along a new axis of length `depth`, `off_value` elsewhere.

    The values decide the data type; Python numbers give int64. An index out of range marks nothing.
    """
    positions = torch.arange(depth).to(indices)
    hits = indices.unsqueeze(-1) == positions
    on, off = (value if isinstance(value, torch.Tensor) else torch.tensor(value) for value in (on_value, off_value))
    result = torch.where(hits, on, off)
    return result if axis in (-1, indices.ndim) else torch.movedim(result, -1, axis)


def mint_one_hot(input: Any, num_classes: int = -1) -> Any:
    """mindspore.mint.nn.functional.one_hot: int64, of int32 or int64 indices."""
    return torch.nn.functional.one_hot(input.long() if input.dtype == torch.int32 else input, num_classes)


def repeat_interleave(input: Any, repeats: Any, dim: int | None = None, *, output_size: int | None = None) -> Any:
    """mindspore.mint.repeat_interleave: each slice `repeats` times, a number or one for each slice."""
    counts = torch.tensor(repeats, device=input.device) if isinstance(repeats, (list, tuple)) else repeats
    return torch.repeat_interleave(input, counts, dim, output_size=output_size)


def ops_repeat_interleave(input: Any, repeats: Any, axis: int | None = None) -> Any:
    """mindspore.ops.repeat_interleave."""
    return repeat_interleave(input, repeats, axis)


def matmul(input: Any, other: Any) -> Any:
    """mindspore.ops.matmul. TypeError if the data types differ, RuntimeError if the shapes do not fit."""
    check_tensor("matmul", input)
    if input.dtype != other.dtype and precision.mode is None:
        reason = f"For 'MatMul', the type of 'x2' should be same as 'x1', but got {input.dtype} and {other.dtype}."
        raise errors.invalid(TypeError, reason)
    try:
        return torch.matmul(input, other)
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.ops.matmul", error, RuntimeError, input=input, other=other) from error


def matmul_method(input: Any, tensor2: Any) -> Any:
    """Tensor.matmul."""
    return matmul(input, tensor2)


def softmax(input: Any, axis: int = -1, *, dtype: Any = None) -> Any:
    """mindspore.ops.softmax. TypeError for integers, ValueError for an axis out of range."""
    return _normalised("softmax", input, axis, dtype)


def log_softmax(logits: Any, axis: int = -1) -> Any:
    """mindspore.ops.log_softmax. TypeError for integers, ValueError for an axis out of range."""
    return _normalised("log_softmax", logits, axis, None)


def softmax_of_mint(input: Any, dim: int | None = None, dtype: Any = None) -> Any:
    """mindspore.mint.nn.functional.softmax: without `dim` over the first axis of a tensor of 0, 1 or 3 axes, else over the second."""
    return torch.softmax(input, _usual_axis(input, dim), dtype=torch_dtype(dtype))


def log_softmax_of_mint(input: Any, dim: int | None = None, dtype: Any = None) -> Any:
    """mindspore.mint.nn.functional.log_softmax: without `dim` over the axis that softmax takes."""
    return torch.log_softmax(input, _usual_axis(input, dim), dtype=torch_dtype(dtype))


def _usual_axis(input: Any, dim: int | None) -> int:
    return dim if dim is not None else int(input.ndim not in (0, 1, 3))


def _normalised(name: str, input: Any, axis: int, dtype: Any) -> Any:
    check_tensor(name, input)
    if not (dtype or input.is_floating_point()):
        raise errors.invalid(TypeError, f"mindspore.ops.{name}: a floating point tensor is needed, but got {input.dtype}")
    if isinstance(axis, builtins.int) and not -max(input.ndim, 1) <= axis < max(input.ndim, 1):
        raise errors.invalid(ValueError, f"mindspore.ops.{name}: axis must be in [{-input.ndim}, {input.ndim}), but got {axis}")
    return getattr(torch, name)(input, axis, dtype=torch_dtype(dtype))
