"""Results → a folder that can be read and processed: report.html for people, results.jsonl for programs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from compat.parity.compare import Check, Result


@dataclass(frozen=True)
class Line:
    """One API of the report: how many of its cases agree, by check, and the cases that need a reader."""

    api: str
    imitated: str
    row: str
    counts: dict[str, int]
    checks: dict[str, str]
    deviation: float
    notable: list[Result]
    results: list[Result]

    @property
    def status(self) -> str:
        """The worst status of its cases."""
        return next((s for s in ("differs", "stale", "declared") if self.counts.get(s)), "agrees")


def lines(results: list[Result]) -> list[Line]:
    """One line per API, in the order of the results."""
    grouped: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        grouped.setdefault((result.imitated, result.api), []).append(result)
    return [_line(api, imitated, group) for (imitated, api), group in grouped.items()]


def _line(api: str, imitated: str, group: list[Result]) -> Line:
    counts = dict(Counter(str(result.status) for result in group))
    checks = {check: _tally(group, check) for check in ("forward", "gradient", "error")}
    notable = [result for result in group if result.status != "agrees"]
    agreeing = [result.deviation for result in group if result.status == "agrees"]
    return Line(api, imitated, group[0].row, counts, checks, max(agreeing, default=0.0), notable, group)


def _tally(group: list[Result], check: Check) -> str:
    concerned = [result for result in group if check in result.checks]
    return f"{sum(r.status == 'agrees' for r in concerned)}/{len(concerned)}" if concerned else "–"


def verdict(results: list[Result]) -> str:
    """One line: how many APIs and cases, how many agree, differ as declared, differ."""
    count = Counter(result.status for result in results)
    apis = {(result.imitated, result.api) for result in results}
    outcome = "FAILED" if count["differs"] or count["stale"] else "OK"
    parts = [f"{count['agrees']} agree", f"{count['declared']} differ as declared", f"{count['differs']} differ"]
    if count["stale"]:
        parts.append(f"{count['stale']} declared differences are gone")
    return f"parity {outcome}: {len(apis)} APIs, {len(results)} cases: {', '.join(parts)}"


def frameworks_compared() -> dict[str, str]:
    """The installed releases of both frameworks, without the build that follows a plus."""
    return {name: metadata.version(name).partition("+")[0] for name in ("torch", "mindspore")}


def write_report(results: list[Result], folder: Path) -> Path:
    """Write the report into `folder`, which is made if needed; returns the path of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    records = "".join(json.dumps(result.as_dict()) + "\n" for result in results)
    (folder / "results.jsonl").write_text(records, encoding="utf-8")
    environment = Environment(loader=PackageLoader("compat.parity", "templates"), undefined=StrictUndefined, autoescape=True)
    versions = {**frameworks_compared(), "numpy": metadata.version("numpy")}
    page = environment.get_template("report.html.j2").render(lines=lines(results), verdict=verdict(results), versions=versions)
    target = folder / "report.html"
    target.write_text(page, encoding="utf-8")
    return target
