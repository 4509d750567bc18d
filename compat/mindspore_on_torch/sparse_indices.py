"""Sparse tensors as a matrix of indices and a vector of values."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation

torch: Any = frameworks.load("torch")

__all__ = ["coalesce"]


@operation
def coalesce(x_indices: Any, x_values: Any, x_shape: Any) -> tuple[Any, Any, Any]:
    """mindspore.ops.coalesce: (indices (axes, n), values, shape) in order, with the values of equal places added."""
    if x_indices.ndim != 2 or x_values.ndim != 1 or x_shape.ndim != 1:
        raise errors.invalid(ValueError, "x_indices must have 2 axes, x_values and x_shape 1")
    if x_indices.shape != (x_shape.shape[0], x_values.shape[0]):
        raise errors.invalid(ValueError, f"x_indices must be {(len(x_shape), len(x_values))}, but are {tuple(x_indices.shape)}")
    if bool((x_indices < 0).any()) or bool((x_indices >= x_shape.unsqueeze(1)).any()):
        raise errors.invalid(ValueError, "an index is outside of the shape")
    places, inverse = torch.unique(x_indices, dim=1, return_inverse=True)
    return places, x_values.new_zeros(places.shape[1]).index_add(0, inverse, x_values), x_shape.clone()
