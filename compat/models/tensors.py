"""Nested arguments and results of modules: the tensors in them, in order, and the same structure with others in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

Test = Callable[[Any], bool]


def leaves(value: Any, is_tensor: Test, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every tensor in tuples, lists, mappings and dataclasses, with its place: `0`, `1.0`, `mask`."""
    if is_tensor(value):
        yield name, value
        return
    for key, inner in _items(value):
        yield from leaves(inner, is_tensor, f"{name}.{key}" if name else str(key))


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, (tuple, list)):
        yield from enumerate(value)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from ((field.name, getattr(value, field.name)) for field in fields(value))


def replaced(value: Any, is_tensor: Test, others: Iterator[Any]) -> Any:
    """The same structure with the next of `others` in the place of each tensor, in the order of `leaves`."""
    if is_tensor(value):
        return next(others)
    if isinstance(value, Mapping):
        changed = {key: replaced(inner, is_tensor, others) for key, inner in value.items()}
        return changed if type(value) is dict else _remade(value, changed)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(replaced(inner, is_tensor, others) for inner in value))
    if isinstance(value, (tuple, list)):
        return type(value)(replaced(inner, is_tensor, others) for inner in value)
    if is_dataclass(value) and not isinstance(value, type):
        return _remade(value, {field.name: replaced(getattr(value, field.name), is_tensor, others) for field in fields(value)})
    return value


def _remade(value: Any, changed: dict[Any, Any]) -> Any:
    """A mapping or dataclass of the same type; one that holds None keeps that out, as its constructor would."""
    kind: Any = type(value)
    return kind(**changed) if is_dataclass(value) else kind(changed)
