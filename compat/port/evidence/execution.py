"""A call as `port` would write it → whether it gives what PyTorch's call gives: values, gradients, what it writes, a layer's parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from compat.elementwise import shortened
from compat.parity.case import Case
from compat.parity.compare import compare
from compat.parity.execute import Outcome, outcome_by, trained_by
from compat.parity.inputs import drawn
from compat.port.calls.edits import NotExpressible, rewritten
from compat.port.calls.plan import Plan, to_mindspore
from compat.port.evidence.record import Shown, Status
from compat.port.evidence.written import Written, given, names, texts
from compat.source.text import parsed
from compat.table.model import Counterpart, Row

ROOT = "mindspore"
EVAL = "in eval mode: "
OF_TUPLES = {"n_fields", "n_sequence_fields", "n_unnamed_fields", *dir(tuple)}
Scope = Mapping[str, Any]


@dataclass(frozen=True)
class Frameworks:
    """PyTorch, what stands for it, MindSpore as a ported program has it, and itself; `method` calls a method of MindSpore's own tensor."""

    torch: Any
    ours: Any
    native: Any
    mindspore: Any
    method: Callable[[str, Any], Callable[..., Any]]


@dataclass
class Run:
    """One execution: the outcome, the names of the parts of the result, and of a layer the parameters and buffers that it began with."""

    outcome: Outcome
    parts: frozenset[str]
    weights: dict[str, Any]


def executed(text: str, case: Case, row: Row, torch: Any, scope: Scope, *, evaluated: bool = False) -> Run:
    """Evaluate a call of the case's arguments, made by `torch`, and for a class call what it gives."""
    noted: dict[str, Any] = {"parts": frozenset(), "weights": {}}

    def applied(constructor: dict[str, Any] | None, call: dict[str, Any]) -> tuple[Any, Any]:
        if constructor is None:
            target, result = None, evaluate(text, {**scope, **_bound(scope, names(call))})
        else:
            target = evaluate(text, {**scope, **names(constructor)})
            noted["weights"] = {name: value.detach().numpy().copy() for name, value in target.state_dict().items()}
            target.train(not evaluated)
            result = _called(target, row, call)
        noted["parts"] = parts_of(result)
        return target, result

    return Run(outcome_by(case, torch, applied), **noted)


def trained(text: str, case: Case, framework: Any, scope: Scope, *, by_gradients: bool = False) -> Run:
    """Steps of the optimizer that a call makes."""

    def made(parameters: Any) -> Any:
        return evaluate(text, {**scope, **names({"params": list(parameters)})})

    return Run(trained_by(case, framework, made, by_gradients=by_gradients), frozenset(), {})


def _bound(scope: Scope, values: dict[str, Any]) -> dict[str, Any]:
    """The names of a call; the receiver of a method as `scope` has it made of the tensor."""
    return {name: scope[RECEIVER](value) if name == scope.get(RECEIVER_NAME) else value for name, value in values.items()}


RECEIVER, RECEIVER_NAME = "the receiver", "its name"


class _Native:
    """A tensor whose methods are MindSpore's own."""

    def __init__(self, tensor: Any, method: Callable[[str, Any], Callable[..., Any]]) -> None:
        self._tensor, self._method = tensor, method

    def __getattr__(self, name: str) -> Any:
        return self._method(name, self._tensor)


def evaluate(text: str, scope: dict[str, Any]) -> Any:
    """The value of an expression that was written here."""
    return eval(compile(ast.parse(text, mode="eval"), "<call>", "eval"), scope)


def _called(layer: Any, row: Row, call: dict[str, Any]) -> Any:
    """A layer's call as programs have it: by place as far as nothing is left out."""
    places = [name for name, parameter in row.call.items() if not parameter.keyword_only]
    count = next((at for at, name in enumerate(places) if name not in call), len(places))
    return layer(*(call[name] for name in places[:count]), **{name: value for name, value in call.items() if name not in places[:count]})


def parts_of(result: Any) -> frozenset[str]:
    """The names by which a program may take a result apart: `values` and `indices` of what `torch.max(x, 1)` gives."""
    if not isinstance(result, tuple):
        return frozenset()
    return frozenset(name for name in dir(type(result)) if not name.startswith("_") and name not in OF_TUPLES)


