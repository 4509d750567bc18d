"""Operators that write into rows of a tensor, in place where MindSpore does, and those over segments of rows."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch import scattering
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.segments import in_order

torch: Any = frameworks.load("torch")

SEGMENTS = ("max", "mean", "min", "prod", "sum")
__all__ = [
         "ScatterAdd", "ScatterAddWithAxis",
    "ScatterDiv", "ScatterMax", "ScatterMin", "ScatterMul", "ScatterSub", "ScatterUpdate", "SegmentMax", "SegmentMean", "SegmentMin",
    "SegmentProd", "SegmentSum",
]  # fmt: skip


def writing(mode: str) -> Any:
    """ops.Scatter<Mode>: the function of that name with a constructor."""
    function = getattr(scattering, f"scatter_{mode}")
    locked = mode == "update"

    def operator(input_x: Any, indices: Any, updates: Any, *, use_locking: bool = locked) -> Any:
        return function(input_x, indices, updates)

    operator.__name__ = operator.__qualname__ = f"Scatter{mode.capitalize()}"
    operator.__doc__ = f"mindspore.ops.scatter_{mode} with a constructor; one thread writes, so `use_locking` changes nothing."
    return primitive(operator)


ScatterUpdate, ScatterAdd, ScatterSub, ScatterMul, ScatterDiv, ScatterMax, ScatterMin = map(writing, scattering.MODES)


def segmented(kind: str) -> Any:
    """ops.Segment<Kind>."""

    def operator(input_x: Any, segment_ids: Any) -> Any:
        return in_order(kind, input_x, segment_ids)

    operator.__name__ = operator.__qualname__ = f"Segment{kind.capitalize()}"
    operator.__doc__ = f"The {kind} of the rows of each segment, whose numbers ascend; a segment without rows has {int(kind == 'prod')}."
    return primitive(operator)


SegmentMax, SegmentMean, SegmentMin, SegmentProd, SegmentSum = map(segmented, SEGMENTS)


@primitive
def ScatterAddWithAxis(input_x: Any, indices: Any, updates: Any, *, axis: int = 0) -> Any:
    """A copy to whose elements `indices` along the axis the updates are added."""
    return torch.scatter_add(input_x, axis, indices.long(), updates)
