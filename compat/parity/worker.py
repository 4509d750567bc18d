"""Cases → results: each is judged in a worker process that has imported both frameworks once, so that a crash costs one case.

Run as `python -m compat.parity.worker FOLDER`; reads case ids from standard input, writes one JSON line per case.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from compat import frameworks
from compat.parity.cases import Case, cases
from compat.parity.compare import Result, compare, crashed
from compat.parity.execute import Outcome, outcome
from compat.parity.inputs import drawn
from compat.parity.pool import Lost, Worker, answer, served
from compat.table.load import load

CASE_SECONDS = 60.0
UPSTREAM = ("upstream-wrong", "upstream-missing", "undefined")


def run(cases: list[Case], folder: Path, workers: int, progress: Callable[[int, int], None]) -> list[Result]:
    """Judge every case, on up to `workers` processes; `progress` is told how many of how many are done. Results in case order."""
    found: dict[str, Result] = {}
    for result in served(cases, _asked, [sys.executable, "-m", "compat.parity.worker", str(folder)], workers):
        found[result.id] = result
        progress(len(found), len(cases))
    return [found[case.id] for case in cases]


def _asked(worker: Worker, case: Case) -> Iterator[Result]:
    try:
        fields = json.loads(worker.ask(case.id, CASE_SECONDS))
    except Lost as loss:
        yield crashed(case, str(loss))
    else:
        yield Result(**{**fields, "checks": tuple(fields["checks"])})


def main(arguments: list[str]) -> None:
    """Serve cases of the table in the given folder until standard input ends."""
    known = {case.id: case for case in cases(load(Path(arguments[0])))}
    answer(lambda: partial(_answered, known, _modules()))


def _answered(known: dict[str, Case], modules: dict[str, ModuleType], request: str) -> str:
    return json.dumps(judged(known[request], modules).as_dict())


def _modules() -> dict[str, ModuleType]:
    torch, mindspore = frameworks.load("torch"), frameworks.load("mindspore")
    torch.set_num_threads(1)
    mindspore.runtime.launch_blocking()  # a MindSpore error otherwise surfaces in a later, unrelated call
    import compat.mindspore
    import compat.torch

    return {"torch": torch, "mindspore": mindspore, "compat.torch": compat.torch, "compat.mindspore": compat.mindspore}


def judged(case: Case, modules: dict[str, ModuleType]) -> Result:
    """Run a case on its reference and on this project, and compare."""
    subject = outcome(case, modules[f"compat.{case.imitated}"], case.api)
    if case.reference == "torch":
        return compare(case, _torch_outcome(case, modules), subject)
    # An older spelling exists on our side only: today's MindSpore is called by today's names.
    today = Case(**{**case.__dict__, "style": "keyword", "renamed": {}}) if case.style == "older" else case
    found = compare(case, _alone(today, modules), subject)
    if found.status in ("differs", "stale") and case.imitated == "mindspore":
        found = _unsettled(case, today, modules, subject, found)
    if _needs_second_reference(case, found):
        instead = compare(replace(case, declared=None, reference="torch"), _torch_outcome(case, modules), subject)
        return found if instead.status == "agrees" else instead
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
