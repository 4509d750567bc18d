"""Numbers of events: Poisson, binomial, negative binomial, multinomial."""

from __future__ import annotations

from typing import Any, ClassVar

from compat.errors import invalid
from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.creation import arange
from compat.torch_on_mindspore.descriptors import Size
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.categorical import Categorical
from compat.torch_on_mindspore.distributions.chances import Chances
from compat.torch_on_mindspore.distributions.distribution import Distribution, ExponentialFamily
from compat.torch_on_mindspore.distributions.gamma import Gamma
from compat.torch_on_mindspore.distributions.utilities import broadcast_all
from compat.torch_on_mindspore.functional.activations import logsigmoid
from compat.torch_on_mindspore.rejection import binomial, poisson


class Poisson(ExponentialFamily):
    """How many independent events of this `rate` happen."""

    arg_constraints: ClassVar[Any] = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer
    rate: Any

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        self._broadcast(validate_args, rate=rate)

    @property
    def mean(self) -> Any:
        return self.rate

    @property
    def mode(self) -> Any:
        return self.rate.floor()

    @property
    def variance(self) -> Any:
        return self.rate

    def sample(self, sample_shape: Any = ()) -> Any:
        with autograd.no_grad():
            return poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()


class _Trials(Chances):
    """Base of what counts outcomes of trials with two outcomes, `total_count` trials or failures."""

    is_binary = True
    total_count: Any

    def __init__(self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        name, value = self._set_chances(probs, logits)
        self.total_count, value = broadcast_all(total_count, value)
        self.total_count = self.total_count.type_as(value)
        setattr(self, name, value)
        Distribution.__init__(self, value.shape, validate_args=validate_args)


class Binomial(_Trials):
    """How many of `total_count` trials succeed."""

    arg_constraints: ClassVar[Any] = {
        "total_count": constraints.nonnegative_integer, "probs": constraints.unit_interval, "logits": constraints.real,
    }  # fmt: skip
    has_enumerate_support = True

    def __init__(self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        super().__init__(total_count, probs, logits, validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Any:
        return self.total_count * self.probs

    @property
    def mode(self) -> Any:
        return ((self.total_count + 1) * self.probs).floor().minimum(self.total_count)

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        with autograd.no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        count = self.total_count
        choices = (count + 1).lgamma() - (value + 1).lgamma() - (count - value + 1).lgamma()
        return choices + value * self.logits + count * logsigmoid(-self.logits)

    def entropy(self) -> Any:
        """The sum over all outcomes; NotImplementedError when `total_count` differs between places."""
        chances = self.log_prob(self.enumerate_support(False))
        return -(chances.exp() * chances).sum(0)

    def enumerate_support(self, expand: bool = True) -> Any:
        count = int(self.total_count.max())
        if not self.total_count.min() == count:
            raise NotImplementedError("Inhomogeneous total count not supported by `enumerate_support`.")
        values = arange(1 + count, dtype=self._param.dtype).view(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values


class NegativeBinomial(_Trials):
    """How many trials succeed before `total_count` of them have failed."""

    arg_constraints: ClassVar[Any] = {
        "total_count": constraints.greater_than_eq(0), "probs": constraints.half_open_interval(0.0, 1.0), "logits": constraints.real,
    }  # fmt: skip
    support = constraints.nonnegative_integer

    @property
    def mean(self) -> Any:
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Any:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Any:
        return self.mean / (-self.logits).sigmoid()

    def sample(self, sample_shape: Any = ()) -> Any:
        with autograd.no_grad():
            rates = Gamma(self.total_count, (-self.logits).exp(), validate_args=False)
            return poisson(rates.sample(sample_shape))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        count = self.total_count
        choices = (count + value).lgamma() - (value + 1.0).lgamma() - count.lgamma()
        choices = choices.masked_fill(count + value == 0, 0.0)
        return choices + count * logsigmoid(-self.logits) + value * logsigmoid(self.logits)


class Multinomial(Distribution):
    """How often each outcome of `Categorical` comes up in `total_count` trials."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    total_count: int

    def __init__(self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if not isinstance(total_count, int):
            raise invalid(NotImplementedError, "inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    def _expand_parts(self, made: Any, batch_shape: Any) -> None:
        made._categorical = self._categorical.expand(batch_shape)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:
        return constraints.multinomial(self.total_count)

    @property
    def probs(self) -> Any:
        return self._categorical.probs

    @property
    def logits(self) -> Any:
        return self._categorical.logits

    @property
    def param_shape(self) -> Size:
        return self._categorical.param_shape

    @property
    def mean(self) -> Any:
        return self.probs * self.total_count

    @property
    def variance(self) -> Any:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        with autograd.no_grad():
            drawn = self._categorical.sample((self.total_count, *sample_shape))
            outcomes = arange(self._event_shape[0])
            return (drawn.unsqueeze(-1) == outcomes).to(self.probs).sum(0)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        chances = logits.masked_fill((value == 0) & (logits == -float("inf")), 0) * value
        return (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1) + chances.sum(-1)

    def entropy(self) -> Any:
        count = self._categorical.probs.new_tensor(float(self.total_count))
        single = Binomial(self.total_count, probs=self.probs)
        value = single.enumerate_support(expand=False)[1:]
        repeated = (single.log_prob(value).exp() * (value + 1).lgamma()).sum([0, -1])
        return count * self._categorical.entropy() - (count + 1).lgamma() + repeated
