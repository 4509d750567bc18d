"""nn's activations, and the names by which nn.Dense takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes, elementwise, shaping, widened
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.layers.extended import LogSoftmaxExt, PReLUExt
from compat.mindspore_on_torch.layers.layer import Layer, Tensor, check_positive, check_rank, check_type, computed, new_parameter, refuse

torch: Any = frameworks.load("torch")
functional: Any = widened.load("torch.nn.functional")


class Activation(Layer):
    """A layer without parameters that applies one function."""

    function: Any

    def construct(self, x: Any) -> Any:
        return type(self).function(x)


class ReLU(Activation):
    """nn.ReLU."""

    function = elementwise.relu

    def construct(self, input: Any) -> Any:
        return super().construct(input)


class Sigmoid(Activation):
    """nn.Sigmoid."""

    function = elementwise.sigmoid


class Tanh(Activation):
    """nn.Tanh."""

    function = elementwise.tanh


class GELU(Layer):
    """nn.GELU: the tanh approximation by default, unlike torch.nn.GELU and ops.gelu."""

    def __init__(self, approximate: bool = True) -> None:
        super().__init__()
        if not isinstance(approximate, bool):
            raise errors.invalid(TypeError, f"For 'GELU', the 'approximate' must be a bool, but got {approximate!r}.")
        self.approximate = approximate

    def construct(self, x: Any) -> Any:
        return elementwise.gelu(x, "tanh" if self.approximate else "none")


class Softmax(Layer):
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


class Softmin(Softmax):
    """nn.Softmin over `axis`, the last by default."""

    @computed
    def construct(self, x: Any) -> Any:
        if x.dim() == 0:
            raise refuse(self, "the input must have at least one axis.")
        return (-x).softmax(self.axis)


class Softmax2d(Layer):
    """nn.Softmax2d over the channels of (N, C, H, W) or (C, H, W)."""

    @computed
    def construct(self, x: Any) -> Any:
        check_rank(self, x, 3, 4)
        return x.softmax(-3)


class Elementwise(Layer):
    """A layer that applies one function of torch.nn.functional, with the numbers that its constructor holds."""

    name = ""

    def options(self) -> tuple[Any, ...]:
        """The function's arguments behind the input."""
        return ()

    @computed
    def construct(self, x: Any) -> Any:
        return getattr(functional, self.name)(x, *self.options())


class NamedInput(Elementwise):
    """The same where MindSpore calls the argument `input`."""

    def construct(self, input: Any) -> Any:
        return super().construct(input)


class NamedInputX(Elementwise):
    """The same where MindSpore calls the argument `input_x`."""

    def construct(self, input_x: Any) -> Any:
        return super().construct(input_x)


class ReLU6(Elementwise):
    """nn.ReLU6."""

    name = "relu6"


class SiLU(Elementwise):
    """nn.SiLU."""

    name = "silu"


class Softsign(Elementwise):
    """nn.Softsign."""

    name = "softsign"


class Tanhshrink(Elementwise):
    """nn.Tanhshrink."""

    name = "tanhshrink"


class SeLU(NamedInputX):
    """nn.SeLU."""

    name = "selu"


class Mish(NamedInputX):
    """nn.Mish."""

    name = "mish"


class HSwish(NamedInput):
    """nn.HSwish."""

    name = "hardswish"


class HSigmoid(NamedInput):
    """nn.HSigmoid."""

    name = "hardsigmoid"


class ELU(Elementwise):
    """nn.ELU. MindSpore computes it for alpha=1 alone; a call with another raises ValueError."""

    name = "elu"

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def options(self) -> tuple[Any, ...]:
        check_type(self, float, alpha=self.alpha)
        if self.alpha != 1.0:
            raise refuse(self, f"the 'alpha' must be 1.0, but got {self.alpha}.")
        return (1.0,)


class CELU(Elementwise):
    """nn.CELU."""

    name = "celu"

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        check_type(self, float, alpha=alpha)
        if alpha == 0:
            raise refuse(self, "the 'alpha' must not be 0.")
        self.alpha = alpha

    def options(self) -> tuple[Any, ...]:
        return (self.alpha,)


class LeakyReLU(Elementwise):
    """nn.LeakyReLU: what is below 0 times alpha, 0.2 by default."""

    name = "leaky_relu"

    def __init__(self, alpha: float = 0.2) -> None:
        super().__init__()
        self.alpha = alpha

    def options(self) -> tuple[Any, ...]:
        return (self.alpha,)


class Hardtanh(Elementwise):
    """nn.Hardtanh."""

    name = "hardtanh"

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        super().__init__()
        if min_val >= max_val:
            raise refuse(self, f"min_val should be less than max_val, but got {min_val} and {max_val}")
        self.min_val, self.max_val = min_val, max_val

    def options(self) -> tuple[Any, ...]:
        return self.min_val, self.max_val


class Shrink(NamedInput):
    """What both shrinkages share: the width of the part that becomes 0."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        check_type(self, (int, float), lambd=lambd)
        self.lambd = lambd

    def options(self) -> tuple[Any, ...]:
        return (self.lambd,)


class HShrink(Shrink):
    """nn.HShrink."""

    name = "hardshrink"


class SoftShrink(Shrink):
    """nn.SoftShrink."""

    name = "softshrink"


class Threshold(NamedInputX):
    """nn.Threshold: `value` wherever the input is not above `threshold`."""

    name = "threshold"

    def __init__(self, threshold: float, value: float) -> None:
        super().__init__()
        self.threshold, self.value = threshold, value

    def options(self) -> tuple[Any, ...]:
        return self.threshold, self.value


class LogSigmoid(Layer):
    """nn.LogSigmoid, by MindSpore's formula log(1 / (1 + exp(-x))): -inf where exp(-x) is too large for the data type."""

    @computed
    def construct(self, input_x: Any) -> Any:
        return (1 + (-input_x).exp()).reciprocal().log()


