"""Drawn calls: a planted fault is found, shrunk, kept and replayed; a crash too; the same each time; nothing where nothing is wrong."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from compat.cli import main, parity as command
from compat.errors import UsageError
from compat.parity import kept, search, worker
from compat.parity.case import Case, as_json, from_json
from compat.parity.cases import bases, cases
from compat.parity.compare import Result, compare
from compat.parity.examples import space, specs
from compat.parity.execute import Outcome
from compat.parity.inputs import drawn
from compat.parity.pool import Worker
from compat.parity.sides import Live
from compat.table.load import MAPPINGS
from compat.table.model import Table

COUNT = 60


def base(table: Table, api: str) -> Case:
    (found,) = (case for case in bases(cases(table, [api])) if case.api == api and case.style == "keyword")
    return found


def judge(**faults: Callable[..., Any]) -> search.Judge:
    """Holds torch with some functions replaced against torch."""
    names = {name: getattr(torch, name) for name in (*torch.__all__, "Tensor", "bfloat16", "float32")}
    modules: Any = {"torch": torch, "mindspore": SimpleNamespace(runtime=SimpleNamespace(synchronize=int))}
    subject: Any = SimpleNamespace(**names | faults)
    return lambda case: (
        worker.judged(case, Live({**modules, "compat.torch": subject})) if case.imitated == "torch" else compare(case, Outcome(), Outcome())
    )


def without_nan(input: Any) -> Any:
    return torch.neg(input.nan_to_num(nan=0.0))


def only_in_two_dimensions(input: Any, **options: Any) -> Any:
    return torch.cumsum(input, **options) if input.ndim < 3 else input


def without_keepdim(input: Any, dim: Any = None, keepdim: bool = False) -> Any:  # noqa: ARG001
    return torch.argmax(input, dim)


def any_dimension(input: Any, dim: int, **options: Any) -> Any:
    return torch.cumsum(input, min(dim, max(input.ndim - 1, 0)), **options)


# API → a fault, and what the smallest example that shows it looks like
PLANTED = {
    "nan is lost": ("neg", without_nan, lambda case: sum(math.isnan(v) for v in drawn(case.call)["input"].ravel()) == 1),
    "a rank": ("cumsum", only_in_two_dimensions, lambda case: drawn(case.call)["input"].ndim >= 3),
    "an argument is dropped": ("argmax", without_keepdim, lambda case: case.call.get("keepdim") is True),
    "an error is missing": ("cumsum", any_dimension, lambda case: case.call["dim"] >= max(drawn(case.call)["input"].ndim, 1)),
}


@pytest.mark.parametrize(("name", "fault", "shows"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_found_and_shrunk(name: str, fault: Any, shows: Any, table: Table) -> None:
    found = search.searched(base(table, f"torch.{name}"), table, judge(**{name: fault}), COUNT, 0)
    assert found.result.status == "differs"
    assert found.example is not None
    assert found.result.id == found.example.id
    assert shows(found.example), found.example.call


def test_the_same_each_time_and_others_by_another_seed(table: Table) -> None:
    def asked(seed: int) -> list[str]:
        ids: list[str] = []

        def agreeing(case: Case) -> Result:
            ids.append(case.id)
            return compare(case, Outcome(), Outcome())

        search.searched(base(table, "mindspore.ops.add"), table, agreeing, COUNT, seed)
        return ids

    assert asked(0) == asked(0) != asked(1)
    assert len(set(asked(0))) > COUNT / 3


# answers that the two agree, unless there is no element: then it dies
DIES = """
import json, os
from compat.parity.case import from_json
from compat.parity.compare import compare
from compat.parity.execute import Outcome
from compat.parity.inputs import drawn
from compat.parity.pool import answer, tell
def answered(request):
    case = from_json(request)
    tell("subject")
    if any(value.size == 0 for value in drawn(case.call).values() if hasattr(value, "size")): os._exit(3)
    return json.dumps(compare(case, Outcome(), Outcome()).as_dict())
