"""A port as a table for the terminal, and as JSON and SARIF for programs; the page and the diff have modules of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from compat import __version__
from compat.port.codes import CODES
from compat.port.model import BECAME, Change, Port, PortedFile, name_of
from compat.port.reports.summary import REWRITTEN, Summary, Tally, calls_of, counted, is_use, meaning, needs_look, place, summary, uses
from compat.reports.data import Listing
from compat.reports.sarif import Finding, Level, Region, log
from compat.reports.uses import File, problems, shares

VERSION = 1
NOT_PORTED = "CM901"
# SARIF's levels by the first digit of a code: what works is no finding, what was changed or left is told, the rest wants a look.
LEVELS: dict[str, Level] = {"0": "none", "1": "note", "2": "note", "3": "warning", "4": "note", "5": "warning", "9": "error"}
SHOWN = 20


def as_file(file: PortedFile) -> File:
    """The file as the reports of scan and port show one."""
    return File(file.path.as_posix(), file.lines, counted(uses(file)), file.problem, file.at)


def ordered(changes: Iterable[Change]) -> list[Change]:
    """Changes by their place in a file."""
    return sorted(changes, key=lambda change: (change.cell, change.line, change.column, -change.end_line, -change.end_column))


# --- for a terminal ---


def as_text(port: Port) -> str:
    """What became of the uses, what was not converted, the files with most of that, what a human has to see to, and what was not ported."""
    told = _Told()
    for file in port.files:
        told.add(file)
    total = told.tally.summary
    lines = [f"{_plural(total.files, 'file')}, {total.changed:,} changed, {_plural(total.sites, 'use')} of the API, style {port.style}"]
    lines += [
        *shares(total.counts, meaning(port.target)),
        *_native(total),
        f"not converted: {total.left:,} of {_plural(total.sites, 'use')}",
    ]
    lines += [*_reasons(told.codes), *_worst_files(told.used), *_to_look_at(told)]
    if total.problems:
        not_ported = sorted(told.problems, key=lambda file: file.name)
        lines += [f"not ported ({_plural(total.problems, 'file')}):", *(f"  {line}" for line in problems(not_ported))]
    return "\n".join(lines)


class _Told:
    """What the text needs of the files, of which none stays in memory."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.codes: Counter[str] = Counter()  # of what was not converted
        self.used: list[tuple[str, tuple[int, ...]]] = []  # files with uses, and how many became what, in the order of BECAME
        self.places: list[tuple[str, int, str]] = []  # to look at: the first by the file's name and the place in it, with their text
        self.look_at = 0
        self.problems: list[File] = []

    def add(self, file: PortedFile) -> None:
        name, counts = file.path.as_posix(), self.tally.add(file)
        self.codes.update(change.code for change in uses(file) if change.became not in REWRITTEN)
        if counts:
            self.used.append((name, tuple(counts[became] for became in BECAME)))
        found = [change for change in ordered(file.changes) if needs_look(change)]
        self.look_at += len(found)
        self.places = sorted([*self.places, *((name, number, _looked_at(file, one)) for number, one in enumerate(found[:SHOWN]))])[:SHOWN]
        if file.problem:
            self.problems.append(as_file(file))


def _native(total: Summary) -> Iterator[str]:
    if total.native_share is not None:
        yield f"native: {total.native:,} of {_plural(total.calls, 'call')} whose API is known, {100 * total.native_share:.1f} %"


