"""Cases → results: each is judged in a worker process that has imported both frameworks once, so that a crash costs one case.

Run as `python -m compat.parity.worker FOLDER`; reads from standard input a case a line, by its id or as JSON data, writes one JSON line per case.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from compat import frameworks
from compat.elementwise import shortened
from compat.parity import op_db
from compat.parity.case import Case, as_json, from_json
from compat.parity.cases import cases
from compat.parity.compare import Result, Side, Status, compare, ended, read
from compat.parity.execute import Outcome, outcome
from compat.parity.inputs import drawn
from compat.parity.pool import Lost, Worker, answer, served, tell
from compat.table.load import load

CASE_SECONDS = 60.0
HANG_SECONDS = 10.0  # for a call that is declared to hang
UPSTREAM = ("upstream-wrong", "upstream-missing", "upstream-crash", "undefined")
WITHOUT = "without the reference "  # before a case's id: hold it against PyTorch


def run(cases: list[Case], folder: Path, jobs: int, seconds: float = CASE_SECONDS) -> Iterator[Result]:
    """Judge every case, on up to `jobs` processes, each at most so long; the results as they are ready, in any order.

    PyTorch's samples come last, in processes of their own: reading them changes flags of torch.
    """
    for samples in (False, True):
        if some := [case for case in cases if (case.origin == "sample") == samples]:
            yield from served(some, partial(asked, seconds=seconds), command(folder, samples=samples), jobs)


def command(folder: Path, *, samples: bool = False) -> list[str]:
    """What starts a worker that knows the table in `folder`, and PyTorch's samples."""
    return [sys.executable, "-m", "compat.parity.worker", str(folder), *(["samples"] if samples else [])]


def asked(worker: Worker, case: Case, seconds: float) -> Iterator[Result]:
    """The result of one case from a worker, also where the worker is lost over it."""
    hangs = case.declared is not None and case.declared.kind == "upstream-crash"
    try:
        yield read(json.loads(worker.ask(_request(case), HANG_SECONDS if hangs else seconds)))
    except Lost as loss:
        yield _without_reference(worker, case, loss, seconds) if loss.told == "reference" else _lost(case, loss)


def _request(case: Case) -> str:
    """A case of the table by its id, any other as data."""
    return case.id if case.origin == "table" else as_json(case)


def _without_reference(worker: Worker, case: Case, loss: Lost, seconds: float) -> Result:
    """The verdict on a case whose reference ended the process or hung: the other side is held against PyTorch, if that can stand in."""
    found = _lost(case, loss)
    if case.torch_case is None or case.torch_case.declared is not None:
        return found
    try:
        instead = read(json.loads(worker.ask(WITHOUT + _request(case), seconds)))
    except Lost as again:
        return _lost(case, again)
    if instead.status == "agrees":
        return found
    return replace(found, status="differs", detail=f"{found.detail}; against PyTorch: {instead.detail}", parts=instead.parts)


def _lost(case: Case, loss: Lost) -> Result:
    side: Side = "reference" if loss.told == "reference" else "subject" if loss.told == "subject" else ""
    return ended(case, "hung" if loss.hung else "crashed", side, str(loss))


def main(arguments: list[str]) -> None:
    """Serve cases of the table in the given folder, with `samples` behind it those of PyTorch too, until standard input ends."""
    known = {case.id: case for case in cases(load(Path(arguments[0])))}
    answer(lambda: partial(_answered, known, _modules(samples="samples" in arguments[1:])))


def _answered(known: dict[str, Case], modules: dict[str, ModuleType], request: str) -> str:
    began = time.perf_counter()
    text = request.removeprefix(WITHOUT)
    case = from_json(text) if text.startswith("{") else known[text]
    result = _against_torch(case, modules) if request.startswith(WITHOUT) else judged(case, modules)
    return json.dumps(replace(result, seconds=round(time.perf_counter() - began, 4)).as_dict())


def _modules(*, samples: bool) -> dict[str, ModuleType]:
    torch, mindspore = frameworks.load("torch"), frameworks.load("mindspore")
    if samples:
        op_db.infos()  # it takes seconds, which are not those of a case
    torch.set_num_threads(1)
    mindspore.runtime.launch_blocking()  # a MindSpore error otherwise surfaces in a later, unrelated call
    import compat.mindspore
    import compat.torch

    return {"torch": torch, "mindspore": mindspore, "compat.torch": compat.torch, "compat.mindspore": compat.mindspore}


