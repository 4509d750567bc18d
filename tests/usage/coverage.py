"""The table held against how programs use PyTorch, and against the official mapping tables.

The data beside this module are counts: `calls.csv` and `arguments.csv` of the APIs and arguments in 24 published PyTorch
packages, `official.csv` the pairs of the official mapping tables whose both names exist in torch 2.13 and MindSpore 2.10.
An argument is a keyword, `#posN` for a call with N positional arguments, or `**` for a call with unpacked ones.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from compat.parity import record, status
from compat.parity.cases import Case, cases
from compat.table.load import MAPPINGS
from compat.table.model import Row, Table

HERE = Path(__file__).parent
RECORD = record.read(MAPPINGS)


@dataclass(frozen=True)
class Share:
    """How many of how many, and the largest of what is missing."""

    covered: int
    total: int
    missing: list[tuple[int, str]]

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.total


def rows(name: str) -> Iterator[list[str]]:
    with (HERE / f"{name}.csv").open(newline="") as file:
        yield from list(csv.reader(file))[1:]


def verified(row: Row) -> bool:
    """Whether it was executed: by calls on record that agree or differ as declared, or by tests of its own."""
    return status.of_torch(row, RECORD)[0].status in ("verified", "declared", "tests")


def exercised(table: Table) -> dict[str, set[str]]:
    """Row → the parameters that a case passes whose result agrees with PyTorch's."""
    found: dict[str, set[str]] = {}
    for case in cases(table):
        if case.imitated == "torch" and not case.raises and case.declared is None:
            found.setdefault(case.row, set()).update(_given(case))
    return found


def _given(case: Case) -> set[str]:
    return {*(case.constructor or {}), *case.call}


def calls(table: Table) -> Share:
    """The references to APIs that are verified."""
    known = table.by_name()
    return _share((int(count), api, api in known and verified(known[api])) for api, count, _ in rows("calls"))


def arguments(table: Table) -> Share:
    """The uses of an argument that a case exercises, or that a row proven by tests of its own has."""
    known, seen = table.by_name(), exercised(table)

    def accepted(api: str, argument: str) -> bool:
        row = known.get(api)
        if row is None or not verified(row):
            return False
        if argument == "**":
            return True
        if argument.startswith("#pos"):
            return int(argument[4:]) <= _positions(api, row)
        if row.tests and not row.arguments:
            return argument in row.parameters or argument in row.call
        return argument in seen.get(row.torch, set()) or (argument == "out" and "out" in row.forms) or (argument in row.spellings.values())

    return _share((int(count), f"{api} {argument}", accepted(api, argument)) for api, argument, count in rows("arguments"))


def _positions(api: str, row: Row) -> int:
    """How many positional arguments a call may have; a method's receiver is none."""
    positional = [p for p in row.parameters.values() if not p.keyword_only]
    if any(p.variadic for p in positional):
        return 1000
    return len(positional) - (api.startswith("torch.Tensor."))


def official(table: Table) -> Share:
    """The pairs of the official tables whose PyTorch name has a row that is verified or says why not, with this counterpart."""
    known = table.by_name()

    def settled(torch: str, mindspore: str) -> bool:
        row = known.get(torch)
        if row is None or not (verified(row) or row.unsupported):
            return False
        names = {c.api for c in row.mindspore}
        return mindspore in names or (mindspore.endswith("_") and mindspore[:-1] in names)

    return _share((1, f"{torch} {mindspore}", settled(torch, mindspore)) for torch, mindspore in rows("official"))


def declared(table: Table) -> dict[str, tuple[int, int]]:
    """What is data alone, counted three ways: the last is the direction in which MindSpore's CPU operators rule most rows out."""
    rows_ = [row for row in table.rows.values() if row.unsupported is None]
    paired = [row for row in rows_ if any(not c.absent for c in row.mindspore)]
    here = [c for row in rows_ for c in row.mindspore if not c.absent]
    return {
        "rows whose correspondence to a MindSpore API is data alone": (
            sum(any(c.on_torch is None and not c.absent for c in row.mindspore) for row in paired),
            len(paired),
        ),
        "MindSpore APIs that run on PyTorch by data alone": (sum(c.on_torch is None for c in here), len(here)),
        "PyTorch functions and modules that run on MindSpore by data alone": (
            sum(row.on_mindspore is None for row in rows_ if row.kind in ("function", "class")),
            sum(row.kind in ("function", "class") for row in rows_),
        ),
    }


def _share(entries: Iterator[tuple[int, str, bool]]) -> Share:
    found = list(entries)
    missing = sorted(((count, name) for count, name, good in found if not good), reverse=True)
    return Share(sum(count for count, _, good in found if good), sum(count for count, _, _ in found), missing)
