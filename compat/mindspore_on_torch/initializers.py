"""mindspore.common.initializer: what fills a new Parameter. Random numbers come from PyTorch's generator."""

from __future__ import annotations

import contextlib
import math
import numbers
from collections.abc import Iterator
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.tensor import Tensor

torch: Any = frameworks.load("torch")

__all__ = [
    "Constant", "Dirac", "HeNormal", "HeUniform", "Identity", "Initializer", "Normal", "One", "Orthogonal", "Sparse", "TruncatedNormal",
    "Uniform", "VarianceScaling", "XavierNormal", "XavierUniform", "Zero", "initializer",
]  # fmt: skip

Array = np.ndarray[Any, Any]
LINEAR = {"linear", "sigmoid", *(f"conv{t}{d}d" for t in ("", "_transpose") for d in (1, 2, 3))}


class Initializer:
    """Base class: a subclass fills the NumPy array it is given in `_initialize`."""

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = kwargs

    def _initialize(self, arr: Array) -> None:
        raise NotImplementedError("Must be overridden!")

    def __call__(self, arr: Array) -> None:
        self._initialize(arr)


class Zero(Initializer):
    """All zeros."""

    def _initialize(self, arr: Array) -> None:
        arr.fill(0)


class One(Initializer):
    """All ones."""

    def _initialize(self, arr: Array) -> None:
        arr.fill(1)


class Constant(Initializer):
    """One value everywhere."""

    def __init__(self, value: Any) -> None:
        super().__init__(value=value)
        self.value = value

    def _initialize(self, arr: Array) -> None:
        arr.fill(self.value)


class Uniform(Initializer):
    """Uniform in [-scale, scale]."""

    def __init__(self, scale: float = 0.07) -> None:
        super().__init__(scale=scale)
        self.scale = scale

    def _initialize(self, arr: Array) -> None:
        fill_uniform(arr, self.scale)


class Normal(Initializer):
    """Normal with standard deviation `sigma`, 0.01 by default."""

    def __init__(self, sigma: float = 0.01, mean: float = 0.0) -> None:
        super().__init__(sigma=sigma, mean=mean)
        self.sigma, self.mean = sigma, mean

    def _initialize(self, arr: Array) -> None:
        fill_normal(arr, self.sigma, self.mean)


class TruncatedNormal(Initializer):
    """Normal, drawn again outside of [a, b]. The bounds are values, not multiples of sigma."""

    def __init__(self, sigma: float = 0.01, mean: float = 0.0, a: float = -2.0, b: float = 2.0) -> None:
        super().__init__(sigma=sigma, mean=mean, a=a, b=b)
        self.sigma, self.mean, self.a, self.b = sigma, mean, a, b

    def _initialize(self, arr: Array) -> None:
        drawn = torch.empty(arr.shape)
        arr[...] = torch.nn.init.trunc_normal_(drawn, self.mean, self.sigma, self.a, self.b).numpy()


