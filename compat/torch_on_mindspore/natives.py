"""MindSpore's own tensors as arguments: a function of compat.torch sees them as PyTorch's, the caller's object stays what it is.

And the wrapper that gives a function of torch.nn.functional its arguments, unless something takes the call over.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import bfloat16
from compat.torch_on_mindspore.dispatch import MODES, handle, known_as, overriding, strangers, unusual
from compat.torch_on_mindspore.dtypes import BFLOAT16_MET
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.overridable import ASKS_ITS_ARGUMENT, FUNCTIONAL
from compat.torch_on_mindspore.storage import alias

native = mindspore.Tensor
DATA = (bool, int, float, complex, str, list, tuple, type(None))  # what is given in place of a tensor by mistake


def adopted(arguments: Any) -> Any:
    """The tuple (or dictionary) of arguments, with every tensor of MindSpore's own class, in lists too, as one of ours.

    It has the same storage and the same history. Without such a tensor the arguments themselves come back.
    """
    values = arguments.values() if type(arguments) is dict else arguments
    for value in values:
        kind = type(value)
        if kind is native or ((kind is list or kind is tuple) and native in map(type, value)):
            break
    else:
        return arguments
    if type(arguments) is dict:
        return {name: _adopted(value) for name, value in arguments.items()}
    return tuple(map(_adopted, arguments))


def _adopted(value: Any) -> Any:
    kind = type(value)
    if kind is native:
        return alias(value)
    return kind(map(_adopted, value)) if kind is list or kind is tuple else value


def adopt_in(module: dict[str, Any]) -> None:
    """Have the public functions that a module defines, given as its globals, take MindSpore's own tensors, and be overridable."""
    for name, thing in list(module.items()):
        if type(thing) is FunctionType and thing.__module__ == module["__name__"] and not name.startswith("_"):
            module[name] = entrance(FUNCTIONAL[name], thing) if name in FUNCTIONAL else _adopting(thing)


def entrance(name: str, function: Any) -> Any:
    """`function`, PyTorch's `name`: what takes over its calls is asked first, then MindSpore's own tensors become ours."""

    # The initialisers fill leaves, unrecorded; what they call sees to bfloat16 itself.
    widened = name.rpartition(".")[2] not in bfloat16.AS_THEY_ARE and not name.startswith("torch.nn.init.")

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        if MODES or unusual(args, kwargs):
            others = strangers(args, kwargs.values())
            if (found := overriding(others)) is not None:
                return handle(called, found, args, kwargs)
            if others:
                args, kwargs = adopted(args), adopted(kwargs)
        try:
            if BFLOAT16_MET and widened and bfloat16.among(args, kwargs):
                return bfloat16.in_float32(function, args, kwargs)
            return function(*args, **kwargs)
        except (AttributeError, TypeError) as error:
            refusal = _refusal(name, (*args, *kwargs.values()), error)
            if refusal is None:
                raise
            raise refusal from error

    return known_as(name, called)


def _refusal(name: str, given: tuple[Any, ...], error: AttributeError | TypeError) -> Exception | None:
    """PyTorch's TypeError, if `error` comes of an argument that should be a tensor; a function that this one calls may have said so."""
    if isinstance(error, TypeError):
        kind = error.__dict__.get("not_a_tensor")
    else:
        value = error.obj
        found = error.name is not None and type(value) in DATA and any(value is one for one in given)
        kind = type(value).__name__ if found and name not in ASKS_ITS_ARGUMENT else None
    if kind is None:
        return None
    refusal = invalid(TypeError, f"{name.rpartition('.')[2]}(): an argument must be Tensor, not {kind}")
    refusal.__dict__["not_a_tensor"] = kind
    return refusal


def named(name: str) -> Callable[[Any], Any]:
    """The decorator that makes a function the `entrance` of PyTorch's `name`."""
    return functools.partial(entrance, name)


def _adopting(function: Any) -> Any:
    @functools.wraps(function)
    def method(*args: Any, **kwargs: Any) -> Any:
        if unusual(args, kwargs):
            return function(*adopted(args), **adopted(kwargs))
        return function(*args, **kwargs)

    return method
