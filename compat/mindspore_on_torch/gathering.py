"""Taking what indices name: slices by vectors of indices, single elements, one of two tensors."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import indexed
from compat.mindspore_on_torch.elementwise import promoted
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.scattering import numbered

torch: Any = frameworks.load("torch")

__all__ = ["gather_d", "gather_nd", "index_fill", "select", "take"]


@operation
def gather_nd(input_x: Any, indices: Any) -> Any:
    """mindspore.ops.gather_nd: the slices that the vectors in the last axis of `indices` name; RuntimeError for one out of range."""
    depth = indices.shape[-1]
    places = numbered(tuple(input_x.shape), indices)
    rows = input_x.reshape(-1, *input_x.shape[depth:])
    return torch.index_select(rows, 0, places).reshape(*indices.shape[:-1], *input_x.shape[depth:])


@operation
def gather_d(x: Any, dim: int, index: Any) -> Any:
    """mindspore.ops.gather_d: elements along an axis as torch.gather; a negative index counts from the end."""
    length = x.shape[dim]
    if index.numel() and (int(index.min()) < -length or int(index.max()) >= length):
        raise errors.invalid(RuntimeError, f"an index is out of range [{-length}, {length})")
    return torch.gather(x, dim, torch.remainder(index.long(), length))


@operation
def index_fill(x: Any, axis: Any, index: Any, value: Any) -> Any:
    """mindspore.ops.index_fill: `value`, a number or a tensor without axes, in the slices `index`, a tensor of int32, of an axis."""
    if not isinstance(index, torch.Tensor) or index.dtype != torch.int32:
        raise errors.invalid(TypeError, "index must be a Tensor of int32")
    return indexed.index_fill(x, int(axis), index.reshape(-1), value)


@operation
def select(condition: Any, input: Any, other: Any) -> Any:
    """mindspore.ops.select: `input` where the condition holds, `other` elsewhere; tensors or numbers."""
    return torch.where(condition, *promoted(input, other))


@operation
def take(input: Any, index: Any) -> Any:
    """mindspore.ops.take: elements by their number in the flattened tensor."""
    return torch.take(input, index.long())
