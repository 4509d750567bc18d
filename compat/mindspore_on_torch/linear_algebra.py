"""Linear algebra whose results MindSpore gives in another form, or with another gradient."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.reductions import real

torch: Any = frameworks.load("torch")


def cond(A: Any, p: Any = None) -> Any:
    """mindspore.ops.cond: norm(A) · norm(inverse of A), float32 for the 2-norm; PyTorch's own has no gradient but for that."""
    if p in (None, 2, -2):
        return torch.linalg.cond(A, p).float()
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


def vector_norm(x: Any, ord: Any = 2, axis: Any = None, keepdims: bool = False, *, dtype: Any = None) -> Any:
    """mindspore.ops.vector_norm: integers give float32, but for the infinite orders, where they stay what they are."""
    if not isinstance(ord, (int, float)):
        raise errors.invalid(ValueError, f"ord must be a number, but got {ord!r}")
    numbers = x if dtype is None else x.to(torch_dtype(dtype))
    found = torch.linalg.vector_norm(real(numbers), ord, axis, keepdims)
    return found.to(numbers.dtype) if abs(ord) == math.inf else found


def matrix_norm(A: Any, ord: Any = "fro", axis: Any = (-2, -1), keepdims: bool = False, *, dtype: Any = None) -> Any:
    """mindspore.ops.matrix_norm: integers give float32, but int64 for the orders 1 and -1, and stay what they are for infinite ones.

    The singular values of float16 and bfloat16 are float32.
    """
    numbers = A if dtype is None else A.to(torch_dtype(dtype))
    singular = ord in (2, -2, "nuc")
    wide = numbers.float() if singular and numbers.dtype in (torch.float16, torch.bfloat16) else real(numbers)
    found = torch.linalg.matrix_norm(wide, ord, axis, keepdims)
    if ord in (1, -1, math.inf, -math.inf) and not (numbers.is_floating_point() or numbers.is_complex()):
        return found.to(torch.int64 if abs(ord) == 1 else numbers.dtype)
    return found


@operation
def adjoint(x: Any) -> Any:
    """mindspore.ops.adjoint: the conjugate with the last two axes exchanged."""
    return torch.adjoint(x)


@operation
def matrix_determinant(input: Any) -> Any:
    """mindspore.ops.matrix_determinant: of each matrix."""
    return torch.linalg.det(input)


@operation
def eigvals(A: Any) -> Any:
    """mindspore.Tensor.eigvals: the eigenvalues of each matrix, complex."""
    return torch.linalg.eigvals(A)


@operation
def log_matrix_determinant(input: Any) -> tuple[Any, Any]:
    """mindspore.ops.log_matrix_determinant: (sign, logarithm of the absolute value) of the determinant of each matrix."""
    return slogdet(input)


@operation
def matrix_solve(matrix: Any, rhs: Any, adjoint: bool = False) -> Any:
    """mindspore.ops.matrix_solve: the x with matrix @ x = rhs, or that of the adjoint of the matrix."""
    return torch.linalg.solve(matrix.mH if adjoint else matrix, rhs)


@operation
def lstsq(input: Any, A: Any) -> Any:
    """mindspore.ops.lstsq: the x of least norm with the least |input @ x - A|, (n, k) for an input (m, n); a vector A is a column."""
    if input.ndim != 2 or A.ndim not in (1, 2):
        raise errors.invalid(ValueError, f"input must have 2 axes and A 1 or 2, but they have {input.ndim} and {A.ndim}")
    return torch.linalg.pinv(input) @ (A.unsqueeze(1) if A.ndim == 1 else A)


@operation
def dot(input: Any, other: Any) -> Any:
    """mindspore.ops.dot: products over the last axis of `input` and the last but one of `other`; every other axis of both stays."""
    if input.ndim < 2 or other.ndim < 2:
        raise errors.invalid(ValueError, f"both tensors must have at least 2 axes, but have {input.ndim} and {other.ndim}")
    return torch.tensordot(input, other, ([-1], [-2]))


@operation
def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """mindspore.ops.cosine_similarity: the product of both norms is at least eps, where PyTorch says that of each."""
    norms = torch.linalg.vector_norm(x1, dim=dim) * torch.linalg.vector_norm(x2, dim=dim)
    return torch.sum(x1 * x2, dim) / torch.clamp(norms, min=eps)


def tensor_dot(x1: Any, x2: Any, axes: Any) -> Any:
    """mindspore.ops.tensor_dot: products summed over the last `axes` axes of x1 and the first of x2, or over the pair of lists of axes."""
    if isinstance(axes, int):
        return torch.tensordot(x1, x2, axes)
    left, right = ([each] if isinstance(each, int) else list(each) for each in axes)
    return torch.tensordot(x1, x2, (left, right))


@operation
def batch_dot(x1: Any, x2: Any, axes: Any = None) -> Any:
    """mindspore.ops.batch_dot: for each entry of the first axis, products summed over one axis of each; two vectors give one number."""
    if x1.ndim < 2 or x2.ndim < 2 or x1.shape[0] != x2.shape[0]:
        raise errors.invalid(ValueError, f"shapes {tuple(x1.shape)} and {tuple(x2.shape)} must have at least 2 axes and begin alike")
    if axes is None:
        axes = (x1.ndim - 1, x2.ndim - 1 if x2.ndim == 2 else x2.ndim - 2)
    left, right = (axes, axes) if isinstance(axes, int) else axes
    if 0 in (left % x1.ndim, right % x2.ndim):
        raise errors.invalid(ValueError, f"axes {axes} must not name the first axis")
    first, second = torch.movedim(x1, left, -1), torch.movedim(x2, right, 1)
    flat = torch.bmm(first.reshape(len(first), -1, first.shape[-1]), second.reshape(len(second), second.shape[1], -1))
    found = flat.reshape(*first.shape[:-1], *second.shape[2:])
    return found.unsqueeze(1) if found.ndim == 1 else found
