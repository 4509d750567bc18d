"""mindspore.Parameter and ParameterTuple: a Parameter is our Tensor and torch.nn.Parameter at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.initializers import initializer
from compat.mindspore_on_torch.integers import is_differentiable
from compat.mindspore_on_torch.meanings import MindSporeMeaning, plain_torch
from compat.mindspore_on_torch.tensor import Tensor, from_data

torch: Any = frameworks.load("torch")

counter = itertools.count(1)
UNNAMED = "Parameter#"
LONGEST_NAME = 1024
plain_requires_grad = torch.Tensor.requires_grad


class Trainable(MindSporeMeaning):
    """Parameter.requires_grad. PyTorch differentiates no integers; MindSpore lets a Parameter of them say that it may be trained."""

    def __init__(self) -> None:
        super().__init__(property(trainable))

    def __set__(self, instance: Any, value: Any) -> None:
        if not isinstance(value, bool):
            raise errors.invalid(TypeError, "The argument `requires_grad` must be bool type")
        instance.__dict__["trainable"] = value
        with plain_torch():
            plain_requires_grad.__set__(instance, value and is_differentiable(instance))


def trainable(parameter: Any) -> bool:
    """What the Parameter was told; PyTorch's own answer for one that it can differentiate."""
    with plain_torch():
        if is_differentiable(parameter):
            return bool(plain_requires_grad.__get__(parameter))
    return bool(parameter.__dict__.get("trainable", False))


def checked_fusion(value: Any) -> int:
    """`comm_fusion`: TypeError for what is no int, ValueError for a negative one."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise errors.invalid(TypeError, f"The input value must be int, but got {type(value).__name__!r}")
    if value < 0:
        reason = f"must be int and must >= 0, but got '{value}' with type 'int'."
        raise errors.invalid(ValueError, f"The input value {reason}")
    return value


class Parameter(Tensor, torch.nn.Parameter):
    """mindspore.Parameter(default_input, name=None, requires_grad=True).

    The gradient of a Parameter of integers is zero.
    """

    def __new__(
        cls, default_input: Any, name: str | None = None, requires_grad: bool = True, layerwise_parallel: bool = False,
        parallel_optimizer: bool = True, storage_format: str = "", device: Any = None,
    ) -> Any:  # fmt: skip
        check_placement(layerwise_parallel, parallel_optimizer, storage_format)
        if not isinstance(requires_grad, bool):
            raise errors.invalid(TypeError, "The argument `requires_grad` must be bool type")
        data = from_data(default_input)
        if device is not None:
            data = data.to(str(device).lower())
        parameter = holding(cls, data, name, requires_grad)
        parameter.layerwise_parallel, parameter.parallel_optimizer = layerwise_parallel, parallel_optimizer
        return parameter

    requires_grad = Trainable()
    # Marks for training on several devices, and for embeddings that do not fit one: kept, read by programs, without effect.
    layerwise_parallel, parallel_optimizer, parallel_optimizer_comm_recompute = False, True, False
    requires_aggr, cache_enable, sliced, is_in_parallel = True, False, False, False
    inited_param: Any = None
    cache_shape: tuple[int, ...] = ()
    unique, key = False, -1
    is_init, init_mode = False, None
    _comm_fusion = 1

    def init_data(self, layout: Any = None, set_sliced: bool = False) -> Any:  # type: ignore[override]
        """The Parameter itself: its initializer ran when it was made."""
        if layout is not None or set_sliced:
            raise errors.UnsupportedArgument("mindspore.Parameter.init_data", "layout", layout, "None: one device has no slices")
        return self

    @property
    def comm_fusion(self) -> int:
        """The group of Parameters whose gradients travel together between devices."""
        return self._comm_fusion

    @comm_fusion.setter
    def comm_fusion(self, value: int) -> None:
        self._comm_fusion = checked_fusion(value)

    @property
    def name(self) -> str:
        """The name; a Cell gives one to a Parameter that has none."""
        return str(self._name)

    @name.setter
    def name(self, value: str | None) -> None:
        if value is not None and not isinstance(value, str):
            reason = f"The type of the Parameter's name should be 'string' or 'None', but got {type(value)}."
            raise errors.invalid(ValueError, reason)
        if value is not None and len(value) > LONGEST_NAME:
            raise errors.invalid(ValueError, f"The length of the '{value}' name should be less than {LONGEST_NAME}.")
        self._name = value or f"{UNNAMED}{next(counter)}"

    @property
    def unnamed(self) -> bool:
        """Whether nobody has named it yet."""
        return self.name.startswith(UNNAMED)

    def value(self) -> Any:
        """The values as a Tensor that shares this Parameter's memory and is no part of a graph."""
        return torch.Tensor.detach(self)

    def set_data(self, data: Any, slice_shape: bool = False) -> Any:
        """Replace the values, in this Parameter's data type; the shape may change, with or without `slice_shape`."""
        if not isinstance(data, (torch.Tensor, int, float)):
            reason = f"Parameter data must be [`Tensor`, `int`, `float`] or a kind of `Tensor`, but got {type(data)}."
            raise errors.invalid(TypeError, reason)
        fresh = torch.as_tensor(data).detach().to(self)
        with torch.no_grad():
            if fresh.shape == self.shape:
                self.copy_(fresh)
            else:
                self.data = fresh.clone()
        return self

    def clone(self, init: Any = "same") -> Any:
        """A new Parameter of the same name: with the same values, or with those that `init` makes."""
        source = self if isinstance(init, str) and init == "same" else initializer(init, self.shape, self.dtype)
        return like(source, self)

    def copy(self) -> Any:
        """A new Parameter with the same values."""
        return self.clone()

    def __repr__(self, **_: Any) -> str:
        return f"Parameter (name={self.name}, shape={self.shape}, dtype={self.dtype}, requires_grad={self.requires_grad})"

    __str__ = __repr__

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copied = like(self, self)
        memo[id(self)] = copied
        return copied

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Parameter, (self.value(), self.name, self.requires_grad)


