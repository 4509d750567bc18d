"""Cases → results: each is judged in a worker process that has imported the frameworks once, so that a crash costs one case.

Run as `python -m compat.parity.worker FOLDER`; reads from standard input a case a line, by its id or as JSON data, and writes one line per
case: a result as JSON, or, where a side is to be recorded, what it gave.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from compat.elementwise import shortened
from compat.errors import CompatError
from compat.parity import bundle, op_db
from compat.parity.bundle import Bundle, Entry
from compat.parity.case import Case, as_json, from_json
from compat.parity.cases import cases
from compat.parity.compare import Result, Side, Status, compare, ended
from compat.parity.engines import Engine, local
from compat.parity.execute import Outcome
from compat.parity.inputs import drawn
from compat.parity.pool import Lost, Worker, answer
from compat.parity.results import line, parsed as result_of
from compat.parity.sides import Halves, Live, Role, Setting, Sides, framework_of, inputs_of, modules, parsed, placed, roles
from compat.table.load import load

CASE_SECONDS = 60.0
HANG_SECONDS = 10.0  # for a call that is declared to hang
UPSTREAM = ("upstream-wrong", "upstream-missing", "upstream-crash", "undefined")
# What may stand before a case's id in a request: hold it against PyTorch; give what a side gives, and its inputs.
WITHOUT = "without the reference "
RECORD: dict[Role, str] = {role: f"record the {role} " for role in ("reference", "subject", "instead")}


def run(
    cases: Sequence[Case],
    folder: Path,
    jobs: int = 1,
    seconds: float = CASE_SECONDS,
    setting: Setting | None = None,
    engine: Engine | None = None,
) -> Iterator[Result]:
    """Judge every case, each in at most so long; the results as they are ready, in any order.

    They run on up to `jobs` processes that know the table in `folder`, unless a `setting` or an `engine` says otherwise. PyTorch's
    samples come last, in processes of their own: reading them changes flags of torch.
    """
    setting = setting or Setting(folder)
    for samples in (False, True):
        if some := [case for case in cases if (case.origin == "sample") == samples]:
            one = replace(setting, samples=samples)
            yield from (engine or local(jobs))(_placed(some, one), partial(asked, seconds=seconds), one)


def record(cases: Sequence[Case], setting: Setting, engine: Engine, seconds: float = CASE_SECONDS) -> Iterator[Entry]:
    """What the one framework of `setting` gives for every case, as it is ready, in any order."""
    wanted = partial(_recorded, framework=setting.frameworks[0], seconds=seconds)
    yield from engine(_placed(cases, setting), wanted, setting)


def _placed(cases: Sequence[Case], setting: Setting) -> list[Case]:
    """The cases as they are judged between the devices of both sides."""
    devices = setting.devices(bundle.manifest(setting.bundle).device if setting.bundle else "cpu")
    return [placed(case, devices) for case in cases]


def asked(worker: Worker, case: Case, seconds: float) -> Iterator[Result]:
    """The result of one case from a worker, also where the worker is lost over it."""
    try:
        yield _result(worker, _request(case), _limit(case, seconds))
    except Lost as loss:
        yield _without_reference(worker, case, loss, seconds) if loss.told == "reference" else _lost(case, loss)


def _limit(case: Case, seconds: float) -> float:
    hangs = case.declared is not None and case.declared.kind == "upstream-crash"
    return HANG_SECONDS if hangs else seconds


def _request(case: Case) -> str:
    """A case of the table by its id, any other as data."""
    return case.id if case.origin == "table" else as_json(case)


def _without_reference(worker: Worker, case: Case, loss: Lost, seconds: float) -> Result:
    """The verdict on a case whose reference ended the process or hung: the other side is held against PyTorch, if that can stand in."""
    found = _lost(case, loss)
    if not _has_stand_in(case):
        return found
    try:
        return _unless_apart(found, _result(worker, WITHOUT + _request(case), seconds))
    except Lost as again:
        return _lost(case, again)


def _has_stand_in(case: Case) -> bool:
    return case.torch_case is not None and case.torch_case.declared is None


def _unless_apart(found: Result, instead: Result) -> Result:
    """`found`, where the reference is lost, unless the comparison with PyTorch, `instead`, says more."""
    if instead.status == "agrees":
        return found
    if instead.ending:
        return instead
    return replace(found, status="differs", detail=f"{found.detail}; against PyTorch: {instead.detail}", parts=instead.parts)


def _result(worker: Worker, request: str, seconds: float) -> Result:
    """The answer to a request; Lost also where it is no result, after which the worker is another."""
    answered = worker.ask(request, seconds)
    try:
        return result_of(answered, request)
    except CompatError:
        worker.stop()
        raise Lost(f"the worker's answer is no result: {shortened(answered)}", hung=False) from None


def _side(worker: Worker, request: str, seconds: float) -> Entry:
    """The same for the request to record a side; CompatError for what a bundle can't hold."""
    answered = worker.ask(request, seconds)
    try:
        return bundle.received(answered)
    except ValueError:
        worker.stop()
        raise Lost(f"the worker's answer is no outcome: {shortened(answered)}", hung=False) from None


