"""Taking from and writing to the places that an index names, in a copy."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks

torch: Any = frameworks.load("torch")


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
