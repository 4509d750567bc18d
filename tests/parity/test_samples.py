"""PyTorch's own samples: bound to a row's parameters as data, drawn by the worker, and compared in both directions."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from compat.errors import UsageError
from compat.parity import samples
from compat.parity.case import as_json, from_json
from compat.parity.cases import bases, cases
from compat.parity.pool import Worker
from compat.parity.worker import run
from compat.table.load import MAPPINGS
from compat.table.model import Table

X = {"sample": ["op", 0, 0]}
# row, positional arguments, keywords → the arguments by name; None where the row has no place for one
BOUND = {
    "by place": ("torch.cumsum", [X, 1], {}, {"input": X, "dim": 1}),
    "by keyword": ("torch.add", [X, X], {"alpha": 2}, {"input": X, "other": X, "alpha": 2}),
    "another spelling": ("torch.sum", [X], {"axis": 1}, {"input": X, "dim": 1}),
    "separate arguments": ("torch.Tensor.view", [X, 2, 3], {}, {"self": X, "size": [2, 3]}),
    "too many": ("torch.neg", [X, 1, 2], {}, None),
    "an unknown keyword": ("torch.neg", [X], {"colour": 1}, None),
    "a keyword by place": ("torch.add", [X, X, 2], {}, None),
}


@pytest.mark.parametrize(("row", "args", "kwargs", "expected"), BOUND.values(), ids=BOUND)
def test_arguments_go_by_name(row: str, args: list[Any], kwargs: dict[str, Any], expected: Any, table: Table) -> None:
    assert samples.bound(table.rows[row], args, kwargs) == expected


CHOSEN = ["torch.cumsum", "mindspore.ops.neg", "torch.nn.functional.conv1d", "torch.Tensor.unfold"]


def test_samples_are_cases_that_agree(table: Table) -> None:
    found = samples.sampled([case for case in bases(cases(table, CHOSEN)) if case.api in CHOSEN], table)
    assert {case.api for case in found} == set(CHOSEN)
    assert {"sample-0", "sample-1"} <= {case.fixture for case in found}
    assert all(from_json(as_json(case)) == case for case in found)
    results = list(run(found, MAPPINGS, 1))
    assert [f"{one.id}: {one.detail}" for one in results if one.status != "agrees"] == []
    assert {check for one in results for check in one.checks} >= {"forward", "gradient"}


SILENT = """
import os
from compat.parity.pool import answer
answer(lambda: lambda request: os._exit(1))
"""


def test_without_the_testing_package_the_error_says_so() -> None:
    worker = Worker([sys.executable, "-c", SILENT])
    try:
        with pytest.raises(UsageError, match="is its testing package installed"):
            samples._asked(worker, "")
    finally:
        worker.stop()


def test_what_data_cannot_name_is_left_out(table: Table) -> None:
    (base,) = [case for case in bases(cases(table, ["torch.neg"])) if case.api == "torch.neg" and case.style == "keyword"]
    given = [{"unsaid": "a complex"}, {"args": [X], "kwargs": {}}, {"args": [X, 1, 2], "kwargs": {}}]
    (case,) = samples._of(base, table, given)
    assert (case.fixture, case.origin, case.call) == ("sample-1", "sample", {"input": X})
    assert json.loads(as_json(case))["call"] == {"input": X}