def _lost(case: Case, loss: Lost) -> Result:
    side: Side = "reference" if loss.told == "reference" else "subject" if loss.told == "subject" else ""
    return ended(case, "hung" if loss.hung else "crashed", side, str(loss))


def _recorded(worker: Worker, case: Case, framework: bundle.Framework, seconds: float) -> Iterator[Entry]:
    """What a framework gives for a case, a request for each side, so that a loss is that side's."""
    found = Entry(case.id, "", inputs_of(case))
    for role in roles(case, framework):
        try:
            entry = _side(worker, RECORD[role] + case.id, _limit(case, seconds))
            found = replace(entry, outcomes={**found.outcomes, **entry.outcomes})
        except Lost as loss:
            lost = Outcome(ending="hung" if loss.hung else "crashed", message=str(loss))
            found = replace(found, outcomes={**found.outcomes, role: lost})
    yield found


def main(arguments: list[str]) -> None:
    """Serve cases of the table in the given folder until standard input ends."""
    setting = parsed(arguments)
    known = {case.id: case for case in _placed(cases(load(setting.table)), setting)}
    answer(lambda: _answers(known, setting))


def _answers(known: dict[str, Case], setting: Setting) -> Callable[[str], str]:
    live = Live(modules(setting.frameworks, setting.devices()))
    if setting.samples:
        op_db.infos()  # it takes seconds, which are not those of a case
    return partial(_answered, known, live if setting.bundle is None else Halves(live, Bundle(setting.bundle, verify=False)))


def _answered(known: dict[str, Case], sides: Sides, request: str) -> str:
    began = time.perf_counter()
    for role, before in RECORD.items():
        if request.startswith(before):
            return bundle.sent(_entry(known[request.removeprefix(before)], role, sides))
    text = request.removeprefix(WITHOUT)
    case = from_json(text) if text.startswith("{") else known[text]
    if request.startswith(WITHOUT):
        result = _against_torch(case, sides, sides.outcome(case, "subject"))
    else:
        result = judged(case, sides)
    return line(replace(result, seconds=round(time.perf_counter() - began, 4)))


def _entry(case: Case, role: Role, sides: Sides) -> Entry:
    """What a side gives, and gives again, if that is not the same."""
    found: dict[str, Outcome] = {role: sides.outcome(case, role)}
    if role == "reference" and framework_of(case, role) == "mindspore" and not _same(again := sides.outcome(case, "again"), found[role]):
        found["again"] = again
    return Entry(case.id, "", inputs_of(case), found)


