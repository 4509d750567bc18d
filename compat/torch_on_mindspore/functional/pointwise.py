"""Activations element by element, each a value and a slope made of the operators that are fast and right on CPU.

MindSpore's own relu, maximum and minimum turn nan into a number, its elu loses the digits of small numbers, its gradients of selu are
wrong, and those of elu, relu6, mish, celu, leaky_relu, softplus and silu take from 4 to 1,000 times as long as their values.
"""

from __future__ import annotations

import math
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, elementary, engine
from compat.torch_on_mindspore.arithmetic import NARROW
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.functional.matrices import columns, number, row_sums
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import cast

ops = mindspore.ops

relu_gradient = ops.auto_generate.ReluGrad()


def where_positive(gradient: Any, x: Any) -> Any:
    """The gradient where x > 0, elsewhere 0."""
    return derived(relu_gradient(gradient, x), of_gradient, x)


def of_gradient(incoming: Any, x: Any) -> tuple[Any, Any]:
    """The gradients of `where_positive`; that of x is 0, which is not the same as none: x counts as used."""
    return where_positive(incoming, x), ops.zeros_like(x)


def unless_negative(gradient: Any, x: Any) -> Any:
    """The gradient, and 0 where x ≤ 0: unlike `where_positive`, the gradient where x is nan."""
    return where_positive(gradient, ops.minimum(x, number(1.0, x)))  # which is 1 for nan


class Pointwise(Function):
    """`value` of the input and options, whose gradient is `slope` of the gradient, the input, the value and the options."""

    twice_differentiable = True
    keeps_result = True
    kernel = ""  # what PyTorch's error for integers calls it
    value: Any
    slope: Any

    @staticmethod
    def forward(ctx: Any, kind: Any, input: Any, *options: Any) -> Any:
        found = kind.value(input, *options)
        ctx.save_for_backward(input, found)
        ctx.kind, ctx.options = kind, options
        return found

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        input, found = ctx.saved_tensors
        if engine.grad_enabled():
            # `found` has no history: when the gradient is itself recorded, it is computed again.
            found = ctx.kind.apply(ctx.kind, input, *ctx.options)
        return None, ctx.kind.slope(gradient, input, found, *ctx.options), *(None for _ in ctx.options)


def applied(kind: type[Pointwise], input: Any, *options: Any) -> Any:
    """The activation of `input`; a narrow dtype passes through float32. NotImplementedError for integers."""
    check_floating(kind.kernel, input)
    given = input.dtype
    if given in NARROW:
        return cast(kind.apply(kind, cast(input, dtypes.float32), *options), given)
    return kind.apply(kind, input, *options)


def check_floating(kernel: str, input: Any) -> None:
    if input.dtype.category != dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"{kernel}\" not implemented for '{input.dtype.tensor_type}'")


def scaled(input: Any, factor: float) -> Any:
    return input if factor == 1 else ops.mul(input, number(factor, input))


def positive(input: Any) -> Any:
    """max(0, input), nan for nan."""
    curved = ops.elu(input)
    return ops.sub(curved, ops.minimum(curved, number(0.0, input)))


def nan_of(input: Any) -> Any:
    """nan for nan, elsewhere 0."""
    return ops.mul(ops.tanh(input), number(0.0, input))


def log_sigmoid(input: Any) -> Any:
    """min(input, 0) - log(1 + exp(-|input|))."""
    return ops.sub(ops.minimum(input, number(0.0, input)), elementary.log1p(elementary.exp(ops.neg(ops.abs(input)))))


class ReLU(Pointwise):
    """max(0, input)."""

    kernel = "relu"
    value = staticmethod(positive)

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any) -> Any:
        return unless_negative(gradient, input)


class GELU(Pointwise):
    """input · Φ(input)."""

    kernel = "GeluKernelImpl"

    @staticmethod
    def share(input: Any) -> Any:
        return ops.mul(ops.add(ops.erf(ops.mul(input, number(math.sqrt(0.5), input))), number(1.0, input)), number(0.5, input))

    @staticmethod
    def forward(ctx: Any, kind: Any, input: Any) -> Any:
        share = GELU.share(input)
        ctx.save_for_backward(input)
        ctx.share = share
        return ops.mul(input, share)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (input,) = ctx.saved_tensors
        # `share` has no history: when the gradient is itself recorded, it is computed again.
        share = GELU.share(input) if engine.grad_enabled() else ctx.share
        density = elementary.exp(ops.mul(ops.square(input), number(-0.5, input)))
        peak = number(1 / math.sqrt(2 * math.pi), input)
        return None, ops.mul(gradient, ops.add(share, ops.mul(ops.mul(input, density), peak)))


