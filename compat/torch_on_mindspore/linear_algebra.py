"""Systems of linear equations, generalised inverses, powers and ranks of matrices."""

from __future__ import annotations

import math
from collections import namedtuple
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.diagonals import diag_embed, diagonal as diagonal_of, powers
from compat.torch_on_mindspore.emptiness import nothing, unmoved
from compat.torch_on_mindspore.factorizations import (
    LinAlgError,
    adjoint,
    check_matrix,
    cholesky,
    formula,
    inv,
    qr,
    tensor_of,
)
from compat.torch_on_mindspore.norms import linalg_norm
from compat.torch_on_mindspore.products import matmul, vector_product
from compat.torch_on_mindspore.reductions import sum
from compat.torch_on_mindspore.spectra import svd, svdvals
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

InvEx: Any = namedtuple("linalg_inv_ex", "inverse info")  # type: ignore[name-match]
CholeskyEx: Any = namedtuple("linalg_cholesky_ex", "L info")  # type: ignore[name-match]
SolveEx: Any = namedtuple("linalg_solve_ex", "result info")  # type: ignore[name-match]
LstSq: Any = namedtuple("linalg_lstsq", "solution residuals rank singular_values")  # type: ignore[name-match]
LegacySVD: Any = namedtuple("svd", "U S V")  # type: ignore[name-match]


def solve_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    of_right = np.linalg.solve(adjoint(inputs[0]), gradients[0])
    return -of_right @ adjoint(outputs[0]), of_right


def solve_recorded(inputs: Any, outputs: Any, gradients: Any) -> Any:
    of_right = Solve.apply(inputs[0].mT, gradients[0])
    return -(of_right @ outputs[0].mT), of_right


Solve = formula("linalg.solve", np.linalg.solve, solve_gradient, solve_recorded)


def check_pair(name: str, A: Any, B: Any) -> None:
    if A.dtype != B.dtype:
        raise invalid(
            RuntimeError,
            f"{name}: Expected A and B to have the same dtype, but found A of type {A.dtype.tensor_type} and B of type {B.dtype.tensor_type} instead",
        )


def solve(A: Any, B: Any, *, left: bool = True) -> Tensor:
    """X with A X = B, or X A = B; B may be a vector, or a batch of vectors. LinAlgError for a singular A."""
    check_matrix("linalg.solve", A, square=True)
    check_pair("linalg.solve", A, B)
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))
    right = B.unsqueeze(-1) if vector else B
    if not left:
        if vector:
            raise invalid(RuntimeError, "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False.")
        found: Tensor = solve(A.mT, B.mT).mT
        return found
    if right.shape[-2] != A.shape[-1]:
        raise invalid(
            RuntimeError,
            f"linalg.solve: Incompatible shapes of A and B for the equation AX = B ({A.shape[-2]}x{A.shape[-1]} and {right.shape[-2]}x{right.shape[-1]})",
        )
    batch = np.broadcast_shapes(tuple(A.shape[:-2]), tuple(right.shape[:-2]))
    pair = (one if tuple(one.shape[:-2]) == batch else one.expand((*batch, *one.shape[-2:])) for one in (A, right))
    solution = Solve.apply(*pair)
    result: Tensor = solution.squeeze(-1) if vector else solution
    return result


