"""What no fixture shows of an API, read off the table (and, of gradients, asked of PyTorch): arguments, gradients, shapes and checks that no case exercises."""

from __future__ import annotations

import fnmatch
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from msgspec import UNSET

from compat import frameworks
from compat.parity.cases import Case, cases
from compat.parity.execute import outcome
from compat.parity.inputs import drawn
from compat.parity.worker import UPSTREAM
from compat.table.conditions import (
    Broadcastable,
    BroadcastsTo,
    HasDtype,
    HasRank,
    InRange,
    IsCallable,
    IsChoice,
    IsNumber,
    IsString,
    IsTensor,
    SameDtype,
    SameShape,
)
from compat.table.model import Counterpart, Row, Table
from compat.table.parameters import Constant, Deprecated, NeutralOnly, Unsupported

FIXED = (Unsupported, NeutralOnly, Constant, Deprecated)


@dataclass(frozen=True)
class Gap:
    """One thing that no case of an API shows. `about` are the parameters concerned."""

    imitated: str
    api: str
    row: str
    kind: str
    about: str

    def __str__(self) -> str:
        return f"{self.imitated:9} {self.api}: {KINDS[self.kind][0].format(self.about)}"


@dataclass(frozen=True)
class Api:
    """An API with its parameters of constructor and call, and the cases that compare a result."""

    imitated: str
    name: str
    row: Row
    stated: Row | Counterpart
    compared: list[Case]
    refused: list[Case]

    @property
    def parameters(self) -> dict[tuple[str, str], Any]:
        return {(section, name): p for section in ("parameters", "call") for name, p in getattr(self.stated, section).items()}

    def given(self, section: str, name: str, some: Iterable[Case]) -> list[Any]:
        """The values that a parameter has in the cases where it is given."""
        return [found[name] for case in some if name in (found := _section(case, section))]

    def is_tensor(self, section: str, name: str) -> bool:
        """Whether a tensor, or a list of some, is given."""
        return any(any(_specs(value)) for value in self.given(section, name, self.compared))


def _section(case: Case, section: str) -> Mapping[str, Any]:
    if case.constructor is not None:
        return case.constructor if section == "parameters" else case.call
    return case.call if section == "parameters" else {}


def apis(table: Table, patterns: Iterable[str] = ()) -> Iterator[Api]:
    """Every API that has cases and whose name, or its row's, matches a pattern."""
    found: dict[tuple[str, str], list[Case]] = {}
    for case in cases(table):
        name = case.row if case.imitated == "torch" else case.api
        if not patterns or any(fnmatch.fnmatchcase(each, p) for each in (name, case.row) for p in patterns):
            found.setdefault((case.imitated, name), []).append(case)
    for (imitated, name), own in found.items():
        row = table.rows[own[0].row]
        if row.refusal is None:
            stated = row if imitated == "torch" else next(c for c in row.mindspore if c.api == name)
            yield Api(imitated, name, row, stated, [c for c in own if compares(c)], [c for c in own if c.raises])


def compares(case: Case) -> bool:
    """Whether results are compared in it: against PyTorch, where what is declared is a mistake of MindSpore's."""
    if case.raises or case.kind == "value":
        return False
    if case.declared is None:
        return True
    return case.declared.kind in UPSTREAM and case.torch_case is not None and case.torch_case.declared is None


def gaps(table: Table, patterns: Iterable[str] = ()) -> list[Gap]:
    """Every gap of the APIs that match, in the order of the table."""
    return [
        Gap(api.imitated, api.name, api.row.torch, kind, about)
        for api in apis(table, patterns)
        for kind, (_, find) in KINDS.items()
        if (about := ", ".join(find(api)))
    ]


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _unexercised(api: Api) -> Iterator[str]:
    for (section, name), p in api.parameters.items():
        if p.required or isinstance(p, FIXED):
            continue
        if all(_plain(value) == _plain(p.default) for value in api.given(section, name, api.compared)):
            yield name


def _one_value(api: Api) -> Iterator[str]:
    for (section, name), p in api.parameters.items():
        if not p.required or isinstance(p, FIXED) or api.is_tensor(section, name):
            continue
        values = [_plain(value) for value in api.given(section, name, api.compared)]
        if values and all(value == values[0] for value in values):
            yield name


def _always_given(api: Api) -> Iterator[str]:
    if api.row.kind in ("property", "value"):
        return
    by_keyword = [case for case in api.compared if case.style == "keyword"]
    for (section, name), p in api.parameters.items():
        optional = p.default is not UNSET and not isinstance(p, FIXED)
        if optional and by_keyword and len(api.given(section, name, by_keyword)) == len(by_keyword):
            yield name


def _deprecated(api: Api) -> Iterator[str]:
    for (section, name), p in api.parameters.items():
        if isinstance(p, Deprecated) and not any(value is not None for value in api.given(section, name, api.compared)):
            yield name


def without_gradient(api: Api) -> Iterator[str]:
    """Arguments with a gradient in PyTorch that `gradient` of the row leaves out; both directions follow the row."""
    if api.imitated != "torch" or api.row.kind not in ("function", "class", "method"):
        return
    wanted = {name for case in api.compared for name in case.gradient}
    for section, name in api.parameters:
        if (section == "call" or not api.stated.call) and name not in wanted:
            tried = (c for c in api.compared if any(map(_is_float, _specs(_section(c, section).get(name)))))
            if any(_has_gradient(case, name) for case in itertools.islice(tried, 3)):
                yield name


