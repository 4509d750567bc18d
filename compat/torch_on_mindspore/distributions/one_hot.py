"""One of several outcomes, as a vector with a single 1."""

from __future__ import annotations

from typing import Any, ClassVar

from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.creation import eye, one_hot
from compat.torch_on_mindspore.descriptors import Size
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.categorical import Categorical
from compat.torch_on_mindspore.distributions.distribution import Distribution


class OneHotCategorical(Distribution):
    """A vector with 1 at an outcome of `Categorical` and 0 elsewhere."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    def _expand_parts(self, made: Any, batch_shape: Any) -> None:
        made._categorical = self._categorical.expand(batch_shape)

    @property
    def probs(self) -> Any:
        return self._categorical.probs

    @property
    def logits(self) -> Any:
        return self._categorical.logits

    @property
    def _param(self) -> Any:
        return self._categorical._param

    @property
    def param_shape(self) -> Size:
        return self._categorical.param_shape

    @property
    def mean(self) -> Any:
        return self.probs

    @property
    def mode(self) -> Any:
        return one_hot(self.probs.argmax(-1), self._event_shape[0]).to(self.probs)

    @property
    def variance(self) -> Any:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        with autograd.no_grad():
            return one_hot(self._categorical.sample(sample_shape), self._event_shape[0]).to(self.probs)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Any:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Any:
        count = self._event_shape[0]
        values = eye(count, dtype=self._param.dtype).view(count, *[1] * len(self._batch_shape), count)
        return values.expand(count, *self._batch_shape, count) if expand else values


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """Samples are one-hot; their gradient is that of the probabilities."""

    has_rsample = True

    def sample(self, sample_shape: Any = ()) -> Any:
        return super().sample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        probs = self.probs
        return self.sample(sample_shape) + (probs - probs.detach())
