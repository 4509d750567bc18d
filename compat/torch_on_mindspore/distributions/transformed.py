"""Distributions of transformed values, and those that are normal, uniform or Cauchy before a transform."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from compat.errors import invalid
from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.descriptors import Size
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.distribution import Distribution
from compat.torch_on_mindspore.distributions.elementwise_transforms import AbsTransform, AffineTransform, ExpTransform
from compat.torch_on_mindspore.distributions.heavy_tails import Cauchy
from compat.torch_on_mindspore.distributions.independent import Independent
from compat.torch_on_mindspore.distributions.normal import Normal
from compat.torch_on_mindspore.distributions.transforms import ComposeTransform, Transform
from compat.torch_on_mindspore.distributions.uniform import Uniform
from compat.torch_on_mindspore.distributions.utilities import EULER, broadcast_all, is_number, sum_rightmost
from compat.torch_on_mindspore.limits import finfo

INF = float("inf")


class TransformedDistribution(Distribution):
    """The distribution of what transforms, in order, make of the values of `base_distribution`."""

    arg_constraints: ClassVar[Any] = {}

    def __init__(self, base_distribution: Any, transforms: Any, validate_args: bool | None = None) -> None:
        listed = [transforms] if isinstance(transforms, Transform) else transforms
        if not isinstance(listed, list) or not all(isinstance(one, Transform) for one in listed):
            raise invalid(ValueError, f"transforms must be a Transform or list, but was {transforms}")
        self.transforms = listed
        base_shape = base_distribution.batch_shape + base_distribution.event_shape
        whole = ComposeTransform(listed)
        if len(base_shape) < whole.domain.event_dim:
            raise invalid(
                ValueError,
                f"base_distribution needs to have shape with size at least {whole.domain.event_dim}, but got {base_shape}.",
            )
        shape = whole.forward_shape(base_shape)
        base_distribution = base_distribution.expand(whole.inverse_shape(shape)[: len(base_shape) - len(base_distribution.event_shape)])
        missing = whole.domain.event_dim - len(base_distribution.event_shape)
        self.base_dist: Any = Independent(base_distribution, missing) if missing > 0 else base_distribution
        event_dim = whole.codomain.event_dim + max(len(self.base_dist.event_shape) - whole.domain.event_dim, 0)
        cut = len(shape) - event_dim
        super().__init__(shape[:cut], shape[cut:], validate_args=validate_args)

    def _expand_parts(self, made: Any, batch_shape: Any) -> None:
        shape = ComposeTransform(self.transforms).inverse_shape(Size((*batch_shape, *self._event_shape)))
        made.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        return bool(self.base_dist.has_rsample)

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> Any:
        if not self.transforms:
            return self.base_dist.support
        found = self.transforms[-1].codomain
        missing = len(self._event_shape) - found.event_dim
        return constraints.independent(found, missing) if missing > 0 else found

    def sample(self, sample_shape: Any = ()) -> Any:
        with autograd.no_grad():
            return self._transformed(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Any = ()) -> Any:
        return self._transformed(self.base_dist.rsample(sample_shape))

    def _transformed(self, value: Any) -> Any:
        for transform in self.transforms:
            value = transform(value)
        return value

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        event_dim = len(self._event_shape)
        found: Any = 0.0
        for transform in reversed(self.transforms):
            before = transform.invert(value)
            event_dim += transform.domain.event_dim - transform.codomain.event_dim
            found = found - sum_rightmost(transform.log_abs_det_jacobian(before, value), event_dim - transform.domain.event_dim)
            value = before
        return found + sum_rightmost(self.base_dist.log_prob(value), event_dim - len(self.base_dist.event_shape))

    def _monotone(self, value: Any) -> Any:
        """`value` for an increasing function of it, 1 - value for a decreasing one."""
        sign: Any = 1
        for transform in self.transforms:
            sign = sign * transform.sign
        return value if is_number(sign) and sign == 1 else sign * (value - 0.5) + 0.5

    def cdf(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        for transform in reversed(self.transforms):
            value = transform.invert(value)
        return self._monotone(self.base_dist.cdf(value))

    def icdf(self, value: Any) -> Any:
        return self._transformed(self.base_dist.icdf(self._monotone(value)))


class LogNormal(TransformedDistribution):
    """What has a normal logarithm."""

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.positive
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args=validate_args), ExpTransform(), validate_args=validate_args)

    @property
    def loc(self) -> Any:
        return self.base_dist.loc

    @property
    def scale(self) -> Any:
        return self.base_dist.scale

    @property
    def mean(self) -> Any:
        return (self.loc + self.scale.pow(2) / 2).exp()

    @property
    def mode(self) -> Any:
        return (self.loc - self.scale.square()).exp()

    @property
    def variance(self) -> Any:
        squared = self.scale.pow(2)
        return squared.expm1() * (2 * self.loc + squared).exp()

    def entropy(self) -> Any:
        return self.base_dist.entropy() + self.loc


class _Folded(TransformedDistribution):
    """Base of the absolute values of a symmetric distribution around 0."""

    arg_constraints: ClassVar[Any] = {"scale": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    whole: Any

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(self.whole(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    @property
    def scale(self) -> Any:
        return self.base_dist.scale

    @property
    def mode(self) -> Any:
        return self.scale * 0

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        found = self.base_dist.log_prob(value) + math.log(2)
        return found.masked_fill(value < 0, -INF)

    def cdf(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, value: Any) -> Any:
        return self.base_dist.icdf((value + 1) / 2)

    def entropy(self) -> Any:
        return self.base_dist.entropy() - math.log(2)


class HalfNormal(_Folded):
    """The absolute value of a normal number."""

    whole = Normal

    @property
    def mean(self) -> Any:
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Any:
        return self.scale.pow(2) * (1 - 2 / math.pi)


class HalfCauchy(_Folded):
    """The absolute value of a Cauchy number."""

    whole = Cauchy

    @property
    def mean(self) -> Any:
        return self.base_dist.variance

    @property
    def variance(self) -> Any:
        return self.base_dist.variance


class Gumbel(TransformedDistribution):
    """The limit of the largest of many numbers."""

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        limits = finfo(self.loc.dtype)
        plain = is_number(loc) and is_number(scale)
        if plain:
            base = Uniform(limits.tiny, 1 - limits.eps, validate_args=validate_args)
        else:
            ones = self.loc.new_ones(self.loc.shape)
            base = Uniform(ones * limits.tiny, ones * (1 - limits.eps), validate_args=validate_args)
        steps = [ExpTransform().inv, AffineTransform(0, -1),
                 ExpTransform().inv, AffineTransform(loc, -self.scale)]  # fmt: skip
        super().__init__(base, steps, validate_args=validate_args)

    @property
    def mean(self) -> Any:
        return self.loc + self.scale * EULER

    @property
    def mode(self) -> Any:
        return self.loc

    @property
    def stddev(self) -> Any:
        return math.pi / math.sqrt(6) * self.scale

    @property
    def variance(self) -> Any:
        return self.stddev.pow(2)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        z = (self.loc - value) / self.scale
        return (z - z.exp()) - self.scale.log()

    def entropy(self) -> Any:
        return self.scale.log() + (1 + EULER)
