"""Every mistake of shape in a value, against the classes of model.py: `msgspec` stops at the first, an author wants all."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from compat.table.source import Path

Mistake = tuple[Path, str]


def mistakes(value: Any, expected: Any) -> Iterator[Mistake]:
    """Yield the path and the text of each mistake that keeps `value` from being an `expected`."""
    yield from _walk(value, _type_info(expected), ())


@functools.cache
def _type_info(expected: Any) -> inspect.Type:
    return inspect.type_info(expected)


def _walk(value: Any, kind: inspect.Type, path: Path) -> Iterator[Mistake]:
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.AnyType):
        return
    if isinstance(kind, inspect.UnionType):
        yield from _union(value, kind, path)
    elif isinstance(kind, inspect.StructType):
        yield from _struct(value, kind, path)
    elif isinstance(kind, inspect.ListType):
        yield from _list(value, kind, path)
    elif isinstance(kind, inspect.DictType):
        yield from _dict(value, kind, path)
    else:
        yield from _leaf(value, kind, path)


def _struct(value: Any, kind: inspect.StructType, path: Path) -> Iterator[Mistake]:
    if not isinstance(value, dict):
        yield path, f"{shown(value)}: expected a mapping with {_listed(f.encode_name for f in kind.fields)}"
        return
    fields = {field.encode_name: field for field in kind.fields}
    for key in value:
        if key not in fields and key != kind.tag_field:
            yield (*path, key), f"unknown key {key!r}: expected one of {_listed(fields)}"
    for name, field in fields.items():
        if name in value:
            yield from _walk(value[name], field.type, (*path, name))
        elif field.required:
            yield path, f"missing key {name!r}: expected it in {_listed(fields)}"


def _union(value: Any, kind: inspect.UnionType, path: Path) -> Iterator[Mistake]:
    members = [m.type if isinstance(m, inspect.Metadata) else m for m in kind.types]
    tagged = [m for m in members if isinstance(m, inspect.StructType) and m.tag is not None]
    if value is None and any(isinstance(m, inspect.NoneType) for m in members):
        return
    if tagged and isinstance(value, dict):
        field = str(tagged[0].tag_field)
        chosen = [m for m in tagged if m.tag == value.get(field)]
        if chosen:
            yield from _struct(value, chosen[0], path)
        else:
            yield (*path, field), f"{field} {shown(value.get(field))}: expected one of {_listed(str(m.tag) for m in tagged)}"
        return
    attempts = [list(_walk(value, m, path)) for m in members if not isinstance(m, inspect.NoneType)]
    if all(attempts):
        yield from min(attempts, key=len)


def _list(value: Any, kind: inspect.ListType, path: Path) -> Iterator[Mistake]:
    if not isinstance(value, list):
        yield path, f"{shown(value)}: expected a list"
        return
    if len(value) < (kind.min_length or 0):
        yield path, f"a list of {len(value)}: expected at least {kind.min_length}"
    for index, item in enumerate(value):
        yield from _walk(item, kind.item_type, (*path, index))


def _dict(value: Any, kind: inspect.DictType, path: Path) -> Iterator[Mistake]:
    if not isinstance(value, dict):
        yield path, f"{shown(value)}: expected a mapping"
        return
    for key, item in value.items():
        for _, message in _walk(key, kind.key_type, path):
            yield (*path, key), f"key {message}"
        yield from _walk(item, kind.value_type, (*path, key))


def _leaf(value: Any, kind: inspect.Type, path: Path) -> Iterator[Mistake]:
    if isinstance(kind, inspect.LiteralType):
        if not any(value == allowed and type(value) is type(allowed) for allowed in kind.values):
            yield path, f"{shown(value)}: expected one of {_listed(str(v) for v in kind.values)}"
        return
    expected, text = LEAVES[type(kind)]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        yield path, f"{shown(value)}: expected {text}"
    elif isinstance(kind, inspect.StrType) and kind.pattern and not re.search(kind.pattern, str(value)):
        yield path, f"{shown(value)}: expected text that matches {kind.pattern}"
    elif isinstance(kind, (inspect.IntType, inspect.FloatType)) and kind.ge is not None and float(str(value)) < kind.ge:
        yield path, f"{shown(value)}: expected at least {kind.ge}"


LEAVES: dict[type[inspect.Type], tuple[tuple[type, ...], str]] = {
    inspect.StrType: ((str,), "text"),
    inspect.BoolType: ((bool,), "true or false"),
    inspect.IntType: ((int,), "a whole number"),
    inspect.FloatType: ((int, float), "a number"),
    inspect.NoneType: ((type(None),), "null"),
}


def shown(value: Any) -> str:
    """A value as an error message shows it."""
    text = msgspec.json.encode(value).decode() if not isinstance(value, float) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _listed(words: Any) -> str:
    return ", ".join(str(w) for w in words)
