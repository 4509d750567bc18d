"""A scan as a table for the terminal, JSON, SARIF for editors and code hosts, and one HTML page."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from itertools import chain
from typing import Any

from markupsafe import Markup

from compat import __version__
from compat.reports.charts import share_bar
from compat.reports.data import Listing
from compat.reports.page import Page, Section, Tone
from compat.reports.sarif import Finding, Level, Region, log
from compat.reports.tables import Column, Table
from compat.reports.uses import File, Named, kind_column, shares, table_of_apis, table_of_files
from compat.scan.scan import Found, Problem, Scan, Scanned, place
from compat.scan.verdicts import VERDICTS

TITLES = {"torch": "PyTorch", "mindspore": "MindSpore"}


def meaning(scan: Scan) -> dict[str, str]:
    """What each verdict says of a use."""
    api, other = (TITLES[name] for name in (scan.api, *(name for name in TITLES if name != scan.api)))
    return {
        "verified": f"runs, as tests have shown, and {other} takes the same arguments",
        "adapted": f"runs, as tests have shown; {other} names, orders or computes it differently",
        "differs": f"runs, and some calls give something else than in {api}",
        "unsupported": "raises: the table has no such API, or not with these arguments",
        "unknown": "a method of something whose type the source does not tell",
    }


# SARIF's levels for what a reader should look at; the rest is no finding.
LEVELS: dict[str, Level] = {"unsupported": "error", "differs": "warning", "unknown": "note"}
TONES: dict[str, Tone] = {"verified": "good", "adapted": "good", "differs": "known", "unsupported": "bad", "unknown": "plain"}
UNREADABLE = "CS901"
SHOWN = 15


def as_text(scan: Scan) -> str:
    """For a terminal: the shares, what is most used of each kind that needs a look, and the files that can't be read."""
    lines_read, counts = 0, Counter[str]()
    used: dict[str, Counter[str]] = {verdict: Counter() for verdict in LEVELS}
    first: dict[tuple[str, str], Found] = {}
    for file in scan.files:
        lines_read += file.lines
        counts += file.counts
        for use in file.uses:
            if use.verdict in LEVELS:
                used[use.verdict][use.api] += 1
                first.setdefault((use.verdict, use.api), use)
    lines = [f"{len(scan.files)} files, {lines_read:,} lines, {counts.total():,} uses of the API"]
    lines += shares(counts, meaning(scan))
    for verdict in LEVELS:
        lines += _most_used(used[verdict], first, verdict)
    return "\n".join([*lines, *map(str, scan.problems)])


def _most_used(used: Counter[str], first: dict[tuple[str, str], Found], verdict: str) -> list[str]:
    lines = [f"{verdict}:"] if used else []
    for api, count in used.most_common(SHOWN):
        one = first[verdict, api]
        lines.append(f"  {count:>6}  {api}  {place(one.file, one.cell, one.line)}" + (f"  {one.reason}" if verdict != "unknown" else ""))
    return lines


def as_json(scan: Scan, listed: Listing = list) -> dict[str, Any]:
    """Everything, for programs. `summary` counts by verdict; `sites` has each use with its file, place, API, verdict and code.

    `listed` makes a list of what is long: `Lazy` one that is made while it is written.
    """
    counts = scan.counts
    return {
        "version": __version__,
        "summary": {"sites": counts.total(), **{verdict: counts[verdict] for verdict in VERDICTS}},
        "files": listed(_file(file) for file in scan.files),
        "sites": listed(asdict(use) for use in scan.uses),
    }


def _shown(file: Scanned) -> File:
    return File(file.file, file.lines, file.counts, file.problem, file.at)


def _file(file: Scanned) -> dict[str, Any]:
    skipped = {"skipped": [asdict(cell) for cell in file.skipped]} if file.skipped else {}
    return {**_shown(file).data(VERDICTS), **skipped}


def as_sarif(scan: Scan, listed: Listing = list) -> dict[str, Any]:
    """SARIF 2.1.0: a result for every use that is unsupported, differs or is unknown, and for every file that can't be read."""
    problems = scan.problems
    rules = {use.code: meaning(scan)[use.verdict] for use in scan.uses if use.verdict in LEVELS}
    if problems:
        rules[UNREADABLE] = "can't be read as Python"
    uses = (_finding(use, f"{use.api}: {use.reason}") for use in scan.uses if use.verdict in LEVELS)
    return log("compat scan", __version__, rules, chain(uses, map(_unreadable, problems)), listed)


def _unreadable(one: Problem) -> Finding:
    if one.cell:
        where = f"cell {one.cell}"
        return Finding(UNREADABLE, "error", f"{where}, line {one.line}: {one.problem}", one.file, Region(1), within=where)
    return Finding(UNREADABLE, "error", one.problem, one.file, Region(one.line))


def _finding(use: Found, text: str) -> Finding:
    """A use; in a notebook its lines count within the cell."""
    if use.cell:
        where = f"cell {use.cell}"
        return Finding(use.code, LEVELS[use.verdict], f"{where}, line {use.line}: {text}", use.file, Region(1), within=where)
    return Finding(use.code, LEVELS[use.verdict], text, use.file, Region(use.line, use.column, use.end_line, use.end_column))


def as_page(scan: Scan) -> Page:
    """One HTML page: the files, the APIs and every use that needs a look, each a table to search and sort."""
    counts, total = scan.counts, sum(scan.counts.values())
    runs = counts["verified"] + counts["adapted"]
    return Page(
        title=f"Uses of {TITLES[scan.api]}", headline=f"{runs:,} of {total:,} uses run and agree; {counts['unsupported']:,} are unsupported",
        tone="bad" if counts["unsupported"] else "good", facts={"files": f"{len(scan.files):,}", "compat": __version__},
        sections=(
            Section("shares", "Uses", _shares(scan)),
            Section("apis", "APIs", table_of_apis((Named(use.api, use.verdict, use.reason) for use in scan.uses), "Verdict", VERDICTS)),
            Section("files", "Files", table_of_files([_shown(file) for file in scan.files], VERDICTS)),
            Section("uses", "To look at", _uses(scan)),
        ),
        tones=TONES,
    )  # fmt: skip


def _shares(scan: Scan) -> Markup:
    return share_bar("Uses", {verdict: scan.counts[verdict] for verdict in VERDICTS}, TONES)


def _uses(scan: Scan) -> Table:
    columns = (
        Column("place", "Place", searched=True), Column("api", "API", searched=True),
        kind_column("Verdict", VERDICTS), Column("reason", "Why"),
    )  # fmt: skip
    lines = [(place(use.file, use.cell, use.line), use.api, (use.verdict,), use.reason) for use in scan.uses if use.verdict in LEVELS]
    return Table(columns=columns, lines=lines, caption="Uses to look at", prefix="uses-")
