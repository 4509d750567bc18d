"""What `compat parity` and `compat report` share: the baseline that a run is held against, and what is said of it. No command itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from compat.parity.baseline import Baseline
from compat.parity.report import read_baseline, write_baseline
from compat.parity.report_model import Report, verdict_of_changes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="exit status 1 if a case is worse than there (a baseline, or the results.jsonl of a run), and 0 if none is",
    )
    parser.add_argument("--write-baseline", type=Path, metavar="FILE", help="write what was found as a baseline, a compact file")


def given(parsed: argparse.Namespace) -> dict[str, Baseline]:
    """The baseline that was asked for, by name, read before anything runs; none, where none was."""
    return {f"the baseline {parsed.baseline.name}": read_baseline(parsed.baseline)} if parsed.baseline else {}


def told(report: Report, parsed: argparse.Namespace) -> bool:
    """Print what changed, case by case where it is worse than the baseline; write a baseline, if that was asked for. Whether it is worse."""
    for one in report.compared:
        if one is report.compared[-1] and parsed.baseline:
            print("\n".join(f"worse: {change}" for change in one.changes.worse), end="\n" if one.changes.worse else "")
        print(verdict_of_changes(one))
        for version in one.versions:
            print(f"note: {one.name} is of {version}")
    if parsed.write_baseline:
        write_baseline(report, parsed.write_baseline)
        print(f"baseline: {parsed.write_baseline}")
    return bool(parsed.baseline and report.compared[-1].changes.worse)
