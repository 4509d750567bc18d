"""Operators that take apart, join, search and rearrange tensors."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import FROM_TORCH, float32, int32, int64, torch_dtype
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.slicing import scalar_to_tensor

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = [
    "CopyWithSlice", "DType", "DataFormatDimMap", "DataFormatVecPermute", "FillDiagonal", "FillV2", "IndexPut", "InvertPermutation",
    "ListDiff", "LogSpace", "LowerBound", "MapUniform", "MaskedScatter", "MaxUnpool2D", "MaxUnpool3D", "Meshgrid", "ParallelConcat", "RaggedRange",
    "ScalarToTensor", "SearchSorted", "SelectView", "SparseSlice", "Split", "SplitV", "SubAndFilter", "TensorToTuple", "TrilIndices",
    "TriuIndices", "UniqueConsecutive", "UnravelIndex", "Unstack", "UpperBound", "dtype",
]  # fmt: skip


@primitive
def DType(x: Any) -> Any:
    """The data type of a tensor."""
    return FROM_TORCH[x.dtype]


@primitive
def ScalarToTensor(x: Any, dtype: Any = float32) -> Any:
    """A number as a tensor without axes."""
    return scalar_to_tensor(x, dtype)


@primitive
def TensorToTuple(x: Any) -> Any:
    """The numbers of a vector, read from its device."""
    if x.ndim != 1:
        raise errors.invalid(ValueError, f"x must have 1 axis, but has {x.ndim}")
    return tuple(x.tolist())


@primitive
def CopyWithSlice(input_x: Any, input_y: Any) -> Any:
    """The first tensor, overwritten with the second."""
    with torch.no_grad():
        return input_x.copy_(input_y)


@primitive
def FillDiagonal(input_x: Any, *, fill_value: float, wrap: bool = False) -> Any:
    """A copy with this value on the main diagonal; `wrap` begins a new one in a tall matrix."""
    return input_x.clone().fill_diagonal_(fill_value, wrap)


@primitive
def FillV2(shape: Any, value: Any) -> Any:
    """The value, a tensor without axes, in a shape that a tuple or a tensor holds."""
    return value.expand([int(length) for length in shape]).clone()


@primitive
def SelectView(input: Any, index: int, dim: int) -> Any:
    """One entry of an axis, in the same memory."""
    return input.select(dim, index)


@primitive
def Split(input_x: Any, *, axis: int = 0, output_num: int = 1) -> Any:
    """As many pieces of one length along an axis."""
    length = input_x.shape[axis]
    if length % output_num:
        raise errors.invalid(ValueError, f"axis {axis} of length {length} has no {output_num} equal pieces")
    return tuple(torch.split(input_x, max(length // output_num, 1), axis))


@primitive
def SplitV(input_x: Any, *, size_splits: Any, split_dim: int, num_split: int) -> Any:
    """Pieces of these lengths along an axis; one may be -1."""
    sizes, length = list(size_splits), input_x.shape[split_dim]
    if -1 in sizes:
        sizes[sizes.index(-1)] = length - sum(sizes) - 1
    if len(sizes) != num_split or sum(sizes) != length or min(sizes) < 0:
        raise errors.invalid(ValueError, f"{size_splits} are not {num_split} lengths with the sum {length}")
    return tuple(torch.split(input_x, sizes, split_dim))


@primitive
def Unstack(input_x: Any, *, axis: int = 0, num: int | None = None) -> Any:
    """The entries along an axis, of which there must be `num`."""
    if num is not None and input_x.shape[axis] != num:
        raise errors.invalid(ValueError, f"axis {axis} has {input_x.shape[axis]} entries, not {num}")
    return tuple(torch.unbind(input_x, axis))


@primitive
def ParallelConcat(values: Any) -> Any:
    """Tensors of length 1 joined along the first axis."""
    if any(each.shape[0] != 1 or each.shape != values[0].shape for each in values):
        raise errors.invalid(ValueError, "all tensors must have one shape, of length 1 along the first axis")
    return torch.cat(tuple(values))


@primitive
def Meshgrid(inputs: Any, *, indexing: str = "xy") -> Any:
    """The coordinates of a grid, as many tensors as there are vectors."""
    return tuple(torch.meshgrid(*inputs, indexing=indexing))


@primitive
def LogSpace(start: Any, end: Any, *, steps: int = 10, base: int = 10, dtype: Any = float32) -> Any:
    """(steps,): powers of `base` with exponents from start to end in equal steps."""
    return torch.logspace(start.double(), end.double(), steps, base, dtype=torch.float64, device=start.device).to(torch_dtype(dtype))


@primitive
def TrilIndices(*, row: int, col: int, offset: int = 0, dtype: Any = int32) -> Any:
    """(2, n): the places of the lower triangle."""
    return torch.tril_indices(row, col, offset, dtype=torch_dtype(dtype))


@primitive
def TriuIndices(*, row: int, col: int, offset: int = 0, dtype: Any = int32) -> Any:
    """(2, n): the places of the upper triangle."""
    return torch.triu_indices(row, col, offset, dtype=torch_dtype(dtype))


@primitive
def RaggedRange(starts: Any, limits: Any, deltas: Any, *, Tsplits: Any) -> Any:
    """(where each range begins and the last one ends, the numbers of all ranges one after the other)."""
    first, last, step = (each.reshape(-1) for each in (starts, limits, deltas))
    if bool((step == 0).any()):
        raise errors.invalid(ValueError, "deltas must not be 0")
    counts = torch.ceil((last.double() - first.double()) / step.double()).clamp(min=0).long()
    ends = torch.cumsum(counts, 0)
    number = torch.arange(int(counts.sum()), device=starts.device) - torch.repeat_interleave(ends - counts, counts)
    values = torch.repeat_interleave(first, counts) + number.to(first.dtype) * torch.repeat_interleave(step, counts)
    return torch.cat([ends.new_zeros(1), ends]).to(torch_dtype(Tsplits)), values


@primitive
def InvertPermutation(input_x: Any) -> Any:
    """The inverse of a permutation of 0 … n - 1, a tuple or list of int, as a tuple."""
    if not isinstance(input_x, (tuple, list)):
        raise errors.invalid(ValueError, f"input_x must be a tuple or list, but is {type(input_x).__name__}")
    if sorted(input_x) != list(range(len(input_x))):
        raise errors.invalid(ValueError, f"{input_x} is no permutation of 0 … {len(input_x) - 1}")
    return tuple(sorted(range(len(input_x)), key=input_x.__getitem__))


@primitive
def ListDiff(x: Any, y: Any, *, out_idx: Any = int32) -> Any:
    """(what of `x` is not in `y`, in its order; its places)."""
    kept = ~torch.isin(x, y)
    return x[kept], torch.nonzero(kept).reshape(-1).to(torch_dtype(out_idx))


@primitive
def SubAndFilter(input_x: Any, max_num: Any, offset: Any) -> Any:
    """(what of input_x - offset is in [0, max_num), its places)."""
    shifted = input_x - offset
    kept = (shifted >= 0) & (shifted < max_num)
    return shifted[kept], torch.nonzero(kept).reshape(-1).to(input_x.dtype)


@primitive
def UniqueConsecutive(input: Any, *, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """(without repetitions next to each other, the place of each element in it, the counts); what is not asked for is 0."""
    values, places, counts = torch.unique_consecutive(input, return_inverse=True, return_counts=True, dim=dim)
    nothing = torch.zeros((), dtype=torch.int64, device=input.device)
    return values, places if return_inverse else nothing, counts if return_counts else nothing


@primitive
def UnravelIndex(indices: Any, dims: Any) -> Any:
    """(axes, n), or (axes,) for one number: the coordinates of places in the flattened tensor of the shape `dims`."""
    if indices.dtype != dims.dtype:
        raise errors.invalid(TypeError, f"indices and dims must be of one type, but are of {indices.dtype} and {dims.dtype}")
    return torch.stack(torch.unravel_index(indices, tuple(dims.tolist()))).to(indices.dtype)


@primitive
def SearchSorted(sorted_sequence: Any, values: Any, sorter: Any = None, *, dtype: Any = int64, right: bool = False) -> Any:
    """Where the values belong in the sorted last axis, behind equal ones with `right`."""
    return torch.searchsorted(sorted_sequence, values, right=right, sorter=sorter).to(torch_dtype(dtype))


@primitive
def LowerBound(sorted_x: Any, values: Any, *, out_type: Any = int32) -> Any:
    """For each row where its values belong in the sorted row, in front of equal ones."""
    return torch.searchsorted(sorted_x, values).to(torch_dtype(out_type))


@primitive
def UpperBound(sorted_x: Any, values: Any, *, out_type: Any = int32) -> Any:
    """For each row where its values belong in the sorted row, behind equal ones."""
    return torch.searchsorted(sorted_x, values, right=True).to(torch_dtype(out_type))


@primitive
def MaskedScatter(input: Any, mask: Any, source: Any) -> Any:
    """A copy with the elements of `source`, in order, where the mask is true."""
    places = mask.expand(torch.broadcast_shapes(mask.shape, input.shape))
    if int(places.sum()) > source.numel():
        raise errors.invalid(ValueError, f"source has {source.numel()} elements, and the mask is true {int(places.sum())} times")
    return torch.masked_scatter(input, places, source)


@primitive
def MapUniform(input: Any, per_group_size: int, group_num: int) -> Any:
    """Keys dealt out to groups in turn: key % group_num · per_group_size + key // group_num, both rounded towards zero."""
    return torch.fmod(input, group_num) * per_group_size + torch.div(input, group_num, rounding_mode="trunc")


