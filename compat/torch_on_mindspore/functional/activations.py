"""Activations of torch.nn.functional."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, dtypes, elementary, engine, linear_maps, random
from compat.torch_on_mindspore.arithmetic import NARROW, TABLED, floating
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.functional import pointwise
from compat.torch_on_mindspore.functional.matrices import column_sums, columns, number, row_sums, rows
from compat.torch_on_mindspore.functional.pointwise import applied, check_floating, positive, where_positive
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.second_order import whole
from compat.torch_on_mindspore.tensor import as_tensor, cast, normal_dim

ops = mindspore.ops

sigmoid = TABLED["sigmoid"]

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def in_place(input: Any, inplace: bool, activation: Callable[..., Any], *options: Any) -> Any:
    """The activation, or with `inplace` the input, which becomes it."""
    if not inplace:
        return activation(input, *options)
    from compat.torch_on_mindspore.in_place import _written  # which is made from these activations

    return _written(activation.__name__, activation)(input, *options)


def functional_sigmoid(input: Any) -> Any:
    """`torch.nn.functional.sigmoid`, which is the method."""
    return input.sigmoid()


def functional_tanh(input: Any) -> Any:
    """`torch.nn.functional.tanh`, which is the method."""
    return input.tanh()


def tanh(input: Any) -> Any:
    """The hyperbolic tangent; integers become the default dtype."""
    return TABLED["tanh"](input)


def relu(input: Any, inplace: bool = False) -> Any:
    """max(0, input)."""
    if input.dtype == dtypes.bool_:
        raise invalid(RuntimeError, "Boolean inputs not supported for relu")
    return in_place(input, inplace, TABLED["relu"] if input.dtype.category != dtypes.FLOAT else rectified)


def rectified(input: Any) -> Any:
    """max(0, input), nan for nan: MindSpore's operator, a quarter of the price, makes 0 of it."""
    given = input.dtype
    if given in NARROW:
        return cast(rectified(cast(input, dtypes.float32)), given)
    if engine.ON_CPU and not elementary.holds_nan(input):
        return as_tensor(ops.relu(input))
    return applied(pointwise.ReLU, input)


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """min_val ≤ input ≤ max_val."""
    if min_val > max_val:
        raise invalid(ValueError, "min_val cannot be greater than max_val")
    if input.dtype == dtypes.bool_:
        raise invalid(RuntimeError, "Bool inputs not supported for hardtanh")
    if input.dtype.category == dtypes.INTEGER:
        return in_place(input, inplace, arithmetic.clamp, int(min_val), int(max_val))
    return in_place(input, inplace, applied_to(pointwise.Hardtanh), float(min_val), float(max_val))


def relu6(input: Any, inplace: bool = False) -> Any:
    """0 ≤ input ≤ 6."""
    return hardtanh(input, 0, 6, inplace)


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Any:
    """input where it is above the threshold, elsewhere `value`."""
    if input.dtype.category == dtypes.INTEGER:
        return in_place(input, inplace, whole_threshold, threshold, value)
    return in_place(input, inplace, applied_to(pointwise.Threshold), float(threshold), float(value))


def whole_threshold(input: Any, threshold: float, value: float) -> Any:
    return as_tensor(ops.where(input > threshold, input, ops.full_like(input, int(value))))


def applied_to(kind: type[pointwise.Pointwise]) -> Callable[..., Any]:
    def activation(input: Any, *options: Any) -> Any:
        return applied(kind, input, *options)

    return activation


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """input where positive, elsewhere alpha · (exp(input) - 1)."""
    return in_place(input, inplace, applied_to(pointwise.ELU), float(alpha), 1.0, 1.0)


def selu(input: Any, inplace: bool = False) -> Any:
    """elu with the alpha, and times the scale, that keep mean 0 and variance 1."""
    return in_place(input, inplace, applied_to(pointwise.ELU), SELU_ALPHA * SELU_SCALE, SELU_SCALE, 1.0)


def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """input where positive, elsewhere alpha · (exp(input / alpha) - 1)."""
    if alpha == 0:
        raise invalid(RuntimeError, "ZeroDivisionError: alpha cannot be 0 for CELU")
    return in_place(input, inplace, applied_to(pointwise.ELU), float(alpha), 1.0, 1.0 / alpha)


