"""Write the report of a parity run again from its results.jsonl, which may come from another machine or an older release.

Exit status 1 when a case differs without a declaration or a declared difference is gone; with `--baseline`, when a case is worse than there.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from compat.cli import baselines
from compat.parity.report import PAGE, rendered_again, verdict
from compat.parity.states import BAD, state


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS.jsonl", help="what `compat parity` wrote")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("build/report"), metavar="DIR", help="where the report goes (default: build/report)"
    )
    baselines.add_arguments(parser)


def carry_out(parsed: argparse.Namespace) -> int:
    report = rendered_again(parsed.results, parsed.output, baselines.given(parsed))
    worse = baselines.told(report, parsed)
    print(f"report: {parsed.output / PAGE}")
    print(verdict(report.results))
    failed = any(state(result) in BAD for result in report.results)
    return int(worse if parsed.baseline else failed)