@primitive
def IndexPut(x1: Any, x2: Any, indices: Any, *, accumulate: int = 0) -> Any:
    """A copy with `x2` at the places that the tuple of vectors names, or added there."""
    if accumulate not in (0, 1):
        raise errors.invalid(ValueError, f"accumulate must be 0 or 1, but is {accumulate!r}")
    if x1.dtype != x2.dtype or not isinstance(indices, (tuple, list)):
        raise errors.invalid(TypeError, "x1 and x2 must be of one type, and indices a tuple or list")
    return torch.index_put(x1, tuple(index.long() for index in indices), x2, accumulate == 1)


def layouts(src_format: str, dst_format: str) -> None:
    """ValueError unless both are NHWC or NCHW."""
    if {src_format, dst_format} - {"NHWC", "NCHW"}:
        raise errors.invalid(ValueError, f"a format must be NHWC or NCHW, but they are {src_format!r} and {dst_format!r}")


@primitive
def DataFormatDimMap(input_x: Any, *, src_format: str = "NHWC", dst_format: str = "NCHW") -> Any:
    """For each axis number, also counted from the end, where the axis that the other layout has there stands in the first."""
    layouts(src_format, dst_format)
    places = torch.tensor([src_format.index(axis) for axis in dst_format], dtype=input_x.dtype, device=input_x.device)
    return places[torch.remainder(input_x, 4).long()]


