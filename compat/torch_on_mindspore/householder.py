"""Products of reflections, the form in which LAPACK has Q of A = Q R, composed of operations that have a gradient."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import lapack
from compat.torch_on_mindspore.diagonals import tril, triu
from compat.torch_on_mindspore.factorizations import tensor_of
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.linear_algebra import solve
from compat.torch_on_mindspore.products import matmul
from compat.torch_on_mindspore.shaping import first
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

GEQRF: Any = namedtuple("geqrf", "a tau")  # type: ignore[name-match]


def geqrf(input: Any) -> Any:
    """(a, tau): R in the upper triangle, the reflections' vectors below it, and their factors; on the host, without a gradient."""
    lapack.check_kind("torch.geqrf", "geqrf_cpu", input)
    return GEQRF(*lapack.without_gradient("geqrf", lapack.qr, NotImplementedError, input))


def reflections(A: Any, tau: Any) -> tuple[Any, Any]:
    """(V, T) with H₁ … Hₖ = I - V T Vᴴ, where Hᵢ = I - τᵢ vᵢ vᵢᴴ and vᵢ is 1 at i and A's column below.

    T = (I + D S)⁻¹ D with D the diagonal of τ and S what of Vᴴ V is above its diagonal.
    """
    rows, count = A.shape[-2], tau.shape[-1]
    vectors = tril(first(A, count, -1), -1) + unit(A, rows, count)
    one = unit(A, count, count)
    factors = tau.unsqueeze(-1)
    inverse = one + factors * triu(matmul(vectors.mH, vectors), 1)
    return vectors, solve(inverse, factors * one)


def unit(like: Any, rows: int, columns: int) -> Any:
    return as_tensor(tensor_of(np.eye(rows, columns, dtype=like.dtype.name)))


def check_reflections(name: str, kernel: str, input: Any, tau: Any) -> None:
    lapack.check_kind(name, kernel, input)
    if tuple(tau.shape[:-1]) != tuple(input.shape[:-2]) or not tau.ndim:
        raise invalid(
            RuntimeError,
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2] = {list(input.shape[:-2])}, but got {list(tau.shape[:-1])}",
        )
    if tau.dtype != input.dtype:
        raise invalid(RuntimeError, f"{name}: tau dtype {tau.dtype.tensor_type} does not match input dtype {input.dtype.tensor_type}")


class NoReflections(Function):
    """A product of none: like PyTorch's, it depends on A and τ, with a gradient of None."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, A: Any, tau: Any, other: Any) -> Any:
        return other.clone()

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return None, None, gradient


def householder_product(input: Any, tau: Any) -> Tensor:
    """The first columns of H₁ … Hₖ, as many as `input` has."""
    name = "torch.linalg.householder_product"
    if input.ndim > 1 and input.shape[-2] < input.shape[-1]:
        raise invalid(RuntimeError, f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if tau.ndim and input.shape[-1] < tau.shape[-1]:
        raise invalid(RuntimeError, f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    check_reflections(name, "orgqr_cpu", input, tau)
    found: Tensor = reflected(input, tau, unit(input, *input.shape[-2:]))
    return found


def orgqr(input: Any, input2: Any) -> Tensor:
    """The first columns of H₁ … Hₖ, as many as `input` has; `input2` is τ."""
    return householder_product(input, input2)


def reflected(A: Any, tau: Any, other: Any, transpose: bool = False) -> Any:
    """H₁ … Hₖ, or its adjoint, times `other`."""
    if not (A.numel() and tau.numel()):
        return NoReflections.apply(A, tau, other)
    vectors, inner = reflections(A, tau)
    moved = matmul(vectors, matmul(inner.mH if transpose else inner, matmul(vectors.mH, other)))
    return other - moved


def ormqr(input: Any, input2: Any, input3: Any, left: bool = True, transpose: bool = False) -> Tensor:
    """Q `input3`, or `input3` Q, or with Qᴴ for Q, where Q = H₁ … Hₖ is square; `input2` is τ."""
    tau, other = input2, input3
    check_reflections("torch.ormqr", "ormqr_cpu", input, tau)
    if other.ndim < 2 or tuple(other.shape[:-2]) != tuple(input.shape[:-2]):
        raise invalid(RuntimeError, "torch.ormqr: batch dimensions of other must be equal to those of input")
    if other.dtype != input.dtype:
        raise invalid(
            RuntimeError,
            f"torch.ormqr: Expected input and other to have the same dtype, but got {input.dtype.tensor_type} and {other.dtype.tensor_type}",
        )
    side = -2 if left else -1
    if tau.shape[-1] != min(other.shape[side], input.shape[-1]):
        raise invalid(RuntimeError, f"torch.ormqr: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1])")
    if other.shape[side] != input.shape[-2]:
        raise invalid(RuntimeError, f"torch.ormqr: other.shape[{side}] must be equal to input.shape[-2]")
    found: Tensor = reflected(input, tau, other, transpose) if left else reflected(input, tau, other.mH, not transpose).mH
    return found
