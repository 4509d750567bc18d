"""Factorizations of matrices, computed on the host by LAPACK through NumPy, with their gradients.

MindSpore's own kernels for these end the process on an empty matrix, or have a wrong gradient or none.
"""

from __future__ import annotations

import importlib
import math
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, host

ops = mindspore.ops

QR: Any = namedtuple("linalg_qr", "Q R")  # type: ignore[name-match]


class _LinAlgError(RuntimeError):
    """A matrix for which the operation has no result."""


LinAlgError = _LinAlgError  # which is also how `torch.linalg.LinAlgError` calls itself


def tensor_of(array: Any) -> Any:
    return mindspore.Tensor(np.asarray(array, order="C"))


def check_matrix(name: str, *matrices: Any, square: bool = False) -> None:
    """RuntimeError unless each is a batch of matrices, square ones where told, of floating-point or complex dtype."""
    for one in matrices:
        if one.ndim < 2:
            raise invalid(RuntimeError, f"{name}: The input tensor A must have at least 2 dimensions.")
        if square and one.shape[-1] != one.shape[-2]:
            raise invalid(
                RuntimeError, f"{name}: A must be batches of square matrices, but they are {one.shape[-2]} by {one.shape[-1]} matrices"
            )
        if one.dtype not in (dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128):
            wanted = (
                "Expected a floating point or complex tensor as input."
                if one.dtype.category < dtypes.FLOAT
                else "Low precision dtypes not supported."
            )
            raise invalid(RuntimeError, f"{name}: {wanted} Got {one.dtype.tensor_type}")


def adjoint(array: Any) -> Any:
    return np.conj(np.swapaxes(array, -1, -2))


def computed(name: str, function: Callable[..., Any], *arrays: Any) -> Any:
    """`function` of the arrays; LinAlgError, in PyTorch's words as far as NumPy tells, where there is no result."""
    try:
        return function(*arrays)
    except np.linalg.LinAlgError as error:
        raise invalid(LinAlgError, f"{name}: {MISSING.get(name, str(error))}") from error


MISSING = {
    "linalg.inv": "The diagonal element is zero, the inversion could not be completed because the input matrix is singular.",
    "linalg.solve": "The solver failed because the input matrix is singular.",
    "linalg.cholesky": "The factorization could not be completed because the input is not positive-definite.",
}


def formula(
    name: str, forward: Callable[..., Any], backward: Callable[..., Any], recorded: Callable[..., Any] | None = None
) -> type[Function]:
    """An operation on arrays as a Function.

    `forward(*arrays)` returns arrays; `backward(inputs, outputs, gradients)` returns the gradients of the inputs, with
    gradients that are None given as zeros. `recorded` is the same on tensors, in operations that can be differentiated again, where
    that is known; of complex numbers it is not.
    """

    def run(ctx: Any, *tensors: Any) -> Any:
        ctx.twice_differentiable = recorded is not None and not any(one.dtype.category == dtypes.COMPLEX for one in tensors)
        ctx.save_for_backward(*tensors)
        arrays = [host(one) for one in tensors]
        found = computed(name, forward, *arrays)
        single = not isinstance(found, tuple)
        ctx.known = arrays, (found,) if single else tuple(found)
        made = tuple(tensor_of(one) for one in ctx.known[1])
        return made[0] if single else made

    def gradients(ctx: Any, *given: Any) -> Any:
        if recorded is not None and engine.grad_enabled():
            operands = [as_tensor(one) for one in ctx.saved_tensors]
            # The results have no history: when the gradient is itself recorded, they are computed again.
            found = kind.apply(*operands)
            results = found if isinstance(found, tuple) else (found,)
            filled = [result * 0 if one is None else one for one, result in zip(given, results, strict=True)]
            known = tuple(recorded(operands, results, filled))
            return known[0] if len(known) == 1 else known
        inputs, outputs = ctx.known
        arrays = [np.zeros_like(found) if one is None else host(one) for one, found in zip(given, outputs, strict=True)]
        wanted = backward(inputs, outputs, arrays)
        shaped = tuple(tensor_of(summed(one, known.shape).astype(known.dtype)) for one, known in zip(wanted, inputs, strict=True))
        return shaped[0] if len(shaped) == 1 else shaped

    kind: Any = type(name.replace(".", "_"), (Function,), {"forward": staticmethod(run), "backward": staticmethod(gradients)})
    return kind  # type: ignore[no-any-return]


