"""Run both frameworks on the fixtures of every row (or of those that match) and report where they agree and where they part.

Exit status 1 when a case differs without a declaration, a declared difference is gone, or an API agrees in less than is on record
(`verified.json` beside the table). `--record` puts on record what agrees now. With `--baseline`, what differed there too is no failure.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from compat.cli import baselines
from compat.parity import record
from compat.parity.cases import Case, cases
from compat.parity.compare import Result
from compat.parity.report import PAGE, before, frameworks_compared, verdict, write_report
from compat.parity.worker import run
from compat.table.load import MAPPINGS, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "patterns", nargs="*", metavar="API|GLOB", help="PyTorch or MindSpore names, shell patterns allowed (default: every row)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("build/parity"), metavar="DIR", help="where the report goes (default: build/parity)"
    )
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--record", action="store_true", help="put on record what agrees; refused where less agrees than is on record")
    parser.add_argument("--shrink", action="store_true", help="with --record: also where less agrees than is on record")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="worker processes (default: 2 at most)")
    baselines.add_arguments(parser)


def carry_out(parsed: argparse.Namespace) -> int:
    against, known, began = baselines.given(parsed), before(parsed.output), time.monotonic()
    every = cases(table := load(parsed.table))
    chosen = cases(table, parsed.patterns) if parsed.patterns else every
    results = run(chosen, parsed.table, parsed.workers, _Progress())
    report = write_report(results, parsed.output, known, patterns=parsed.patterns, seconds=time.monotonic() - began, against=against)
    failed = [result for result in results if result.status in ("differs", "stale")]
    for result in failed:
        print(f"{result.status}: {result.id}: {result.detail or result.reason}")
    lost = _against_record(parsed, every, chosen, results)
    if known.problem:
        print(known.problem)
    worse = baselines.told(report, parsed)
    print(f"report: {parsed.output / PAGE}")
    print(verdict(results))
    return 1 if lost or (worse if against else failed) else 0


def _against_record(parsed: argparse.Namespace, every: list[Case], chosen: list[Case], results: list[Result]) -> bool:
    """Compare with the record, or renew it; whether something of it is lost, which is printed."""
    known, versions, found = record.read(parsed.table), frameworks_compared(), record.shown(results)
    apis = record.examined(every, chosen, known, parsed.patterns)
    if known.apis and known.versions != versions and not parsed.record:
        print(f"{record.FILE} is of other releases ({known.versions}): not compared")
        return False
    lost = record.lost(known, found, apis)
    for line in lost:
        print(line)
    if parsed.record and (parsed.shrink or not lost):
        record.write(record.renewed(known, found, apis, versions, whole=not parsed.patterns), parsed.table)
        print(f"recorded: {len(apis)} APIs in {parsed.table / record.FILE}")
        return False
    if parsed.record:
        print(f"{record.FILE} was not changed: less agrees than is on record; `--record --shrink` puts that on record")
    elif gained := record.gained(known, found, apis):
        print(f"{len(gained)} APIs agree in more than is on record (`--record`): {', '.join(gained[:5])}{', …' if len(gained) > 5 else ''}")
    return bool(lost)


class _Progress:
    """A line on standard error every two seconds."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.last >= 2 or done == total:
            self.last = now
            print(f"parity: {done} of {total} cases", file=sys.stderr, flush=True)
