"""Mixtures."""

from __future__ import annotations

from typing import Any, ClassVar

from compat.errors import invalid
from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.categorical import Categorical
from compat.torch_on_mindspore.distributions.distribution import Distribution
from compat.torch_on_mindspore.joining import broadcast_shapes


class MixtureSameFamily(Distribution):
    """One of the distributions along the last dimension of `component_distribution`'s batch, chosen by `mixture_distribution`."""

    arg_constraints: ClassVar[Any] = {}

    def __init__(self, mixture_distribution: Any, component_distribution: Any, validate_args: bool | None = None) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise invalid(ValueError, " The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise invalid(ValueError, "The Component distribution need to be an instance of torch.distributions.Distribution")
        batch = component_distribution.batch_shape[:-1]
        for one, other in zip(reversed(mixture_distribution.batch_shape), reversed(batch), strict=False):
            if 1 not in (one, other) and one != other:
                raise invalid(
                    ValueError,
                    f"`mixture_distribution.batch_shape` ({mixture_distribution.batch_shape}) is not compatible with "
                    f"`component_distribution.batch_shape`({batch})",
                )
        count = component_distribution.batch_shape[-1]
        events = mixture_distribution.logits.shape[-1]
        if events != count:
            raise invalid(
                ValueError,
                f"`mixture_distribution component` ({events}) does not equal `component_distribution.batch_shape[-1]` ({count})",
            )
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        super().__init__(batch, component_distribution.event_shape, validate_args=validate_args)

    def _expand_parts(self, made: Any, batch_shape: Any) -> None:
        made._component_distribution = self.component_distribution.expand((*batch_shape, self.component_distribution.batch_shape[-1]))
        made._mixture_distribution = self.mixture_distribution.expand(batch_shape)

    @property
    def mixture_distribution(self) -> Any:
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Any:
        return self._component_distribution

    @constraints.dependent_property
    def support(self) -> Any:
        return constraints.MixtureSameFamilyConstraint(self.component_distribution.support)

    def _weights(self) -> Any:
        """The probabilities of the components, beside the dimensions of an event."""
        probs = self.mixture_distribution.probs
        return probs.reshape(*probs.shape, *[1] * len(self._event_shape))

    @property
    def _place(self) -> int:
        return -1 - len(self._event_shape)

    @property
    def mean(self) -> Any:
        return (self._weights() * self.component_distribution.mean).sum(self._place)

    @property
    def variance(self) -> Any:
        weights, place = self._weights(), self._place
        within = (weights * self.component_distribution.variance).sum(place)
        away = self.component_distribution.mean - self.mean.unsqueeze(place)
        return within + (weights * away.pow(2.0)).sum(place)

    def cdf(self, value: Any) -> Any:
        found = self.component_distribution.cdf(self._padded(value))
        return (found * self.mixture_distribution.probs).sum(-1)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        inside = self.component_distribution.log_prob(self._padded(value))
        return (inside + self.mixture_distribution.logits.log_softmax(-1)).logsumexp(-1)

    def _padded(self, value: Any) -> Any:
        return value.unsqueeze(self._place)

    def sample(self, sample_shape: Any = ()) -> Any:
        with autograd.no_grad():
            chosen = self.mixture_distribution.sample(sample_shape)
            drawn = self.component_distribution.sample(sample_shape)
            event = drawn.shape[drawn.ndim - len(self._event_shape) :]
            shape = (*broadcast_shapes(chosen.shape, drawn.shape[: drawn.ndim - len(event) - 1]), 1, *event)
            place = chosen.reshape(*chosen.shape, *[1] * (1 + len(event))).expand(shape)
            return drawn.gather(drawn.ndim - len(event) - 1, place).squeeze(self._place)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"
