"""The distributions of real numbers, by their densities. Each function is in plain PyTorch; `self` is asked for random numbers only."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from compat import errors, frameworks
from compat.mindspore_on_torch.arithmetic import log_beta
from compat.mindspore_on_torch.dtypes import float32
from compat.mindspore_on_torch.probability.base import (
    Entropic,
    Parametric,
    check_positive,
    drawn,
    of_other,
    of_parameters,
    of_value,
)

torch: Any = frameworks.load("torch")

HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)


class Normal(Entropic):
    """Normal(mean, sd)."""

    labels: ClassVar[dict[str, str]] = {"sd": "standard deviation"}

    def __init__(self, mean: Any = None, sd: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "Normal") -> None:
        self.hold(seed, dtype, name, mean=mean, sd=sd)
        check_positive(self._sd_value, "Standard deviation")

    @of_parameters
    def _mean(self, mean: Any, sd: Any) -> Any:
        return mean

    _mode = _mean

    @of_parameters
    def _sd(self, mean: Any, sd: Any) -> Any:
        return sd

    @of_parameters
    def _entropy(self, mean: Any, sd: Any) -> Any:
        return 0.5 + HALF_LOG_TAU + sd.log()

    @of_value
    def _log_prob(self, value: Any, mean: Any, sd: Any) -> Any:
        return -0.5 * ((value - mean) / sd).square() - HALF_LOG_TAU - sd.log()

    @of_value
    def _cdf(self, value: Any, mean: Any, sd: Any) -> Any:
        return torch.special.ndtr((value - mean) / sd)

    @of_other
    def _kl_loss(self, mean_b: Any, sd_b: Any, mean: Any, sd: Any) -> Any:
        scale = sd.log() - sd_b.log()
        return 0.5 * ((mean - mean_b) / sd_b).square() + 0.5 * torch.expm1(2 * scale) - scale

    @drawn
    def _sample(self, shape: Any, mean: Any, sd: Any) -> Any:
        return mean + sd * torch.randn(shape, generator=self.generator(mean.device), device=mean.device, dtype=mean.dtype)


class DensityAlone(Parametric):
    """One of which MindSpore has the density and nothing else."""

    def _get_dist_type(self) -> str:
        raise self.missing("get_dist_type")

    def _get_dist_args(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        raise self.missing("get_dist_args")

    def extend_repr(self) -> str:
        return ""


class HalfNormal(DensityAlone):
    """HalfNormal(mean, sd): twice the normal density from 0 on."""

    def __init__(self, mean: Any = None, sd: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "HalfNormal") -> None:
        self.hold(seed, dtype, name, mean=mean, sd=sd)
        check_positive(self._sd_value, "Standard deviation")

    @of_value
    def _prob(self, value: Any, mean: Any, sd: Any) -> Any:
        return 2 * torch.exp(-0.5 * ((value - mean) / sd).square() - HALF_LOG_TAU) / sd * (value >= 0)


class Laplace(DensityAlone):
    """Laplace(mean, sd), where `sd` is the scale."""

    def __init__(self, mean: Any = None, sd: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "Laplace") -> None:
        self.hold(seed, dtype, name, mean=mean, sd=sd)
        check_positive(self._sd_value, "Standard deviation")

    @of_value
    def _log_prob(self, value: Any, mean: Any, sd: Any) -> Any:
        return -(value - mean).abs() / sd - (2 * sd).log()


class Cauchy(Entropic):
    """Cauchy(loc, scale). ValueError for the mean and the variance, which it has not."""

    labels: ClassVar[dict[str, str]] = {"loc": "location"}

    def __init__(self, loc: Any = None, scale: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "Cauchy") -> None:
        self.hold(seed, dtype, name, loc=loc, scale=scale)
        check_positive(self._scale, "scale")

    def undefined(self, what: str) -> Exception:
        """The error for a moment."""
        return errors.invalid(ValueError, f"{what} is undefined for Cauchy distribution.")

    def _mean(self, *args: Any, **kwargs: Any) -> Any:
        raise self.undefined("mean")

    def _sd(self, *args: Any, **kwargs: Any) -> Any:
        raise self.undefined("standard deviation")

    def _var(self, *args: Any, **kwargs: Any) -> Any:
        raise self.undefined("variance")

    @of_parameters
    def _mode(self, loc: Any, scale: Any) -> Any:
        return loc

    @of_parameters
    def _entropy(self, loc: Any, scale: Any) -> Any:
        return math.log(4 * math.pi) + scale.log()

    @of_value
    def _log_prob(self, value: Any, loc: Any, scale: Any) -> Any:
        return -math.log(math.pi) - scale.log() - ((value - loc) / scale).square().log1p()

    @of_value
    def _cdf(self, value: Any, loc: Any, scale: Any) -> Any:
        return 0.5 + ((value - loc) / scale).atan() / math.pi

    @of_value
    def _log_cdf(self, value: Any, loc: Any, scale: Any) -> Any:
        return (2 * ((value - loc) / scale).atan() / math.pi).log1p() - math.log(2)

    @of_other
    def _kl_loss(self, loc_b: Any, scale_b: Any, loc: Any, scale: Any) -> Any:
        return ((scale + scale_b).square() + (loc - loc_b).square()).log() - math.log(4) - scale.log() - scale_b.log()

    @drawn
    def _sample(self, shape: Any, loc: Any, scale: Any) -> Any:
        return loc + scale * (math.pi * (self.uniform(shape, loc) - 0.5)).tan()


class Logistic(Parametric):
    """Logistic(loc, scale)."""

    labels: ClassVar[dict[str, str]] = {"loc": "location"}

    def __init__(self, loc: Any = None, scale: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "Logistic") -> None:
        self.hold(seed, dtype, name, loc=loc, scale=scale)
        check_positive(self._scale, "scale")

    @of_parameters
    def _mean(self, loc: Any, scale: Any) -> Any:
        return loc

    _mode = _mean

    @of_parameters
    def _sd(self, loc: Any, scale: Any) -> Any:
        return scale * math.pi / math.sqrt(3)

    @of_parameters
    def _entropy(self, loc: Any, scale: Any) -> Any:
        return scale.log() + 2

    @of_value
    def _log_prob(self, value: Any, loc: Any, scale: Any) -> Any:
        z = (value - loc) / scale
        return -z - 2 * torch.nn.functional.softplus(-z) - scale.log()

    @of_value
    def _cdf(self, value: Any, loc: Any, scale: Any) -> Any:
        return ((value - loc) / scale).sigmoid()

    @of_value
    def _log_cdf(self, value: Any, loc: Any, scale: Any) -> Any:
        return torch.nn.functional.logsigmoid((value - loc) / scale)

    @of_value
    def _survival_function(self, value: Any, loc: Any, scale: Any) -> Any:
        return ((loc - value) / scale).sigmoid()

    @of_value
    def _log_survival(self, value: Any, loc: Any, scale: Any) -> Any:
        return torch.nn.functional.logsigmoid((loc - value) / scale)

    @drawn
    def _sample(self, shape: Any, loc: Any, scale: Any) -> Any:
        return loc + scale * torch.logit(self.uniform(shape, loc))


class Exponential(Entropic):
    """Exponential(rate)."""

    def __init__(self, rate: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "Exponential") -> None:
        self.hold(seed, dtype, name, rate=rate)
        check_positive(self._rate, "rate")

    @of_parameters
    def _mean(self, rate: Any) -> Any:
        return 1 / rate

    _sd = _mean

    @of_parameters
    def _mode(self, rate: Any) -> Any:
        return torch.zeros_like(rate)

    @of_parameters
    def _entropy(self, rate: Any) -> Any:
        return 1 - rate.log()

    @of_value
    def _log_prob(self, value: Any, rate: Any) -> Any:
        return torch.where(value < 0, -math.inf, rate.log() - rate * value)

    @of_value
    def _cdf(self, value: Any, rate: Any) -> Any:
        return torch.where(value < 0, 0.0, -torch.expm1(-rate * value))

    @of_value
    def _log_survival(self, value: Any, rate: Any) -> Any:
        return torch.where(value < 0, 0.0, -rate * value)

    @of_other
    def _kl_loss(self, rate_b: Any, rate: Any) -> Any:
        return rate.log() - rate_b.log() + rate_b / rate - 1

    @drawn
    def _sample(self, shape: Any, rate: Any) -> Any:
        return -self.uniform(shape, rate).log() / rate


class Uniform(Entropic):
    """Uniform(low, high)."""

    def __init__(self, low: Any = None, high: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "Uniform") -> None:
        self.hold(seed, dtype, name, low=low, high=high)
        if low is not None and high is not None and not bool(torch.all(self._low < self._high)):
            raise errors.invalid(ValueError, "low value must be less than high value")

    @of_parameters
    def _mean(self, low: Any, high: Any) -> Any:
        return (low + high) / 2

    @of_parameters
    def _var(self, low: Any, high: Any) -> Any:
        return (high - low).square() / 12

    @of_parameters
    def _entropy(self, low: Any, high: Any) -> Any:
        return (high - low).log()

    @of_value
    def _prob(self, value: Any, low: Any, high: Any) -> Any:
        return torch.where((value >= low) & (value <= high), 1 / (high - low), 0.0)

    @of_value
    def _cdf(self, value: Any, low: Any, high: Any) -> Any:
        return ((value - low) / (high - low)).clamp(0, 1)

    @of_other
    def _kl_loss(self, low_b: Any, high_b: Any, low: Any, high: Any) -> Any:
        inside = (low_b <= low) & (high <= high_b)
        return torch.where(inside, (high_b - low_b).log() - (high - low).log(), math.inf)

    @drawn
    def _sample(self, shape: Any, low: Any, high: Any) -> Any:
        return low + (high - low) * self.uniform(shape, low)


class StudentT(DensityAlone):
    """StudentT(df, mean, sd), where `sd` is the scale."""

    def __init__(
        self, df: Any = None, mean: Any = None, sd: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "StudentT"
    ) -> None:
        self.hold(seed, dtype, name, df=df, mean=mean, sd=sd)
        check_positive(self._sd_value, "Standard deviation")
        check_positive(self._df, "Degrees of freedom")

    @of_value
    def _log_prob(self, value: Any, df: Any, mean: Any, sd: Any) -> Any:
        kernel = -0.5 * (df + 1) * (((value - mean) / sd).square() / df).log1p()
        return kernel + torch.lgamma(0.5 * (df + 1)) - torch.lgamma(0.5 * df) - sd.log() - 0.5 * (math.pi * df).log()


class Gamma(Entropic):
    """Gamma(concentration, rate)."""

    def __init__(
        self, concentration: Any = None, rate: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "Gamma"
    ) -> None:
        self.hold(seed, dtype, name, concentration=concentration, rate=rate)
        for value, key in ((concentration, "concentration"), (rate, "rate")):
            if isinstance(value, (int, float)):
                raise errors.invalid(TypeError, f"Input {key} can't be scalar")
        check_positive(self._concentration, "concentration")
        check_positive(self._rate, "rate")

    @of_parameters
    def _mean(self, concentration: Any, rate: Any) -> Any:
        return concentration / rate

    @of_parameters
    def _var(self, concentration: Any, rate: Any) -> Any:
        return concentration / rate.square()

    @of_parameters
    def _mode(self, concentration: Any, rate: Any) -> Any:
        return torch.where(concentration > 1, (concentration - 1) / rate, math.nan)

    @of_parameters
    def _entropy(self, concentration: Any, rate: Any) -> Any:
        return concentration - rate.log() + torch.lgamma(concentration) + (1 - concentration) * torch.digamma(concentration)

    @of_value
    def _log_prob(self, value: Any, concentration: Any, rate: Any) -> Any:
        return (concentration - 1) * value.log() - rate * value + concentration * rate.log() - torch.lgamma(concentration)

    @of_value
    def _cdf(self, value: Any, concentration: Any, rate: Any) -> Any:
        return torch.special.gammainc(concentration, rate * value)

    @of_other
    def _kl_loss(self, concentration_b: Any, rate_b: Any, concentration: Any, rate: Any) -> Any:
        shapes = (
            (concentration - concentration_b) * torch.digamma(concentration) + torch.lgamma(concentration_b) - torch.lgamma(concentration)
        )
        return shapes + concentration_b * (rate.log() - rate_b.log()) + concentration * (rate_b / rate - 1)

    @drawn
    def _sample(self, shape: Any, concentration: Any, rate: Any) -> Any:
        return torch._standard_gamma(concentration.expand(shape), generator=self.generator(rate.device)) / rate


class Beta(Entropic):
    """Beta(concentration1, concentration0)."""

    def __init__(
        self, concentration1: Any = None, concentration0: Any = None, seed: int | None = None, dtype: Any = float32, name: str = "Beta"
    ) -> None:
        self.hold(seed, dtype, name, concentration1=concentration1, concentration0=concentration0)
        for value, key in ((concentration0, "concentration0"), (concentration1, "concentration1")):
            if isinstance(value, (int, float)):
                raise errors.invalid(TypeError, f"Input {key} can't be scalar")
        check_positive(self._concentration1, "concentration1")
        check_positive(self._concentration0, "concentration0")

    @of_parameters
    def _mean(self, a: Any, b: Any) -> Any:
        return a / (a + b)

    @of_parameters
    def _var(self, a: Any, b: Any) -> Any:
        return a * b / ((a + b).square() * (a + b + 1))

    @of_parameters
    def _mode(self, a: Any, b: Any) -> Any:
        return torch.where((a > 1) & (b > 1), (a - 1) / (a + b - 2), math.nan)

    @of_parameters
    def _entropy(self, a: Any, b: Any) -> Any:
        total = a + b
        return log_beta(a, b) - (a - 1) * torch.digamma(a) - (b - 1) * torch.digamma(b) + (total - 2) * torch.digamma(total)

    @of_value
    def _log_prob(self, value: Any, a: Any, b: Any) -> Any:
        return (a - 1) * value.log() + (b - 1) * (-value).log1p() - log_beta(a, b)

    @of_other
    def _kl_loss(self, a_b: Any, b_b: Any, a: Any, b: Any) -> Any:
        shapes = torch.digamma(a) * (a - a_b) + torch.digamma(b) * (b - b_b)
        return log_beta(a_b, b_b) - log_beta(a, b) + shapes + torch.digamma(a + b) * (a_b + b_b - a - b)

    @drawn
    def _sample(self, shape: Any, a: Any, b: Any) -> Any:
        generator = self.generator(a.device)
        first, second = (torch._standard_gamma(each.expand(shape), generator=generator) for each in (a, b))
        return first / (first + second)


__all__ = ["Beta", "Cauchy", "Exponential", "Gamma", "HalfNormal", "Laplace", "Logistic", "Normal", "StudentT", "Uniform"]
