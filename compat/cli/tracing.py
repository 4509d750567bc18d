"""`--trace`: what a run of the program shows of a source, for the commands that read one."""

from __future__ import annotations

import argparse
from pathlib import Path

from compat.errors import UsageError
from compat.scan import trace
from compat.scan.trace import Trace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trace", action="store_true", help="run the command that stands behind `--`, on PyTorch, and use what it calls")
    parser.add_argument("--save-trace", type=Path, metavar="FILE", help="with --trace: keep what was seen")
    parser.add_argument("--use-trace", type=Path, metavar="FILE", help="use what an earlier run saw")


def traced(parsed: argparse.Namespace, command: str) -> tuple[Trace | None, int]:
    """The trace to use, if one is asked for, and the exit status of the program that was run for it."""
    if bool(parsed.trace) != bool(parsed.program):
        raise UsageError(f"--trace runs the command that stands behind `--`: compat {command} SRC --trace -- python train.py")
    if parsed.use_trace:
        return trace.read(parsed.use_trace), 0
    if not parsed.trace:
        return None, 0
    seen, status = trace.traced(parsed.program)
    if status:
        print(f"the program ended with status {status}; what it called until then counts")
    if parsed.save_trace:
        trace.write(seen, parsed.save_trace)
    return seen, status
