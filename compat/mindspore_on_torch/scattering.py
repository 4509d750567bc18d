"""Writing to the slices that indices name: into a copy, into a new tensor, or in place into a Parameter or Tensor."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation

torch: Any = frameworks.load("torch")

MODES = ("update", "add", "sub", "mul", "div", "max", "min")
__all__ = [
    "index_add", "scatter_add", "scatter_div", "scatter_max", "scatter_min", "scatter_mul", "scatter_nd", "scatter_nd_add",
    "scatter_nd_div", "scatter_nd_max", "scatter_nd_min", "scatter_nd_mul", "scatter_nd_sub", "scatter_nd_update", "scatter_update",
    "tensor_scatter_add", "tensor_scatter_div", "tensor_scatter_max", "tensor_scatter_min", "tensor_scatter_mul",
    "tensor_scatter_sub", "tensor_scatter_update",
]  # fmt: skip


def combine(rows: Any, places: Any, updates: Any, mode: str) -> None:
    """Write the rows of `updates` into those of `rows` at `places`, in place; the last of several updates of a row stays."""
    if mode == "update":
        rows.index_copy_(0, places, updates)
    elif mode in ("add", "sub"):
        rows.index_add_(0, places, updates, alpha=1 if mode == "add" else -1)
    else:
        rows.copy_(combined(rows, places, updates, mode))


def combined(rows: Any, places: Any, updates: Any, mode: str) -> Any:
    """The same in a new tensor, which has a gradient."""
    if mode == "update":
        return torch.index_copy(rows, 0, places, updates)
    if mode in ("add", "sub"):
        return torch.index_add(rows, 0, places, updates, alpha=1 if mode == "add" else -1)
    if mode == "div":
        divisors = reduced(torch.ones_like(rows), places, updates, "prod")
        return torch.div(rows, divisors, rounding_mode=None if rows.is_floating_point() or rows.is_complex() else "trunc")
    return reduced(rows, places, updates, {"mul": "prod", "max": "amax", "min": "amin"}[mode])


def reduced(rows: Any, places: Any, updates: Any, reduction: str) -> Any:
    """A copy of `rows` in which those at `places` are combined with `updates`."""
    return torch.scatter_reduce(rows, 0, places.unsqueeze(1).expand_as(updates), updates, reduction)


def checked(indices: Any, length: int) -> Any:
    """The indices as int64; RuntimeError for one outside of [0, length), as on CPU."""
    if indices.numel() and (int(indices.min()) < 0 or int(indices.max()) >= length):
        raise errors.invalid(RuntimeError, f"an index is out of range [0, {length})")
    return indices.long()


def numbered(shape: tuple[int, ...], indices: Any) -> Any:
    """The numbers of the slices that the vectors in the last axis of `indices` name in a tensor of `shape`, as one axis."""
    depth = indices.shape[-1]
    if not 0 < depth <= len(shape):
        raise errors.invalid(ValueError, f"the last axis of the indices has {depth} elements, the tensor {len(shape)} axes")
    number = torch.zeros_like(indices[..., 0], dtype=torch.int64)
    for axis in range(depth):
        number = number * shape[axis] + checked(indices[..., axis], shape[axis])
    return number.reshape(-1)


def flat(shape: tuple[int, ...], depth: int, places: Any, updates: Any) -> Any:
    """The updates with a row for each place; ValueError if they don't fit a tensor of `shape` whose slices begin after `depth` axes."""
    width = math.prod(shape[depth:])
    if updates.numel() != places.numel() * width:
        raise errors.invalid(
            ValueError, f"updates of shape {tuple(updates.shape)} don't fit {places.numel()} slices of the shape {tuple(shape)}"
        )
    return updates.reshape(places.numel(), width)


