"""One source ported as the command ports it, and what must hold of the result."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compat.parity import record
from compat.port.model import Change, Style
from compat.port.port import Request, rewritten
from compat.port.rewrite import IMPORTS
from compat.scan.catalog import TorchCatalog
from compat.scan.verdicts import Judge
from compat.source.project import ProjectFiles, resolved
from compat.source.text import SourceError, parsed
from compat.table.load import MAPPINGS, load

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")


@cache
def judge() -> Judge:
    return Judge(TorchCatalog(load(MAPPINGS)), record.read(MAPPINGS))


def project(roots: Iterable[Path] = ()) -> ProjectFiles:
    """The files below these folders, for what they import from each other."""
    return ProjectFiles(roots, judge().catalog)


def port_bytes(data: bytes, path: Path, of: ProjectFiles, style: Style) -> tuple[bytes, tuple[Change, ...]]:
    """The bytes after, and what became of each use; SourceError where the file is no Python."""
    return rewritten(parsed(data, path), of, Request(MAPPINGS, style))


@dataclass(frozen=True)
class Checked:
    """A port of one file: its bytes after, its uses, how many the table supports, and what does not hold that has to hold of every port."""

    after: bytes
    changes: tuple[Change, ...]
    supported: int
    problems: tuple[str, ...]


def checked(data: bytes, path: Path, of: ProjectFiles, style: Style) -> Checked:
    """SourceError where the file is no Python."""
    source = parsed(data, path)
    found = resolved(source, judge().catalog, of)
    after, changes = rewritten(source, of, Request(MAPPINGS, style))
    judged = [judge().judge(site) for site in found.sites if site.api]
    supported = sum(one is not None and one.verdict != "unsupported" for one in judged)
    uses_torch = bool(found.imports or found.sites)
    problems = tuple(_problems(data, after, changes, path, of, style)) if after != data else ()
    if after != data and not uses_torch:
        problems += ("torch: there is none, and it changed",)
    return Checked(after, changes, supported, problems)


def _problems(data: bytes, after: bytes, changes: Iterable[Change], path: Path, of: ProjectFiles, style: Style) -> Iterator[str]:
    try:
        again, _ = port_bytes(after, path, of, style)
    except SourceError as error:
        yield f"parses: {error}"
        return
    if again != after:
        yield "idempotent: a second port changes it"
    if comments(data) != comments(after):
        yield "comments: they are others"
    if not lines_kept(data, after, changes):
        yield "lines: one changed that has no edit"


def comments(data: bytes) -> list[str]:
    """The comments of a file, in their order."""
    plain = data.replace(b"\r\n", b"\n").replace(
        b"\r", b"\n"
    )  # Python's tokenizer in Python takes \r for no end of a line, its parser does
    return [token.string for token in tokenize.tokenize(io.BytesIO(plain).readline) if token.type == tokenize.COMMENT]


def lines_kept(before: bytes, after: bytes, changes: Iterable[Change]) -> bool:
    """Whether each run of lines between those of the edits stands in the result, whole and in order.

    Between two runs there may be any number of lines: those of the edit. The import that the native style adds stands anywhere.
    """
    edited = {line for change in changes if change.before != change.after for line in range(change.line, change.end_line + 1)}
    lines, at = [line for line in split(after) if not line.startswith(IMPORTS["mindspore"].encode())], 0
    for run in runs(split(before), edited):
        at = next((start for start in range(at, len(lines) - len(run) + 1) if lines[start : start + len(run)] == run), -1)
        if at < 0:
            return False
        at += len(run)
    return True


def split(data: bytes) -> list[bytes]:
    """Lines as Python's parser counts them, with their ends; a form feed ends none."""
    return LINE.findall(data)


def runs(lines: list[bytes], edited: set[int]) -> Iterator[list[bytes]]:
    run: list[bytes] = []
    for number, line in enumerate(lines, 1):
        if number in edited:
            if run:
                yield run
            run = []
        else:
            run.append(line)
    if run:
        yield run