def summed(array: Any, shape: tuple[int, ...]) -> Any:
    """The array summed over what broadcasting had added to this shape."""
    array = array.sum(tuple(range(array.ndim - len(shape))))
    stretched = tuple(at for at, size in enumerate(shape) if size == 1 != array.shape[at])
    return (array.sum(stretched, keepdims=True) if stretched else array).reshape(shape)


def real_like(array: Any, known: Any) -> Any:
    return array.real if known.dtype.kind == "f" else array


# --- inverse, determinant ---


def inverse_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    turned = adjoint(outputs[0])
    return (-turned @ gradients[0] @ turned,)


def inverse_recorded(inputs: Any, outputs: Any, gradients: Any) -> Any:
    turned = outputs[0].mT
    return (-(turned @ gradients[0] @ turned),)


Inverse = formula("linalg.inv", np.linalg.inv, inverse_gradient, inverse_recorded)


def inv(A: Any) -> Tensor:
    """The inverse of each matrix; LinAlgError for a singular one."""
    check_matrix("linalg.inv", A, square=True)
    found: Tensor = Inverse.apply(A)
    return found


def cofactors(array: Any) -> Any:
    """The gradient of the determinant, conjugated: also where the matrix is singular."""
    left, values, right = np.linalg.svd(array)
    count = values.shape[-1]
    others = np.stack([np.prod(np.delete(values, at, -1), -1) for at in range(count)], -1) if count else values
    phase = np.linalg.det(left) * np.linalg.det(right)
    return np.conj(phase)[..., None, None] * ((left * others[..., None, :]) @ right)


def det_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    return (real_like(gradients[0][..., None, None] * cofactors(inputs[0]), inputs[0]),)


def det_recorded(inputs: Any, outputs: Any, gradients: Any) -> Any:
    if not inputs[0].numel():
        return (inputs[0] * 0,)
    if not host(outputs[0]).all():
        raise UnsupportedArgument("torch.autograd", "create_graph", True, "False after torch.linalg.det of a singular matrix")
    return ((gradients[0] * outputs[0])[..., None, None] * inv(inputs[0]).mT,)


Determinant = formula("linalg.det", lambda array: np.asarray(np.linalg.det(array), array.dtype), det_gradient, det_recorded)


def det(A: Any) -> Tensor:
    """The determinant of each matrix."""
    check_matrix("linalg.det", A, square=True)
    found: Tensor = Determinant.apply(A)
    return found


def log_determinant(array: Any) -> Any:
    sign, size = np.linalg.slogdet(array)
    return np.asarray(sign, array.dtype), np.asarray(size, array.real.dtype)


def inverse_or_infinite(array: Any) -> Any:
    """The inverse of each matrix, as LAPACK's division by the zeros of U leaves it where there is none."""
    try:
        return np.linalg.inv(array)
    except np.linalg.LinAlgError:
        getrf, getrs = importlib.import_module("scipy.linalg").get_lapack_funcs(("getrf", "getrs"), (array,))
        found = np.empty_like(array)
        for at in np.ndindex(array.shape[:-2]):
            found[at] = getrs(*getrf(array[at])[:2], np.eye(array.shape[-1], dtype=array.dtype))[0]
        return found


def slogdet_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    sign, _ = outputs
    of_sign, of_size = gradients
    share = of_size.astype(inputs[0].dtype)
    if inputs[0].dtype.kind == "c":
        share = share + 1j * np.imag(np.conj(sign) * of_sign) * np.ones_like(share)
    if not share.any():  # a real sign is moved by nothing
        return (np.zeros_like(inputs[0]),)
    with np.errstate(invalid="ignore"):
        return (share[..., None, None] * adjoint(inverse_or_infinite(inputs[0])),)


def slogdet_recorded(inputs: Any, outputs: Any, gradients: Any) -> Any:
    if not inputs[0].numel():
        return (inputs[0] * 0,)
    return (gradients[1][..., None, None] * inv(inputs[0]).mT,)


LogDeterminant = formula("linalg.slogdet", log_determinant, slogdet_gradient, slogdet_recorded)
SLogDet: Any = namedtuple("linalg_slogdet", "sign logabsdet")  # type: ignore[name-match]


