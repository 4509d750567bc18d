"""Functions that are constant between steps, whose gradient PyTorch gives as zeros where MindSpore gives none, and the remainder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function

ops = mindspore.ops


class Stepped(Function):
    """`function` of the operands, whose gradient with respect to each tensor is zeros."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Any], *operands: Any) -> Any:
        ctx.kinds = [(tuple(one.shape), one.dtype) if isinstance(one, mindspore.Tensor) else None for one in operands]
        return function(*operands)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return None, *(None if kind is None else ops.zeros(*kind) for kind in ctx.kinds)


def is_recorded(*operands: Any) -> bool:
    return engine.grad_enabled() and any(isinstance(one, mindspore.Tensor) and engine.requires_grad(one) for one in operands)


def stepped(function: Callable[..., Any], *operands: Any) -> Any:
    return Stepped.apply(function, *operands) if is_recorded(*operands) else function(*operands)


def floor_quotient(input: Any, other: Any) -> Any:
    """The floor of the exact quotient: 9 for 1 / 0.1, of which MindSpore rounds the quotient to 10 first."""
    return stepped(lambda *pair: of_arrays(np.floor_divide, ops.floor_div, *pair), input, other)


def floor_remainder(input: Any, other: Any) -> Any:
    """input - other · floor_quotient, exactly, with the sign of `other`."""
    found = of_arrays(np.remainder, ops.floor_mod, input, other)
    if not is_recorded(input, other):
        return found
    linear = ops.sub(input, ops.mul(ops.stop_gradient(floor_quotient(input, other)), other))
    return ops.add(linear, ops.stop_gradient(ops.sub(found, linear)))


def of_arrays(function: Any, native: Callable[..., Any], input: Any, other: Any) -> Any:
    """`function` of NumPy on CPU, where the operands are floating-point; else `native`."""
    tensor = input if isinstance(input, mindspore.Tensor) else other
    if not engine.ON_CPU or tensor.dtype not in (mindspore.float16, mindspore.float32, mindspore.float64):
        return native(input, other)
    kind = mindspore.dtype_to_nptype(tensor.dtype)
    pair = (one.asnumpy() if isinstance(one, mindspore.Tensor) else kind(one) for one in (input, other))
    with np.errstate(all="ignore"):
        return mindspore.Tensor.from_numpy(np.asarray(function(*pair), kind))
