"""Write every file that is derived from the table: the two packages, the pages and the schemas. With --check, only compare."""

from __future__ import annotations

import argparse
from pathlib import Path

from compat.generate import everything
from compat.generate.write import drift, write
from compat.table.load import MAPPINGS, load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is stale, missing or left over")
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--root", type=Path, default=MAPPINGS.parent, metavar="DIR", help="the repository to write to")


def carry_out(parsed: argparse.Namespace) -> int:
    files = everything(load(parsed.table), parsed.root)
    changes = drift(parsed.root, files) if parsed.check else write(parsed.root, files)
    for change in changes:
        print(f"{change.state}: {change.path}")
    print(f"{len(files)} derived files, {len(changes)} {'out of date' if parsed.check else 'updated'}")
    return 1 if parsed.check and changes else 0
