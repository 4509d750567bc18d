"""What was found in files, use by use: the parts that the reports of a scan and of a port share. What is said of a use is its kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compat.reports.tables import Column, Table


@dataclass(frozen=True)
class File:
    """One file: its lines, its uses by kind, or why there are none, and the line of that (0 where there is none)."""

    name: str
    lines: int
    counts: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    at: int = 0

    def data(self, kinds: Iterable[str]) -> dict[str, Any]:
        """For programs: the counts by kind, and the problem if there is one."""
        problem: dict[str, Any] = {"problem": self.problem, "line": self.at} if self.problem else {}
        return {"file": self.name, "lines": self.lines, **{kind: self.counts.get(kind, 0) for kind in kinds}, **problem}


@dataclass(frozen=True)
class Named:
    """A use as a table of APIs counts it: the API, what is said of the use, and why."""

    api: str
    kind: str
    reason: str


# --- for a terminal ---


def shares(counts: Mapping[str, int], meaning: Mapping[str, str]) -> list[str]:
    """A line for each kind: how many, what part of all, and what it means."""
    total = sum(counts.get(kind, 0) for kind in meaning)
    lines = []
    for kind, meant in meaning.items():
        share = 100 * counts.get(kind, 0) / total if total else 0.0
        lines.append(f"  {kind:<12}{counts.get(kind, 0):>8,}  {share:5.1f} %  {meant}")
    return lines


def problems(files: Iterable[File]) -> list[str]:
    """A line for each file that has one, with its place in front as editors read it."""
    return [f"{file.name}:{file.at}: {file.problem}" for file in files if file.problem]


# --- for a page ---


def kind_column(title: str, kinds: Sequence[str]) -> Column:
    """The column of kinds, by which a table is filtered and, from the worst or best on, sorted."""
    return Column(title.lower(), title, "status", filter=title, order=tuple(kinds))


def table_of_files(
    files: Sequence[File], kinds: Sequence[str], more: Sequence[tuple[Column, Sequence[Any]]] = (), opens: tuple[str, str] | None = None
) -> Table:
    """The files with their uses by kind, and with `more` columns, each with its value for every file. `opens` as in `Table`."""
    columns = (
        Column("file", "File", "link" if opens else "text", searched=True), Column("lines", "Lines", "number"),
        *(column for column, _ in more), *(Column(kind, kind, "number") for kind in kinds), Column("problem", "Problem"),
    )  # fmt: skip
    lines = [
        (file.name, file.lines, *(values[place] for _, values in more), *(file.counts.get(kind, 0) for kind in kinds), file.problem)
        for place, file in enumerate(files)
    ]
    return Table(columns=columns, lines=lines, caption="Files", opens=opens, prefix="files-")


def table_of_apis(uses: Iterable[Named], title: str, kinds: Sequence[str], prefix: str = "") -> Table:
    """The APIs, from the most used on, each with what is said of its uses, the last of `kinds` first, and why."""
    grouped: dict[str, list[Named]] = {}
    for use in uses:
        grouped.setdefault(use.api, []).append(use)
    columns = (
        Column("api", "API", searched=True), kind_column(title, kinds), Column("uses", "Uses", "number"),
        Column("reason", "Why", searched=True),
    )  # fmt: skip
    lines = []
    for api, its in sorted(grouped.items(), key=lambda item: -len(item[1])):
        occurring = Counter(use.kind for use in its)
        worst = max(its, key=lambda use: kinds.index(use.kind))
        lines.append((api, tuple(kind for kind in reversed(kinds) if kind in occurring), len(its), worst.reason))
    return Table(columns=columns, lines=lines, caption="APIs", prefix=prefix)
