"""Slices picked by an index, which is int32 in MindSpore."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks

torch: Any = frameworks.load("torch")


def index_fill(input: Any, axis: int, index: Any, value: Any) -> Any:
    """Tensor.index_fill: `value` in the slices `index`, an int32 tensor, of `axis`."""
    if not isinstance(index, torch.Tensor):
        raise errors.invalid(TypeError, f"mindspore.Tensor.index_fill: index must be a Tensor, but got {type(index).__name__}")
    return torch.index_fill(input, axis, index.long(), value)
