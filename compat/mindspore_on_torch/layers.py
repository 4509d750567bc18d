"""The first layers of mindspore.nn: Dense, activations, Flatten and Dropout."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes, elementwise, shaping
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.initializers import HeUniform, Uniform, initializer
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.tensor import Tensor

torch: Any = frameworks.load("torch")


class Dense(Cell):
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
        if x.dtype != self.weight.dtype:
            reason = f"the type of 'x2' should be same as 'x1', but got {x.dtype} and {self.weight.dtype}."
            raise errors.invalid(TypeError, f"For 'Dense', {reason}")
        if x.ndim == 0 or x.shape[-1] != self.in_channels:
            reason = f"the last dimension of the input must be {self.in_channels}, but its shape is {x.shape}."
            raise errors.invalid(ValueError, f"For 'Dense', {reason}")
        result = torch.nn.functional.linear(x, self.weight, self.bias)
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


class Activation(Cell):
    """A layer without parameters that applies one function."""

    function: Any

    def __init__(self, **unknown: Any) -> None:
        super().__init__()
        if unknown:
            raise errors.invalid(TypeError, f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(unknown))}'")

    def construct(self, x: Any) -> Any:
        return type(self).function(x)


class ReLU(Activation):
    """nn.ReLU."""

    function = elementwise.relu

    def construct(self, input: Any) -> Any:
        return elementwise.relu(input)


class Sigmoid(Activation):
    """nn.Sigmoid."""

    function = elementwise.sigmoid


class Tanh(Activation):
    """nn.Tanh."""

    function = elementwise.tanh


class GELU(Cell):
    """nn.GELU: the tanh approximation by default, unlike torch.nn.GELU and ops.gelu."""

    def __init__(self, approximate: bool = True) -> None:
        super().__init__()
        if not isinstance(approximate, bool):
            raise errors.invalid(TypeError, f"For 'GELU', the 'approximate' must be a bool, but got {approximate!r}.")
        self.approximate = approximate

    def construct(self, x: Any) -> Any:
        return elementwise.gelu(x, "tanh" if self.approximate else "none")


class Softmax(Cell):
    """nn.Softmax over `axis`, the last by default."""

    def __init__(self, axis: int = -1) -> None:
        super().__init__()
        self.axis = axis

    def construct(self, input: Any) -> Any:
        return shaping.softmax(input, self.axis)


class LogSoftmax(Softmax):
    """nn.LogSoftmax over `axis`, the last by default."""

    def construct(self, x: Any) -> Any:
        return shaping.log_softmax(x, self.axis)


class Flatten(Cell):
    """nn.Flatten: the axes from start_dim to end_dim become one."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def construct(self, x: Any) -> Any:
        rank = max(x.ndim, 1)
        if not all(-rank <= axis < rank for axis in (self.start_dim, self.end_dim)):
            raise errors.invalid(ValueError, "'start_dim' or 'end_dim' out of range.")
        return shaping.flatten(x, start_dim=self.start_dim, end_dim=self.end_dim)


class Dropout(Cell):
    """nn.Dropout: a positional argument is the probability to KEEP, `p` is the one to drop. For training mode only."""

    # MindSpore ignores dtype too.
    def __init__(self, keep_prob: float = 0.5, p: float | None = None, dtype: Any = None) -> None:
        super().__init__()
        if p is None:
            if not isinstance(keep_prob, float):
                reason = f"the type of 'keep_prob' should be 'float', but got type '{type(keep_prob).__name__}'."
                raise errors.invalid(TypeError, f"For 'Dropout', {reason}")
            if not 0 < keep_prob <= 1:
                reason = f"the 'keep_prob' must be a number in range (0, 1], but got {keep_prob}."
                raise errors.invalid(ValueError, f"For 'Dropout', {reason}")
        elif not isinstance(p, (int, float)) or isinstance(p, bool):
            raise errors.invalid(TypeError, f"For 'Dropout', the type of 'p' should be float or int, but got {p!r}.")
        elif not 0 <= p < 1:
            raise errors.invalid(ValueError, f"For 'Dropout', the 'p' must be a number in range [0, 1), but got {p}.")
        self.keep_prob, self.p = keep_prob, p

    def construct(self, x: Any) -> Any:
        return dropout(x, 1 - self.keep_prob if self.p is None else self.p, self.training)

    def extend_repr(self) -> str:
        return f"keep_prob={self.keep_prob}" if self.p is None else f"p={self.p}"


def dropout(input: Any, p: float = 0.5, training: bool = True, seed: int | None = None) -> Any:
    """mindspore.ops.dropout: `p` is the probability to drop. A seed is refused: PyTorch's generator is global."""
    if seed is not None:
        raise errors.UnsupportedArgument("mindspore.ops.dropout", "seed", seed, "None; use mindspore.set_seed")
    if not training:
        return input
    if not 0 <= p < 1:
        raise errors.invalid(RuntimeError, f"For 'Dropout' of ops.dropout, the 'keep_prob' must be in (0.0, 1.0], but got {1 - p:g}")
    return torch.nn.functional.dropout(input, p, training=True)


ACTIVATIONS: dict[str, Callable[[], Cell]] = {
    "relu": ReLU, "sigmoid": Sigmoid, "tanh": Tanh, "gelu": GELU, "softmax": Softmax, "logsoftmax": LogSoftmax,
}  # fmt: skip
ABSENT = {
    "softmin", "softmax2d", "logsoftmaxExt", "relu6", "rrelu", "silu", "tanhshrink", "hardtanh", "fast_gelu", "elu",
    "softsign", "prelu", "preluExt", "leakyrelu", "hswish", "hsigmoid", "logsigmoid", "softshrink", "hshrink",
    "threshold", "glu", "mish", "celu", "softplus",
}  # fmt: skip


def get_activation(activation: Any) -> Any:
    """The layer for a name; a Cell passes. KeyError for an unknown name, TypeError for anything else."""
    if activation is None or isinstance(activation, Cell):
        return activation
    if not isinstance(activation, str):
        reason = f"the 'activation' must be str or Cell or Primitive, but got {type(activation).__name__}."
        raise errors.invalid(TypeError, f"For 'Dense', {reason}")
    if activation in ABSENT:
        raise errors.UnsupportedArgument("mindspore.nn.Dense", "activation", activation, ", ".join(ACTIVATIONS))
    if activation not in ACTIVATIONS:
        raise errors.invalid(KeyError, f"The 'name' must be in {list(ACTIVATIONS)}, but got {activation}.")
    return ACTIVATIONS[activation]()
