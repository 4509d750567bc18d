"""The harness itself: real PyTorch passes, and every kind of mistake of an imitation is found."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from compat.parity.pool import Worker
from tests.conformance import record, report, run
from tests.conformance.__main__ import chosen, main
from tests.conformance.framework import Framework
from tests.conformance.outcome import Array, Tolerance, difference
from tests.conformance.suite import CRASHED, ERROR, EXCLUDED, HUNG, PASSED, WRONG, Result
from tests.conformance.worker import SUITES, works

BROKEN = "tests.conformance.broken"
ONES = np.ones((2, 3), np.float32)
ops = SUITES["ops"]()


def tensor(elements: object, dtype: str = "torch.float32") -> Array:
    array = np.asarray(elements)
    return Array(dtype, array.shape, array)


DIFFERENT = {
    "a value": (tensor(ONES), tensor(ONES * 1.01), "value: "),
    "a shape": (tensor(ONES), tensor(ONES[:1]), "shape: [1, 3] instead of [2, 3]"),
    "a dtype": (tensor(ONES), tensor(ONES, "torch.float64"), "dtype: torch.float64 instead of torch.float32"),
    "an integer": (tensor([1], "torch.int64"), tensor([2], "torch.int64"), "value: "),
    "a number for a tensor": (tensor(1.0), 1.0, "type: float instead of a tensor"),
    "a tensor for a number": (1.0, tensor(1.0), "type: a tensor instead of float"),
    "a float for an integer": (1, 1.0, "type: float instead of int"),
    "a tuple for a Size": (("Size", 2), (2,), "type: "),
    "no names": (("named", ("values", "indices"), 1, 2), (1, 2), "type: a tuple without the names values, indices"),
    "a missing result": ([1, 2], [1], "type: 1 results instead of 2"),
    "another key": ({"a": 1}, {"b": 1}, "keys: "),
    "no gradient": (tensor(ONES), None, "type: NoneType instead of a tensor"),
    "a nan": (tensor(ONES), tensor(ONES * np.nan), "value: "),
}


@pytest.mark.parametrize(("expected", "found", "text"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_difference_is_seen(expected: object, found: object, text: str) -> None:
    assert difference(expected, found, Tolerance()).startswith(text)
    assert difference(expected, expected, Tolerance()) == ""


def test_what_is_no_difference() -> None:
    values = np.array([1.0, np.nan, np.inf], np.float32)
    assert difference(tensor(values), tensor(values * np.float32(1 + 1e-6)), Tolerance()) == ""
    assert difference(tensor(ONES), tensor(ONES * 2), Tolerance(), values=False) == ""
    assert difference((1, 2), ("named", ("a", "b"), 1, 2), Tolerance()) == ""
    assert difference(tensor(ONES, "torch.bfloat16"), tensor(ONES * 1.01, "torch.bfloat16"), Tolerance()) == ""


# operator → the worst that its function, its gradient and its method come to on the broken framework
BROKEN_OPERATORS = {
    "exp": (WRONG, WRONG, PASSED),
    "sin": (PASSED, WRONG, PASSED),
    "cos": (PASSED, WRONG, PASSED),
    "argmax": (WRONG, None, PASSED),
    "sum": (WRONG, PASSED, PASSED),
    "isnan": (WRONG, None, PASSED),
    "topk": (WRONG, PASSED, PASSED),
    "tan": (ERROR, ERROR, PASSED),
    "bernoulli": (PASSED, PASSED, PASSED),
    "abs": (PASSED, PASSED, PASSED),
    "jiterator_unary": (EXCLUDED, None, None),
}


@pytest.fixture(scope="module")
def on_broken() -> dict[str, list[Result]]:
    return dict(run.results("ops", ops.checks, list(BROKEN_OPERATORS), BROKEN, 1))


@pytest.mark.parametrize("name", BROKEN_OPERATORS)
def test_mistakes_are_found(name: str, on_broken: dict[str, list[Result]]) -> None:
    ranks = (WRONG, ERROR, EXCLUDED, PASSED)
    by_check = {check: {one.status for one in on_broken[name] if one.check == check} for check in ops.checks}
    assert tuple(next((rank for rank in ranks if rank in found), None) for found in by_check.values()) == BROKEN_OPERATORS[name]


def test_drawn_numbers_are_counted_apart(on_broken: dict[str, list[Result]]) -> None:
    assert any(one.random for one in on_broken["bernoulli"])
    assert not any(one.random for one in on_broken["abs"])


def test_the_layout_of_a_state_is_compared() -> None:
    modules = SUITES["modules"]()
    ((_, results),) = run.results("modules", modules.checks, ["nn.Linear"], BROKEN, 1)
    assert {one.status for one in results} == {ERROR}
    assert "size mismatch for weight" in results[0].reason


# operator → what its error inputs come to on the broken framework
BROKEN_REFUSALS = {
    "atan2": [PASSED] * 3,
    "maximum": [f"wrong error: {found} instead of TypeError" for found in ("KeyError", "nothing", "NotImplementedError")],
    "nn.HuberLoss": [PASSED],
}


@pytest.mark.parametrize("name", BROKEN_REFUSALS)
def test_what_is_refused_is_compared(name: str) -> None:
    ((_, results),) = run.results("errors", ("error",), [name], BROKEN, 1)
    assert [report.general(one) if one.status == WRONG else one.status for one in results] == BROKEN_REFUSALS[name]


# answers with what it is asked for; dies, waits or fails when asked for that
OBEDIENT = """
import json, os, time
from compat.parity.pool import answer
def answered(request):
    index = json.loads(request)[3]
    if index == 0: os._exit(3)
    if index == 1: time.sleep(60)
    if index == 2: raise ValueError
    return json.dumps({"name": "add", "variant": "float32", "index": index, "check": "forward", "status": "passed"})