class TanhGELU(Pointwise):
    """input / 2 · (1 + tanh(√(2/π) · (input + 0.044715 · input³)))."""

    kernel = "GeluKernelImpl"

    @staticmethod
    def tangent(input: Any) -> Any:
        cubic = ops.add(ops.mul(ops.square(input), number(0.044715, input)), number(1.0, input))
        return elementary.tanh(ops.mul(ops.mul(input, cubic), number(math.sqrt(2 / math.pi), input)))

    @staticmethod
    def value(input: Any) -> Any:
        return ops.mul(ops.mul(input, number(0.5, input)), ops.add(TanhGELU.tangent(input), number(1.0, input)))

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any) -> Any:
        tangent, one = TanhGELU.tangent(input), number(1.0, input)
        root = math.sqrt(2 / math.pi)
        inner = ops.add(ops.mul(ops.square(input), number(3 * 0.044715 * root, input)), number(root, input))
        steep = ops.mul(ops.mul(input, ops.sub(one, ops.square(tangent))), inner)
        return ops.mul(gradient, ops.mul(ops.add(ops.add(tangent, one), steep), number(0.5, input)))


class SiLU(Pointwise):
    """input · sigmoid(input)."""

    kernel = "silu_cpu"

    @staticmethod
    def value(input: Any) -> Any:
        return ops.mul(input, elementary.sigmoid(input))

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any) -> Any:
        share = elementary.sigmoid(input)
        return ops.mul(gradient, ops.add(share, ops.sub(found, ops.mul(found, share))))


class Mish(Pointwise):
    """input · tanh(softplus(input))."""

    kernel = "mish_cpu"

    @staticmethod
    def tangent(input: Any) -> Any:
        # tanh(log(1 + e)) = (e² + 2e) / (e² + 2e + 2); beyond 20 it is 1
        power = elementary.exp(ops.minimum(input, number(20.0, input)))
        product = ops.mul(power, ops.add(power, number(2.0, input)))
        return ops.div(product, ops.add(product, number(2.0, input)))

    @staticmethod
    def value(input: Any) -> Any:
        return ops.mul(input, Mish.tangent(input))

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any) -> Any:
        tangent = Mish.tangent(input)
        rest = ops.sub(number(1.0, input), ops.square(tangent))
        return ops.mul(gradient, ops.add(tangent, ops.mul(ops.mul(input, elementary.sigmoid(input)), rest)))


class ELU(Pointwise):
    """input · scale where positive, elsewhere negative · (exp(input · inner) - 1)."""

    kernel = "elu_cpu"

    @staticmethod
    def value(input: Any, negative: float, scale: float, inner: float) -> Any:
        below = scaled(elementary.expm1(scaled(ops.minimum(input, number(0.0, input)), inner)), negative)
        return ops.add(scaled(positive(input), scale), below)

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any, negative: float, scale: float, inner: float) -> Any:
        above = where_positive(gradient, input)
        power = scaled(ops.add(ops.minimum(found, number(0.0, found)), number(negative, found)), inner)
        return ops.add(scaled(above, scale), ops.mul(ops.sub(gradient, above), power))


class LeakyReLU(Pointwise):
    """input where positive, elsewhere input · slope."""

    kernel = "leaky_relu_cpu"

    @staticmethod
    def value(input: Any, factor: float) -> Any:
        return ops.add(positive(input), ops.mul(ops.minimum(input, number(0.0, input)), number(factor, input)))

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any, factor: float) -> Any:
        above = where_positive(gradient, input)
        return ops.add(above, ops.mul(ops.sub(gradient, above), number(factor, input)))


class Hardtanh(Pointwise):
    """low ≤ input ≤ high; the gradient is 0 at the bounds."""

    kernel = "hardtanh_cpu"

    @staticmethod
    def value(input: Any, low: float, high: float) -> Any:
        return ops.add(ops.minimum(ops.maximum(input, number(low, input)), number(high, input)), nan_of(input))

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any, low: float, high: float) -> Any:
        above = unless_negative(gradient, ops.sub(input, number(low, input)))
        return unless_negative(above, ops.sub(number(high, input), input))