def silu(input: Any, inplace: bool = False) -> Any:
    """input · sigmoid(input)."""
    if input.dtype.is_complex:
        return in_place(input, inplace, lambda one: one * sigmoid(one))
    return in_place(input, inplace, applied_to(pointwise.SiLU))


def mish(input: Any, inplace: bool = False) -> Any:
    """input · tanh(softplus(input))."""
    return in_place(input, inplace, applied_to(pointwise.Mish))


def hardsigmoid(input: Any, inplace: bool = False) -> Any:
    """0 up to -3, 1 from 3, and input / 6 + 1/2 between."""
    return in_place(input, inplace, applied_to(pointwise.Hardsigmoid))


def hardswish(input: Any, inplace: bool = False) -> Any:
    """input · hardsigmoid(input)."""
    return in_place(input, inplace, applied_to(pointwise.Hardswish))


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """input where positive, elsewhere input · negative_slope."""
    return in_place(input, inplace, applied_to(pointwise.LeakyReLU), float(negative_slope))


def rrelu(
    input: Any, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False, generator: Any = None
) -> Any:
    """leaky_relu by a slope drawn for each element from PyTorch's stream, or without `training` by the middle of its range."""
    if lower > upper:
        raise invalid(RuntimeError, "Lower bound should be less than or equal to the upper bound")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    if input.dtype not in (dtypes.float32, dtypes.float64):
        raise invalid(NotImplementedError, f"\"rrelu_with_noise_out_cpu\" not implemented for '{input.dtype.tensor_type}'")
    below = (input <= 0).numpy()
    slopes = np.ones(below.shape)
    slopes[below] = random.chosen(generator).uniform(int(below.sum()), lower, upper, double=True)
    return in_place(input, inplace, arithmetic.mul, cast(as_tensor(mindspore.Tensor(slopes)), input.dtype))


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(input · beta)) / beta; the input itself where input · beta is above the threshold."""
    return applied(pointwise.Softplus, input, float(beta), float(threshold))


def logsigmoid(input: Any) -> Any:
    """log(sigmoid(input))."""
    return applied(pointwise.LogSigmoid, input)


def hardshrink(input: Any, lambd: float = 0.5) -> Any:
    """0 within ± lambd, elsewhere the input."""
    return applied(pointwise.Hardshrink, input, float(lambd))


def softshrink(input: Any, lambd: float = 0.5) -> Any:
    """0 within ± lambd, elsewhere the input moved by lambd towards 0."""
    if input.dtype.category == dtypes.FLOAT and lambd < 0:
        raise invalid(
            RuntimeError,
            f"lambda must be in range [0, 3.40282e+38] for input dtype {input.dtype.tensor_type}, but found {lambd}",
        )
    return applied(pointwise.Softshrink, input, float(lambd))


def softsign(input: Any) -> Any:
    """input / (1 + |input|)."""
    return applied(pointwise.Softsign, input if input.dtype == dtypes.bool_ else floating(input))


def tanhshrink(input: Any) -> Any:
    """input - tanh(input)."""
    return input - tanh(input)


def gelu(input: Any, *, approximate: str = "none") -> Any:
    """input · Φ(input), with Φ from the error function, or its tanh approximation."""
    if approximate not in ("none", "tanh"):
        raise invalid(RuntimeError, "approximate argument must be either none or tanh.")
    return applied(pointwise.GELU if approximate == "none" else pointwise.TanhGELU, input)


class PReLU(Function):
    """input where positive, elsewhere input · weight, for (N, C, …) and a weight of 1 or C elements."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, input: Any, weight: Any) -> Any:
        ctx.save_for_backward(input, weight)
        below = ops.mul(ops.minimum(input, number(0.0, input)), PReLU.expanded(weight, input))
        return ops.reshape(ops.add(positive(input), below), tuple(input.shape))

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        input, weight = ctx.saved_tensors
        above = where_positive(gradient, input)
        below = ops.sub(gradient, above)
        of_input = ops.reshape(ops.add(above, ops.mul(below, PReLU.expanded(weight, input))), tuple(input.shape))
        products = ops.mul(below, ops.where(ops.greater(input, 0), number(0.0, input), input))  # not 0 times an infinite input
        if weight.shape[0] == 1:
            return of_input, ops.reshape(row_sums(ops.reshape(products, (1, -1))), (1,))
        by_row = row_sums(ops.reshape(products, (input.shape[0] * input.shape[1], -1)))
        return of_input, column_sums(ops.reshape(by_row, tuple(input.shape[:2])))

    @staticmethod
    def expanded(weight: Any, input: Any) -> Any:
        if weight.shape[0] == 1:
            return weight
        by_row = ops.reshape(rows(weight, input.shape[0]), (-1,))
        return ops.reshape(columns(by_row, math.prod(input.shape[2:])), tuple(input.shape))


