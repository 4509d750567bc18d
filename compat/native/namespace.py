"""MindSpore's modules as `compat.native.mindspore` shows them: the same names, each made fit for compat.torch on first use."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from compat import frameworks
from compat.errors import UnsupportedAPI
from compat.native import parameters, training
from compat.native.calls import name_after, wrapped, wrapper
from compat.torch_on_mindspore.engine import mindspore

Primitive: Any = mindspore.ops.Primitive
Cell: Any = mindspore.nn.Cell


class Namespace(ModuleType):
    """A module of MindSpore. Constants, dtypes and classes such as Tensor are MindSpore's; functions take and give compat.torch's tensors."""

    def __init__(self, real: ModuleType) -> None:
        super().__init__(f"compat.native.{real.__name__}", real.__doc__)
        self.__dict__["_real"] = real

    def __getattr__(self, name: str) -> Any:
        real = self.__dict__["_real"]
        try:
            value = getattr(real, name)
        except AttributeError:
            value = _submodule(real, name)
        made = self.__dict__[name] = fitted(value, f"{real.__name__}.{name}")
        return made

    def __dir__(self) -> list[str]:
        return dir(self._real)

    def __reduce__(self) -> Any:
        """By name: older protocols of pickle reach a class through the module that holds it."""
        return named, (self._real.__name__,)

    def __repr__(self) -> str:
        return f"<{self._real.__name__} of MindSpore {mindspore.__version__} for compat.torch>"


def _submodule(real: ModuleType, name: str) -> ModuleType:
    """A submodule that nothing has imported yet; AttributeError, with the installed release, when there is none."""
    whole = f"{real.__name__}.{name}"
    if not name.startswith("_") and hasattr(real, "__path__") and importlib.util.find_spec(whole) is not None:
        found: ModuleType = frameworks.load(whole)
        return found
    raise AttributeError(f"module {real.__name__!r} of MindSpore {mindspore.__version__} has no attribute {name!r}", name=name, obj=real)


@functools.cache
def namespace(real: ModuleType) -> Namespace:
    """The one namespace of a module of MindSpore."""
    return Namespace(real)


def named(module: str) -> Namespace:
    """The namespace of the module of MindSpore that has this name."""
    return namespace(frameworks.load(module))


def fitted(value: Any, api: str) -> Any:
    """What stands for one of MindSpore's values, of that public name; UnsupportedAPI for a layer that has none."""
    if api in training.BRIDGED:
        return training.BRIDGED[api]
    if isinstance(value, ModuleType):
        return namespace(value) if value.__name__.partition(".")[0] == "mindspore" else value
    if isinstance(value, (FunctionType, BuiltinFunctionType, Primitive)):
        return instead().get(value) or wrapped(value)
    if isinstance(value, type) and issubclass(value, Primitive) and value is not Primitive:
        return operator(value)
    if isinstance(value, type) and issubclass(value, Cell):
        return layer(value, api)
    if value is mindspore.Parameter:
        return parameters.Parameter
    return instead().get(value, value) if isinstance(value, type) else value


@functools.cache
def instead() -> Mapping[Any, Any]:
    """The functions and classes of MindSpore in whose place compat.torch computes."""
    from compat.native import assigning, drawn, initializers  # they call compat.torch's modules, which load on first use

    return {**drawn.INSTEAD, **initializers.INSTEAD, **assigning.INSTEAD}


def layer(kind: Any, api: str) -> Any:
    """The layer of torch.nn that computes by a class of Cells."""
    from compat.native import cell, containers, layers  # a program that calls functions alone loads no layers

    if kind is Cell:
        return cell.Cell
    if api in containers.CONTAINERS:
        return containers.CONTAINERS[api]
    unfit = layers.UNFIT.get(api) or (None if api in layers.LAYERS else "no row of the table says which layer of torch.nn it is")
    if unfit is not None:
        raise UnsupportedAPI(f"{api} can't be a layer beside compat.torch: {unfit}")
    return layers.bridged(kind, api)


@functools.cache
def operator(primitive: Any) -> Any:
    """A class of operators, `mindspore.ops.Softmax`: its constructor gives a function, `mindspore.ops.Softmax(axis=1)(x)`."""
    construct = wrapped(primitive)

    def made(*args: Any, **kwargs: Any) -> Any:
        return wrapper(construct(*args, **kwargs))

    name_after(made, primitive)
    return made
