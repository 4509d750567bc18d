"""Every call of PyTorch that `port --to torch` may write → the record of what agrees with compat.mindspore, whose calls they take the place of.

A layer is called as it is made, and held by a Cell, in eval mode and in training. A method of PyTorch's is one of PyTorch's own tensor.

That compat.mindspore's calls agree with MindSpore's is another record, `verified.json`. Nothing here needs MindSpore, and what runs is PyTorch, so
that one process does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from compat.elementwise import shortened
from compat.errors import UsageError
from compat.parity.case import Case
from compat.parity.cases import cases
from compat.parity.compare import compare
from compat.parity.execute import Outcome, outcome_by
from compat.port.calls.alike import ALIKE, case_of, plan_of
from compat.port.calls.dtypes import in_mindspore, of_torch, opened
from compat.port.calls.edits import NotExpressible
from compat.port.calls.plan import OVERLOADED, Plan, is_rewritten, to_torch
from compat.port.evidence.execution import edited, evaluate
from compat.port.evidence.record import Record, Shown, Status
from compat.port.evidence.recording import Known, gathered, gone
from compat.port.evidence.variations import varied
from compat.port.evidence.written import given, names, special, tensors, texts
from compat.table.model import Table

STYLES = ("keyword", "positional", "method")
NUMBER = "a number"  # in the place of a tensor
AS_MADE, IN_EVAL_MODE, IN_TRAINING = "", "in eval mode", "in training"
MODES = (AS_MADE, IN_EVAL_MODE, IN_TRAINING)


@dataclass(frozen=True)
class Call:
    """A case of MindSpore's API, what is unusual about its tensors, and the plan by which it becomes a call of PyTorch."""

    case: Case
    special: str
    plan: Plan


@dataclass(frozen=True)
class Frameworks:
    """PyTorch, compat.mindspore, and what makes a result of the one a tensor of the other."""

    torch: Any
    ours: Any
    adopted: Callable[[Any], Any]


def calls(table: Table, patterns: Sequence[str] = ()) -> list[Call]:
    """Every call to try, of the APIs that match a pattern (shell globs; all without one); UsageError for a pattern that matches none."""
    plans = dict(_plans(table))
    known = [case for case in cases(table) if case.imitated == "mindspore" and case.api in plans and _is_written(case)]
    alike = (case_of(one, case) for one in ALIKE.values() for case in known if case.api == one.like)
    known += [case for case in alike if case is not None]
    bases = {case.api: case for case in reversed(known) if case.fixture == "base"}
    chosen = [case for case in known if not patterns or any(fnmatchcase(case.api, pattern) for pattern in patterns)]
    for pattern in patterns:
        if not any(fnmatchcase(case.api, pattern) for case in chosen):
            raise UsageError(f"{pattern}: no API that port may rewrite matches; names look like mindspore.ops.softmax")
    usual = {api: tensors(case) for api, case in bases.items()}
    found = [call for case in chosen for call in _calls(case, usual.get(case.api, {}), plans[case.api])]
    found += [
        Call(one, NUMBER, plans[case.api]) for case in chosen if case.fixture == "base" for one in _with_numbers(case, plans[case.api])
    ]
    return list({call.case.id: call for call in found}.values())


def _plans(table: Table) -> Iterator[tuple[str, Plan]]:
    for api, row in table.definers().items():
        counterpart = next(each for each in table.rows[row].mindspore if each.api == api)
        if is_rewritten(table.rows[row], counterpart):
            plan = to_torch(table.rows[row], counterpart)
            yield api, plan
            yield from ((one.api, plan_of(one, plan)) for one in ALIKE.values() if one.like == api)


def _is_written(case: Case) -> bool:
    return case.style in STYLES and not case.raises and case.fixture != "reordered"


def _calls(case: Case, usual: Mapping[str, Any], plan: Plan) -> Iterator[Call]:
    """The case, and where its tensors are what they usually are, its variations."""
    unusual = special(case, usual)
    for one in (case, *(() if unusual else varied(case, plan.given))):
        yield Call(one, unusual, plan)
        others = {name: other for other, name in OVERLOADED.get(plan.api, {}).items()}
        if not others.keys().isdisjoint(one.call) and not one.renamed:
            yield Call(replace(one, fixture=f"{one.fixture}, by {' and '.join(others.values())}", renamed=others), unusual, plan)


def _with_numbers(case: Case, plan: Plan) -> Iterator[Case]:
    """The call with a number in the place of a tensor: what MindSpore takes and PyTorch refuses may be in any program."""
    if case.constructor is not None:
        return
    for name, parameter in plan.given.items():
        if parameter.type == "Tensor" and parameter.required and isinstance(case.call.get(name), dict):
            changed = {**case.call, name: 2.5}
            yield replace(case, fixture=f"{case.fixture}, {name} a number", call=changed, gradient=(), may_refuse=True)


