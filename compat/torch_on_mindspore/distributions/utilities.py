"""What the distributions share: broadcasting of parameters, and probabilities beside their logarithms."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Number
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import autograd, dtypes, sampling
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.creation import tensor, zeros
from compat.torch_on_mindspore.functional.activations import logsigmoid
from compat.torch_on_mindspore.joining import broadcast_tensors
from compat.torch_on_mindspore.limits import finfo

EULER = 0.57721566490153286060


def is_number(value: Any) -> bool:
    return isinstance(value, Number)


def broadcast_all(*values: Any) -> tuple[Any, ...]:
    """The values as tensors of one shape; numbers take the dtype of the first tensor, or the default one. ValueError for anything else."""
    if not all(is_tensor(one) or is_number(one) for one in values):
        raise invalid(
            ValueError, "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    kind = next((one.dtype for one in values if is_tensor(one)), dtypes.get_default_dtype())
    return tuple(broadcast_tensors(*(one if is_tensor(one) else tensor(one, dtype=kind) for one in values)))


def standard_normal(shape: Any, kind: Any) -> Any:
    return sampling.randn(*shape, dtype=kind) if len(shape) else sampling.randn((), dtype=kind)


def uniform_between(like: Any, shape: Any, low: float, high: float) -> Any:
    """Uniform numbers of PyTorch's stream, in the dtype of `like`."""
    return zeros(tuple(shape), dtype=like.dtype).uniform_(low, high)


def sum_rightmost(value: Any, dims: int) -> Any:
    """The sum over the last `dims` dimensions."""
    return value.reshape(*value.shape[: value.ndim - dims], -1).sum(-1) if dims else value


def clamp_probs(probs: Any) -> Any:
    """Probabilities kept away from 0 and 1 by the rounding of their dtype, so that logarithms are finite."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Any, is_binary: bool = False) -> Any:
    """Log probabilities, or log odds when `is_binary`."""
    clamped = clamp_probs(probs)
    return clamped.log() - (-clamped).log1p() if is_binary else clamped.log()


def logits_to_probs(logits: Any, is_binary: bool = False) -> Any:
    """Probabilities: the sigmoid of log odds when `is_binary`, else the softmax along the last dimension."""
    return logits.sigmoid() if is_binary else logits.softmax(-1)


def log_loss(logits: Any, value: Any) -> Any:
    """Minus the log probability of `value`, 0 or 1 or between, under these log odds, in the dtype of `value`."""
    return ((1 - value) * logits - logsigmoid(logits)).type_as(value)


class lazy_property:
    """A value computed at its first use, with recording on, and kept as an attribute."""

    def __init__(self, wrapped: Callable[..., Any]) -> None:
        self.wrapped = wrapped
        self.__doc__, self.__name__ = wrapped.__doc__, wrapped.__name__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with autograd.enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.__name__, value)
        return value


def one_of(probs: Any, logits: Any) -> None:
    """ValueError unless exactly one is given."""
    if (probs is None) == (logits is None):
        raise invalid(ValueError, "Either `probs` or `logits` must be specified, but not both.")
