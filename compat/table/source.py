"""YAML text → plain values, with the place of each: YAML 1.2 scalars, no aliases, no tags, no duplicate keys.

PyYAML's C parser delivers the events; the values are built here because YAML 1.1's scalars read `no` as false and `1e-5` as a
string. Places are recorded only on request: a table without a mistake never needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]
Event: TypeAlias = Any  # PyYAML's events carry no annotations

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
INTEGER = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan"),
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it stands (line and column from 1) and what is wrong and expected."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass
class Document:
    """One YAML file: its values, the mistakes of its syntax and, if asked for, the place of every path."""

    file: str
    value: Any = None
    problems: list[Problem] = field(default_factory=list)
    places: dict[Path, tuple[int, int]] | None = None

    def problem(self, path: Path, message: str) -> Problem:
        """A problem at `path`, or at the nearest place above it that the text has."""
        places = self.places or {}
        while path and path not in places:
            path = path[:-1]
        line, column = places.get(path, (1, 1))
        return Problem(self.file, line, column, message)


def read(text: str, file: str, with_places: bool = False) -> Document:
    """Parse one YAML document. Mistakes are collected in `problems`; the value is then incomplete."""
    document = Document(file, places={} if with_places else None)
    events = yaml.parse(text, Loader=LOADER)
    try:
        for event in events:
            if isinstance(event, (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)):
                continue
            document.value = _value(event, events, (), document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        document.problems.append(Problem(file, line, column, f"not YAML: {error.problem or error.context}"))
    except yaml.reader.ReaderError as error:
        document.problems.append(Problem(file, 1, 1, f"not YAML text: {error.reason}"))
    return document


def _value(event: Event, events: Iterator[Event], path: Path, document: Document) -> Any:
    if document.places is not None:
        document.places.setdefault(path, _place(event))
    if isinstance(event, yaml.AliasEvent):
        document.problems.append(Problem(document.file, *_place(event), f"alias *{event.anchor}: expected the value itself"))
        return None
    if event.tag not in (None, "!") or event.anchor:
        document.problems.append(Problem(document.file, *_place(event), "a tag or an anchor: expected plain data"))
    if isinstance(event, yaml.ScalarEvent):
        return scalar(event.value) if event.implicit[0] and not event.style else event.value
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(events, path, document)
    return _mapping(events, path, document)


def _sequence(events: Iterator[Event], path: Path, document: Document) -> list[Any]:
    items: list[Any] = []
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        items.append(_value(event, events, (*path, len(items)), document))
    return items


def _mapping(events: Iterator[Event], path: Path, document: Document) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        if not isinstance(event, yaml.ScalarEvent):
            document.problems.append(Problem(document.file, *_place(event), "a key that is no word: expected a name"))
            _value(event, events, path, document)
            key = f"<key {len(mapping)}>"
        else:
            key = event.value
            if key in mapping:
                document.problems.append(Problem(document.file, *_place(event), f"duplicate key {key!r}: expected each key once"))
        if document.places is not None:
            document.places[(*path, key)] = _place(event)
        mapping[key] = _value(next(events), events, (*path, key), document)
    return mapping


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def scalar(text: str) -> Any:
    """The value of a plain scalar by YAML 1.2's core schema: `no` is a string, `1e-5` a float."""
    if text in WORDS:
        return WORDS[text]
    first = text[0]
    if not (first.isdigit() or first in "+-."):
        return text
    if INTEGER.fullmatch(text):
        return int(text, 0 if text[:2] in ("0x", "0o") else 10)
    return float(text) if FLOAT.fullmatch(text) else text
