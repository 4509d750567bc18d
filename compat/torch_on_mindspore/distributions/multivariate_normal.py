"""The normal distribution of vectors."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from compat.errors import invalid
from compat.torch_on_mindspore.creation import eye
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.distribution import Distribution
from compat.torch_on_mindspore.distributions.utilities import lazy_property, standard_normal
from compat.torch_on_mindspore.factorizations import cholesky
from compat.torch_on_mindspore.joining import broadcast_shapes
from compat.torch_on_mindspore.linear_algebra import cholesky_inverse, solve_triangular


def half_log_det(factor: Any) -> Any:
    """Half the logarithm of the determinant of the matrix whose lower Cholesky factor this is."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def squared_lengths(factor: Any, difference: Any) -> Any:
    """The squared Mahalanobis lengths of vectors, under the covariance whose lower Cholesky factor this is."""
    shape = broadcast_shapes(factor.shape[:-1], difference.shape)
    factors = factor.expand(*shape, shape[-1])
    return solve_triangular(factors, difference.expand(shape).unsqueeze(-1), upper=False).squeeze(-1).pow(2).sum(-1)


class MultivariateNormal(Distribution):
    """Normal vectors with mean `loc` and one of covariance, precision, or lower Cholesky factor of the covariance."""

    arg_constraints: ClassVar[Any] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self, loc: Any, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        if loc.ndim < 1:
            raise invalid(ValueError, "loc must be at least one-dimensional.")
        given = {"covariance_matrix": covariance_matrix, "scale_tril": scale_tril, "precision_matrix": precision_matrix}
        names = [name for name, matrix in given.items() if matrix is not None]
        if len(names) != 1:
            raise invalid(ValueError, "Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        name, matrix = names[0], given[names[0]]
        if matrix.ndim < 2:
            raise invalid(
                ValueError, f"{name} matrix must be at least two-dimensional, with optional leading batch dimensions"
                if name == "scale_tril" else f"{name} must be at least two-dimensional, with optional leading batch dimensions"
            )  # fmt: skip
        batch = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        setattr(self, name, matrix.expand(*batch, -1, -1))
        self.loc = loc.expand(*batch, -1)
        super().__init__(batch, self.loc.shape[-1:], validate_args=validate_args)
        if name == "covariance_matrix":
            self._factor = cholesky(matrix)
        else:
            self._factor = matrix if name == "scale_tril" else factor_of_inverse(matrix)

    @lazy_property
    def scale_tril(self) -> Any:
        return self._factor.expand(*self._batch_shape, *self._event_shape, *self._event_shape)

    @lazy_property
    def covariance_matrix(self) -> Any:
        found = self._factor @ self._factor.transpose(-2, -1)
        return found.expand(*self._batch_shape, *self._event_shape, *self._event_shape)

    @lazy_property
    def precision_matrix(self) -> Any:
        return cholesky_inverse(self._factor).expand(*self._batch_shape, *self._event_shape, *self._event_shape)

    @property
    def mean(self) -> Any:
        return self.loc

    @property
    def mode(self) -> Any:
        return self.loc

    @property
    def variance(self) -> Any:
        return self._factor.pow(2).sum(-1).expand(*self._batch_shape, *self._event_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        drawn = standard_normal(self._extended_shape(sample_shape), self.loc.dtype)
        return self.loc + (self._factor @ drawn.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Any) -> Any:
        if self._validate_args:
            self._validate_sample(value)
        lengths = squared_lengths(self._factor, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + lengths) - half_log_det(self._factor)

    def entropy(self) -> Any:
        found = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + half_log_det(self._factor)
        return found.expand(self._batch_shape)


def factor_of_inverse(matrix: Any) -> Any:
    """The lower Cholesky factor of the inverse of a positive definite matrix.

    The factor of the matrix with both dimensions reversed is, reversed again and transposed, an upper factor of the matrix.
    """
    lower = cholesky(matrix.flip(-2, -1)).flip(-2, -1).transpose(-2, -1)
    return solve_triangular(lower, eye(matrix.shape[-1], dtype=matrix.dtype).expand(matrix.shape), upper=False)
