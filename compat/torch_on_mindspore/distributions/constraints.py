"""Regions that parameters and samples lie in; torch.distributions.constraints.

`check(value)` tells for each event of `value`, the last `event_dim` dimensions, whether it lies in the region.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.limits import finfo
from compat.torch_on_mindspore.linear_algebra import cholesky_ex
from compat.torch_on_mindspore.spectra import eigvalsh


class Constraint:
    """A region; `event_dim` dimensions at the end of a tensor make one point of it."""

    is_discrete = False
    event_dim = 0

    def check(self, value: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__.removeprefix('_')}({self._bounds()})"

    def _bounds(self) -> str:
        return ""


class Dependent(Constraint):
    """A region that depends on other values; it can't be checked alone."""

    def __init__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> None:
        self._is_discrete, self._event_dim = is_discrete, event_dim

    @property
    def is_discrete(self) -> bool:  # type: ignore[override]
        return bool(_known(self._is_discrete, ".is_discrete cannot be determined statically"))

    @property
    def event_dim(self) -> int:  # type: ignore[override]
        return int(_known(self._event_dim, ".event_dim cannot be determined statically"))

    def __call__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> Dependent:
        """The same with these properties."""
        return Dependent(
            is_discrete=self._is_discrete if is_discrete is NotImplemented else is_discrete,
            event_dim=self._event_dim if event_dim is NotImplemented else event_dim,
        )

    def check(self, x: Any) -> Any:
        raise ValueError("Cannot determine validity of dependent constraint")


def _known(value: Any, otherwise: str) -> Any:
    if value is NotImplemented:
        raise NotImplementedError(otherwise)
    return value


class DependentProperty(property, Dependent):
    """A property that gives the region for one instance; a dependent region on the class. Also a decorator with arguments."""

    def __init__(self, fn: Callable[..., Any] | None = None, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> None:
        property.__init__(self, fn)
        Dependent.__init__(self, is_discrete=is_discrete, event_dim=event_dim)

    def __call__(self, fn: Callable[..., Any]) -> DependentProperty:  # type: ignore[override]
        return DependentProperty(fn, is_discrete=self._is_discrete, event_dim=self._event_dim)


def is_dependent(constraint: Constraint) -> bool:
    return isinstance(constraint, Dependent)


class IndependentConstraint(Constraint):
    """A region whose points are the last `reinterpreted_batch_ndims` more dimensions of another one's."""

    def __init__(self, base_constraint: Any, reinterpreted_batch_ndims: int) -> None:
        self.base_constraint, self.reinterpreted_batch_ndims = base_constraint, reinterpreted_batch_ndims

    @property
    def is_discrete(self) -> bool:  # type: ignore[override]
        return bool(self.base_constraint.is_discrete)

    @property
    def event_dim(self) -> int:  # type: ignore[override]
        return int(self.base_constraint.event_dim) + self.reinterpreted_batch_ndims

    def check(self, value: Any) -> Any:
        found = self.base_constraint.check(value)
        count = self.reinterpreted_batch_ndims
        if found.ndim < count:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.ndim}")
        return found if not count else found.reshape(*found.shape[: found.ndim - count], -1).all(-1)

    def _bounds(self) -> str:
        return f"{self.base_constraint!r}, {self.reinterpreted_batch_ndims}"


class MixtureSameFamilyConstraint(Constraint):
    """The region of a mixture's components, for samples without their dimension."""

    def __init__(self, base_constraint: Any) -> None:
        self.base_constraint = base_constraint

    @property
    def is_discrete(self) -> bool:  # type: ignore[override]
        return bool(self.base_constraint.is_discrete)

    @property
    def event_dim(self) -> int:  # type: ignore[override]
        return int(self.base_constraint.event_dim)

    def check(self, value: Any) -> Any:
        place = -1 - self.event_dim
        found = self.base_constraint.check(value.unsqueeze(place))
        if value.ndim < self.event_dim:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.ndim}")
        return found.reshape(*found.shape[: value.ndim - self.event_dim], -1).all(-1)

    def _bounds(self) -> str:
        return repr(self.base_constraint)


class _Bounded(Constraint):
    """A region between bounds, numbers or tensors."""

    lower_bound: Any
    upper_bound: Any

    def __init__(self, **bounds: Any) -> None:
        self.__dict__.update(bounds)

    def _bounds(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.__dict__.items())


