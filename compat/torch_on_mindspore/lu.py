"""The factorizations A = P L U and A = L D Lᴴ, and the systems of equations solved by them.

The factors are computed on the host; the gradient of LU is a formula, and what rests on LU is composed of operations.
"""

from __future__ import annotations

from collections import namedtuple
from types import SimpleNamespace
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, lapack
from compat.torch_on_mindspore.diagonals import tril, triu
from compat.torch_on_mindspore.factorizations import adjoint, check_matrix, formula, tensor_of
from compat.torch_on_mindspore.linear_algebra import solve, solve_triangular
from compat.torch_on_mindspore.products import matmul
from compat.torch_on_mindspore.rearranging import adjoint as conjugate_transpose
from compat.torch_on_mindspore.shaping import cat, first
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, host

LU: Any = namedtuple("linalg_lu", "P L U")  # type: ignore[name-match]
LUFactor: Any = namedtuple("linalg_lu_factor", "LU pivots")  # type: ignore[name-match]
LUFactorEx: Any = namedtuple("linalg_lu_factor_ex", "LU pivots info")  # type: ignore[name-match]
LUWithInfo: Any = namedtuple("_lu_with_info", "LU pivots info")  # type: ignore[name-match]
LUUnpacked: Any = namedtuple("lu_unpack", "P L U")  # type: ignore[name-match]
LDLFactor: Any = namedtuple("linalg_ldl_factor", "LD pivots")  # type: ignore[name-match]
LDLFactorEx: Any = namedtuple("linalg_ldl_factor_ex", "LD pivots info")  # type: ignore[name-match]
TriangularSolve: Any = namedtuple("triangular_solve", "solution cloned_coefficient")  # type: ignore[name-match]

# what the gradient is written in: arrays, or tensors where it is itself recorded
ARRAYS = SimpleNamespace(
    tril=np.tril, triu=np.triu, solve=np.linalg.solve, adjoint=adjoint, join=np.concatenate, matmul=np.matmul, made=lambda array: array
)
TENSORS = SimpleNamespace(
    tril=tril, triu=triu, solve=solve, adjoint=conjugate_transpose, join=cat, matmul=matmul, made=lambda array: as_tensor(tensor_of(array))
)


def permutation(pivots: Any, rows: int) -> Any:
    """P, of float64, with A = P L U, from the exchanged rows; RuntimeError for a row that is not there."""
    if pivots.size and not ((pivots >= 1) & (pivots <= rows)).all():
        raise invalid(RuntimeError, f"pivots must be between 1 and {rows} inclusive, as lu_factor returns them")
    order = np.broadcast_to(np.arange(rows), (*pivots.shape[:-1], rows)).copy()
    for at in np.ndindex(pivots.shape[:-1]):
        for row, other in enumerate(pivots[at] - 1):
            order[at][[row, other]] = order[at][[other, row]]
    return np.swapaxes(np.eye(rows)[order], -1, -2)


# --- the factors ---


def packed_gradient(kind: Any, swapped: Any, packed: Any, gradient: Any) -> Any:
    """The gradient of A from that of L and U in one matrix; what a wide or a tall matrix has past its square follows from that."""
    rows, columns = packed.shape[-2:]
    size = min(rows, columns)
    square = packed[..., :size, :size]
    lower = kind.tril(square, -1) + kind.made(np.eye(size, dtype=str(packed.dtype).rpartition(".")[2]))
    of_square = gradient[..., :size, :size]
    turned, turned_upper = kind.adjoint(lower), kind.adjoint(kind.triu(square))
    below = kind.matmul(turned, kind.tril(of_square, -1))
    above = kind.matmul(kind.triu(of_square), turned_upper)
    if columns > rows:
        below = below - kind.matmul(gradient[..., size:], kind.adjoint(packed[..., size:]))
    if rows > columns:
        above = above - kind.matmul(kind.adjoint(packed[..., size:, :]), gradient[..., size:, :])
    inner = kind.tril(below, -1) + kind.triu(above)
    # X U1ᴴ = inner, then L1ᴴ A1 = X
    found = kind.solve(turned, kind.adjoint(kind.solve(kind.triu(square), kind.adjoint(inner))))
    if columns > rows:
        found = kind.join([found, kind.solve(turned, gradient[..., size:])], -1)
    if rows > columns:
        rest = kind.adjoint(kind.solve(kind.triu(square), kind.adjoint(gradient[..., size:, :])))
        found = kind.join([found, rest], -2)
    return kind.matmul(kind.made(swapped), found)


