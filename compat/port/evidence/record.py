"""What was executed: calls of one framework, written as the porter writes them, that gave the other's values and gradients.

The record is beside the table, `native.json` of calls of MindSpore, `native_cells.json` of methods of its Cells and `native_torch.json` of calls of
PyTorch, made by `compat evidence`. A call in a source is rewritten only where it says yes: every
argument that the call passes was passed, with a value of that kind, in a call that agreed, and no call that did not could be this one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace

from compat.port.calls.binding import Argument, Bound, is_integer
from compat.port.calls.plan import Given, Plan
from compat.source.literals import literal_of
from compat.source.values import INTEGER, NONE, NUMBER, TEXT, Instance, Many, Plain, Several, Value, alternatives

FILE = "native.json"
DIMENSIONS = frozenset(
    {"dim", "dims", "dim0", "dim1", "dim2", "start_dim", "end_dim", "axis", "axis0", "axis1", "source", "destination", "shifts"}
)
# PyTorch's other names of dtypes.
DTYPES = {
    "torch.long": "torch.int64", "torch.int": "torch.int32", "torch.short": "torch.int16", "torch.half": "torch.float16",
    "torch.float": "torch.float32", "torch.double": "torch.float64", "torch.cfloat": "torch.complex64", "torch.cdouble": "torch.complex128",
}  # fmt: skip
FILES = {"mindspore": FILE, "torch": "native_torch.json", "cells": "native_cells.json"}
NAN = "nan"
Status = Literal["agrees", "differs", "raises"]


class Shown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One executed call, `fixture` of the row. `given` are its arguments that are not their defaults; a tensor that has to be given is left out.

    `special` says what is unusual about its tensors: "empty", "0-d", "nan", "inf", a dtype. `detail` is where it parted. `unnamed`: what agreed is
    a plain tuple, where PyTorch's has names for its parts.
    """

    fixture: str
    status: Status
    given: dict[str, Any] = {}
    special: str = ""
    detail: str = ""
    unnamed: bool = False

    @property
    def speaks_against(self) -> bool:
        """Whether it is a reason not to use the counterpart. An error for unusual tensors is none: the ported program says it as loudly."""
        return (self.status == "differs" and not self.warns) or (self.status == "raises" and not self.special)

    @property
    def warns(self) -> bool:
        """Whether it differs for tensors with nan alone, which many of MindSpore's CPU kernels pass over: that is said where it is rewritten."""
        return self.status == "differs" and self.special == NAN


Record = dict[str, dict[str, list[Shown]]]


@dataclass(frozen=True)
class Evidence:
    """By the plan's `row`, and by its target: what was executed."""

    record: Mapping[str, Mapping[str, list[Shown]]]
    known: dict[tuple[str, str, str, str], str] = field(default_factory=dict, repr=False, compare=False)  # what was asked before

    def against(self, plan: Plan, arguments: Bound, *, is_unpacked: bool = False) -> str:
        """Why a call with these arguments may not become one of the plan's target; empty if it may.

        `is_unpacked`: its result is taken apart where it stands, so that nothing asks for the names of its parts.
        """
        shown = self.record.get(plan.row, {}).get(plan.target)
        if not shown:
            return f"{plan.target} was not executed in its place"
        if not is_unpacked:
            shown = [_named(one) for one in shown]
        agreed = [one for one in shown if one.status == "agrees" and not one.special]
        if not agreed:
            return _said(plan.target, next((one for one in shown if one.speaks_against), shown[0]))
        call = _Call(plan.given, arguments)
        key = (
            plan.row,
            plan.target,
            repr(sorted(call.values.items())),
            repr(sorted((name, sorted(kinds)) for name, kinds in call.kinds.items())) + str(is_unpacked),
        )
        if key not in self.known:
            self.known[key] = self._against(plan, call, shown, agreed)
        return self.known[key]

    def ever(self, plan: Plan) -> bool:
        """Whether any call of the plan's target agreed."""
        return any(one.status == "agrees" and not one.special for one in self.record.get(plan.row, {}).get(plan.target, ()))

    def warning(self, plan: Plan) -> str:
        """What a call of the target makes of nan that PyTorch doesn't; empty if nothing is known."""
        found = next((one for one in self.record.get(plan.row, {}).get(plan.target, ()) if one.warns), None)
        return "" if found is None else f"of nan it makes something else: {found.detail or found.fixture}"

    def _against(self, plan: Plan, call: _Call, shown: list[Shown], agreed: list[Shown]) -> str:
        missing = next(call.uncovered(agreed), "")
        if missing:
            return f"{plan.target} was not executed with {missing}"
        known = any(call.equals(one) for one in agreed)
        parted = [one for one in shown if one.speaks_against]
        bad = (one for one in parted if call.may_part(one, parted, agreed, known))
        return next((_said(plan.target, one) for one in bad), "")


