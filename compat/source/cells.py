"""The code cells in the JSON text of a notebook, and their replacement in it, every other character staying as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compat.source.text import SourceError

DECODER = json.JSONDecoder()
BLANK = re.compile(r"[ \t\r\n]*")
LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class CodeCell:
    """A code cell: its place among all cells, from 1, its text, and from where to where its `source` stands in the file's text."""

    number: int
    text: str
    start: int
    end: int


def code_cells(text: str, path: Path) -> tuple[CodeCell, ...]:
    """The code cells of a notebook of Python, nbformat 4; SourceError with the line in the file where it is none."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(path, error.lineno, f"not JSON: {error.msg}") from None
    except RecursionError:
        raise SourceError(path, 0, "nested too deeply for a reader of JSON") from None
    if not isinstance(whole, dict):
        raise SourceError(path, 1, "no notebook: an object with cells is expected")
    places = {key: start for key, _, start, _ in _members(text, _after_blank(text, 0))}
    problem, key = _refused(whole)
    if problem:
        raise SourceError(path, _line(text, places.get(key, 0)), problem)
    return tuple(_code_cells(text, places["cells"], path))


def _refused(whole: dict[str, Any]) -> tuple[str, str]:
    """Why a notebook can't be read, and the key that says so; two empty texts where it can."""
    version = whole.get("nbformat")
    if version != 4:
        told = f"nbformat {version}: only 4 is read, and `jupyter nbconvert --to notebook` writes it" if version else "it has no nbformat"
        return f"no notebook of a known format: {told}", "nbformat"
    language = _language(whole.get("metadata"))
    if language not in ("python", "ipython"):
        return f"its cells are in {language}, not Python", "metadata"
    return ("", "") if isinstance(whole.get("cells"), list) else ("no notebook: its cells are no list", "cells")


def _language(metadata: object) -> str:
    """The language that the kernel says, Python where nothing says another."""
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        told = metadata.get(part) if isinstance(metadata, dict) else None
        if isinstance(told, dict) and isinstance(told.get(key), str):
            return str(told[key]).lower()
    return "python"


def _code_cells(text: str, at: int, path: Path) -> Iterator[CodeCell]:
    for number, (cell, begin, _) in enumerate(_items(text, at), 1):
        if not isinstance(cell, dict):
            raise SourceError(path, _line(text, begin), f"cell {number} is no object")
        if cell.get("cell_type") != "code":
            continue
        source = cell.get("source")
        lines = [source] if isinstance(source, str) else source
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise SourceError(path, _line(text, begin), f"cell {number}: its source is neither a text nor a list of lines")
        places = {key: (start, end) for key, _, start, end in _members(text, begin)}
        yield CodeCell(number, "".join(lines), *places["source"])


def replaced(text: str, cells: Sequence[CodeCell], sources: Mapping[int, str]) -> str:
    """The file's text with other sources in these cells, by number; the form of each, a list of lines or one text, stays."""
    parts, at = [], 0
    for cell in cells:
        if cell.number in sources and sources[cell.number] != cell.text:
            parts += [text[at : cell.start], _value(text, cell, sources[cell.number])]
            at = cell.end
    return "".join([*parts, text[at:]])


def _value(text: str, cell: CodeCell, source: str) -> str:
    ascii_only = text.isascii()  # as the program wrote that wrote the file
    if text[cell.start] == '"':
        return json.dumps(source, ensure_ascii=ascii_only)
    items = list(_items(text, cell.start))
    if not items:
        return json.dumps(LINE.findall(source), ensure_ascii=ascii_only)
    before, after = text[cell.start : items[0][1]], text[items[-1][2] : cell.end]
    between = text[items[0][2] : items[1][1]] if len(items) > 1 else f",{before[1:] or ' '}"
    written = {value: text[start:end] for value, start, end in items}
    lines = [written.get(line) or json.dumps(line, ensure_ascii=ascii_only) for line in LINE.findall(source)]
    return before + between.join(lines) + after


def _members(text: str, at: int) -> Iterator[tuple[str, Any, int, int]]:
    """Key, value, and from where to where the value stands, of the object that begins at `at`; the text is known to be JSON."""
    at = _after_blank(text, at + 1)
    while text[at] != "}":
        key, at = DECODER.raw_decode(text, at)
        start = _after_blank(text, _after_blank(text, at) + 1)
        value, end = DECODER.raw_decode(text, start)
        yield key, value, start, end
        at = _next(text, end)


def _items(text: str, at: int) -> Iterator[tuple[Any, int, int]]:
    """Value, and from where to where it stands, of the array that begins at `at`."""
    at = _after_blank(text, at + 1)
    while text[at] != "]":
        value, end = DECODER.raw_decode(text, at)
        yield value, at, end
        at = _next(text, end)


def _next(text: str, at: int) -> int:
    at = _after_blank(text, at)
    return _after_blank(text, at + 1) if text[at] == "," else at


def _after_blank(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    assert found is not None  # it matches the empty text
    return found.end()


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
