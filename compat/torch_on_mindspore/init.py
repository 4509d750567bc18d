"""torch.nn.init: fills tensors in place, with PyTorch's distributions and the order of its draws."""

from __future__ import annotations

import functools
import math
import warnings
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import autograd, creation, random
from compat.torch_on_mindspore.natives import named
from compat.torch_on_mindspore.tensor import host

LINEAR = {
    "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid",
}  # fmt: skip


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which an activation shrinks the standard deviation, inverted; ValueError for an unknown one."""
    if nonlinearity in LINEAR:
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "leaky_relu":
        if param is not None and (isinstance(param, bool) or not isinstance(param, (int, float))):
            raise invalid(ValueError, f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity == "selu":
        return 3.0 / 4
    raise invalid(ValueError, f"Unsupported nonlinearity {nonlinearity}")


def filled(method: Any, low: float, high: float, generator: Any) -> Any:
    """The tensor of an in-place method after it has drawn its elements, which is not recorded."""
    with autograd.no_grad():
        return method(low, high, generator=generator)


@named("torch.nn.init.uniform_")
def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Any:
    return filled(tensor.uniform_, a, b, generator)


@named("torch.nn.init.normal_")
def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Any:
    return filled(tensor.normal_, mean, std, generator)


@named("torch.nn.init.constant_")
def constant_(tensor: Any, val: float) -> Any:
    with autograd.no_grad():
        return tensor.fill_(val)


def zeros_(tensor: Any) -> Any:
    with autograd.no_grad():
        return tensor.zero_()


def ones_(tensor: Any) -> Any:
    with autograd.no_grad():
        return tensor.fill_(1.0)


def eye_(tensor: Any) -> Any:
    if tensor.ndim != 2:
        raise invalid(ValueError, "Only tensors with 2 dimensions are supported")
    with autograd.no_grad():
        return tensor.copy_(creation.eye(*tensor.shape, dtype=tensor.dtype))


def _calculate_fan_in_and_fan_out(tensor: Any) -> tuple[int, int]:
    """Inputs and outputs of one unit: the second and the first size, each times the receptive field."""
    if tensor.ndim < 2:
        raise invalid(ValueError, "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def fan(tensor: Any, mode: str) -> int:
    if mode.lower() not in ("fan_in", "fan_out"):
        raise invalid(ValueError, f"Mode {mode.lower()} not supported, please use one of ['fan_in', 'fan_out']")
    return _calculate_fan_in_and_fan_out(tensor)[mode.lower() == "fan_out"]


@named("torch.nn.init.kaiming_uniform_")
def kaiming_uniform_(tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None) -> Any:
    """Uniform within ± gain · √(3 / fan)."""
    if 0 in tensor.shape:
        return tensor
    bound = math.sqrt(3.0) * (calculate_gain(nonlinearity, a) / math.sqrt(fan(tensor, mode)))
    return filled(tensor.uniform_, -bound, bound, generator)


def kaiming_normal_(tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None) -> Any:
    """Normal with the standard deviation gain / √fan."""
    if 0 in tensor.shape:
        return tensor
    return filled(tensor.normal_, 0, calculate_gain(nonlinearity, a) / math.sqrt(fan(tensor, mode)), generator)


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """Uniform within ± gain · √(6 / (fan in + fan out))."""
    bound = math.sqrt(3.0) * (gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor)))))
    return filled(tensor.uniform_, -bound, bound, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """Normal with the standard deviation gain · √(2 / (fan in + fan out))."""
    return filled(tensor.normal_, 0.0, gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor)))), generator)


def trunc_normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None) -> Any:
    """Normal numbers, drawn again until they are within [a, b]; chosen on the host."""
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.", stacklevel=2
        )
    shape, kind = tuple(tensor.shape), tensor.dtype
    below, above = ((1.0 + math.erf((bound - mean) / std / math.sqrt(2.0))) / 2.0 for bound in (a, b))
    if above - below > 0.3:
        found = host(random.normal_numbers(shape, kind, mean, std, generator))
        low, high = found.dtype.type(a), found.dtype.type(b)
        while (outside := (found < low) | (found > high)).any():
            found = np.where(outside, host(random.normal_numbers(shape, kind, mean, std, generator)), found)
    else:
        found = _by_rejection(shape, kind, mean, std, a, b, generator)
    with autograd.no_grad():
        return tensor.copy_(creation.from_numpy(found))


def _by_rejection(shape: tuple[int, ...], kind: Any, mean: float, std: float, a: float, b: float, generator: Any) -> Any:
    """Uniform numbers in [a, b), each accepted with the probability that the normal density gives it."""
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    found: Any = None
    pending = np.ones(shape, bool)
    while found is None or pending.any():
        drawn = host(random.uniform_numbers(shape, kind, a, b, generator))
        found = drawn if found is None else np.where(pending, drawn, found)
        number = drawn.dtype.type
        density = ((drawn - number(mean)) / number(std)) ** 2 * number(-0.5) - number(peak)
        with np.errstate(divide="ignore"):
            pending &= np.log(host(random.uniform_numbers(shape, kind, 0.0, 1.0, generator))) > density
    return found


def dirac_(tensor: Any, groups: int = 1) -> Any:
    """The weight of a convolution that passes as many channels on as it can."""
    if tensor.ndim not in (3, 4, 5):
        raise invalid(ValueError, "Only tensors with 3, 4, or 5 dimensions are supported")
    if tensor.shape[0] % groups:
        raise invalid(ValueError, "dim 0 must be divisible by groups")
    found = np.zeros(tuple(tensor.shape), np.float32)
    each = tensor.shape[0] // groups
    for channel in range(min(each, tensor.shape[1])):
        found[(slice(channel, None, each), channel, *(size // 2 for size in tensor.shape[2:]))] = 1
    with autograd.no_grad():
        return tensor.copy_(creation.from_numpy(found))


def orthogonal_(tensor: Any, gain: float = 1, generator: Any = None) -> Any:
    """A (semi-)orthogonal matrix, from the factorisation of a normal one on the host."""
    if tensor.ndim < 2:
        raise invalid(ValueError, "Only tensors with 2 or more dimensions are supported")
    if not tensor.numel():
        return tensor
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    drawn = host(tensor.detach().new_empty((rows, columns)).normal_(0, 1, generator=generator))
    q, r = np.linalg.qr(drawn.T if rows < columns else drawn)
    q = q * np.sign(np.diag(r))
    found = np.ascontiguousarray(q.T if rows < columns else q) * drawn.dtype.type(gain)
    with autograd.no_grad():
        return tensor.copy_(creation.from_numpy(found.reshape(tuple(tensor.shape))))


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Any = None) -> Any:
    """Normal numbers, of which in each column that fraction is zero."""
    if tensor.ndim != 2:
        raise invalid(ValueError, "Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with autograd.no_grad():
        tensor.normal_(0, std, generator=generator)
        kept = np.ones((rows, columns), bool)
        for column in range(columns):
            kept[random.chosen(None).permutation(rows)[:zeros], column] = False
        return tensor.mul_(creation.from_numpy(kept))


def _deprecated(function: Any) -> Any:
    """The name without an underscore, from before in-place functions had one."""
    old = function.__name__[:-1]

    @functools.wraps(function)
    def method(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(f"`nn.init.{old}` is now deprecated in favor of `nn.init.{function.__name__}`.", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    method.__name__ = method.__qualname__ = old
    return method


uniform, normal, constant, eye, dirac = map(_deprecated, (uniform_, normal_, constant_, eye_, dirac_))
xavier_uniform, xavier_normal = map(_deprecated, (xavier_uniform_, xavier_normal_))
kaiming_uniform, kaiming_normal = map(_deprecated, (kaiming_uniform_, kaiming_normal_))
orthogonal, sparse = map(_deprecated, (orthogonal_, sparse_))
