"""Files → what each uses, judged; on several processes where that helps."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from compat.parity import record
from compat.scan.catalog import TorchCatalog
from compat.scan.trace import Places, Trace, told
from compat.scan.verdicts import Judge, Verdict
from compat.source.project import ProjectFiles, module_name, resolved
from compat.source.sites import How, Use
from compat.source.text import SourceError
from compat.table.load import load

CHUNK = 32


@dataclass(frozen=True)
class Found:
    """One use in a file. Lines and columns count from 1; a column is one of characters, as editors show it."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    api: str
    use: Use
    how: How
    verdict: Verdict
    code: str
    reason: str
    inside: str


@dataclass(frozen=True)
class Scanned:
    """One file: its lines, its uses, or why it can't be read (`line: problem`)."""

    file: str
    lines: int
    uses: tuple[Found, ...] = ()
    problem: str = ""
    at: int = 0

    @property
    def counts(self) -> Counter[str]:
        return Counter(use.verdict for use in self.uses)


@dataclass(frozen=True)
class Scan:
    """A whole code base."""

    files: tuple[Scanned, ...] = field(default=())

    @property
    def uses(self) -> Iterator[Found]:
        return (use for file in self.files for use in file.uses)

    @property
    def counts(self) -> Counter[str]:
        return sum((file.counts for file in self.files), Counter())

    @property
    def problems(self) -> list[Scanned]:
        return [file for file in self.files if file.problem]


def scan(files: Iterable[Path], table: Path, jobs: int = 1, trace: Trace | None = None) -> Scan:
    """Every use in these files, in their order; with a trace of a run, what it saw is known of receivers that the text does not tell."""
    every = list(files)
    roots = sorted({module_name(file)[1] for file in every})
    chunks = [every[start : start + CHUNK] for start in range(0, len(every), CHUNK)]
    if jobs == 1 or len(chunks) == 1:
        return Scan(tuple(one for chunk in chunks for one in _scanned(chunk, roots, table, trace)))
    with ProcessPoolExecutor(jobs) as pool:
        found = pool.map(_scanned, chunks, [roots] * len(chunks), [table] * len(chunks), [trace] * len(chunks))
        return Scan(tuple(one for chunk in found for one in chunk))


@cache
def _judge(table: Path) -> Judge:
    return Judge(TorchCatalog(load(table)), record.read(table))


@cache
def _project(roots: tuple[Path, ...], table: Path) -> ProjectFiles:
    return ProjectFiles(roots, _judge(table).catalog)


def _scanned(files: list[Path], roots: list[Path], table: Path, trace: Trace | None) -> list[Scanned]:
    judge, project = _judge(table), _project(tuple(roots), table)
    with without_collection():
        return [_one(file, judge, project, trace.of(file) if trace else {}) for file in files]


@contextmanager
def without_collection() -> Iterator[None]:
    """Without Python's collector of cycles: a syntax tree has none, and looking for them takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _one(file: Path, judge: Judge, project: ProjectFiles, places: Places) -> Scanned:
    try:
        source = project.source(file)
    except SourceError as error:
        return Scanned(str(file), 0, problem=error.problem, at=error.line)
    except OSError as error:
        return Scanned(str(file), 0, problem=error.strerror or str(error))
    uses = []
    for found in resolved(source, judge.catalog, project).sites:
        site = told(found, places)
        judged = judge.judge(site)
        if judged is not None:
            start, end = source.place(site.node)
            api = site.api or f"?.{site.method}"
            uses.append(Found(str(file), *start, *end, api, site.use, site.how, judged.verdict, judged.code, judged.reason, site.inside))
    uses.sort(key=lambda use: (use.line, use.column))
    return Scanned(str(file), len(source.starts), tuple(uses))
