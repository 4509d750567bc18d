"""mindspore.nn.probability.bijector: functions with an inverse and the logarithms of their derivatives."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.probability.base import FLOATS, Arguments, Distribution, batch_shape, check_positive
from compat.mindspore_on_torch.tensor import Tensor, run_plain

torch: Any = frameworks.load("torch")

__all__ = ["Bijector", "Exp", "GumbelCDF", "Invert", "PowerTransform", "ScalarAffine", "Softplus"]


class Bijector(Cell):
    """nn.probability.bijector.Bijector: a subclass defines _forward, _inverse and the logarithms of their derivatives.

    Called with a distribution it is the distribution of what it makes of the drawn values.
    """

    def __init__(
        self, is_constant_jacobian: bool = False, is_injective: bool = True, name: Any = None, dtype: Any = None, param: Any = None
    ) -> None:
        super().__init__()
        if not isinstance(name, str):
            raise errors.invalid(TypeError, f"For '{type(self).__name__}', the type of 'name' must be str, but got {name!r}")
        for key, flag in (("is_constant_jacobian", is_constant_jacobian), ("is_injective", is_injective)):
            if not isinstance(flag, bool):
                raise errors.invalid(TypeError, f"For '{name}', the type of '{key}' must be bool, but got {flag!r}")
        if dtype is not None and dtype not in FLOATS:
            raise errors.invalid(TypeError, f"For '{name}', the 'dtype' should be one of {FLOATS}, but got {dtype}")
        held = self.__dict__
        held["_name"], held["_dtype"] = name, dtype
        held["_given"] = {key: value for key, value in (param or {}).items() if key != "self" and not key.startswith("_")}
        held["default_parameters"], held["parameter_names"], held["common_dtype"] = [], [], None
        named = self._given.get("param_dict")
        self._batch_shape = None if named is None or None in named.values() else batch_shape(list(named.values()))
        self._is_scalar_batch = named is not None and all(isinstance(value, (int, float)) for value in named.values())
        self._is_constant_jacobian, self._is_injective = is_constant_jacobian, is_injective

    name = property(lambda self: self._name)
    dtype = property(lambda self: self._dtype)
    is_constant_jacobian = property(lambda self: self._is_constant_jacobian)
    is_injective = property(lambda self: self._is_injective)
    batch_shape = property(lambda self: self._batch_shape)
    is_scalar_batch = property(lambda self: self._is_scalar_batch)
    parameters: Any = property(lambda self: Arguments(self, self._given))

    def _add_parameter(self, value: Any, name: str) -> Any:
        """A parameter as a tensor. TypeError unless it is of a floating dtype, the same for all."""
        if isinstance(value, bool) or value is None:
            raise errors.invalid(TypeError, f"{name} cannot be type {type(value)}")
        tensor = Tensor(value)
        expected = self._dtype or self.common_dtype or tensor.dtype
        if tensor.dtype not in FLOATS or tensor.dtype != expected:
            raise errors.invalid(TypeError, f"{name} should have the same floating dtype as other arguments, but has {tensor.dtype}.")
        self.__dict__["common_dtype"] = tensor.dtype
        self.default_parameters.append(value)
        self.parameter_names.append(name)
        return tensor

    def _check_value_dtype(self, value: Any) -> Any:
        """TypeError unless it is a Tensor of the bijector's dtype, or of a floating one."""
        if not isinstance(value, torch.Tensor):
            raise errors.invalid(TypeError, "For input value of bijector, input type must be a Tensor or Parameter.")
        if value.dtype not in ((self._dtype,) if self._dtype else FLOATS):
            raise errors.invalid(TypeError, f"For input value of bijector, the type must be float, but got {value.dtype}")
        return value

    def cast_param_by_value(self, value: Any, para: Any) -> Any:
        """A parameter in the dtype of a value."""
        return para.to(value.dtype)

    def forward(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """What the bijector makes of `value`; or, by PyTorch's protocol, a call of the Cell."""
        if isinstance(value, str):
            return self.construct(value, *args, **kwargs)
        return self.asked("forward", value, *args, **kwargs)

    def inverse(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Of what the bijector makes `value`."""
        return self.asked("inverse", value, *args, **kwargs)

    def forward_log_jacobian(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """The logarithm of the derivative."""
        return self.asked("forward_log_jacobian", value, *args, **kwargs)

    def inverse_log_jacobian(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """The logarithm of the derivative of the inverse."""
        return self.asked("inverse_log_jacobian", value, *args, **kwargs)

    def asked(self, function: str, *args: Any, **kwargs: Any) -> Any:
        """Call a private function. NotImplementedError if there is none."""
        if not hasattr(self, f"_{function}"):
            raise errors.invalid(NotImplementedError, f"{function} is not implemented for {self.name} bijector.")
        return getattr(self, f"_{function}")(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], Distribution):
            from compat.mindspore_on_torch.probability.transformed import TransformedDistribution

            return TransformedDistribution(self, args[0])
        return super().__call__(*args, **kwargs)

    def construct(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """The function called `name`."""
        if name not in ("forward", "inverse", "forward_log_jacobian", "inverse_log_jacobian"):
            raise errors.invalid(Exception, "Invalid name")
        return getattr(self, name)(*args, **kwargs)

    def extend_repr(self) -> str:
        if not self.is_scalar_batch:
            return f"batch_shape = {self.batch_shape}"
        return ", ".join(f"{name} = {value}" for name, value in zip(self.parameter_names, self.default_parameters, strict=True))


class Given(Bijector):
    """A bijector of this project: formulas in plain PyTorch of a value and its parameters."""

    def hold(self, name: str, constant: bool = False, **values: Any) -> None:
        """Keep the parameters."""
        Bijector.__init__(self, constant, True, name, None, {**values, "name": name, "param_dict": values})
        for key, value in values.items():
            setattr(self, f"_{key}", self._add_parameter(value, key))

    def asked(self, function: str, *args: Any, **kwargs: Any) -> Any:
        (value,) = (*args, *kwargs.values())
        value = self._check_value_dtype(value)
        held = [getattr(self, f"_{name}").to(value.dtype) for name in self.parameter_names]
        return run_plain(getattr(self, f"_{function}"), value, *held)


class PowerTransform(Given):
    """(1 + x · power) ** (1 / power), which is exp(x) for a power of 0."""

    power = property(lambda self: self._power)

    def __init__(self, power: Any = 0.0, name: str = "PowerTransform") -> None:
        self.hold(name, power=power)
        if not bool(run_plain(lambda: torch.all(self._power >= 0))):
            raise errors.invalid(ValueError, "Power must be greater than or equal to zero.")

    def _forward(self, x: Any, power: Any) -> Any:
        safe = torch.where(power == 0, 1.0, power)
        return torch.where(power == 0, x.exp(), ((x * power).log1p() / safe).exp())

    def _inverse(self, y: Any, power: Any) -> Any:
        safe = torch.where(power == 0, 1.0, power)
        return torch.where(power == 0, y.log(), torch.expm1(y.log() * power) / safe)

    def _forward_log_jacobian(self, x: Any, power: Any) -> Any:
        safe = torch.where(power == 0, 1.0, power)
        return torch.where(power == 0, x, (1 / safe - 1) * (x * power).log1p())

    def _inverse_log_jacobian(self, y: Any, power: Any) -> Any:
        return (power - 1) * y.log()


class Exp(PowerTransform):
    """exp(x)."""

    def __init__(self, name: str = "Exp") -> None:
        super().__init__(name=name)

    def extend_repr(self) -> str:
        return "exp"


class ScalarAffine(Given):
    """scale · x + shift."""

    scale = property(lambda self: self._scale)
    shift = property(lambda self: self._shift)

    def __init__(self, scale: Any = 1.0, shift: Any = 0.0, name: str = "ScalarAffine") -> None:
        self.hold(name, True, scale=scale, shift=shift)

    def _forward(self, x: Any, scale: Any, shift: Any) -> Any:
        return scale * x + shift

    def _inverse(self, y: Any, scale: Any, shift: Any) -> Any:
        return (y - shift) / scale

    def _forward_log_jacobian(self, x: Any, scale: Any, shift: Any) -> Any:
        return scale.abs().log()

    def _inverse_log_jacobian(self, y: Any, scale: Any, shift: Any) -> Any:
        return -scale.abs().log()


class Softplus(Given):
    """log(1 + exp(sharpness · x)) / sharpness."""

    sharpness = property(lambda self: self._sharpness)

    def __init__(self, sharpness: Any = 1.0, name: str = "Softplus") -> None:
        self.hold(name, sharpness=sharpness)

    def _forward(self, x: Any, sharpness: Any) -> Any:
        return torch.nn.functional.softplus(sharpness * x) / sharpness

    def _inverse(self, y: Any, sharpness: Any) -> Any:
        return unsoftened(sharpness * y) / sharpness

    def _forward_log_jacobian(self, x: Any, sharpness: Any) -> Any:
        return torch.nn.functional.logsigmoid(sharpness * x)

    def _inverse_log_jacobian(self, y: Any, sharpness: Any) -> Any:
        return sharpness * y - unsoftened(sharpness * y)


def unsoftened(y: Any) -> Any:
    """The inverse of softplus."""
    return y + (-torch.expm1(-y)).log()


class GumbelCDF(Given):
    """exp(-exp(-(x - loc) / scale))."""

    loc = property(lambda self: self._loc)
    scale = property(lambda self: self._scale)

    def __init__(self, loc: Any = 0.0, scale: Any = 1.0, name: str = "GumbelCDF") -> None:
        self.hold(name, loc=loc, scale=scale)
        check_positive(self._scale, "scale")

    def _forward(self, x: Any, loc: Any, scale: Any) -> Any:
        return (-(-(x - loc) / scale).exp()).exp()

    def _inverse(self, y: Any, loc: Any, scale: Any) -> Any:
        return loc - scale * (-y.log()).log()

    def _forward_log_jacobian(self, x: Any, loc: Any, scale: Any) -> Any:
        z = (x - loc) / scale
        return -z - (-z).exp() - scale.log()

    def _inverse_log_jacobian(self, y: Any, loc: Any, scale: Any) -> Any:
        return (scale / (-y * y.log())).log()


class Invert(Bijector):
    """The inverse of another bijector."""

    def __init__(self, bijector: Any, name: str = "") -> None:
        if not isinstance(bijector, Bijector):
            raise errors.invalid(TypeError, f"For 'Invert', the type of 'bijector' must be Bijector, but got {type(bijector).__name__}")
        name = name or f"Invert{bijector.name}"
        constant, injective = bijector.is_constant_jacobian, bijector.is_injective
        super().__init__(constant, injective, name, bijector.dtype, {"bijector": bijector, "name": name})
        self._bijector = bijector
        self._batch_shape, self._is_scalar_batch = bijector.batch_shape, bijector.is_scalar_batch

    bijector = property(lambda self: self._bijector)

    def _forward(self, x: Any) -> Any:
        return self.bijector.inverse(x)

    def _inverse(self, y: Any) -> Any:
        return self.bijector.forward(y)

    def _forward_log_jacobian(self, x: Any) -> Any:
        return self.bijector.inverse_log_jacobian(x)

    def _inverse_log_jacobian(self, y: Any) -> Any:
        return self.bijector.forward_log_jacobian(y)

    def extend_repr(self) -> str:
        return ""
