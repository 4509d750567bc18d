"""Means and quantiles, also without NaNs; counts of values."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.reductions import axes

torch: Any = frameworks.load("torch")

__all__ = ["nanmean", "nanquantile", "quantile"]


@operation
def nanmean(input: Any, axis: Any = None, keepdims: bool = False, *, dtype: Any = None) -> Any:
    """mindspore.ops.nanmean: the mean of what is no NaN."""
    return torch.nanmean(input, axes(input, axis, "nanmean"), keepdim=keepdims, dtype=torch_dtype(dtype))


@operation
def quantile(input: Any, q: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """mindspore.ops.quantile: linear between two elements; several numbers in `q` give a first axis."""
    return torch.quantile(input, checked(input, q), axis, keepdims)


@operation
def nanquantile(input: Any, q: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """mindspore.ops.nanquantile: as quantile, without the NaNs."""
    return torch.nanquantile(input, checked(input, q), axis, keepdims)


def checked(input: Any, q: Any) -> Any:
    """The quantiles that are asked for: a number, or a tensor of the type of `input`; TypeError else."""
    if not isinstance(q, (float, torch.Tensor)):
        raise errors.invalid(TypeError, f"q must be a float or a Tensor, but is {type(q).__name__}")
    if isinstance(q, torch.Tensor) and q.dtype != input.dtype:
        raise errors.invalid(TypeError, f"input and q must have one data type, but have {input.dtype} and {q.dtype}")
    return q