answer(lambda: answered)
"""


def test_a_crash_and_a_hang_cost_one_check_each() -> None:
    worker = Worker([sys.executable, "-c", OBEDIENT])
    try:
        found = [run.judged_by(worker, Result("add", "float32", index, "forward", ""), 2) for index in range(4)]
    finally:
        worker.stop()
    assert [(one.status, one.reason) for one in found] == [
        (CRASHED, "the process died (exit status 3)"),
        (HUNG, "no answer within 2 s"),
        (CRASHED, "the process died (exit status 1)"),
        (PASSED, ""),
    ]


def test_a_wreck_is_noticed() -> None:
    broken = Framework(BROKEN)
    assert works(broken)
    broken.torch.wrecked = True
    assert not works(broken)
    broken.torch.wrecked = False


def test_the_record_only_grows(tmp_path: Path) -> None:
    path = tmp_path / "ops.txt"
    passed = [Result("add", "float32", index, "forward", PASSED) for index in (0, 1, 2, 7)]
    record.write(path, record.passing(passed))
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ["add float32 forward 0-2,7"]
    assert record.read(path) == record.passing(passed)
    now = [
        *passed[:3],
        Result("add", "float32", 7, "forward", WRONG, "value: 1 instead of 2"),
        Result("add", "float32", 9, "forward", PASSED),
    ]
    assert record.lost(record.read(path), now) == ["add/float32/7 forward: wrong: value: 1 instead of 2"]
    assert record.lost(record.read(path), []) == []  # a name that was not run says nothing
    assert record.beyond(record.passing(now), record.read(path)) == {("add", "float32", "forward"): {9}}


def test_reasons_are_grouped_and_counted() -> None:
    results = [
        Result("add", "float32", 0, "forward", PASSED),
        Result("add", "float32", 1, "forward", ERROR, "ValueError: 3 of 7"),
        Result("mul", "float32", 1, "forward", ERROR, "ValueError: 4 of 9"),
        Result("mul", "float32", 1, "gradient", WRONG, "dtype: torch.int32 instead of torch.int64"),
        Result("mul", "float32", 2, "forward", EXCLUDED, "PyTorch: no"),
    ]
    found = report.summary("ops", "compat", results)
    assert found["checks"]["forward"] | {"names": 0} == {
        "count": 3, "passed": 1, "wrong": 0, "error": 2, "crashed": 0, "hung": 0, "share": 1 / 3, "mean of names": 1 / 4,
        "names complete": 0, "names": 0,
    }  # fmt: skip
    assert [(one["count"], one["reason"]) for one in found["reasons"]] == [
        (2, "error: ValueError: N of N"),
        (1, "wrong dtype: torch.int32 instead of torch.int64 (gradient)"),
    ]
    assert "| forward | 3 | 33.3 % | 0.0 % | 66.7 % |" in report.markdown(found)


def test_the_command_resumes_records_and_fails_on_a_loss(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    against, out = tmp_path / "record.txt", tmp_path / "out"
    common = ["optimizers", "SparseAdam", "--framework", "torch", "--out", str(out), "--against", str(against)]
    assert main([*common, "--record"]) == 0
    assert "checks are new in" in capsys.readouterr().out
    assert "SparseAdam mistakes error 0-6,9" in against.read_text(encoding="utf-8")
    against.write_text(against.read_text(encoding="utf-8") + "SparseAdam options steps 0\n", encoding="utf-8")
    assert main([*common, "--resume"]) == 1
    shown = capsys.readouterr()
    assert "passed before: SparseAdam/options/0 steps: declared: takes sparse gradients only" in shown.out
    assert shown.err == ""  # nothing was run again


def test_names_and_patterns() -> None:
    assert chosen(["nn.Linear", "div[floor]", "div"], ["nn.*", "div[floor]"]) == ["nn.Linear", "div[floor]"]
    assert chosen(["a", "b"], []) == ["a", "b"]
