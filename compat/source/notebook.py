"""A notebook read as one module: its code cells in their order, so that what one imports is known in the next; and written back by cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compat.errors import CompatError
from compat.source import magics
from compat.source.cells import CodeCell, code_cells, replaced
from compat.source.text import BOM, NEWLINE, Source, SourceError, Span, line_starts, tree

SUFFIX = ".ipynb"


@dataclass(frozen=True)
class Skipped:
    """A cell that is not read, and why; the line, from 1, is the cell's, 0 where there is none."""

    cell: int
    line: int
    problem: str


@dataclass(frozen=True)
class Notebook:
    """A notebook; `source` is the module of those cells that are Python, the parts of which `borders` separate."""

    path: Path
    data: bytes
    cells: tuple[CodeCell, ...]
    source: Source
    skipped: tuple[Skipped, ...]
    border: str = field(repr=False)
    parts: tuple[_Part, ...] = field(repr=False)
    lines: tuple[tuple[int, int, int], ...] = field(repr=False)

    def place(self, line: int, column: int = 1) -> tuple[int, int, int]:
        """Cell, line and column, all from 1, of a place in the module."""
        cell, own, shift = self.lines[line - 1]
        return cell, own, max(1, column - shift)

    @property
    def line_count(self) -> int:
        """The lines of the cells that are read."""
        return sum(len(NEWLINE.findall(part.text.encode())) + 1 for part in self.parts)

    @property
    def unread(self) -> Iterator[tuple[int, int, str]]:
        """What is not Python in the cells that are read: cell, line and text."""
        for part in self.parts:
            for name, original in part.originals.items():
                if not name.startswith("with "):  # what that one runs is read
                    yield part.cell.number, part.text.count("\n", 0, part.text.index(name)) + 1, original

    def rewritten(self, module: bytes) -> bytes:
        """The file with these cells instead; CompatError where an edit reached beyond its cell or into what is not Python."""
        texts = module.decode().removesuffix("\n").split(self.border) if self.parts else []
        if len(texts) != len(self.parts):
            raise CompatError(f"{self.path}: an edit crosses from one cell into another")
        sources = {part.cell.number: part.restored(text, self.path) for part, text in zip(self.parts, texts, strict=True)}
        bom = self.data.startswith(BOM)
        text = replaced(_text(self.data, self.path), self.cells, sources)
        return BOM * bom + text.encode()


@dataclass(frozen=True)
class _Part:
    """A cell in the module: its text there, and what the names in it stand for."""

    cell: CodeCell
    text: str
    originals: Mapping[str, str]
    shifted: Mapping[int, int]
    head: str

    def restored(self, text: str, path: Path) -> str:
        if text == self.text:
            return self.cell.text
        for name, original in self.originals.items():
            if text.count(name) != 1:
                raise CompatError(f"{path}: cell {self.cell.number}: an edit reached into {original!r}")
            text = text.replace(name, original)
        if not self.head:
            return text
        body = text.removeprefix("\n" * self.head.count("\n"))
        # The line of a cell magic stays the first, whatever was put before it.
        return self.head + (body if body.startswith(("\n", "\r\n")) else f"\n{body}")


def read(path: Path) -> Notebook:
    """The notebook at `path`; SourceError when it is none of Python, OSError when it can't be read."""
    return parsed(path.read_bytes(), path)


def parsed(data: bytes, path: Path) -> Notebook:
    """These bytes as a notebook; a cell that is no Python is skipped, and said so."""
    cells = code_cells(_text(data, path), path)
    stem = "compat_cell"
    while any(stem in cell.text for cell in cells):
        stem += "_"
    parts: list[_Part] = []
    skipped: list[Skipped] = []
    for cell in cells:
        found = _part(cell, path, stem)
        if isinstance(found, Skipped):
            skipped.append(found)
        elif found is not None:
            parts.append(found)
    border = f"\n# {stem}\n"
    text = border.join(part.text for part in parts) + "\n" * bool(parts)
    utf8 = text.encode()
    borders = tuple(Span(found.start(), found.end()) for found in re.finditer(re.escape(border.encode()), utf8))
    source = Source(path, "utf-8", False, utf8, tree(text, path), line_starts(utf8), borders)
    return Notebook(path, data, cells, source, tuple(skipped), border, tuple(parts), tuple(_lines(parts)))


def _text(data: bytes, path: Path) -> str:
    try:
        return data.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        raise SourceError(path, data.count(b"\n", 0, error.start) + 1, f"not decodable: {error}") from None


def _part(cell: CodeCell, path: Path, stem: str) -> _Part | Skipped | None:
    """The cell as a part of the module, why it can be none, or None where there is no Python of the notebook's own in it."""
    if not cell.text.strip():
        return None
    if magic := magics.cell_magic(cell.text):
        return Skipped(cell.number, 1, f"what %%{magic} takes is not read") if magics.may_be_python(cell.text) else None
    if not cell.text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in cell.text):
        return Skipped(cell.number, 0, "not Python: half of a surrogate pair is in it")
    try:
        tree(cell.text, path)
    except SourceError:
        return _masked(cell, path, stem)
    return _Part(cell, cell.text, {}, {}, "")


def _masked(cell: CodeCell, path: Path, stem: str) -> _Part | Skipped:
    if "\r" in cell.text.replace("\r\n", ""):
        return Skipped(cell.number, 0, "not Python, and its lines end in a way that IPython does not read")
    names = (f"{stem}_{cell.number}_{number}_" for number in range(len(cell.text) + 1))
    found = magics.masked(cell.text, lambda: next(names))
    try:
        tree(found.text, path)
    except SourceError as error:
        return Skipped(cell.number, error.line, error.problem)
    return _Part(cell, found.text, found.originals, found.shifted, found.head)


def _lines(parts: list[_Part]) -> Iterator[tuple[int, int, int]]:
    """For each line of the module: the cell, its line in the cell, and by how much it is longer than there; a border counts to the cell above."""
    for part in parts:
        count = len(NEWLINE.findall(part.text.encode())) + 1
        for line in range(1, count + 2):
            yield part.cell.number, min(line, count), part.shifted.get(line, 0)
