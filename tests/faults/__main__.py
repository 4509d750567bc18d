"""Whether `compat parity` would find a fault in an adapter.

    python -m tests.faults gaps [GLOB…] [--kind KIND…] [--summary]   what no fixture exercises, read off the table

Exit status 0; the lists are for whoever writes fixtures.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from compat.table.load import load
from tests.faults.gaps import KINDS, gaps


def main(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shown = commands.add_parser("gaps", help="what no fixture of an API exercises")
    shown.add_argument("patterns", nargs="*", metavar="API|GLOB", help="PyTorch or MindSpore names (default: all)")
    shown.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS), help="only these kinds")
    shown.add_argument("--summary", action="store_true", help="the counts by namespace alone")
    shown.set_defaults(carry_out=show_gaps)
    parsed = parser.parse_args(arguments)
    return int(parsed.carry_out(parsed))


def show_gaps(parsed: argparse.Namespace) -> int:
    """Print a line for each API and kind of gap, then how many there are by namespace of the row."""
    found = [gap for gap in gaps(load(), parsed.patterns) if gap.kind in parsed.kind]
    if not parsed.summary:
        for gap in found:
            print(gap)
    counts = Counter((gap.row.rpartition(".")[0], gap.imitated, gap.kind) for gap in found)
    for namespace in sorted({key[0] for key in counts}):
        for imitated in ("torch", "mindspore"):
            own = ", ".join(f"{kind} {counts[namespace, imitated, kind]}" for kind in KINDS if counts[namespace, imitated, kind])
            if own:
                print(f"{namespace} ({imitated}): {own}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
