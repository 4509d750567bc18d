"""Write every file that is derived from the table: the two packages, the pages and the schemas. With --check, only compare."""

from __future__ import annotations

import argparse
from pathlib import Path

from compat.generate import code, documentation
from compat.generate.recorded import Record
from compat.generate.write import drift, remove, write
from compat.table.load import MAPPINGS, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is stale, missing or left over")
    parser.add_argument("--afresh", action="store_true", help="run every example again, not only those that are not on record")
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--root", type=Path, default=MAPPINGS.parent, metavar="DIR", help="the repository to write to")


def carry_out(parsed: argparse.Namespace) -> int:
    table = load(parsed.table)
    files = code(table)
    if not parsed.check:
        changes = write(parsed.root, files)  # before the pages, whose examples run through these packages
    examples = Record(parsed.root, may_run=not parsed.check, afresh=parsed.afresh)
    pages = documentation(table, parsed.table, examples)
    if parsed.check:
        changes = drift(parsed.root, {**files, **pages})
    else:
        examples.write()
        changes += write(parsed.root, pages) + remove(parsed.root, {**files, **pages})
    for change in changes:
        print(f"{change.state}: {change.path}")
    print(f"{len(files) + len(pages)} derived files, {len(changes)} {'out of date' if parsed.check else 'updated'}")
    return 1 if parsed.check and changes else 0
