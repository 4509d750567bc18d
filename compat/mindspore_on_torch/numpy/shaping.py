"""mindspore.numpy: axes moved, added and taken away; elements repeated, rolled and turned."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import one_axis, plain, some_axes

torch: Any = frameworks.load("torch")

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays", "broadcast_to", "expand_dims", "flip", "fliplr", "flipud",
    "moveaxis", "ravel", "repeat", "reshape", "roll", "rollaxis", "rot90", "squeeze", "swapaxes", "tile", "transpose",
]  # fmt: skip


@plain
def transpose(a: Any, axes: Any = None) -> Any:
    """The axes in another order, reversed by default."""
    operands.tensors(a)
    order = reversed(range(a.ndim)) if axes is None else axes if isinstance(axes, (tuple, list)) else (axes,)
    return torch.permute(a, tuple(order))


@plain
def expand_dims(a: Any, axis: Any) -> Any:
    """New axes of length 1 at these places of the result."""
    operands.tensors(a)
    places = axis if isinstance(axis, (tuple, list)) else (axis,)
    for place in sorted(some_axes(places, a.ndim + len(places))):
        a = a.unsqueeze(place)
    return a


@plain
def squeeze(a: Any, axis: Any = None) -> Any:
    """Without the axes of length 1, or without those of `axis` that have length 1."""
    operands.tensors(a)
    return torch.squeeze(a, some_axes(axis, a.ndim))


@plain
def rollaxis(x: Any, axis: int, start: int = 0) -> Any:
    """One axis moved in front of the axis `start`."""
    operands.tensors(x)
    if not -x.ndim <= operands.integer("start", start) <= x.ndim:
        raise errors.invalid(ValueError, f"start {start} is out of bounds: from {-x.ndim} to {x.ndim} is allowed")
    place, target = one_axis(axis, x.ndim), start + x.ndim if start < 0 else start
    return torch.movedim(x, place, target - 1 if place < target else target)


@plain
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Two axes exchanged."""
    operands.tensors(x)
    return torch.transpose(x, one_axis(axis1, x.ndim), one_axis(axis2, x.ndim))


@plain
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places; the others keep their order."""
    operands.tensors(a)
    return torch.movedim(a, some_axes(source, a.ndim), some_axes(destination, a.ndim))


@plain
def reshape(x: Any, new_shape: Any) -> Any:
    """The same elements in another shape; one -1 is worked out."""
    operands.tensors(x)
    return torch.reshape(x, tuple(new_shape) if isinstance(new_shape, (tuple, list)) else (new_shape,))


@plain
def ravel(x: Any) -> Any:
    """All elements in one axis."""
    operands.tensors(x)
    return x.reshape(-1)


def each(found: list[Any]) -> Any:
    """The only one itself, or a list of several, or of none."""
    return found[0] if len(found) == 1 else found


@plain
def atleast_1d(*arys: Any) -> Any:
    """With one axis at least; a list for several tensors."""
    operands.tensors(*arys)
    return each([torch.atleast_1d(a) for a in arys])


@plain
def atleast_2d(*arys: Any) -> Any:
    """With two axes at least, the new ones in front; a list for several tensors."""
    operands.tensors(*arys)
    return each([torch.atleast_2d(a) for a in arys])


@plain
def atleast_3d(*arys: Any) -> Any:
    """With three axes at least: (n) becomes (1, n, 1), (m, n) becomes (m, n, 1); a list for several tensors."""
    operands.tensors(*arys)
    return each([torch.atleast_3d(a) for a in arys])


@plain
def broadcast_to(array: Any, shape: Any) -> Any:
    """Repeated along axes of length 1, or new ones in front, to this shape."""
    operands.tensors(array)
    if not isinstance(shape, (tuple, list)) or min(shape, default=0) < 0:
        raise errors.invalid(TypeError if not isinstance(shape, (tuple, list)) else ValueError, f"cannot broadcast to {shape}")
    return torch.broadcast_to(array, tuple(shape))


@plain
def broadcast_arrays(*args: Any) -> list[Any]:
    """Each repeated to their common shape."""
    operands.tensors(*args)
    return list(torch.broadcast_tensors(*args))


@plain
def tile(a: Any, reps: Any) -> Any:
    """Repeated along each axis; more repetitions than axes make new ones in front."""
    operands.tensors(a)
    return torch.tile(a, (reps,) if isinstance(reps, int) else tuple(reps))


@plain
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """Each element of an axis, or of all in one axis, so many times: one number, or one for each."""
    found, place = operands.array(a), axis if axis is None else one_axis(axis, operands.array(a).ndim)
    if isinstance(repeats, (list, tuple)):
        repeats = torch.tensor(repeats, device=found.device)
    elif not isinstance(repeats, torch.Tensor):
        operands.integer("repeats", repeats)
    return torch.repeat_interleave(found, repeats, place)


@plain
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Elements moved along axes; those pushed out come in at the other end. Without an axis all in one, in the shape that was."""
    operands.tensors(a)
    shifts = [operands.integer("shift", one) for one in (shift if isinstance(shift, (tuple, list)) else (shift,))]
    if axis is None:
        return torch.roll(a, sum(shifts))
    places = [one_axis(one, a.ndim) for one in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    if len(shifts) != len(places) and 1 not in (len(shifts), len(places)):
        raise errors.invalid(ValueError, f"{len(shifts)} shifts don't fit {len(places)} axes")
    if not shifts or not places:
        return a.clone()
    count = max(len(shifts), len(places))
    return torch.roll(a, shifts * (count // len(shifts)), places * (count // len(places)))


@plain
def flip(m: Any, axis: Any = None) -> Any:
    """The order of elements reversed along axes, all by default."""
    operands.tensors(m)
    return torch.flip(m, some_axes(axis, m.ndim))


@plain
def flipud(m: Any) -> Any:
    """The rows in reverse order."""
    operands.tensors(m)
    return torch.flip(m, some_axes(0, m.ndim))


@plain
def fliplr(m: Any) -> Any:
    """The columns in reverse order."""
    operands.tensors(m)
    return torch.flip(m, some_axes(1, m.ndim))


@plain
def rot90(a: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Turned `k` times by 90 degrees, from the first of two axes towards the second."""
    operands.tensors(a)
    if not isinstance(axes, (tuple, list)):
        raise errors.invalid(TypeError, f"axes must be a tuple or list, but got {type(axes).__name__}")
    if len(axes) != 2:
        raise errors.invalid(ValueError, f"axes must be two, but got {axes}")
    return torch.rot90(a, operands.integer("k", k), some_axes(axes, a.ndim))
