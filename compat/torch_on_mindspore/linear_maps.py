"""MindSpore's operators that move, copy and add up elements, with gradients that can be differentiated again.

The gradient of a linear operator is its adjoint, and the gradient of that the operator once more: nothing else has to be known of it.
The names and arguments are those of `mindspore.ops`, for places where a function of PyTorch's would be a detour.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.second_order import derived, whole

ops = mindspore.ops

Operator = Callable[[Any], Any]  # one MindSpore operator, of which only the input is a variable


def linear(operator: Operator, input: Any) -> Any:
    """`operator(input)`: a tensor, or a tuple of them. It must be linear, and one node of the recorded history."""
    found = operator(input)
    return derived(found, adjoint, operator, tuple(input.shape), input.dtype) if engine.requires_grad(input) else found


def adjoint(gradient: Any, operator: Operator, shape: tuple[int, ...], dtype: Any) -> tuple[Any]:
    return (Adjoint.apply(operator, shape, dtype, *(gradient if isinstance(gradient, tuple) else (gradient,))),)


class Adjoint(Function):
    """The gradient of a linear operator on an input of this shape and dtype, given those of its results."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, operator: Operator, shape: tuple[int, ...], dtype: Any, *gradients: Any) -> Any:
        ctx.operator, ctx.given = operator, [one is not None for one in gradients]
        return engine.gradient_of(operator, ops.zeros(shape, dtype), gradients)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        found = linear(ctx.operator, whole(gradient))
        parts = found if isinstance(found, tuple) else (found,)
        return None, None, None, *(whole(one) if given else None for one, given in zip(parts, ctx.given, strict=True))


def mean(input: Any, axis: Any = None, keep_dims: bool = False) -> Any:
    return linear(lambda x: ops.mean(x, axis, keep_dims), input)


def cat(tensors: Any, axis: int = 0) -> Any:
    return derived(ops.cat(tensors, axis), cut, [one.shape[axis] for one in tensors], axis)


def cut(gradient: Any, sizes: list[int], axis: int) -> tuple[Any, ...]:
    return split(gradient, sizes, axis)


def transpose(input: Any, order: tuple[int, ...]) -> Any:
    return linear(lambda x: ops.transpose(x, order), input)


def split(input: Any, sizes: Any, axis: int = 0) -> tuple[Any, ...]:
    if not isinstance(sizes, int) or input.shape[axis] % sizes:
        parts: tuple[Any, ...] = ops.split(input, sizes, axis)  # each by an operator of its own
        return parts
    found: tuple[Any, ...] = linear(lambda x: ops.split(x, sizes, axis), input)
    return found


def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    found: tuple[Any, ...] = linear(lambda x: ops.unbind(x, dim), input)
    return found


def narrow(input: Any, axis: int, start: int, length: int) -> Any:
    return linear(lambda x: ops.narrow(x, axis, start, length), input)


def tile(input: Any, dims: tuple[int, ...]) -> Any:
    return linear(lambda x: ops.tile(x, dims), input)
