"""Every call that `port` may write for a row → the record of what agrees, executed in worker processes.

Run as `python -m compat.port.evidence.executing FOLDER` it is such a worker: it reads a call a line, `CASE COUNTERPART`, and answers with what it shows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from compat.errors import UsageError
from compat.parity.case import Case
from compat.parity.cases import cases
from compat.parity.pool import Lost, Worker, answer, served
from compat.parity.sides import BOTH, modules
from compat.port.calls.candidates import candidates
from compat.port.evidence.execution import Frameworks, Judge
from compat.port.evidence.record import Record, Shown
from compat.port.evidence.recording import Known, changed, gathered, gone
from compat.port.evidence.variations import varied
from compat.port.evidence.written import given, is_written, special, tensors
from compat.scan.verdicts import METHOD
from compat.table.load import load
from compat.table.model import Counterpart, Row, Table

SECONDS = 30.0
DEVICE = "CPU"
NOTHING = "null"


@dataclass(frozen=True)
class Call:
    """A case, what is unusual about its tensors, and the counterparts that may stand in its place."""

    case: Case
    special: str
    row: Row
    counterparts: tuple[Counterpart, ...]


def calls(table: Table, patterns: Sequence[str] = ()) -> list[Call]:
    """Every call to try, of the APIs that match a pattern (shell globs; all without one); UsageError for a pattern that matches none."""
    of_torch = [case for case in cases(table) if case.imitated == "torch" and is_written(case, table.rows[case.row])]
    bases = {case.row: case for case in reversed(of_torch) if case.fixture == "base"}
    usual = {row: tensors(bases[row]) if row in bases else {} for row in {case.row: None for case in of_torch}}
    rows = {case.row for case in of_torch if not patterns or any(_matches(case, pattern) for pattern in patterns)}
    chosen = [case for case in of_torch if case.row in rows]  # a row is on record as a whole, whichever of its names was given
    for pattern in patterns:
        if not any(_matches(case, pattern) for case in chosen):
            raise UsageError(f"{pattern}: no API that port may rewrite matches; names look like torch.nn.functional.softmax")
    found = [call for case in chosen for call in _calls(case, usual[case.row], table)]
    return list({call.case.id: call for call in found if call.counterparts}.values())


def _calls(case: Case, usual: Mapping[str, Any], table: Table) -> Iterator[Call]:
    """The case, and where its tensors are what they usually are, its variations, each in all forms."""
    row = table.rows[case.row]
    if not row.mindspore:
        return
    unusual = special(case, usual)
    for one in (case, *(() if unusual or case.api != row.torch else varied(case, row.parameters))):
        for form in _in_forms(one, table):
            yield Call(form, unusual, row, _counterparts(form, table))


def _matches(case: Case, pattern: str) -> bool:
    return fnmatchcase(case.api, pattern) or fnmatchcase(case.row, pattern)


def _in_forms(case: Case, table: Table) -> Iterator[Case]:
    """The case, and if it is of the row's own name, the same call as a method of the tensor."""
    yield case
    row = table.rows[case.row]
    if case.api == row.torch and "method" in row.forms and case.fixture != "base":
        yield replace(case, api=f"{METHOD}{row.torch.rpartition('.')[2]}", style="method")


def _counterparts(case: Case, table: Table) -> tuple[Counterpart, ...]:
    """Those to try. A method that becomes a function is the function's call, which is tried with every fixture under the row's own name."""
    row = table.rows[case.row]
    alone = case.fixture == "base" or case.api == row.torch
    return tuple(each for each in candidates(case.api, row, DEVICE) if alone or each.is_method)


def run(chosen: Iterable[Call], folder: Path, jobs: int = 1, seconds: float = SECONDS) -> Iterator[tuple[Call, dict[str, Shown]]]:
    """What each call shows of its counterparts, in any order, on up to `jobs` processes that know the table in `folder`."""
    yield from served(chosen, partial(_asked, seconds=seconds), [sys.executable, "-m", "compat.port.evidence.executing", str(folder)], jobs)


def _asked(worker: Worker, call: Call, seconds: float) -> Iterator[tuple[Call, dict[str, Shown]]]:
    found = {}
    for counterpart in call.counterparts:
        try:
            answered = worker.ask(f"{call.case.id} {counterpart.api}", seconds)
        except Lost as loss:
            # An error can be seen; a process that ends takes the program with it.
            about = given(call.case, call.row.parameters)
            found[counterpart.api] = Shown(fixture=call.case.fixture, status="differs", given=about, special=call.special, detail=str(loss))
            continue
        if answered != NOTHING:
            found[counterpart.api] = msgspec.json.decode(answered, type=Shown)
    yield call, found


def recorded(found: Iterable[tuple[Call, dict[str, Shown]]]) -> Record:
    """The record of what was found: for each row and counterpart the calls in the order of the table's, each kind once."""
    return gathered((call.case.row, counterpart, one) for call, shown in found for counterpart, one in shown.items())


def renewed(known: Known, found: Record, chosen: Iterable[Call], table: Table, *, whole: bool) -> Record:
    """The record with what was found of the rows of `chosen` in the place of what it said of them; what the table has no more is gone."""
    tried = {call.case.row for call in chosen}
    there = set() if whole else {call.case.row for call in calls(table)}
    kept = {row: dict(shown) for row, shown in known.items() if row not in tried and row in there}
    return dict(
        sorted({**kept, **{row: shown if changed(known, found, row) else dict(known[row]) for row, shown in found.items()}}.items())
    )


def stale(record: Known, table: Table) -> list[str]:
    """A line for each entry of the record that speaks of a call which the table does not have any more."""
    there = {(call.case.row, each.api, call.case.fixture) for call in calls(table) for each in call.counterparts}
    return gone(record, "mindspore", lambda *call: call in there)


def main(arguments: list[str]) -> None:
    """Serve calls of the table in the given folder until standard input ends."""
    known = {call.case.id: call for call in calls(load(Path(arguments[0])))}
    answer(lambda: _answers(known))


def _answers(known: dict[str, Call]) -> Callable[[str], str]:
    judge = Judge(frameworks())
    return partial(_answered, known, judge)


def frameworks() -> Frameworks:
    """Both frameworks as a ported program and PyTorch's own have them."""
    loaded = modules(BOTH, {"torch": "cpu", "mindspore": "cpu"})
    from compat.native import mindspore as native
    from compat.native.calls import wrapped

    def method(name: str, tensor: Any) -> Any:
        found = getattr(loaded["mindspore"].Tensor, name)
        return found.__get__(tensor) if isinstance(found, property) else partial(wrapped(found), tensor)

    return Frameworks(loaded["torch"], loaded["compat.torch"], native, loaded["mindspore"], method)


def _answered(known: dict[str, Call], judge: Judge, request: str) -> str:
    case_id, _, api = request.rpartition(" ")
    call = known[case_id]
    counterpart = next(each for each in call.counterparts if each.api == api)
    base = known.get(f"{call.case.imitated}:{call.row.torch}:base")
    shown = judge.shown(call.case, None if base is None else base.case, call.special, call.row, counterpart)
    return NOTHING if shown is None else msgspec.json.encode(shown).decode()


if __name__ == "__main__":
    main(sys.argv[1:])