class Threshold(Pointwise):
    """input where it is above the threshold, elsewhere `value`."""

    kernel = "threshold_cpu"

    @staticmethod
    def value(input: Any, threshold: float, value: float) -> Any:
        bound = number(threshold, input)
        return ops.where(ops.less_equal(input, bound), ops.full_like(input, value), input)

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any, threshold: float, value: float) -> Any:
        return unless_negative(gradient, ops.sub(input, number(threshold, input)))


class Softplus(Pointwise):
    """log(1 + exp(input · beta)) / beta; the input itself where input · beta is above the threshold."""

    kernel = "softplus_cpu"

    @staticmethod
    def value(input: Any, beta: float, threshold: float) -> Any:
        inner = scaled(input, beta)
        found = scaled(ops.neg(log_sigmoid(ops.neg(inner))), 1 / beta)
        return ops.where(ops.greater(inner, number(threshold, input)), input, found)

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any, beta: float, threshold: float) -> Any:
        inner = scaled(input, beta)
        linear = where_positive(gradient, ops.sub(inner, number(threshold, input)))
        return ops.add(linear, ops.mul(ops.sub(gradient, linear), elementary.sigmoid(inner)))


class LogSigmoid(Pointwise):
    """log(sigmoid(input))."""

    kernel = "log_sigmoid_cpu"
    value = staticmethod(log_sigmoid)

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any) -> Any:
        return ops.mul(gradient, elementary.sigmoid(ops.neg(input)))


class Hardsigmoid(Pointwise):
    """0 up to -3, 1 from 3, and input / 6 + 1/2 between."""

    kernel = "hardsigmoid_cpu"

    value = staticmethod(ops.hardsigmoid)

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any) -> Any:
        return Hardtanh.slope(ops.mul(gradient, number(1 / 6, input)), input, found, -3.0, 3.0)


class Hardswish(Pointwise):
    """input · hardsigmoid(input); the gradient is 0 up to -3 and 1 from 3."""

    kernel = "hardswish_cpu"

    value = staticmethod(ops.hardswish)

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any) -> Any:
        three = number(3.0, input)
        curved = where_positive(where_positive(gradient, ops.add(input, three)), ops.sub(three, input))
        straight = ops.sub(gradient, where_positive(gradient, ops.sub(three, input)))
        inner = ops.minimum(ops.maximum(input, number(-3.0, input)), three)  # an infinite input would make nan of the 0 beside it
        steep = ops.add(ops.mul(inner, number(1 / 3, input)), number(0.5, input))
        return ops.add(straight, ops.mul(curved, steep))


class Hardshrink(Pointwise):
    """0 within ± width, elsewhere the input."""

    kernel = "hardshrink_cpu"

    @staticmethod
    def value(input: Any, width: float) -> Any:
        return ops.add(Hardshrink.slope(input, input, None, width), nan_of(input))

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any, width: float) -> Any:
        bound = number(width, input)
        above = unless_negative(gradient, ops.sub(input, bound))
        return ops.add(above, where_positive(gradient, ops.neg(ops.add(input, bound)))) if width >= 0 else gradient


class Softshrink(Pointwise):
    """0 within ± width, elsewhere the input moved by width towards 0."""

    kernel = "softshrink_check"

    @staticmethod
    def value(input: Any, width: float) -> Any:
        bound = number(width, input)
        return ops.sub(positive(ops.sub(input, bound)), positive(ops.neg(ops.add(input, bound))))

    slope = staticmethod(Hardshrink.slope)


class Softsign(Pointwise):
    """input / (1 + |input|)."""

    kernel = "abs_cpu"

    value = staticmethod(ops.softsign)

    @staticmethod
    def slope(gradient: Any, input: Any, found: Any) -> Any:
        return ops.mul(gradient, ops.reciprocal(ops.square(ops.add(ops.abs(input), number(1.0, input)))))


class Softmax(Function):
    """exp(input), scaled to sum to 1 along the last dimension."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, input: Any) -> Any:
        found = ops.softmax(input, -1)
        ctx.save_for_backward(input, found)
        return found

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        input, found = ctx.saved_tensors
        if engine.grad_enabled():  # as in Pointwise
            found = ops.softmax(input, -1)
        count = found.shape[-1]
        weighted = ops.mul(gradient, found)
        totals = columns(row_sums(ops.reshape(weighted, (-1, count))), count)
        return ops.sub(weighted, ops.mul(found, ops.reshape(totals, tuple(found.shape))))
