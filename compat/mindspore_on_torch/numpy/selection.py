"""mindspore.numpy: elements taken by index or condition, and functions applied along axes."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import indexed, ordering
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import one_axis, plain, some_axes
from compat.mindspore_on_torch.tensor import run_plain

torch: Any = frameworks.load("torch")

__all__ = [
    "apply_along_axis", "apply_over_axes", "argwhere", "array_str", "choose", "piecewise", "ravel_multi_index", "select", "size",
    "take", "take_along_axis", "unique", "unravel_index", "where",
]  # fmt: skip


@plain
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """`x` where the condition holds, `y` elsewhere, in their common type. Both are needed."""
    mask, one, other = operands.arrays(condition, x, y)
    return torch.where(mask.bool(), *operands.common(one, other))


def within(indices: Any, length: int, mode: str) -> Any:
    """The indices moved into [0, length): wrapped around or clipped."""
    if mode == "raise":
        raise errors.invalid(NotImplementedError, '"raise" mode is not implemented')
    operands.one_of("mode", mode, ("raise", "wrap", "clip"))
    return indices % length if mode == "wrap" else indices.clamp(0, length - 1)


def whole_numbers(indices: Any) -> Any:
    """Indices as int64; TypeError for other numbers."""
    if indices.dtype not in operands.INTEGERS:
        raise errors.invalid(TypeError, f"indices must be integers, but got {indices.dtype}")
    return indices.long()


@plain
def take(a: Any, indices: Any, axis: int | None = None, mode: str = "clip") -> Any:
    """The slices of an axis, or of all elements in one, that the indices name; their shape replaces that axis.

    Clipped, an index counts from the end if it is negative, and from the first element if it is less than that.
    """
    operands.tensors(a, indices)
    place = None if axis is None else one_axis(axis, a.ndim)
    return indexed.take(a, whole_numbers(indices), place, mode)


@plain
def take_along_axis(arr: Any, indices: Any, axis: int | None) -> Any:
    """For each vector along an axis its elements at the indices that stand in the same place; negative ones count from the end.

    RuntimeError for an index out of range on CPU.
    """
    operands.tensors(arr, indices)
    values = arr.reshape(-1) if axis is None else arr
    if values.ndim != indices.ndim:
        raise errors.invalid(
            ValueError, f"arr and indices must have the same number of dimensions, but got {values.ndim} and {indices.ndim}"
        )
    place = 0 if axis is None else one_axis(axis, arr.ndim)
    wide, narrow = list(values.shape), list(indices.shape)
    wide[place] = narrow[place] = 1
    shape = list(torch.broadcast_shapes(wide, narrow))
    length, shape[place] = values.shape[place], indices.shape[place]
    chosen = whole_numbers(indices).expand(shape)
    shape[place] = length
    try:
        return torch.gather(values.expand(shape), place, torch.where(chosen < 0, chosen + length, chosen))
    except (RuntimeError, IndexError) as error:
        raise errors.at_boundary("mindspore.numpy.take_along_axis", error, RuntimeError, arr=arr, indices=indices) from error


@plain
def choose(a: Any, choices: Any, mode: str = "clip") -> Any:
    """For each index in `a` the element of that choice in the same place; all are broadcast. ValueError if all are numbers."""
    found, *options = operands.arrays(a, *choices)
    return indexed.chosen(found, operands.narrow(*operands.common(*options)), mode)


@plain
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The element of the choice whose condition is the first to hold, `default`, in the type of the choices, where none does."""
    if len(condlist) != len(choicelist):
        raise errors.invalid(ValueError, f"{len(condlist)} conditions need as many choices, but got {len(choicelist)}")
    conditions, choices = operands.arrays(*condlist), operands.arrays(*choicelist)
    if not choices:
        return torch.tensor(float(default))
    choices = operands.narrow(*operands.common(*choices))
    found = operands.array(default, choices[0].device).to(choices[0].dtype)
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        found = torch.where(condition.bool(), choice, found)
    return found


def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """Functions of `x`, or numbers, each where its condition holds; one more is for where none does, else it is 0 there."""
    conditions = [condlist] if isinstance(condlist, bool) else list(condlist)
    functions = list(funclist)
    if len(functions) not in (len(conditions), len(conditions) + 1):
        reason = f"{len(conditions)} conditions need as many functions, or one more, but got {len(functions)}"
        raise errors.invalid(ValueError, f"mindspore.numpy.piecewise: {reason}")
    found = run_plain(operands.array, x)
    values = [each(found, *args, **kw) if callable(each) else each for each in functions]
    last = values.pop() if len(functions) > len(conditions) else 0
    return laid_over(found, conditions, values, last)