class Judge:
    """Holds native calls against PyTorch's. The latest reference is kept: one call is tried with several counterparts."""

    def __init__(self, frameworks: Frameworks) -> None:
        self.frameworks = frameworks
        self.known: tuple[str, dict[str, dict[bool, Run]]] = ("", {})

    def shown(self, case: Case, base: Case | None, unusual: str, row: Row, counterpart: Counterpart) -> Shown | None:
        """What the call shows of a counterpart; `base` is the row's base call, and `unusual` what is said of the tensors.

        None where the row has no way to write it so, or PyTorch itself refuses it.
        """
        status: Status | None = None
        detail, unnamed = "", False
        for written in texts(case, row.parameters):
            try:
                text = edited(written.text, to_mindspore(row, counterpart, case.api))
            except NotExpressible:
                continue
            references = self._references(case, row, written)
            if references[False].outcome.error:
                continue
            status, detail = self._judged(text, case, row, counterpart, references)
            unnamed = unnamed or (status == "agrees" and bool(detail))
            if status != "agrees":
                unnamed = False
                if (
                    unusual
                    and status == "differs"
                    and case.kind != "optimizer"
                    and self._is_alike(text, written.text, case, row, counterpart)
                ):
                    return None  # what is kept does the same
                break
        if status == "raises" and case.by_dtype == "int64" and base is not None and self._moves_elements(base, row):
            status, detail = "differs", f"raises {detail}"
        return status and Shown(
            fixture=case.fixture, status=status, given=given(case, row.parameters), special=unusual, detail=shortened(detail)[:120],
            unnamed=unnamed,
        )  # fmt: skip

    def _references(self, case: Case, row: Row, written: Written) -> dict[bool, Run]:
        """PyTorch's outcome, and that in eval mode, by whether it is that."""
        if self.known[0] != case.id:
            self.known = case.id, {}
        found, torch = self.known[1], self.frameworks.torch
        if written.text not in found and case.kind == "optimizer":
            found[written.text] = {False: trained(written.text, case, torch, {"torch": torch})}
        if written.text not in found:
            modes = (False, True) if case.constructor is not None else (False,)
            found[written.text] = {mode: executed(written.text, case, row, torch, {"torch": torch}, evaluated=mode) for mode in modes}
        return found[written.text]

    def _moves_elements(self, base: Case, row: Row) -> bool:
        """Whether the usual call joins, picks or moves elements, so that programs have it with integers as much as with floats; no layer's."""
        if base.constructor is not None:
            return False
        torch = self.frameworks.torch
        given = {
            float(one)
            for value in drawn(base.call).values()
            for array in (value if isinstance(value, list) else [value])
            for one in _floats(array)
        }
        found = executed(next(texts(base, row.parameters)).text, base, row, torch, {"torch": torch}).outcome.values
        return bool(found) and all(array.dtype.kind == "f" and set(map(float, array.ravel())) <= given for array in found)

    def _judged(self, text: str, case: Case, row: Row, counterpart: Counterpart, references: dict[bool, Run]) -> tuple[Status, str]:
        scope: dict[str, Any] = {"torch": self.frameworks.ours, ROOT: self.frameworks.native}
        if counterpart.is_method:
            scope[RECEIVER] = lambda tensor: _Native(tensor, self.frameworks.method)
            scope[RECEIVER_NAME] = f"{next(iter(row.parameters))}_"
        plain = replace(case, declared=None)
        unnamed = ""
        runs = self._optimizers(text, case, scope, references[False]) if case.kind == "optimizer" else None
        for evaluated, expected, found in runs or self._calls(text, case, row, scope, references):
            before = EVAL if evaluated else ""
            if found.outcome.error:
                return "raises", f"{before}{found.outcome.error}: {found.outcome.message}"
            if unlike := _unlike(expected.weights, found.weights):
                return "differs", unlike
            result = compare(plain, _anonymous(expected.outcome, case), _anonymous(found.outcome, case))
            if result.status != "agrees":
                return "differs", f"{before}{result.detail}"
            if not expected.parts <= found.parts:
                unnamed = f"a plain tuple, without .{' and .'.join(sorted(expected.parts))}"
        return "agrees", unnamed

    def _is_alike(self, text: str, original: str, case: Case, row: Row, counterpart: Counterpart) -> bool:
        """Whether what stands for PyTorch gives what the counterpart gives, so that it is no difference which of the two is called."""
        ours = self.frameworks.ours
        modes = (False, True) if case.constructor is not None else (False,)
        kept = {mode: executed(original, case, row, ours, {"torch": ours}, evaluated=mode) for mode in modes}
        return all(not run.outcome.error for run in kept.values()) and self._judged(text, case, row, counterpart, kept)[0] == "agrees"

    def _calls(self, text: str, case: Case, row: Row, scope: Scope, references: dict[bool, Run]) -> Iterator[tuple[bool, Run, Run]]:
        for evaluated, expected in references.items():
            yield evaluated, expected, executed(text, case, row, self.frameworks.ours, scope, evaluated=evaluated)

    def _optimizers(self, text: str, case: Case, scope: Scope, expected: Run) -> Iterator[tuple[bool, Run, Run]]:
        """MindSpore's own optimizer, and the one that ported programs have."""
        own = {"torch": self.frameworks.ours, ROOT: self.frameworks.mindspore}
        yield False, expected, trained(text, case, self.frameworks.mindspore, own, by_gradients=True)
        yield False, expected, trained(text, case, self.frameworks.ours, scope)


def _floats(value: Any) -> Any:
    return value.ravel() if isinstance(value, np.ndarray) and value.dtype.kind == "f" else ()


def _unlike(expected: Scope, found: Scope) -> str:
    """What differs between the parameters and buffers that two layers begin with, with one seed of PyTorch's: names, or elements."""
    if list(expected) != list(found):
        return f"a state of {', '.join(found) or 'nothing'}, not of {', '.join(expected) or 'nothing'}"
    same = (
        np.allclose(expected[name], found[name], rtol=1e-5, atol=1e-7) and expected[name].shape == found[name].shape for name in expected
    )
    return "" if all(same) else "begins with other weights"


def _anonymous(outcome: Outcome, case: Case) -> Outcome:
    """Whether a result is one of the arguments itself or shares its memory is no difference of its own; what is written is compared."""
    arguments = "|".join(map(re.escape, case.call))
    return replace(outcome, structure=re.sub(rf"\b({arguments})\b", "Tensor", outcome.structure)) if arguments else outcome


def edited(text: str, plan: Plan) -> str:
    """The call of `text` as the plan has it; NotExpressible where it has no way."""
    source = parsed(text.encode(), Path("call.py"))
    statement = source.tree.body[0]
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    return source.edited(rewritten(source, statement.value, plan, plan.target.partition(".")[0]).edits).decode()
