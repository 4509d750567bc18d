"""Operators that write into rows of a tensor, in place where MindSpore does, and those over segments of rows."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import scattering
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.segments import in_order

torch: Any = frameworks.load("torch")

SEGMENTS = ("max", "mean", "min", "prod", "sum")
__all__ = [
    "InplaceAdd", "InplaceIndexAdd", "InplaceSub", "InplaceUpdate", "InplaceUpdateV2", "ScatterAdd", "ScatterAddWithAxis",
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


def rows(x: Any, indices: Any, v: Any, mode: str) -> Any:
    """A copy of `x` whose rows `indices`, a number or a tuple, are combined with those of `v`."""
    places = [indices] if isinstance(indices, int) else list(indices)
    if x.dtype != v.dtype:
        raise errors.invalid(TypeError, f"both tensors must be of one type, but are of {x.dtype} and {v.dtype}")
    if v.ndim != x.ndim or v.shape[0] != len(places) or v.shape[1:] != x.shape[1:]:
        raise errors.invalid(ValueError, f"{len(places)} rows of a tensor {tuple(x.shape)} can't get a tensor {tuple(v.shape)}")
    if places and not (min(places) >= 0 and max(places) < x.shape[0]):
        raise errors.invalid(ValueError, f"rows {places} are out of range [0, {x.shape[0]})")
    return scattering.combined(x, torch.tensor(places, dtype=torch.int64, device=x.device), v, mode) if places else x.clone()


@primitive
def InplaceAdd(x: Any, input_v: Any, *, indices: Any) -> Any:
    """A copy with `input_v` added to these rows; MindSpore leaves `x` as it is, too."""
    return rows(x, indices, input_v, "add")


@primitive
def InplaceSub(x: Any, input_v: Any, *, indices: Any) -> Any:
    """A copy with `input_v` subtracted from these rows."""
    return rows(x, indices, input_v, "sub")


@primitive
def InplaceUpdate(x: Any, v: Any, *, indices: Any) -> Any:
    """A copy with `v` as these rows."""
    return rows(x, indices, v, "update")


@primitive
def InplaceUpdateV2(x: Any, indices: Any, v: Any) -> Any:
    """A copy with `v` as these rows."""
    return rows(x, indices, v, "update")


@primitive
def InplaceIndexAdd(var: Any, indices: Any, updates: Any, *, axis: int) -> Any:
    """`updates` added to the entries `indices` of one axis, in place."""
    return scattering.index_add(var, indices, updates, axis)


@primitive
def ScatterAddWithAxis(input_x: Any, indices: Any, updates: Any, *, axis: int = 0) -> Any:
    """A copy to whose elements `indices` along the axis the updates are added."""
    return torch.scatter_add(input_x, axis, indices.long(), updates)
