"""LAPACK's routines on the host, through SciPy, which MindSpore itself depends on; NumPy has no functions for these."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.factorizations import check_matrix, formula

KINDS = (dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128)


def routine(name: str, array: Any) -> Any:
    """The routine `name`, such as "getrf", for the dtype of the array."""
    (found,) = importlib.import_module("scipy.linalg").get_lapack_funcs((name,), (array,))
    return found


def lu(array: Any) -> tuple[Any, Any, Any]:
    """(LU, pivots, info) of each matrix: both factors in one, the exchanged rows counted from 1, and where U has a 0, or 0."""
    packed, batch = array.copy(), array.shape[:-2]
    pivots = np.zeros((*batch, min(array.shape[-2:])), np.int32)
    info = np.zeros(batch, np.int32)
    if array.size:
        getrf = routine("getrf", array)
        for at in np.ndindex(batch):
            packed[at], exchanged, info[at] = getrf(array[at])
            pivots[at] = exchanged + 1
    return packed, pivots, info


def ldl(array: Any, hermitian: bool) -> tuple[Any, Any, Any]:
    """(LD, pivots, info) of each symmetric, or Hermitian, matrix, of which the lower triangle is read; the upper one is 0."""
    packed, batch = np.tril(array), array.shape[:-2]
    pivots = np.zeros(array.shape[:-1], np.int32)
    info = np.zeros(batch, np.int32)
    if array.size:
        factor = routine("hetrf" if hermitian and array.dtype.kind == "c" else "sytrf", array)
        for at in np.ndindex(batch):
            found, pivots[at], info[at] = factor(array[at], lower=1)
            packed[at] = np.tril(found)
    return packed, pivots, info


def ldl_solution(packed: Any, pivots: Any, right: Any, hermitian: bool) -> Any:
    """X with A X = B from the factors of A; the batches are equal."""
    found = right.copy()
    if right.size:
        solve = routine("hetrs" if hermitian and packed.dtype.kind == "c" else "sytrs", packed)
        for at in np.ndindex(packed.shape[:-2]):
            found[at], _ = solve(packed[at], pivots[at], right[at], lower=1)
    return found


def qr(array: Any) -> tuple[Any, Any]:
    """(a, tau) of each matrix: R above the vectors of the reflections, and their factors."""
    packed, batch = array.copy(), array.shape[:-2]
    factors = np.zeros((*batch, min(array.shape[-2:])), array.dtype)
    if array.size:
        geqrf = routine("geqrf", array)
        for at in np.ndindex(batch):
            packed[at], factors[at], _, _ = geqrf(array[at])
    return packed, factors


def without_gradient(name: str, forward: Callable[..., Any], kind: type[Exception], *tensors: Any) -> Any:
    """`forward` of the arrays; its results require grad like PyTorch's, and asking for the gradient raises `kind`."""

    def refuse(*_: Any) -> Any:
        raise invalid(kind, f"the derivative for '{name}' is not implemented.")

    return formula(name, forward, refuse).apply(*tensors)


def check_same_dtype(name: str, **tensors: Any) -> None:
    """RuntimeError unless all have the dtype of the first."""
    (first, known), *others = tensors.items()
    for other, one in others:
        if one.dtype != known.dtype:
            raise invalid(
                RuntimeError,
                f"{name}: Expected {first} and {other} to have the same dtype, but found {first} of type "
                f"{known.dtype.tensor_type} and {other} of type {one.dtype.tensor_type} instead",
            )


def check_kind(name: str, kernel: str, matrix: Any) -> None:
    """RuntimeError unless it is a batch of matrices, NotImplementedError unless its dtype is one that LAPACK has."""
    if matrix.ndim > 1 and matrix.dtype not in KINDS:
        raise invalid(NotImplementedError, f"\"{kernel}\" not implemented for '{matrix.dtype.tensor_type}'")
    check_matrix(name, matrix)


def check_pivots(name: str, pivots: Any) -> None:
    if pivots.dtype != dtypes.int32:
        raise invalid(RuntimeError, f"{name}: pivots should be a Tensor of scalar type torch.int32")
