"""Differentiable helpers that the losses share, each where MindSpore's own operator differs from PyTorch on CPU."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.torch_on_mindspore import elementary
from compat.torch_on_mindspore.functional.softmax import logarithms
from compat.torch_on_mindspore.losses import checks
from compat.torch_on_mindspore.losses.reduction import sum_along

mindspore = frameworks.load("mindspore")
ops = frameworks.load("mindspore.ops")

Tensor = Any


def broadcast_operands(api: str, *tensors: Tensor) -> tuple[Tensor, ...]:
    """`tensors`, checked to broadcast; expanded only if the result is empty.

    Arithmetic broadcasts by itself, but its gradient then sums over an empty axis: uninitialised memory on CPU.
    """
    shape = checks.broadcast_shape(api, *tensors)
    if 0 not in shape:
        return tensors
    return tuple(expanded(tensor, shape) for tensor in tensors)


def expanded(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    """`tensor` broadcast to an empty `shape`, cut from the graph where its gradient would be such an empty sum."""
    if tuple(tensor.shape) == tuple(shape):
        return tensor
    return ops.broadcast_to(ops.stop_gradient(tensor), tuple(shape))


def without_scalar_promotion(*tensors: Tensor) -> tuple[Tensor, ...]:
    """`tensors`, floating 0-d ones cast to the others' dtype: in PyTorch a 0-d tensor does not promote."""
    dtypes = [tensor.dtype for tensor in tensors if tensor.ndim and tensor.dtype in checks.FLOATING]
    if not dtypes:
        return tensors
    return tuple(ops.cast(tensor, dtypes[0]) if not tensor.ndim and tensor.dtype in checks.FLOATING else tensor for tensor in tensors)


def operand(value: float, beside: Tensor) -> float | Tensor:
    """`value` to compute with: MindSpore rounds a Python float to float32, even beside a float64 tensor."""
    return mindspore.Tensor(value, mindspore.float64) if beside.dtype == mindspore.float64 else value


def as_floating(x: Tensor) -> Tensor:
    """`x`, integers as float32: exp and log of MindSpore take no integers on CPU."""
    return x if x.dtype in checks.FLOATING else ops.cast(x, mindspore.float32)


def at_least(x: Tensor, bound: float) -> Tensor:
    """max(x, bound), its gradient 1 where x equals bound as in PyTorch's clamp_min; ops.maximum has 1/2 there."""
    return ops.where(x < bound, bound, x)


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x)) for any x, its gradient at 0 included. ops.logsigmoid overflows at -200 on CPU."""
    negative = x < 0
    return ops.where(negative, 0.0, x) + elementary.log1p(elementary.exp(ops.where(negative, x, -x)))


def log_softmax(x: Tensor, axis: int) -> Tensor:
    """log(softmax(x)). The operator computes float64 to 1e-6 only on CPU."""
    if x.dtype != mindspore.float64:
        return logarithms(x, axis)
    shifted = x - ops.stop_gradient(ops.amax(x, axis, keepdims=True))
    return shifted - elementary.log(sum_along(elementary.exp(shifted), axis, keepdim=True))
