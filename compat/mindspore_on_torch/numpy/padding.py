"""mindspore.numpy.pad: one axis after the other, so that the corners come from what was padded before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import plain
from compat.mindspore_on_torch.numpy.selection import apply_along_axis

torch: Any = frameworks.load("torch")

__all__ = ["pad"]

STATISTICS: dict[str, Callable[[Any], Any]] = {
    "maximum": lambda part: part.amax(0, keepdim=True),
    "minimum": lambda part: part.amin(0, keepdim=True),
    "mean": lambda part: part.double().mean(0, keepdim=True) if not part.is_floating_point() else part.mean(0, keepdim=True),
}


def pairs(value: Any, ndim: int) -> list[list[Any]]:
    """(before, after) for each axis out of one number, one pair, or a pair for each. ValueError for another number of them."""
    if not isinstance(value, (int, list, tuple, torch.Tensor)):
        reason = f"pad_width, stat_length, constant_values and end_values must be int, list, tuple or Tensor, but got {value!r}"
        raise errors.invalid(TypeError, reason)
    return [list(pair) for pair in operands.array(value).broadcast_to(ndim, 2).tolist()]


def edge(length: int, before: int, after: int, device: Any) -> Any:
    return torch.arange(-before, length + after, device=device).clamp(0, length - 1)


def wrap(length: int, before: int, after: int, device: Any) -> Any:
    return torch.arange(-before, length + after, device=device) % length


def mirrored(values: Any, before: int, after: int, whole: bool, odd: bool) -> Any:
    """Reflected at the first and last element, which are repeated if `whole`; `odd` reflects through their values as well."""
    length = values.shape[0]
    if length == 1 and not whole:
        return values.index_select(0, edge(length, before, after, values.device))
    period = 2 * length if whole else 2 * (length - 1)
    steps = torch.arange(-before, length + after, device=values.device)
    places = steps % period
    back = places >= length
    picked = values.index_select(0, torch.where(back, period - whole - places, places))
    if not odd:
        return picked
    shape = [-1] + [1] * (values.ndim - 1)
    turns = torch.div(steps, period, rounding_mode="floor").reshape(shape).to(values.dtype)
    return torch.where(back.reshape(shape), 2 * values[-1:] - picked, picked) + 2 * turns * (values[-1:] - values[:1])


def ramp(start: Any, stop: Any, count: int) -> Any:
    """`count` values on the way from `start`, which is among them, to `stop`, which is not."""
    steps = torch.arange(count, device=stop.device).reshape([-1] + [1] * (stop.ndim - 1))
    exact = stop.double() if not stop.is_floating_point() else stop
    return (start + (exact - start) * (steps.to(exact.dtype) / max(count, 1))).to(stop.dtype)


def beside(values: Any, before: Any, after: Any, counts: tuple[int, int]) -> Any:
    """The values with so many rows of `before` in front and of `after` behind."""
    rest = values.shape[1:]
    parts = (before.expand(counts[0], *rest), values, after.expand(counts[1], *rest))
    return torch.cat([part.to(values.dtype) for part in parts])


def statistic(values: Any, of: Callable[[Any], Any], counts: tuple[int, int], lengths: list[Any] | None) -> Any:
    first, last = (min(length, values.shape[0]) for length in lengths) if lengths else (values.shape[0],) * 2
    return beside(values, of(values[:first]), of(values[values.shape[0] - last :]), counts)


def padded(
    values: Any, counts: tuple[int, int], mode: str, lengths: list[Any] | None, constants: list[Any], goals: list[Any], odd: bool
) -> Any:  # fmt: skip
    """The values padded along the first axis."""
    if mode in ("constant", "empty"):
        before, after = (torch.tensor(value, device=values.device) for value in constants)
        return beside(values, before, after, counts)
    if mode == "linear_ramp":
        before, after = ramp(goals[0], values[:1], counts[0]), ramp(goals[1], values[-1:], counts[1]).flip(0)
        return torch.cat((before, values, after))
    if mode in STATISTICS:
        return statistic(values, STATISTICS[mode], counts, lengths)
    if mode in ("reflect", "symmetric"):
        return mirrored(values, *counts, whole=mode == "symmetric", odd=odd)
    return values.index_select(0, (wrap if mode == "wrap" else edge)(values.shape[0], *counts, values.device))


@plain
def extended(arr: Any, pad_width: Any, mode: str, stat_length: Any, constant_values: Any, end_values: Any, reflect_type: str) -> Any:
    found = operands.array(arr)
    if not found.ndim:
        return found
    widths, constants, goals = (pairs(value, found.ndim) for value in (pad_width, constant_values, end_values))
    lengths = pairs(stat_length, found.ndim) if stat_length is not None else None
    for axis, (before, after) in enumerate(widths):
        counts = (max(before, 0), max(after, 0))
        along = padded(found.movedim(axis, 0), counts, mode, lengths and lengths[axis], constants[axis], goals[axis], reflect_type == "odd")
        found = along.movedim(0, axis)
    return found


def pad(
    arr: Any, pad_width: Any, mode: Any = "constant", stat_length: Any = None, constant_values: Any = 0, end_values: Any = 0,
    reflect_type: str = "even", **kwargs: Any,
) -> Any:  # fmt: skip
    """`arr` with rows in front of and behind each axis: constant, edge, linear_ramp, maximum, mean, minimum, reflect, symmetric,
    wrap or empty; or a function (vector, (before, after), axis, kwargs) that gives back the vector with its padding filled in.

    ValueError for an unknown mode or widths that don't fit, NotImplementedError for the median.
    """
    if callable(mode):
        found = extended(arr, pad_width, "constant", None, 0, 0, "even")
        for axis, width in enumerate(pairs(pad_width, found.ndim)):
            found = apply_along_axis(mode, axis, found, tuple(width), axis, kwargs)
        return found
    if mode == "median":
        raise errors.invalid(NotImplementedError, "mindspore.numpy.pad: median mode is not supported yet")
    modes = ("constant", "edge", "linear_ramp", "reflect", "symmetric", "wrap", "empty", *STATISTICS)
    if mode not in modes or reflect_type not in ("even", "odd"):
        raise errors.invalid(
            ValueError, f"mindspore.numpy.pad: mode must be one of {modes}, and reflect_type even or odd, but got {mode!r}"
        )
    if kwargs:
        raise errors.invalid(ValueError, f"mindspore.numpy.pad: {next(iter(kwargs))} is for a function as mode")
    return extended(arr, pad_width, mode, stat_length, constant_values, end_values, reflect_type)