def _named(shown: Shown) -> Shown:
    """What a call showed, where the names of the parts of its result may be asked for."""
    return replace(shown, status="differs") if shown.unnamed else shown


def _said(counterpart: str, shown: Shown) -> str:
    where = f" of {shown.special} tensors" if shown.special else ""
    return f"{counterpart} {shown.status} in the call {shown.fixture}{where}" + (f": {shown.detail}" if shown.detail else "")


class _Call:
    """A call in a source, held against executed ones: each argument as its value, or as the kinds of value that it may have."""

    def __init__(self, parameters: Mapping[str, Given], arguments: Bound) -> None:
        self.parameters = parameters
        self.values = {argument.parameter: value_of(argument.value) for argument in arguments.arguments}
        self.kinds = {argument.parameter: self._kinds(argument) for argument in arguments.arguments}
        if arguments.separate:
            items = [literal_of(one) for one in arguments.separate]
            self.values[arguments.variadic] = UNSET if UNSET in items else items
            tensors = parameters[arguments.variadic].type == "tuple of Tensor"
            self.kinds[arguments.variadic] = frozenset({"tensor" if tensors else "sequence"})

    def _kinds(self, argument: Argument) -> frozenset[str]:
        value = value_of(argument.value)
        if value is not UNSET:
            return frozenset({kind_of(value)})
        if isinstance(argument.value, ast.Tuple | ast.List | ast.ListComp):
            tensors = self.parameters[argument.parameter].type in ("tuple of Tensor", "Tensor")
            return frozenset({"tensor" if tensors else "sequence"})
        kinds = KINDS.get(self.parameters[argument.parameter].type, frozenset({"other"}))
        if "int" in kinds and is_integer(argument.value):
            return frozenset({"int"})
        known = kinds_known(argument.known, self.parameters[argument.parameter].type)
        return kinds if known is None else (known & kinds) or known

    def uncovered(self, agreed: list[Shown]) -> Iterator[str]:
        """Each argument, or pair of them, that no agreeing call had."""
        for name, value in self.values.items():
            parameter = self.parameters[name]
            if parameter.type == "device" or _same(value, parameter.default) or _is_needed_tensor(parameter, self.kinds[name]):
                continue
            if value is UNSET:
                yield from self._unknown(name, parameter, agreed)
            elif not any(_covers(one, name, value) for one in agreed):
                yield f"{name}={_text(value)}"
            elif isinstance(value, str):
                yield from self._together(name, value, [one for one in agreed if _covers(one, name, value)])

    def _unknown(self, name: str, parameter: Given, agreed: list[Shown]) -> Iterator[str]:
        """What is not covered of an argument whose value the source does not tell: any that it may have must have been tried."""
        shown = [_given(one, name, parameter) for one in agreed]
        tried = {kind_of(value) for value in shown}
        if "str" in self.kinds[name]:
            if not parameter.choices or any(choice not in shown for choice in parameter.choices):
                yield f"every {name}"
        elif "bool" in self.kinds[name]:
            if not {True, False} <= {value for value in shown if isinstance(value, bool)}:
                yield f"either {name}"
        elif (
            lacking := self.kinds[name] - tried - {"float" if "int" in tried and "float" not in tried and parameter.type == "float" else ""}
        ):
            yield f"{name} of unknown value ({', '.join(sorted(lacking))})"

    def _together(self, name: str, value: str, agreed: list[Shown]) -> Iterator[str]:
        """A text chooses what is done, so what else is passed must have been passed with it."""
        for other, given in self.values.items():
            parameter = self.parameters[other]
            if other == name or parameter.type == "device" or _is_needed_tensor(parameter, self.kinds[other]):
                continue
            tried = [_given(one, other, parameter) for one in agreed]
            kinds = {kind_of(one) for one in tried}
            if not (self.kinds[other] & kinds if given is UNSET else any(_similar(one, given) for one in tried)):
                yield f"{name}={value!r} and this {other} together"

    def equals(self, shown: Shown) -> bool:
        """Whether it is certainly the call that was executed, as far as its arguments go."""
        return all(ours is not UNSET and _same(ours, theirs) for _, ours, theirs, _ in self._pairs(shown))

    def may_part(self, bad: Shown, others: list[Shown], agreed: list[Shown], known: bool) -> bool:
        """Whether the call may part from PyTorch as a `bad` one did; `known` that one with its very arguments agreed.

        What tensors do with some arguments they may do with any: unusual ones, or those without which the same call agreed. Otherwise the call is cleared by one that agreed, if it is on its
        side in all that distinguishes it from the bad one.
        """
        if bad.special and any(not one.special and self._is_same_call(bad, one) for one in others):
            return False  # the same call of usual tensors parts, too, and says why
        if bad.special or any(self._is_same_call(bad, one) for one in agreed):
            return True
        return self.equals(bad) if known else not any(self._is_cleared(bad, one) for one in agreed)

    def _is_same_call(self, one: Shown, other: Shown) -> bool:
        return all(
            _same(_given(one, name, self.parameters[name]), _given(other, name, self.parameters[name]))
            for name in dict.fromkeys((*one.given, *other.given))
            if name in self.parameters
        )

    def _is_cleared(self, bad: Shown, good: Shown) -> bool:
        apart = [
            (self._is_like(name, good), self._is_like(name, bad))
            for name in dict.fromkeys((*bad.given, *good.given))
            if name in self.parameters and not _same(*(_given(one, name, self.parameters[name]) for one in (bad, good)))
        ]
        return all(good for good, _ in apart) and any(not bad for _, bad in apart)

    def _is_like(self, name: str, shown: Shown) -> bool:
        """Whether one of its arguments may be like that of an executed call."""
        parameter = self.parameters[name]
        ours, theirs = self.values.get(name, _default(parameter)), _given(shown, name, parameter)
        return _may_be(theirs, self.kinds[name], shown) if ours is UNSET else _is_like(name, theirs, ours)

    def _pairs(self, shown: Shown) -> Iterator[tuple[str, Any, Any, frozenset[str]]]:
        """Each parameter that either passes: our value, UNSET for an unknown one, theirs, and the kinds of ours."""
        for name in dict.fromkeys((*self.values, *shown.given)):
            parameter = self.parameters.get(name)
            if (
                parameter is None
                or parameter.type == "device"
                or (name not in shown.given and _is_needed_tensor(parameter, self.kinds[name]))
            ):
                continue
            default = _default(parameter)
            ours = self.values.get(name, default)
            yield name, ours, shown.given.get(name, default), self.kinds.get(name, frozenset({kind_of(default)}))


