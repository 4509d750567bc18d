"""A function of MindSpore's as one that compat.torch's tensors go into and come out of."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

from compat.native.arguments import Met, by_name, by_place, give_back
from compat.native.sharing import address_of, attach, source_of
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.storage import alias, offset_of
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

native, ops = mindspore.Tensor, mindspore.ops
of, requires_grad, FLOAT = dtypes.of, engine.requires_grad, dtypes.FLOAT
record = engine.record
AS_THEY_ARE = {bool, int, float, complex, str, bytes, type(None)}


@functools.cache
def wrapped(function: Any) -> Callable[..., Any]:
    """The one `wrapper` of a function of MindSpore's."""
    return wrapper(function)


def wrapper(function: Any) -> Callable[..., Any]:
    """`function`, MindSpore's, for compat.torch's tensors, dtypes and sizes, given by place, by name and in containers.

    The tensors of its result are compat.torch's: the same storage, the same history; one that is an argument stays that object, and one
    that lies in an argument's memory is a view of it. Errors are MindSpore's. What takes over calls of compat.torch is not asked.
    """

    def called(*args: Any, **kwargs: Any) -> Any:
        record()
        met: Met = []
        given = args
        try:
            for value in args:
                kind = type(value)
                if kind is Tensor:
                    met.append((value, kind))
                    value.__class__ = native
                elif kind not in AS_THEY_ARE:  # an argument that needs another look
                    give_back(met)
                    met.clear()
                    given = by_place(args, met)
                    break
            result = function(*given, **by_name(kwargs, met)) if kwargs else function(*given)
        finally:
            for tensor, lent in met:
                if lent is not None:
                    tensor.__class__ = lent
        if type(result) is native and not offset_of(result):
            # What most calls are: a new tensor, which does not lie in the memory of an argument.
            address = address_of(result)
            for tensor, _ in met:
                if address_of(tensor) == address:
                    break
            else:
                return adopted(result)
        return delivered(result, met, (function, args, kwargs))

    name_after(called, function)
    return called


def name_after(made: Any, function: Any) -> None:
    """Name a wrapper so that pickle finds it: it is what `compat.native.mindspore.…` has under MindSpore's own name of the function."""
    made.__name__ = getattr(function, "__name__", type(function).__name__)
    made.__doc__ = function.__doc__
    made.__module__, made.__qualname__ = "compat.native", f"{getattr(function, '__module__', 'mindspore')}.{made.__name__}"


def called_with(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], more: list[Any]) -> Any:
    """The result of one call, as that of the wrapped function; `more` are tensors that the function reaches in another way."""
    record()
    met: Met = []
    try:
        by_place(tuple(more), met)
        result = function(*by_place(args, met), **by_name(kwargs, met))
    finally:
        give_back(met)
    return delivered(result, met, (function, args, kwargs))


def adopted(result: Any) -> Any:
    """A new tensor of MindSpore's as compat.torch's. That one of bfloat16 has been met is noted, and integers require no gradient."""
    result.__class__ = Tensor
    if of(result).category < FLOAT and requires_grad(result):
        return as_tensor(ops.stop_gradient(result))
    return result


def delivered(result: Any, met: Met, call: tuple[Any, Any, Any], place: int | None = None) -> Any:
    """`result`, which `call` (function, arguments by place and by name) gave, as compat.torch's; `met` are the tensors it was given."""
    kind = type(result)
    if kind is native:
        if any(result is tensor for tensor, _ in met):
            return alias(result)  # the caller's own object, which stays MindSpore's
        found = adopted(result)
        source = source_of(found, met)
        if source is not None:
            attach(found, source, *call, place)
        return found
    if kind in AS_THEY_ARE or issubclass(kind, Tensor):
        return result
    if issubclass(kind, (tuple, list)):
        made = [delivered(one, met, call, at) for at, one in enumerate(result)]
        return kind(*made) if hasattr(result, "_fields") else kind(made)
    if kind is dict:
        return {key: delivered(one, met, call, key) for key, one in result.items()}
    return transformed(result) if kind is FunctionType else result


def transformed(function: Any) -> Callable[..., Any]:
    """What `mindspore.value_and_grad` and its like return: it calls a function of the program's, which is to see compat.torch's tensors."""

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        return delivered(function(*args, **kwargs), [], (function, args, kwargs))

    return called
