"""nn.Dense and BiDense, and the layers that only give their input another shape."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes, shaping
from compat.mindspore_on_torch.initializers import HeUniform, Uniform, initializer
from compat.mindspore_on_torch.layers.activations import get_activation
from compat.mindspore_on_torch.layers.layer import Layer, check_positive, check_type, computed, new_parameter, refuse
from compat.mindspore_on_torch.meanings import plain_torch, precision
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.tensor import Tensor, as_tensor

torch: Any = frameworks.load("torch")


class Dense(Layer):
    """nn.Dense: activation(x · weightᵀ + bias). weight (out_channels, in_channels), bias (out_channels,).

    Both start uniform in ± 1/sqrt(in_channels). The input may have any number of dimensions; its last is in_channels.
    """

    def __init__(
        self, in_channels: int, out_channels: int, weight_init: Any = None, bias_init: Any = None,
        has_bias: bool = True, activation: Any = None, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        self.in_channels = positive("in_channels", in_channels)
        self.out_channels = positive("out_channels", out_channels)
        if not isinstance(has_bias, bool):
            raise errors.invalid(TypeError, f"For 'Dense', the 'has_bias' must be a bool, but got {type(has_bias).__name__}.")
        self.has_bias = has_bias
        check_shape("weight", weight_init, (out_channels, in_channels))
        weight = HeUniform(math.sqrt(5)) if weight_init is None else weight_init
        self.weight = Parameter(initializer(weight, [out_channels, in_channels], dtype), name="weight")
        self.bias: Any = None
        if has_bias:
            check_shape("bias", bias_init, (out_channels,))
            bias = Uniform(1 / math.sqrt(in_channels)) if bias_init is None else bias_init
            self.bias = Parameter(initializer(bias, [out_channels], dtype), name="bias")
        self.activation = get_activation(activation)

    def construct(self, x: Any) -> Any:
        if not isinstance(x, torch.Tensor):
            raise errors.invalid(TypeError, f"For 'Dense', the input must be a Tensor, but got {type(x)}.")
        weight = self.weight
        with plain_torch():
            if x.dtype is not weight.dtype and precision.mode is None:
                kinds = f"{dtypes.FROM_TORCH[x.dtype]} and {dtypes.FROM_TORCH[weight.dtype]}"
                raise errors.invalid(TypeError, f"For 'Dense', the type of 'x2' should be same as 'x1', but got {kinds}.")
            if not x.shape or x.shape[-1] != self.in_channels:
                reason = f"the last dimension of the input must be {self.in_channels}, but its shape is {tuple(x.shape)}."
                raise errors.invalid(ValueError, f"For 'Dense', {reason}")
            result = torch.nn.functional.linear(x, weight, self.bias)
        result = as_tensor(result)
        return result if self.activation is None else self.activation(result)

    def extend_repr(self) -> str:
        shown = f"input_channels={self.in_channels}, output_channels={self.out_channels}"
        if self.has_bias:  # MindSpore shows it only where it is True
            shown += ", has_bias=True"
        return shown if self.activation is None else f"{shown}, activation={self.activation}"


def positive(argument: str, value: Any) -> int:
    """A positive int, or MindSpore's TypeError or ValueError."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise errors.invalid(TypeError, f"For 'Dense', the '{argument}' must be int, but got '{type(value).__name__}'")
    if value <= 0:
        raise errors.invalid(ValueError, f"For 'Dense', the '{argument}' must be int and must > 0, but got '{value}'.")
    return value


def check_shape(what: str, init: Any, shape: tuple[int, ...]) -> None:
    """ValueError if initial values are given as a Tensor of another shape."""
    if isinstance(init, Tensor) and tuple(init.shape) != shape:
        raise errors.invalid(ValueError, f"For 'Dense', {what} init shape error: it must be {shape}, but got {init.shape}.")


class Flatten(Layer):
    """nn.Flatten: the axes from start_dim to end_dim become one."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def construct(self, x: Any) -> Any:
        rank = max(x.ndim, 1)
        if not all(-rank <= axis < rank for axis in (self.start_dim, self.end_dim)):
            raise errors.invalid(ValueError, "'start_dim' or 'end_dim' out of range.")
        return shaping.flatten(x, start_dim=self.start_dim, end_dim=self.end_dim)


class BiDense(Layer):
    """nn.BiDense: input1 · weight · input2ᵀ + bias. weight (out_channels, in1_channels, in2_channels), bias (out_channels,).

    Both start uniform in ± 1/sqrt(in1_channels).
    """

    def __init__(
        self, in1_channels: int, in2_channels: int, out_channels: int, weight_init: Any = None, bias_init: Any = None,
        has_bias: bool = True, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        check_positive(self, in1_channels=in1_channels, in2_channels=in2_channels, out_channels=out_channels)
        check_type(self, bool, has_bias=has_bias)
        self.in1_channels, self.in2_channels, self.out_channels, self.has_bias = in1_channels, in2_channels, out_channels, has_bias
        start = Uniform(1 / math.sqrt(in1_channels))
        shape = (out_channels, in1_channels, in2_channels)
        self.weight = new_parameter("weight", start if weight_init is None else weight_init, shape, dtype)
        self.bias: Any = None
        if has_bias:
            self.bias = new_parameter("bias", start if bias_init is None else bias_init, (out_channels,), dtype)

    @computed
    def construct(self, input1: Any, input2: Any) -> Any:
        if not isinstance(input2, torch.Tensor):
            raise refuse(self, f"the 'input2' must be a Tensor, but got {type(input2)}.", TypeError)
        if input1.shape[:-1] != input2.shape[:-1]:
            raise refuse(self, f"the inputs must differ in the last axis alone, but got {input1.shape} and {input2.shape}.")
        return torch.nn.functional.bilinear(input1, input2, self.weight, self.bias)

    def extend_repr(self) -> str:
        shown = f"in1_channels={self.in1_channels}, in2_channels={self.in2_channels}, out_channels={self.out_channels}"
        return f"{shown}, has_bias={self.has_bias}"


class Unflatten(Layer):
    """nn.Unflatten: one axis becomes several."""

    def __init__(self, axis: int, unflattened_size: Any) -> None:
        super().__init__()
        check_type(self, int, axis=axis)
        check_type(self, (list, tuple), unflattened_size=unflattened_size)
        self.axis, self.unflattened_size = axis, tuple(unflattened_size)

    @computed
    def construct(self, input_x: Any) -> Any:
        return input_x.unflatten(self.axis, self.unflattened_size)


class Identity(Layer):
    """nn.Identity: what comes in. It takes any arguments."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def construct(self, input: Any) -> Any:
        return input