# The kinds of value that an argument may have of which the source tells nothing, by the type that PyTorch gives it. None is covered by
# the default, where it is one.
KINDS: Mapping[str, frozenset[str]] = {
    "Tensor": frozenset({"tensor"}), "tuple of Tensor": frozenset({"tensor"}), "Tensor or number": frozenset({"tensor", "int", "float"}),
    "Tensor or float": frozenset({"tensor", "float"}), "int": frozenset({"int"}), "float": frozenset({"float"}),
    "number": frozenset({"int", "float"}), "bool": frozenset({"bool"}), "str": frozenset({"str"}), "tuple of int": frozenset({"sequence"}),
    "int or tuple of int": frozenset({"int", "sequence"}), "dtype": frozenset({"dtype"}),
}  # fmt: skip
# The same of what the source tells of an expression.
KNOWN: Mapping[Plain, frozenset[str]] = {
    INTEGER: frozenset({"int"}), NUMBER: frozenset({"int", "float", "bool"}), TEXT: frozenset({"str"}), NONE: frozenset({"none"}),
}  # fmt: skip
OBJECTS = {"torch.Tensor": "tensor", "torch.nn.Parameter": "tensor", "torch.Size": "sequence", "torch.dtype": "dtype"}
CHOICES = ("str", "bool", "dtype", "none", "other", "empty")  # of which one value says nothing about another


def value_of(node: ast.expr) -> Any:
    """What an argument is, in the record's words: a literal, or `{"name": "torch.float32"}`; UNSET where the source does not tell."""
    value = literal_of(node)
    if value is not UNSET or not isinstance(node, ast.Attribute):
        return list(value) if isinstance(value, tuple) else value
    text = ast.unparse(node)
    return {"name": DTYPES.get(text, text)} if text.startswith("torch.") and text.count(".") == 1 else UNSET


