"""Continuous relaxations of discrete distributions, which gradients flow through; they harden as `temperature` goes to 0."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from compat.torch_on_mindspore import sampling
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.chances import Chances
from compat.torch_on_mindspore.distributions.distribution import Distribution
from compat.torch_on_mindspore.distributions.elementwise_transforms import ExpTransform, SigmoidTransform
from compat.torch_on_mindspore.distributions.transformed import TransformedDistribution
from compat.torch_on_mindspore.distributions.utilities import broadcast_all, clamp_probs

ARGUMENTS = {"probs": constraints.unit_interval, "logits": constraints.real}


class LogitRelaxedBernoulli(Chances):
    """Log odds whose sigmoid is close to 0 or 1."""

    arg_constraints: ClassVar[Any] = ARGUMENTS
    support = constraints.real
    has_rsample = True
    is_binary = True

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self.temperature = temperature
        name, value = self._set_chances(probs, logits)
        self._broadcast(validate_args, **{name: value})

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        probs = clamp_probs(self.probs.expand(shape))
        drawn = clamp_probs(sampling.rand(shape, dtype=probs.dtype))
        return (drawn.log() - (-drawn).log1p() + probs.log() - (-probs).log1p()) / self.temperature

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        away = logits - value * self.temperature
        return self.temperature.log() + away - 2 * away.exp().log1p()


class ExpRelaxedCategorical(Chances):
    """Logarithms of points of the simplex that are close to its corners."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self.temperature = temperature
        name, value = self._set_chances(probs, logits)
        setattr(self, name, value / value.sum(-1, keepdim=True) if name == "probs" else value - value.logsumexp(-1, keepdim=True))
        Distribution.__init__(self, value.shape[:-1], value.shape[-1:], validate_args=validate_args)

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        drawn = clamp_probs(sampling.rand(shape, dtype=self.logits.dtype))
        scores = (self.logits.expand(shape) - (-drawn.log()).log()) / self.temperature
        return scores - scores.logsumexp(-1, keepdim=True)

    def log_prob(self, value: Any) -> Any:
        count = self._event_shape[0]
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        score = logits - value * self.temperature
        score = (score - score.logsumexp(-1, keepdim=True)).sum(-1)
        return score + math.lgamma(count) + (count - 1) * self.temperature.log()


class _Relaxed(TransformedDistribution):
    """Base of the values themselves."""

    has_rsample = True
    base_dist: Any

    @property
    def temperature(self) -> Any:
        return self.base_dist.temperature

    @property
    def probs(self) -> Any:
        return self.base_dist.probs

    @property
    def logits(self) -> Any:
        return self.base_dist.logits


class RelaxedBernoulli(_Relaxed):
    """Numbers in (0, 1) close to 0 or 1."""

    arg_constraints: ClassVar[Any] = ARGUMENTS
    support = constraints.unit_interval

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        super().__init__(LogitRelaxedBernoulli(temperature, probs, logits), SigmoidTransform(), validate_args=validate_args)


class RelaxedOneHotCategorical(_Relaxed):
    """Points of the simplex close to its corners."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.simplex

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        super().__init__(ExpRelaxedCategorical(temperature, probs, logits), ExpTransform(), validate_args=validate_args)
