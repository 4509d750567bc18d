"""Reshaping, reordering, joining and splitting. What PyTorch returns as a view shares storage here too."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.emptiness import nothing, unmoved
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.serialization.storages import seen_as
from compat.torch_on_mindspore.storage import view_of
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, normal_dim

ops = mindspore.ops
native = mindspore.Tensor

NOT_VIEWABLE = (
    "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous "
    "subspaces). Use .reshape(...) instead."
)


def sizes(shape: tuple[Any, ...], named: Any = None) -> tuple[int, ...]:
    """`f(2, 3)`, `f((2, 3))` and `f(size=(2, 3))` all as (2, 3); `named` is what the keyword gave."""
    if named is not None:
        if shape:
            raise invalid(TypeError, "the sizes were given twice, by place and by keyword")
        shape = (named,)
    given = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    return tuple(int(one) for one in given)


def resolved(input: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """`shape` with its -1 filled in; RuntimeError when it does not hold the elements of `input`."""
    known = 1
    for one in shape:
        known *= one if one != -1 else 1
    count = input.numel()
    if shape.count(-1) > 1:
        raise invalid(RuntimeError, "only one dimension can be inferred")
    if -1 in shape and known and count % known == 0:
        return tuple(count // known if one == -1 else one for one in shape)
    if -1 in shape or known != count:
        raise invalid(RuntimeError, f"shape '{list(shape)}' is invalid for input of size {count}")
    return shape


def reshape(input: Any, *given: Any, shape: Any = None) -> Any:
    """The same elements in another shape: a view where the layout allows, otherwise a copy."""
    return view_of(input, native.reshape, resolved(input, sizes(given, shape)))


def whole_view(input: Any) -> Any:
    """All of `input`, as another view."""
    if input.is_contiguous():
        return view_of(input, native.view, tuple(input.shape))
    return view_of(input, permuted, tuple(range(input.ndim)))


def view(input: Any, *shape: Any, size: Any = None, dtype: Any = None) -> Any:
    """The same storage in another shape, or as another dtype; RuntimeError when the layout does not allow it."""
    if dtype is not None or (len(shape) == 1 and isinstance(shape[0], dtypes.dtype)):
        kind = shape[0] if dtype is None else dtype
        return whole_view(input) if kind == input.dtype else seen_as(input, kind)
    wanted = resolved(input, sizes(shape, size))
    if not (input.is_contiguous() or viewable(input.shape, input.stride(), wanted)):
        raise invalid(RuntimeError, NOT_VIEWABLE)
    return view_of(input, native.view, wanted)


def viewable(shape: Sequence[int], stride: Sequence[int], wanted: Sequence[int]) -> bool:
    """Whether a tensor of this shape and these strides can be seen in the shape `wanted`: whole dimensions of `wanted`, from the back,
    make up each run of dimensions that lie in memory as one."""
    runs: list[int] = []
    expected = None
    for size, step in zip(shape[::-1], stride[::-1], strict=True):
        if size == 1:
            continue
        if step == expected:
            runs[-1] *= size
        else:
            runs.append(size)
        expected = size * step
    remaining = list(wanted)
    for run in runs:
        found = 1
        while found < run and remaining:
            found *= remaining.pop()
        if found != run:
            return False
    return True


def view_as(input: Any, other: Any) -> Any:
    return view(input, tuple(other.shape))


def reshape_as(input: Any, other: Any) -> Any:
    return reshape(input, tuple(other.shape))


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Dimensions start_dim to end_dim as one."""
    start, end = normal_dim(input, start_dim), normal_dim(input, end_dim)
    if start > end:
        raise invalid(RuntimeError, "flatten() has invalid args: start_dim cannot come after end_dim")
    if start == end and input.ndim:
        return input
    shape = tuple(input.shape)
    joined = 1
    for size in shape[start : end + 1]:
        joined *= size
    return reshape(input, (*shape[:start], joined, *shape[end + 1 :]))


def unflatten(input: Any, dim: int, sizes: Sequence[int]) -> Any:
    dim = normal_dim(input, dim)
    if not input.numel() and -1 not in sizes and math.prod(sizes) != input.shape[dim]:  # which reshape would not see
        text = (
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} ({input.shape[dim]}) in the input tensor"
        )
        raise invalid(RuntimeError, text)
    return reshape(input, (*input.shape[:dim], *sizes, *input.shape[dim + 1 :]))


