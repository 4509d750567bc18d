"""A source file: its bytes, its syntax tree, and edits by byte spans that leave everything else as it is."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from compat.errors import CompatError

NEWLINE = re.compile(rb"\r\n|\r|\n")  # what ends a line for Python's parser; a form feed does not
BOM = b"\xef\xbb\xbf"


class SourceError(CompatError):
    """A file that can't be read as Python: undecodable, or a syntax error. `line` counts from 1, 0 where there is none."""

    def __init__(self, path: Path | str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path = str(path)
        self.line = line
        self.problem = problem


class Span(NamedTuple):
    """From `start` up to `end`, exclusive, in bytes of the UTF-8 text."""

    start: int
    end: int


@dataclass(frozen=True)
class Edit:
    """What stands in a span is replaced by `text`; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True)
class Source:
    """A parsed file. `utf8` is its text in UTF-8 without a byte order mark, in which `ast` counts columns; newlines as in the file.

    `borders` are what separates the cells of a notebook: no edit may reach into one.
    """

    path: Path
    encoding: str
    bom: bool
    utf8: bytes
    tree: ast.Module
    starts: tuple[int, ...] = field(repr=False)
    borders: tuple[Span, ...] = field(default=(), repr=False)

    def span(self, node: ast.AST) -> Span:
        """Where a node with a position stands."""
        starts = self.starts
        return Span(starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset)  # type: ignore[attr-defined]

    def place(self, node: ast.expr | ast.stmt | ast.alias) -> tuple[tuple[int, int], tuple[int, int]]:
        """Line and column of its first character and behind its last, from 1, columns in characters."""
        span = self.span(node)
        lines = (node.lineno, node.end_lineno or node.lineno)
        columns = [len(self.utf8[self.starts[line - 1] : at].decode()) + 1 for line, at in zip(lines, (span.start, span.end), strict=True)]
        return (lines[0], columns[0]), (lines[1], columns[1])

    def text(self, node: ast.AST) -> str:
        """The source of a node, as it is written."""
        span = self.span(node)
        return self.utf8[span.start : span.end].decode()

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The file's bytes, in its own encoding, with these edits; CompatError when two of them overlap or a character has no place in it."""
        parts, at = [], 0
        for edit in sorted(edits, key=lambda one: (one.span.start, one.span.end)):
            if edit.span.start < at:
                raise CompatError(f"{self.path}: two edits overlap at byte {edit.span.start}")
            parts += [self.utf8[at : edit.span.start], edit.text.encode()]
            at = edit.span.end
        changed = b"".join([*parts, self.utf8[at:]])
        if self.encoding == "utf-8":
            return BOM + changed if self.bom else changed
        try:
            return changed.decode().encode(self.encoding)
        except UnicodeEncodeError as error:
            raise CompatError(f"{self.path}: {self.encoding} has no {error.object[error.start : error.end]!r}") from None


def read(path: Path) -> Source:
    """The file at `path`, parsed; SourceError when it is no Python, OSError when it can't be read."""
    return parsed(path.read_bytes(), path)


def parsed(data: bytes, path: Path) -> Source:
    """These bytes as Python source; `path` is for messages."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise SourceError(path, 1, f"not decodable: {error}") from None
    bom = encoding == "utf-8-sig"
    return Source(path, "utf-8" if bom else encoding, bom, utf8 := text.encode(), tree(text, path), line_starts(utf8))


def tree(text: str, path: Path) -> ast.Module:
    """The syntax tree of a text; SourceError where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes, which are the author's
            return _parsed(text)
    except (SyntaxError, ValueError) as error:
        raise SourceError(path, getattr(error, "lineno", None) or 0, f"not Python: {getattr(error, 'msg', error)}") from None
    except (RecursionError, MemoryError):
        raise SourceError(path, 0, "nested too deeply for Python's parser") from None


def _parsed(text: str) -> ast.Module:
    """Comments that stand for annotations are read with it, if there are any and they are such."""
    if "# type: " in text:
        with suppress(SyntaxError):
            return ast.parse(text, type_comments=True)
    return ast.parse(text)


def line_starts(utf8: bytes) -> tuple[int, ...]:
    """The byte at which each line begins, as Python's parser counts lines."""
    return (0, *(match.end() for match in NEWLINE.finditer(utf8)))
