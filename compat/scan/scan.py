"""Files → what each uses, judged; on several processes where that helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Literal, get_args

from compat.parity import record
from compat.scan.catalog import TorchCatalog
from compat.scan.mindspore import MindSporeCatalog
from compat.scan.mindspore_verdicts import MindSporeJudge
from compat.scan.trace import Places, Trace, told
from compat.scan.verdicts import Judge, Verdict
from compat.source import notebook
from compat.source.chunks import worked
from compat.source.notebook import Notebook, Skipped
from compat.source.project import ProjectFiles, resolved
from compat.source.sites import How, Use
from compat.source.spilled import Spilled
from compat.source.text import Source, SourceError
from compat.table.load import load

Api = Literal["torch", "mindspore"]
APIS: tuple[Api, ...] = get_args(Api)


@dataclass(frozen=True)
class Found:
    """One use in a file. Lines and columns count from 1; a column is one of characters, as editors show it.

    `cell` is a notebook's, from 1, in which the lines count; 0 in other files.
    """

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
    cell: int = 0


@dataclass(frozen=True)
class Scanned:
    """One file: its lines, its uses, or why it can't be read (`problem` in line `at`); of a notebook also the cells that can't be."""

    file: str
    lines: int
    uses: tuple[Found, ...] = ()
    problem: str = ""
    at: int = 0
    skipped: tuple[Skipped, ...] = ()

    @property
    def counts(self) -> Counter[str]:
        return Counter(use.verdict for use in self.uses)


@dataclass(frozen=True)
class Problem:
    """A file, or a cell of a notebook, that can't be read; the line is 0 where there is none."""

    file: str
    cell: int
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{place(self.file, self.cell, self.line)}: {self.problem}"


@dataclass(frozen=True)
class Scan:
    """A whole code base."""

    files: Sequence[Scanned] = field(default=())
    api: Api = "torch"

    @property
    def uses(self) -> Iterator[Found]:
        return (use for file in self.files for use in file.uses)

    @property
    def counts(self) -> Counter[str]:
        return sum((file.counts for file in self.files), Counter())

    @property
    def problems(self) -> list[Problem]:
        found: list[Problem] = []
        for file in self.files:
            found += [Problem(file.file, 0, file.at, file.problem)] if file.problem else []
            found += [Problem(file.file, cell.cell, cell.line, cell.problem) for cell in file.skipped]
        return found


def place(file: str, cell: int, line: int) -> str:
    """A line of a file, or of a notebook's cell, as a reader finds it."""
    return f"{file}:cell {cell}:{line}" if cell else f"{file}:{line}"


def scan(
    files: Iterable[Path], table: Path, jobs: int = 1, trace: Trace | None = None, api: Api = "torch", *, spilled: bool = False
) -> Scan:
    """Every use of a framework's API in these files, in their order. With `spilled` they are not kept in memory.

    With a trace of a run, what it saw is known of receivers that the text does not tell.
    """
    each = worked(files, partial(_scanned, table=table, trace=trace, api=api), jobs)
    return Scan(Spilled(each, lambda file: file.file) if spilled else tuple(each), api)


@cache
def judge_of(table: Path, api: Api) -> Judge:
    """Who judges the uses of that framework's API, by the table in a folder and the record beside it."""
    known = record.read(table)
    return MindSporeJudge(MindSporeCatalog(load(table)), known) if api == "mindspore" else Judge(TorchCatalog(load(table)), known)


@cache
def _project(roots: tuple[Path, ...], table: Path, api: Api) -> ProjectFiles:
    return ProjectFiles(roots, judge_of(table, api).catalog)


def _scanned(files: list[Path], roots: tuple[Path, ...], table: Path, trace: Trace | None, api: Api) -> list[Scanned]:
    judge, project = judge_of(table, api), _project(roots, table, api)
    return [_one(file, judge, project, trace.of(file) if trace else {}) for file in files]


def _one(file: Path, judge: Judge, project: ProjectFiles, places: Places) -> Scanned:
    try:
        cells = notebook.read(file) if file.suffix == notebook.SUFFIX else None
        source = cells.source if cells else project.source(file)
    except SourceError as error:
        return Scanned(str(file), 0, problem=error.problem, at=error.line)
    except OSError as error:
        return Scanned(str(file), 0, problem=error.strerror or str(error))
    uses = _uses(source, judge, project, places)
    if cells:
        return Scanned(str(file), cells.line_count, tuple(_in_cell(use, cells) for use in uses), skipped=cells.skipped)
    return Scanned(str(file), len(source.starts), tuple(uses))


def _uses(source: Source, judge: Judge, project: ProjectFiles, places: Places) -> list[Found]:
    uses = []
    for found in resolved(source, judge.catalog, project).sites:
        site = told(found, places)
        judged = judge.judge(site) if site is not None else None
        if site is not None and judged is not None:
            start, end = source.place(site.node)
            api = site.api or f"?.{site.method}"
            uses.append(
                Found(str(source.path), *start, *end, api, site.use, site.how, judged.verdict, judged.code, judged.reason, site.inside)
            )
    return sorted(uses, key=lambda use: (use.line, use.column))


def _in_cell(use: Found, cells: Notebook) -> Found:
    cell, line, column = cells.place(use.line, use.column)
    _, end_line, end_column = cells.place(use.end_line, use.end_column)
    return replace(use, cell=cell, line=line, column=column, end_line=end_line, end_column=end_column)