def kinds_known(value: Value, of: str) -> frozenset[str] | None:
    """The kinds of what an expression stands for, in the place of a parameter `of` a type; None where one is unknown."""
    found: set[str] = set()
    for one in alternatives(value):
        if isinstance(one, Several | Many):
            found.add("tensor" if of == "tuple of Tensor" else "sequence")
        elif isinstance(one, Plain) and one in KNOWN:
            found |= KNOWN[one]
        elif isinstance(one, Instance) and one.of in OBJECTS:
            found.add(OBJECTS[one.of])
        else:
            return None
    return frozenset(found)


def kind_of(value: Any) -> str:
    """What kind of value it is, as far as a call may treat it differently for that."""
    if isinstance(value, bool) or value is None:
        return "none" if value is None else "bool"
    if isinstance(value, int | float):
        return "float" if isinstance(value, float) else "negative" if value < 0 else "int"
    if isinstance(value, str):
        return "str"
    if isinstance(value, list | tuple):
        return "sequence" if value else "empty"
    if isinstance(value, dict):
        return "tensor" if "tensor" in value else "dtype" if "name" in value else "other"
    return "other"


def _is_needed_tensor(parameter: Given, kinds: frozenset[str]) -> bool:
    """Whether an argument is a tensor that every call has."""
    return parameter.required and kinds == {"tensor"} and parameter.type in ("Tensor", "tuple of Tensor")


def _given(shown: Shown, name: str, parameter: Given) -> Any:
    """What an executed call passed, or its default."""
    return shown.given.get(name, _default(parameter))


def _default(parameter: Given) -> Any:
    return None if parameter.default is UNSET else parameter.default


def _covers(shown: Shown, name: str, value: Any) -> bool:
    return name in shown.given and _similar(shown.given[name], value)


def _may_be(value: Any, kinds: frozenset[str], shown: Shown) -> bool:
    """Whether an argument of which only the kinds are known may be what an executed call passed.

    It may be None, unless that made the call raise: `torch.where(c, x, y)` is no call of `torch.where(c)`.
    """
    kind = kind_of(value)
    return kind in kinds or (kind == "negative" and "int" in kinds) or (kind == "none" and shown.status == "differs")


def _similar(shown: Any, value: Any) -> bool:
    """Whether a value that was tried speaks for another: of the same kind, and the same where each is a choice of its own."""
    return _same(shown, value) or (kind_of(shown) == kind_of(value) and kind_of(value) not in CHOICES)


def _is_like(name: str, shown: Any, value: Any) -> bool:
    """Whether what was seen of a value may be true of another. Of 0 nothing is that is not of 0, unless it is the first dimension."""
    return _similar(shown, value) and (name in DIMENSIONS or _is_zero(shown) == _is_zero(value))


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    if type(one) is not type(other) and {type(one), type(other)} <= {bool, int, float}:
        return False  # many of MindSpore's functions refuse an int in the place of a float
    return one is not UNSET and other is not UNSET and bool(one == other)


def _text(value: Any) -> str:
    return str(value["name"]) if isinstance(value, dict) and "name" in value else repr(value)


def read(table: Path, target: str = "mindspore") -> Evidence:
    """The record of calls of `target` beside a table; an empty one where there is none."""
    file = table / FILES[target]
    return Evidence(msgspec.json.decode(file.read_bytes(), type=Record) if file.is_file() else {})


def permitting(table: Path, target: str = "mindspore") -> Evidence:
    """All that was executed of what a port to `target` may write."""
    if target != "mindspore":
        return read(table, target)
    return Evidence({**read(table).record, **read(table, "cells").record})


def write(record: Record, table: Path, target: str = "mindspore") -> None:
    """Write the record beside a table: rows and counterparts sorted, an executed call a line, so that a change reads as those lines."""
    rows = []
    for row in sorted(record):
        lists = [f" {_json(api)}: [\n{_lines(record[row][api])}\n ]" for api in sorted(record[row])]
        rows.append(f"{_json(row)}: {{\n" + ",\n".join(lists) + "\n}")
    temporary = table / f".{FILES[target]}.new"
    temporary.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    temporary.replace(table / FILES[target])


def _lines(shown: list[Shown]) -> str:
    return ",\n".join(f"  {_json(one)}" for one in shown)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
