"""mindspore.nn.probability.distribution."""

from __future__ import annotations

from compat.mindspore_on_torch.probability.base import Distribution
from compat.mindspore_on_torch.probability.continuous import (
    Beta,
    Cauchy,
    Exponential,
    Gamma,
    HalfNormal,
    Laplace,
    Logistic,
    Normal,
    StudentT,
    Uniform,
)
from compat.mindspore_on_torch.probability.discrete import Bernoulli, Categorical, Geometric, Poisson
from compat.mindspore_on_torch.probability.transformed import Gumbel, LogNormal, TransformedDistribution

__all__ = [
    "Bernoulli", "Beta", "Categorical", "Cauchy", "Distribution", "Exponential", "Gamma", "Geometric", "Gumbel", "HalfNormal", "Laplace",
    "LogNormal", "Logistic", "Normal", "Poisson", "StudentT", "TransformedDistribution", "Uniform",
]  # fmt: skip
