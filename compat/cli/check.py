"""Check the table against itself and against the installed frameworks: every name, parameter, order and default of every row."""

from __future__ import annotations

import argparse
from pathlib import Path

from compat.frameworks import available
from compat.table.load import MAPPINGS, load
from compat.table.model import Table
from compat.table.signatures import mismatches


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--static", action="store_true", help="only the table itself; import no framework")


def counted(table: Table) -> str:
    """How many rows the table has, and how many public names of either framework they are about."""
    ours = {name for row in table.rows.values() for name in row.names()}
    theirs = {counterpart.api for row in table.rows.values() for counterpart in row.mindspore}
    return f"{len(table.rows)} rows, {len(ours)} names of PyTorch and {len(theirs)} of MindSpore"


def carry_out(parsed: argparse.Namespace) -> int:
    table = load(parsed.table)
    size = counted(table)
    if parsed.static:
        print(f"{size}: no mistake")
        return 0
    present = [framework for framework in ("torch", "mindspore") if available(framework)]
    found = [str(problem) for framework in present for problem in mismatches(table, framework)]
    for line in found:
        print(line)
    missing = [framework for framework in ("torch", "mindspore") if framework not in present]
    against = " and ".join(f"{framework} {available(framework)}" for framework in present) or "no framework"
    print(f"{size}, checked against {against}: {len(found)} mistakes")
    for framework in missing:
        print(f"{framework} is not installed: its side was not checked")
    return 1 if found else 0
