"""One of several outcomes."""

from __future__ import annotations

from typing import Any, ClassVar

from compat.errors import invalid
from compat.torch_on_mindspore import autograd, dtypes, sampling
from compat.torch_on_mindspore.creation import arange
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.chances import Chances
from compat.torch_on_mindspore.joining import broadcast_shapes
from compat.torch_on_mindspore.limits import finfo


class Categorical(Chances):
    """One of the numbers 0 … n-1, with the probabilities in the last dimension of `probs`, or their logarithms up to a constant."""

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        name, value = self._set_chances(probs, logits)
        if value.ndim < 1:
            raise invalid(ValueError, f"`{name}` parameter must be at least one-dimensional.")
        setattr(self, name, value / value.sum(-1, keepdim=True) if name == "probs" else value - value.logsumexp(-1, keepdim=True))
        super().__init__(value.shape[:-1], validate_args=validate_args)

    @property
    def _num_events(self) -> int:
        return int(self._param.shape[-1])

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Any:
        return self.probs.new_full(self._batch_shape, float("nan"))

    @property
    def mode(self) -> Any:
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Any:
        return self.mean

    def sample(self, sample_shape: Any = ()) -> Any:
        count = 1
        for one in sample_shape:
            count *= one
        with autograd.no_grad():
            rows = sampling.multinomial(self.probs.reshape(-1, self._num_events), count, True)
            return rows.T.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        shape = broadcast_shapes(value.shape, self._batch_shape)
        logits, value = self.logits.expand(*shape, self._num_events), value.long().expand(shape)
        return logits.gather(-1, value.unsqueeze(-1)).squeeze(-1)

    def entropy(self) -> Any:
        return -(self.logits.clamp(min=finfo(self.logits.dtype).min) * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Any:
        values = arange(self._num_events, dtype=dtypes.int64).view(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values
