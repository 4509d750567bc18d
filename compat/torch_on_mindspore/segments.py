"""Reductions of consecutive segments of a dimension: `torch.segment_reduce`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes
from compat.torch_on_mindspore.arithmetic import div
from compat.torch_on_mindspore.emptiness import unmoved
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.indexing import where
from compat.torch_on_mindspore.places import gathered_to
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, host

ops = mindspore.ops

# the reduction → the one of `scatter_reduce`, and what a segment without elements gives
REDUCTIONS = {
    "sum": ("sum", 0.0), "mean": ("sum", math.nan), "prod": ("prod", 1.0),
    "max": ("amax", -math.inf), "amax": ("amax", -math.inf), "min": ("amin", math.inf), "amin": ("amin", math.inf),
}  # fmt: skip


def segment_reduce(
    data: Any, reduce: str, *, lengths: Any = None, indices: Any = None, offsets: Any = None, axis: int = 0, unsafe: bool = False,
    initial: float | None = None,
) -> Tensor:  # fmt: skip
    """The sum, mean, prod, max or min of each segment of dimension `axis`, which follow each other.

    `lengths` (…, segments) or `offsets` (…, segments + 1) have the dimensions of `data` before `axis`. With `initial`, that is one
    more element, though none that a mean counts. `unsafe` lets the lengths leave elements out. Equal extremes share the gradient;
    PyTorch shares out a positive one alone, and gives each of them the whole of a negative one.
    """
    if indices is not None:
        raise invalid(RuntimeError, "segment_reduce(): indices based reduction is not supported yet.")
    if lengths is None and offsets is None:
        raise invalid(RuntimeError, "segment_reduce(): Either lengths or offsets must be defined.")
    if reduce not in REDUCTIONS:
        raise invalid(RuntimeError, f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    axis = axis + data.ndim if axis < 0 else axis
    name, given = ("offsets", offsets) if lengths is None else ("lengths", lengths)
    if given.ndim - 1 != axis:
        raise invalid(RuntimeError, f"segment_reduce(): Expected axis to be the last dimension of {name} but got {axis}.")
    if data.dtype.category != dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"_segment_reduce_cpu\" not implemented for '{data.dtype.tensor_type}'")
    if given.dtype.category != dtypes.INTEGER:
        raise invalid(NotImplementedError, f"\"_segment_reduce_{name}_cpu_kernel1\" not implemented for '{given.dtype.tensor_type}'")
    starts, counts = bounds(name, host(given).astype(np.int64), data.shape[axis], unsafe)
    return reduced(data, reduce, axis, starts, counts, initial)


def bounds(name: str, array: Any, size: int, unsafe: bool) -> tuple[Any, Any]:
    """Where each segment starts, and how long it is."""
    if name == "offsets":
        starts, counts = array[..., :-1], np.diff(array)
    else:
        ends = np.cumsum(array, -1)
        starts, counts = ends - array, array
        if not unsafe:
            if array.size and array.min() < 0:
                raise invalid(RuntimeError, "lengths contains negative value!")
            if (array.sum(-1) != size).any():
                raise invalid(
                    RuntimeError,
                    "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.",
                )
    if counts.size and (counts.min() < 0 or starts.min() < 0 or (starts + counts).max() > size):
        # PyTorch reads past the end where `unsafe` allows it
        raise invalid(RuntimeError, "Expected segment_length >= 0 to be true, but got false.")
    return starts, counts


def reduced(data: Any, reduce: str, axis: int, starts: Any, counts: Any, initial: float | None) -> Tensor:
    leading, size, inner = tuple(data.shape[:axis]), data.shape[axis], math.prod(data.shape[axis + 1 :])
    segments = counts.shape[-1]
    shape = (*leading, segments, *data.shape[axis + 1 :])
    rows = math.prod(leading)
    flat_counts, flat_starts = counts.reshape(rows * segments), starts.reshape(rows * segments)
    # the places along `axis` of every row that belong to a segment, and the segment of each
    segment = np.repeat(np.arange(rows * segments), flat_counts)
    within = np.arange(segment.size) - np.repeat(np.cumsum(flat_counts) - flat_counts, flat_counts)
    taken = (segment // max(segments, 1)) * size + flat_starts[segment] + within
    operation, empty = REDUCTIONS[reduce]
    neutral = 0.0 if reduce == "mean" else empty
    base = creation.full((rows * segments, inner), neutral, dtype=data.dtype)
    source = data.reshape(rows * size, inner)
    if taken.size and inner:
        chosen = as_tensor(ops.gather(source, mindspore.Tensor(taken), 0))
        places = segment[:, None] * inner + np.arange(inner)
        base = gathered_to(base, places, chosen, operation, True)
    else:
        base = unmoved(base, data)
    found: Tensor = base.reshape(shape)
    lengths = counts.reshape((*leading, segments, *(1,) * (data.ndim - axis - 1)))
    if initial is not None:
        found = with_initial(found, reduce, float(initial))
    if reduce != "mean":
        return found
    divided = div(found, as_tensor(mindspore.Tensor(np.maximum(lengths, 1).astype(found.dtype.name))))
    if initial is not None or (lengths > 0).all():
        return divided
    present = np.broadcast_to(lengths > 0, shape)
    result: Tensor = where(as_tensor(mindspore.Tensor(present.copy())), divided, creation.full((), math.nan, dtype=data.dtype))
    return result


def with_initial(found: Any, reduce: str, initial: float) -> Any:
    """`found` reduced with one more element; an element equal to it keeps the gradient."""
    if reduce in ("sum", "mean"):
        return found + initial
    if reduce == "prod":
        return found * initial
    other = creation.full((), initial, dtype=found.dtype)
    return where(found < other if REDUCTIONS[reduce][0] == "amax" else found > other, other, found)
