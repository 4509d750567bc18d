"""Invertible functions of numbers, one element at a time, and of the last dimension; torch.distributions.transforms."""

from __future__ import annotations

import math
from typing import Any

from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.transforms import Transform
from compat.torch_on_mindspore.distributions.utilities import is_number, sum_rightmost
from compat.torch_on_mindspore.functional.activations import softplus
from compat.torch_on_mindspore.limits import finfo


class _Elementwise(Transform):
    """An increasing function of numbers; all of one kind are equal."""

    bijective = True
    domain: Any = constraints.real
    codomain: Any = constraints.real
    sign: Any = 1

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


class ExpTransform(_Elementwise):
    """exp(x)."""

    codomain = constraints.positive

    def _call(self, x: Any) -> Any:
        return x.exp()

    def _inv_call(self, y: Any) -> Any:
        return y.log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return x


class SigmoidTransform(_Elementwise):
    """The sigmoid, kept inside of (0, 1)."""

    codomain = constraints.unit_interval

    def _call(self, x: Any) -> Any:
        limits = finfo(x.dtype)
        return x.sigmoid().clamp(min=limits.tiny, max=1.0 - limits.eps)

    def _inv_call(self, y: Any) -> Any:
        limits = finfo(y.dtype)
        inside = y.clamp(min=limits.tiny, max=1.0 - limits.eps)
        return inside.log() - (-inside).log1p()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -softplus(-x) - softplus(x)


class SoftplusTransform(_Elementwise):
    """log(1 + exp(x))."""

    codomain = constraints.positive

    def _call(self, x: Any) -> Any:
        return softplus(x)

    def _inv_call(self, y: Any) -> Any:
        return (-y).expm1().neg().log() + y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -softplus(-x)


class TanhTransform(_Elementwise):
    """tanh(x)."""

    codomain = constraints.interval(-1.0, 1.0)

    def _call(self, x: Any) -> Any:
        return x.tanh()

    def _inv_call(self, y: Any) -> Any:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))


class AbsTransform(_Elementwise):
    """|x|, which has no inverse; the one given is the positive argument."""

    bijective = False
    codomain = constraints.positive

    @property
    def sign(self) -> Any:
        raise NotImplementedError

    def _call(self, x: Any) -> Any:
        return x.abs()

    def _inv_call(self, y: Any) -> Any:
        return y


class SoftmaxTransform(_Elementwise):
    """The softmax, which forgets a constant; the inverse given is the logarithm."""

    bijective = False
    domain = constraints.real_vector
    codomain = constraints.simplex

    def _call(self, x: Any) -> Any:
        return x.softmax(-1)

    def _inv_call(self, y: Any) -> Any:
        return y.log()


class PowerTransform(_Elementwise):
    """x to a power."""

    domain = constraints.positive
    codomain = constraints.positive

    def __init__(self, exponent: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        self.exponent = exponent

    @property
    def sign(self) -> Any:
        return math.copysign(1, self.exponent) if is_number(self.exponent) else self.exponent.sign()

    def with_cache(self, cache_size: int = 1) -> Any:
        return self if self._cache_size == cache_size else PowerTransform(self.exponent, cache_size)

    def _call(self, x: Any) -> Any:
        return x.pow(self.exponent)

    def _inv_call(self, y: Any) -> Any:
        return y.pow(1 / self.exponent)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return (self.exponent * y / x).abs().log()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PowerTransform) and alike(self.exponent, other.exponent)

    __hash__ = Transform.__hash__


class AffineTransform(_Elementwise):
    """loc + scale · x; `event_dim` dimensions at the end are one value."""

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        self.loc, self.scale, self._event_dim = loc, scale, event_dim

    @property
    def event_dim(self) -> int:
        return self._event_dim

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> Any:
        return constraints.independent(constraints.real, self._event_dim) if self._event_dim else constraints.real

    @constraints.dependent_property(is_discrete=False)
    def codomain(self) -> Any:
        return constraints.independent(constraints.real, self._event_dim) if self._event_dim else constraints.real

    @property
    def sign(self) -> Any:
        return (self.scale > 0) - (self.scale < 0) if is_number(self.scale) else self.scale.sign()

    def with_cache(self, cache_size: int = 1) -> Any:
        return self if self._cache_size == cache_size else AffineTransform(self.loc, self.scale, self._event_dim, cache_size)

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inv_call(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        if is_number(self.scale):
            found = x.new_full(x.shape, math.log(abs(self.scale)))
        else:
            found = self.scale.abs().log().expand(x.shape)
        return sum_rightmost(found, self._event_dim)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AffineTransform) and alike(self.loc, other.loc) and alike(self.scale, other.scale)

    __hash__ = Transform.__hash__


def alike(one: Any, other: Any) -> bool:
    """Whether two parameters, numbers or tensors, are equal."""
    same = one == other
    return bool(same if isinstance(same, bool) else same.all())
