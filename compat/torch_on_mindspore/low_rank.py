"""Singular values and principal components of matrices of low rank, by a random basis of their range (Halko et al. 2009)."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, random
from compat.torch_on_mindspore.factorizations import qr, tensor_of
from compat.torch_on_mindspore.products import matmul
from compat.torch_on_mindspore.reductions import mean
from compat.torch_on_mindspore.spectra import svd
from compat.torch_on_mindspore.tensor import as_tensor, host


def normal_numbers(shape: tuple[int, int], kind: Any) -> Any:
    """Numbers of variance 1 from PyTorch's stream; of a complex one, both parts have half of it."""
    if kind.category != dtypes.COMPLEX:
        return as_tensor(random.normal_numbers(shape, kind, 0.0, 1.0, None))
    real = dtypes.float64 if kind == dtypes.complex128 else dtypes.float32
    parts = host(random.normal_numbers((*shape, 2), real, 0.0, 0.5**0.5, None))
    return as_tensor(tensor_of(parts.view(kind.name).squeeze(-1)))


def basis(A: Any, q: int, niter: int) -> Any:
    """Orthonormal columns that nearly span what A maps to, from PyTorch's stream of random numbers; `niter` refines them."""
    found = qr(matmul(A, normal_numbers((A.shape[-1], q), A.dtype))).Q
    for _ in range(niter):
        found = qr(matmul(A.mH, found)).Q
        found = qr(matmul(A, found)).Q
    return found


def svd_lowrank(A: Any, q: int | None = 6, niter: int | None = 2, M: Any = None) -> tuple[Any, Any, Any]:
    """(U, S, V) with A - M ≈ U diag(S) Vᴴ of rank `q`, a little more than that of A; `M` is broadcast."""
    if A.ndim < 2:
        raise invalid(ValueError, f"svd_lowrank: A must have at least 2 dimensions, but has {A.ndim}")
    if A.dtype.category < dtypes.FLOAT:
        raise invalid(RuntimeError, f"expected m1 and m2 to have the same dtype, but got: {dtypes.c_name(A)} != float")
    shifted = A if M is None else A - M.broadcast_to(tuple(A.shape))
    wide = A.shape[-2] < A.shape[-1]
    tall = shifted.mH if wide else shifted
    columns = basis(tall, 6 if q is None else q, 2 if niter is None else niter)
    left, values, right = svd(matmul(columns.mH, tall), False)
    left, right = matmul(columns, left), right.mH
    return (right, values, left) if wide else (left, values, right)


def pca_lowrank(A: Any, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Any, Any, Any]:
    """(U, S, V): of the columns less their means, unless not to `center`, V are the principal directions, at most `q`."""
    most = min(A.shape[-2:])
    if q is None:
        q = min(6, most)
    elif not 0 <= q <= most:
        raise invalid(ValueError, f"q(={q}) must be non-negative integer and not greater than min(m, n)={most}")
    if niter < 0:
        raise invalid(ValueError, f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - mean(A, -2, keepdim=True) if center else A, q, niter)
