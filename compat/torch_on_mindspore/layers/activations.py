"""The activations as modules."""

from __future__ import annotations

import warnings
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import functions, init
from compat.torch_on_mindspore.functional import activations, softmax
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors
from compat.torch_on_mindspore.parameter import Parameter


class _InPlace(Module):
    """An activation without options, which may write to its input."""

    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class ReLU(_InPlace):
    """max(0, input)."""

    def forward(self, input: Any) -> Any:
        return activations.relu(input, self.inplace)


class SiLU(_InPlace):
    """input · sigmoid(input)."""

    def forward(self, input: Any) -> Any:
        return activations.silu(input, self.inplace)


class Mish(_InPlace):
    """input · tanh(softplus(input))."""

    def forward(self, input: Any) -> Any:
        return activations.mish(input, self.inplace)


class SELU(_InPlace):
    """ELU with the alpha, and times the scale, that keep mean 0 and variance 1."""

    def forward(self, input: Any) -> Any:
        return activations.selu(input, self.inplace)


class Hardsigmoid(_InPlace):
    """0 up to -3, 1 from 3, and input / 6 + 1/2 between."""

    def forward(self, input: Any) -> Any:
        return activations.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardswish(_InPlace):
    """input · Hardsigmoid()(input)."""

    def forward(self, input: Any) -> Any:
        return activations.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Sigmoid(Module):
    """1 / (1 + exp(-input))."""

    def forward(self, input: Any) -> Any:
        return functions.sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent."""

    def forward(self, input: Any) -> Any:
        return functions.tanh(input)


class LogSigmoid(Module):
    """log(sigmoid(input))."""

    def forward(self, input: Any) -> Any:
        return activations.logsigmoid(input)


class Softsign(Module):
    """input / (1 + |input|)."""

    def forward(self, input: Any) -> Any:
        return activations.softsign(input)


class Tanhshrink(Module):
    """input - tanh(input)."""

    def forward(self, input: Any) -> Any:
        return activations.tanhshrink(input)


class Threshold(Module):
    """input where it is above the threshold, elsewhere `value`."""

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, input: Any) -> Any:
        return activations.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        return f"threshold={self.threshold}, value={self.value}" + (", inplace=True" if self.inplace else "")


class Hardtanh(Module):
    """min_val ≤ input ≤ max_val."""

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        if min_value is not None:
            warnings.warn("keyword argument `min_value` is deprecated and rename to `min_val`", FutureWarning, stacklevel=2)
            min_val = min_value
        if max_value is not None:
            warnings.warn("keyword argument `max_value` is deprecated and rename to `max_val`", FutureWarning, stacklevel=2)
            max_val = max_value
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace
        if not max_val > min_val:
            raise invalid(AssertionError, f"max_val ({max_val}) must be greater than min_val ({min_val})")

    def forward(self, input: Any) -> Any:
        return activations.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class ReLU6(Hardtanh):
    """0 ≤ input ≤ 6."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class ELU(Module):
    """input where positive, elsewhere alpha · (exp(input) - 1)."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Any) -> Any:
        return activations.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class CELU(ELU):
    """input where positive, elsewhere alpha · (exp(input / alpha) - 1)."""

    def forward(self, input: Any) -> Any:
        return activations.celu(input, self.alpha, self.inplace)


class LeakyReLU(Module):
    """input where positive, elsewhere input · negative_slope."""

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Any) -> Any:
        return activations.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class RReLU(Module):
    """LeakyReLU by a slope that is drawn for each element while training."""

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Any) -> Any:
        return activations.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")


class PReLU(Module):
    """LeakyReLU by a slope that is trained, for all or for each of the channels of (N, C, …)."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(functions.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        init.constant_(self.weight, self.init)

    def forward(self, input: Any) -> Any:
        return activations.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class Softplus(Module):
    """log(1 + exp(input · beta)) / beta; the input itself where input · beta is above the threshold."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Any) -> Any:
        return activations.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class Hardshrink(Module):
    """0 within ± lambd, elsewhere the input."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Any) -> Any:
        return activations.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Softshrink(Hardshrink):
    """0 within ± lambd, elsewhere the input moved by lambd towards 0."""

    def forward(self, input: Any) -> Any:
        return activations.softshrink(input, self.lambd)


class GELU(Module):
    """input · Φ(input)."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Any) -> Any:
        return activations.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class GLU(Module):
    """The first half along `dim` times the sigmoid of the second half."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Any) -> Any:
        return activations.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class _Along(Module):
    """An activation along one dimension."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(_Along):
    """exp(input), scaled to sum to 1 along `dim`."""

    def forward(self, input: Any) -> Any:
        return softmax.softmax(input, self.dim, _stacklevel=5)


class Softmin(_Along):
    """Softmax of -input."""

    def forward(self, input: Any) -> Any:
        return softmax.softmin(input, self.dim, _stacklevel=5)


class LogSoftmax(_Along):
    """The logarithm of Softmax."""

    def forward(self, input: Any) -> Any:
        return softmax.log_softmax(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W) or (C, H, W)."""

    def forward(self, input: Any) -> Any:
        if input.ndim not in (3, 4):
            raise invalid(ValueError, f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead")
        return softmax.softmax(input, -3, _stacklevel=5)


name_constructors(globals())