def _same(one: Outcome, other: Outcome) -> bool:
    (said, arrays), (others, theirs) = bundle.split(one), bundle.split(other)
    return said == others and all(array.tobytes() == theirs[name].tobytes() for name, array in arrays.items())


def judged(case: Case, sides: Sides) -> Result:
    """Hold this project's side of a case against the reference."""
    if case.reference == "torch":
        return _against(case, sides.outcome(case, "instead"), sides.outcome(case, "subject"), "")
    reference = sides.outcome(case, "reference")
    if reference.ending:
        found = ended(case, reference.ending, "reference", reference.message)
        lost = reference.ending != "late error" and _has_stand_in(case)
        return _unless_apart(found, _against_torch(case, sides, sides.outcome(case, "subject"))) if lost else found
    subject = sides.outcome(case, "subject")
    found = _against(case, reference, subject)
    if subject.ending:
        return found
    if found.status in ("differs", "stale") and case.imitated == "mindspore":
        found = _unsettled(case, sides, subject, found)
    if case.origin != "table" and found.status == "differs" and case.torch_case is not None:
        return _beside_torch(case, sides, reference, subject, found)
    if _needs_second_reference(case, found):
        instead = _against_torch(case, sides, subject)
        return found if instead.status == "agrees" else instead
    return found


def _against(case: Case, reference: Outcome, subject: Outcome, side: Side = "reference") -> Result:
    """The comparison of two outcomes, or that one did not end as it should; `side` says what the first is."""
    if reference.ending:
        return ended(case, reference.ending, side, reference.message)
    return ended(case, subject.ending, "subject", subject.message) if subject.ending else compare(case, reference, subject)


def _beside_torch(case: Case, sides: Sides, reference: Outcome, subject: Outcome, found: Result) -> Result:
    """The result of a drawn call, with a word on where PyTorch stands.

    What MindSpore refuses, PyTorch computes and ours gives alike is a limit of MindSpore's kernels, with nothing to compare.
    """
    instead = _against(replace(case, reference="torch"), sides.outcome(case, "instead"), subject, "")
    if instead.status != "agrees":
        return replace(found, detail=f"{found.detail}; against PyTorch: {instead.detail}")
    status: Status = "refused" if reference.error and not subject.error else "differs"
    return replace(found, status=status, detail=f"{found.detail}; PyTorch agrees with ours")


def _against_torch(case: Case, sides: Sides, subject: Outcome) -> Result:
    """The comparison with PyTorch's own result of the call, which no declaration excuses."""
    instead = sides.outcome(case, "instead")
    well = not (instead.ending or subject.ending)
    return _against(replace(case, declared=None, reference="torch") if well else case, instead, subject, "")


def _unsettled(case: Case, sides: Sides, subject: Outcome, found: Result) -> Result:
    """The verdict where MindSpore itself does not say the same each time; `found`, where it does.

    Its kernels on CPU leave results of tensors without elements as the memory was, so that PyTorch's are the reference then; and a
    call may raise an error that an earlier one left behind, so that it is asked again.
    """
    again = _against(case, sides.outcome(case, "again"), subject)
    if again.status not in ("differs", "stale"):
        return again
    if case.declared is None and case.torch_case is not None and any(map(_empty, drawn(case.call).values())):
        instead = _against_torch(case, sides, subject)
        return instead if instead.status == "agrees" else found
    return found


def _empty(value: Any) -> bool:
    """Whether it is an array without elements, or a list that has one."""
    return any(map(_empty, value)) if isinstance(value, list) else isinstance(value, np.ndarray) and not value.size


def _needs_second_reference(case: Case, found: Result) -> bool:
    """Where MindSpore's own result is no guide PyTorch's is, unless it is none either: a declaration must hide no mistake of ours."""
    if found.status != "declared" or case.declared is None or case.torch_case is None:
        return False
    return case.declared.kind in UPSTREAM and case.torch_case.declared is None


if __name__ == "__main__":
    main(sys.argv[1:])
