"""Say which APIs of PyTorch a code base uses, and how well each use is supported with its arguments. Nothing is imported.

With --trace the program behind `--` is run once, on PyTorch itself, and what it calls where is known then: `compat scan src --trace --
python train.py`. Exit status 1 when a file, or a cell of a notebook, can't be read, the program fails, or with --fail-on when a use has
one of these verdicts.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from compat.errors import UsageError
from compat.reports.page import write
from compat.scan import trace
from compat.scan.report import as_json, as_page, as_sarif, as_text, written
from compat.scan.scan import Scan, scan
from compat.scan.trace import Trace
from compat.scan.verdicts import VERDICTS
from compat.source.project import python_files
from compat.table.load import MAPPINGS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="*", type=Path, metavar="SRC", help="files of Python, notebooks and folders")
    parser.add_argument("--trace", action="store_true", help="run the command that stands behind `--`, and use what it calls")
    parser.add_argument("--save-trace", type=Path, metavar="FILE", help="with --trace: keep what was seen")
    parser.add_argument("--use-trace", type=Path, metavar="FILE", help="use what an earlier run saw")
    parser.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="files or folders to leave out; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every use as JSON")
    parser.add_argument("--sarif", type=Path, metavar="FILE", help="write what to look at as SARIF 2.1.0")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page to search and sort")
    parser.add_argument("--fail-on", choices=VERDICTS, action="append", default=[], metavar="VERDICT", help="exit 1 when a use has it")
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes (default: 2 at most)")


def carry_out(parsed: argparse.Namespace) -> int:
    for source in parsed.sources:
        if not source.exists():
            raise UsageError(f"{source}: no such file or folder")
    seen, status = _trace(parsed)
    if not parsed.sources:
        return 1 if status else 0
    found = scan(python_files(parsed.sources, parsed.exclude), parsed.table, parsed.jobs, seen)
    _write(found, parsed)
    print(as_text(found))
    return 1 if status or found.problems or any(found.counts[verdict] for verdict in parsed.fail_on) else 0


def _trace(parsed: argparse.Namespace) -> tuple[Trace | None, int]:
    """The trace to use, if one is asked for, and the exit status of the program that was run for it."""
    if bool(parsed.trace) != bool(parsed.program):
        raise UsageError("--trace runs the command that stands behind `--`: compat scan SRC --trace -- python train.py")
    if parsed.use_trace:
        return trace.read(parsed.use_trace), 0
    if not parsed.trace:
        if not parsed.sources:
            raise UsageError("name the files or folders to scan")
        return None, 0
    seen, status = trace.traced(parsed.program)
    if status:
        print(f"the program ended with status {status}; what it called until then counts")
    if parsed.save_trace:
        trace.write(seen, parsed.save_trace)
    return seen, status


def _write(found: Scan, parsed: argparse.Namespace) -> None:
    if parsed.json:
        parsed.json.write_text(written(as_json(found)), encoding="utf-8")
    if parsed.sarif:
        parsed.sarif.write_text(written(as_sarif(found)), encoding="utf-8")
    if parsed.html:
        write(as_page(found), parsed.html)
