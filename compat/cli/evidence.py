"""Execute the calls of MindSpore that `compat port` would write, and show which of them give PyTorch's values and gradients.

`--to torch` executes those of PyTorch that `compat port --to torch` would write, against compat.mindspore; `--to cells` the methods of MindSpore's
Cells that stand for those of modules.

With --accept what was found takes the place of what the record beside the table says of these rows. `compat port` rewrites no call that the
record does not speak for. A call that ends its process, or takes too long, is a result too. Exit status 1 when the record says otherwise.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from compat import frameworks
from compat.port.evidence import executing, executing_torch, networks
from compat.port.evidence.executing import SECONDS
from compat.port.evidence.record import FILES, Record, read, write
from compat.port.evidence.recording import changed
from compat.port.model import TARGETS
from compat.table.load import MAPPINGS, load
from compat.table.model import Table

One = TypeVar("One")
CELLS = "cells"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("patterns", nargs="*", metavar="API", help="only these APIs of the source; shell globs")
    parser.add_argument(
        "--to", dest="target", choices=(*TARGETS, CELLS), default="mindspore", help="the framework whose calls are executed"
    )
    parser.add_argument("--accept", action="store_true", help="put on record what was found")
    parser.add_argument("--table", type=Path, default=MAPPINGS, metavar="DIR", help="the folder of the table")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="worker processes (default: 2 at most)")
    parser.add_argument("--timeout", type=float, default=SECONDS, metavar="SECONDS", help=f"for one call (default: {SECONDS:.0f})")


def carry_out(parsed: argparse.Namespace) -> int:
    table = load(parsed.table)
    known = read(parsed.table, parsed.target).record
    record, tried, whole = WAYS[parsed.target](parsed, table, known)
    counts = Counter(shown.status for by_api in record.values() for every in by_api.values() for shown in every)
    print(", ".join(f"{counts[status]} {status}" for status in ("agrees", "differs", "raises")) + f" in {len(record)} rows")
    if parsed.accept:
        write(whole, parsed.table, parsed.target)
        print(f"recorded: {parsed.table / FILES[parsed.target]}")
        return 0
    others = [row for row in tried if changed(known, record, row)]
    for row in others:
        print(f"not as recorded: {row}")
    return 1 if others else 0


# What was found, the rows that it is of, and the record with it.
Found = tuple[Record, list[str], Record]


def _of_mindspore(parsed: argparse.Namespace, table: Table, known: Mapping[str, Any]) -> Found:
    chosen = executing.calls(table, parsed.patterns)
    places = {call.case.id: place for place, call in enumerate(chosen)}
    found = list(_told(executing.run(chosen, parsed.table, parsed.jobs, parsed.timeout), len(chosen)))
    found.sort(key=lambda one: places[one[0].case.id])
    record = executing.recorded(found)
    rows = dict.fromkeys(call.case.row for call in chosen)
    return record, list(rows), executing.renewed(known, record, chosen, table, whole=not parsed.patterns)


def _of_torch(parsed: argparse.Namespace, table: Table, known: Mapping[str, Any]) -> Found:
    chosen = executing_torch.calls(table, parsed.patterns)
    adopted = importlib.import_module("compat.mindspore_on_torch.tensor").as_tensor
    sides = executing_torch.Frameworks(frameworks.load("torch"), importlib.import_module("compat.mindspore"), adopted)
    record = executing_torch.recorded(_told(executing_torch.run(chosen, sides), len(chosen)))
    rows = dict.fromkeys(call.plan.row for call in chosen)
    return record, list(rows), _renewed(parsed, known, record, rows)


def _of_cells(parsed: argparse.Namespace, table: Table, known: Mapping[str, Any]) -> Found:
    record = networks.record(
        table, parsed.patterns, frameworks.load("torch"), frameworks.load("mindspore"), importlib.import_module("compat.native").mindspore
    )
    return record, list(record), _renewed(parsed, known, record, record)


def _renewed(parsed: argparse.Namespace, known: Mapping[str, Any], record: Record, tried: Container[str]) -> Record:
    """The record with what was found in the place of what it said of the rows that were tried; nothing else of a whole run."""
    return {**{row: shown for row, shown in known.items() if parsed.patterns and row not in tried}, **record}


WAYS = {"mindspore": _of_mindspore, "torch": _of_torch, CELLS: _of_cells}


def _told(found: Iterable[One], count: int) -> Iterator[One]:
    """What is found, with a word every other second on how far it is."""
    last = time.monotonic()
    for number, one in enumerate(found, 1):
        if time.monotonic() - last >= 2 or number == count:
            last = time.monotonic()
            print(f"evidence: {number} of {count} calls", file=sys.stderr, flush=True)
        yield one
