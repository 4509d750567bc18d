"""mindspore.numpy: differences, integrals, convolutions and interpolation."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import common, floating, one_axis, plain, single, some_axes

torch: Any = frameworks.load("torch")

__all__ = ["convolve", "correlate", "diff", "ediff1d", "gradient", "interp", "trapz", "unwrap"]


def edge(name: str, value: Any, like: Any, axis: int) -> list[Any]:
    """What is put before or behind: a number becomes one row."""
    if value is None:
        return []
    if not isinstance(value, (int, float, torch.Tensor)):
        raise errors.invalid(TypeError, f"{name} must be a number or a Tensor, but got {type(value).__name__}")
    found = operands.array(value, like.device)
    if found.ndim:
        return [found]
    shape = list(like.shape)
    shape[axis] = 1
    return [found.expand(shape)]


@plain
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """The differences of neighbours along an axis, taken `n` times. ValueError where nothing would be left."""
    operands.tensors(a)
    place = one_axis(axis, a.ndim)
    if operands.integer("n", n) < 0:
        raise errors.invalid(ValueError, f"n must not be negative, but got {n}")
    found = torch.cat(common(*edge("prepend", prepend, a, place), a, *edge("append", append, a, place)), place)
    if n >= found.shape[place]:
        raise errors.invalid(ValueError, f"{n} differences of {found.shape[place]} elements leave none")
    return torch.diff(found, n, place)


@plain
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences of neighbours of all elements in one axis, between `to_begin` and `to_end`, in the type of `ary`."""
    operands.tensors(ary)
    parts = [torch.diff(ary.reshape(-1))]
    parts[:0] = [] if to_begin is None else [operands.array(to_begin, ary.device).reshape(-1).to(ary.dtype)]
    parts += [] if to_end is None else [operands.array(to_end, ary.device).reshape(-1).to(ary.dtype)]
    return torch.cat(parts)


@plain
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The gradient along each of the axes by differences of neighbours; `varargs`: their distance, one for all axes or one for each.

    A list, or a tensor for a single axis. NotImplementedError for other distances and another `edge_order`.
    """
    found = single(operands.array(f))
    if axis is not None and not isinstance(axis, (int, tuple, list)):
        raise errors.invalid(TypeError, f"axis must be an int, tuple or list, but got {type(axis).__name__}")
    places = some_axes(axis, found.ndim)
    if edge_order != 1:
        raise errors.invalid(NotImplementedError, "mindspore.numpy.gradient: edge_order != 1 is not implemented")
    if len(varargs) not in (0, 1, len(places)):
        raise errors.invalid(TypeError, f"expected 1 or {len(places)} distances, but got {len(varargs)}")
    distances = (varargs or (1,)) * (1 if len(varargs) == len(places) else len(places))
    for distance in distances:
        if not isinstance(distance, (int, float)) and not (isinstance(distance, torch.Tensor) and not distance.ndim):
            raise errors.invalid(NotImplementedError, "mindspore.numpy.gradient: distances that aren't constant are not implemented")
    if any(found.shape[place] < 2 for place in places):
        raise errors.invalid(ValueError, "at least 2 elements are needed along each axis")
    found = [torch.gradient(found, dim=place)[0] / distance for place, distance in zip(places, distances, strict=True)]
    return found[0] if len(found) == 1 else found


@plain
def trapz(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The integral along an axis by trapezoids, at the places `x` or at distances of `dx`, float32."""
    heights = operands.array(y).float()
    place = one_axis(axis, heights.ndim)
    if x is not None:
        widths = operands.array(x, heights.device).float()
        if widths.ndim == 1:
            widths = widths.reshape([-1 if one == place else 1 for one in range(heights.ndim)])
        return torch.trapezoid(heights, widths.expand(heights.shape), dim=place)
    return torch.trapezoid(heights, dim=place) * operands.array(dx, heights.device)


def convolved(a: Any, v: Any) -> Any:
    """The sums of products of each overlap of two vectors of one type."""
    one, other = (a, v) if a.shape[0] >= v.shape[0] else (v, a)
    around = other.shape[0] - 1
    if one.is_floating_point():
        return torch.nn.functional.conv1d(one.reshape(1, 1, -1), other.flip(0).reshape(1, 1, -1), padding=around).reshape(-1)
    windows = torch.nn.functional.pad(one, (around, around)).unfold(0, other.shape[0], 1)
    return (windows * other.flip(0)).sum(1, dtype=one.dtype)


