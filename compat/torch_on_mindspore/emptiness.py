"""Results that no element moves, and that PyTorch has in the graph all the same: of tensors without elements, which MindSpore's kernels
refuse or answer with uninitialised memory, and those with the gradient 0."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function

ops = mindspore.ops


class Nothing(Function):
    """Zeros, whose gradient with respect to every source is zeros."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, shape: tuple[int, ...], *sources: Any) -> Any:
        ctx.kinds = [None if one is None else (tuple(one.shape), one.dtype) for one in sources]
        return ops.zeros(shape, sources[0].dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return None, *(None if one is None else ops.zeros(*one) for one in ctx.kinds)


def nothing(shape: tuple[int, ...], *sources: Any) -> Any:
    """Zeros of this shape, in the dtype of the first source and with a history from all of them."""
    return Nothing.apply(shape, *sources)


class Unmoved(Function):
    """A value, whose gradient with respect to every source is zeros."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, value: Any, *sources: Any) -> Any:
        ctx.kinds = [(tuple(one.shape), one.dtype) if isinstance(one, mindspore.Tensor) else None for one in sources]
        return mindspore.Tensor.copy(value)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return None, *(None if one is None else ops.zeros(*one) for one in ctx.kinds)


def unmoved(value: Any, *sources: Any) -> Any:
    """`value` with a history from the sources, tensors or not, that passes on the gradient 0."""
    if not (engine.grad_enabled() and any(engine.is_recorded(one) for one in sources)):
        return value
    if engine.requires_grad(value):
        return value + Unmoved.apply(ops.zeros(tuple(value.shape), value.dtype), *sources)
    return Unmoved.apply(value, *sources)
