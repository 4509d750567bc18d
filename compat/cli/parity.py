"""Run both frameworks on the fixtures of every row (or of those that match) and report where they agree and where they part.

Exit status 1 when a case differs without a declaration, a declared difference is gone, or an API agrees in less than is on record
(`verified.json` beside the table). `--accept` puts on record what agrees now. With `--baseline`, what differed there too is no failure.
`--examples` and `--samples` add calls that are not of the table: what fails among the drawn ones is kept in the output folder, as
`examples.jsonl`, and tried first the next time.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from compat.cli import baselines, drawing, placement
from compat.cli.placement import Place
from compat.errors import UsageError
from compat.parity import journal, kept, record
from compat.parity.case import Case
from compat.parity.cases import cases
from compat.parity.compare import Result
from compat.parity.replay import described
from compat.parity.report import PAGE, before, verdict, write_report
from compat.parity.worker import CASE_SECONDS, run
from compat.table.load import MAPPINGS, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "patterns", nargs="*", metavar="API|GLOB", help="PyTorch or MindSpore names, shell patterns allowed (default: every row)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("build/parity"), metavar="DIR", help="where the report goes (default: build/parity)"
    )
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--case", metavar="ID", help="replay one case, and show it in full")
    parser.add_argument(
        "--resume", action="store_true", help="go on with a run of the same cases that was stopped, from what is in the output folder"
    )
    parser.add_argument("--accept", action="store_true", help="put on record what agrees; refused where less agrees than is on record")
    parser.add_argument("--shrink", action="store_true", help="with --accept: also where less agrees than is on record")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="worker processes (default: 2 at most)")
    parser.add_argument(
        "--timeout",
        type=float,
        default=CASE_SECONDS,
        metavar="SECONDS",
        help=f"for one case, which has then hung (default: {CASE_SECONDS:.0f})",
    )
    baselines.add_arguments(parser)
    drawing.add_arguments(parser)
    placement.add_arguments(parser)


def carry_out(parsed: argparse.Namespace) -> int:
    place = placement.given(parsed)
    every = cases(table := load(parsed.table))
    if parsed.case:
        return _replay(parsed, every, place)
    patterns = place.patterns(parsed)
    of_table = cases(table, patterns) if patterns else every
    if parsed.record:
        return placement.record(parsed, place, of_table, _Progress(len(of_table)))
    more = drawing.given(parsed, of_table, table)
    against, known, began = baselines.given(parsed), before(parsed.output), time.monotonic()
    place.check(parsed, of_table)
    results = _run(parsed, [*([] if parsed.no_fixtures else of_table), *more.cases], place)
    results += more.searched(results, _Progress(more.count, "APIs"))
    seconds = time.monotonic() - began
    report = write_report(results, parsed.output, known, patterns=patterns, seconds=seconds, against=against, versions=place.versions)
    failed = [result for result in results if result.status in ("differs", "stale")]
    for result in failed:
        print(f"{result.status}: {result.id}: {result.detail or result.reason}")
    lost = place.on_cpu and not parsed.no_fixtures and _against_record(parsed, every, of_table, results, place.versions)
    if known.problem:
        print(known.problem)
    worse = baselines.told(report, parsed)
    print(f"report: {parsed.output / PAGE}")
    print(verdict(results))
    return 1 if lost or (worse if against else failed) else 0


def _of_table(cases: list[Case], results: list[Result]) -> list[Result]:
    ids = {case.id for case in cases}
    return [result for result in results if result.id in ids]


def _run(parsed: argparse.Namespace, chosen: list[Case], place: Place) -> list[Result]:
    """The results, in the order of the cases."""
    progress, found = _Progress(len(chosen)), {}
    key = journal.key(chosen, place.facts)
    for result in journal.resumed(chosen, partial(_judged, parsed, place), parsed.output, key, resume=parsed.resume):
        found[result.id] = result
        progress(len(found))
    return [found[case.id] for case in chosen]


def _judged(parsed: argparse.Namespace, place: Place, chosen: list[Case]) -> Iterator[Result]:
    return run(chosen, parsed.table, parsed.jobs, parsed.timeout, place.setting, place.engine)


def _replay(parsed: argparse.Namespace, every: list[Case], place: Place) -> int:
    known = {case.id: case for case in every} | kept.read(drawing.kept_in(parsed))
    case = known.get(parsed.case)
    if case is None:
        near = get_close_matches(parsed.case, known, 3)
        raise UsageError(f"{parsed.case}: no such case" + (f"; did you mean {', '.join(near)}?" if near else ""))
    place.check(parsed, [case])
    (result,) = _judged(parsed, place, [case])
    print(*described(case, result), sep="\n")
    return 1 if result.status in ("differs", "stale") else 0


def _against_record(
    parsed: argparse.Namespace, every: list[Case], chosen: list[Case], results: list[Result], versions: dict[str, str]
) -> bool:
    """Compare with the record, or renew it; whether something of it is lost, which is printed."""
    known, found = record.read(parsed.table), record.shown(_of_table(chosen, results))
    apis = record.examined(every, chosen, known, parsed.patterns)
    if known.apis and known.versions != versions and not parsed.accept:
        print(f"{record.FILE} is of other releases ({known.versions}): not compared")
        return False
    lost = record.lost(known, found, apis)
    for line in lost:
        print(line)
    if parsed.accept and (parsed.shrink or not lost):
        record.write(record.renewed(known, found, apis, versions, whole=not parsed.patterns), parsed.table)
        print(f"recorded: {len(apis)} APIs in {parsed.table / record.FILE}")
        return False
    if parsed.accept:
        print(f"{record.FILE} was not changed: less agrees than is on record; `--accept --shrink` puts that on record")
    elif gained := record.gained(known, found, apis):
        print(f"{len(gained)} APIs agree in more than is on record (`--accept`): {', '.join(gained[:5])}{', …' if len(gained) > 5 else ''}")
    return bool(lost)


class _Progress:
    """A line on standard error every two seconds."""

    def __init__(self, total: int, what: str = "cases") -> None:
        self.total = total
        self.what = what
        self.last = time.monotonic()

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self.last >= 2 or done == self.total:
            self.last = now
            print(f"parity: {done} of {self.total} {self.what}", file=sys.stderr, flush=True)
