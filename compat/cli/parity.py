"""Run both frameworks on the fixtures of every row (or of those that match) and report where they agree and where they part."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from compat.parity.cases import cases
from compat.parity.report import verdict, write_report
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
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="worker processes (default: 2 at most)")


def carry_out(parsed: argparse.Namespace) -> int:
    chosen = cases(load(parsed.table), parsed.patterns)
    results = run(chosen, parsed.table, parsed.workers, _Progress())
    page = write_report(results, parsed.output)
    failed = [result for result in results if result.status in ("differs", "stale")]
    for result in failed:
        print(f"{result.status}: {result.id}: {result.detail or result.reason}")
    print(f"report: {page}")
    print(verdict(results))
    return 1 if failed else 0


class _Progress:
    """A line on standard error every two seconds."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.last >= 2 or done == total:
            self.last = now
            print(f"parity: {done} of {total} cases", file=sys.stderr, flush=True)
