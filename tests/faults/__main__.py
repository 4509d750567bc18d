"""Whether `compat parity` would find a fault in an adapter.

    python -m tests.faults gaps [GLOB…] [--kind KIND…] [--summary]     what no fixture exercises, read off the table
    python -m tests.faults mutate [GLOB…] [--limit N] [--level LEVEL]  plant faults in memory, list those that no case shows
    python -m tests.faults planted [NAME…]                             faults written into a copy: each must be reported

`mutate` knows two levels of faults: `call`, between a caller and an API (an argument dropped, changed, exchanged for another, a
gradient lost, a dtype …), the same for every API; and `source`, changes of the code that the API's cases execute. A fault that
survives is a gap of the fixtures, or changes nothing that can be seen. Exit status 0: the lists are for whoever
writes fixtures. `planted` runs the command itself on a copy of the package, and exits with 1 when it overlooks a fault.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from compat.table.load import load
from tests.faults import mutate, planted
from tests.faults.gaps import KINDS, gaps
from tests.faults.unit import units


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
    tried = commands.add_parser("mutate", help="plant faults in memory, and list those that no case shows")
    tried.add_argument("patterns", nargs="*", metavar="API|GLOB", help="PyTorch or MindSpore names (default: all)")
    tried.add_argument("--limit", type=int, default=0, metavar="N", help="at most N faults of an API (default: all)")
    tried.add_argument("--seed", type=int, default=0, help="by which they are drawn")
    tried.add_argument("--level", choices=("call", "source", "both"), default="both", help="which faults (default: both)")
    tried.add_argument("--jobs", type=int, default=1, help="worker processes (default: 1)")
    tried.add_argument("--direction", choices=("torch", "mindspore"), help="only where this framework is imitated")
    tried.add_argument("-o", "--output", type=Path, default=Path("build/faults/mutate.jsonl"), metavar="FILE", help="where all verdicts go")
    tried.add_argument("--summary", action="store_true", help="the shares alone")
    tried.set_defaults(carry_out=try_mutations)
    written = commands.add_parser("planted", help="write the faults of planted.yaml into a copy, and run `compat parity` on each")
    written.add_argument("names", nargs="*", metavar="NAME|GLOB", help="of the faults (default: all)")
    written.add_argument("--together", action="store_true", help="all in one run, which is quicker, and less certain")
    written.set_defaults(carry_out=plant)
    parsed = parser.parse_args(arguments)
    return int(parsed.carry_out(parsed))


def _told(total: int) -> Callable[[int], None]:
    return lambda done: print(f"{done} of {total} APIs", file=sys.stderr, flush=True) if done % 10 == 0 or done == total else None


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


def try_mutations(parsed: argparse.Namespace) -> int:
    """Print each fault that no case shows, then the shares of those that some case does."""
    names = [name for name in units(load(), parsed.patterns) if parsed.direction in (None, name.partition(" ")[0])]
    found = mutate.judged(names, parsed.limit, parsed.seed, parsed.level, parsed.jobs, _told(len(names)))
    mutate.write(found, parsed.output)
    if not parsed.summary:
        for one in found:
            if one.verdict != "killed":
                print(f"{one.verdict}: {one.api.partition(' ')[2]}: {one.key}{': ' + one.by if one.by else ''}")
    print("\n".join(mutate.summary(found)))
    print(f"verdicts: {parsed.output}")
    return 0


def plant(parsed: argparse.Namespace) -> int:
    """Print what was said of each fault, and how many were overlooked; 1 if any was."""
    some = [one for one in planted.faults() if not parsed.names or any(fnmatch.fnmatchcase(one.name, name) for name in parsed.names)]
    if not some:
        raise SystemExit(f"no fault of planted.yaml is named {' or '.join(parsed.names)}")
    overlooked = 0
    with tempfile.TemporaryDirectory() as folder:
        planted.copy(Path(folder))
        for one in (planted.together if parsed.together else planted.verdicts)(some, Path(folder)):
            overlooked += not one.found
            told = one.difference if one.found else f"exit status {one.status}, {one.difference or 'no difference of this API'}"
            print(f"{'found' if one.found else 'OVERLOOKED'}: {one.planted.name} ({one.planted.kind}): {told}", flush=True)
    print(f"{len(some) - overlooked} of {len(some)} planted faults found")
    return 1 if overlooked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
