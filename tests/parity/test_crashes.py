"""What ends a worker costs one case: its result says how it ended and on which side, and its neighbours are judged as ever."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from compat.errors import CompatError
from compat.parity import execute, pool, worker
from compat.parity.case import Case
from compat.parity.cases import cases
from compat.parity.compare import Result, ended
from compat.parity.pool import Lost, Worker, served
from compat.table.load import MAPPINGS
from compat.table.model import Difference, Table

# --- MindSpore's own crashes and hangs, as the table declares them ---

# Each was executed in a process of its own on MindSpore 2.10; `make parity` executes all of them again.
DECLARED = {
    "mindspore.ops.cholesky:shape-0x0", "mindspore.Tensor.cholesky:shape-0x0", "mindspore.ops.geqrf:shape-0x3",
    "mindspore.Tensor.geqrf:shape-0x3", "mindspore.ops.eig:shape-0x0", "mindspore.ops.eigvals:shape-0x0", "mindspore.ops.orgqr:shape-0x0",
    "mindspore.ops.lu_unpack:shape-0x0", "mindspore.ops.pinv:hermitian-0x0", "mindspore.ops.hfftn:s",
    "mindspore.ops.irfftn:s", "mindspore.ops.multi_margin_loss:empty-mean", "mindspore.ops.log_softmax:scalar",
}  # fmt: skip
# Between two neighbours each: how it ends.
ENDINGS = {
    "mindspore.ops.cholesky:shape-0x0": ("crashed", "the process died (SIGFPE)"),
    "mindspore.ops.pinv:hermitian-0x0": ("crashed", "the process died (SIGABRT)"),
    "mindspore.ops.hfftn:s": ("crashed", "the process died (SIGSEGV)"),
    "mindspore.ops.log_softmax:scalar": ("hung", "no answer within"),
}
NEIGHBOURS = ("mindspore.ops.square:base", "mindspore.ops.exp:base")


def test_every_known_crash_is_a_case_of_the_table(table: Table) -> None:
    crashing = {case.id for case in cases(table) if case.declared and case.declared.kind == "upstream-crash"}
    assert crashing == {f"mindspore:{one}" for one in DECLARED}


def test_a_crash_of_mindspore_costs_its_case_alone(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "HANG_SECONDS", 5.0)
    order = [id for one in ENDINGS for id in (NEIGHBOURS[0], one, NEIGHBOURS[1])]
    found = list(worker.run(_named(table, order), MAPPINGS, 2))
    assert sorted(f"mindspore:{id}" for id in order) == sorted(result.id for result in found)
    ends = {result.id: result for result in found if result.ending}
    assert {id: (end.ending, end.side, end.status) for id, end in ends.items()} == {
        f"mindspore:{id}": (ending, "reference", "declared") for id, (ending, _) in ENDINGS.items()
    }
    assert [id for id, (_, text) in ENDINGS.items() if text not in ends[f"mindspore:{id}"].detail] == []
    assert {result.status for result in found if result.id not in ends} == {"agrees"}


def _named(table: Table, ids: list[str]) -> list[Case]:
    known = {case.id: case for case in cases(table)}
    return [known[f"mindspore:{id}"] for id in ids]


# --- an error that a call leaves behind ---

# The parity worker, without `launch_blocking`. Two of MindSpore's functions start another operator besides, which fails later: of
# square, whose result is read then, and of initial_seed, which gives a number.
LATE = """
import sys
from compat.parity import worker
as_ever = worker.modules

def modules(*arguments):
    import mindspore
    mindspore.runtime.launch_blocking = lambda: None
    found = as_ever(*arguments)
    plant(mindspore.ops, "square", mindspore)
    plant(mindspore, "initial_seed", mindspore)
    return found

def plant(module, name, mindspore):
    plain = getattr(module, name)
    def planted(*arguments, **named):
        found = plain(*arguments, **named)
        mindspore.ops.log_softmax(mindspore.Tensor(1.0))
        return found
    setattr(module, name, planted)

worker.modules = modules
worker.main(sys.argv[1:])
"""


LEFT = {
    "mindspore.ops.exp:base": ("agrees", "", ""),
    "mindspore.initial_seed:base": ("differs", "late error", "reference"),
    "mindspore.ops.sqrt:base": ("agrees", "", ""),
    "mindspore.ops.square:base": ("differs", "", ""),
    "mindspore.ops.sin:base": ("agrees", "", ""),
    "mindspore.ops.log_softmax:scalar-from-the-end": ("declared", "", ""),
    "mindspore.ops.cos:base": ("agrees", "", ""),
}


def test_an_error_left_behind_belongs_to_the_call_that_left_it(table: Table) -> None:
    found = list(_by(LATE, _named(table, list(LEFT)), MAPPINGS))
    assert {result.id.removeprefix("mindspore:"): (result.status, result.ending, result.side) for result in found} == LEFT
    texts = {result.api: result.detail for result in found}
    assert "RuntimeError: could not create a primitive descriptor" in texts["mindspore.initial_seed"]
    assert "does not raise RuntimeError" in texts["mindspore.ops.square"]


# --- workers that go wrong in another way; these load no framework ---

CASES = [Case("mindspore", f"mindspore.ops.{name}", "torch.x", "base", None, {}, (), False) for name in ("first", "second", "third")]
FAKE = """
import json, os, resource, sys, time
from compat.parity.compare import Result
from compat.parity.pool import answer, tell

