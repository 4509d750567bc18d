"""Joining and splitting: cat, stack and their relatives, pieces of a tensor, and shapes brought together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.descriptors import Size
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.gathering import entries
from compat.torch_on_mindspore.shaping import cat, expand, narrow, reshape, split, stack, unsqueeze
from compat.torch_on_mindspore.tensor import Tensor, normal_dim

ops = mindspore.ops


def listed(tensors: tuple[Any, ...]) -> list[Any]:
    """`f(a, b)` and `f([a, b])` both as [a, b]."""
    return list(tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors)


def given(name: str, tensors: tuple[Any, ...]) -> tuple[Any, ...]:
    """`tensors`, which must be such and no list of them."""
    for place, one in enumerate(tensors):
        if not is_tensor(one):
            raise invalid(TypeError, f"{name}: expected Tensor as element {place} in argument 0, but got {type(one).__name__}")
    return tensors


def for_each(function: Any) -> Any:
    """`function` of one tensor, or of each of several."""

    def mapped(*tensors: Any) -> Any:
        if len(tensors) == 1 and is_tensor(tensors[0]):
            return function(tensors[0])
        return tuple(map(function, listed(tensors)))

    mapped.__name__ = mapped.__qualname__ = function.__name__
    mapped.__doc__ = function.__doc__
    return mapped


@for_each
def atleast_1d(input: Any) -> Any:
    """A tensor with at least one dimension, or a tuple of such."""
    return input if input.ndim else reshape(input, 1)


@for_each
def atleast_2d(input: Any) -> Any:
    """A tensor with at least two dimensions, new ones in front."""
    return input if input.ndim >= 2 else unsqueeze(input, 0) if input.ndim else reshape(input, 1, 1)


@for_each
def atleast_3d(input: Any) -> Any:
    """A tensor with at least three dimensions: one is put before and one behind a vector, one behind a matrix."""
    if input.ndim >= 3:
        return input
    return unsqueeze(input, -1) if input.ndim == 2 else reshape(input, 1, -1, 1)


def some(name: str, tensors: Sequence[Any]) -> list[Any]:
    if not len(tensors):
        raise invalid(RuntimeError, f"{name} expects a non-empty TensorList")
    return list(tensors)


def hstack(tensors: Sequence[Any]) -> Tensor:
    """Joined side by side: along the second dimension, or the first of vectors."""
    parts = [atleast_1d(one) for one in some("hstack", tensors)]
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Any]) -> Tensor:
    """Joined row by row."""
    return cat([atleast_2d(one) for one in some("vstack", tensors)], 0)


def dstack(tensors: Sequence[Any]) -> Tensor:
    """Joined along the third dimension."""
    return cat([atleast_3d(one) for one in some("dstack", tensors)], 2)


def column_stack(tensors: Sequence[Any]) -> Tensor:
    """Joined side by side, vectors as columns."""
    return hstack([reshape(one, one.numel(), 1) if one.ndim <= 1 else one for one in some("column_stack", tensors)])


def tensor_split(
    input: Any, tensor_indices_or_sections: Any = None, dim: int = 0, *, sections: Any = None, indices: Any = None
) -> tuple[Any, ...]:  # fmt: skip
    """So many pieces, of equal size but for one, or the pieces between these places."""
    indices_or_sections = split_at("tensor_split", tensor_indices_or_sections, sections, indices)
    if not input.ndim:
        raise invalid(RuntimeError, "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    dim = normal_dim(input, dim)
    size = input.shape[dim]
    if is_tensor(indices_or_sections):
        if indices_or_sections.dtype != dtypes.int64 or indices_or_sections.ndim > 1:
            raise invalid(RuntimeError, "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional "
                          "tensor of dtype int64")  # fmt: skip
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        sections = indices_or_sections
        if sections <= 0:
            raise invalid(RuntimeError, f"number of sections must be larger than 0, got {sections}")
        small, extra = divmod(size, sections)
        lengths = [small + 1] * extra + [small] * (sections - extra)
        edges = [0, *itertools.accumulate(lengths)]
    else:
        edges = [0, *indices_or_sections, size]
    cuts = [range(size)[slice(start, end)] for start, end in itertools.pairwise(edges)]
    return tuple(narrow(input, dim, cut.start if len(cut) else 0, len(cut)) for cut in cuts)


def split_at(name: str, indices_or_sections: Any, sections: Any, indices: Any) -> Any:
    """Where to split: PyTorch's overloads have two names for it, and the manual a third; TypeError unless one is given."""
    given = [one for one in (indices_or_sections, sections, indices) if one is not None]
    if len(given) != 1:
        raise invalid(TypeError, f"{name}() received an invalid combination of arguments: expected either sections or indices")
    return given[0]


