"""One trial: success, or the number of failures before it."""

from __future__ import annotations

from typing import Any, ClassVar

from compat.torch_on_mindspore import autograd, sampling
from compat.torch_on_mindspore.creation import arange
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.chances import Chances
from compat.torch_on_mindspore.distributions.distribution import ExponentialFamily
from compat.torch_on_mindspore.distributions.utilities import broadcast_all, log_loss, uniform_between
from compat.torch_on_mindspore.limits import finfo


class Bernoulli(Chances, ExponentialFamily):
    """1 with probability `probs`, or with log odds `logits`, else 0."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True
    is_binary = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        name, value = self._set_chances(probs, logits)
        self._broadcast(validate_args, **{name: value})

    @property
    def mean(self) -> Any:
        return self.probs

    @property
    def mode(self) -> Any:
        """The likelier outcome; NaN where both are equally likely."""
        found = (self.probs >= 0.5).to(self.probs)
        return found.masked_fill(self.probs == 0.5, float("nan"))

    @property
    def variance(self) -> Any:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        with autograd.no_grad():
            return sampling.bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -log_loss(logits, value)

    def entropy(self) -> Any:
        return log_loss(self.logits, self.probs)

    def enumerate_support(self, expand: bool = True) -> Any:
        values = arange(2, dtype=self._param.dtype).view(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values


class Geometric(Chances):
    """How many trials of success probability `probs` fail before the first that succeeds."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer
    is_binary = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        name, value = self._set_chances(probs, logits)
        self._broadcast(validate_args, **{name: value})
        if self._validate_args and probs is not None and not (self.probs > 0).all():
            shown = f"({type(self.probs).__name__} of shape {tuple(self.probs.shape)})"
            raise ValueError(
                f"Expected parameter probs {shown} of distribution {self!r} to be positive but found invalid values:\n{self.probs}"
            )

    @property
    def mean(self) -> Any:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Any:
        return self.probs * 0

    @property
    def variance(self) -> Any:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = ()) -> Any:
        with autograd.no_grad():
            drawn = uniform_between(self.probs, self._extended_shape(sample_shape), finfo(self.probs.dtype).tiny, 1)
            return (drawn.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        certain = (probs == 1) & (value == 0)
        return value * (-probs.masked_fill(certain, 0)).log1p() + self.probs.log()

    def entropy(self) -> Any:
        return log_loss(self.logits, self.probs) / self.probs