def run(chosen: Iterable[Call], frameworks: Frameworks) -> Iterator[tuple[Call, Shown | None]]:
    """What each call shows of its plan; None where the plan has no way to write it, or compat.mindspore refuses it."""
    for call in chosen:
        yield call, _shown(call, frameworks)


def _shown(call: Call, frameworks: Frameworks) -> Shown | None:
    status: Status | None = None
    detail = ""
    # What is drawn is compared by value, too: both draw from PyTorch's stream.
    case = replace(
        call.case, declared=None, reference="itself", train=False, draws="values", own_stream=False, call=_with_dtypes(call.case.call)
    )
    for written in texts(case, call.plan.given):
        try:
            text = edited(written.text, opened(call.plan))
        except NotExpressible:
            continue
        for mode in MODES if case.constructor is not None else (AS_MADE,):
            reference = _executed(in_mindspore(written.text), case, call.plan, frameworks, mode)
            if reference.error:
                return None
            found = _executed(text, case, call.plan, frameworks, mode, is_target=True)
            status, detail = _judged(case, reference, found)
            if status != "agrees":
                detail = f"{mode}: {detail}" if mode else detail
                break
        if status != "agrees":
            break
    if status == "raises" and call.special == NUMBER:
        status, detail = "differs", f"raises {detail}"
    arguments = {name: value for name, value in given(case, call.plan.given).items() if value != 2.5 or call.special != NUMBER}
    return status and Shown(fixture=case.fixture, status=status, given=arguments, special=call.special, detail=shortened(detail)[:120])


def _with_dtypes(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments with MindSpore's data types as PyTorch's."""

    def named(value: Any) -> Any:
        name = of_torch(value["name"]) if isinstance(value, dict) and "name" in value else ""
        return {"name": f"torch.{name}"} if name else value

    return {key: named(value) for key, value in arguments.items()}


def _judged(case: Case, reference: Outcome, found: Outcome) -> tuple[Status, str]:
    if found.error:
        return "raises", f"{found.error}: {found.message}"
    result = compare(case, reference, found)
    return ("agrees", "") if result.status == "agrees" else ("differs", result.detail)


def _executed(text: str, case: Case, plan: Plan, frameworks: Frameworks, mode: str, *, is_target: bool = False) -> Outcome:
    """The outcome of a call that is written so, of the case's arguments as compat.mindspore makes them; of a layer in this mode.

    `is_target`: it is the plan's target that is called, a method of PyTorch's own tensors. What is made of no tensor is what compat.mindspore
    takes it for.
    """
    scope = {"mindspore": frameworks.ours, "torch": frameworks.torch}

    def applied(constructor: dict[str, Any] | None, call: dict[str, Any]) -> tuple[Any, Any]:
        if constructor is None:
            given = names(call)
            if is_target and plan.to_method:
                given = {name: _plain(value, frameworks.torch) for name, value in given.items()}
            result = evaluate(text, {**scope, **given})
            is_new = is_target and not any(isinstance(value, frameworks.ours.Tensor) for value in given.values())
            return None, frameworks.adopted(result) if is_new else result
        layer = evaluate(text, {**scope, **names(constructor)})
        if mode != AS_MADE:
            holder = frameworks.ours.nn.Cell()
            holder.layer = layer
            holder.set_train(mode == IN_TRAINING)
        frameworks.ours.set_seed(0)
        return None, _called(layer, tuple(plan.call), call)

    return outcome_by(case, frameworks.ours, applied)


def _plain(value: Any, torch: Any) -> Any:
    """A tensor as PyTorch's own, with its history."""
    if isinstance(value, list | tuple):
        return type(value)(_plain(item, torch) for item in value)
    return value.as_subclass(torch.Tensor) if isinstance(value, torch.Tensor) else value


def _called(layer: Any, places: tuple[str, ...], call: dict[str, Any]) -> Any:
    """A layer's call as programs have it: by place as far as nothing is left out."""
    count = next((at for at, name in enumerate(places) if name not in call), len(places))
    return layer(*(call[name] for name in places[:count]), **{name: value for name, value in call.items() if name not in places[:count]})


def recorded(found: Iterable[tuple[Call, Shown | None]]) -> Record:
    """The record of what was found: by API and target the calls in the order of the table's, each kind once."""
    return gathered((call.plan.row, call.plan.target, shown) for call, shown in found if shown is not None)


def stale(record: Known, table: Table) -> list[str]:
    """A line for each entry of the record that speaks of a call which the table does not have any more."""
    there = {(call.plan.row, call.plan.target, call.case.fixture) for call in calls(table)}
    return gone(record, "torch", lambda *call: call in there)