def judged(case: Case, modules: dict[str, ModuleType]) -> Result:
    """Run a case on its reference and on this project, and compare."""
    if case.reference == "torch":
        return compare(case, _torch_outcome(case, modules), _subject(case, modules))
    # An older spelling exists on our side only: today's MindSpore is called by today's names.
    today = Case(**{**case.__dict__, "style": "keyword", "renamed": {}}) if case.style == "older" else case
    tell("reference")
    reference = _alone(today, modules)
    if late := _left_behind(modules):
        return ended(case, "late error", "reference", late)
    subject = _subject(case, modules)
    if late := _left_behind(modules):
        return ended(case, "late error", "subject", late)
    found = compare(case, reference, subject)
    if found.status in ("differs", "stale") and case.imitated == "mindspore":
        found = _unsettled(case, today, modules, subject, found)
    if case.origin != "table" and found.status == "differs" and case.torch_case is not None:
        return _placed(case, modules, reference, subject, found)
    if _needs_second_reference(case, found):
        instead = compare(replace(case, declared=None, reference="torch"), _torch_outcome(case, modules), subject)
        return found if instead.status == "agrees" else instead
    return found


def _placed(case: Case, modules: dict[str, ModuleType], reference: Outcome, subject: Outcome, found: Result) -> Result:
    """The result of a drawn call, with a word on where PyTorch stands.

    What MindSpore refuses, PyTorch computes and ours gives alike is a limit of MindSpore's kernels, with nothing to compare.
    """
    instead = compare(replace(case, reference="torch"), _torch_outcome(case, modules), subject)
    if instead.status != "agrees":
        return replace(found, detail=f"{found.detail}; against PyTorch: {instead.detail}")
    status: Status = "refused" if reference.error and not subject.error else "differs"
    return replace(found, status=status, detail=f"{found.detail}; PyTorch agrees with ours")


def _subject(case: Case, modules: dict[str, ModuleType]) -> Outcome:
    tell("subject")
    return outcome(case, modules[f"compat.{case.imitated}"], case.api)


def _against_torch(case: Case, modules: dict[str, ModuleType]) -> Result:
    return compare(replace(case, declared=None, reference="torch"), _torch_outcome(case, modules), _subject(case, modules))


def _left_behind(modules: dict[str, ModuleType]) -> str:
    """The text of an error that a call has left for a later one to raise; empty where there is none. It is gone afterwards."""
    found = ""
    for _ in range(3):
        try:
            modules["mindspore"].runtime.synchronize()
        except Exception as error:
            found = found or f"{type(error).__name__}: {shortened(str(error))}"
        else:
            break
    return found


def _unsettled(case: Case, today: Case, modules: dict[str, ModuleType], subject: Outcome, found: Result) -> Result:
    """The verdict where MindSpore itself does not say the same each time; `found`, where it does.

    Its kernels on CPU leave results of tensors without elements as the memory was, so that PyTorch's are the reference then; and a
    call may raise an error that an earlier one left behind, so that it is asked again.
    """
    again = compare(case, _alone(today, modules), subject)
    if again.status not in ("differs", "stale"):
        return again
    if case.declared is None and case.torch_case is not None and any(map(_empty, drawn(case.call).values())):
        instead = compare(replace(case, reference="torch"), _torch_outcome(case, modules), subject)
        return instead if instead.status == "agrees" else found
    return found


def _empty(value: Any) -> bool:
    """Whether it is an array without elements, or a list that has one."""
    return any(map(_empty, value)) if isinstance(value, list) else isinstance(value, np.ndarray) and not value.size


def _alone(case: Case, modules: dict[str, ModuleType]) -> Outcome:
    """The call in the imitated framework as it is without this project.

    compat.torch has MindSpore record all operations, under which a compiled function of MindSpore's own assigns to no parameter.
    """
    if case.imitated == "torch":
        return outcome(case, modules["torch"], case.api)
    from compat.torch_on_mindspore.engine import record

    record(False)
    found = outcome(case, modules["mindspore"], case.api)
    record()
    return found


def _needs_second_reference(case: Case, found: Result) -> bool:
    """Where MindSpore's own result is no guide PyTorch's is, unless it is none either: a declaration must hide no mistake of ours."""
    if found.status != "declared" or case.declared is None or case.torch_case is None:
        return False
    return case.declared.kind in UPSTREAM and case.torch_case.declared is None


def _torch_outcome(case: Case, modules: dict[str, ModuleType]) -> Outcome:
    assert case.torch_case is not None
    return outcome(case.torch_case, modules["torch"], case.torch_case.api)


if __name__ == "__main__":
    main(sys.argv[1:])
