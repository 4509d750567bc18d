"""A report for machines and reviewers: the suites of a JUnit file, and the summary of a pull request in Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from compat.parity.baseline import Change
from compat.parity.compare import Result
from compat.parity.report_model import Compared, Report, namespaces, verdict, verdict_of_changes
from compat.parity.states import BAD, DIRECTIONS, STATES, namespace, state, where
from compat.reports.junit import Outcome, Suite, TestCase
from compat.reports.markdown import code, details, escaped, fitted, table

LISTED = 50  # differences, and changes of each kind, that a summary names one by one
LONGEST = 300  # characters of a finding


def replay(case: str) -> str:
    """The command that runs one case alone."""
    return f"compat parity --case {shlex.quote(case)}"


def suites(report: Report) -> list[Suite]:
    """A suite per namespace and direction; what got lost since a baseline is a failure in a suite of its own."""
    grouped: dict[tuple[str, str], list[TestCase]] = {}
    for result in report.results:
        grouped.setdefault((result.imitated, namespace(result.api)), []).append(_case(result))
    found = [Suite(f"{DIRECTIONS.get(imitated, imitated)}: {name}", cases, report.run.time) for (imitated, name), cases in grouped.items()]
    gone = {change.id: _missing(change, one.name) for one in report.compared for change in one.changes.worse if change.now == "missing"}
    return [*found, *([Suite("missing", list(gone.values()), report.run.time)] if gone else [])]


def _case(result: Result) -> TestCase:
    one = state(result)
    outcome: Outcome = "passed"
    if one in ("crashed", "hung", "late error"):
        outcome = "error"
    elif one in BAD:
        outcome = "failure"
    elif one == "refused":
        outcome = "skipped"
    shown = f"{one} in {where(result)}" if result.side and outcome == "error" else one
    message = "" if outcome == "passed" else f"{shown}: {result.detail or result.reason}"
    output = f"declared: {result.reason}\n{result.detail}".rstrip() if one == "declared" else ""
    ended = f"\n{result.ending} in {where(result) or 'the call'}" if one == "declared" and result.ending else ""
    text = "" if outcome == "passed" else f"{message}\n{replay(result.id)}"
    return TestCase(_rest(result), result.api, outcome, result.seconds, message, one if message else "", text, output + ended)


def _rest(result: Result) -> str:
    return result.id.removeprefix(f"{result.imitated}:{result.api}:")


def _missing(change: Change, against: str) -> TestCase:
    api = change.id.split(":")[1] if ":" in change.id else change.id
    message = f"missing: {change.before} in {against}, and no case of this run"
    return TestCase(change.id, api, "failure", 0.0, message, "missing", message)


def summary(report: Report) -> str:
    """The verdict, what changed, the first differences and how to replay them, counts by namespace: at most 65,536 characters."""
    return fitted(lambda listed: "\n".join(_parts(report, listed)), LISTED)


def _parts(report: Report, listed: int) -> Iterator[str]:
    bad = [result for result in report.results if state(result) in BAD]
    sign = "❌" if bad else "✅" if report.results else "⚠️"
    yield f"### {sign} {escaped(verdict(report.results))}\n"
    releases = ", ".join(f"{name} {version}" for name, version in report.run.versions.items())
    if releases:
        yield escaped(", ".join([releases, report.run.time])) + "\n"
    for one in report.compared:
        yield from _compared(one, listed)
    if bad:
        yield details(f"{len(bad)} to be mended", _listed([_difference(result) for result in bad], listed), opened=True)
    if ended := [result for result in report.results if result.ending and state(result) not in BAD]:
        yield details(f"{len(ended)} crash, hang or raise late as declared", _listed([_difference(result) for result in ended], listed))
    if report.results:
        yield details("By namespace", _by_namespace(report))


def _compared(one: Compared, listed: int) -> Iterator[str]:
    others = f" (of other releases: {'; '.join(one.versions)})" if one.versions else ""
    yield f"**{escaped(verdict_of_changes(one) + others)}**\n"
    kinds = {"Worse": one.changes.worse, "Better": one.changes.better, "Differ as declared now": one.changes.declared}
    for title, found in kinds.items():
        if found:
            yield details(f"{title}: {len(found)}", _listed([_change(change) for change in found], listed), opened=title == "Worse")


def _change(change: Change) -> str:
    return f"- {code(change.id)}: {change.before or 'new'} → **{change.now}**{_finding(change.detail)}"


def _difference(result: Result) -> str:
    side = f" in {where(result)}" if result.side else ""
    ending = f" ({result.ending})" if result.ending and result.ending != state(result) else ""
    return f"- **{state(result)}**{ending}{side}: {code(replay(result.id))}{_finding(result.detail or result.reason)}"


def _finding(text: str) -> str:
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return f"<br>{code(short)}" if short else ""  # as code, so that no word of it mentions a person or an issue


def _listed(lines: Sequence[str], most: int) -> str:
    rest = [f"- and {len(lines) - most:,} more"] if len(lines) > most else []
    return "\n".join([*lines[:most], *rest])


def _by_namespace(report: Report) -> str:
    found = namespaces(report.results)
    occurring = [one for one in STATES if any(one in each.counts for each in found)]
    cells = [
        [
            DIRECTIONS.get(each.imitated, each.imitated),
            code(each.name),
            f"{each.apis:,}",
            *(f"{each.counts.get(one, 0):,}" for one in occurring),
        ]
        for each in found[:200]
    ]
    return table(["Direction", "Namespace", "APIs", *occurring], cells, numbers=range(2, 3 + len(occurring)))