def _has_gradient(case: Case, name: str) -> bool:
    found = outcome(replace(case, gradient=(name,), style="keyword", api=case.row), frameworks.load("torch"), case.row)
    return found.error is None and any(gradient.any() for gradient in found.gradients.values())


def _equal_shapes(api: Api) -> Iterator[str]:
    for (s1, n1), (s2, n2) in itertools.combinations(api.parameters, 2):
        both = [(_shape(_section(c, s1).get(n1)), _shape(_section(c, s2).get(n2))) for c in api.compared]
        known = [pair for pair in both if None not in pair and pair != ((), ())]
        if known and all(a == b for a, b in known):
            yield f"{n1} and {n2}"


def _square(api: Api) -> Iterator[str]:
    for section, name in api.parameters:
        shapes = [_shape(spec) or () for value in api.given(section, name, api.compared) for spec in _specs(value)]
        many = [shape for shape in shapes if len(shape) > 1 and 0 not in shape]
        if many and all(len(set(shape)) == 1 for shape in many):
            yield f"{name} {list(many[0])}"


def _small(api: Api) -> Iterator[str]:
    """The first tensor, where none of its cases has two elements along two dimensions, or six elements: too few to tell places apart."""
    for section, name in api.parameters:
        shapes = [_shape(spec) or () for value in api.given(section, name, api.compared) for spec in _specs(value)]
        if shapes:
            if not any(sum(size > 1 for size in shape) > 1 or math.prod(shape) > 5 for shape in shapes):
                yield f"{name} {list(max(shapes, key=math.prod))}"
            return


def _unrefused(api: Api) -> Iterator[str]:
    for each in api.stated.checks:
        singly = isinstance(each, SINGLE)
        for names in [[name] for name in each.of] if singly else [each.of]:
            if not any(_violates(each, [_value(case, name) for name in names]) for case in api.refused):
                yield f"{type(each).__name__}({', '.join(names)})"


SINGLE = (IsTensor, IsString, IsNumber, InRange, IsChoice, IsCallable, HasDtype, HasRank)


def _value(case: Case, name: str) -> Any:
    return {**(case.constructor or {}), **case.call}.get(name)


def _violates(check: Any, values: list[Any]) -> bool:
    """Whether the check refuses these values; None and what is left out pass."""
    given = [value for value in values if value is not None]
    shapes = [shape for value in given if (shape := _shape(value)) is not None]
    match check:
        case IsTensor():
            return any(not isinstance(value, dict) for value in given)
        case IsString():
            return any(not isinstance(value, str) for value in given)
        case IsNumber():
            return any(type(value).__name__ not in check.types for value in given)
        case InRange():
            return any(isinstance(value, (int, float)) and _outside(check, value) for value in given)
        case IsChoice():
            return any(value not in check.among for value in given)
        case IsCallable():
            return bool(given)
        case HasDtype():
            return any(str(drawn({"it": s})["it"].dtype) not in check.among for value in given for s in _specs(value))
        case HasRank():
            return any(len(shape) not in check.among for shape in shapes)
        case SameShape():
            return len(set(shapes)) > 1
        case SameDtype():
            return len({drawn({"it": s})["it"].dtype for value in given for s in _specs(value)}) > 1
        case Broadcastable() | BroadcastsTo():
            return len(shapes) > 1 and _mismatched(shapes, bounded=isinstance(check, BroadcastsTo))
    raise TypeError(f"no such check: {check}")


def _outside(check: InRange, value: float) -> bool:
    return (
        (check.gt is not None and value <= check.gt)
        or (check.ge is not None and value < check.ge)
        or (check.le is not None and value > check.le)
    )


def _mismatched(shapes: list[tuple[int, ...]], bounded: bool) -> bool:
    try:
        return bounded and np.broadcast_shapes(*shapes) != shapes[1]
    except ValueError:
        return True


def _specs(value: Any) -> Iterator[dict[str, Any]]:
    """The tensors among a value of the table."""
    if isinstance(value, dict) and "draw" in value:
        yield value
    elif isinstance(value, dict):
        yield from _specs(value.get("tuple"))
    elif isinstance(value, list):
        for item in value:
            yield from _specs(item)


def _is_float(spec: dict[str, Any]) -> bool:
    return bool(drawn({"it": spec})["it"].dtype.kind == "f")


def _shape(value: Any) -> tuple[int, ...] | None:
    if not (isinstance(value, dict) and "draw" in value):
        return None
    return tuple(value["shape"]) if value.get("shape") is not None else tuple(drawn({"it": value})["it"].shape)


KINDS: dict[str, tuple[str, Callable[[Api], Iterator[str]]]] = {
    "argument": ("never other than by default: {}", _unexercised),
    "one-value": ("only ever one value: {}", _one_value),
    "default": ("never left out: {}", _always_given),
    "deprecated": ("deprecated, never given: {}", _deprecated),
    "gradient": ("no gradient compared: {}", without_gradient),
    "equal-shapes": ("only ever of equal shape: {}", _equal_shapes),
    "square": ("all dimensions equal: {}", _square),
    "small": ("only ever a few elements: {}", _small),
    "check": ("no mistake that this check refuses: {}", _unrefused),
}
