"""Taking from and writing to the places that an index names, in a copy."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.meanings import dtype_set

torch: Any = frameworks.load("torch")

INTEGERS = dtype_set("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


def tensor_scatter_elements(input_x: Any, indices: Any, updates: Any, axis: int = 0, reduction: str = "none") -> Any:
    """mindspore.ops.tensor_scatter_elements: `updates` written to, or with "add" added to, the places that `indices` names along `axis`."""
    if reduction not in ("none", "add"):
        raise errors.invalid(ValueError, f"mindspore.ops.tensor_scatter_elements: reduction must be none or add, but got {reduction!r}")
    return (torch.scatter if reduction == "none" else torch.scatter_add)(input_x, axis, indices, updates)


def take(input: Any, indices: Any, axis: int | None = None, mode: str = "clip") -> Any:
    """mindspore.Tensor.take: entries of `axis`, or of the flattened tensor; an index outside is moved to the nearest, or wraps."""
    source = input.reshape(-1) if axis is None else input
    along = 0 if axis is None else axis
    size = source.shape[along]
    if mode == "clip":
        places = indices.clamp(-size, size - 1) % size
    elif mode == "wrap":
        places = indices % size
    elif mode == "raise":
        raise errors.invalid(NotImplementedError, 'mindspore.Tensor.take: mode "raise" is not implemented, in MindSpore neither')
    else:
        raise errors.invalid(ValueError, f"mindspore.Tensor.take: mode must be clip, wrap or raise, but got {mode!r}")
    found = torch.index_select(source, along, places.reshape(-1))
    shape = tuple(source.shape)
    return found.reshape((*shape[:along], *indices.shape, *shape[along % source.ndim + 1 :]))


def index_fill(input: Any, axis: int, index: Any, value: Any) -> Any:
    """Tensor.index_fill: `value` in the slices `index`, an int32 tensor, of `axis`."""
    if not isinstance(index, torch.Tensor):
        raise errors.invalid(TypeError, f"mindspore.Tensor.index_fill: index must be a Tensor, but got {type(index).__name__}")
    return torch.index_fill(input, axis, index.long(), value)


def choose(input: Any, choices: Any, mode: str = "clip") -> Any:
    """mindspore.Tensor.choose: for each index the element of that choice in the same place; all are broadcast.

    TypeError for choices of different types, ValueError for indices that aren't integers and where all are numbers.
    """
    options = [each if isinstance(each, torch.Tensor) else torch.tensor(each, device=input.untyped_storage().device) for each in choices]
    if len({each.dtype for each in options}) > 1:
        raise errors.invalid(TypeError, "mindspore.Tensor.choose: all choices must have the same data type")
    return chosen(input, options, mode)


def chosen(indices: Any, options: Any, mode: str) -> Any:
    """The element of the option that each index names, which is clipped or wrapped around."""
    if indices.dtype not in INTEGERS:
        raise errors.invalid(ValueError, f"choose: the indices must be integers, but got {indices.dtype}")
    if mode == "raise":
        raise errors.invalid(NotImplementedError, 'choose: mode "raise" is not implemented, in MindSpore neither')
    if mode not in ("clip", "wrap"):
        raise errors.invalid(ValueError, f"choose: mode must be clip, wrap or raise, but got {mode!r}")
    if not any(each.ndim for each in (indices, *options)):
        raise errors.invalid(ValueError, "choose: the indices and the choices must not all be numbers")
    places = indices.long() % len(options) if mode == "wrap" else indices.long().clamp(0, len(options) - 1)
    try:
        places, *wide = torch.broadcast_tensors(places, *options)
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.Tensor.choose", error, ValueError, indices=indices) from error
    return torch.gather(torch.stack(wide), 0, places.unsqueeze(0)).squeeze(0)


def itemset(input: Any, *args: Any) -> Any:
    """mindspore.Tensor.itemset: a copy with one element replaced: itemset(item), (number of the element, item) or (index tuple, item).

    IndexError for an index that there is not, TypeError for one that is no integer or tuple, ValueError for other arguments.
    """
    if len(args) not in (1, 2):
        raise errors.invalid(ValueError, f"mindspore.Tensor.itemset takes 1 or 2 arguments, but got {len(args)}")
    *given, item = args
    if not isinstance(item, (int, float, bool)):
        kind = ValueError if isinstance(item, torch.Tensor) else TypeError
        raise errors.invalid(kind, f"mindspore.Tensor.itemset: the item must be a number, but got {type(item).__name__}")
    index = given[0] if given else 0
    if not isinstance(index, (int, tuple)):
        raise errors.invalid(TypeError, f"mindspore.Tensor.itemset: an index is an int or a tuple, but got {type(index).__name__}")
    if (not given and tuple(input.shape) != (1,)) or (isinstance(index, tuple) and len(index) != input.ndim):
        raise errors.invalid(
            IndexError, f"mindspore.Tensor.itemset: the shape {tuple(input.shape)} has no element at {index if given else ()}"
        )
    changed = input.clone()
    (changed if isinstance(index, tuple) else changed.view(-1))[index] = item
    return changed