answer(lambda: answered)
"""


def test_a_crash_is_found_and_the_effort_for_shrinking_it_is_bounded(table: Table) -> None:
    process, calls = Worker([sys.executable, "-c", DIES]), []

    def judged(case: Case) -> Result:
        calls.append(case)
        return next(worker.asked(process, case, 20))

    try:
        found = search.searched(base(table, "torch.neg"), table, judged, COUNT, 0)
    finally:
        process.stop()
    assert (found.result.ending, found.result.side) == ("crashed", "subject")
    assert found.example is not None
    assert drawn(found.example.call)["input"].size == 0
    assert len(calls) <= COUNT + search.SHRINKS


def test_an_example_is_data(table: Table, tmp_path: Path) -> None:
    case = base(table, "mindspore.nn.BCEWithLogitsLoss")
    assert from_json(as_json(case)) == case
    file = tmp_path / "some" / kept.FILE
    kept.add([case], file)
    kept.add([case], file)
    assert kept.read(file) == {case.id: case}
    assert kept.read(tmp_path / "none") == {}
    file.write_text(file.read_text(encoding="utf-8") + '{"api": 1}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"examples.jsonl:2: no example"):
        kept.read(file)


def test_what_is_drawn_stays_within_the_table(table: Table) -> None:
    for api in ("torch.gather", "torch.nn.functional.nll_loss", "torch.acosh"):
        drawn_from = space(table.rows[api], table)
        seen: list[Case] = []
        search.searched(base(table, api), table, lambda case, seen=seen: seen.append(case) or compare(case, Outcome(), Outcome()), COUNT, 0)
        assert all(set(case.call) <= set(drawn_from.parameters) for case in seen)
        assert {spec.get("dtype", "float32") for case in seen for spec in specs(case.call)} <= {"float32", "float64", "int64", "complex64", "complex128", "int32", "uint8", "bool"}  # fmt: skip
    assert all(not (value < 1).any() for case in seen for value in [np.asarray(drawn(case.call)["input"])] if value.dtype.kind == "f")


@pytest.fixture
def parity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command, whose workers hold torch with a faulty neg against torch."""
    judged = judge(neg=without_nan)
    monkeypatch.setattr(command, "run", lambda chosen, *_: iter([judged(case) for case in chosen]))
    monkeypatch.setattr(search, "asked", lambda _worker, case, _seconds: iter([judged(case)]))

    def run(*arguments: str) -> tuple[int, str]:
        status = main(["parity", "-o", str(tmp_path), *arguments])
        return status, capsys.readouterr().out

    return run


def test_a_failing_example_is_kept_replayed_and_tried_first(parity: Any, tmp_path: Path) -> None:
    given = ("torch.neg", "--no-fixtures", "--examples", str(COUNT))
    status, output = parity(*given)
    (example,) = [case for case in kept.read(tmp_path / kept.FILE).values() if case.style == "keyword" and case.api == "torch.neg"]
    assert status == 1
    assert f"differs: {example.id}: " in output
    status, output = parity("--case", example.id)
    assert status == 1
    assert "nan" in output
    results = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    status, output = parity(*given)
    again = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    assert example.id in {one["id"] for one in again}
    assert {one["id"] for one in again} == {one["id"] for one in results}


WRONG = {
    "nothing left to run": (("torch.neg", "--no-fixtures"), 2, "leaves nothing to run"),
    "no such example": (("--case", "torch:torch.neg:example-00000000"), 2, "no such case"),
}


@pytest.mark.parametrize(("arguments", "status", "text"), WRONG.values(), ids=WRONG)
def test_a_wrong_call_is_refused(
    arguments: tuple[str, ...], status: int, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["parity", "-o", str(tmp_path), *arguments]) == status
    assert text in capsys.readouterr().err


def test_without_hypothesis_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "compat.parity.search")
    assert main(["parity", "torch.neg", "--examples", "3", "-o", str(tmp_path)]) == 2
    assert "pip install 'compat[test]'" in capsys.readouterr().err


# rows of several kinds in which nothing is to be found
STABLE = [
    "torch.neg", "torch.mul", "torch.minimum",  "torch.sub", "torch.cumsum", "torch.maximum", "torch.ne", "torch.transpose", "torch.flip",
    "torch.stack", "torch.sigmoid", "torch.exp", "torch.floor", "torch.isnan", "torch.logical_and", "torch.eq", "torch.nn.functional.relu",
    "torch.nn.ReLU", "torch.masked_fill", "torch.tril",
]  # fmt: skip


def test_nothing_is_found_where_nothing_is_wrong(table: Table) -> None:
    chosen = [case for case in bases(cases(table, STABLE)) if case.api in STABLE]
    assert {case.api for case in chosen} == set(STABLE)
    found = list(search.run(chosen, table, MAPPINGS, 2, 60, 6, 0))
    assert [f"{one.result.id}: {one.result.detail}" for one in found if one.result.status != "agrees"] == []
