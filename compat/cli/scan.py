"""Say which APIs of PyTorch a code base uses, and how well each use is supported with its arguments. Nothing is imported.

`--api mindspore` does so for MindSpore, and what compat.mindspore supports.

With --trace the program behind `--` is run once, on PyTorch itself, and what it calls where is known then: `compat scan src --trace --
python train.py`. Exit status 1 when a file, or a cell of a notebook, can't be read, the program fails, or with --fail-on when a use has
one of these verdicts.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from compat.cli import tracing
from compat.errors import UsageError
from compat.reports.data import Lazy, write as write_data
from compat.reports.page import write
from compat.scan.report import as_json, as_page, as_sarif, as_text
from compat.scan.scan import APIS, Scan, scan
from compat.scan.verdicts import VERDICTS
from compat.source.project import python_files
from compat.table.load import MAPPINGS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="*", type=Path, metavar="SRC", help="files of Python, notebooks and folders")
    parser.add_argument("--api", choices=APIS, default="torch", help="the framework whose API is looked for (default: torch)")
    tracing.add_arguments(parser)
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
    if parsed.api == "mindspore" and (parsed.trace or parsed.use_trace):
        raise UsageError("--trace records what runs on PyTorch, and --api mindspore reads programs of MindSpore")
    if not parsed.sources and not parsed.trace:
        raise UsageError("name the files or folders to scan")
    seen, status = tracing.traced(parsed, "scan")
    if not parsed.sources:
        return 1 if status else 0
    found = scan(python_files(parsed.sources, parsed.exclude), parsed.table, parsed.jobs, seen, parsed.api, spilled=True)
    _write(found, parsed)
    print(as_text(found))
    counts = found.counts
    return 1 if status or found.problems or any(counts[verdict] for verdict in parsed.fail_on) else 0


def _write(found: Scan, parsed: argparse.Namespace) -> None:
    if parsed.json:
        write_data(as_json(found, Lazy), parsed.json)
    if parsed.sarif:
        write_data(as_sarif(found, Lazy), parsed.sarif)
    if parsed.html:
        write(as_page(found), parsed.html)
