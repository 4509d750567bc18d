"""What all distributions share: parameters given early or late, and the functions that follow from others."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, ClassVar

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.meanings import plain_torch
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.tensor import Tensor, run_plain

torch: Any = frameworks.load("torch")

FLOATS = (dtypes.float16, dtypes.float32, dtypes.float64)
NUMBERS = (*FLOATS, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8)
METHODS = {"mean": "_mean_value", "sd": "_sd_value"}  # parameters whose names are those of methods


class Arguments(dict[str, Any]):
    """What a distribution was made with; called, its Parameters, as PyTorch's code asks a module for them."""

    def __init__(self, cell: Cell, given: dict[str, Any]) -> None:
        super().__init__(given)
        self.cell = cell

    def __call__(self, recurse: bool = True) -> Iterator[Any]:
        return (parameter for _, parameter in self.cell.named_parameters(recurse=recurse))


class Distribution(Cell):
    """nn.probability.distribution.Distribution. A subclass defines _log_prob or _prob, _cdf, _mean and what else it has."""

    def __init__(self, seed: int | None, dtype: Any, name: str, param: dict[str, Any]) -> None:
        super().__init__()
        if not isinstance(name, str):
            raise errors.invalid(TypeError, f"For '{type(self).__name__}', the type of 'name' must be str, but got {name!r}")
        if seed is not None and (not isinstance(seed, int) or seed < 0):
            raise errors.invalid(ValueError, f"For '{name}', the 'seed' must be an int and at least 0, but got {seed!r}.")
        held = self.__dict__
        held["_name"], held["_dtype"], held["_seed"] = name, dtype, seed or 0
        held["_given"] = {key: value for key, value in param.items() if key != "self" and not key.startswith("_")}
        held["default_parameters"], held["parameter_names"], held["_generators"] = [], [], {}
        named = param.get("param_dict", {})
        if "distribution" not in param:
            self.parameter_type = common_type(named, dtype)
            self._is_scalar_batch = all(value is None or isinstance(value, (int, float)) for value in named.values())
            self._batch_shape = None if None in named.values() else batch_shape(list(named.values()))
            self._broadcast_shape = self._batch_shape

    name = property(lambda self: self._name)
    dtype = property(lambda self: self._dtype)
    seed = property(lambda self: self._seed)
    is_scalar_batch = property(lambda self: self._is_scalar_batch)
    batch_shape = property(lambda self: self._batch_shape)
    broadcast_shape = property(lambda self: self._broadcast_shape)
    parameters: Any = property(lambda self: Arguments(self, self._given))

    def _add_parameter(self, value: Any, name: str) -> Any:
        """Keep a parameter as a tensor; a Parameter stays one, and None is to be given later."""
        if isinstance(value, bool):
            raise errors.invalid(TypeError, "Input cannot be Type Bool")
        if value is not None and not isinstance(value, Parameter):
            value = Tensor(value, self.parameter_type)
        self.default_parameters.append(value)
        self.parameter_names.append(name)
        return value

    def _check_value(self, value: Any, name: str) -> Any:
        """TypeError unless it is a Tensor."""
        if not isinstance(value, torch.Tensor):
            raise errors.invalid(TypeError, f"For {name}, input type must be a Tensor or Parameter.")
        return value

    def _check_param_type(self, *args: Any) -> Any:
        """The parameters given in a call, or else when it was made, in one shape; one alone is not in a tuple."""
        found = []
        for arg, name, default in zip(args, self.parameter_names, self.default_parameters, strict=True):
            if arg is not None:
                self._check_value(arg, name)
            elif default is None:
                reason = f"the type {name} must be subclass of Tensor. It can not be None since it is not specified during initialization."
                raise errors.invalid(TypeError, reason)
            found.append((default if arg is None else arg).to(self.parameter_type.torch))
        wide = run_plain(torch.broadcast_tensors, *found)
        return wide[0] if len(wide) == 1 else tuple(wide)

    def missing(self, function: str) -> Exception:
        """The error for a function that the distribution does not have."""
        return errors.invalid(NotImplementedError, f"{function} is not implemented for {self.name} distribution.")

    def has(self, *functions: str) -> str | None:
        """The first of these private functions that the class defines."""
        return next((each for each in functions if hasattr(type(self), each)), None)

    def asked(self, function: str, *args: Any, **kwargs: Any) -> Any:
        """Call a private function. NotImplementedError if there is none."""
        if not self.has(f"_{function}"):
            raise self.missing(function)
        return getattr(self, f"_{function}")(*args, **kwargs)

    def log_prob(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """The logarithm of the density or the probability."""
        if self.has("_log_prob") or not self.has("_prob"):
            return self.asked("log_prob", value, *args, **kwargs)
        return torch.log(self.asked("prob", value, *args, **kwargs))

    def prob(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """The density or the probability."""
        if self.has("_prob") or not self.has("_log_prob"):
            return self.asked("prob", value, *args, **kwargs)
        return torch.exp(self.asked("log_prob", value, *args, **kwargs))

    def cdf(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """The probability of at most `value`."""
        found = self.has("_cdf", "_log_cdf", "_survival_function", "_log_survival")
        if found is None:
            raise self.missing("cdf")
        result = getattr(self, found)(value, *args, **kwargs)
        result = torch.exp(result) if "_log" in found else result
        return 1.0 - result if "survival" in found else result

    def log_cdf(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Its logarithm."""
        if self.has("_log_cdf"):
            return self.asked("log_cdf", value, *args, **kwargs)
        if not self.has("_cdf", "_survival_function", "_log_survival"):
            raise self.missing("log_cdf")
        return torch.log(self.cdf(value, *args, **kwargs))

    def survival_function(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """The probability of more than `value`."""
        if self.has("_survival_function"):
            return self.asked("survival_function", value, *args, **kwargs)
        if self.has("_log_survival"):
            return torch.exp(self.asked("log_survival", value, *args, **kwargs))
        if not self.has("_cdf", "_log_cdf"):
            raise self.missing("survival_function")
        return 1.0 - self.cdf(value, *args, **kwargs)

    def log_survival(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Its logarithm."""
        if self.has("_log_survival"):
            return self.asked("log_survival", value, *args, **kwargs)
        if not self.has("_survival_function", "_cdf", "_log_cdf"):
            raise self.missing("log_survival")
        return torch.log(self.survival_function(value, *args, **kwargs))

    def mean(self, *args: Any, **kwargs: Any) -> Any:
        """The expected value."""
        return self.asked("mean", *args, **kwargs)

    def mode(self, *args: Any, **kwargs: Any) -> Any:
        """The most likely value."""
        return self.asked("mode", *args, **kwargs)

    def sd(self, *args: Any, **kwargs: Any) -> Any:
        """The standard deviation."""
        if self.has("_sd") or not self.has("_var"):
            return self.asked("sd", *args, **kwargs)
        return torch.sqrt(self.asked("var", *args, **kwargs))

    def var(self, *args: Any, **kwargs: Any) -> Any:
        """The variance."""
        if self.has("_var") or not self.has("_sd"):
            return self.asked("var", *args, **kwargs)
        return torch.square(self.asked("sd", *args, **kwargs))

    def entropy(self, *args: Any, **kwargs: Any) -> Any:
        """The entropy."""
        return self.asked("entropy", *args, **kwargs)

    def kl_loss(self, dist: str, *args: Any, **kwargs: Any) -> Any:
        """The divergence from this to a distribution of the type called `dist`, whose parameters come first."""
        return self.asked("kl_loss", dist, *args, **kwargs)

    def cross_entropy(self, dist: str, *args: Any, **kwargs: Any) -> Any:
        """The entropy and that divergence."""
        return self.asked("cross_entropy", dist, *args, **kwargs)

    def sample(self, *args: Any, **kwargs: Any) -> Any:
        """Drawn values: of the shape that comes first, in front of that of the parameters."""
        return self.asked("sample", *args, **kwargs)

    def get_dist_args(self, *args: Any, **kwargs: Any) -> Any:
        """The parameters: those given here, or else those it was made with."""
        return self.asked("get_dist_args", *args, **kwargs)

    def get_dist_type(self) -> Any:
        """The name of the type."""
        return self.asked("get_dist_type")

    def construct(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """The function called `name`."""
        if name not in FUNCTIONS:
            raise self.missing(name)
        return getattr(self, name)(*args, **kwargs)

    def generator(self, device: Any) -> Any:
        """The generator of its own seed, or None for the global one."""
        if not self.seed:
            return None
        if device not in self._generators:
            self._generators[device] = torch.Generator(device).manual_seed(self.seed)
        return self._generators[device]

    def uniform(self, shape: Any, like: Any) -> Any:
        """Numbers above 0 and below 1, as plain tensors of the dtype of `like`."""
        kind = like.dtype if like.dtype != torch.float16 else torch.float32
        drawn = torch.rand(shape, generator=self.generator(like.device), device=like.device, dtype=kind)
        return drawn.clamp(torch.finfo(kind).tiny, 1 - torch.finfo(kind).eps / 2)


FUNCTIONS = (
    "log_prob", "prob", "cdf", "log_cdf", "survival_function", "log_survival", "kl_loss", "mean", "mode", "sd", "var", "entropy",
    "cross_entropy", "sample", "get_dist_args", "get_dist_type",
)  # fmt: skip


def common_type(parameters: dict[str, Any], dtype: Any) -> Any:
    """The dtype of the parameters: that of the arrays among them, else that of the distribution; float32 for integers and float64."""
    kinds = {found for value in parameters.values() if (found := dtypes.find(getattr(value, "dtype", None))) is not None}
    if len(kinds) > 1:
        raise errors.invalid(TypeError, f"the parameters should have the same dtype, but have {sorted(map(str, kinds))}.")
    kind = kinds.pop() if kinds else dtype if dtype in FLOATS else dtypes.float32
    return kind if kind in (dtypes.float16, dtypes.float32) or (not kinds and kind is dtype and kind in FLOATS) else dtypes.float32


def batch_shape(values: list[Any]) -> tuple[int, ...]:
    """The shape that the parameters have together."""
    return tuple(
        torch.broadcast_shapes(*(Tensor(value, None).shape if not isinstance(value, torch.Tensor) else value.shape for value in values))
    )


def of_parameters(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the parameters, on plain tensors; they may be given in the call."""

    @functools.wraps(formula)
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        return run_plain(formula, self, *ordered(self, args, kwargs))

    return run


def of_value(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a value, and of the parameters."""

    @functools.wraps(formula)
    def run(self: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        kind = self.dtype if self.dtype in FLOATS else self.parameter_type
        given = self._check_value(value, "value").to(kind.torch)
        return run_plain(formula, self, given, *ordered(self, args, kwargs))

    return run


def of_other(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the parameters of another distribution of that type, and of its own."""

    @functools.wraps(formula)
    def run(self: Any, dist: Any, *args: Any, **kwargs: Any) -> Any:
        expected = type(self).__name__
        if dist != expected:
            raise errors.invalid(ValueError, f"Expected dist input is {expected}, but got {dist}.")
        count = len(self.parameter_names)
        named = [f"{name}_b" for name in self.parameter_names]
        other = [*args[:count], *(kwargs.pop(name, None) for name in named[len(args) :])]
        checked = [self._check_value(each, name).to(self.parameter_type.torch) for each, name in zip(other, named, strict=True)]
        return run_plain(formula, self, *checked, *ordered(self, args[count:], kwargs))

    return run


def drawn(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a shape, in front of that of the parameters; the result has the dtype of the distribution."""

    @functools.wraps(formula)
    def run(self: Any, shape: Any = (), *args: Any, **kwargs: Any) -> Any:
        if not isinstance(shape, tuple):
            raise errors.invalid(TypeError, f"For shape, the type must be a tuple, but got {type(shape).__name__}.")
        parameters = ordered(self, args, kwargs)
        with plain_torch():
            wide = (*shape, *parameters[0].shape)
        return run_plain(lambda: formula(self, wide, *parameters).to(self.dtype.torch))

    return run


def ordered(distribution: Any, args: Any, kwargs: Any) -> tuple[Any, ...]:
    """The parameters of a call in order; TypeError for a name that there is not, or too many."""
    names = distribution.parameter_names
    given = dict(zip(names, args, strict=False))
    unknown = [name for name in kwargs if name not in names or name in given]
    if unknown or len(args) > len(names):
        raise errors.invalid(TypeError, f"{distribution.name}: the parameters are {', '.join(names)}, but got {unknown or list(args)}")
    given.update(kwargs)
    found = distribution._check_param_type(*(given.get(name) for name in names))
    return found if isinstance(found, tuple) else (found,)


class Parametric(Distribution):
    """A distribution of this project: it keeps its parameters by name and checks them."""

    kinds: tuple[Any, ...] = FLOATS
    labels: ClassVar[dict[str, str]] = {}

    def hold(self, seed: int | None, dtype: Any, name: str, **values: Any) -> None:
        """Keep the parameters. TypeError for a dtype that the values can't have."""
        if dtype not in self.kinds:
            raise errors.invalid(TypeError, f"For '{type(self).__name__}', the 'dtype' should be one of {self.kinds}, but got {dtype}")
        Distribution.__init__(self, seed, dtype, name, {**values, "seed": seed, "dtype": dtype, "name": name, "param_dict": values})
        self.keep(values)

    def keep(self, values: dict[str, Any]) -> None:
        """Make attributes of the parameters."""
        for key, value in values.items():
            held = METHODS.get(key, f"_{key}")
            setattr(self, held, self._add_parameter(value, key))
            if key not in METHODS and not hasattr(type(self), key):
                setattr(type(self), key, property(attrgetter(held)))

    def _get_dist_type(self) -> str:
        return type(self).__name__

    def _get_dist_args(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        given = {**dict(zip(self.parameter_names, args, strict=False)), **kwargs}
        pairs = zip(self.parameter_names, self.default_parameters, strict=True)
        return tuple(default if given.get(name) is None else self._check_value(given[name], name) for name, default in pairs)

    def extend_repr(self) -> str:
        if not self.is_scalar_batch:
            return f"batch_shape = {self._broadcast_shape}"
        pairs = zip(self.parameter_names, self.default_parameters, strict=True)
        return ", ".join(f"{self.labels.get(name, name)} = {value}" for name, value in pairs)


def check_positive(value: Any, name: str) -> None:
    """ValueError unless every element is above 0; read on the host, when a distribution is made."""
    if value is not None and not bool(run_plain(lambda: torch.all(value > 0))):
        raise errors.invalid(ValueError, f"{name} must be greater than zero.")


def check_chances(value: Any) -> None:
    """ValueError unless every element is between 0 and 1."""
    if value is not None:
        check_positive(value, "Probabilities")
        if not bool(run_plain(lambda: torch.all(value < 1))):
            raise errors.invalid(ValueError, "Probabilities must be less than one")


class Entropic(Parametric):
    """One whose cross entropy is its entropy and its divergence."""

    def _cross_entropy(self, dist: Any, *args: Any, **kwargs: Any) -> Any:
        divergence = self.asked("kl_loss", dist, *args, **dict(kwargs))
        own = {name: value for name, value in kwargs.items() if not name.endswith("_b")}
        return self.asked("entropy", *args[len(self.parameter_names) :], **own) + divergence
