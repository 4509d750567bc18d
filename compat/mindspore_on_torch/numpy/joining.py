"""mindspore.numpy: tensors joined, and split into parts."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import one_axis, plain

torch: Any = frameworks.load("torch")

__all__ = [
    "append", "array_split", "column_stack", "concatenate", "dsplit", "dstack", "hsplit", "hstack", "split", "stack", "vsplit", "vstack",
]  # fmt: skip

MOST_AXES = 32


def parts(arrays: Any, none: type[Exception] = ValueError) -> tuple[Any, ...]:
    """The tensors of a sequence, or those along the first axis of one. TypeError unless all are tensors, `none` for no tensor."""
    if isinstance(arrays, torch.Tensor):
        return tuple(arrays.unbind(0))
    if not isinstance(arrays, (tuple, list)):
        raise errors.invalid(TypeError, f"a Tensor, or a list or tuple of them is needed, but got {type(arrays).__name__}")
    if not arrays:
        raise errors.invalid(none, "mindspore.numpy: at least one tensor is needed")
    operands.tensors(*arrays)
    return tuple(arrays)


def joined(arrays: Any, axis: int) -> Any:
    """The tensors in their common type, joined along an axis that they have."""
    return torch.cat(operands.common(*arrays), axis)


def beside(arrays: Any, axis: int) -> Any:
    """The tensors joined along an axis that they have. RuntimeError unless they have one type."""
    if len({each.dtype for each in arrays}) > 1:
        kinds = ", ".join(str(each.dtype) for each in arrays)
        raise errors.invalid(RuntimeError, f"mindspore.numpy: tensors of one type are needed, but got {kinds}")
    return torch.cat(tuple(arrays), axis)


@plain
def concatenate(arrays: Any, axis: int | None = 0) -> Any:
    """Joined along an axis; flattened first without one, which an axis of 32 or more means as well."""
    found = parts(arrays, IndexError)
    if axis is None or operands.integer("axis", axis) >= MOST_AXES:
        return joined([each.reshape(-1) for each in found], 0)
    return joined(found, one_axis(axis, found[0].ndim))


@plain
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """`values` behind `arr`, along an axis; both flattened without one."""
    operands.tensors(arr, values)
    if axis is None:
        return joined((arr.reshape(-1), values.reshape(-1)), 0)
    return joined((arr, values), one_axis(axis, arr.ndim))


@plain
def column_stack(tup: Any) -> Any:
    """Vectors as columns, matrices as they are, beside each other; a tensor is given back."""
    return tup if isinstance(tup, torch.Tensor) else beside([x if x.ndim > 1 else x.reshape(-1, 1) for x in parts(tup)], 1)


@plain
def hstack(tup: Any) -> Any:
    """Joined along the second axis, vectors along their only one; a tensor is given back."""
    if isinstance(tup, torch.Tensor):
        return tup
    found = [torch.atleast_1d(each) for each in parts(tup)]
    return beside(found, 1 if found[0].ndim > 1 else 0)


@plain
def vstack(tup: Any) -> Any:
    """Joined along the first axis, vectors as rows; a tensor is given back."""
    return tup if isinstance(tup, torch.Tensor) else beside([torch.atleast_2d(each) for each in parts(tup)], 0)


@plain
def dstack(tup: Any) -> Any:
    """Joined along the third axis, which vectors and matrices get; a tensor is given back."""
    return tup if isinstance(tup, torch.Tensor) else beside([torch.atleast_3d(each) for each in parts(tup)], 2)


@plain
def stack(arrays: Any, axis: int = 0) -> Any:
    """Joined along a new axis."""
    if not isinstance(arrays, (torch.Tensor, tuple, list)):
        raise errors.invalid(ValueError, f"arrays must be a Tensor, tuple or list, but got {type(arrays).__name__}")
    return torch.stack(operands.common(*parts(arrays, IndexError)), operands.integer("axis", axis))


def pieces(x: Any, where: Any, axis: Any, even: bool) -> Any:
    """A tuple of so many parts, which are equal if `even`; or a list of those between the places given."""
    operands.tensors(x)
    place = one_axis(axis, x.ndim)
    length = x.shape[place]
    if isinstance(where, int):
        if where < 1 or where > length or (even and length % where):
            raise errors.invalid(ValueError, f"an axis of length {length} can't be split into {where} parts")
        return tuple(torch.tensor_split(x, where, place))
    if not isinstance(where, (tuple, list)):
        raise errors.invalid(TypeError, f"indices_or_sections must be int, tuple or list, but got {type(where).__name__}")
    found = torch.tensor_split(x, [operands.integer("each index", one) for one in where], place)
    if any(not each.shape[place] for each in found):
        raise errors.invalid(ValueError, f"a part of an axis of length {length} split at {where} is empty")
    return list(found)


@plain
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """A tuple of so many equal parts, or a list of the parts between these indices. ValueError for an empty part."""
    return pieces(x, indices_or_sections, axis, even=True)


@plain
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """As split; the first parts are longer by one where the axis can't be split evenly."""
    return pieces(x, indices_or_sections, axis, even=False)


@plain
def vsplit(x: Any, indices_or_sections: Any) -> Any:
    """split along the first axis."""
    return pieces(x, indices_or_sections, 0, even=True)


@plain
def hsplit(x: Any, indices_or_sections: Any) -> Any:
    """split along the second axis."""
    return pieces(x, indices_or_sections, 1, even=True)


@plain
def dsplit(x: Any, indices_or_sections: Any) -> Any:
    """split along the third axis."""
    return pieces(x, indices_or_sections, 2, even=True)