def squeeze(input: Any, dim: int | Sequence[int] | None = None) -> Any:
    """Without the dimensions of size 1, or without those of `dim` that have size 1."""
    named = range(input.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    gone = {at for at in (normal_dim(input, one) for one in named) if input.ndim and input.shape[at] == 1}
    found = input
    for at in sorted(gone, reverse=True):
        found = view_of(found, native.select, at, 0)
    return found if gone else whole_view(input)


def unsqueeze(input: Any, dim: int) -> Any:
    return view_of(input, native.unsqueeze, normal_dim(input, dim, 1))


def permute(input: Any, *given: Any, dims: Any = None) -> Any:
    """The dimensions in another order."""
    order = tuple(normal_dim(input, one) for one in sizes(given, dims))
    if sorted(order) != list(range(input.ndim)):
        raise invalid(
            RuntimeError,
            f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(order)}"
            if len(order) != input.ndim
            else "permute(): duplicate dims are not allowed.",
        )
    return view_of(input, permuted, order)


def permuted(input: Any, order: tuple[int, ...]) -> Any:
    return derived(as_tensor(native.permute(input, order)), permuted_back, order)


def permuted_back(gradient: Any, order: tuple[int, ...]) -> tuple[Any, ...]:
    return (permute(gradient, sorted(range(len(order)), key=order.__getitem__)),)


def transpose(input: Any, dim0: int, dim1: int, *more: int) -> Any:
    """Two dimensions exchanged; three or more are the whole order, as MindSpore's own functions give it."""
    if more:
        return permute(input, dim0, dim1, *more)
    order = list(range(input.ndim))
    first, second = normal_dim(input, dim0), normal_dim(input, dim1)
    if not order:
        return whole_view(input)
    order[first], order[second] = order[second], order[first]
    return permute(input, order)


