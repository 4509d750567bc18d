"""Results → a folder: report.html for people, results.jsonl for programs, junit.xml for CI, summary.md for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compat import frameworks
from compat.errors import CompatError, UsageError
from compat.parity import baseline as baselines, history
from compat.parity.baseline import Baseline
from compat.parity.compare import Result
from compat.parity.history import Past, Run
from compat.parity.report_model import Compared, Report, ordered, other_versions, verdict as verdict
from compat.parity.report_page import page
from compat.parity.report_summary import suites, summary
from compat.parity.results import FILE, read_results, write_results
from compat.reports import junit
from compat.reports.page import write

PAGE, JUNIT, SUMMARY = "report.html", "junit.xml", "summary.md"


@dataclass(frozen=True)
class Before:
    """What a folder knows of earlier runs: the history, and what the last one found; `problem` says why the latter can't be read."""

    past: Past = field(default_factory=Past)
    last: Baseline | None = None
    problem: str = ""


def before(folder: Path) -> Before:
    """What is known of earlier runs in `folder`. CompatError for a damaged history, which the next run would be added to."""
    past = history.read(folder)
    if not (folder / FILE).exists():
        return Before(past)
    try:
        return Before(past, baselines.of_results(read_results(folder / FILE), past.runs[-1].versions if past.runs else {}))
    except CompatError as error:
        return Before(past, problem=f"not compared with the last run: {error}")


def frameworks_compared() -> dict[str, str]:
    """The releases of the frameworks that are installed, without the build that follows a plus."""
    installed = {name: frameworks.available(name) for name in ("torch", "mindspore")}
    return {name: version.partition("+")[0] for name, version in installed.items() if version}


def read_baseline(file: Path) -> Baseline:
    """A baseline, compact as `compat parity --write-baseline` writes it, or the results of a run.

    Raises UsageError for a file that can't be read, CompatError for one that is neither.
    """
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            compact = baselines.is_baseline(lines.readline())
        return baselines.read(file.read_text(encoding="utf-8"), str(file)) if compact else baselines.of_results(read_results(file))
    except UnicodeDecodeError as error:
        raise CompatError(f"{file}: no baseline of a parity run: {error}")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}")


def write_baseline(report: Report, file: Path) -> None:
    """Write what a run found as the baseline of later ones, all at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(baselines.written(baselines.of_results(report.results, report.run.versions)), encoding="utf-8")
    temporary.replace(file)


def assembled(results: Iterable[Result], run: Run, known: Before, against: Mapping[str, Baseline]) -> Report:
    """The report of a run: its results in a fixed order, held against the last run and what else is given, by name."""
    found = ordered(results)
    others = {**({"the last run": known.last} if known.last else {}), **against}
    compared = tuple(
        Compared(name, baselines.changes(other, found, run.patterns), other_versions(other, run)) for name, other in others.items()
    )
    return Report(found, run, known.past, compared)


def render(report: Report, folder: Path) -> Path:
    """Write page, JUnit file and summary into `folder`, which is made if needed; returns the path of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    write(page(report), folder / PAGE)
    (folder / JUNIT).write_bytes(junit.document("parity", suites(report)))
    (folder / SUMMARY).write_text(summary(report), encoding="utf-8", errors="backslashreplace")
    return folder / PAGE


def finished(
    results: Sequence[Result], patterns: Sequence[str] = (), seconds: float = 0.0, versions: Mapping[str, str] | None = None
) -> Run:
    """The run that has just ended with these results, of the given releases or those that are installed."""
    return Run(history.now(), versions or frameworks_compared(), history.counted(results), tuple(patterns), round(seconds, 1))


def write_report(
    results: Sequence[Result],
    folder: Path,
    known: Before | None = None,
    *,
    patterns: Sequence[str] = (),
    seconds: float = 0.0,
    against: Mapping[str, Baseline] | None = None,
    versions: Mapping[str, str] | None = None,
) -> Report:
    """Write all of a run's report into `folder`, and add the run to the history there; the page is `folder / PAGE`.

    `known` is what `before(folder)` gave before the run, `patterns` what was asked for, `against` the baselines by name,
    `versions` the releases where these are not those that are installed here.
    """
    report = assembled(results, finished(results, patterns, seconds, versions), known or before(folder), against or {})
    write_results(report.results, folder)
    render(report, folder)
    history.append(report.run, folder)
    return report


def rendered_again(file: Path, folder: Path, against: Mapping[str, Baseline]) -> Report:
    """Write the report of the results in `file` into `folder`: of another machine, or after a change of the page. No run is added.

    When it was, and of which releases, is what the history beside `file` says of its last run, if that counted the same.
    """
    results = tuple(read_results(file))
    runs, counts = history.read(file.parent).runs, history.counted(results)
    known = bool(runs) and runs[-1].counts == counts
    run, past = (runs[-1], runs[:-1]) if known else (Run("", {}, counts), ())
    report = assembled(results, run, Before(Past(past)), against)
    render(report, folder)
    return report
