"""The page of a parity report: summary, changes, trend and the table of APIs, and what draws a row's page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote_plus

from markupsafe import Markup

from compat.parity.history import Run
from compat.parity.report_data import embedded
from compat.parity.report_model import CHECKS, Compared, Line, Report, lines, namespaces, told_changes, verdict, verdict_of_changes
from compat.parity.states import BAD, DIRECTIONS, MEANING, STATES, State, namespace, state, where
from compat.reports.charts import Series, line_chart
from compat.reports.data import whole
from compat.reports.page import Page, Section, Tone, environment
from compat.reports.tables import Column, Table

ASSETS = Path(__file__).parent / "assets"
TONES: dict[str, Tone] = {
    "agrees": "good", "declared": "known", "differs": "bad", "stale": "odd", "refused": "plain",
    "crashed": "worst", "hung": "worst", "late error": "worst", "missing": "bad",
}  # fmt: skip
LISTED = 200  # changes, or crashes, that the page lists one by one
RUNS = 60  # of the trend
NOTE = (
    "Values, gradients and what a call writes into its arguments agree within the tolerance of their dtype, with equal shapes and dtypes; "
    "errors agree in their type, and the message names the API. Every case replays alone: its page says how."
)


def page(report: Report) -> Page:
    """The page, with every case of the report in it."""
    found, changes = lines(report.results), told_changes(report)
    return Page(
        title="Parity of PyTorch and MindSpore", headline=verdict(report.results), tone=_tone(report), facts=_facts(report.run), note=NOTE,
        sections=tuple(_sections(report, found, changes)), tones=TONES, data=embedded(found, changes),
        styles=(_asset("row.css"),), scripts=(_asset("row.js"),),
    )  # fmt: skip


def _tone(report: Report) -> Tone:
    if not report.results:
        return "plain"
    return "bad" if any(state(result) in BAD for result in report.results) else "good"


def _facts(run: Run) -> dict[str, str]:
    facts = {"when": run.time.replace("T", " ").replace("+00:00", " UTC"), **run.versions} if run.time else {"versions": "not on record"}
    facts |= {"asked for": ", ".join(run.patterns)} if run.patterns else {}
    return facts | ({"took": f"{run.seconds:,.0f} s"} if run.seconds else {})


def _sections(report: Report, found: list[Line], changes: Mapping[str, Mapping[str, str]]) -> list[Section]:
    sections = [Section("summary", "By namespace", _summary(report))] if report.results else []
    if report.compared:
        sections.append(Section("changes", "What changed", _changes(report.compared)))
    if any(result.ending for result in report.results):
        sections.append(Section("endings", "Crashes, hangs and late errors", _endings(report)))
    if runs := report.past.of(report.run.patterns):
        sections.append(Section("trend", "Trend", _trend([*runs, report.run][-RUNS:])))
    return [*sections, Section("apis", "APIs", table(found, changes))]


def address(**fields: str) -> str:
    """The part of an address behind #, as the page reads and writes it."""
    return "#" + "&".join(f"{name}={quote_plus(whole(value))}" for name, value in fields.items())


def _made(template: str, **values: object) -> Markup:
    found = environment("compat.parity").get_template(template)
    return Markup(found.render(address=address, tones=TONES, where=where, limit=LISTED, meaning=MEANING, **values))


def _summary(report: Report) -> Markup:
    found = namespaces(report.results)
    occurring = [one for one in reversed(STATES) if any(one in each.counts for each in found)]
    groups = [
        (DIRECTIONS.get(one, one), [each for each in found if each.imitated == one]) for one in dict.fromkeys(n.imitated for n in found)
    ]
    return _made("namespaces.html.j2", groups=groups, states=occurring)


def _changes(compared: tuple[Compared, ...]) -> Markup:
    return _made("changes.html.j2", comparisons=[(one, verdict_of_changes(one)) for one in compared])


def _endings(report: Report) -> Markup:
    found = [result for result in report.results if result.ending]
    return _made("endings.html.j2", found=sorted(found, key=lambda result: state(result) not in BAD))


def _trend(runs: list[Run]) -> Markup:
    labels = [run.time[:16].replace("T", " ") for run in runs]
    agreeing = [Series("agree", "good", [run.total("agrees") for run in runs])]
    rest: list[tuple[str, tuple[State, ...]]] = [
        ("declared", ("declared",)), ("differ", ("differs",)), ("crash, hang or raise late", ("crashed", "hung", "late error")), ("stale", ("stale",)),
    ]  # fmt: skip
    others = [Series(name, TONES[kinds[0]], [run.total(*kinds) for run in runs]) for name, kinds in rest]
    shown = [one for one in others if any(one.values)]
    releases = Markup("").join(Markup("<li>{}: {}</li>").format(label, _releases(run)) for label, run in zip(labels, runs, strict=True))
    listed = Markup("<details><summary>The runs</summary><ul>{}</ul></details>").format(releases)
    charts = [line_chart("Cases that agree", labels, agreeing), *([line_chart("Cases that don't", labels, shown)] if shown else [])]
    return Markup("").join([*charts, listed])


def _releases(run: Run) -> str:
    of = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return f"{run.total():,} cases, {run.total(*BAD):,} to be mended; {of}"


def table(found: list[Line], changes: Mapping[str, Mapping[str, str]]) -> Table:
    """One line per API; `changes` is what `told_changes` gives."""
    columns = (
        Column("api", "API", "link", searched=True),
        Column("row", "Row", searched=True, shown=False),
        Column("direction", "Direction", filter="Direction", shown=False, order=tuple(DIRECTIONS), names=DIRECTIONS),
        Column("namespace", "Namespace", filter="Namespace", shown=False),
        Column("status", "Status", "status", filter="Status", order=STATES),
        Column("check", "Checks", "tags", filter="Check", order=CHECKS, shown=False),
        Column(
            "change",
            "Change",
            "tags",
            filter="Change",
            order=("worse", "better", "declared"),
            names={"declared": "declared now"},
            shown=False,
        ),
        Column("cases", "Cases", "number"),
        *(Column(check, check.capitalize(), "share") for check in CHECKS),
        Column("deviation", "Deviation", "deviation"),
        Column("seconds", "Seconds", "number"),
    )
    rows = [
        (
            line.api, line.row, line.imitated, namespace(line.api), line.states, line.checks, _kinds(line, changes), len(line.results),
            *(line.share(check) for check in CHECKS), line.deviation, round(sum(result.seconds for result in line.results), 2) or None,
        )
        for line in found
    ]  # fmt: skip
    return Table(
        columns, rows, caption="APIs", search="Filter by name, e.g. cross_entropy", opens=("row", "row"),
        empty="No case was run: the names that were asked for have none.",
    )  # fmt: skip


def _kinds(line: Line, changes: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for result in line.results for kind in changes.get(result.id, ())))


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
