"""A scan as a table for the terminal, JSON, SARIF for editors and code hosts, and one HTML page."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from compat import __version__
from compat.reports.page import Page, Section, Tone
from compat.reports.tables import Column, Table
from compat.scan.scan import Found, Scan, Scanned, place
from compat.scan.verdicts import VERDICTS, Verdict

MEANING: dict[Verdict, str] = {
    "verified": "runs, as tests have shown, and MindSpore takes the same arguments",
    "adapted": "runs, as tests have shown; MindSpore names, orders or computes it differently",
    "differs": "runs, and some calls give something else than in PyTorch",
    "unsupported": "raises: the table has no such API, or not with these arguments",
    "unknown": "a method of something whose type the source does not tell",
}
# SARIF's levels for what a reader should look at; the rest is no finding.
LEVELS: dict[str, str] = {"unsupported": "error", "differs": "warning", "unknown": "note"}
TONES: dict[str, Tone] = {"verified": "good", "adapted": "good", "differs": "known", "unsupported": "bad", "unknown": "plain"}
SHOWN = 15


def as_text(scan: Scan) -> str:
    """For a terminal: the shares, what is most used of each kind that needs a look, and the files that can't be read."""
    total, counts = sum(scan.counts.values()), scan.counts
    lines = [f"{len(scan.files)} files, {sum(file.lines for file in scan.files):,} lines, {total:,} uses of the API"]
    for verdict in VERDICTS:
        share = 100 * counts[verdict] / total if total else 0.0
        lines.append(f"  {verdict:<12}{counts[verdict]:>8,}  {share:5.1f} %  {MEANING[verdict]}")
    for verdict in ("unsupported", "differs", "unknown"):
        lines += _most_used(scan, verdict)
    lines += [str(problem) for problem in scan.problems]
    return "\n".join(lines)


def _most_used(scan: Scan, verdict: str) -> list[str]:
    uses = [use for use in scan.uses if use.verdict == verdict]
    if not uses:
        return []
    first: dict[str, Found] = {}
    for use in uses:
        first.setdefault(use.api, use)
    lines = [f"{verdict}:"]
    for api, count in Counter(use.api for use in uses).most_common(SHOWN):
        one = first[api]
        lines.append(f"  {count:>6}  {api}  {place(one.file, one.cell, one.line)}" + (f"  {one.reason}" if verdict != "unknown" else ""))
    return lines


def as_json(scan: Scan) -> dict[str, Any]:
    """Everything, for programs. `summary` counts by verdict; `sites` has each use with its file, place, API, verdict and code."""
    return {
        "version": __version__,
        "summary": {"sites": sum(scan.counts.values()), **{verdict: scan.counts[verdict] for verdict in VERDICTS}},
        "files": [_file(file) for file in scan.files],
        "sites": [asdict(use) for use in scan.uses],
    }


def _file(file: Scanned) -> dict[str, Any]:
    problem: dict[str, Any] = {"problem": file.problem, "line": file.at} if file.problem else {}
    if file.skipped:
        problem["skipped"] = [asdict(cell) for cell in file.skipped]
    return {"file": file.file, "lines": file.lines, **{verdict: file.counts[verdict] for verdict in VERDICTS}, **problem}


def as_sarif(scan: Scan) -> dict[str, Any]:
    """SARIF 2.1.0: a result for every use that is unsupported, differs or is unknown, and for every file that can't be read."""
    found = [use for use in scan.uses if use.verdict in LEVELS]
    rules = {use.code: use.verdict for use in found}
    results = [_sarif(use.code, LEVELS[use.verdict], f"{use.api}: {use.reason}", use.file, use.cell, _region(use)) for use in found]
    results += [_sarif("CS901", "error", one.problem, one.file, one.cell, {"startLine": max(1, one.line)}) for one in scan.problems]
    described = [{"id": code, "shortDescription": {"text": MEANING[verdict]}} for code, verdict in sorted(rules.items())]
    if scan.problems:
        described.append({"id": "CS901", "shortDescription": {"text": "can't be read as Python"}})
    tool = {"driver": {"name": "compat scan", "version": __version__, "rules": described}}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": tool, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _region(use: Found) -> dict[str, int]:
    return {"startLine": use.line, "startColumn": use.column, "endLine": use.end_line, "endColumn": use.end_column}


def _sarif(code: str, level: str, text: str, file: str, cell: int, region: dict[str, int]) -> dict[str, Any]:
    """A result. SARIF has no cells: a line of one says nothing about the file, so the cell is a logical location, and in the text."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": Path(file).as_posix()}}
    if not cell:
        location: dict[str, Any] = {"physicalLocation": {**physical, "region": region}}
        return {"ruleId": code, "level": level, "message": {"text": text}, "locations": [location]}
    location = {"physicalLocation": physical, "logicalLocations": [{"name": f"cell {cell}", "kind": "cell"}]}
    return {
        "ruleId": code, "level": level, "message": {"text": f"cell {cell}, line {region['startLine']}: {text}"}, "locations": [location],
        "properties": {"cell": cell, **region},
    }  # fmt: skip


def as_page(scan: Scan) -> Page:
    """One HTML page: the files, the APIs and every use that needs a look, each a table to search and sort."""
    counts, total = scan.counts, sum(scan.counts.values())
    runs = counts["verified"] + counts["adapted"]
    return Page(
        title="Uses of PyTorch", headline=f"{runs:,} of {total:,} uses run and agree; {counts['unsupported']:,} are unsupported",
        tone="bad" if counts["unsupported"] else "good", facts={"files": f"{len(scan.files):,}", "compat": __version__},
        sections=(Section("apis", "APIs", _apis(scan)), Section("files", "Files", _files(scan)), Section("uses", "To look at", _uses(scan))),
        tones=TONES,
    )  # fmt: skip


def _apis(scan: Scan) -> Table:
    grouped: dict[str, list[Found]] = {}
    for use in scan.uses:
        grouped.setdefault(use.api, []).append(use)
    columns = (
        Column("api", "API", searched=True), Column("verdict", "Verdict", "status", filter="Verdict", order=VERDICTS),
        Column("uses", "Uses", "number"), Column("reason", "Why", searched=True),
    )  # fmt: skip
    lines = []
    for api, uses in sorted(grouped.items(), key=lambda item: -len(item[1])):
        worst = max(uses, key=lambda use: VERDICTS.index(use.verdict))
        lines.append(
            (api, tuple(dict.fromkeys(v for v in reversed(VERDICTS) if any(use.verdict == v for use in uses))), len(uses), worst.reason)
        )
    return Table(columns=columns, lines=lines, caption="APIs")


def _files(scan: Scan) -> Table:
    columns = (
        Column("file", "File", searched=True),
        Column("lines", "Lines", "number"),
        *(Column(v, v, "number") for v in VERDICTS),
        Column("problem", "Problem"),
    )
    lines = [(file.file, file.lines, *(file.counts[v] for v in VERDICTS), file.problem) for file in scan.files]
    return Table(columns=columns, lines=lines, caption="Files")


def _uses(scan: Scan) -> Table:
    columns = (
        Column("place", "Place", searched=True), Column("api", "API", searched=True),
        Column("verdict", "Verdict", "status", filter="Verdict", order=VERDICTS), Column("reason", "Why"),
    )  # fmt: skip
    lines = [(place(use.file, use.cell, use.line), use.api, (use.verdict,), use.reason) for use in scan.uses if use.verdict in LEVELS]
    return Table(columns=columns, lines=lines, caption="Uses to look at")


def written(data: dict[str, Any]) -> str:
    """JSON as it goes into a file."""
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
