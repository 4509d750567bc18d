"""Results that depend on no element: MindSpore's kernels refuse tensors without elements, or return uninitialised memory."""

from __future__ import annotations

from typing import Any

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
