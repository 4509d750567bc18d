"""mindspore.Parameter and ParameterTuple: a Parameter is our Tensor and torch.nn.Parameter at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.initializers import initializer
from compat.mindspore_on_torch.tensor import Tensor, from_data

torch: Any = frameworks.load("torch")

counter = itertools.count(1)
UNNAMED = "Parameter#"


class Parameter(Tensor, torch.nn.Parameter):
    """mindspore.Parameter(default_input, name=None, requires_grad=True).

    PyTorch differentiates floating point only: a Parameter of integers reports requires_grad=False.
    """

    def __new__(
        cls, default_input: Any, name: str | None = None, requires_grad: bool = True, layerwise_parallel: bool = False,
        parallel_optimizer: bool = True, storage_format: str = "", device: Any = None,
    ) -> Any:  # fmt: skip
        refuse_placement(layerwise_parallel, parallel_optimizer, storage_format)
        data = from_data(default_input)
        if device is not None:
            data = data.to(str(device).lower())
        data = data.as_subclass(torch.Tensor)
        differentiable = data.is_floating_point() or data.is_complex()
        parameter = torch.Tensor._make_subclass(cls, data, requires_grad and differentiable)
        parameter.name = name
        return parameter

    layerwise_parallel, parallel_optimizer, has_init = False, True, False

    @property
    def name(self) -> str:
        """The name; a Cell gives one to a Parameter that has none."""
        return str(self._name)

    @name.setter
    def name(self, value: str | None) -> None:
        if value is not None and not isinstance(value, str):
            reason = f"The type of the Parameter's name should be 'string' or 'None', but got {type(value)}."
            raise errors.invalid(ValueError, reason)
        self._name = value or f"{UNNAMED}{next(counter)}"

    @property
    def unnamed(self) -> bool:
        """Whether nobody has named it yet."""
        return self.name.startswith(UNNAMED)

    def value(self) -> Any:
        """The values as a Tensor that shares this Parameter's memory and is no part of a graph."""
        return self.detach()

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
        return Parameter(source, self.name, self.requires_grad)

    def copy(self) -> Any:
        """A new Parameter with the same values."""
        return self.clone()

    def __repr__(self, **_: Any) -> str:
        return f"Parameter (name={self.name}, shape={self.shape}, dtype={self.dtype}, requires_grad={self.requires_grad})"

    __str__ = __repr__

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copied = Parameter(self, self.name, self.requires_grad)
        memo[id(self)] = copied
        return copied

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Parameter, (self.value(), self.name, self.requires_grad)


def refuse_placement(layerwise_parallel: bool, parallel_optimizer: bool, storage_format: str) -> None:
    """Raise for the arguments that lay a Parameter out over devices."""
    for argument, value, neutral in (
        ("layerwise_parallel", layerwise_parallel, False),
        ("parallel_optimizer", parallel_optimizer, True),
        ("storage_format", storage_format, ""),
    ):
        if value != neutral:
            raise errors.UnsupportedArgument("mindspore.Parameter", argument, value, repr(neutral))


class ParameterTuple(tuple[Any, ...]):
    """mindspore.ParameterTuple: a tuple that holds only Parameters."""

    def __new__(cls, iterable: Iterable[Any]) -> ParameterTuple:
        items = tuple(iterable)
        if not all(isinstance(item, Parameter) for item in items):
            reason = "For ParameterTuple initialization, ParameterTuple input should be 'Parameter' collection"
            raise errors.invalid(TypeError, f"{reason}, but got a {type(iterable)}.")
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
