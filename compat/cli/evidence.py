"""Execute the calls of MindSpore that `compat port` would write, and show which of them give PyTorch's values and gradients.

With --accept what was found takes the place of what the record beside the table says of these rows. `compat port` rewrites no call that the
record does not speak for. A call that ends its process, or takes too long, is a result too. Exit status 1 when the record says otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

from compat.port import evidence
from compat.port.executing import SECONDS, calls, changed, recorded, renewed, run
from compat.table.load import MAPPINGS, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("patterns", nargs="*", metavar="API", help="only the rows of these APIs of PyTorch; shell globs")
    parser.add_argument("--accept", action="store_true", help="put on record what was found")
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="worker processes (default: 2 at most)")
    parser.add_argument("--timeout", type=float, default=SECONDS, metavar="SECONDS", help=f"for one call (default: {SECONDS:.0f})")


def carry_out(parsed: argparse.Namespace) -> int:
    table = load(parsed.table)
    chosen = calls(table, parsed.patterns)
    places = {call.case.id: place for place, call in enumerate(chosen)}
    found, last = [], time.monotonic()
    for one in run(chosen, parsed.table, parsed.jobs, parsed.timeout):
        found.append(one)
        if time.monotonic() - last >= 2 or len(found) == len(chosen):
            last = time.monotonic()
            print(f"evidence: {len(found)} of {len(chosen)} calls", file=sys.stderr, flush=True)
    found.sort(key=lambda one: places[one[0].case.id])
    record = recorded(found)
    known = evidence.read(parsed.table).record
    counts = Counter(shown.status for _, by_api in found for shown in by_api.values())
    others = [row for row in {call.case.row: None for call in chosen} if changed(known, record, row)]
    print(", ".join(f"{counts[status]} {status}" for status in ("agrees", "differs", "raises")) + f" in {len(record)} rows")
    if parsed.accept:
        evidence.write(renewed(known, record, chosen, table, whole=not parsed.patterns), parsed.table)
        print(f"recorded: {parsed.table / evidence.FILE}")
        return 0
    for row in others:
        print(f"not as recorded: {row}")
    return 1 if others else 0
