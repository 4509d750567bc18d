"""A port as one HTML page: what became of the uses, the APIs, files and uses as tables, and each file before and after, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from compat import __version__
from compat.port.codes import CODES
from compat.port.model import BECAME, Change, Port, PortedFile
from compat.port.reports.report import as_file, ordered
from compat.port.reports.side_by_side import parts
from compat.port.reports.summary import FRAMEWORKS, Summary, calls_of, is_use, needs_look, summary, uses
from compat.reports.charts import share_bar
from compat.reports.data import encoded
from compat.reports.page import Page, Section, Tone
from compat.reports.tables import Column, Table, packed
from compat.reports.uses import Named, kind_column, table_of_apis, table_of_files

ASSETS = Path(__file__).parent / "assets"
TONES: dict[str, Tone] = {
    "converted": "good", "adapted": "good", "kept": "known", "unsupported": "bad", "unknown": "odd",
    "changed": "good", "unchanged": "plain", "not ported": "bad",
}  # fmt: skip
STATES = ("changed", "unchanged", "not ported")
# What a page may hold, in characters: with its tables and diffs it stays under 8 MB.
LARGEST = 7_000_000
TEXTS = 1_500_000  # of the uses' own text
FOLDED = 1_000_000  # of changed files, up to which the lines between hunks are there to be unfolded
USES = 50_000  # lines of the table; what was converted is left out first
SHORT = 80


def as_page(port: Port) -> Page:
    """The page. What would make it larger than 8 MB is left out, diffs of the last files first, and the page says what is missing."""
    total, files = summary(port), list(port.by_name)
    listed, left_out = _listed(files)
    sites = _sites(listed)
    by_file = table_of_files([as_file(file) for file in files], BECAME, more=_more(files), opens=("file", "file"))
    room = LARGEST - sum(len(encoded(packed(table))) for table in (sites, by_file))
    diffs = _diffs(files, room)
    missing = sum(file.changed for file in files) - len(diffs)
    return Page(
        title=f"Port to {FRAMEWORKS[port.target]}", headline=_headline(total), tone="bad" if total.problems or total.counts["unsupported"] else "good",
        facts=_facts(port, total), note=_note(left_out, missing), tones=TONES,
        sections=(
            Section("shares", "What became of the uses", _shares(total)),
            Section("apis", "APIs", _apis(files)), Section("files", "Files", by_file), Section("uses", "Uses", sites),
        ),
        data={"diffs": diffs, "plain": [code for code in CODES if code.startswith("CM0")]},
        styles=(_asset("diff.css"),), scripts=(_asset("diff.js"),),
    )  # fmt: skip


# --- in short ---


def _headline(total: Summary) -> str:
    text = f"{total.sites - total.left:,} of {total.sites:,} uses are converted; {total.left:,} are not"
    return text + (f"; {total.problems:,} of {total.files:,} files could not be ported" if total.problems else "")


def _facts(port: Port, total: Summary) -> dict[str, str]:
    share = {} if total.native_share is None else {"native calls": f"{total.native:,} of {total.calls:,}, {100 * total.native_share:.1f} %"}
    return {"style": port.style, "files": f"{total.files:,}", "changed": f"{total.changed:,}", **share, "compat": __version__}


def _note(left_out: int, missing: int) -> str:
    """What the page does not hold."""
    said = []
    if left_out:
        said.append(f"{left_out:,} uses, converted ones first, are not in the table of uses.")
    if missing:
        files = "file" if missing == 1 else "files"
        said.append(f"{missing:,} {files} changed whose diff is not in this page, to keep it small; a unified diff has all of them.")
    return " ".join(said)


def _shares(total: Summary) -> Markup:
    return share_bar("What became of the uses", total.counts, TONES)


# --- the tables ---


def _apis(files: list[PortedFile]) -> Table:
    every = (Named(use.api, use.became, use.reason or CODES[use.code]) for file in files for use in uses(file))
    return table_of_apis(every, "Became", BECAME, prefix="apis-")


def _more(files: list[PortedFile]) -> list[tuple[Column, list[Any]]]:
    """What a table of ported files has beyond that of any files."""
    states = [(STATES[2 if file.problem else 0 if file.changed else 1],) for file in files]
    native = [calls if calls[1] else None for calls in map(calls_of, files)]
    return [(Column("state", "State", "status", filter="State", order=STATES), states), (Column("native", "Native calls", "share"), native)]


@dataclass(frozen=True)
class _Use:
    file: PortedFile
    change: Change


def _listed(files: list[PortedFile]) -> tuple[list[_Use], int]:
    """The uses for the table, and how many are too many for it."""
    every = [_Use(file, change) for file in files for change in ordered(file.changes) if is_use(change) or needs_look(change)]
    if len(every) <= USES:
        return every, 0
    last = {"converted": 2, "adapted": 1}
    kept = sorted(sorted(range(len(every)), key=lambda place: last.get(every[place].change.became, 0))[:USES])
    return [every[place] for place in kept], len(every) - USES


def _sites(listed: list[_Use]) -> Table:
    columns = [column for column, _ in _columns(listed)]
    lines = list(zip(*(values for _, values in _columns(listed)), strict=True))
    return Table(tuple(columns), lines, "Uses", search="Filter by file, API or text", opens=("file", "file"))


def _columns(listed: list[_Use]) -> Iterator[tuple[Column, list[Any]]]:
    changes = [use.change for use in listed]
    yield Column("file", "File", "link", searched=True), [use.file.path.as_posix() for use in listed]
    if any(change.cell for change in changes):
        yield Column("cell", "Cell", "number"), [change.cell or None for change in changes]
    yield Column("line", "Line", "number"), [change.line for change in changes]
    yield Column("api", "API", filter="API", searched=True), [change.api for change in changes]
    yield kind_column("Became", BECAME), [(change.became,) for change in changes]
    yield Column("code", "Code", filter="Code", names=_named_codes(), shown=False), [change.code for change in changes]
    yield Column("look", "Look", filter="For a human", shown=False), [_look(change) for change in changes]
    texts = [(_short(change.before), _short(change.after) if change.after != change.before else "") for change in changes]
    if sum(len(text) for pair in set(texts) for text in pair) <= TEXTS:
        yield Column("before", "Before", searched=True), [before for before, _ in texts]
        yield Column("after", "After", searched=True), [after for _, after in texts]
    yield Column("why", "Why"), [_why(change) for change in changes]


def _named_codes() -> dict[str, str]:
    return {code: f"{code} {meaning}" for code, meaning in CODES.items()}


def _look(change: Change) -> str:
    return "to look at" if needs_look(change) else "nothing to do"


def _why(change: Change) -> str:
    return f"{change.code} {change.reason or CODES[change.code]}"


def _short(text: str) -> str:
    line = " ".join(text[: 4 * SHORT].split())
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"


# --- the diffs ---


def _diffs(files: list[PortedFile], room: int) -> dict[str, Any]:
    """What changed in each file, by its name, as long as there is room; a very large one leaves its room to others."""
    changed = [file for file in files if file.changed]
    whole = sum(len(file.before) for file in changed) <= FOLDED
    found: dict[str, Any] = {}
    for file in changed:
        its = parts(file, whole=whole)
        size = len(encoded(its)) + len(file.path.as_posix())
        if size > room and size < LARGEST // 10:
            break
        if size > room:
            continue
        room -= size
        found[file.path.as_posix()] = its
    return found


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
