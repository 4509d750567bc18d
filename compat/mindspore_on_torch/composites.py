"""Pieces of MindSpore's compiler that programs call by name: maps over sequences, functions overloaded by type, partial functions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.parameter import Parameter

torch: Any = frameworks.load("torch")

__all__ = ["HyperMap", "Map", "MultitypeFuncGraph", "Partial", "add_flags", "constexpr", "core", "partial"]

# What a registered type name takes. "Tensor" takes a Parameter too.
KINDS: dict[str, Callable[[Any], bool]] = {
    "Tensor": lambda value: isinstance(value, torch.Tensor),
    "Parameter": lambda value: isinstance(value, Parameter),
    "Ref": lambda value: isinstance(value, Parameter),
    "Number": lambda value: isinstance(value, (bool, int, float)),
    "Bool": lambda value: isinstance(value, bool),
    "Int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, float),
    "String": lambda value: isinstance(value, str),
    "Tuple": lambda value: isinstance(value, tuple),
    "List": lambda value: isinstance(value, list),
    "Dictionary": lambda value: isinstance(value, dict),
    "None": lambda value: value is None,
    "Function": callable,
    "Any": lambda value: True,
}


def matches(kind: Any, value: Any) -> bool:
    """Whether a value is of a registered type: a name, a data type, or a class."""
    if isinstance(kind, str):
        if kind in KINDS:
            return KINDS[kind](value)
        if kind.startswith("Tensor["):
            return isinstance(value, torch.Tensor) and str(value.dtype).lower() == kind[7:-1].lower()
        return type(value).__name__ == kind
    if isinstance(kind, dtypes.Kind):
        return KINDS.get(kind.name, lambda _: False)(value)
    if isinstance(kind, dtypes.Type):
        return isinstance(value, (bool, int, float)) and dtypes.find(type(value)) == kind
    return isinstance(value, kind)


class MultitypeFuncGraph:
    """mindspore.ops.MultitypeFuncGraph: a function for each combination of types, registered by `register`."""

    def __init__(self, name: str, read_value: bool = False, doc_url: str = "") -> None:
        self.name = name
        self.entries: list[tuple[tuple[Any, ...], Callable[..., Any]]] = []

    def register(self, *type_names: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorate the function for these types."""

        def decorator(function: Callable[..., Any]) -> Callable[..., Any]:
            self.entries.append((type_names, function))
            return function

        return decorator

    def __call__(self, *args: Any) -> Any:
        for kinds, function in self.entries:
            if len(kinds) == len(args) and all(map(matches, kinds, args)):
                return function(*args)
        shown = ", ".join(type(value).__name__ for value in args)
        raise errors.invalid(ValueError, f"For 'MultitypeFuncGraph', cannot find fn match given args. Got ({shown}) for '{self.name}'.")

    def __repr__(self) -> str:
        return self.name


class Map:
    """mindspore.ops.Map: apply a function to each row of sequences of one length."""

    def __init__(self, ops: Any = None, reverse: bool = False) -> None:
        if ops is not None and not isinstance(ops, MultitypeFuncGraph) and not callable(ops):
            raise errors.invalid(TypeError, f"For '{type(self).__name__}', 'ops' must be a function or None, but got {type(ops)}.")
        self.ops = ops

    def __call__(self, *args: Any) -> Any:
        function, *sequences = args if self.ops is None else (self.ops, *args)
        check_sequences(type(self).__name__, sequences)
        return tuple(self.row(function, items) for items in zip(*sequences, strict=True))

    def row(self, function: Callable[..., Any], items: tuple[Any, ...]) -> Any:
        """The result for one row."""
        return function(*items)


class HyperMap(Map):
    """mindspore.ops.HyperMap: a Map that goes into nested sequences and keeps their nesting. A single value is its own row."""

    def __call__(self, *args: Any) -> Any:
        function, *sequences = args if self.ops is None else (self.ops, *args)
        return self.row(function, tuple(sequences))

    def row(self, function: Callable[..., Any], items: tuple[Any, ...]) -> Any:
        """The result for one row: of the function, or of a HyperMap over it where it holds sequences."""
        if not any(isinstance(item, (tuple, list)) for item in items):
            return function(*items)
        check_sequences("HyperMap", items)
        made = [self.row(function, row) for row in zip(*items, strict=True)]
        return made if isinstance(items[0], list) else tuple(made)


def check_sequences(name: str, sequences: Any) -> None:
    """TypeError for what is no sequence, ValueError for lengths that differ."""
    if not sequences or not all(isinstance(sequence, (tuple, list)) for sequence in sequences):
        raise errors.invalid(TypeError, f"For '{name}', each input must be a tuple or list.")
    if len({len(sequence) for sequence in sequences}) > 1:
        raise errors.invalid(ValueError, f"For '{name}', the inputs must have one length, but got {[len(each) for each in sequences]}.")


class Partial:
    """mindspore.ops.Partial: called with a function and arguments, it gives the function with these filled in."""

    def __call__(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
        return partial(func, *args, **kwargs)


def partial(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """mindspore.ops.partial: `func` with arguments filled in. TypeError for what can't be called."""
    if not callable(func):
        raise errors.invalid(TypeError, f"For 'Partial', the first argument must be a function, but got {type(func)}.")
    return functools.partial(func, *args, **kwargs)


def constexpr(
    fn: Callable[..., Any] | None = None, get_instance: bool = True, name: str | None = None, reuse_result: bool = True,
    check: bool = True,
) -> Any:  # fmt: skip
    """mindspore.constexpr: the function itself. Nothing is compiled, so every call computes anew."""
    if fn is None:
        return functools.partial(constexpr, get_instance=get_instance, name=name, reuse_result=reuse_result, check=check)
    return fn if get_instance else lambda: fn


def core(fn: Callable[..., Any] | None = None, **flags: Any) -> Any:
    """mindspore.common.core: the function, with `flags` for a compiler on it."""
    return add_flags(fn, core=True, **flags)


def add_flags(fn: Callable[..., Any] | None = None, **flags: Any) -> Any:
    """mindspore.ops.composite.add_flags: the function, with `flags` for a compiler on it."""
    if fn is None:
        return functools.partial(add_flags, **flags)
    fn._func_graph_flags = {**getattr(fn, "_func_graph_flags", {}), **flags}  # type: ignore[attr-defined]
    return fn
