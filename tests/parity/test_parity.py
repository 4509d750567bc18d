"""The comparison: what must be seen as a difference, a crash that costs one case, and every row of the table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from compat.errors import CompatError, UsageError
from compat.parity.cases import Case, cases
from compat.parity.compare import compare
from compat.parity.execute import Outcome
from compat.parity.report import write_report
from compat.parity.worker import run
from compat.table.load import MAPPINGS
from compat.table.model import Difference, Table
from tests.helpers import ROOT

CASE = Case("torch", "torch.nn.functional.mse_loss", "torch.nn.functional.mse_loss", "base", None, {}, (), False)
ONES = np.ones((2, 3), "float32")


def gave(*values: object, gradient: object = None) -> Outcome:
    return Outcome([np.asarray(v) for v in values], {} if gradient is None else {"input": np.asarray(gradient)})


DIFFERENT = {
    "a value": (gave(ONES), gave(ONES * 1.001), "result 0: "),
    "a gradient": (gave(ONES, gradient=ONES), gave(ONES, gradient=ONES * 2), "gradient of input: "),
    "a shape": (gave(ONES), gave(ONES[:1]), "shape [1, 3], not [2, 3]"),
    "a shape of nothing": (gave(np.float32(1)), gave(ONES[:1, :1]), "shape [1, 1], not []"),
    "a dtype": (gave(ONES), gave(ONES.astype("float64")), "dtype float64, not float32"),
    "a nan": (gave(ONES), gave(ONES * np.nan), "result 0: "),
    "a missing gradient": (gave(ONES, gradient=ONES), gave(ONES), "0 gradients"),
    "a missing result": (gave(ONES, ONES), gave(ONES), "1 results"),
    "an error": (gave(ONES), Outcome(error="ValueError", message="mse_loss"), "raises ValueError (mse_loss), does not return"),
    "no error": (Outcome(error="ValueError", message="x"), gave(ONES), "does not raise ValueError"),
    "another error": (Outcome(error="ValueError"), Outcome(error="TypeError", message="mse_loss"), "raises TypeError"),
    "an error without the name that PyTorch's has": (
        Outcome(error="ValueError", message="mse_loss: bad"),
        Outcome(error="ValueError", message="bad"),
        "the message does not name mse_loss",
    ),
}


@pytest.mark.parametrize(("reference", "subject", "detail"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_is_seen(reference: Outcome, subject: Outcome, detail: str) -> None:
    result = compare(replace(CASE, raises=bool(reference.error and subject.error)), reference, subject)
    assert result.status == "differs"
    assert detail in result.detail


def test_two_refusals_of_what_should_be_a_call_show_nothing() -> None:
    error = Outcome(error="ValueError", message="mse_loss: bad")
    assert compare(CASE, error, error).status == "differs"
    assert compare(replace(CASE, raises=True), error, error).status == "agrees"


def test_rounding_nan_and_infinity_agree() -> None:
    values = np.array([1.0, np.nan, np.inf, -np.inf], "float32")
    assert compare(CASE, gave(values), gave(values * np.float32(1 + 1e-6))).status == "agrees"


def test_a_declared_difference_must_be_there() -> None:
    declared = Difference(imitated="torch", fixtures=["base"], kind="precision", en="x", zh="x")
    case = replace(CASE, declared=declared)
    assert compare(case, gave(ONES), gave(ONES * 2)).status == "declared"
    assert compare(case, gave(ONES), gave(ONES)).status == "stale"
    undefined = replace(CASE, declared=Difference(imitated="torch", fixtures=["base"], kind="undefined", en="x", zh="x"))
    assert compare(undefined, gave(ONES), gave(ONES)).status == "declared"


def test_every_row_is_executed_or_says_what_shows_it(table: Table) -> None:
    found = cases(table)
    assert len({case.id for case in found}) == len(found)
    covered = {case.api for case in found}
    rows = table.rows.values()
    assert [r.torch for r in rows if r.torch not in covered and not (r.tests or r.unsupported)] == []
    assert [(r.torch, test) for r in rows for test in r.tests if not (ROOT / test).exists()] == []
    assert {case.api for case in found if case.imitated == "torch" and case.fixture == "base"} <= {n for r in rows for n in r.names()}
    positional = {case.row for case in found if case.style == "positional"}
    assert [r.torch for r in rows if r.is_called and r.torch in covered and r.torch not in positional] == []


def test_every_form_of_a_row_is_executed(table: Table) -> None:
    covered = {case.api for case in cases(table)}
    of_called = [name for row in table.rows.values() if row.torch in covered and row.is_called for name in row.names()]
    assert [name for name in of_called if name not in covered] == []


# An argument of PyTorch's has no place in these, or shares one, so that no call of the row is one of theirs: no run executes them
# in this direction, and their pages say "not executed". None may be added.
WITHOUT_A_CALL = {
    "mindspore.ops.LRN", "mindspore.mint.randint", "mindspore.mint.randint_like",
}  # fmt: skip


def test_every_counterpart_of_a_called_row_is_executed(table: Table) -> None:
    covered = {(case.imitated, case.api) for case in cases(table)}
    called = [row for row in table.rows.values() if ("torch", row.torch) in covered and row.is_called and row.unsupported is None]
    expected = [c.api for row in called for c in row.mindspore if not c.absent]
    assert {api for api in expected if ("mindspore", api) not in covered} == WITHOUT_A_CALL


def test_a_call_by_mindspores_own_names(table: Table) -> None:
    found = {case.fixture: case for case in cases(table, ["mindspore.nn.BatchNorm2d"])}
    trained, left = found["own-initial-train"], found["own-inits"]
    assert (trained.train, trained.initial, trained.torch_case) == (True, True, None)
    assert "momentum" not in (trained.constructor or {})
    assert (left.train, (left.constructor or {})["gamma_init"]) == (False, "zeros")


def test_a_pattern_that_matches_nothing_is_an_error(table: Table) -> None:
    with pytest.raises(UsageError, match="no API of the table matches"):
        cases(table, ["torch.nn.NoSuchLoss"])
    assert {case.row for case in cases(table, ["mindspore.nn.L1*"])} == {"torch.nn.L1Loss"}


def test_a_crash_costs_one_case(table: Table) -> None:
    """MindSpore 2.10 ends the process on an empty batch; the worker after it goes on."""
    wanted = ["mindspore:mindspore.ops.multi_margin_loss:empty-mean", "mindspore:mindspore.ops.multi_margin_loss:base"]
    chosen = sorted((case for case in cases(table) if case.id in wanted), key=lambda case: wanted.index(case.id))
    results = list(run([replace(chosen[0], declared=None), chosen[1]], MAPPINGS, 1))
    assert [result.status for result in results] == ["differs", "agrees"]
    assert "the process died" in results[0].detail


@pytest.mark.parametrize("imitated", ["torch", "mindspore"])
def test_the_first_call_of_every_row_agrees_or_differs_as_declared(imitated: str, table: Table, tmp_path: Path) -> None:
    """`make parity` runs all the others."""
    chosen = [case for case in cases(table) if case.imitated == imitated and (case.fixture == "base" or "loss" in case.row.lower())]
    results = list(run(chosen, MAPPINGS, 2))
    assert [f"{r.id}: {r.detail or r.reason}" for r in results if r.status in ("differs", "stale")] == []
    write_report(results, tmp_path)
    assert "parity OK" in (tmp_path / "report.html").read_text(encoding="utf-8")
    records = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(records) == len(results)
    assert {"id", "status", "checks", "parts"} <= set(records[0])


def test_a_worker_that_cannot_start_says_how_to_see_why(table: Table, tmp_path: Path) -> None:
    with pytest.raises(CompatError, match=r"did not start: run `python -m compat\.parity\.worker"):
        list(run(cases(table)[:1], tmp_path, 1))