class GreaterThan(_Bounded):
    def __init__(self, lower_bound: Any) -> None:
        super().__init__(lower_bound=lower_bound)

    def check(self, value: Any) -> Any:
        return self.lower_bound < value


class GreaterThanEq(GreaterThan):
    def check(self, value: Any) -> Any:
        return self.lower_bound <= value


class LessThan(_Bounded):
    def __init__(self, upper_bound: Any) -> None:
        super().__init__(upper_bound=upper_bound)

    def check(self, value: Any) -> Any:
        return value < self.upper_bound


class Interval(_Bounded):
    def __init__(self, lower_bound: Any, upper_bound: Any) -> None:
        super().__init__(lower_bound=lower_bound, upper_bound=upper_bound)

    def check(self, value: Any) -> Any:
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class HalfOpenInterval(Interval):
    def check(self, value: Any) -> Any:
        return (self.lower_bound <= value) & (value < self.upper_bound)


class IntegerInterval(Interval):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return (value % 1 == 0) & super().check(value)


class IntegerGreaterThan(GreaterThanEq):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return (value % 1 == 0) & super().check(value)


class Boolean(Constraint):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return (value == 0) | (value == 1)


class OneHot(Constraint):
    is_discrete = True
    event_dim = 1

    def check(self, value: Any) -> Any:
        return ((value == 0) | (value == 1)).all(-1) & (value.sum(-1) == 1)


class Multinomial(Constraint):
    """Counts that add up to at most `upper_bound`."""

    is_discrete = True
    event_dim = 1

    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def check(self, x: Any) -> Any:
        return (x >= 0).all(-1) & (x.sum(-1) <= self.upper_bound)


class Real(Constraint):
    def check(self, value: Any) -> Any:
        return value == value


class Simplex(Constraint):
    """Non-negative numbers that add up to 1, to within 1e-6."""

    event_dim = 1

    def check(self, value: Any) -> Any:
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class LowerTriangular(Constraint):
    event_dim = 2

    def check(self, value: Any) -> Any:
        return (value.tril() == value).reshape(*value.shape[:-2], -1).all(-1)


class LowerCholesky(LowerTriangular):
    def check(self, value: Any) -> Any:
        return super().check(value) & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class CorrCholesky(LowerCholesky):
    """Lower Cholesky factors whose rows have length 1, to within rounding."""

    def check(self, value: Any) -> Any:
        slack = finfo(value.dtype).eps * value.shape[-1] * 10
        lengths = (value.detach() ** 2).sum(-1).sqrt()
        return super().check(value) & ((lengths - 1).abs() < slack).all(-1)


class Square(Constraint):
    event_dim = 2

    def check(self, value: Any) -> Any:
        return value.new_full(value.shape[:-2], value.shape[-2] == value.shape[-1], dtype=dtypes.BY_NAME["bool"])


class Symmetric(Square):
    def check(self, value: Any) -> Any:
        if value.shape[-2] != value.shape[-1]:
            return super().check(value)
        return ((value - value.transpose(-2, -1)).abs() <= 1e-6 + 1e-5 * value.abs()).all(-2).all(-1)


class PositiveSemidefinite(Symmetric):
    def check(self, value: Any) -> Any:
        found = super().check(value)
        if not found.all():
            return found
        values: Any = eigvalsh(value)
        return found & (values >= 0).all(-1)


class PositiveDefinite(Symmetric):
    def check(self, value: Any) -> Any:
        found = super().check(value)
        return found & (cholesky_ex(value).info == 0) if found.all() else found


dependent = Dependent()
dependent_property = DependentProperty
independent = IndependentConstraint
greater_than, greater_than_eq, less_than = GreaterThan, GreaterThanEq, LessThan
interval, half_open_interval, integer_interval = Interval, HalfOpenInterval, IntegerInterval
multinomial = Multinomial
boolean = Boolean()
one_hot = OneHot()
nonnegative_integer = IntegerGreaterThan(0)
positive_integer = IntegerGreaterThan(1)
real = Real()
real_vector = IndependentConstraint(real, 1)
positive = GreaterThan(0.0)
nonnegative = GreaterThanEq(0.0)
unit_interval = Interval(0.0, 1.0)
simplex = Simplex()
lower_triangular = LowerTriangular()
lower_cholesky = LowerCholesky()
corr_cholesky = CorrCholesky()
square = Square()
symmetric = Symmetric()
positive_semidefinite = PositiveSemidefinite()
positive_definite = PositiveDefinite()
