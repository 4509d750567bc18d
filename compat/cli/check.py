"""Check the table against itself and against the installed frameworks: every name, parameter, order and default of every row."""

from __future__ import annotations

import argparse
from pathlib import Path

from compat.frameworks import available
from compat.table.load import MAPPINGS, load
from compat.table.signatures import mismatches


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--static", action="store_true", help="only the table itself; import no framework")


def carry_out(parsed: argparse.Namespace) -> int:
    table = load(parsed.table)
    names = len(table.rows) + sum(len(row.mindspore) for row in table.rows.values())
    if parsed.static:
        print(f"{len(table.rows)} rows: no mistake")
        return 0
    present = [framework for framework in ("torch", "mindspore") if available(framework)]
    found = [str(problem) for framework in present for problem in mismatches(table, framework)]
    for line in found:
        print(line)
    missing = [framework for framework in ("torch", "mindspore") if framework not in present]
    against = " and ".join(f"{framework} {available(framework)}" for framework in present) or "no framework"
    print(f"{len(table.rows)} rows, {names} APIs checked against {against}: {len(found)} mistakes")
    for framework in missing:
        print(f"{framework} is not installed: its side was not checked")
    return 1 if found else 0