def solve_triangular(input: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """X with `input` X = B, or X `input` = B, of which one triangle of `input` is read."""
    check_matrix("linalg.solve_triangular", input, square=True)
    check_pair("linalg.solve_triangular", input, B)
    triangle = input.triu() if upper else input.tril()
    if unitriangular:
        eye = as_tensor(tensor_of(np.eye(input.shape[-1], dtype=input.dtype.name)))
        triangle = triangle - diag_embed(diagonal_of(triangle, 0, -2, -1)) + eye
    return solve(triangle, B, left=left)


def info_of(A: Any, failed: Any) -> Any:
    """The numbers that tell success from failure, one to a matrix."""
    return as_tensor(tensor_of(np.asarray(failed, np.int32).reshape(tuple(A.shape[:-2]))))


def called(name: str, error: LinAlgError) -> Exception:
    """`error`, in which another function of torch.linalg says its own name, in that of `name`."""
    return invalid(LinAlgError, f"linalg.{name}:{str(error).partition(':')[2]}")


def inv_ex(A: Any, *, check_errors: bool = False) -> Any:
    """(inverse, info): info is not 0 where a matrix is singular, and the inverse then holds infinities."""
    check_matrix("linalg.inv_ex", A, square=True)
    try:
        return InvEx(inv(A), info_of(A, np.zeros(A.shape[:-2])))
    except LinAlgError as error:
        if check_errors:
            raise called("inv_ex", error) from error
        singular = np.linalg.matrix_rank(host(A)) < A.shape[-1]
        return InvEx(as_tensor(tensor_of(np.full(tuple(A.shape), np.inf, A.dtype.name))), info_of(A, singular * A.shape[-1]))


def cholesky_ex(input: Any, *, upper: bool = False, check_errors: bool = False) -> Any:
    """(L, info): info is not 0 where a matrix is not positive-definite."""
    try:
        return CholeskyEx(cholesky(input, upper=upper), info_of(input, np.zeros(input.shape[:-2])))
    except LinAlgError as error:
        if check_errors:
            raise called("cholesky_ex", error) from error
        array = host(input)
        failed = [next((at for at in range(1, one.shape[0] + 1) if np.linalg.det(one[:at, :at]) <= 0), 0) for one in
                  array.reshape(-1, *array.shape[-2:])]  # fmt: skip
        return CholeskyEx(as_tensor(tensor_of(np.tril(array))), info_of(input, failed))


def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> Any:
    """(result, info): info is not 0 where a matrix is singular."""
    try:
        return SolveEx(solve(A, B, left=left), info_of(A, np.zeros(A.shape[:-2])))
    except LinAlgError as error:
        if check_errors:
            raise called("solve_ex", error) from error
        singular = np.linalg.matrix_rank(host(A)) < A.shape[-1]
        return SolveEx(as_tensor(tensor_of(np.full(tuple(B.shape), np.inf, B.dtype.name))), info_of(A, singular * A.shape[-1]))


def tolerance(values: Any, shape: Any, dtype: Any, atol: Any, rtol: Any) -> Any:
    """Below which a singular value counts as 0, of each matrix."""
    absolute = 0.0 if atol is None else host(atol) if is_tensor(atol) else atol
    if rtol is None:
        relative = 0.0 if atol is not None and np.all(np.asarray(absolute) > 0) else max(shape[-2:]) * np.finfo(dtype.name).eps
    else:
        relative = host(rtol) if is_tensor(rtol) else rtol
    largest = values.max(-1) if values.shape[-1] else np.zeros(values.shape[:-1])
    return np.maximum(absolute, relative * largest)


def matrix_rank(input: Any, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """How many singular values are above the tolerance, as int64."""
    check_matrix("linalg.matrix_rank", input)
    values = np.abs(np.linalg.eigvalsh(host(input))) if hermitian else np.linalg.svd(host(input), compute_uv=False)
    if tol is not None:
        limit = np.asarray(host(tol) if is_tensor(tol) else tol)
    else:
        limit = np.asarray(tolerance(values, input.shape, input.dtype, atol, rtol))
    found: Tensor = as_tensor(tensor_of((values > limit[..., None]).sum(-1).astype(np.int64)))
    return found


def pinv_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    (array, *_), (inverse,), (gradient,) = inputs, outputs, gradients
    turned, of_turned = adjoint(inverse), adjoint(gradient)
    left = np.eye(array.shape[-2]) - array @ inverse
    right = np.eye(array.shape[-1]) - inverse @ array
    found = -turned @ gradient @ turned + left @ of_turned @ inverse @ turned + turned @ inverse @ of_turned @ right
    return (found,)


def pinv_recorded(inputs: Any, outputs: Any, gradients: Any) -> Any:
    (array, *_), (inverse,), (gradient,) = inputs, outputs, gradients
    turned, of_turned = inverse.mT, gradient.mT
    left, right = (
        as_tensor(tensor_of(np.eye(product.shape[-1], dtype=product.dtype.name))) - product
        for product in (array @ inverse, inverse @ array)
    )
    found = left @ of_turned @ inverse @ turned + turned @ inverse @ of_turned @ right - turned @ gradient @ turned
    return (found,)


def pseudo_inverse(limit: Any, hermitian: bool) -> Any:
    def forward(array: Any) -> Any:
        left, values, right = np.linalg.svd(array, full_matrices=False, hermitian=hermitian)
        kept = values > np.asarray(limit(values))[..., None]
        scale = np.where(kept, 1 / np.where(kept, values, 1), 0).astype(array.real.dtype)
        return (adjoint(right) * scale[..., None, :]) @ adjoint(left)

    return formula("linalg.pinv", forward, pinv_gradient, pinv_recorded)


def pinv(input: Any, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """The pseudo-inverse; singular values below the tolerance count as 0."""
    check_matrix("linalg.pinv", input, square=hermitian)
    if not input.numel():
        empty: Tensor = input.mT.clone()
        return empty
    relative = rtol if rcond is None else rcond
    function = pseudo_inverse(lambda values: tolerance(values, input.shape, input.dtype, atol, relative), hermitian)
    found: Tensor = function.apply(input)
    return found


def lstsq(input: Any, b: Any, rcond: float | None = None, *, driver: str | None = None) -> Any:
    """(solution, residuals, rank, singular_values) of the least squares problem `input` X = `b`."""
    check_matrix("linalg.lstsq", input)
    check_pair("torch.linalg.lstsq", input, b)
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise invalid(RuntimeError, f"torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), got {driver}")
    vector = input.ndim - 1 == b.ndim
    right = b.unsqueeze(-1) if vector else b
    used = driver or "gelsy"
    solution = matmul(pinv(input, rtol=None if used == "gels" else rcond), right)  # gels takes the matrix to be of full rank
    rank = matrix_rank(input.detach(), rtol=rcond) if used != "gels" else as_tensor(tensor_of(np.zeros(0, np.int64)))
    rows, columns = input.shape[-2:]
    # LAPACK's gelsy has no residuals, and the singular value decompositions only those of matrices of full rank.
    known = used == "gels" or (used != "gelsy" and bool((host(rank) == columns).all()))
    residuals = sum((matmul(input, solution) - right).abs() ** 2, -2) if rows > columns and known else nothing((0,), right, input)
    values = svdvals(input.detach()) if used in ("gelsd", "gelss") else right.new_zeros((0,))
    return LstSq(solution.squeeze(-1) if vector else solution, residuals, rank, values)


def matrix_power(input: Any, n: int) -> Tensor:
    """The n-th power of each matrix by repeated squaring; of the inverse for a negative n."""
    if input.ndim < 2 or input.shape[-1] != input.shape[-2]:
        raise invalid(RuntimeError, "linalg.matrix_power: A must be batches of square matrices")
    if n == 0:
        eye = as_tensor(tensor_of(np.broadcast_to(np.eye(input.shape[-1], dtype=input.dtype.name), tuple(input.shape))))
        identity: Tensor = unmoved(eye, input)
        return identity
    base: Any = inv(input) if n < 0 else input
    found, left = None, abs(n)
    while left:
        if left & 1:
            found = base if found is None else matmul(found, base)
        left >>= 1
        base = matmul(base, base) if left else base
    power: Any = found.clone() if found is input else found
    result: Tensor = power
    return result


def matrix_exp(input: Any) -> Tensor:
    """The exponential of each matrix: a polynomial of the scaled matrix, squared again and again; float16 and bfloat16 in float32."""
    if dtypes.of(input).narrow:
        narrow: Tensor = cast(matrix_exp(cast(input, dtypes.float32)), input.dtype)
        return narrow
    check_matrix("linalg.matrix_exp", input, square=True)
    if not input.numel():
        copied: Tensor = input.clone()
        return copied
    size = float(np.abs(host(input)).sum(-2).max())
    squarings = max(0, math.ceil(math.log2(size)) + 2) if size > 0 else 0
    scaled = input / 2**squarings
    eye = as_tensor(tensor_of(np.broadcast_to(np.eye(input.shape[-1], dtype=input.dtype.name), tuple(input.shape))))
    found = term = eye
    for order in range(1, 19):
        term = matmul(term, scaled) / order
        found = found + term
    for _ in range(squarings):
        found = matmul(found, found)
    result: Tensor = found
    return result


def cond(input: Any, p: Any = None) -> Tensor:
    """The condition number in a norm, the 2-norm unless told."""
    if p in (None, 2, -2):
        values = svdvals(input)
        ratio: Tensor = values[..., 0] / values[..., -1] if p != -2 else values[..., -1] / values[..., 0]
        return ratio
    product: Tensor = linalg_norm(input, p, (-2, -1)) * linalg_norm(inv(input), p, (-2, -1))
    return product


def triangular(L: Any, upper: bool) -> Any:
    """The triangle of L, or L itself where nothing else is in it: PyTorch's gradient does not leave out the other half."""
    triangle = L.triu() if upper else L.tril()
    return L if np.array_equal(host(triangle), host(L)) else triangle


def cholesky_solve(input: Any, input2: Any, upper: bool = False) -> Tensor:
    """X with L Lᴴ X = `input`, or Uᴴ U X = `input`; L, or U, is `input2`."""
    factor = triangular(input2, upper)
    return solve(matmul(factor.mH, factor) if upper else matmul(factor, factor.mH), input)


def cholesky_inverse(input: Any, upper: bool = False) -> Tensor:
    """The inverse of L Lᴴ, or of Uᴴ U, of which L, or U, is `input`."""
    factor = triangular(input, upper)
    return inv(matmul(factor.mH, factor) if upper else matmul(factor, factor.mH))


def cross(input: Any, other: Any, *, dim: int = -1) -> Tensor:
    """The vector product along `dim`."""
    return vector_product(input, other, dim)


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The diagonal of each matrix, a view."""
    return diagonal_of(A, offset, dim1, dim2)


def vander(x: Any, *, N: int | None = None) -> Tensor:
    """The powers of the last dimension's elements, ascending."""
    x = x if x.ndim else x.reshape(1)
    return powers(x, x.shape[-1] if N is None else N, True)


def vecdot(x: Any, y: Any, *, dim: int = -1) -> Tensor:
    """The sums of products along `dim`, the first factor conjugated; RuntimeError for integers and for two dtypes."""
    if x.dtype.category < dtypes.FLOAT:
        raise invalid(RuntimeError, f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {x.dtype.tensor_type}")
    if x.dtype != y.dtype:
        raise invalid(
            RuntimeError,
            f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {x.dtype.tensor_type} and y of type "
            f"{y.dtype.tensor_type} instead",
        )
    return sum(x.conj() * y, dim)


def tensorinv(input: Any, ind: int = 2) -> Tensor:
    """The inverse of the map from the last dimensions to the first `ind`."""
    if ind <= 0:
        raise invalid(RuntimeError, "Expected a strictly positive integer for 'ind'")
    rows, columns = tuple(input.shape[:ind]), tuple(input.shape[ind:])
    if math.prod(rows) != math.prod(columns):
        raise invalid(
            RuntimeError,
            f"Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {math.prod(columns)} != {math.prod(rows)}",
        )
    found: Tensor = inv(input.reshape(math.prod(rows), -1)).reshape((*columns, *rows))
    return found


def tensorsolve(input: Any, other: Any, dims: Any = None) -> Tensor:
    """X with tensordot(input, X, X.ndim) = other."""
    moved = input if dims is None else input.movedim(tuple(dims), tuple(range(input.ndim - len(dims), input.ndim)))
    shape = tuple(moved.shape[other.ndim :])
    if math.prod(shape) != other.numel():
        raise invalid(
            RuntimeError, "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim])"
        )
    found: Tensor = solve(moved.reshape(other.numel(), -1), other.reshape(-1)).reshape(shape)
    return found


def legacy_svd(input: Any, some: bool = True, compute_uv: bool = True) -> Any:
    """(U, S, V) with A = U diag(S) Vᴴ."""
    if not compute_uv:
        values = svdvals(input)
        rows, columns = input.shape[-2:]
        return LegacySVD(input.new_zeros((*input.shape[:-2], rows, rows)), values, input.new_zeros((*input.shape[:-2], columns, columns)))
    left, values, right = svd(input, not some)
    return LegacySVD(left, values, right.mH)


def legacy_qr(input: Any, some: bool = True) -> Any:
    """(Q, R), reduced or complete."""
    return qr(input, "reduced" if some else "complete")


def pinverse(input: Any, rcond: float = 1e-15) -> Tensor:
    return pinv(input, rcond)


def legacy_cholesky(input: Any, upper: bool = False) -> Tensor:
    return cholesky(input, upper=upper)