def part(whole: Any, longest: int, shortest: int, mode: str) -> Any:
    """Of all overlaps those in the middle ("same") or the complete ones ("valid")."""
    if mode == "full":
        return whole
    if mode == "same":
        first = (shortest - 1) // 2
        return whole[first : first + longest]
    return whole[shortest - 1 : longest]


@plain
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """The convolution of two vectors in their common type."""
    one, other = common(*(each.reshape(-1) if not each.ndim else each for each in operands.arrays(a, v)))
    if one.ndim != 1 or other.ndim != 1 or not one.shape[0] or not other.shape[0]:
        raise errors.invalid(ValueError, "a and v must be vectors that aren't empty")
    operands.one_of("mode", mode, ("full", "same", "valid"))
    sizes = sorted((one.shape[0], other.shape[0]))
    return part(convolved(one, other), sizes[1], sizes[0], mode)


@plain
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """The correlation of two vectors of one type; float32 for integers."""
    for value in (a, v):
        if not isinstance(value, (list, tuple, torch.Tensor)):
            raise errors.invalid(TypeError, f"a Tensor, list or tuple is needed, but got {type(value).__name__}")
    device = next((each.device for each in (a, v) if isinstance(each, torch.Tensor)), None)
    one, other = operands.array(a, device), operands.array(v, device)
    if isinstance(a, (list, tuple)) or isinstance(v, (list, tuple)):
        one, other = common(one, other)
    if one.dtype is not other.dtype:
        raise errors.invalid(TypeError, f"a and v must have one type, but have {one.dtype} and {other.dtype}")
    if one.ndim != 1 or other.ndim != 1 or not one.shape[0] or not other.shape[0]:
        raise errors.invalid(ValueError, "a and v must be vectors that aren't empty")
    operands.one_of("mode", mode, ("full", "same", "valid"))
    whole = convolved(floating(one), floating(other).flip(0))
    sizes = sorted((one.shape[0], other.shape[0]))
    if mode == "same" and one.shape[0] < other.shape[0]:
        return part(whole.flip(0), sizes[1], sizes[0], mode).flip(0)
    return part(whole, sizes[1], sizes[0], mode)


@plain
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """The values at `x` of the line through the points (xp, fp); `left` and `right` (the outer values) beside it."""
    found, places, values = map(single, operands.arrays(x, xp, fp))
    if places.ndim != 1 or values.ndim != 1 or places.shape != values.shape:
        raise errors.invalid(ValueError, "xp and fp must be vectors of one length")
    found, places, values = common(found, places, values)
    if places.shape[0] == 1:
        between = values.expand(found.shape) if found.ndim else values[0]
    else:
        after = torch.searchsorted(places, found.contiguous()).clamp(1, places.shape[0] - 1)
        slope = (values[after] - values[after - 1]) / (places[after] - places[after - 1])
        between = values[after - 1] + (found - places[after - 1]) * slope
    low = values[0] if left is None else operands.array(left, found.device).to(found.dtype)
    high = values[-1] if right is None else operands.array(right, found.device).to(found.dtype)
    return torch.where(found < places[0], low, torch.where(found > places[-1], high, between))


@plain
def unwrap(p: Any, discont: float = math.pi, axis: int = -1) -> Any:
    """Angles along an axis to which multiples of 2π are added wherever the step from one to the next is more than `discont`."""
    found = single(operands.array(p))
    if not isinstance(discont, (int, float)):
        raise errors.invalid(TypeError, f"discont must be a float, but got {type(discont).__name__}")
    place = one_axis(axis, found.ndim)
    steps = torch.diff(found, dim=place)
    short = torch.remainder(steps + math.pi, 2 * math.pi) - math.pi
    short = torch.where((short == -math.pi) & (steps > 0), math.pi, short)
    added = torch.where(torch.abs(steps) < discont, 0, short - steps)
    first = found.narrow(place, 0, 1)
    return torch.cat((first, found.narrow(place, 1, found.shape[place] - 1) + torch.cumsum(added, place)), place)
