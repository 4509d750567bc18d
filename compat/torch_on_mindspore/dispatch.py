"""`__torch_function__`: which argument, or which mode, takes over a call of a function of torch, and how it is asked.

Every public function and method of tensors looks at the types of its arguments first. As long as they are the types in `PLAIN` and
no mode is entered, that look is all that happens. Only another type leads here.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.overridable import MODULES, NAMED, WITH_OUT

# The types that never take over a call; the tensors and descriptors of this project add themselves.
PLAIN: set[type] = {bool, int, float, complex, str, bytes, type(None), slice, type(...), range, type}
# One entry for each mode that is entered in any thread: while it is empty, no call has to look for one.
MODES: list[Any] = []
PLAIN_TENSORS: set[type] = set()  # those that are told among the types to what takes over a function that PyTorch has in Python
NAMES: dict[Any, str] = {}  # what was made overridable: its name in PyTorch

EVERYTHING, MODES_ONLY, NOTHING = range(3)  # what may take over a call


class State(threading.local):
    """What may take over in this thread, and the modes that it is in, the innermost last."""

    def __init__(self) -> None:
        self.allowed = EVERYTHING
        self.modes: list[Any] = []


state = State()


class Disabled:
    """What a class has as `__torch_function__` so that its instances take over nothing, as Parameter: the call goes on."""

    __name__ = "_disabled_torch_function_impl"

    def __call__(self, func: Callable[..., Any], types: Iterable[type], args: Any = (), kwargs: Any = None) -> Any:
        with DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))


DISABLED = Disabled()


# --- what takes over ---


def takes_over(value: Any) -> bool:
    """Whether the class of `value` has a `__torch_function__` that is asked."""
    if type(value) in PLAIN or isinstance(value, type):
        return False
    found = getattr(value, "__torch_function__", None)
    return found is not None and found is not DISABLED


def unusual(values: Iterable[Any], named: dict[str, Any]) -> bool:
    """Whether an argument, or an element of a list or tuple among them, is of no plain type: it may take over, or be MindSpore's own."""
    for value in values:
        kind = type(value)
        if kind not in PLAIN:
            if kind is not list and kind is not tuple:
                return True
            for one in value:
                if type(one) not in PLAIN:
                    return True
    if named:
        for value in named.values():
            if type(value) not in PLAIN:
                return True  # a list too, which is looked into only where it was given by position
    return False


def strangers(*groups: Iterable[Any]) -> list[Any]:
    """The arguments, and the elements of lists and tuples among them, that are of no plain type."""
    found: list[Any] = []
    for values in groups:
        for value in values:
            kind = type(value)
            if kind is list or kind is tuple:
                found += [one for one in value if type(one) not in PLAIN]
            elif kind not in PLAIN:
                found.append(value)
    return found


def ordered(values: Iterable[Any]) -> list[Any]:
    """One value of each type that takes over, from the left, but a subclass before its bases."""
    found: list[Any] = []
    for value in values:
        kind = type(value)
        if takes_over(value) and all(type(other) is not kind for other in found):
            place = next((at for at, other in enumerate(found) if issubclass(kind, type(other))), len(found))
            found.insert(place, value)
    return found


def innermost() -> Any:
    """The mode that takes over calls of this thread; None without one."""
    return state.modes[-1] if state.modes and state.allowed < NOTHING else None


def overriding(values: Iterable[Any]) -> tuple[Any, list[Any]] | None:
    """The mode and the arguments that take over a call with these arguments; None when nothing does."""
    mode = innermost()
    asked = ordered(values) if state.allowed == EVERYTHING else []
    return (mode, asked) if asked or mode is not None else None


# --- how it is asked ---


