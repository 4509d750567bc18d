"""Distributions of real numbers with heavier tails than the normal one."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from compat.torch_on_mindspore.creation import full_like, zeros
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.distribution import Distribution
from compat.torch_on_mindspore.distributions.gamma import Chi2
from compat.torch_on_mindspore.distributions.utilities import standard_normal, uniform_between
from compat.torch_on_mindspore.limits import finfo

NAN, INF = float("nan"), float("inf")


class _LocationScale(Distribution):
    """Base of what is moved by `loc` and stretched by `scale`."""

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True
    loc: Any
    scale: Any

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self._broadcast(validate_args, loc=loc, scale=scale)

    @property
    def mode(self) -> Any:
        return self.loc

    def _standard(self, value: Any) -> Any:
        """A value as one of the distribution with location 0 and scale 1."""
        if self._validate_args:
            self._validate_sample(value)
        return (value - self.loc) / self.scale


class Laplace(_LocationScale):
    """The difference of two exponential numbers."""

    @property
    def mean(self) -> Any:
        return self.loc

    @property
    def stddev(self) -> Any:
        return 2**0.5 * self.scale

    @property
    def variance(self) -> Any:
        return 2 * self.scale.pow(2)

    def rsample(self, sample_shape: Any = ()) -> Any:
        drawn = uniform_between(self.loc, self._extended_shape(sample_shape), finfo(self.loc.dtype).eps - 1, 1)
        return self.loc - self.scale * drawn.sign() * (-drawn.abs()).log1p()

    def log_prob(self, value: Any) -> Any:
        return -(2 * self.scale).log() - self._standard(value).abs()

    def cdf(self, value: Any) -> Any:
        z = self._standard(value)
        return 0.5 - 0.5 * z.sign() * (-z.abs()).expm1()

    def icdf(self, value: Any) -> Any:
        centered = value - 0.5
        return self.loc - self.scale * centered.sign() * (-2 * centered.abs()).log1p()

    def entropy(self) -> Any:
        return 1 + (2 * self.scale).log()


class Cauchy(_LocationScale):
    """The ratio of two normal numbers; it has no mean."""

    @property
    def mean(self) -> Any:
        return full_like(self.loc, NAN)

    @property
    def variance(self) -> Any:
        return full_like(self.loc, INF)

    def rsample(self, sample_shape: Any = ()) -> Any:
        drawn = zeros(tuple(self._extended_shape(sample_shape)), dtype=self.loc.dtype).cauchy_()
        return self.loc + drawn * self.scale

    def log_prob(self, value: Any) -> Any:
        return -math.log(math.pi) - self.scale.log() - self._standard(value).pow(2).log1p()

    def cdf(self, value: Any) -> Any:
        return self._standard(value).atan() / math.pi + 0.5

    def icdf(self, value: Any) -> Any:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Any:
        return math.log(4 * math.pi) + self.scale.log()


class StudentT(Distribution):
    """A normal number over the root of an independent chi-squared one with `df` degrees of freedom, moved and stretched."""

    arg_constraints: ClassVar[Any] = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True
    df: Any
    loc: Any
    scale: Any

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self._broadcast(validate_args, df=df, loc=loc, scale=scale)
        self._chi2 = Chi2(self.df)

    def _expand_parts(self, made: Any, batch_shape: Any) -> None:
        made._chi2 = self._chi2.expand(batch_shape)

    @property
    def mean(self) -> Any:
        return self.loc.masked_fill(self.df <= 1, NAN)

    @property
    def mode(self) -> Any:
        return self.loc

    @property
    def variance(self) -> Any:
        finite = self.scale.pow(2) * self.df / (self.df - 2)
        return finite.masked_fill(self.df <= 2, INF).masked_fill(self.df <= 1, NAN)

    def rsample(self, sample_shape: Any = ()) -> Any:
        shape = self._extended_shape(sample_shape)
        drawn = standard_normal(shape, self.df.dtype)
        return self.loc + self.scale * drawn * (self._chi2.rsample(sample_shape) / self.df).rsqrt()

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        whole = self.scale.log() + 0.5 * self.df.log() + 0.5 * math.log(math.pi)
        whole = whole + (0.5 * self.df).lgamma() - (0.5 * (self.df + 1.0)).lgamma()
        return -0.5 * (self.df + 1.0) * (z**2.0 / self.df).log1p() - whole

    def entropy(self) -> Any:
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        log_beta = half.lgamma() + math.lgamma(0.5) - more.lgamma()
        return self.scale.log() + more * (more.digamma() - half.digamma()) + 0.5 * self.df.log() + log_beta