def slogdet(A: Any) -> Any:
    """(sign, logabsdet) of the determinant of each matrix."""
    check_matrix("linalg.slogdet", A, square=True)
    return SLogDet(*LogDeterminant.apply(A))


def logdet(input: Any) -> Tensor:
    """The logarithm of the determinant; NaN where that is negative."""
    sign, size = slogdet(input)
    found: Tensor = size + sign.log() if sign.dtype.category == dtypes.COMPLEX else size.masked_fill(sign == -1, math.nan)
    return found


def of_input(operation: Callable[..., Any]) -> Callable[..., Any]:
    """`operation` of torch.linalg as torch itself has it, where the matrix is called `input`."""

    def function(input: Any) -> Any:
        return operation(input)

    function.__name__ = function.__qualname__ = operation.__name__
    return function


# --- Cholesky, QR ---


def lower_half(array: Any) -> Any:
    """The lower triangle with half of the diagonal."""
    found = np.tril(array)
    diagonal = np.arange(array.shape[-1])
    found[..., diagonal, diagonal] /= 2
    return found


def cholesky_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    (lower,), (gradient,) = outputs, gradients
    inverse = np.linalg.inv(lower)
    inner = lower_half(adjoint(lower) @ np.tril(gradient))
    found = adjoint(inverse) @ inner @ inverse
    return ((found + adjoint(found)) / 2,)


def cholesky_recorded(inputs: Any, outputs: Any, gradients: Any) -> Any:
    (lower,), (gradient,) = outputs, gradients
    inverse = inv(lower)
    half = as_tensor(tensor_of(lower_half(np.ones(tuple(lower.shape), lower.dtype.name))))
    inner = lower.mT @ gradient.tril() * half
    found = inverse.mT @ inner @ inverse
    return ((found + found.mT) / 2,)


Cholesky = formula("linalg.cholesky", np.linalg.cholesky, cholesky_gradient, cholesky_recorded)


def cholesky(input: Any, *, upper: bool = False) -> Tensor:
    """The lower triangular factor L with L Lᴴ = `input`, or the upper one; LinAlgError unless `input` is positive-definite."""
    check_matrix("linalg.cholesky", input, square=True)
    found: Tensor = Cholesky.apply(input)
    return found.mH if upper else found


def qr_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    (q, r), (of_q, of_r) = outputs, gradients
    rows, columns = inputs[0].shape[-2:]
    if columns > rows:
        # The columns past the square part follow from q alone.
        left = inputs[0][..., :rows]
        r_left, of_r_left = r[..., :rows], of_r[..., :rows]
        extra, of_extra = inputs[0][..., rows:], of_r[..., rows:]
        (of_left,) = qr_gradient([left], (q, r_left), (of_q + extra @ adjoint(of_extra), of_r_left))
        return (np.concatenate([of_left, q @ of_extra], -1),)
    inner = r @ adjoint(of_r) - adjoint(of_q) @ q
    lower = np.tril(inner, -1)
    symmetric = lower + adjoint(lower)
    diagonal = np.arange(columns)
    symmetric[..., diagonal, diagonal] = np.real(inner[..., diagonal, diagonal])
    return ((of_q + q @ symmetric) @ adjoint(np.linalg.inv(r)),)


def complete_qr_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    rows, columns = inputs[0].shape[-2:]
    if rows > columns:
        raise invalid(RuntimeError, "The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    return qr_gradient(inputs, outputs, gradients)


def upper_qr_gradient(inputs: Any, outputs: Any, gradients: Any) -> Any:
    raise invalid(RuntimeError, "The derivative of linalg.qr depends on Q, which is not computed when mode='r'; use mode='reduced'.")


QR_MODES = {
    "reduced": formula("linalg.qr", lambda array: tuple(np.linalg.qr(array)), qr_gradient),
    "complete": formula("linalg.qr", lambda array: tuple(np.linalg.qr(array, "complete")), complete_qr_gradient),
    "r": formula("linalg.qr", lambda array: (np.zeros(0, array.dtype), np.linalg.qr(array, "r")), upper_qr_gradient),
}


def qr(A: Any, mode: str = "reduced") -> Any:
    """(Q, R) with A = Q R; "r" leaves Q empty and has no gradient, nor has "complete" of more rows than columns."""
    check_matrix("linalg.qr", A)
    if mode not in QR_MODES:
        raise invalid(RuntimeError, f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'")
    return QR(*QR_MODES[mode].apply(A))
