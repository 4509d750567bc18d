"""Cases → results: each is judged in a worker process that has imported both frameworks once, so that a crash costs one case.

Run as `python -m compat.parity.worker FOLDER`; reads case ids from standard input, writes one JSON line per case.
"""

from __future__ import annotations

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
from compat.errors import CompatError
from compat.parity.case import Case
from compat.parity.cases import cases
from compat.parity.compare import Result, Side, compare, ended
from compat.parity.execute import Outcome, outcome
from compat.parity.inputs import drawn
from compat.parity.pool import Lost, Worker, answer, served, tell
from compat.parity.results import line, parsed
from compat.table.load import load

CASE_SECONDS = 60.0
HANG_SECONDS = 10.0  # for a call that is declared to hang
UPSTREAM = ("upstream-wrong", "upstream-missing", "upstream-crash", "undefined")
WITHOUT = "without the reference "  # before a case's id: hold it against PyTorch


def run(cases: list[Case], folder: Path, jobs: int, seconds: float = CASE_SECONDS) -> Iterator[Result]:
    """Judge every case, on up to `jobs` processes, each at most so long; the results as they are ready, in any order."""
    command = [sys.executable, "-m", "compat.parity.worker", str(folder)]
    yield from served(cases, partial(_asked, seconds=seconds), command, jobs)


def _asked(worker: Worker, case: Case, seconds: float) -> Iterator[Result]:
    hangs = case.declared is not None and case.declared.kind == "upstream-crash"
    try:
        yield _result(worker, case.id, HANG_SECONDS if hangs else seconds)
    except Lost as loss:
        yield _without_reference(worker, case, loss, seconds) if loss.told == "reference" else _lost(case, loss)


def _without_reference(worker: Worker, case: Case, loss: Lost, seconds: float) -> Result:
    """The verdict on a case whose reference ended the process or hung: the other side is held against PyTorch, if that can stand in."""
    found = _lost(case, loss)
    if case.torch_case is None or case.torch_case.declared is not None:
        return found
    try:
        instead = _result(worker, WITHOUT + case.id, seconds)
    except Lost as again:
        return _lost(case, again)
    if instead.status == "agrees":
        return found
    return replace(found, status="differs", detail=f"{found.detail}; against PyTorch: {instead.detail}", parts=instead.parts)


def _result(worker: Worker, request: str, seconds: float) -> Result:
    """The answer to a request; Lost also where it is no result, after which the worker is another."""
    answered = worker.ask(request, seconds)
    try:
        return parsed(answered, request)
    except CompatError:
        worker.stop()
        raise Lost(f"the worker's answer is no result: {shortened(answered)}", hung=False) from None


def _lost(case: Case, loss: Lost) -> Result:
    side: Side = "reference" if loss.told == "reference" else "subject" if loss.told == "subject" else ""
    return ended(case, "hung" if loss.hung else "crashed", side, str(loss))


def main(arguments: list[str]) -> None:
    """Serve cases of the table in the given folder until standard input ends."""
    known = {case.id: case for case in cases(load(Path(arguments[0])))}
    answer(lambda: partial(_answered, known, _modules()))


def _answered(known: dict[str, Case], modules: dict[str, ModuleType], request: str) -> str:
    began = time.perf_counter()
    if request.startswith(WITHOUT):
        result = _against_torch(known[request.removeprefix(WITHOUT)], modules)
    else:
        result = judged(known[request], modules)
    return line(replace(result, seconds=round(time.perf_counter() - began, 4)))


def _modules() -> dict[str, ModuleType]:
    torch, mindspore = frameworks.load("torch"), frameworks.load("mindspore")
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
    reference = _alone(today, modules)
    if late := _left_behind(modules):
        return ended(case, "late error", "reference", late)
    subject = _subject(case, modules)
    if late := _left_behind(modules):
        return ended(case, "late error", "subject", late)
    found = compare(case, reference, subject)
    if found.status in ("differs", "stale") and case.imitated == "mindspore":
        found = _unsettled(case, today, modules, subject, found)
    if _needs_second_reference(case, found):
        instead = compare(replace(case, declared=None, reference="torch"), _torch_outcome(case, modules), subject)
        return found if instead.status == "agrees" else instead
    return found


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
    tell("reference")
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
    tell("reference")
    return outcome(case.torch_case, modules["torch"], case.torch_case.api)


if __name__ == "__main__":
    main(sys.argv[1:])
