"""Writing at indexed places of a copy, and taking by flat index."""

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