def prelu(input: Any, weight: Any) -> Any:
    """input where positive, elsewhere input · weight; weight has one element, or one for each channel of (N, C, …)."""
    if weight.ndim > 1:
        raise invalid(RuntimeError, f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if weight.numel() != 1:
        if not input.ndim:
            raise invalid(RuntimeError, "Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.ndim > 1 else 1
        if channels != weight.numel():
            raise invalid(
                RuntimeError,
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.numel()} and channel size = {channels}.",
            )
    kind = input.dtype
    if kind != weight.dtype:
        raise invalid(RuntimeError, f"prelu: Type promoting not supported. Got {kind.tensor_type} and {weight.dtype.tensor_type}")
    if not input.numel():
        return input * weight.sum()
    weight = weight if weight.ndim else weight.reshape(1)
    if kind in NARROW:
        return cast(PReLU.apply(cast(input, dtypes.float32), cast(weight, dtypes.float32)), kind)
    return PReLU.apply(input, weight)


class GLU(Function):
    """The first half times the sigmoid of the second."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, input: Any, dim: int) -> Any:
        first, second = ops.split(input, input.shape[dim] // 2, dim)
        share = elementary.sigmoid(second)
        ctx.save_for_backward(input)
        ctx.dim, ctx.share = dim, share
        return ops.mul(first, share)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (input,) = ctx.saved_tensors
        first, second = linear_maps.split(input, input.shape[ctx.dim] // 2, ctx.dim)
        # `share` has no history: when the gradient is itself recorded, it is computed again.
        share = elementary.sigmoid(whole(second)) if engine.grad_enabled() else ctx.share
        found = ops.mul(whole(first) if engine.grad_enabled() else first, share)
        steep = ops.sub(found, ops.mul(found, share))
        return linear_maps.cat((ops.mul(gradient, share), ops.mul(gradient, steep)), ctx.dim), None


def glu(input: Any, dim: int = -1) -> Any:
    """The first half along `dim` times the sigmoid of the second half."""
    if not input.ndim:
        raise invalid(RuntimeError, "glu does not support scalars because halving size must be even")
    dim = normal_dim(input, dim)
    if input.shape[dim] % 2:
        raise invalid(RuntimeError, f"Halving dimension must be even, but dimension {dim} is size {input.shape[dim]}")
    check_floating("glu_cpu", input)
    if not input.numel():
        return input.chunk(2, dim)[0] * 1 if input.shape[dim] else input * 1
    given = input.dtype
    return cast(GLU.apply(cast(input, dtypes.float32) if given in NARROW else input, dim), given)


# --- the in-place functions ---


def _in_place(activation: Callable[..., Any], name: str) -> Callable[..., Any]:
    def function(input: Any, *args: Any, **kwargs: Any) -> Any:
        return activation(input, *args, inplace=True, **kwargs)

    function.__name__ = function.__qualname__ = name
    return function


relu_ = _in_place(relu, "relu_")
elu_ = _in_place(elu, "elu_")
selu_ = _in_place(selu, "selu_")
celu_ = _in_place(celu, "celu_")
leaky_relu_ = _in_place(leaky_relu, "leaky_relu_")
hardtanh_ = _in_place(hardtanh, "hardtanh_")
threshold_ = _in_place(threshold, "threshold_")
rrelu_ = _in_place(rrelu, "rrelu_")


adopt_in(globals())
