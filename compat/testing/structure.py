"""What a test returns → a tree of arrays, numbers and names, which says what was returned and holds nothing of a framework."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compat.errors import UsageError


@dataclass(frozen=True)
class Leaf:
    """A value without parts: `value` is an array, where it has one, else the text or object that must be equal."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Branch:
    """A value with parts, by what is written behind its name to reach them: `[0]`, `['loss']`, `.mean`."""

    kind: str
    parts: Mapping[str, Tree]


Tree = Leaf | Branch
ToArray = Callable[[Any], NDArray[Any] | None]
PLAIN = (str, bytes, type(None), type(...), slice, range, enum.Enum, PurePath)
# Objects of a framework that are their name, in either package.
DTYPES = frozenset({"dtype", "Type"})
NAMED = frozenset({"device", "layout", "memory_format"})
DEEPEST = 50


@dataclass
class Reader:
    """Reads values of one side. `array` gives a tensor as an array; `tensors` are those met, by path, and `modules` likewise."""

    array: ToArray
    tensors: dict[str, Any] = field(default_factory=dict)
    modules: dict[str, Any] = field(default_factory=dict)

    def tree(self, value: Any, path: str = "result", depth: int = 0) -> Tree:
        """The tree of a value. Raises UsageError, with the path, for what can't be compared."""
        if depth > DEEPEST:
            raise UsageError(f"{path} is nested too deeply, or in itself")
        parts = self._parts(value, path)
        if parts is None:
            return self._leaf(value, path)
        return Branch(_kind(value), {label: self.tree(part, path + label, depth + 1) for label, part in parts.items()})

    def _leaf(self, value: Any, path: str) -> Leaf:
        own = self.array(value)
        if own is not None:
            self.tensors[path] = value
            return Leaf("a tensor", own)
        if isinstance(value, (np.ndarray, np.generic)):
            return Leaf("a NumPy array", np.array(value))
        if isinstance(value, (bool, int, float, complex)) and not isinstance(value, enum.Enum):
            return _number(value)
        if named := _named(value):
            return named
        if isinstance(value, PLAIN) or _is_simple_set(value):
            return Leaf(an(_kind(value)), value)
        raise UsageError(
            f"{path} is {an(type(value).__name__)}, which can't be compared: return tensors, numbers, arrays, texts, modules, and lists, "
            "tuples, dicts and dataclasses of them"
        )

    def _parts(self, value: Any, path: str) -> dict[str, Any] | None:
        """The parts of a value; None where it has none."""
        if hasattr(value, "parameters_and_names") and not isinstance(value, type):
            self.modules[path] = value
            return {f".{name}": parameter for name, parameter in value.parameters_and_names()}
        if hasattr(value, "state_dict") and hasattr(value, "named_parameters") and not isinstance(value, type):
            self.modules[path] = value
            return {f".{name}": part for name, part in value.state_dict().items()}
        if isinstance(value, Mapping):
            return {f"[{key!r}]": part for key, part in value.items()}
        if isinstance(value, tuple) and (names := getattr(type(value), "__match_args__", ())):
            return {f".{name}": part for name, part in zip(names, value, strict=False)}
        if isinstance(value, (list, tuple)):
            return {f"[{index}]": part for index, part in enumerate(value)}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {f".{one.name}": getattr(value, one.name) for one in dataclasses.fields(value)}
        return None


def _number(value: complex) -> Leaf:
    kind = an(type(value).__name__)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return Leaf(kind, value)
    return Leaf(kind, np.asarray(value))


def _kind(value: Any) -> str:
    """The type's name, which this project's types have from those that they imitate."""
    return type(value).__name__


def an(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def _is_simple_set(value: Any) -> bool:
    return isinstance(value, (set, frozenset)) and all(isinstance(item, (str, bytes, bool, int, type(None))) for item in value)


def _named(value: Any) -> Leaf | None:
    """An object of a framework that is its name; MindSpore's dtypes are of many types."""
    root, _, rest = type(value).__module__.partition(".")
    if root not in ("torch", "mindspore", "compat"):
        return None
    if type(value).__name__ in DTYPES or rest.startswith("_c_expression.typing"):
        return Leaf("a dtype", str(value))
    return Leaf(an(_kind(value)), str(value)) if type(value).__name__ in NAMED else None