def write(target: Any, places: Any, updates: Any, mode: str, depth: int) -> Any:
    """`target`, changed in place at the slices `places` over all but its first `depth` axes."""
    fresh = flat(target.shape, depth, places, updates)
    rows = target.reshape(-1, fresh.shape[1])  # the same memory if it is contiguous
    combine(rows, places.reshape(-1), fresh, mode)
    return target if target.is_contiguous() else target.copy_(rows.reshape(target.shape))


def same_type(target: Any, updates: Any) -> None:
    """TypeError unless both have one data type."""
    if target.dtype != updates.dtype:
        raise errors.invalid(TypeError, f"input_x and updates must have the same data type, but have {target.dtype} and {updates.dtype}")


def in_place(target: Any, updates: Any) -> tuple[Any, Any]:
    """A tensor that shares the memory of `target` and is no part of a graph, and the updates in its type, if that is the wider one."""
    if torch.promote_types(target.dtype, updates.dtype) != target.dtype:
        raise errors.invalid(TypeError, f"updates of {updates.dtype} can't be written into a tensor of {target.dtype}")
    return target.detach(), updates.detach().to(target.dtype)


def copying(mode: str) -> Callable[..., Any]:
    """mindspore.ops.tensor_scatter_<mode>: a copy with its slices changed."""

    def function(input_x: Any, indices: Any, updates: Any) -> Any:
        same_type(input_x, updates)
        places = numbered(input_x.shape, indices)
        fresh = flat(input_x.shape, indices.shape[-1], places, updates)
        return combined(input_x.reshape(-1, fresh.shape[1]), places, fresh, mode).reshape(input_x.shape)

    return named(function, f"tensor_scatter_{mode}")


def writing_slices(mode: str) -> Callable[..., Any]:
    """mindspore.ops.scatter_nd_<mode>: the slices that the vectors in `indices` name, in place; `use_locking` changes nothing."""

    def function(input_x: Any, indices: Any, updates: Any, use_locking: bool = False) -> Any:
        target, values = in_place(input_x, updates)
        return write(target, numbered(input_x.shape, indices), values, mode, indices.shape[-1])

    return named(function, f"scatter_nd_{mode}")


def writing_rows(mode: str) -> Callable[..., Any]:
    """mindspore.ops.scatter_<mode>: entries of the first axis, in place."""

    def function(input_x: Any, indices: Any, updates: Any) -> Any:
        target, values = in_place(input_x, updates)
        return write(target, checked(indices, input_x.shape[0]), values, mode, 1)

    return named(function, f"scatter_{mode}")


def named(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function as an operation of this name."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"mindspore.ops.{name}: RuntimeError for an index out of range, ValueError for shapes that don't fit."
    return operation(function)


(tensor_scatter_update, tensor_scatter_add, tensor_scatter_sub, tensor_scatter_mul, tensor_scatter_div, tensor_scatter_max,
 tensor_scatter_min) = map(copying, MODES)  # fmt: skip
(scatter_nd_update, scatter_nd_add, scatter_nd_sub, scatter_nd_mul, scatter_nd_div, scatter_nd_max,
 scatter_nd_min) = map(writing_slices, MODES)  # fmt: skip
scatter_update, scatter_add, scatter_sub, scatter_mul, scatter_div, scatter_max, scatter_min = map(writing_rows, MODES)


@operation
def scatter_nd(indices: Any, updates: Any, shape: Any) -> Any:
    """mindspore.ops.scatter_nd: zeros of `shape`, to whose slices the updates are added."""
    lengths = tuple(int(length) for length in shape)
    return write(updates.new_zeros(lengths), numbered(lengths, indices), updates, "add", indices.shape[-1])


@operation
def index_add(x: Any, indices: Any, y: Any, axis: int, use_lock: bool = True, check_index_bound: bool = True) -> Any:
    """mindspore.ops.index_add: `y` added to the entries `indices` of one axis of `x`, in place.

    One thread writes and indices are always checked, so `use_lock` and `check_index_bound` change nothing.
    """
    target, values = in_place(x, y)
    return target.index_add_(axis, checked(indices, x.shape[axis]), values)