def judged(id):
    tell("reference")
    tell("subject")
    if id.endswith("second:base"):
        WRONG
    return json.dumps(Result(id, "mindspore", id, "row", "base", "mindspore", "agrees", ("forward",)).as_dict())

answer(lambda: judged)
"""
WRONG = {
    "its process is killed from outside": ("os.kill(os.getpid(), 9)", "crashed", "the process died (SIGKILL)"),
    "it ends without a word": ("os._exit(7)", "crashed", "the process died (exit status 7)"),
    "it has no memory left": (
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)); bytearray(1 << 31)", "crashed", "the process died (exit status 1)",
    ),
    "it answers what is no result": ("return 'Segmentation fault?'", "crashed", "the worker's answer is no result: Segmentation fault?"),
    "it answers half a result": ("return json.dumps({'id': id})", "crashed", "the worker's answer is no result: "),
    "it does not answer": ("time.sleep(60)", "hung", "no answer within 1 s"),
    "it tells without an end": ("while True: tell('subject'); time.sleep(0.1)", "hung", "no answer within 1 s"),
}  # fmt: skip


def _by(program: str, chosen: list[Case], *arguments: object, seconds: float = 60) -> Iterator[Result]:
    """The results of a worker of the given source."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return served(chosen, partial(worker.asked, seconds=seconds), command, 1)


@pytest.mark.parametrize(("wrong", "ending", "detail"), WRONG.values(), ids=WRONG)
def test_a_worker_goes_wrong_in_one_case(wrong: str, ending: str, detail: str) -> None:
    first, second, third = _by(FAKE.replace("WRONG", wrong), CASES, seconds=1)
    assert (first.status, second.status, third.status) == ("agrees", "differs", "agrees")
    assert second.ending == ending
    assert detail in second.detail


def test_what_a_worker_prints_is_no_answer() -> None:
    found = _by(FAKE.replace("WRONG", "print('hello'); os.write(1, b'{}\\n')"), CASES)
    assert [result.status for result in found] == ["agrees"] * 3


def test_a_worker_lost_between_two_cases_blames_no_side() -> None:
    one = Worker([sys.executable, "-c", FAKE.replace("WRONG", "pass")])
    list(worker.asked(one, CASES[0], 60))
    assert one.process is not None
    one.process.kill()
    one.process.wait()
    (lost,), (fine,) = (list(worker.asked(one, case, 60)) for case in CASES[1:])
    one.stop()
    assert (lost.status, lost.ending, lost.side) == ("differs", "crashed", "")
    assert fine.status == "agrees"


NO_START = {
    "it hangs at import": "import time; time.sleep(60)",
    "it dies at import": "import no_such_module_of_anyone",
    "it prints before it is ready": "print('hello', flush=True); import time; time.sleep(60)",
    "it is killed at import": "import os; os.kill(os.getpid(), 9)",
}


@pytest.mark.parametrize("program", NO_START.values(), ids=NO_START)
def test_a_worker_that_does_not_start_ends_the_run_with_what_to_do(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "START_SECONDS", 1.0)
    with pytest.raises(CompatError, match=r"a worker did not start: run `python -c .*` to see why"):
        list(_by(program, CASES))


def test_memory_that_is_gone_is_no_outcome() -> None:
    def exhausted() -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        execute.outcome(CASES[0], SimpleNamespace(Tensor=object, set_seed=int, ops=SimpleNamespace(first=exhausted)), CASES[0].api)


# --- what a declaration covers ---

COVERED = {
    "MindSpore's crash": ("mindspore", "upstream-crash", "reference", "declared"),
    "MindSpore's crash under compat.torch": ("torch", "upstream-crash", "subject", "declared"),
    "MindSpore's crash where it is undefined what it does": ("mindspore", "undefined", "reference", "declared"),
    "ours, under the name of MindSpore": ("mindspore", "upstream-crash", "subject", "differs"),
    "ours, where values differ": ("torch", "upstream-wrong", "subject", "differs"),
}


@pytest.mark.parametrize(("imitated", "kind", "side", "status"), COVERED.values(), ids=COVERED)
def test_a_declaration_hides_no_crash_of_ours(imitated: str, kind: str, side: str, status: str) -> None:
    declared = Difference(imitated=imitated, fixtures=["base"], kind=kind, en="x", zh="x")  # type: ignore[arg-type]
    case = replace(CASES[0], imitated=imitated, declared=declared)  # type: ignore[arg-type]
    assert ended(case, "crashed", side, "SIGSEGV").status == status  # type: ignore[arg-type]


def test_after_a_crash_of_the_reference_the_other_side_is_held_against_pytorch(table: Table) -> None:
    (case,) = _named(table, ["mindspore.ops.cholesky:shape-0x0"])
    asked: list[str] = []
    answers = {"agrees": "declared", "differs": "differs"}
    for against_torch, verdict in answers.items():

        class Crashing:
            def ask(self, request: str, _seconds: float) -> str:
                asked.append(request)
                if request.startswith(worker.WITHOUT):
                    return json.dumps(replace(_result(case), status=against_torch).as_dict())  # noqa: B023
                raise Lost("the process died (SIGFPE)", hung=False, told="reference")

        (found,) = worker.asked(Crashing(), case, 60)  # type: ignore[arg-type]
        assert (found.status, found.ending, found.side) == (verdict, "crashed", "reference")
    assert asked == [case.id, worker.WITHOUT + case.id] * 2


def _result(case: Case) -> Result:
    return Result(case.id, case.imitated, case.api, case.row, case.fixture, "torch", "agrees", ("forward",))
