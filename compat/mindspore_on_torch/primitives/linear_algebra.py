"""Operators on matrices: products, factors, solutions of equations."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import ordering
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.shaping import matmul

torch: Any = frameworks.load("torch")

__all__ = [
    "BatchMatMul", "ConjugateTranspose", "Cross", "DiagPart", "Eig", "Einsum", "Lstsq", "MatMul", "MatrixInverse", "MatrixLogarithm",
    "MatrixSolveLs", "MatrixTriangularSolve", "Qr", "Svd", "TridiagonalMatMul",
]  # fmt: skip

FIRST_OF_THREE = -65530  # MindSpore's own mark for "the first axis of length 3"


@primitive
def MatMul(input: Any, mat2: Any, *, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    """The product of two matrices, each transposed first if asked."""
    if input.ndim != 2 or mat2.ndim != 2:
        raise errors.invalid(ValueError, f"both must have 2 axes, but have {input.ndim} and {mat2.ndim}")
    return matmul(input.mT if transpose_a else input, mat2.mT if transpose_b else mat2)


@primitive
def BatchMatMul(x: Any, y: Any, *, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    """The products of two batches of matrices, each transposed first if asked."""
    if x.ndim < 2 or y.ndim < 2:
        raise errors.invalid(ValueError, f"both must have at least 2 axes, but have {x.ndim} and {y.ndim}")
    return matmul(x.mT if transpose_a else x, y.mT if transpose_b else y)


@primitive
def Einsum(x: Any, *, equation: str) -> Any:
    """The sum of products that the equation describes, of a tuple or list of tensors; one number is (1,), as documented."""
    found = torch.einsum(equation, *x)
    return found if found.ndim else found.reshape(1)


@primitive
def Cross(input: Any, other: Any, *, dim: int = FIRST_OF_THREE) -> Any:
    """The cross product along `dim`, by default the first axis of length 3."""
    if dim == FIRST_OF_THREE:
        dim = next((axis for axis, length in enumerate(input.shape) if length == 3), 0)
    return torch.linalg.cross(input, other, dim=dim)


@primitive
def ConjugateTranspose(x: Any, perm: Any) -> Any:
    """The conjugate with its axes permuted."""
    return torch.permute(x, tuple(perm)).conj().resolve_conj()


@primitive
def DiagPart(input_x: Any) -> Any:
    """The diagonal of a tensor of shape (*s, *s), of shape s."""
    half = input_x.ndim // 2
    shape = tuple(input_x.shape[:half])
    if input_x.ndim % 2 or shape != tuple(input_x.shape[half:]) or not half:
        raise errors.invalid(ValueError, f"both halves of the shape must be equal, but it is {tuple(input_x.shape)}")
    width = shape[0] if half == 1 else torch.Size(shape).numel()
    return input_x.reshape(width, width).diagonal().reshape(shape)


@primitive
def Eig(x: Any, *, compute_v: bool = False) -> Any:
    """(eigenvalues, eigenvectors in columns), complex; without `compute_v` the second is 0."""
    if compute_v:
        return tuple(torch.linalg.eig(x))
    values = torch.linalg.eigvals(x)
    return values, values.new_zeros(())


@primitive
def Svd(input: Any, *, full_matrices: bool = False, compute_uv: bool = True) -> Any:
    """(singular values, u, v); without `compute_uv` the last two are (1,) zeros."""
    if compute_uv:
        return ordering.svd(input, full_matrices)
    values = torch.linalg.svdvals(input)
    return values, values.new_zeros(1), values.new_zeros(1)


@primitive
def Qr(x: Any, *, full_matrices: bool = False) -> Any:
    """(Q, R), with all columns of Q if asked."""
    return tuple(torch.linalg.qr(x, "complete" if full_matrices else "reduced"))


@primitive
def MatrixInverse(x: Any, *, adjoint: bool = False) -> Any:
    """The inverse, or the adjoint of it."""
    return torch.linalg.inv(x.mH if adjoint else x)


@primitive
def MatrixTriangularSolve(matrix: Any, rhs: Any, *, lower: bool = True, adjoint: bool = False) -> Any:
    """The x with matrix @ x = rhs for a triangular matrix, or with its adjoint."""
    triangle = torch.tril(matrix) if lower else torch.triu(matrix)
    return torch.linalg.solve_triangular(triangle.mH if adjoint else triangle, rhs, upper=lower == adjoint)


def least_squares(matrix: Any, rhs: Any, regularizer: float) -> Any:
    """The x with the least |matrix @ x - rhs|² + regularizer · |x|²; of several without a regularizer the shortest."""
    if not regularizer:
        return torch.linalg.pinv(matrix) @ rhs
    rows, columns = matrix.shape[-2:]
    inner = matrix.mH @ matrix if rows >= columns else matrix @ matrix.mH
    regular = inner + regularizer * torch.eye(inner.shape[-1], dtype=inner.dtype, device=inner.device)
    return torch.linalg.solve(regular, matrix.mH @ rhs) if rows >= columns else matrix.mH @ torch.linalg.solve(regular, rhs)


@primitive
def Lstsq(x: Any, a: Any, *, fast: bool = True, l2_regularizer: float = 0.0) -> Any:
    """The y of (n, k) with the least |x @ y - a| for an x of full rank; a stable factorization serves either value of `fast`."""
    if x.ndim != 2 or a.ndim not in (1, 2):
        raise errors.invalid(ValueError, f"x must have 2 axes and a 1 or 2, but they have {x.ndim} and {a.ndim}")
    return least_squares(x, a.unsqueeze(1) if a.ndim == 1 else a, l2_regularizer)


@primitive
def MatrixSolveLs(matrix: Any, rhs: Any, l2_regularizer: Any, *, fast: bool = True) -> Any:
    """The x with the least |matrix @ x - rhs|² + l2_regularizer · |x|²; the regularizer counts with `fast` only."""
    return least_squares(matrix, rhs, float(l2_regularizer) if fast else 0.0)


@primitive
def MatrixLogarithm(x: Any) -> Any:
    """The principal logarithm of complex matrices by their eigenvectors; RuntimeError for a matrix without a full set of them."""
    if not x.is_complex():
        raise errors.invalid(TypeError, f"x must be complex, but is of {x.dtype}")
    values, vectors = torch.linalg.eig(x.to(torch.complex128))
    if x.numel() and float(torch.linalg.cond(vectors).max()) > 1e12:
        raise errors.invalid(RuntimeError, "a matrix has no full set of eigenvectors, and its logarithm is not supported on this backend")
    return (torch.linalg.solve(vectors.mT, (vectors * values.log().unsqueeze(-2)).mT).mT).to(x.dtype)


@primitive
def TridiagonalMatMul(superdiag: Any, maindiag: Any, subdiag: Any, rhs: Any) -> Any:
    """The product of matrices with these three diagonals, each (…, 1, M), and `rhs` (…, M, N)."""
    above, main, below = (each.mT for each in (superdiag, maindiag, subdiag))
    following, previous = torch.zeros_like(rhs), torch.zeros_like(rhs)
    following[..., :-1, :], previous[..., 1:, :] = rhs[..., 1:, :], rhs[..., :-1, :]
    return above * following + main * rhs + below * previous