def handle(function: Any, found: tuple[Any, list[Any]], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What the mode, or else the first argument that doesn't return NotImplemented, makes of the call; TypeError if all of them do.

    It gets the arguments as PyTorch would hand them over: as they were given to a function that PyTorch has in C++, sorted into
    those without a default and the others, by name, for a function that it has in Python.
    """
    mode, asked = found
    name = NAMES.get(function, "")
    in_python = name in NAMED
    types = [type(one) for one in asked]
    if in_python:
        args, kwargs = sorted_out(function, name, args, kwargs)
    if in_python:
        types += [kind for kind in {type(one): None for one in (*args, *kwargs.values())} if kind in PLAIN_TENSORS]
    elif mode is not None and not asked and alone(function, name):
        types.append(type(args[0]))
    more = (args, kwargs) if in_python or kwargs else (args,)
    result = ask(function, mode, asked, tuple(types), *more)
    if result is NotImplemented:
        raise refused(name or getattr(function, "__name__", repr(function)), in_python, mode, asked)
    return result


def ask(function: Any, mode: Any, asked: list[Any], types: tuple[type, ...], *arguments: Any) -> Any:
    """What the mode, or else the first of `asked`, makes of a call; NotImplemented when none of them makes anything of it."""
    if mode is not None:
        with without_innermost():
            result = mode.__torch_function__(function, types, *arguments)
        if result is not NotImplemented:
            return result
    for one in asked:
        result = one.__torch_function__(function, types, *arguments)
        if result is not NotImplemented:
            return result
    return NotImplemented


def refused(name: str, in_python: bool, mode: Any, asked: list[Any]) -> Exception:
    if in_python:
        kinds = [type(one) for one in asked]
        text = f"no implementation found for '{name}' on types that implement __torch_function__: {kinds}"
        return invalid(TypeError, text + (f" nor in mode {mode!r}" if mode is not None else ""))
    lines = ([f"  - mode object {mode!r}"] if mode is not None else []) + [f"  - tensor subclass {type(one)!r}" for one in asked]
    return invalid(
        TypeError,
        f"Multiple dispatch failed for '{name}'; all __torch_function__ handlers returned NotImplemented:\n\n" + "\n".join(lines),
    )


@functools.cache
def parameters(function: Any) -> tuple[inspect.Parameter, ...]:
    try:
        return tuple(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return ()


def alone(function: Any, name: str) -> bool:
    """Whether a method, or a property, has no argument but the tensor."""
    if not name.startswith("torch.Tensor."):
        return False
    return name.endswith(("__get__", "__set__", "__delete__")) or len(parameters(function)) <= 1


def sorted_out(function: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments without a default by position, the others by name, those left out too."""
    out = {"out": kwargs.get("out")} if name in WITH_OUT else {}
    try:
        bound = inspect.signature(function).bind(*args, **{key: value for key, value in kwargs.items() if key not in out})
    except TypeError:
        return args, kwargs  # which the function itself refuses, when it is reached
    bound.apply_defaults()
    by_position: list[Any] = []
    by_name: dict[str, Any] = {}
    for one in parameters(function):
        value = bound.arguments[one.name]
        if one.kind is one.VAR_POSITIONAL:
            by_position += value
        elif one.kind is one.VAR_KEYWORD:
            by_name |= value
        elif one.default is one.empty and one.kind is not one.KEYWORD_ONLY and not name.startswith("torch.nn.init."):
            by_position.append(value)
        else:
            by_name[one.name] = value
    return tuple(by_position), by_name | out


@contextmanager
def without_innermost() -> Iterator[None]:
    """A block outside the innermost mode: its handler calls functions that other modes, but not itself, take over."""
    mode = state.modes.pop()
    try:
        yield
    finally:
        state.modes.append(mode)


# --- what can be taken over ---


def overridable(name: str, function: Callable[..., Any]) -> Any:
    """The method `function`, that of PyTorch called `name`, so that its arguments and the modes can take it over."""

    @functools.wraps(function)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not (args or kwargs):
            return called_alone(self) if MODES or type(self) not in PLAIN else function(self)
        if MODES or type(self) not in PLAIN or unusual(args, kwargs):
            found = overriding(strangers((self, *args), kwargs.values()))
            if found is not None:
                return handle(made, found, (self, *args), kwargs)
        return function(self, *args, **kwargs)

    @functools.wraps(function)
    def called_alone(self: Any) -> Any:
        if MODES or type(self) not in PLAIN:
            found = overriding((self,))
            if found is not None:
                return handle(made, found, (self,), {})
        return function(self)

    made = called_alone if len(parameters(function)) == 1 else called
    return known_as(name, made)


def known_as(name: str, function: Any) -> Any:
    """`function`, noted under the name that PyTorch gives it."""
    module, _, own = name.rpartition(".")
    NAMES[function] = f"{MODULES.get(own, module)}.{own}" if module == "torch" else name
    return function


def operator(function: Any, *args: Any) -> Any:
    """The operator that PyTorch hands over as `function`; NotImplemented when nothing takes it over: `NOT_TAKEN`."""
    found = overriding(strangers(args))
    if found is None:
        return NOT_TAKEN
    try:
        return handle(function, found, args, {})
    except TypeError:
        return NotImplemented  # Python asks the other operand


NOT_TAKEN = object()


# --- blocks in which less may take over ---


class DisableTorchFunctionSubclass:
    """A block in which no argument takes over, but modes do."""

    allowed = MODES_ONLY

    def __enter__(self) -> None:
        self.before = state.allowed
        state.allowed = max(self.before, self.allowed)

    def __exit__(self, *_error: object) -> None:
        state.allowed = self.before


class DisableTorchFunction(DisableTorchFunctionSubclass):
    """A block in which nothing takes over."""

    allowed = NOTHING


# --- properties ---

_properties: list[tuple[type, str]] = []
_armed = False


def note_properties(kind: type) -> None:
    """Remember the properties that a class of tensors defines, for `arm`."""
    _properties.extend((kind, name) for name, one in vars(kind).items() if isinstance(one, property) and name != "size")


def arm() -> None:
    """Let the properties of tensors be taken over, from the first mode or subclass on: before, they cost nothing more.

    A property stays the object that it was, for which a program may have noted its `__get__`; it gets other functions.
    """
    global _armed
    if _armed:
        return
    _armed = True
    for kind, name in _properties:
        one = vars(kind)[name]
        NAMES.update({getattr(one, slot): f"torch.Tensor.{name}.{slot}" for slot in ("__get__", "__set__", "__delete__")})
        one.__init__(
            *(None if make is None else _accessor(getattr(one, slot), make)
              for slot, make in (("__get__", one.fget), ("__set__", one.fset), ("__delete__", one.fdel))),
            one.__doc__,
        )  # fmt: skip


def _accessor(slot: Any, access: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(access)
    def called(*args: Any) -> Any:
        if MODES or type(args[0]) not in PLAIN:
            found = overriding(args[:1])
            if found is not None:
                return handle(slot, found, args, {})
        return access(*args)

    return called
