"""The base of all distributions."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

from compat.errors import invalid
from compat.torch_on_mindspore import autograd
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.descriptors import Size
from compat.torch_on_mindspore.distributions import constraints
from compat.torch_on_mindspore.distributions.utilities import broadcast_all, is_number, lazy_property


class Distribution:
    """Random events of `event_shape`, one for each place of `batch_shape`.

    Parameters that violate `arg_constraints`, and values outside of `support`, raise ValueError unless `validate_args` is False.
    """

    has_rsample = False
    has_enumerate_support = False
    _validate_args = __debug__
    arg_constraints: ClassVar[Any] = None

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether distributions validate when they are not told; ValueError unless a bool."""
        if value not in (True, False):
            raise invalid(ValueError, "set_default_validate_args() expects True or False")
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = (), event_shape: Any = (), validate_args: bool | None = None) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _check_parameters(self) -> None:
        if self.arg_constraints is None:
            warnings.warn(
                f"{type(self)} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or initialize the distribution "
                "with `validate_args=False` to turn off validation.",
                stacklevel=4,
            )
            return
        for name, constraint in self.arg_constraints.items():
            if constraints.is_dependent(constraint):
                continue
            if name not in self.__dict__ and isinstance(getattr(type(self), name, None), lazy_property):
                continue
            value = getattr(self, name)
            if not constraint.check(value).all():
                raise invalid(
                    ValueError,
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution {self!r} to "
                    f"satisfy the constraint {constraint!r}, but found invalid values:\n{value}",
                )

    def _broadcast(self, validate_args: bool | None, **parameters: Any) -> None:
        """Set parameters of one shape, which is the batch shape, and validate them."""
        self.__dict__.update(zip(parameters, broadcast_all(*parameters.values()), strict=True))
        plain = all(map(is_number, parameters.values()))
        Distribution.__init__(self, () if plain else getattr(self, next(iter(parameters))).shape, validate_args=validate_args)

    # --- shapes ---

    @property
    def batch_shape(self) -> Size:
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        return self._event_shape

    def _extended_shape(self, sample_shape: Any = ()) -> Size:
        """The shape of samples: `sample_shape`, the batch, the event."""
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution for a larger batch; its parameters are views."""
        made = self._get_checked_instance(type(self), _instance)
        known = {name: value for name, value in self.__dict__.items() if name not in ("_batch_shape", "_event_shape")}
        made.__dict__.update(known)
        for name, constraint in self.arg_constraints.items():
            if name in known and is_tensor(known[name]):
                value = known[name]
                made.__dict__[name] = value.expand(*batch_shape, *value.shape[value.ndim - constraint.event_dim :])
        self._expand_parts(made, batch_shape)
        made._batch_shape, made._event_shape = Size(batch_shape), self._event_shape
        return made

    def _expand_parts(self, made: Any, batch_shape: Any) -> None:
        """Expand what is no parameter, such as a distribution that this one rests on."""

    def _get_checked_instance(self, cls: Any, _instance: Any = None) -> Any:
        """A new object without parameters; NotImplementedError for a program's subclass with an `__init__` of its own."""
        if _instance is not None:
            return _instance
        if type(self).__init__ is not cls.__init__ or not type(self).__init__.__module__.startswith("compat."):
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ method must also define a custom "
                ".expand() method."
            )
        return type(self).__new__(type(self))

    # --- what each family defines ---

    @property
    def support(self) -> Any:
        raise NotImplementedError

    @property
    def mean(self) -> Any:
        raise NotImplementedError

    @property
    def mode(self) -> Any:
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Any:
        raise NotImplementedError

    @property
    def stddev(self) -> Any:
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = ()) -> Any:
        """Events without a history, of shape `sample_shape + batch_shape + event_shape`."""
        with autograd.no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Events that gradients flow through to the parameters."""
        raise NotImplementedError

    def sample_n(self, n: int) -> Any:
        warnings.warn("sample_n(n) will be deprecated. Use .sample((n,)) instead.", FutureWarning, stacklevel=2)
        return self.sample((n,))

    def log_prob(self, value: Any) -> Any:
        raise NotImplementedError

    def cdf(self, value: Any) -> Any:
        raise NotImplementedError

    def icdf(self, value: Any) -> Any:
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Any:
        """Every event of a discrete distribution, along a new first dimension."""
        raise NotImplementedError

    def entropy(self) -> Any:
        raise NotImplementedError

    def perplexity(self) -> Any:
        return self.entropy().exp()

    def _validate_sample(self, value: Any) -> None:
        """ValueError unless `value` broadcasts with the batch and lies in the support."""
        if not is_tensor(value):
            raise invalid(ValueError, "The value argument to log_prob must be a Tensor")
        shape, expected = tuple(value.shape), (*self._batch_shape, *self._event_shape)
        event = shape[len(shape) - len(self._event_shape) :]
        if event != tuple(self._event_shape):
            raise invalid(ValueError, f"The right-most size of value must match event_shape: {Size(shape)} vs {self._event_shape}.")
        if any(one != 1 and other != 1 and one != other for one, other in zip(reversed(shape), reversed(expected), strict=False)):
            raise invalid(ValueError, f"Value is not broadcastable with batch_shape+event_shape: {Size(shape)} vs {Size(expected)}.")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `support` to enable sample validation. Please initialize the distribution with "
                "`validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        if not support.check(value).all():
            raise invalid(
                ValueError,
                f"Expected value argument ({type(value).__name__} of shape {shape}) to be within the support ({support!r}) of the "
                f"distribution {self!r}, but found invalid values:\n{value}",
            )

    def __repr__(self) -> str:
        shown = {name: self.__dict__[name] for name in self.arg_constraints or () if name in self.__dict__}
        texts = (f"{name}: {value if not is_tensor(value) or value.numel() == 1 else value.size()}" for name, value in shown.items())
        return f"{type(self).__name__}({', '.join(texts)})"


class ExponentialFamily(Distribution):
    """Distributions whose density is an exponential of sufficient statistics; a mark, for `isinstance`."""
