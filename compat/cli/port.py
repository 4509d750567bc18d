"""Rewrite PyTorch source for MindSpore: `compat port src -o ported`. The sources stay as they are, unless --write says otherwise.

Style `native`, the default, writes MindSpore's own calls wherever executed comparisons show that they mean the same for these arguments, and
keeps compat.torch elsewhere; `shim` rewrites imports alone. Comments, formatting and untouched lines stay. Without -o, --write, --diff or
--check nothing is written, and the report says what would become of each use. Exit status 1 when a file or a notebook's cell can't be ported or written, the
program of --trace fails, with --check when anything would change, and with --verify when the two runs print something else.
`--to torch` is the reverse: MindSpore source becomes calls of PyTorch, and compat.mindspore elsewhere.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from compat.cli import tracing
from compat.errors import UsageError
from compat.port.git import refuse_uncommitted
from compat.port.model import STYLES, TARGETS, Port
from compat.port.port import Request, port
from compat.port.reports.page import as_page
from compat.port.reports.report import as_json, as_sarif, as_text
from compat.port.reports.unified import parts
from compat.port.settings import settings
from compat.port.tree import Failure, Tree, pairs, planned, written, written_in_place
from compat.port.verifying.printed import Tolerance
from compat.port.verifying.verify import as_text as verification, roots, verified
from compat.reports import data
from compat.reports.page import write
from compat.source.project import python_files
from compat.table.load import MAPPINGS

# What a project may say once in its pyproject.toml.
SETTINGS = ("style", "target", "annotate", "exclude", "force", "verify", "rtol", "atol")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="+", type=Path, metavar="SRC", help="files of Python, notebooks and folders")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("-o", "--output", type=Path, metavar="DST", help="write the result there, with all other files copied")
    how.add_argument("--write", action="store_true", help="write the result over the sources")
    how.add_argument("--diff", action="store_true", help="print a patch that `git apply` takes")
    how.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything would change")
    parser.add_argument(
        "--to", dest="target", choices=TARGETS, default=None, help="the framework of the result: mindspore (default) or torch"
    )
    parser.add_argument("--style", choices=STYLES, default=None, help="native (default) or shim")
    parser.add_argument(
        "--annotate", action="store_true", default=None, help="comments with the code of each change that is no plain renaming"
    )
    parser.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="files or folders to leave out; may be repeated")
    parser.add_argument("--force", action="store_true", default=None, help="replace files that exist, or that git has no copy of")
    parser.add_argument(
        "--verify", metavar="CMD", help="with -o: run CMD in the sources and in the result, and compare the numbers printed"
    )
    parser.add_argument("--rtol", type=float, default=None, help=f"with --verify: relative tolerance (default: {Tolerance().relative:g})")
    parser.add_argument("--atol", type=float, default=None, help=f"with --verify: absolute tolerance (default: {Tolerance().absolute:g})")
    parser.add_argument("--device", choices=("CPU", "Ascend"), default="CPU", help="what the result has to run on (default: CPU)")
    tracing.add_arguments(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every use as JSON")
    parser.add_argument("--sarif", type=Path, metavar="FILE", help="write the changes as SARIF 2.1.0")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with the changes side by side")
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes (default: 2 at most)")


def carry_out(parsed: argparse.Namespace) -> int:
    for source in parsed.sources:
        if not source.exists():
            raise UsageError(f"{source}: no such file or folder")
    said = settings(parsed.sources[0]).over({name: getattr(parsed, name) for name in SETTINGS})
    if said["target"] == "torch" and (parsed.trace or parsed.use_trace):
        raise UsageError("--trace records what runs on PyTorch, and --to torch reads programs of MindSpore")
    if parsed.verify and parsed.output is None:
        raise UsageError("--verify runs the program in the sources and in the result: say with -o where that is to be")
    tree = planned(parsed.sources, parsed.output, said["exclude"], force=bool(said["force"])) if parsed.output else None
    seen, status = tracing.traced(parsed, "port")
    request = Request(parsed.table, said["style"] or "native", parsed.device, seen, bool(said["annotate"]), said["target"] or "mindspore")
    files = [item.source for item in tree.ported] if tree is not None else python_files(parsed.sources, said["exclude"])
    found = port(files, request, parsed.jobs, spilled=True)
    failures = _written(found, tree, parsed, bool(said["force"]))
    _report(found, parsed)
    for failure in failures:
        print(f"not written: {failure}", file=sys.stderr)
    unwanted = any(file.problem or file.skipped or (parsed.check and file.changed) for file in found.files)
    failed = bool(status or unwanted or failures)
    if said["verify"] and tree is not None and not failures:
        failed = not _verified(said, parsed) or failed
    return 1 if failed else 0


def _written(found: Port, tree: Tree | None, parsed: argparse.Namespace, force: bool) -> list[Failure]:
    """Write what is asked for; what could not be written."""
    if tree is not None:
        for entry in tree.left_out:
            print(f"left out: {entry.path}: {entry.left_out}")
        return [*tree.failures, *written(tree, found.files)]
    if not parsed.write:
        return []
    if not force:
        refuse_uncommitted(file.path for file in found.files if file.changed)
    return [failure for file in found.files if (failure := written_in_place(file)) is not None]


def _verified(said: dict[str, Any], parsed: argparse.Namespace) -> bool:
    """Whether the program prints the same before and after; says what it found."""
    default = Tolerance()
    tolerance = Tolerance(
        default.relative if said["rtol"] is None else said["rtol"], default.absolute if said["atol"] is None else said["atol"]
    )
    targets = [target for _, target in pairs(parsed.sources, parsed.output)]
    found = verified(said["verify"], *roots(parsed.sources, targets), tolerance=tolerance)
    print(verification(found))
    return found.agrees


def _report(found: Port, parsed: argparse.Namespace) -> None:
    if parsed.json:
        data.write(as_json(found, data.Lazy), parsed.json)
    if parsed.sarif:
        data.write(as_sarif(found, data.Lazy), parsed.sarif)
    if parsed.html:
        write(as_page(found), parsed.html)
    if parsed.diff:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(parts(found))
        sys.stdout.buffer.flush()
    print(as_text(found), file=sys.stderr if parsed.diff else sys.stdout)
    if parsed.check:
        for file in found.files:
            if file.changed:
                print(f"would change: {file.path}")