class RReLU(Layer):
    """nn.RReLU: what is below 0 times random numbers from [lower, upper], in training and in use."""

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3) -> None:
        super().__init__()
        check_type(self, (int, float), lower=lower, upper=upper)
        if lower > upper:
            raise refuse(self, f"the value of 'upper' must be greater than or equal to 'lower', but got {upper} and {lower}.")
        self.lower, self.upper = float(lower), float(upper)

    @computed
    def construct(self, x: Any) -> Any:
        return functional.rrelu(x, self.lower, self.upper, training=True)


class PReLU(Layer):
    """nn.PReLU: what is below 0 times the parameter `w` (channel,), whose name is "a" until a Cell holds the layer."""

    def __init__(self, channel: int = 1, w: Any = 0.25) -> None:
        super().__init__()
        check_positive(self, channel=channel)
        check_type(self, (float, list, Tensor), w=w)
        if isinstance(w, list) and not all(isinstance(each, float) for each in w):
            raise refuse(self, f"all elements in 'w' must be float when the 'w' is a list, but got {w}.")
        if isinstance(w, Tensor) and w.dtype not in (dtypes.float16, dtypes.float32):
            raise refuse(self, f"the dtype of 'w' must be float16 or float32 when the 'w' is a tensor, but got {w.dtype}.")
        values = Tensor(w, dtypes.float32) if isinstance(w, list) else w
        if isinstance(values, Tensor) and tuple(values.shape) != (channel,):
            raise refuse(self, f"the shape of 'w' must be ({channel},), but got {tuple(values.shape)}.")
        self.w = new_parameter("a", values, (channel,), dtypes.float32)

    @computed
    def construct(self, x: Any) -> Any:
        return functional.prelu(x, self.w.to(x.dtype))


class FastGelu(Layer):
    """nn.FastGelu: x / (1 + exp(-1.702 |x|)) · exp(0.851 (x - |x|)), which is x · sigmoid(1.702 x)."""

    @computed
    def construct(self, x: Any) -> Any:
        if x.dtype not in (torch.float16, torch.float32):
            raise refuse(self, f"the type of 'x' must be float16 or float32, but got {x.dtype}.", TypeError)
        return x * torch.sigmoid(1.702 * x)


class GLU(Layer):
    """nn.GLU: the first half along `axis` times the sigmoid of the second."""

    def __init__(self, axis: int = -1) -> None:
        super().__init__()
        self.dim = axis

    @computed
    def construct(self, x: Any) -> Any:
        return functional.glu(x, self.dim)


class LRN(Layer):
    """nn.LRN of (N, C, H, W): each value over (bias + alpha * the squares of 2 * depth_radius + 1 channels) ** beta."""

    def __init__(
        self, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5, norm_region: str = "ACROSS_CHANNELS"
    ) -> None:
        super().__init__()
        check_type(self, int, depth_radius=depth_radius)
        check_type(self, float, bias=bias, alpha=alpha, beta=beta)
        if depth_radius < 0:
            raise refuse(self, f"the 'depth_radius' must be >= 0, but got {depth_radius}.")
        if norm_region != "ACROSS_CHANNELS":
            raise refuse(self, f"the 'norm_region' must be ACROSS_CHANNELS, but got {norm_region}.")
        self.depth_radius, self.bias, self.alpha, self.beta = depth_radius, bias, alpha, beta

    @computed
    def construct(self, input_x: Any) -> Any:
        check_rank(self, input_x, 4)
        size = 2 * self.depth_radius + 1  # PyTorch divides alpha by it
        return functional.local_response_norm(input_x, size, self.alpha * size, self.beta, self.bias)


ACTIVATIONS: dict[str, Callable[[], Cell]] = {
    "softmin": Softmin, "softmax": Softmax, "softmax2d": Softmax2d, "logsoftmax": LogSoftmax, "logsoftmaxExt": LogSoftmaxExt,
    "relu": ReLU, "relu6": ReLU6, "rrelu": RReLU, "silu": SiLU, "tanh": Tanh, "tanhshrink": Tanhshrink, "hardtanh": Hardtanh,
    "gelu": GELU, "fast_gelu": FastGelu, "elu": ELU, "sigmoid": Sigmoid, "softsign": Softsign, "prelu": PReLU, "preluExt": PReLUExt,
    "leakyrelu": LeakyReLU, "hswish": HSwish, "hsigmoid": HSigmoid, "logsigmoid": LogSigmoid, "softshrink": SoftShrink,
    "hshrink": HShrink, "mish": Mish,
}  # fmt: skip


def get_activation(activation: Any) -> Any:
    """The layer for a name; a Cell passes. KeyError for an unknown name, TypeError for anything else."""
    if activation is None or isinstance(activation, Cell):
        return activation
    if not isinstance(activation, str):
        reason = f"the 'activation' must be str or Cell or Primitive, but got {type(activation).__name__}."
        raise errors.invalid(TypeError, f"For 'Dense', {reason}")
    if activation == "threshold":
        raise errors.invalid(TypeError, "Threshold.__init__() missing 2 required positional arguments: 'threshold' and 'value'")
    if activation not in ACTIVATIONS:
        raise errors.invalid(KeyError, f"The 'name' must be in {list(ACTIVATIONS)}, but got {activation}.")
    return ACTIVATIONS[activation]()
