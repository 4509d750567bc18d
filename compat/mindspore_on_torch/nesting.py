"""Tensors in nested tuples, lists and dicts: taken out of them, and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from compat import frameworks

torch: Any = frameworks.load("torch")


class Place(int):
    """Where a tensor of a nested value stands in the flat list."""


def emptied(value: Any, flat: list[Any] | None = None) -> tuple[list[Any], Any]:
    """The tensors of a nested value as a list, and the value with a Place for each."""
    flat = [] if flat is None else flat
    if isinstance(value, torch.Tensor):
        flat.append(value)
        return flat, Place(len(flat) - 1)
    if type(value) in (tuple, list):
        return flat, type(value)(emptied(item, flat)[1] for item in value)
    if type(value) is dict:
        return flat, {key: emptied(item, flat)[1] for key, item in value.items()}
    return flat, value


def filled(layout: Any, tensors: Any) -> Any:
    """The nested value that `emptied` took apart."""
    if isinstance(layout, Place):
        return tensors[layout]
    if type(layout) in (tuple, list):
        return type(layout)(filled(item, tensors) for item in layout)
    return {key: filled(item, tensors) for key, item in layout.items()} if type(layout) is dict else layout


def tensors(value: Any) -> Iterator[Any]:
    """Every tensor in nested tuples, lists and dicts."""
    yield from emptied(value)[0]


def mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """The nested value with `function` of each tensor in its place."""
    flat, layout = emptied(value)
    return filled(layout, [function(tensor) for tensor in flat])
