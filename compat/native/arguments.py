"""What a native function is given: compat.torch's objects as MindSpore's for the time of the call, each tensor the same object.

MindSpore's functions written in Python call methods of their arguments, `x.transpose(perm)` or `x.max(axis)`, which mean something
else on PyTorch's Tensor: bidense, bincount, diff, numel and view_as_real fail when they meet one. So an argument has the class of
MindSpore's tensor while MindSpore works on it: 0.1 µs, where another tensor of the same storage and history takes 8 µs. A
tensor must therefore not be used by another thread at that time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.descriptors import Size, device
from compat.torch_on_mindspore.engine import TensorBase, mindspore
from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.tensor import SizeMethod, Tensor

Met = list[tuple[Any, type | None]]  # the tensors among the arguments, with the class that each gets back; None for MindSpore's own

native = mindspore.Tensor
# MindSpore makes the class of its parameters when it makes the first one
native_parameter = type(mindspore.Parameter(mindspore.Tensor(0.0)))
DTYPES = {name: getattr(mindspore, "bool_" if name == "bool" else name) for name in dtypes.BY_NAME}
FUNCTIONS = (FunctionType, MethodType, functools.partial)
DEVICES = {"cpu": "CPU", "npu": "Ascend"}


def give_back(met: Met) -> None:
    """Make the tensors compat.torch's again; the last step of every call."""
    for tensor, kind in met:
        if kind is not None:
            tensor.__class__ = kind


def by_name(arguments: dict[str, Any], met: Met) -> dict[str, Any]:
    """Keyword arguments as MindSpore's; the tensors among them are noted in `met`."""
    return {name: given(value, met) for name, value in arguments.items()}


def by_place(arguments: tuple[Any, ...], met: Met) -> tuple[Any, ...]:
    """Positional arguments as MindSpore's; the tensors among them are noted in `met`.

    With a function of the program's among them they stay as they are: `ops.jvp(f, x)` calls it, and it is to see compat.torch's tensors.
    """
    if any(type(value) in FUNCTIONS for value in arguments):
        return arguments
    for value in arguments:
        if HOW.get(type(value), _unknown) is not None:
            return tuple([given(value, met) for value in arguments])
    return arguments


def given(value: Any, met: Met) -> Any:
    """One argument as MindSpore's: a tensor has its class from now on, until `give_back(met)`."""
    how = HOW.get(type(value), _unknown)
    return value if how is None else how(value, met)


def _unknown(value: Any, met: Met) -> Any:
    """An argument of a type that is met for the first time."""
    kind = type(value)
    HOW[kind] = next((HOW[base] for base in kind.__mro__ if base in HOW), None)
    return given(value, met)


def _lent(value: Any, met: Met) -> Any:
    met.append((value, type(value)))
    value.__class__ = native
    return value


def _lent_parameter(value: Any, met: Met) -> Any:
    met.append((value, type(value)))
    value.__class__ = native_parameter
    return value


def _noted(value: Any, met: Met) -> Any:
    """A tensor of MindSpore's own, or one that was lent before: it is known, for what is the same object, and stays what it is."""
    met.append((value, None))
    return value


def _each_of_list(value: Any, met: Met) -> Any:
    """A list; one of numbers is a size or axes, which many functions take as a tuple alone where PyTorch's take either."""
    return tuple(value) if value and all(type(one) is int for one in value) else _each(value, met)


def _each(value: Any, met: Met) -> Any:
    made = [given(one, met) for one in value]
    return type(value)(*made) if hasattr(value, "_fields") else type(value)(made)


def _each_value(value: dict[Any, Any], met: Met) -> dict[Any, Any]:
    return {key: given(one, met) for key, one in value.items()}


# What is done with a value of each type, or of a subclass; None: nothing.
HOW: dict[type, Callable[[Any, Met], Any] | None] = {
    Tensor: _lent,
    Parameter: _lent_parameter,
    TensorBase: _noted,
    native: _noted,
    list: _each_of_list,
    tuple: _each,
    dict: _each_value,
    Size: lambda value, _: tuple(value),
    SizeMethod: lambda value, _: int(value),
    dtypes.dtype: lambda value, _: DTYPES.get(value.name, value),
    device: lambda value, _: DEVICES.get(value.type, value.type),
    object: None,
}