@primitive
def DataFormatVecPermute(input_x: Any, *, src_format: str = "NHWC", dst_format: str = "NCHW") -> Any:
    """What belongs to the axes of the one layout, (4,) or (4, 2), in the order of the other."""
    layouts(src_format, dst_format)
    return input_x[[src_format.index(axis) for axis in dst_format]]


@primitive
def SparseSlice(indices: Any, values: Any, shape: Any, start: Any, size: Any) -> Any:
    """(indices, values, shape) of the part of a sparse tensor that begins at `start`."""
    kept = ((indices >= start) & (indices < start + size)).all(-1)
    return indices[kept] - start, values[kept], torch.minimum(size, shape - start).clamp(min=0)


def unpooled(rank: int, x: Any, argmax: Any, ksize: Any, strides: Any, pads: Any, output_shape: Any, last: bool) -> Any:
    """PyTorch's unpooling; strides of 0 are those of the kernel."""
    size = tuple(output_shape)
    if last:
        x, argmax = torch.movedim(x, -1, 1), torch.movedim(argmax, -1, 1)
        size = (size[0], size[-1], *size[1:-1]) if size else size
    steps = ksize if strides in (0, (0,) * rank) else strides
    found = getattr(F, f"max_unpool{rank}d")(x, argmax.long(), ksize, steps, pads, size[2:] or None)
    return torch.movedim(found, 1, -1) if last else found


@primitive
def MaxUnpool2D(
    x: Any, argmax: Any, *, ksize: Any, strides: Any = 0, pads: Any = 0, output_shape: Any = (), data_format: str = "NCHW"
) -> Any:
    """The maxima back at their places, zeros elsewhere."""
    return unpooled(2, x, argmax, ksize, strides, pads, output_shape, data_format == "NHWC")


@primitive
def MaxUnpool3D(
    x: Any, argmax: Any, *, ksize: Any, strides: Any = 0, pads: Any = 0, output_shape: Any = (), data_format: str = "NCDHW"
) -> Any:
    """The maxima back at their places, zeros elsewhere."""
    return unpooled(3, x, argmax, ksize, strides, pads, output_shape, data_format == "NDHWC")


dtype = DType()