def factored(name: str, A: Any, pivot: bool) -> tuple[Any, Any, Any]:
    """(LU, pivots, info); only LU has a gradient."""
    lapack.check_kind(name, "lu_cpu", A)
    if not pivot:
        raise invalid(RuntimeError, "linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    packed, pivots, info = lapack.lu(host(A))
    swapped = permutation(pivots, A.shape[-2]).astype(packed.dtype)
    kind: Any = formula(
        "linalg.lu_factor",
        lambda array: packed,
        lambda inputs, outputs, gradients: (packed_gradient(ARRAYS, swapped, outputs[0], gradients[0]) if packed.size else packed,),
        lambda inputs, outputs, gradients: (packed_gradient(TENSORS, swapped, outputs[0], gradients[0]) if packed.size else inputs[0] * 0,),
    )
    return kind.apply(A), as_tensor(tensor_of(pivots)), as_tensor(tensor_of(info))


def check_info(name: str, info: Any) -> None:
    """RuntimeError where U of one of the matrices has a 0 on its diagonal."""
    failed = host(info)
    if failed.any():
        at = int(np.flatnonzero(failed)[0])
        place = f"(Batch element {at}): " if failed.ndim else ""
        diagonal = failed.reshape(-1)[at]
        raise invalid(
            RuntimeError,
            f"{name}: {place}U[{diagonal},{diagonal}] is zero and using it on lu_solve would result in a division by zero; "
            "linalg.lu and linalg.lu_factor_ex do not raise",
        )


def lu_factor_ex(A: Any, *, pivot: bool = True, check_errors: bool = False) -> Any:
    """(LU, pivots, info) of each matrix: L and U in one, without L's diagonal of ones; info is not 0 where U can't be divided by."""
    found = LUFactorEx(*factored("torch.lu_factor", A, pivot))
    if check_errors:
        check_info("torch.linalg.lu_factor_ex", found.info)
    return found


def lu_factor(A: Any, *, pivot: bool = True) -> Any:
    """(LU, pivots) of each matrix, L and U in one; RuntimeError where U can't be divided by."""
    packed, pivots, info = factored("torch.lu_factor", A, pivot)
    check_info("torch.linalg.lu_factor", info)
    return LUFactor(packed, pivots)


def legacy_lu(A: Any, pivot: bool = True, get_infos: bool = False) -> Any:
    """(LU, pivots), or with `get_infos` (LU, pivots, info), which then raises nothing."""
    found = LUWithInfo(*factored("torch.lu_factor", A, pivot))
    if get_infos:
        return found
    check_info("torch.linalg.lu_factor_ex", found.info)
    return tuple(found[:2])


def lu_method(self: Any, pivot: bool = True, get_infos: bool = False) -> Any:
    """As `torch.lu`, always a plain tuple."""
    return tuple(legacy_lu(self, pivot, get_infos))


def triangles(packed: Any) -> tuple[Any, Any]:
    """(L, U) of L and U in one."""
    rows, columns = packed.shape[-2:]
    size = min(rows, columns)
    lower = tril(first(packed, size, -1), -1) + as_tensor(tensor_of(np.eye(rows, size, dtype=packed.dtype.name)))
    return lower, triu(first(packed, size, -2))


def lu(A: Any, *, pivot: bool = True) -> Any:
    """(P, L, U) with A = P L U of each matrix."""
    packed, pivots, _ = factored("torch.lu_factor", A, pivot)
    return LU(exchange(packed, pivots), *triangles(packed))


def exchange(packed: Any, pivots: Any) -> Any:
    return as_tensor(tensor_of(permutation(host(pivots), packed.shape[-2]).astype(packed.dtype.name)))


def lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True) -> Any:
    """(P, L, U) from L and U in one and the exchanged rows; what is not asked for is empty."""
    if unpack_pivots and LU_pivots.dtype != dtypes.int32:
        raise invalid(RuntimeError, "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.")
    if LU_data.ndim < 2:
        raise invalid(RuntimeError, f"torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: {list(LU_data.shape)} instead")
    empty = LU_data.new_zeros((0,))
    swapped = exchange(LU_data, LU_pivots) if unpack_pivots else empty
    return LUUnpacked(swapped, *(triangles(LU_data) if unpack_data else (empty, empty.clone())))


# --- solving ---


def lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """X with A X = B, or X A = B, or with Aᴴ for A, from `lu_factor(A)`; LinAlgError when U can't be divided by."""
    check_matrix("linalg.lu_solve", LU, square=True)
    lapack.check_pivots("linalg.lu_solve", pivots)
    lapack.check_same_dtype("linalg.lu_solve", LU=LU, B=B)
    if B.ndim < 2:
        raise invalid(RuntimeError, "linalg.lu_solve: The input tensor B must have at least 2 dimensions.")
    if tuple(pivots.shape) != tuple(LU.shape[:-1]):
        raise invalid(RuntimeError, "linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix")
    if not left:
        turned: Tensor = lu_solve(LU, pivots, B.mH, adjoint=not adjoint).mH
        return turned
    lower, upper = triangles(LU)
    swapped = exchange(LU, pivots)
    if adjoint:
        return matmul(swapped, solve_triangular(lower.mH, solve_triangular(upper.mH, B, upper=False), upper=True))
    if B.shape[-2] != LU.shape[-1]:
        raise invalid(
            RuntimeError,
            f"linalg.lu_solve: Incompatible shapes of A and B for the equation AX = B ({LU.shape[-2]}x{LU.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})",
        )
    return solve_triangular(upper, solve_triangular(lower, matmul(swapped.mT, B), upper=False), upper=True)