class HeUniform(Initializer):
    """Uniform in ± gain * sqrt(3 / fan); the default of Dense with negative_slope sqrt(5)."""

    def __init__(self, negative_slope: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> None:
        super().__init__(negative_slope=negative_slope, mode=mode, nonlinearity=nonlinearity)
        self.negative_slope, self.mode, self.nonlinearity = negative_slope, mode, nonlinearity

    def _initialize(self, arr: Array) -> None:
        fill_uniform(arr, math.sqrt(3.0) * he_sigma(arr, self.negative_slope, self.mode, self.nonlinearity))


class HeNormal(Initializer):
    """Normal with sigma = gain / sqrt(fan)."""

    def __init__(self, negative_slope: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> None:
        super().__init__(negative_slope=negative_slope, mode=mode, nonlinearity=nonlinearity)
        self.negative_slope, self.mode, self.nonlinearity = negative_slope, mode, nonlinearity

    def _initialize(self, arr: Array) -> None:
        fill_normal(arr, he_sigma(arr, self.negative_slope, self.mode, self.nonlinearity))


class XavierUniform(Initializer):
    """Uniform in ± gain * sqrt(6 / (fan_in + fan_out))."""

    def __init__(self, gain: float = 1) -> None:
        super().__init__(gain=gain)
        self.gain = gain

    def _initialize(self, arr: Array) -> None:
        fill_uniform(arr, self.gain * math.sqrt(6.0 / sum(fans(arr.shape))))


class XavierNormal(Initializer):
    """Normal with sigma = gain * sqrt(2 / (fan_in + fan_out))."""

    def __init__(self, gain: float = 1) -> None:
        super().__init__(gain=gain)
        self.gain = gain

    def _initialize(self, arr: Array) -> None:
        fill_normal(arr, self.gain * math.sqrt(2.0 / sum(fans(arr.shape))))


class Identity(Initializer):
    """Ones on the diagonal of a matrix, zeros elsewhere. ValueError for another number of dimensions."""

    def _initialize(self, arr: Array) -> None:
        check_matrix("Identity", arr)
        arr[...] = np.eye(arr.shape[0], arr.shape[1])


class Sparse(Initializer):
    """Normal with standard deviation `sigma`, and the share `sparsity` of each column of a matrix 0, rounded up."""

    def __init__(self, sparsity: float, sigma: float = 0.01) -> None:
        super().__init__()
        self.sparsity, self.sigma = sparsity, sigma

    def _initialize(self, arr: Array) -> None:
        check_matrix("Sparse", arr)
        fill_normal(arr, self.sigma)
        zeros = math.ceil(self.sparsity * len(arr))
        places = torch.rand(arr.shape).argsort(0)[:zeros].numpy()
        np.put_along_axis(arr, places, 0, 0)


class Dirac(Initializer):
    """The weight of a convolution that keeps its input: 1 at the middle of the kernel from channel to channel, group by group."""

    def __init__(self, groups: int = 1) -> None:
        super().__init__()
        self.groups = groups

    def _initialize(self, arr: Array) -> None:
        if arr.ndim not in (3, 4, 5):
            raise errors.invalid(ValueError, f"For Dirac initializer, the tensor must have 3, 4 or 5 dimensions, but got {arr.ndim}.")
        if len(arr) % self.groups:
            reason = f"the first dimension must be divisible by groups, but got {len(arr)} and {self.groups}"
            raise errors.invalid(ValueError, f"For Dirac initializer, {reason}.")
        torch.nn.init.dirac_(values := torch.empty(arr.shape), self.groups)
        arr[...] = values.numpy()


class Orthogonal(Initializer):
    """A random matrix (out, the rest) with orthogonal rows or columns, times `gain`."""

    def __init__(self, gain: float = 1.0) -> None:
        super().__init__(gain=gain)
        self.gain = gain

    def _initialize(self, arr: Array) -> None:
        if arr.ndim < 2:
            raise errors.invalid(ValueError, f"For Orthogonal initializer, the dimension should be no less than 2, but got {arr.ndim}.")
        arr[...] = torch.nn.init.orthogonal_(torch.empty(arr.shape), self.gain).numpy()


class VarianceScaling(Initializer):
    """Numbers of variance scale / n: n is fan_in, fan_out or their mean. Normal for "untruncated_normal", uniform for both other names.

    That "truncated_normal" is uniform is what MindSpore does, though its documentation says otherwise.
    """

    def __init__(self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal") -> None:
        super().__init__(scale=scale, mode=mode, distribution=distribution)
        for wrong, reason in (
            (scale <= 0, f"'scale' must be greater than 0, but got {scale}"),
            (mode not in ("fan_in", "fan_out", "fan_avg"), f"'mode' must be fan_in, fan_out or fan_avg, but got {mode}"),
            (distribution not in ("uniform", "truncated_normal", "untruncated_normal"),
             f"'distribution' must be uniform, truncated_normal or untruncated_normal, but got {distribution}"),
        ):  # fmt: skip
            if wrong:
                raise errors.invalid(ValueError, f"For VarianceScaling initializer, the argument {reason}.")
        self.scale, self.mode, self.distribution = scale, mode, distribution

    def _initialize(self, arr: Array) -> None:
        into, out = fans(arr.shape)
        variance = self.scale / max(1.0, {"fan_in": into, "fan_out": out, "fan_avg": (into + out) / 2}[self.mode])
        if self.distribution == "untruncated_normal":
            fill_normal(arr, math.sqrt(variance))
        else:
            fill_uniform(arr, math.sqrt(3 * variance))


BY_NAME: dict[str, type[Initializer]] = {
    "zero": Zero, "zeros": Zero, "one": One, "ones": One, "uniform": Uniform, "normal": Normal,
    "truncatednormal": TruncatedNormal, "heuniform": HeUniform, "he_uniform": HeUniform, "henormal": HeNormal,
    "he_normal": HeNormal, "xavieruniform": XavierUniform, "xavier_uniform": XavierUniform,
    "xaviernormal": XavierNormal, "xavier_normal": XavierNormal, "identity": Identity, "sparse": Sparse, "dirac": Dirac,
    "orthogonal": Orthogonal, "variancescaling": VarianceScaling,
}  # fmt: skip


def check_matrix(name: str, arr: Array) -> None:
    """ValueError unless there are two dimensions."""
    if arr.ndim != 2:
        raise errors.invalid(ValueError, f"For {name} initializer, the dimension of the tensor should be 2, but got {arr.ndim}.")


def fill_uniform(arr: Array, scale: float) -> None:
    """Fill with numbers from [-scale, scale]."""
    arr[...] = torch.empty(arr.shape).uniform_(-scale, scale).numpy()


def fill_normal(arr: Array, sigma: float, mean: float = 0.0) -> None:
    """Fill with normal numbers; ValueError if sigma is negative."""
    if sigma < 0:
        raise errors.invalid(ValueError, "sigma < 0")
    arr[...] = torch.empty(arr.shape).normal_(mean, sigma).numpy()


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """(fan_in, fan_out) of a weight (out, in, *kernel)."""
    if len(shape) < 2:
        reason = f"'fan_in' and 'fan_out' can not be computed for tensor with fewer than 2 dimensions, but got {len(shape)}."
        raise errors.invalid(ValueError, reason)
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def he_sigma(arr: Array, negative_slope: float, mode: str, nonlinearity: str) -> float:
    """The standard deviation of He's initializers."""
    if mode.lower() not in ("fan_in", "fan_out"):
        raise errors.invalid(ValueError, f"'mode' {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return gain(nonlinearity, negative_slope) / math.sqrt(fans(arr.shape)[mode.lower() == "fan_out"])


def gain(nonlinearity: str, negative_slope: float) -> float:
    """How much a layer's activation shrinks the signal, so that the weights make up for it."""
    if nonlinearity in LINEAR:
        return 1.0
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1 + negative_slope**2))
    known = "['sigmoid', 'tanh', 'relu' or 'leaky_relu']"
    raise errors.invalid(ValueError, f"the argument 'nonlinearity' should be one of {known}, but got {nonlinearity}.")


def initializer(init: Any, shape: Any = None, dtype: Any = dtypes.float32) -> Any:
    """mindspore.common.initializer.initializer: a Tensor of `shape` from a name, a number, an Initializer or a Tensor.

    MindSpore fills it when a Parameter takes it; here it is filled at once.
    """
    lengths = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if isinstance(init, Tensor):
        if tuple(init.shape) != lengths:
            reason = f"the shape of the 'init' argument should be {lengths}, but got {tuple(init.shape)}"
            raise errors.invalid(ValueError, f"For 'initializer', {reason}.")
        return init
    if any(not isinstance(length, int) or length <= 0 for length in lengths):
        reason = "the argument 'shape' is invalid, the value of 'shape' must be positive integer"
        raise errors.invalid(ValueError, f"For 'initializer', {reason}, but got {shape}")
    return Tensor(dtype=dtype, shape=lengths, init=found(init))


def found(init: Any) -> Initializer:
    """The Initializer that a name or a number means."""
    if isinstance(init, Initializer):
        return init
    if isinstance(init, numbers.Number):
        return Constant(init)
    if not isinstance(init, str):
        kinds = "'Tensor', 'number', 'string' or 'initializer'"
        raise errors.invalid(TypeError, f"For 'initializer', the type of 'init' should be {kinds}, but got {type(init)}.")
    if init.lower() not in BY_NAME:
        raise errors.invalid(ValueError, f"For 'initializer', the class corresponding to '{init}' was not found.")
    return BY_NAME[init.lower()]()


@contextlib.contextmanager
def no_init_parameters() -> Iterator[None]:
    """mindspore.nn.no_init_parameters: there, layers made inside wait for their initial values. Here they have them at once."""
    yield
