"""Parts of tensors by begin and end, their order reversed, and tensors filled or repeated to a shape."""

from __future__ import annotations

import builtins
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import float32, torch_dtype
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.tensor import forward_steps

torch: Any = frameworks.load("torch")

__all__ = [
    "dsplit", "dyn_shape", "expand", "expand_as", "fill", "fills", "repeat_elements", "reverse", "reverse_sequence", "scalar_to_array",
    "scalar_to_tensor", "select_scatter", "sequence_mask", "slice", "slice_scatter", "strided_slice", "tuple_to_array", "type_as", "unstack",
    "view_as",
]  # fmt: skip

span = builtins.slice


def numbers(values: Any) -> list[int]:
    """Integers of a tuple, a list or a tensor, which is read from its device."""
    return [int(value) for value in (values.tolist() if isinstance(values, torch.Tensor) else values)]


@operation
def slice(input_x: Any, begin: Any, size: Any) -> Any:
    """mindspore.ops.slice: `size` elements from `begin` on along each axis; a size of -1 takes all that follow."""
    starts, sizes = numbers(begin), numbers(size)
    if len(starts) != len(sizes) or len(starts) != input_x.ndim:
        raise errors.invalid(ValueError, f"begin and size must have one number for each of {input_x.ndim} axes")
    for start, length, whole in zip(starts, sizes, input_x.shape, strict=True):
        if start < 0 or length < -1 or start + max(length, 0) > whole:
            raise errors.invalid(ValueError, f"begin {starts} and size {sizes} are outside of the shape {tuple(input_x.shape)}")
    parts = zip(starts, sizes, strict=True)
    return input_x[tuple(span(start, None if length == -1 else start + length) for start, length in parts)]


@operation
def strided_slice(
    input_x: Any, begin: Any, end: Any, strides: Any, begin_mask: int = 0, end_mask: int = 0, ellipsis_mask: int = 0,
    new_axis_mask: int = 0, shrink_axis_mask: int = 0,
) -> Any:  # fmt: skip
    """mindspore.ops.strided_slice: input_x[begin:end:strides] for the first axes.

    A bit of a mask is a place of `begin`: where the axis is whole on that side, where `...` stands, a new axis, or a number instead of a range.
    """
    places = list(zip(numbers(begin), numbers(end), numbers(strides), strict=True))
    masks = {"begin": begin_mask, "end": end_mask, "ellipsis": ellipsis_mask, "new": new_axis_mask, "shrink": shrink_axis_mask}
    marked = [{name for name, mask in masks.items() if mask >> place & 1} for place in range(len(places))]
    taken = sum(not marks & {"ellipsis", "new"} for marks in marked)
    chosen: list[Any] = []
    added: list[int] = []
    kept = 0  # axes of the result so far
    for (start, stop, step), marks in zip(places, marked, strict=True):
        if "ellipsis" in marks:
            chosen += [span(None)] * (input_x.ndim - taken)
            kept += input_x.ndim - taken
        elif "new" in marks:
            added.append(kept)
            kept += 1
        elif "shrink" in marks:
            chosen.append(start)
        else:
            chosen.append(span(None if "begin" in marks else start, None if "end" in marks else stop, step))
            kept += 1
    tensor, index = forward_steps(input_x, tuple(chosen))
    found = tensor[index]
    for place in added:
        found = found.unsqueeze(place)
    return found


@operation
def reverse(x: Any, axis: Any) -> Any:
    """mindspore.ops.reverse: the elements along the axes, a tuple or list, in reverse order."""
    if not isinstance(axis, (tuple, list)):
        raise errors.invalid(TypeError, f"axis must be a tuple or list of int, but is {axis!r}")
    return torch.flip(x, tuple(axis))


@operation
def reverse_sequence(x: Any, seq_lengths: Any, seq_dim: int, batch_dim: int = 0) -> Any:
    """mindspore.ops.reverse_sequence: of each entry of `batch_dim` the first `seq_lengths` elements along `seq_dim` reversed."""
    place = torch.arange(x.shape[seq_dim], device=x.device)
    length = seq_lengths.to(x.device).unsqueeze(1)
    source = torch.where(place < length, length - 1 - place, place)
    shape = [1] * x.ndim
    shape[batch_dim], shape[seq_dim] = source.shape
    if batch_dim % x.ndim > seq_dim % x.ndim:
        source = source.T
    return torch.gather(x, seq_dim, source.reshape(shape).expand_as(x))