def t(input: Any) -> Any:
    """The transpose of a matrix; RuntimeError above two dimensions."""
    if input.ndim > 2:
        raise invalid(RuntimeError, f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return transpose(input, 0, 1) if input.ndim == 2 else whole_view(input)


def reversed_dims(input: Any) -> Any:
    """`x.T`."""
    return permute(input, tuple(reversed(range(input.ndim))))


def matrix_transpose(input: Any) -> Any:
    """`x.mT`; RuntimeError for one dimension."""
    if input.ndim == 1:
        raise invalid(RuntimeError, "tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor.")
    if not input.ndim:
        return whole_view(input)
    return transpose(input, -2, -1)


def movedim(input: Any, source: Any, destination: Any) -> Any:
    if isinstance(source, int) != isinstance(destination, int):
        raise invalid(TypeError, "movedim() takes two integers or two tuples of integers as source and destination")
    sources, targets = (tuple(normal_dim(input, at) for at in ((one,) if isinstance(one, int) else one)) for one in (source, destination))
    if len(sources) != len(targets):
        raise invalid(
            RuntimeError,
            f"movedim: Invalid source or destination dims: source ({source} dims) should contain the same number of dims as destination "
            f"({destination} dims)",
        )
    for name, dims, given in (("source", sources, source), ("destination", targets, destination)):
        if len(set(dims)) != len(dims):
            raise invalid(RuntimeError, f"movedim: repeated dim in `{name}` ({list(given)})")
    order = [at for at in range(input.ndim) if at not in sources]
    for target, at in sorted(zip(targets, sources, strict=True)):
        order.insert(target, at)
    return permute(input, order)


def expand(input: Any, *given: Any, size: Any = None, implicit: bool = False) -> Any:
    """Dimensions of size 1 repeated without a copy; -1 keeps a size. `implicit` changes nothing, in PyTorch neither."""
    wanted = sizes(given, size)
    shift = len(wanted) - input.ndim
    if shift < 0:
        raise invalid(
            RuntimeError,
            f"expand({input.type()}{{{list(input.shape)}}}, size={list(wanted)}): the number of sizes provided "
            f"({len(wanted)}) must be greater or equal to the number of dimensions in the tensor ({input.ndim})",
        )
    full = tuple(input.shape[at - shift] if size == -1 and at >= shift else size for at, size in enumerate(wanted))
    for at, size in enumerate(full):
        if at >= shift and input.shape[at - shift] not in (1, size):
            raise invalid(
                RuntimeError,
                f"The expanded size of the tensor ({size}) must match the existing size ({input.shape[at - shift]}) at "
                f"non-singleton dimension {at}.  Target sizes: {list(wanted)}.  Tensor sizes: {list(input.shape)}",
            )
    return view_of(input, ops.broadcast_to, full)


def expand_as(input: Any, other: Any) -> Any:
    return expand(input, tuple(other.shape))


def repeat(input: Any, *given: Any, repeats: Any = None) -> Tensor:
    """The tensor copied this often along each dimension."""
    times = sizes(given, repeats)
    if len(times) < input.ndim:
        raise invalid(
            RuntimeError,
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
        )
    extended = (1,) * (len(times) - input.ndim) + tuple(input.shape)
    if 0 in times or 0 in extended:
        # made of the input's no elements, so that it stays in the graph
        empty: Tensor = reshape(reshape(input, -1)[:0], tuple(size * count for size, count in zip(extended, times, strict=True)))
        return empty
    found: Tensor = derived(as_tensor(ops.tile(input, times)), folded, input, times)
    return found


def folded(gradient: Any, input: Any, times: tuple[int, ...]) -> tuple[Any, ...]:
    """The gradient of `repeat`: the copies added up."""
    sizes_ = (*(1,) * (len(times) - input.ndim), *input.shape)
    parts = reshape(gradient, tuple(one for pair in zip(times, sizes_, strict=True) for one in pair))
    return (reshape(parts.sum(tuple(range(0, 2 * len(times), 2))), tuple(input.shape)),)


def tile(input: Any, *given: Any, dims: Any = None) -> Tensor:
    """The tensor copied this often along each dimension, counted from the last."""
    times = sizes(given, dims)
    return repeat(input, (1,) * (input.ndim - len(times)) + times)


def select(input: Any, dim: int, index: int) -> Any:
    dim = normal_dim(input, dim)
    size = input.shape[dim]
    if not -size <= index < size:
        raise invalid(
            IndexError,
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {dim}",
        )
    # Not by `select`, whose gradient fails on CPU.
    return view_of(input, native.__getitem__, (*(slice(None),) * dim, index % size))


def narrow(input: Any, dim: int, start: Any, length: int) -> Any:
    """`length` entries of `dim`, from `start`."""
    if not input.ndim:
        raise invalid(RuntimeError, "narrow() cannot be applied to a 0-dim tensor.")
    if is_tensor(start) and (start.ndim or start.dtype.category != dtypes.INTEGER):
        raise invalid(RuntimeError, "start must be an 0-dim integral Tensor.")
    if isinstance(start, float) or isinstance(length, float):
        raise invalid(TypeError, "narrow(): arguments 'start' and 'length' must be integers")
    dim = normal_dim(input, dim)
    size = input.shape[dim]
    start, length = int(start), int(length)
    if length < 0:
        raise invalid(RuntimeError, "narrow(): length must be non-negative.")
    if not -size <= start <= size:
        raise invalid(IndexError, f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start = start + size if start < 0 else start
    if start + length > size:
        raise invalid(RuntimeError, f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return view_of(input, native.__getitem__, (*(slice(None),) * dim, slice(start, start + length)))


def first(input: Any, length: int, dim: int) -> Any:
    """The first `length` entries of `dim`; `input` itself where these are all: MindSpore's view of all has no second-order gradient."""
    return input if input.shape[dim] == length else narrow(input, dim, 0, length)


def split(tensor: Any, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Any, ...]:
    """Pieces of this size, the last one smaller, or pieces of these sizes."""
    dim = normal_dim(tensor, dim)
    size = tensor.shape[dim]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        lengths = [min(step, size - start) for start in range(0, size, step)] or [0]
    else:
        lengths = list(split_size_or_sections)
        if sum(lengths) != size:
            raise invalid(
                RuntimeError,
                f"split_with_sizes expects split_sizes to sum exactly to {size} (input tensor's size at dimension {dim}), "
                f"but got split_sizes={lengths}",
            )
    starts = [sum(lengths[:at]) for at in range(len(lengths))]
    return of_many(narrow(tensor, dim, start, length) for start, length in zip(starts, lengths, strict=True))


def split_method(input: Any, split_size: int | Sequence[int], dim: int = 0) -> tuple[Any, ...]:
    """`split` under the names of the method."""
    return split(input, split_size, dim)


def of_many(views: Iterable[Any]) -> tuple[Any, ...]:
    """Views that one function returns; none of them can be written while recording."""
    made = tuple(views)
    for one in made:
        one._of_many = True
    return made


def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    if chunks <= 0:
        raise invalid(RuntimeError, f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    return split(input, max(1, -(-input.shape[dim] // chunks)), dim)


def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    return of_many(select(input, dim, at) for at in range(input.shape[normal_dim(input, dim)]))


def flip(input: Any, *dims: Any) -> Tensor:
    found: Tensor = as_tensor(ops.flip(input, sizes(dims)))
    return found


def promoted(tensors: Sequence[Any]) -> list[Any]:
    kind = dtypes.of(tensors[0])
    if all(dtypes.of(one) is kind for one in tensors):
        return list(tensors)
    kind = dtypes.result_type(*tensors)
    return [cast(one, kind) for one in tensors]


def cat(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """The tensors joined along a dimension they have; empty 1-D tensors are left out, as in PyTorch."""
    if not len(tensors):
        raise invalid(ValueError, "torch.cat(): expected a non-empty list of Tensors")
    shapes = [tuple(one.shape) for one in tensors]
    kept = tensors
    if not shapes[0] or shapes[0] == (0,) or shapes.count(shapes[0]) != len(shapes):
        if () in shapes:
            raise invalid(RuntimeError, f"zero-dimensional tensor (at position {shapes.index(())}) cannot be concatenated")
        kept = [one for one, shape in zip(tensors, shapes, strict=True) if shape != (0,)] or tensors[:1]
    first = kept[0]
    if kept is not tensors:
        for one in kept:
            if one.ndim != first.ndim:
                raise invalid(RuntimeError, unequal(first, one, dim, 0))
    dim = normal_dim(first, dim)
    if kept is not tensors:
        for number, one in enumerate(kept):
            if any(at != dim and size != first.shape[at] for at, size in enumerate(one.shape)):
                raise invalid(RuntimeError, unequal(first, one, dim, number))
    found: Tensor = derived(as_tensor(ops.cat(promoted(kept), dim)), cut, [one.shape[dim] for one in kept], dim)
    return found if kept is tensors else unmoved(found, *(one for one in tensors if one.ndim == 1 and not one.shape[0]))


def cut(gradient: Any, lengths: list[int], dim: int) -> tuple[Any, ...]:
    """The parts of the gradient of `cat`."""
    return split(gradient, lengths, dim)


def unequal(first: Any, other: Any, dim: int, number: int) -> str:
    if first.ndim != other.ndim:
        return f"Tensors must have same number of dimensions: got {first.ndim} and {other.ndim}"
    at = next(at for at in range(first.ndim) if at != dim and first.shape[at] != other.shape[at])
    return (
        f"Sizes of tensors must match except in dimension {dim}. Expected size {first.shape[at]} but got size "
        f"{other.shape[at]} for tensor number {number} in the list."
    )


def stack(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """The tensors, all of one shape, along a new dimension."""
    if not len(tensors):
        raise invalid(RuntimeError, "stack expects a non-empty TensorList")
    first = tensors[0]
    for number, one in enumerate(tensors):
        if tuple(one.shape) != tuple(first.shape):
            raise invalid(
                RuntimeError,
                f"stack expects each tensor to be equal size, but got {list(first.shape)} at entry 0 and "
                f"{list(one.shape)} at entry {number}",
            )
    at = normal_dim(first, dim, 1)
    if 0 in first.shape:
        shape = list(first.shape)
        shape.insert(at, len(tensors))
        empty: Tensor = nothing(tuple(shape), *promoted(tensors))
        return empty
    found: Tensor = as_tensor(ops.stack(promoted(tensors), at))
    return found