def legacy_lu_solve(input: Any, LU_data: Any, LU_pivots: Any) -> Tensor:
    """X with A X = `input`."""
    return lu_solve(LU_data, LU_pivots, input)


def triangular_solve(input: Any, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False) -> Any:
    """(X, A) with A X = `input`, or Aᵀ X = `input`, of which one triangle of A is read."""
    for letter, one in (("b", input), ("A", A)):
        if one.ndim < 2:
            raise invalid(
                RuntimeError,
                f"torch.triangular_solve: Expected {letter} to have at least 2 dimensions, but it has {one.ndim} dimensions instead",
            )
    lapack.check_kind("triangular_solve", "triangular_solve_cpu", A)
    check_matrix("triangular_solve", A, square=True)
    lapack.check_same_dtype("triangular_solve", b=input, A=A)
    if A.shape[-1] != input.shape[-2]:
        raise invalid(
            RuntimeError,
            f"Incompatible matrix sizes for triangular_solve: each A matrix is {A.shape[-1]} by {A.shape[-1]} but each b matrix is "
            f"{input.shape[-2]} by {input.shape[-1]}",
        )
    batch = np.broadcast_shapes(tuple(A.shape[:-2]), tuple(input.shape[:-2]))
    whole = A.expand((*batch, *A.shape[-2:]))
    used, above = (whole.mT, not upper) if transpose else (whole, upper)
    right = input.expand((*batch, *input.shape[-2:]))
    return TriangularSolve(solve_triangular(used, right, upper=above, unitriangular=unitriangular), whole.clone())


# --- A = L D Lᴴ ---


def ldl_factor_ex(input: Any, *, hermitian: bool = False, check_errors: bool = False) -> Any:
    """(LD, pivots, info) of each symmetric, or Hermitian, matrix, in LAPACK's form; like PyTorch's, without a gradient."""
    check_matrix("torch.linalg.ldl_factor_ex", input, square=True)
    packed, pivots, info = lapack.ldl(host(input), hermitian)
    if check_errors and info.any():
        raise invalid(RuntimeError, f"torch.linalg.ldl_factor_ex: D has a zero on its diagonal: {info.tolist()}")
    factors = lapack.without_gradient("linalg_ldl_factor_ex", lambda array: packed, RuntimeError, input)
    return LDLFactorEx(factors, as_tensor(tensor_of(pivots)), as_tensor(tensor_of(info)))


def ldl_factor(input: Any, *, hermitian: bool = False) -> Any:
    """(LD, pivots) of each symmetric, or Hermitian, matrix; RuntimeError where D can't be divided by."""
    return LDLFactor(*ldl_factor_ex(input, hermitian=hermitian, check_errors=True)[:2])


def ldl_solve(LD: Any, pivots: Any, B: Any, *, hermitian: bool = False) -> Tensor:
    """X with A X = B from `ldl_factor(A)`; like PyTorch's, without a gradient."""
    check_matrix("torch.linalg.ldl_solve", LD, square=True)
    if B.ndim < 2:
        raise invalid(IndexError, "torch.linalg.ldl_solve: Expected B to have at least 2 dimensions")
    lapack.check_same_dtype("torch.linalg.ldl_solve", LD=LD, B=B)
    if pivots.dtype.category != dtypes.int32.category:
        raise invalid(RuntimeError, "torch.linalg.ldl_solve: Expected pivots to be integers.")
    if tuple(pivots.shape) != tuple(LD.shape[:-1]) or B.shape[-2] != LD.shape[-1]:
        raise invalid(RuntimeError, "torch.linalg.ldl_solve: Expected LD, pivots and B of the same number of rows")
    places = host(pivots).astype(np.int32)

    def solution(packed: Any, right: Any) -> Any:
        batch = np.broadcast_shapes(packed.shape[:-2], right.shape[:-2])
        spread = [np.broadcast_to(one, (*batch, *one.shape[one.ndim - kept :])) for one, kept in ((packed, 2), (places, 1), (right, 2))]
        return lapack.ldl_solution(spread[0], spread[1], spread[2], hermitian)

    found: Tensor = lapack.without_gradient("linalg_ldl_solve", solution, RuntimeError, LD, B)
    return found
