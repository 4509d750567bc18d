"""The distributions of whole numbers, by their probabilities. Each function is in plain PyTorch."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import float32, int32
from compat.mindspore_on_torch.probability.base import (
    NUMBERS,
    Entropic,
    Parametric,
    check_chances,
    check_positive,
    drawn,
    of_other,
    of_parameters,
    of_value,
)
from compat.mindspore_on_torch.tensor import run_plain

torch: Any = frameworks.load("torch")

__all__ = ["Bernoulli", "Categorical", "Geometric", "Poisson"]


def against(probs: Any, other: Any) -> Any:
    """The divergence of one yes/no draw from another."""
    return probs * (probs.log() - other.log()) + (1 - probs) * ((-probs).log1p() - (-other).log1p())


class Bernoulli(Entropic):
    """Bernoulli(probs): 1 with that probability, else 0."""

    kinds = NUMBERS

    def __init__(self, probs: Any = None, seed: int | None = None, dtype: Any = int32, name: str = "Bernoulli") -> None:
        self.hold(seed, dtype, name, probs=probs)
        check_chances(self._probs)

    @of_parameters
    def _mean(self, probs: Any) -> Any:
        return probs

    @of_parameters
    def _mode(self, probs: Any) -> Any:
        return (probs > 0.5).to(self.dtype.torch)

    @of_parameters
    def _var(self, probs: Any) -> Any:
        return probs * (1 - probs)

    @of_parameters
    def _entropy(self, probs: Any) -> Any:
        return -(probs * probs.log() + (1 - probs) * (-probs).log1p())

    @of_value
    def _log_prob(self, value: Any, probs: Any) -> Any:
        return probs.log() * value + (-probs).log1p() * (1 - value)

    @of_value
    def _cdf(self, value: Any, probs: Any) -> Any:
        found = torch.where(value < 1, 1 - probs, 1.0)
        return torch.where(value < 0, 0.0, found)

    @of_other
    def _kl_loss(self, probs_b: Any, probs: Any) -> Any:
        return against(probs, probs_b)

    @drawn
    def _sample(self, shape: Any, probs: Any) -> Any:
        return self.uniform(shape, probs) < probs


class Geometric(Entropic):
    """Geometric(probs): the failures before the first success."""

    kinds = NUMBERS

    def __init__(self, probs: Any = None, seed: int | None = None, dtype: Any = int32, name: str = "Geometric") -> None:
        self.hold(seed, dtype, name, probs=probs)
        check_chances(self._probs)

    @of_parameters
    def _mean(self, probs: Any) -> Any:
        return (1 - probs) / probs

    @of_parameters
    def _mode(self, probs: Any) -> Any:
        return torch.zeros_like(probs, dtype=self.dtype.torch)

    @of_parameters
    def _var(self, probs: Any) -> Any:
        return (1 - probs) / probs.square()

    @of_parameters
    def _entropy(self, probs: Any) -> Any:
        return -((1 - probs) * (-probs).log1p() + probs * probs.log()) / probs

    @of_value
    def _prob(self, value: Any, probs: Any) -> Any:
        whole = value.floor()
        return torch.where(whole < 0, 0.0, ((-probs).log1p() * whole + probs.log()).exp())

    @of_value
    def _cdf(self, value: Any, probs: Any) -> Any:
        whole = value.floor()
        return torch.where(whole < 0, 0.0, 1 - (1 - probs) ** (whole + 1))

    @of_other
    def _kl_loss(self, probs_b: Any, probs: Any) -> Any:
        return against(probs, probs_b) / probs

    @drawn
    def _sample(self, shape: Any, probs: Any) -> Any:
        return (self.uniform(shape, probs).log() / (-probs).log1p()).floor()


class Poisson(Parametric):
    """Poisson(rate). Between whole numbers its probabilities are those of the gamma functions, as in MindSpore."""

    kinds = NUMBERS

    def __init__(self, rate: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "Poisson") -> None:
        self.hold(seed, dtype, name, rate=rate)
        if isinstance(rate, (int, float)):
            raise errors.invalid(TypeError, "Input rate can't be scalar")
        check_positive(self._rate, "rate")

    @of_parameters
    def _mean(self, rate: Any) -> Any:
        return rate

    _var = _mean

    @of_parameters
    def _mode(self, rate: Any) -> Any:
        return rate.floor()

    @of_value
    def _log_prob(self, value: Any, rate: Any) -> Any:
        return torch.where(value < 0, -math.inf, rate.log() * value - rate - torch.lgamma(value + 1))

    @of_value
    def _cdf(self, value: Any, rate: Any) -> Any:
        return torch.where(value < 0, 0.0, torch.special.gammaincc(value.clamp_min(0) + 1, rate))

    @drawn
    def _sample(self, shape: Any, rate: Any) -> Any:
        return torch.poisson(rate.expand(shape), generator=self.generator(rate.device))


class Categorical(Entropic):
    """Categorical(probs (..., C)): a class from 0 to C - 1. What is no class has the probability nan."""

    kinds = NUMBERS

    def __init__(self, probs: Any = None, seed: int | None = None, dtype: Any = int32, name: str = "Categorical") -> None:
        self.hold(seed, dtype, name, probs=probs)
        if self._probs is None:
            return
        if self._probs.ndim == 0:
            raise errors.invalid(ValueError, "probs for Categorical distribution must have rank >= 1.")
        check_chances(self._probs)
        total = run_plain(lambda: torch.sum(self._probs, -1))
        if not bool(run_plain(lambda: torch.allclose(total, torch.ones_like(total), rtol=1e-5))):
            raise errors.invalid(ValueError, "Probabilities for each category should sum to one for Categorical distribution.")
        self._is_scalar_batch = self._is_scalar_batch or self._probs.ndim == 1
        self._broadcast_shape = tuple(self._probs.shape[:-1])

    @of_parameters
    def _mean(self, probs: Any) -> Any:
        return (classes(probs) * probs).sum(-1, keepdim=True)

    @of_parameters
    def _mode(self, probs: Any) -> Any:
        return probs.argmax(-1).to(self.dtype.torch)

    @of_parameters
    def _var(self, probs: Any) -> Any:
        index = classes(probs)
        return (index.square() * probs).sum(-1, keepdim=True) - (index * probs).sum(-1, keepdim=True).square()

    @of_parameters
    def _entropy(self, probs: Any) -> Any:
        return -torch.special.xlogy(probs, probs).sum(-1).squeeze()

    @of_value
    def _log_prob(self, value: Any, probs: Any) -> Any:
        index, wide, inside = looked_up(value, probs)
        found = wide.log().gather(-1, index).squeeze(-1)
        return torch.where(inside, found, math.nan)

    @of_value
    def _cdf(self, value: Any, probs: Any) -> Any:
        index, wide, _ = looked_up(value, probs)
        found = wide.cumsum(-1).gather(-1, index).squeeze(-1)
        return torch.where(value <= -1, 0.0, found)

    @of_other
    def _kl_loss(self, probs_b: Any, probs: Any) -> Any:
        mine, other = ((each / each.sum(-1, keepdim=True)).log() for each in (probs, probs_b))
        return (mine.exp() * (mine - other)).sum(-1).squeeze()

    @drawn
    def _sample(self, shape: Any, probs: Any) -> Any:
        batch = probs.shape[:-1]
        shape = shape[: len(shape) - probs.dim()]
        rows = torch.multinomial(probs.reshape(-1, probs.shape[-1]), max(math.prod(shape), 1), True, generator=self.generator(probs.device))
        return rows.T.reshape((*shape, *batch))


def classes(probs: Any) -> Any:
    """The numbers of the classes, in the dtype of the probabilities."""
    return torch.arange(probs.shape[-1], device=probs.device, dtype=probs.dtype)


def looked_up(value: Any, probs: Any) -> tuple[Any, Any, Any]:
    """(indices (..., 1), probabilities in that shape, where the value is a class); what is above -1 counts as 0."""
    whole = torch.where((value < 0) & (value > -1), 0.0, value.floor())
    last = probs.shape[-1] - 1
    index = whole.clamp(0, last).long().unsqueeze(-1)
    shape = torch.broadcast_shapes(index.shape[:-1], probs.shape[:-1])
    return index.expand(*shape, 1), probs.expand(*shape, last + 1), (whole >= 0) & (whole <= last)
