"""PyTorch's own samples → cases of the rows that they are calls of, in both directions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from compat.errors import UsageError
from compat.parity.case import Case
from compat.parity.cases import called_with
from compat.parity.pool import Lost, Worker
from compat.table.model import Row, Table

LISTING_SECONDS = 120.0
# Decompositions whose factors have a free sign or basis: PyTorch's own tests do not compare them element by element.
FREE = ("svd", "linalg.svd", "linalg.eig", "linalg.eigh", "linalg.qr", "qr", "svd_lowrank", "pca_lowrank")


def sampled(bases: list[Case], table: Table) -> list[Case]:
    """The samples of every API, by its base case, as cases `sample-0` and so on; those that its row has no place for are left out.

    UsageError where torch has no testing package.
    """
    worker = Worker([sys.executable, "-m", "compat.parity.op_db"])
    try:
        operators = _asked(worker, "")
        listed: dict[str, list[dict[str, Any]]] = {}
        for row in dict.fromkeys(base.row for base in bases):
            listed[row] = [sample for name in operators.get(row, ()) if name not in FREE for sample in _asked(worker, name)]
    finally:
        worker.stop()
    return [case for base in bases for case in _of(base, table, listed[base.row])]


def _asked(worker: Worker, request: str) -> Any:
    try:
        return json.loads(worker.ask(request, LISTING_SECONDS))
    except Lost as loss:
        raise UsageError(f"PyTorch's samples ({request or 'their list'}) can't be read, is its testing package installed? {loss}") from loss


def _of(base: Case, table: Table, samples: list[dict[str, Any]]) -> Iterator[Case]:
    for index, sample in enumerate(samples):
        arguments = None if "unsaid" in sample else bound(table.rows[base.row], sample["args"], sample["kwargs"])
        case = arguments and called_with(base, table, arguments, f"sample-{index}", "sample")
        if case:
            yield case


def bound(row: Row, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments by the names of the row's parameters; None where a call of the row's function does not take them so."""
    names = [name for name, parameter in row.parameters.items() if not parameter.keyword_only]
    spread = next((place for place, name in enumerate(names) if row.parameters[name].variadic), None)
    if spread is not None and len(args) > spread and not isinstance(args[spread], list):
        args = [*args[:spread], args[spread:]]
    named = {other: name for name, other in row.spellings.items()}
    given = dict(zip(names, args, strict=False)) | {named.get(name, name): value for name, value in kwargs.items()}
    return given if len(args) <= len(names) and set(given) <= set(row.parameters) else None
