"""Reductions over the rows that carry the same segment number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation

torch: Any = frameworks.load("torch")

__all__ = ["unsorted_segment_max", "unsorted_segment_min", "unsorted_segment_prod", "unsorted_segment_sum"]


def neutral(kind: str, dtype: Any) -> Any:
    """What a segment without rows holds: 0, 1, the smallest or the largest number of the type."""
    if kind in ("sum", "prod"):
        return 0 if kind == "sum" else 1
    limits = (torch.finfo if dtype.is_floating_point else torch.iinfo)(dtype)
    return limits.min if kind == "max" else limits.max


def gathered(kind: str, rows: Any, numbers: Any, count: int, empty: Any) -> Any:
    """(count, width) with the rows of each segment reduced; rows with a negative number are left out."""
    places = torch.where(numbers < 0, count, numbers.long())
    if kind == "sum":
        return rows.new_zeros((count + 1, rows.shape[1])).index_add(0, places, rows)[:count]
    wide = places.unsqueeze(1).expand_as(rows)
    reduction = {"prod": "prod", "max": "amax", "min": "amin"}[kind]
    made = rows.new_full((count + 1, rows.shape[1]), empty).scatter_reduce(0, wide, rows, reduction, include_self=kind == "prod")
    return made[:count]


def unsorted(kind: str) -> Callable[..., Any]:
    """mindspore.ops.unsorted_segment_<kind>."""

    def function(x: Any, segment_ids: Any, num_segments: Any) -> Any:
        count, depth = int(num_segments), segment_ids.ndim
        if tuple(x.shape[:depth]) != tuple(segment_ids.shape):
            raise errors.invalid(ValueError, f"segment_ids of shape {tuple(segment_ids.shape)} don't begin the shape {tuple(x.shape)}")
        if segment_ids.numel() and int(segment_ids.max()) >= count:
            raise errors.invalid(RuntimeError, f"a segment number is not less than num_segments, {count}")
        rows = x.reshape(segment_ids.numel(), -1)
        made = gathered(kind, rows, segment_ids.reshape(-1), count, neutral(kind, x.dtype))
        return made.reshape(count, *x.shape[depth:])

    function.__name__ = function.__qualname__ = f"unsorted_segment_{kind}"
    function.__doc__ = f"mindspore.ops.unsorted_segment_{kind}: {kind} of the slices of each segment; negative numbers are left out."
    return operation(function)


unsorted_segment_prod, unsorted_segment_max, unsorted_segment_min = map(unsorted, ("prod", "max", "min"))
_sum = unsorted("sum")


def unsorted_segment_sum(input_x: Any, segment_ids: Any, num_segments: Any) -> Any:
    """mindspore.ops.unsorted_segment_sum: the sum of the slices of each segment; negative numbers are left out."""
    return _sum(input_x, segment_ids, num_segments)


def in_order(kind: str, input_x: Any, segment_ids: Any) -> Any:
    """The reduction of each segment; the numbers ascend, and one that none has gives 0, or 1 for a product."""
    if segment_ids.numel() == 0 or segment_ids.ndim != 1:
        raise errors.invalid(ValueError, "segment_ids must be a vector with elements")
    if bool((segment_ids.diff() < 0).any()) or int(segment_ids[0]) < 0:
        raise errors.invalid(ValueError, "segment_ids must be sorted in ascending order and not negative")
    count = int(segment_ids[-1]) + 1
    rows = input_x.reshape(segment_ids.numel(), -1)
    made = gathered("sum" if kind == "mean" else kind, rows, segment_ids, count, 1 if kind == "prod" else 0)
    if kind == "mean":
        made = made / torch.bincount(segment_ids.long(), minlength=count).clamp(min=1).unsqueeze(1)
    return made.to(input_x.dtype).reshape(count, *input_x.shape[1:])