@plain
def laid_over(x: Any, conditions: list[Any], values: list[Any], last: Any) -> Any:
    """`select` in the shape of `x`."""
    return select(conditions, values, last).broadcast_to(x.shape)


@plain
def argwhere(a: Any) -> Any:
    """The places of the elements that are not zero, one to a row, int64. ValueError for a tensor without axes."""
    found = operands.array(a)
    if not found.ndim:
        raise errors.invalid(ValueError, "a must have at least one dimension")
    return torch.nonzero(found)


@plain
def unique(x: Any, return_inverse: bool = False) -> Any:
    """The distinct elements as they first appear; with `return_inverse` also which of them each element is."""
    operands.tensors(x)
    values, inverse = ordering.unique(x.reshape(-1))
    return (values, inverse) if return_inverse else values


@plain
def unravel_index(indices: Any, shape: Any, order: str = "C") -> tuple[Any, ...]:
    """The places in a tensor of this shape of elements that are numbered row by row ("C") or column by column ("F").

    A negative number counts from the end; one out of range becomes the first or last.
    """
    operands.one_of("order", order, ("C", "F"))
    found, sizes = operands.array(indices), operands.lengths(shape)
    total = 1
    for size in sizes:
        total *= size
    rest = torch.where(found < 0, found + total, found).clamp(0, total - 1)
    rest = torch.floor(rest) if rest.is_floating_point() else rest
    places = []
    for size in reversed(sizes) if order == "C" else sizes:
        places.append(torch.remainder(rest, size))
        rest = torch.div(rest, size, rounding_mode="floor")
    return tuple(reversed(places) if order == "C" else places)


@plain
def ravel_multi_index(multi_index: Any, dims: Any, mode: str = "clip", order: str = "C") -> Any:
    """The numbers of places in a tensor of shape `dims`, counted row by row ("C") or column by column ("F"), as float32."""
    if mode not in ("clip", "wrap", "raise") or order not in ("C", "F"):
        raise errors.invalid(ValueError, f"mode must be clip or wrap and order C or F, but got {mode!r} and {order!r}")
    places, sizes = operands.array(multi_index), operands.array(dims).reshape(-1).tolist()
    if places.dtype not in operands.INTEGERS or not all(isinstance(size, int) for size in sizes):
        raise errors.invalid(TypeError, "the indices and dims must be integers")
    if places.shape[0] != len(sizes):
        raise errors.invalid(ValueError, f"multi_index must be a sequence of length {len(sizes)}, but has {places.shape[0]}")
    total = torch.zeros(places.shape[1:], dtype=torch.int64, device=places.device)
    pairs = list(zip(places, sizes, strict=True))
    for place, size in pairs if order == "C" else reversed(pairs):
        total = total * size + within(place.long(), size, mode)
    return total.float()


@plain
def size(a: Any, axis: int | None = None) -> int:
    """The number of elements, or the length of an axis."""
    found = operands.array(a)
    return int(found.numel()) if axis is None else int(found.shape[one_axis(axis, found.ndim)])


def array_str(a: Any) -> str:
    """The elements as text."""
    operands.tensors(a)
    return str(a)


def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """`func1d(vector, *args, **kwargs)` of every vector along an axis; the axes of what it returns take that one's place."""
    rows, rest, place = vectors(arr, axis)
    return put_back([func1d(row, *args, **kwargs) for row in rows], rest, place)


@plain
def vectors(arr: Any, axis: int) -> tuple[Any, Any, int]:
    operands.tensors(arr)
    place = one_axis(axis, arr.ndim)
    moved = arr.movedim(place, -1)
    return list(moved.reshape(-1, arr.shape[place])), tuple(moved.shape[:-1]), place


@plain
def put_back(results: list[Any], rest: tuple[int, ...], place: int) -> Any:
    operands.tensors(*results)
    found = torch.stack(results)
    inner = found.ndim - 1
    whole = found.reshape(rest + tuple(found.shape[1:]))
    return whole.movedim(tuple(range(len(rest), len(rest) + inner)), tuple(range(place, place + inner)))


def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    """`func(a, axis)` for one axis after the other; an axis that it takes away comes back with length 1."""
    found = run_plain(operands.array, a)
    for axis in axes if isinstance(axes, (list, tuple)) else (axes,):
        place = some_axes(axis, found.ndim)[0]
        result = func(found, place)
        operands.tensors(result)
        if result.ndim == found.ndim - 1:
            result = run_plain(torch.unsqueeze, result, place)
        if result.ndim != found.ndim:
            raise errors.invalid(ValueError, f"mindspore.numpy.apply_over_axes: {found.ndim} axes became {result.ndim}")
        found = result
    return found
