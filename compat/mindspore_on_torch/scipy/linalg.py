"""mindspore.scipy.linalg: decompositions and systems of one matrix, with SciPy's arguments."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.tensor import as_tensor, run_plain

torch: Any = frameworks.load("torch")

__all__ = ["block_diag", "cho_factor", "cho_solve", "cholesky", "eigh", "inv", "lstsq", "lu", "lu_factor", "solve_triangular"]

REAL = (torch.int32, torch.int64, torch.float32, torch.float64)
TRANSPOSITIONS = {"N": 0, "T": 1, "C": 2}


def check_flags(name: str, kind: type = bool, **values: Any) -> None:
    """TypeError unless each is of this type."""
    for argument, value in values.items():
        if not isinstance(value, kind):
            reason = f"the type of '{argument}' should be {kind.__name__}, but got '{value}' with type {type(value).__name__}"
            raise errors.invalid(TypeError, f"For '{name}', {reason}.")


def check_kind(name: str, argument: str, value: Any, kinds: tuple[Any, ...] = REAL) -> None:
    """TypeError unless it is a Tensor of one of these dtypes."""
    if not isinstance(value, torch.Tensor):
        raise errors.invalid(TypeError, f"For '{name}', the type of '{argument}' should be Tensor, but got '{value}'.")
    if value.dtype not in kinds:
        raise errors.invalid(TypeError, f"For '{name}', the data type of '{argument}' should be one of {kinds}, but got {value.dtype}.")


def matrix(name: str, a: Any, square: bool = True, kinds: tuple[Any, ...] = REAL) -> Any:
    """The matrix, integers as float64. ValueError for another number of dimensions, or one that should be square and is not."""
    check_kind(name, "a", a, kinds)
    if a.ndim != 2:
        raise errors.invalid(ValueError, f"For '{name}', the dimension of 'a' should be 2, but got {a.ndim}.")
    if square and a.shape[0] != a.shape[1]:
        reason = f"the matrix 'a' should be a square matrix like (N, N), but got {a.shape}"
        raise errors.invalid(ValueError, f"For '{name}', {reason}.")
    return exact(a)


def exact(a: Any) -> Any:
    """Integers as float64."""
    return a if a.is_floating_point() or a.is_complex() else a.to(torch.float64)


def block_diag(*arrs: Any) -> Any:
    """A matrix with these matrices, rows or numbers on its diagonal; float32 (1, 0) without any. ValueError for more than 2 dimensions."""
    if not arrs:
        return as_tensor(torch.zeros(1, 0))
    if any(each.ndim > 2 for each in arrs):
        raise errors.invalid(ValueError, "Arguments to mindspore.scipy.linalg.block_diag must have at most 2 dimensions.")
    return torch.block_diag(*arrs)


def inv(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """The inverse. That of a singular matrix is not a number or infinite, and no error."""
    check_flags("inv", overwrite_a=overwrite_a, check_finite=check_finite)
    return torch.linalg.inv_ex(matrix("inv", a))[0]


def cholesky(a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """The upper or lower Cholesky factor. RuntimeError for a matrix that is not positive definite."""
    check_flags("cholesky", overwrite_a=overwrite_a, check_finite=check_finite, lower=lower)
    return factored("cholesky", a, lower)


def factored(name: str, a: Any, lower: bool) -> Any:
    """The Cholesky factor for `name`."""
    try:
        found = torch.linalg.cholesky(matrix(name, a))
    except RuntimeError as error:
        raise errors.at_boundary(f"mindspore.scipy.linalg.{name}", error, RuntimeError, a=a) from error
    return found if lower else found.mT


def cho_factor(a: Any, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> tuple[Any, bool]:
    """(the Cholesky factor, `lower`), for cho_solve."""
    check_flags("cho_factor", overwrite_a=overwrite_a, check_finite=check_finite, lower=lower)
    return factored("cho_factor", a, lower), lower


def cho_solve(c_and_lower: tuple[Any, bool], b: Any, overwrite_b: bool = False, check_finite: bool = True) -> Any:
    """The solution of A x = b, where the first argument is what cho_factor gave of A."""
    c, lower = c_and_lower
    check_flags("cho_solve", overwrite_b=overwrite_b, check_finite=check_finite, lower=lower)
    for argument, value in (("c", c), ("b", b)):
        check_kind("cho_solve", argument, value)
    check_fit("cho_solve", "c", c, b)
    c, b = exact(c), exact(b) if not c.is_floating_point() else b
    first, second = ("N", "T") if lower else ("T", "N")
    return solve_triangular(c, solve_triangular(c, b, first, lower), second, lower)


def check_fit(name: str, argument: str, a: Any, b: Any) -> None:
    """ValueError unless `a` is square and `b` has as many rows, as one vector or several."""
    rows = b.shape[-1] if b.ndim == a.ndim - 1 else b.shape[-2] if b.ndim == a.ndim else None
    if a.ndim < 2 or a.shape[-1] != a.shape[-2] or rows != a.shape[-1]:
        reason = f"the last two dimensions of '{argument}' and 'b' should be matched, but got shape of {a.shape} and {b.shape}"
        raise errors.invalid(ValueError, f"For '{name}', {reason}.")


def eigh(
    a: Any, b: Any = None, lower: bool = True, eigvals_only: bool = False, overwrite_a: bool = False, overwrite_b: bool = False,
    turbo: bool = True, eigvals: Any = None, type: int = 1, check_finite: bool = True,
) -> Any:  # fmt: skip
    """(eigenvalues, eigenvectors) of a symmetric or Hermitian matrix by one triangle, or the former alone; all of the dtype of `a`."""
    check_flags("eigh", lower=lower, eigvals_only=eigvals_only, overwrite_a=overwrite_a, overwrite_b=overwrite_b)
    check_flags("eigh", turbo=turbo, check_finite=check_finite)
    check_flags("eigh", int, type=type)
    found = matrix("eigh", a, kinds=(*REAL, torch.complex64, torch.complex128))
    for argument, value in (("b", b), ("eigvals", eigvals)):
        if value is not None:
            raise errors.invalid(ValueError, f"For 'eigh', currently only case {argument}=None of 'eigh' is implemented.")
    triangle = "L" if lower else "U"
    if eigvals_only:
        return torch.linalg.eigvalsh(found, triangle).to(found.dtype)
    values, vectors = torch.linalg.eigh(found, triangle)
    return values.to(found.dtype), vectors


def lu_factor(a: Any, overwrite_a: bool = False, check_finite: bool = True) -> tuple[Any, Any]:
    """(the factors L and U in one matrix, int32 pivots from 0)."""
    check_flags("lu_factor", overwrite_a=overwrite_a, check_finite=check_finite)
    factors, pivots = torch.linalg.lu_factor(matrix("lu_factor", a))
    return factors, (pivots - 1).to(torch.int32)


def lu(a: Any, permute_l: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> tuple[Any, ...]:
    """(P, L, U) of a matrix (M, N), or (P L, U) with `permute_l`; P is int32. ValueError for M > N, as in MindSpore."""
    check_flags("lu", permute_l=permute_l, overwrite_a=overwrite_a, check_finite=check_finite)
    found = matrix("lu", a, square=False)
    if found.shape[0] > found.shape[1]:
        raise errors.invalid(ValueError, f"mindspore.scipy.linalg.lu: a matrix must not have more rows than columns, as {a.shape} has")
    p, lower, upper = torch.linalg.lu(found)
    return (p @ lower, upper) if permute_l else (p.to(torch.int32), lower, upper)


def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, overwrite_b: bool = False, debug: Any = None,
    check_finite: bool = True,
) -> Any:  # fmt: skip
    """The solution of op(a) x = b, op being nothing (0, "N"), the transposed (1, "T") or the conjugate transposed (2, "C").

    `a` (..., M, M), of which one triangle is read; `b` (..., M) or (..., M, N). int32 gives float32 and int64 float64.
    """
    if isinstance(trans, str) and trans not in TRANSPOSITIONS:
        raise errors.invalid(ValueError, "For SolveTriangular, Augment[trans] must be one of [1, 2, 3,'N', 'T', 'C'].")
    mode = TRANSPOSITIONS.get(trans, trans)
    if mode not in (0, 1, 2):
        raise errors.invalid(RuntimeError, f"For 'SolveTriangular', 'trans' must be in [0, 1, 2, 'N', 'T', 'C'], but got [{trans}].")
    for argument, value in (("a", a), ("b", b)):
        check_kind("SolveTriangular", argument, value, (*REAL, torch.int8, torch.int16, torch.float16, torch.complex64, torch.complex128))
    if a.dtype != b.dtype:
        raise errors.invalid(TypeError, f"For 'SolveTriangular' the type of a and b must be same, but got {a.dtype} and {b.dtype}.")
    check_fit("SolveTriangular", "a", a, b)
    if not (a.is_floating_point() or a.is_complex()):
        kind = torch.float64 if a.dtype == torch.int64 else torch.float32
        a, b = a.to(kind), b.to(kind)
    columns = b.unsqueeze(-1) if b.ndim == a.ndim - 1 else b
    matrices = (a, a.mT, a.mH)[mode]
    found = torch.linalg.solve_triangular(matrices, columns, upper=lower == (mode > 0), unitriangular=unit_diagonal)
    return found.squeeze(-1) if b.ndim == a.ndim - 1 else found


def lstsq(A: Any, B: Any, rcond: Any = None, driver: str | None = None) -> tuple[Any, Any, Any, Any]:
    """(solution, residuals, rank, singular values) of least squares; what the driver does not find out is empty.

    A (..., M, N), B (..., M) or (..., M, K). The drivers are gelsy (the default), gels, gelsd and gelss. `rcond` does not count, as in MindSpore.
    """
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise errors.invalid(ValueError, f"mindspore.scipy.linalg.lstsq: driver must be gels, gelsy, gelsd or gelss, but got {driver!r}")
    vector = B.ndim == A.ndim - 1
    try:
        found = run_plain(torch.linalg.lstsq, A, B.unsqueeze(-1) if vector else B, driver=driver)
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.scipy.linalg.lstsq", error, ValueError, A=A, B=B) from error
    solution, *rest = found
    return (solution.squeeze(-1) if vector else solution, *rest)
