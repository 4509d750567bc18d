"""Eigenvalues and singular values, computed on the host by LAPACK through NumPy, with their gradients."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import complexes
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.factorizations import adjoint, check_matrix, formula, real_like, tensor_of
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

ops = mindspore.ops

SVD: Any = namedtuple("linalg_svd", "U S Vh")  # type: ignore[name-match]
Eigh: Any = namedtuple("linalg_eigh", "eigenvalues eigenvectors")  # type: ignore[name-match]
Eig: Any = namedtuple("linalg_eig", "eigenvalues eigenvectors")  # type: ignore[name-match]


def gaps(values: Any) -> Any:
    """1 / (value of the column - value of the row), and 0 on the diagonal."""
    spread = values[..., None, :] - values[..., :, None]
    diagonal = np.arange(values.shape[-1])
    spread[..., diagonal, diagonal] = np.inf
    return 1 / spread


def eigh_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    (values, vectors), (of_values, of_vectors) = outputs, gradients
    inner = (adjoint(vectors) @ of_vectors) * gaps(values)
    diagonal = np.arange(values.shape[-1])
    inner[..., diagonal, diagonal] += of_values
    found = vectors @ inner @ adjoint(vectors)
    return ((found + adjoint(found)) / 2,)


def eigh_recorded(inputs: Any, outputs: Any, gradients: Any) -> Any:
    (values, vectors), (of_values, of_vectors) = outputs, gradients
    diagonal = as_tensor(tensor_of(np.eye(values.shape[-1], dtype=values.dtype.name)))
    spread = values[..., None, :] - values[..., :, None] + diagonal
    inner = vectors.mT @ of_vectors * (1 - diagonal) / spread + of_values[..., None, :] * diagonal
    found = vectors @ inner @ vectors.mT
    return ((found + found.mT) / 2,)


SYMMETRIC = {
    side: formula("linalg.eigh", lambda array, side=side: tuple(np.linalg.eigh(array, side)), eigh_gradient, eigh_recorded) for side in "LU"
}


def side_of(name: str, UPLO: str) -> str:
    if UPLO.upper() not in ("L", "U"):
        raise invalid(RuntimeError, f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return UPLO.upper()


def eigh(input: Any, UPLO: str = "L") -> Any:
    """(eigenvalues, eigenvectors) of each symmetric or Hermitian matrix, ascending."""
    check_matrix("linalg.eigh", input, square=True)
    return Eigh(*SYMMETRIC[side_of("linalg.eigh", UPLO)].apply(input))


def eigvalsh(input: Any, UPLO: str = "L") -> Tensor:
    """The eigenvalues of each symmetric or Hermitian matrix, ascending."""
    found: Tensor = eigh(input, UPLO).eigenvalues
    return found


def eig_forward(array: Any) -> Any:
    values, vectors = np.linalg.eig(array)
    kind = np.complex128 if array.dtype in (np.float64, np.complex128) else np.complex64
    return values.astype(kind), vectors.astype(kind)


def eig_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    (values, vectors), (of_values, of_vectors) = outputs, gradients
    turned = adjoint(vectors) @ of_vectors
    diagonal = np.arange(values.shape[-1])
    # The length of an eigenvector is fixed.
    inner = turned - (adjoint(vectors) @ vectors) * np.real(turned[..., diagonal, diagonal])[..., None, :]
    inner = inner * np.conj(gaps(values))
    inner[..., diagonal, diagonal] = of_values
    return (real_like(np.linalg.solve(adjoint(vectors), inner @ adjoint(vectors)), inputs[0]),)


General = formula("linalg.eig", eig_forward, eig_gradient)


def eig(input: Any) -> Any:
    """(eigenvalues, eigenvectors) of each square matrix, complex."""
    check_matrix("linalg.eig", input, square=True)
    return general(input)


def general(input: Any) -> Any:
    if not input.numel():
        return Eig(*(complexes.NoComplex.apply(input, input, tuple(shape)) for shape in (input.shape[:-1], input.shape)))
    return Eig(*General.apply(input))


def eigvals(input: Any) -> Tensor:
    """The eigenvalues of each square matrix, complex."""
    check_matrix("linalg.eigvals", input, square=True)
    found: Tensor = general(input).eigenvalues
    return found


def svd_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    (left, values, right), (of_left, of_values, of_right) = outputs, gradients
    rows, columns = inputs[0].shape[-2:]
    vectors, of_vectors = adjoint(right), adjoint(of_right)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = (values[..., None, :] - values[..., :, None]) * (values[..., None, :] + values[..., :, None])
        diagonal = np.arange(values.shape[-1])
        spread[..., diagonal, diagonal] = np.inf
        first, second = adjoint(left) @ of_left, adjoint(vectors) @ of_vectors
        skew, other = (first - adjoint(first)) / spread, (second - adjoint(second)) / spread
        size = values[..., None, :]
        inner = skew * size + np.swapaxes(size, -1, -2) * other
        inner[..., diagonal, diagonal] += of_values
        if inputs[0].dtype.kind == "c":
            inner[..., diagonal, diagonal] += 1j * np.imag(first[..., diagonal, diagonal]) / values
        found = left @ inner @ right
        if rows > values.shape[-1] and of_left.any():
            share = (of_left / size) @ right
            found = found + share - left @ (adjoint(left) @ share)
        if columns > values.shape[-1] and of_vectors.any():
            share = (left / size) @ adjoint(of_vectors)
            found = found + share - (share @ vectors) @ right
    return (found,)


Singular = formula("linalg.svd", lambda array: tuple(np.linalg.svd(array, full_matrices=False)), svd_gradient)


def svd_values_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    left, _, right = np.linalg.svd(inputs[0], full_matrices=False)
    return ((left * gradients[0][..., None, :]) @ right,)


def svd_values_recorded(inputs: Any, outputs: Any, gradients: Any) -> Any:
    left, _, right = Singular.apply(inputs[0])
    return (left * gradients[0][..., None, :] @ right,)


SingularValues = formula("linalg.svdvals", lambda array: np.linalg.svd(array, compute_uv=False), svd_values_gradient, svd_values_recorded)


def full_svd_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    """Like PyTorch's, it leaves out the vectors past the singular values, which are not unique."""

    def reduced(left: Any, values: Any, right: Any) -> Any:
        count = values.shape[-1]
        return left[..., :count], values, right[..., :count, :]

    return svd_gradient(inputs, reduced(*outputs), reduced(*gradients))


SingularFull = formula("linalg.svd", lambda array: tuple(np.linalg.svd(array)), full_svd_gradient)


def check_driver(driver: Any) -> None:
    if driver is not None:
        raise invalid(RuntimeError, "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.")


def svd(A: Any, full_matrices: bool = True, *, driver: Any = None) -> Any:
    """(U, S, Vh) with A = U diag(S) Vh; RuntimeError for a `driver`, which is CUDA's."""
    check_matrix("linalg.svd", A)
    check_driver(driver)
    full = full_matrices and A.shape[-1] != A.shape[-2]
    return SVD(*(SingularFull if full else Singular).apply(A))


def svdvals(A: Any, *, driver: Any = None) -> Tensor:
    """The singular values of each matrix, descending; RuntimeError for a `driver`, which is CUDA's."""
    check_matrix("linalg.svdvals", A)
    check_driver(driver)
    found: Tensor = SingularValues.apply(A)
    return found
