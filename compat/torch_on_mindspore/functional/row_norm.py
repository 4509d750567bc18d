"""Normalisation of the rows of a matrix, with its gradient: layer and root-mean-square normalisation.

MindSpore's own gradient of LayerNorm takes many times as long as its forward on CPU; there is no kernel of RmsNorm.
"""

from __future__ import annotations

import functools
from typing import Any

from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.functional.matrices import column_sums, columns, number, ones, row_sums, rows, zeros

ops = mindspore.ops


@functools.lru_cache(maxsize=64)
def layer_norm_kernel(eps: float) -> Any:
    return ops.operations.LayerNorm(1, 1, eps)


class LayerNorm(Function):
    """(input - mean) / √(variance + eps) · weight + bias by rows; weight and bias are vectors or None.

    Also returns the mean and 1 / √(variance + eps).
    """

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, input: Any, weight: Any, bias: Any, eps: float) -> Any:
        count, length = input.shape
        if input.dtype == mindspore.float32:
            vector = (length,)
            found, mean, variance = layer_norm_kernel(eps)(
                input, ones(vector, input.dtype) if weight is None else weight, zeros(vector, input.dtype) if bias is None else bias
            )
            mean, variance = ops.reshape(mean, (-1,)), ops.reshape(variance, (-1,))
            scale = ops.rsqrt(ops.add(variance, eps))
        else:  # of float64 the kernel gives float32's digits
            divisor = number(length, input)
            mean = ops.div(row_sums(input), divisor)
            found = ops.sub(input, columns(mean, length))
            scale = ops.rsqrt(ops.add(ops.div(row_sums(ops.square(found)), divisor), number(eps, input)))
            found = ops.mul(found, columns(scale, length))
            found = found if weight is None else ops.mul(found, rows(weight, count))
            found = found if bias is None else ops.add(found, rows(bias, count))
        ctx.save_for_backward(input, weight)
        ctx.mean, ctx.scale, ctx.eps = mean, scale, eps
        ctx.mark_non_differentiable(mean, scale)
        return found, mean, scale

    @staticmethod
    def backward(ctx: Any, gradient: Any, _mean: Any, _scale: Any) -> Any:
        input, weight = ctx.saved_tensors
        count, length = input.shape
        of_input, of_weight, of_bias, _ = ctx.needs_input_grad
        found: list[Any] = [None, None, None, None]
        divisor = number(length, input)
        mean, scale = ctx.mean, ctx.scale
        if engine.grad_enabled():
            # They have no history: when the gradient is itself recorded, they are computed again.
            mean = ops.div(row_sums(input), divisor)
            squares = ops.square(ops.sub(input, columns(mean, length)))
            scale = ops.rsqrt(ops.add(ops.div(row_sums(squares), divisor), number(ctx.eps, input)))
        scales = columns(scale, length)
        normal = ops.mul(ops.sub(input, columns(mean, length)), scales)
        if of_weight:
            found[1] = column_sums(ops.mul(gradient, normal))
        if of_bias:
            found[2] = column_sums(gradient)
        if of_input:
            weighted = gradient if weight is None else ops.mul(gradient, rows(weight, count))
            shift = ops.div(row_sums(weighted), divisor)
            inclined = ops.div(row_sums(ops.mul(weighted, normal)), divisor)
            centred = ops.sub(ops.sub(weighted, columns(shift, length)), ops.mul(normal, columns(inclined, length)))
            found[0] = ops.mul(centred, scales)
        return tuple(found)


class RMSNorm(Function):
    """input / √(mean of squares + eps) · weight by rows; weight is a vector or None."""

    twice_differentiable = True

    @staticmethod
    def scale(input: Any, eps: float) -> Any:
        squares = ops.div(row_sums(ops.square(input)), number(input.shape[1], input))
        return ops.rsqrt(ops.add(squares, number(eps, input)))

    @staticmethod
    def forward(ctx: Any, input: Any, weight: Any, eps: float) -> Any:
        count, length = input.shape
        scale = RMSNorm.scale(input, eps)
        found = ops.mul(input, columns(scale, length))
        ctx.save_for_backward(input, weight)
        ctx.scale, ctx.eps = scale, eps
        return found if weight is None else ops.mul(found, rows(weight, count))

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        input, weight = ctx.saved_tensors
        count, length = input.shape
        of_input, of_weight, _ = ctx.needs_input_grad
        # As above, what was computed without a history is computed again.
        scales = columns(RMSNorm.scale(input, ctx.eps) if engine.grad_enabled() else ctx.scale, length)
        normal = ops.mul(input, scales)
        found: list[Any] = [None, None, None]
        if of_weight:
            found[1] = column_sums(ops.mul(gradient, normal))
        if of_input:
            weighted = gradient if weight is None else ops.mul(gradient, rows(weight, count))
            inclined = ops.div(row_sums(ops.mul(weighted, normal)), number(length, input))
            found[0] = ops.mul(ops.sub(weighted, ops.mul(normal, columns(inclined, length))), scales)
        return tuple(found)