def reverse_sequence_method(self: Any, seq_lengths: Any, seq_dim: int = 0, batch_dim: int = 0) -> Any:
    """mindspore.Tensor.reverse_sequence: ValueError for the defaults, which are the same axis twice."""
    if seq_dim == batch_dim:
        raise errors.invalid(ValueError, f"mindspore.Tensor.reverse_sequence: batch_dim must not be seq_dim, but both are {seq_dim}")
    return reverse_sequence(self, seq_lengths, seq_dim, batch_dim)


@operation
def sequence_mask(lengths: Any, maxlen: int | None = None) -> Any:
    """mindspore.ops.sequence_mask: in a new last axis of `maxlen`, by default the largest length, as many are true as `lengths` says."""
    if maxlen is None:
        maxlen = int(lengths.max())
    return torch.arange(maxlen, device=lengths.device) < lengths.unsqueeze(-1)


@operation
def unstack(input_x: Any, axis: int = 0) -> tuple[Any, ...]:
    """mindspore.ops.unstack: the entries along an axis, as a tuple."""
    return tuple(torch.unbind(input_x, axis))


@operation
def dsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """mindspore.ops.dsplit: pieces of axis 2, which need not be equal; ValueError for a tensor of less than three axes."""
    if input.ndim < 3:
        raise errors.invalid(ValueError, f"input must have at least 3 axes, but has {input.ndim}")
    return tuple(torch.tensor_split(input, indices_or_sections, 2))


@operation
def select_scatter(input: Any, src: Any, axis: int, index: int) -> Any:
    """mindspore.ops.select_scatter: `src` at one place of an axis, in a copy."""
    return torch.select_scatter(input, src.expand_as(input.select(axis, index)), axis, index)


@operation
def slice_scatter(input: Any, src: Any, axis: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Any:
    """mindspore.ops.slice_scatter: `src` in the slice of an axis, in a copy."""
    return torch.slice_scatter(input, src, axis, start, end, step)


@operation
def repeat_elements(x: Any, rep: int, axis: int = 0) -> Any:
    """mindspore.ops.repeat_elements: each entry of the axis `rep` times in a row."""
    return torch.repeat_interleave(x, rep, axis)


@operation
def expand(input_x: Any, size: Any) -> Any:
    """mindspore.ops.expand: broadcast to the shape that the tensor `size` holds; -1 keeps a length."""
    return input_x.expand(numbers(size))


@operation
def expand_as(input: Any, other: Any) -> Any:
    """mindspore.ops.expand_as: broadcast to the shape of `other`."""
    return input.expand_as(other)


@operation
def view_as(input: Any, other: Any) -> Any:
    """mindspore.ops.view_as: the same elements in the shape of `other`."""
    return input.reshape(other.shape)


@operation
def type_as(input: Any, other: Any) -> Any:
    """mindspore.ops.type_as: the same values in the data type of `other`."""
    return input.type_as(other)


@operation
def dyn_shape(input_x: Any) -> Any:
    """mindspore.ops.dyn_shape: the shape as a vector of int64."""
    return torch.tensor(tuple(input_x.shape), dtype=torch.int64, device=input_x.device)


@operation
def fill(type: Any, shape: Any, value: Any) -> Any:
    """mindspore.ops.fill: a tensor of this type and shape with the value everywhere."""
    return torch.full(numbers(shape), 0, dtype=torch_dtype(type)).fill_(value)


@operation
def fills(x: Any, value: Any) -> Any:
    """mindspore.ops.fills: in the shape and type of `x` a number or a 0-d tensor everywhere."""
    return torch.zeros_like(x).fill_(value)


@operation
def scalar_to_tensor(input_x: Any, dtype: Any = float32) -> Any:
    """mindspore.ops.scalar_to_tensor: a number as a tensor without axes."""
    if not isinstance(input_x, (bool, int, float)):
        raise errors.invalid(TypeError, f"input_x must be a bool, int or float, but is {type(input_x).__name__}")
    return torch.tensor(input_x).to(torch_dtype(dtype))


@operation
def scalar_to_array(input_x: Any) -> Any:
    """mindspore.ops.scalar_to_array: a number as a tensor without axes, int64 or float32."""
    return torch.tensor(input_x)


@operation
def tuple_to_array(input_x: Any) -> Any:
    """mindspore.ops.tuple_to_array: numbers of one type as a vector, int32 for integers and float32 for others."""
    kinds = {type(value) for value in input_x}
    if not input_x or (len(kinds) > 1 and type(input_x[0]) is int):
        raise errors.invalid(TypeError, f"all elements must be numbers of one type, but are {input_x}")
    return torch.tensor(input_x, dtype=torch.int32 if kinds == {int} else torch.float32)
