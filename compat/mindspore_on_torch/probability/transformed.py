"""Distributions of what a bijector makes of drawn values: TransformedDistribution, LogNormal and Gumbel."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import float32
from compat.mindspore_on_torch.probability.base import (
    FLOATS,
    Distribution,
    Entropic,
    check_positive,
    drawn,
    of_other,
    of_parameters,
    of_value,
)
from compat.mindspore_on_torch.probability.bijector import Bijector, Exp, GumbelCDF, Invert
from compat.mindspore_on_torch.probability.continuous import HALF_LOG_TAU, Normal, Uniform

torch: Any = frameworks.load("torch")

__all__ = ["Gumbel", "LogNormal", "TransformedDistribution"]

EULER = 0.57721566490153286


class TransformedDistribution(Distribution):
    """nn.probability.distribution.TransformedDistribution: of bijector(X), for X drawn from `distribution`."""

    def __init__(self, bijector: Any, distribution: Any, seed: int | None = None, name: str = "transformed_distribution") -> None:
        for key, value, kind in (("bijector", bijector, Bijector), ("distribution", distribution, Distribution)):
            if not isinstance(value, kind):
                reason = f"the type of '{key}' must be {kind.__name__}, but got {type(value).__name__}"
                raise errors.invalid(TypeError, f"For '{type(self).__name__}', {reason}")
        if distribution.dtype not in FLOATS:
            raise errors.invalid(TypeError, f"For '{type(self).__name__}', the 'dtype' should be one of {FLOATS}")
        super().__init__(seed, distribution.dtype, name, {"bijector": bijector, "distribution": distribution, "seed": seed, "name": name})
        self._bijector, self._distribution = bijector, distribution
        self._is_scalar_batch = distribution.is_scalar_batch and bijector.is_scalar_batch
        self._batch_shape = distribution.batch_shape
        self.__dict__.update(default_parameters=list(distribution.default_parameters), parameter_names=list(distribution.parameter_names))
        self.parameter_type = distribution.parameter_type
        known = distribution.batch_shape is not None and bijector.batch_shape is not None
        self._broadcast_shape = tuple(torch.broadcast_shapes(distribution.batch_shape, bijector.batch_shape)) if known else None

    bijector = property(lambda self: self._bijector)
    distribution = property(lambda self: self._distribution)
    is_linear_transformation = property(lambda self: self.bijector.is_constant_jacobian)

    def _cdf(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return self.distribution.cdf(self.bijector.inverse(value), *args, **kwargs)

    def _log_prob(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        found = self.distribution.log_prob(self.bijector.inverse(value), *args, **kwargs)
        whole = found + self.bijector.inverse_log_jacobian(value)
        return torch.where(torch.isneginf(found), found, whole)

    def _sample(self, *args: Any, **kwargs: Any) -> Any:
        return self.bijector.forward(self.distribution.sample(*args, **kwargs))

    def _mean(self, *args: Any, **kwargs: Any) -> Any:
        if not self.is_linear_transformation:
            raise errors.invalid(ValueError, "mean is not implemented for a bijector whose derivative is not constant.")
        return self.bijector.forward(self.distribution.mean(*args, **kwargs))


class Named(TransformedDistribution, Entropic):
    """A transformed distribution with parameters, and formulas, of its own."""

    def rename(self, dtype: Any, **values: Any) -> None:
        """Keep the parameters under their own names."""
        self.__dict__.update(default_parameters=[], parameter_names=[])
        self._is_scalar_batch = all(value is None or isinstance(value, (int, float)) for value in values.values())
        self.keep(values)


class LogNormal(Named):
    """exp of Normal(loc, scale)."""

    def __init__(self, loc: Any = None, scale: Any = None, seed: int = 0, dtype: Any = float32, name: str = "LogNormal") -> None:
        super().__init__(Exp(), Normal(loc, scale, dtype=dtype), seed, name)
        self.rename(dtype, loc=loc, scale=scale)

    @of_parameters
    def _mean(self, loc: Any, scale: Any) -> Any:
        return (loc + 0.5 * scale.square()).exp()

    @of_parameters
    def _mode(self, loc: Any, scale: Any) -> Any:
        return (loc - scale.square()).exp()

    @of_parameters
    def _var(self, loc: Any, scale: Any) -> Any:
        return torch.expm1(scale.square()) * (2 * loc + scale.square()).exp()

    @of_parameters
    def _entropy(self, loc: Any, scale: Any) -> Any:
        return loc + 0.5 + scale.log() + HALF_LOG_TAU

    @of_value
    def _log_prob(self, value: Any, loc: Any, scale: Any) -> Any:
        logs = value.log()
        return -0.5 * ((logs - loc) / scale).square() - HALF_LOG_TAU - scale.log() - logs

    @of_value
    def _cdf(self, value: Any, loc: Any, scale: Any) -> Any:
        return torch.where(value > 0, torch.special.ndtr((value.log() - loc) / scale), 0.0)

    @of_other
    def _kl_loss(self, loc_b: Any, scale_b: Any, loc: Any, scale: Any) -> Any:
        ratio = scale.log() - scale_b.log()
        return 0.5 * ((loc - loc_b) / scale_b).square() + 0.5 * torch.expm1(2 * ratio) - ratio

    @drawn
    def _sample(self, shape: Any, loc: Any, scale: Any) -> Any:
        return (loc + scale * torch.randn(shape, generator=self.generator(loc.device), device=loc.device, dtype=loc.dtype)).exp()


class Gumbel(Named):
    """Gumbel(loc, scale)."""

    def __init__(self, loc: Any, scale: Any, seed: int = 0, dtype: Any = float32, name: str = "Gumbel") -> None:
        if dtype not in FLOATS:
            raise errors.invalid(TypeError, f"For 'Gumbel', the 'dtype' should be one of {FLOATS}, but got {dtype}")
        super().__init__(Invert(GumbelCDF(loc, scale)), Uniform(0.0, 1.0, dtype=dtype), seed, name)
        self.rename(dtype, loc=loc, scale=scale)
        check_positive(self._scale, "scale")
        self._batch_shape = self._broadcast_shape = self.bijector.batch_shape

    @of_parameters
    def _mean(self, loc: Any, scale: Any) -> Any:
        return loc + scale * EULER

    @of_parameters
    def _mode(self, loc: Any, scale: Any) -> Any:
        return loc

    @of_parameters
    def _sd(self, loc: Any, scale: Any) -> Any:
        return scale * math.pi / math.sqrt(6)

    @of_parameters
    def _entropy(self, loc: Any, scale: Any) -> Any:
        return 1 + scale.log() + EULER

    @of_value
    def _log_prob(self, value: Any, loc: Any, scale: Any) -> Any:
        z = (value - loc) / scale
        return -(z + (-z).exp()) - scale.log()

    @of_value
    def _cdf(self, value: Any, loc: Any, scale: Any) -> Any:
        return (-(-(value - loc) / scale).exp()).exp()

    @of_other
    def _kl_loss(self, loc_b: Any, scale_b: Any, loc: Any, scale: Any) -> Any:
        shift = torch.expm1((loc_b - loc) / scale_b + torch.lgamma(scale / scale_b + 1))
        return (scale_b / scale).log() + EULER * (scale / scale_b - 1) + (loc - loc_b) / scale_b + shift

    @drawn
    def _sample(self, shape: Any, loc: Any, scale: Any) -> Any:
        return loc - scale * (-self.uniform(shape, loc).log()).log()
