"""Linear algebra whose results MindSpore gives in another form, or with another gradient."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.reductions import axes

torch: Any = frameworks.load("torch")


def cond(A: Any, p: Any = None) -> Any:
    """mindspore.ops.cond: norm(A) · norm(inverse of A); PyTorch's own has no gradient but for the 2-norm."""
    if p in (None, 2, -2):
        return torch.linalg.cond(A, p)
    return torch.linalg.matrix_norm(A, p) * torch.linalg.matrix_norm(torch.linalg.inv(A), p)


def slogdet(input: Any) -> tuple[Any, Any]:
    """mindspore.ops.slogdet: (sign, logarithm), both of the dtype of `input`, also where that is complex."""
    sign, size = torch.linalg.slogdet(input)
    return sign, size.to(input.dtype)


def logdet(input: Any) -> Any:
    """mindspore.ops.logdet: the gradient is that of log|det| also where the determinant is negative and the value NaN."""
    sign, size = torch.linalg.slogdet(input)
    return size + (sign.log() if input.is_complex() else sign.detach().log())


def lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True) -> tuple[Any, Any, Any]:
    """mindspore.ops.lu_unpack: (P, L, U), with None for what is not asked for; the pivots may be any integers."""
    P, L, U = torch.lu_unpack(LU_data, LU_pivots.int(), unpack_data, unpack_pivots)
    return P if unpack_pivots else None, L if unpack_data else None, U if unpack_data else None


def qr(input: Any, mode: str = "reduced") -> tuple[Any, Any]:
    """mindspore.ops.qr: (Q, R), with all columns of Q where `mode` is "complete"."""
    Q, R = torch.linalg.qr(input, mode)
    return Q, R


def trace(input: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """mindspore.Tensor.trace: the sums of the diagonals of the matrices that two axes span; int64 for integers, bool for bool.

    RuntimeError for one axis alone, ValueError for an axis that there is not.
    """
    if input.ndim < 2 or (axis1 - axis2) % input.ndim == 0:
        raise errors.invalid(RuntimeError, f"mindspore.Tensor.trace needs two axes, but got {axis1} and {axis2} of {input.ndim}")
    axes(input, (axis1, axis2), "trace")
    total = torch.diagonal(input, offset, axis1, axis2).sum(-1)
    kind = torch.bool if input.dtype == torch.bool else total.dtype
    return total.to(torch_dtype(kind if dtype is None else dtype))