def directional(name: str, least: int, dim: int) -> Any:
    """hsplit, vsplit or dsplit: tensor_split along one dimension, into equal pieces (`sections`) or at places (`indices`)."""

    def function(input: Any, indices_or_sections: Any = None, *, sections: Any = None, indices: Any = None) -> Any:
        indices_or_sections = split_at(name, indices_or_sections, sections, indices)
        if input.ndim < least:
            raise invalid(
                RuntimeError,
                f"torch.{name} requires a tensor with at least {least} dimension{'s' * (least > 1)}, but got a tensor with {input.ndim} dimensions!",
            )
        if not isinstance(indices_or_sections, (int, list, tuple)) and not (
            is_tensor(indices_or_sections) and not indices_or_sections.ndim
        ):
            raise invalid(TypeError, f"{name}(): argument must be int or tuple of ints, not {type(indices_or_sections).__name__}")
        along = 0 if name == "hsplit" and input.ndim == 1 else dim
        if isinstance(indices_or_sections, int) and (indices_or_sections == 0 or input.shape[along] % indices_or_sections):
            raise invalid(
                RuntimeError,
                f"torch.{name} attempted to split along dimension {along}, but the size of the dimension {input.shape[along]} is not "
                f"divisible by the split_size {indices_or_sections}!",
            )
        return tensor_split(input, indices_or_sections, along)

    function.__name__ = function.__qualname__ = name
    return function


hsplit = directional("hsplit", 1, 1)
vsplit = directional("vsplit", 2, 0)
dsplit = directional("dsplit", 3, 2)


def split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> tuple[Any, ...]:
    return split(input, list(split_sizes), dim)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape to which these shapes broadcast; RuntimeError when there is none."""
    sizes = [(one,) if isinstance(one, int) else tuple(one) for one in shapes]
    if not all(isinstance(size, (int, np.integer)) for shape in sizes for size in shape):
        raise invalid(TypeError, "broadcast_shapes: a shape is an int or a sequence of ints")
    for shape in sizes:
        for size in shape:
            if size < 0:
                raise invalid(RuntimeError, f"Trying to create tensor with negative dimension ({size}): ({size})")
    try:
        return Size(np.broadcast_shapes(*sizes))
    except ValueError:
        raise invalid(RuntimeError, "Shape mismatch: objects cannot be broadcast to a single shape") from None


def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """Views of the tensors in their common shape."""
    parts = given("broadcast_tensors", tensors)
    shape = broadcast_shapes(*(tuple(one.shape) for one in parts))
    return tuple(expand(one, shape) for one in parts)


def broadcast_to(input: Any, size: Sequence[int]) -> Any:
    """A view in another shape, to which this one broadcasts."""
    return expand(input, tuple(size))


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Any, ...]:
    """Grids of the coordinates in each tensor; "ij" is the order unless told."""
    parts = listed(tensors)
    if indexing not in (None, "ij", "xy"):
        raise invalid(RuntimeError, f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if not parts:
        raise invalid(RuntimeError, "meshgrid expects a non-empty TensorList")
    for one in parts:
        if one.ndim > 1:
            raise invalid(RuntimeError, f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {one}")
        if one.dtype != parts[0].dtype:
            raise invalid(RuntimeError, "torch.meshgrid expects all tensors to have the same dtype")
    swapped = indexing == "xy" and len(parts) > 1
    if swapped:
        parts[:2] = parts[1::-1]
    shape = tuple(one.numel() for one in parts)
    grids = [expand(reshape(one, tuple(-1 if at == place else 1 for at in range(len(parts)))), shape) for place, one in enumerate(parts)]
    if swapped:
        grids[:2] = grids[1::-1]
    return tuple(grids)


def cartesian_prod(*tensors: Any) -> Any:
    """Every combination of one element from each vector, one to a row."""
    parts = given("cartesian_prod", tensors)
    for one in parts:
        if one.ndim != 1:
            raise invalid(RuntimeError, f"cartesian_prod: Expected 1D tensor, but got a tensor with {one.ndim} dimensions")
    if len(parts) == 1:
        return parts[0]
    return stack([reshape(grid, -1) for grid in meshgrid(*parts)], 1)


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Tensor:
    """The combinations of `r` elements of a vector, one to a row."""
    if input.ndim != 1:
        raise invalid(RuntimeError, f"Expect a 1D vector, but got shape {list(input.shape)}")
    if r < 0:
        raise invalid(RuntimeError, f"Expect a non-negative number, but got {r}")
    if r == 0:
        empty: Tensor = input.new_zeros((0,))
        return empty
    chosen = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = np.array(list(chosen(range(input.numel()), r)), np.int64).reshape(-1, r)
    if not places.size:
        none: Tensor = nothing(places.shape, input)
        return none
    found: Tensor = entries(input, mindspore.Tensor(places), 0)
    return found


def block_diag(*tensors: Any) -> Tensor:
    """The matrices along the diagonal of one, with zeros elsewhere."""
    parts = [atleast_2d(one) for one in given("block_diag", tensors)]
    for place, one in enumerate(parts):
        if one.ndim != 2:
            raise invalid(
                RuntimeError,
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {place} has {one.ndim} dimensions",
            )
    kind = dtypes.result_type(*parts)
    width = sum(one.shape[1] for one in parts)
    rows, before = [], 0
    for one in parts:
        height, own = one.shape
        sides = [one.new_zeros((height, before), dtype=kind), one, one.new_zeros((height, width - before - own), dtype=kind)]
        rows.append(cat([side for side in sides if side.shape[1] or side is one], 1))
        before += own
    return cat(rows, 0)