def check_placement(layerwise_parallel: Any, parallel_optimizer: Any, storage_format: Any) -> None:
    """Look at the arguments that lay a Parameter out over devices; one device has one layout."""
    for argument, value in (("layerwise_parallel", layerwise_parallel), ("parallel_optimizer", parallel_optimizer)):
        if not isinstance(value, bool):
            raise errors.invalid(TypeError, f"The argument `{argument}` must be bool type.")
    if storage_format:
        raise errors.UnsupportedArgument("mindspore.Parameter", "storage_format", storage_format, "''")


def like(values: Any, parameter: Any) -> Any:
    """A new Parameter of other values, with the name and the marks of `parameter`."""
    made = Parameter(values, parameter.name, parameter.requires_grad, parameter.layerwise_parallel, parameter.parallel_optimizer)
    made._comm_fusion = parameter._comm_fusion
    return made


def holding(kind: type, data: Any, name: str | None, requires_grad: bool = True) -> Any:
    """A Parameter that shares the memory of `data`."""
    data = data.as_subclass(torch.Tensor)
    parameter = torch.Tensor._make_subclass(kind, data, requires_grad and is_differentiable(data))
    parameter.__dict__["trainable"] = requires_grad
    parameter.name = name
    return parameter


class ParameterTuple(tuple[Any, ...]):
    """mindspore.ParameterTuple: a tuple that holds only Parameters."""

    def __new__(cls, iterable: Iterable[Any]) -> ParameterTuple:
        items = tuple(iterable)
        if not all(isinstance(item, Parameter) for item in items):
            reason = "For ParameterTuple initialization, ParameterTuple input should be 'Parameter' collection"
            raise errors.invalid(TypeError, f"{reason}, but got a {type(iterable)}.")
        by_name: dict[str, Any] = {}
        for item in items:
            if by_name.setdefault(item.name, item) is not item:
                reason = f"The value {item} , its name '{item.name}' already exists."
                raise errors.invalid(ValueError, f"{reason} Please set a unique name for the parameter.")
        return super().__new__(cls, items)

    def clone(self, prefix: str, init: Any = "same") -> ParameterTuple:
        """The same parameters again, each named `prefix.name`."""
        copies = [parameter.clone(init) for parameter in self]
        for copied, original in zip(copies, self, strict=True):
            copied.name = f"{prefix}.{original.name}"
        return ParameterTuple(copies)


def assign(variable: Any, value: Any) -> Any:
    """mindspore.ops.assign: overwrite a Parameter or Tensor in place; the shapes must agree. Gives a Tensor with the same memory."""
    if isinstance(value, torch.Tensor) and variable.shape != value.shape:
        reason = f"For 'Assign', the 'x' and 'y' must have the same shape, but got {variable.shape} and {value.shape}."
        raise errors.invalid(ValueError, reason)
    changed = variable.set_data(value) if isinstance(variable, Parameter) else variable.assign_value(value)
    return changed.detach()


def assign_add(variable: Any, value: Any) -> Any:
    """mindspore.ops.assign_add: add to a Parameter or Tensor in place. Gives a Tensor with the same memory."""
    return _accumulated("AssignAdd", variable, value, 1)


def assign_sub(variable: Any, value: Any) -> Any:
    """mindspore.ops.assign_sub: subtract from a Parameter or Tensor in place. Gives a Tensor with the same memory."""
    return _accumulated("AssignSub", variable, value, -1)


def _accumulated(name: str, variable: Any, value: Any, sign: int) -> Any:
    shape = value.shape if isinstance(value, torch.Tensor) else ()
    if shape != variable.shape:
        raise errors.invalid(ValueError, f"For {name!r}, 'value' must have the shape of 'variable', {variable.shape}, but has {shape}.")
    with torch.no_grad():
        return variable.detach().add_(value, alpha=sign)
