"""Check the table against itself, the installed frameworks and the recorded releases: every name, parameter, order and default.

With --drift, list what changed between two recorded releases, and which rows know it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from compat.frameworks import available
from compat.port.evidence import executing, executing_torch, networks, record
from compat.signatures import drift, rows, snapshots
from compat.table.load import MAPPINGS, load
from compat.table.model import Table

FRAMEWORKS = ("torch", "mindspore")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--static", action="store_true", help="import no framework: the table itself and the recorded releases")
    parser.add_argument(
        "--drift", nargs=2, metavar=("OLD", "NEW"), help="what a program meets that moves from one recorded release to another"
    )
    parser.add_argument("--framework", choices=FRAMEWORKS, help="only this one (with --drift: mindspore, unless given)")


def counted(table: Table) -> str:
    """How many rows the table has, and how many public names of either framework they are about."""
    ours = {name for row in table.rows.values() for name in row.names()}
    theirs = {counterpart.api for row in table.rows.values() for counterpart in row.mindspore}
    return f"{len(table.rows)} rows, {len(ours)} names of PyTorch and {len(theirs)} of MindSpore"


def carry_out(parsed: argparse.Namespace) -> int:
    table = load(parsed.table)
    if parsed.drift:
        old, new = (snapshots.snapshot(parsed.framework or "mindspore", release) for release in parsed.drift)
        print("\n".join(drift.report(old, new, table)))
        return 0
    asked = [framework for framework in FRAMEWORKS if parsed.framework in (None, framework)]
    present = [] if parsed.static else [framework for framework in asked if available(framework)]
    found = []
    for framework in asked:
        releases = [rows.present(framework)] if framework in present else []
        # What is installed need not be held twice against the same release.
        releases += [r for r in rows.recorded(framework) if r.release not in {i.release for i in releases}]
        found += sorted(set(rows.mismatches(table, framework, releases)))
    for line in found:
        print(line)
    installed = [f"{framework} {available(framework)}" for framework in present]
    kept = [f"{snapshots.TITLES[f]} {', '.join(snapshots.snapshots(f))}" for f in asked]
    for stale in executing.stale(record.read(parsed.table).record, table):
        print(f"warning: {stale}")
    for stale in networks.stale(record.read(parsed.table, "cells").record):
        print(f"warning: {stale}")
    for stale in executing_torch.stale(record.read(parsed.table, "torch").record, table):
        print(f"warning: {stale}")
    print(f"recorded signatures: {'; '.join(kept)}")
    print(f"{counted(table)}, checked against {' and '.join([*installed, 'the recorded signatures'])}: {len(found)} mistakes")
    for framework in () if parsed.static else sorted(set(asked) - set(present)):
        print(f"{framework} is not installed: only its recorded signatures were compared")
    return 1 if found else 0