def _reasons(codes: Counter[str]) -> Iterator[str]:
    """Why uses were not converted, by code, the most frequent first."""
    for code, count in sorted(codes.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {count:>20,}  {code} {CODES[code]}"


def _worst_files(used: list[tuple[str, tuple[int, ...]]]) -> Iterator[str]:
    """The files that leave most to do, first what is unsupported."""
    if not used:
        return
    first = [BECAME.index(became) for became in ("unsupported", "unknown", "kept")]
    yield "".join(f"{became:>13}" for became in BECAME) + "  file"
    for name, counts in sorted(used, key=lambda item: (*(-item[1][column] for column in first), item[0]))[:SHOWN]:
        yield "".join(f"{count:>13,}" for count in counts) + f"  {name}"
    if len(used) > SHOWN:
        yield f"  and {_plural(len(used) - SHOWN, 'other file')} with less to do"


def _to_look_at(told: _Told) -> Iterator[str]:
    if told.look_at:
        yield f"to look at ({_plural(told.look_at, 'place')}):"
    yield from (text for _, _, text in told.places)
    if told.look_at > SHOWN:
        yield f"  and {_plural(told.look_at - SHOWN, 'other')}"


def _looked_at(file: PortedFile, change: Change) -> str:
    return f"  {place(file, change)}  {change.code}  {change.api}  {change.reason or CODES[change.code]}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


# --- for programs ---


def as_json(port: Port, listed: Listing = list) -> dict[str, Any]:
    """Everything that was found and done, by file and place.

    version   1; another number where a key changes its meaning
    style     "native" or "shim"
    target    "mindspore" or "torch": the framework of the result
    summary   files, changed, problems: numbers of files. sites: uses of an API, the sum of converted, adapted, kept, unsupported and
              unknown. calls: those sites that are calls of a known API. native_share: the part of these that is converted or adapted,
              from 0 to 1, null where there is none. imports: statements that were rewritten, which are no sites
    files     for each file: file, lines, changed, calls, native (how many of the calls), the five counts and, where it could not be
              ported, problem and line
    sites     for each use: file, line, column, end_line, end_column (all from 1, in the file as it was; columns in characters, the end
              exclusive), cell (in a notebook: from 1, lines count within it), api ("?.view" where the receiver is unknown), use ("call",
              "value"), how (the API is known: "name", "inferred", "traced", "unknown"), verdict (one of the five), code and reason (see
              compat.port.codes), before and after (the text), inside (the function or class around it, dotted)
    imports   the rewritten imports, like sites
    problems  for each file that could not be ported: file, line (0 where there is none), problem

    `listed` makes a list of what is long: `Lazy` one that is made while it is written.
    """
    return {
        "version": VERSION,
        "style": port.style,
        "target": port.target,
        "summary": _summary(summary(port)),
        "files": listed(_file(file) for file in port.by_name),
        "sites": listed(_site(file, change) for file, change in _changes(port) if is_use(change)),
        "imports": listed(_site(file, change) for file, change in _changes(port) if not is_use(change)),
        "problems": listed({"file": name_of(file), "line": file.at, "problem": file.problem} for file in port.by_name if file.problem),
    }


def _changes(port: Port) -> Iterator[tuple[PortedFile, Change]]:
    """Every change in the order of files and places."""
    return ((file, change) for file in port.by_name for change in ordered(file.changes))


def _summary(total: Summary) -> dict[str, Any]:
    share = total.native_share
    return {
        "files": total.files, "changed": total.changed, "problems": total.problems, "sites": total.sites, **total.counts,
        "calls": total.calls, "native_share": None if share is None else round(share, 4), "imports": total.imports,
    }  # fmt: skip


def _file(file: PortedFile) -> dict[str, Any]:
    native, calls = calls_of(file)
    return as_file(file).data(BECAME) | {"changed": file.changed, "calls": calls, "native": native}


def _site(file: PortedFile, change: Change) -> dict[str, Any]:
    return {
        "file": file.path.as_posix(), "line": change.line, "column": change.column, "end_line": change.end_line,
        "end_column": change.end_column, **({"cell": change.cell} if change.cell else {}), "api": change.api, "use": change.use,
        "how": change.how, "verdict": change.became, "code": change.code, "reason": change.reason, "before": change.before,
        "after": change.after, "inside": change.inside,
    }  # fmt: skip


def as_sarif(port: Port, listed: Listing = list) -> dict[str, Any]:
    """SARIF 2.1.0: a result for every use and import, with what replaced it as a fix, and for every file that could not be ported.

    What is in a notebook's cell is placed at the first line of the file, with the cell's number and its place within in the text: SARIF
    has no cells. Such a result has no fix. `listed` as of `as_json`.
    """
    rules = {**CODES, NOT_PORTED: "not ported"}
    found = (_finding(file, change) for file, change in _changes(port))
    failed = (Finding(NOT_PORTED, "error", file.problem, name_of(file), Region(file.at)) for file in port.by_name if file.problem)
    return log("compat port", __version__, rules, chain(found, failed), listed)


def _finding(file: PortedFile, change: Change) -> Finding:
    level, name = LEVELS[change.code[2]], file.path.as_posix()
    text = f"{change.api}: {change.reason or CODES[change.code]}".removeprefix(": ")
    if change.cell:
        return Finding(change.code, level, f"cell {change.cell}, line {change.line}: {text}", name, Region(1), within=f"cell {change.cell}")
    region = Region(change.line, change.column, change.end_line, change.end_column)
    return Finding(change.code, level, text, name, region, None if change.before == change.after else change.after)
