"""A call of the parity run → the same call as a program writes it: source text, names for tensors, literals for plain values."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from compat.elementwise import dtype_of
from compat.parity.case import Case
from compat.parity.inputs import Named, drawn
from compat.port.calls.plan import Given, is_method
from compat.port.calls.random import DRAWN
from compat.table.model import Row
from compat.table.parameters import Parameter

TENSOR = {"tensor": True}  # how the record says that an argument was a tensor, where it need not be one
PLAIN = (bool, int, float, complex, str, type(None))
SHAPES = ("unbatched", "broadcast")
CALLED = ("function", "class", "method")
# Of what is called, by name, in order: as the row has them, or as a plan does.
Parameters = Mapping[str, Parameter | Given]


@dataclass(frozen=True)
class Written:
    """A call as text. `section`: of which arguments it is, a class's "constructor" or the "call"."""

    text: str
    section: str


class NotWritten(Exception):
    """A program can't write this call in this way."""


def texts(case: Case, parameters: Parameters) -> Iterator[Written]:
    """The ways in which a program writes the call, each once: tensors by place and the rest by name; all by place.

    None for what has no counterpart to call: a call that must raise, that writes into its tensor, or with `out`.
    """
    found = []
    for by_place in (False, True):
        try:
            written = _Writer(case, parameters, by_place).written()
        except NotWritten:
            continue
        if written not in found:
            found.append(written)
            yield written


def is_written(case: Case, row: Row) -> bool:
    """Whether a case is one that a program may write, and whose result no random stream but PyTorch's decides."""
    return (
        case.imitated == "torch"
        and case.kind in CALLED
        and case.style in ("keyword", "positional", "method")
        and not case.raises
        and case.fixture not in ("reordered",)
        and (row.draws != "distribution" or row.kind == "class" or any(each.api in DRAWN for each in row.mindspore))
        and row.refusal is None
    )


class _Writer:
    def __init__(self, case: Case, parameters: Parameters, by_place: bool) -> None:
        self.case, self.parameters, self.by_place = case, parameters, by_place or case.style == "positional"
        self.section = "call" if case.constructor is None else "constructor"
        self.arguments = drawn(case.call if case.constructor is None else case.constructor)

    def written(self) -> Written:
        parameters = dict(self.parameters)
        arguments = {name: expression(value, name) for name, value in self.arguments.items()}
        name = self.case.api
        if is_method(self.case.api):
            receiver = next(iter(parameters), "")
            if receiver not in arguments or not isinstance(self.arguments[receiver], np.ndarray):
                raise NotWritten("its tensor does not come first")
            name = f"{arguments.pop(receiver)}.{name.rpartition('.')[2]}"
            del parameters[receiver]
        given = ", ".join(self._given(parameters, arguments))
        return Written(f"{name}({given})", self.section)

    def _given(self, parameters: Parameters, arguments: dict[str, str]) -> Iterator[str]:
        leading = True  # so far nothing was left out
        for place, (name, parameter) in enumerate(parameters.items()):
            if name not in arguments:
                leading = not place and parameter.omit and len(arguments) == 1  # `torch.arange(5)`
                continue
            text = arguments.pop(name)
            if leading and parameter.variadic and self.by_place:
                yield from self._separately(name, text)
            elif leading and not parameter.keyword_only and (self.by_place or self._is_first(name, parameter)):
                yield text
            else:
                yield f"{self.case.renamed.get(name, name)}={text}"
                leading = False
        for name, text in arguments.items():
            yield f"{name}={text}"

    def _is_first(self, name: str, parameter: Parameter | Given) -> bool:
        """Whether programs give it by its place even where they name the others: tensors, and what has no default."""
        return parameter.required or isinstance(self.arguments[name], np.ndarray)

    def _separately(self, name: str, text: str) -> Iterator[str]:
        value = self.arguments[name]
        if not isinstance(value, list | tuple):
            yield text
            return
        if not value:
            raise NotWritten("nothing to give separately")
        yield from (expression(item, f"{name}_{place}") for place, item in enumerate(value))


def expression(value: Any, name: str) -> str:
    """An argument as text; what has no literal goes by a name made of `name`, see `names`."""
    if isinstance(value, Named):
        return value.name
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, list) and any(isinstance(item, np.ndarray) for item in value):
        return f"[{', '.join(expression(item, f'{name}_{place}') for place, item in enumerate(value))}]"
    if isinstance(value, list | tuple):
        items = [expression(item, f"{name}_{place}") for place, item in enumerate(value)]
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    return f"{name}_"


def names(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The values, a framework's objects, of the names in the text of a call with these arguments."""
    found: dict[str, Any] = {}

    def collect(name: str, value: Any) -> None:
        found[f"{name}_"] = value
        if isinstance(value, list | tuple):
            for place, item in enumerate(value):
                collect(f"{name}_{place}", item)

    for name, value in arguments.items():
        collect(name, value)
    return found


def given(case: Case, parameters: Parameters) -> dict[str, Any]:
    """The arguments of the case as the record keeps them: those that are not their defaults, by the names of what is called.

    A tensor that has to be given says nothing; one that may be left out, or be a number, is `TENSOR`.
    """
    arguments = case.call if case.constructor is None else case.constructor
    return {name: _kept(value) for name, value in arguments.items() if not _says_nothing(value, parameters.get(name))}


def _is_default(value: Any, parameter: Parameter | Given | None) -> bool:
    return parameter is not None and type(value) is type(parameter.default) and value == parameter.default


def _says_nothing(value: Any, parameter: Parameter | Given | None) -> bool:
    if _is_default(value, parameter):
        return True
    return _is_tensor(value) and parameter is not None and parameter.required and parameter.type in ("Tensor", "tuple of Tensor")


def _is_tensor(value: Any) -> bool:
    return isinstance(value, np.ndarray) or (isinstance(value, dict) and "draw" in value) or (
        isinstance(value, list) and bool(value) and all(map(_is_tensor, value))
    )  # fmt: skip


def _kept(value: Any) -> Any:
    if _is_tensor(value):
        return TENSOR
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if isinstance(value, dict) and "tuple" in value:
        return [_kept(item) for item in value["tuple"]]
    if isinstance(value, dict) and not value.keys().isdisjoint(("make", "slice", "sample")):
        return {"other": json.dumps(value, sort_keys=True)[:60]}
    return [_kept(item) for item in value] if isinstance(value, list | tuple) else value


def special(case: Case, usual: Mapping[str, Any]) -> str:
    """What is unusual about the tensors of a case beside `usual`, those of the base call: "empty", "0-d", "nan", "inf", or another dtype.

    And "unbatched" or "broadcast", where the fixture is named for that.
    """
    found = [word for word in SHAPES if word in case.fixture]
    for name, array in tensors(case).items():
        if case.by_dtype or (name in usual and dtype_of(array) != dtype_of(usual[name])):
            found.append(case.by_dtype or dtype_of(array))
        if not array.size:
            found.append("empty")
        elif array.dtype.kind in "fc" and not np.isfinite(array).all():
            found.append("nan" if np.isnan(array).any() else "inf")
        if not array.ndim and not (name in usual and not usual[name].ndim):
            found.append("0-d")
    return ", ".join(sorted(set(found)))


def tensors(case: Case) -> dict[str, Any]:
    """The arrays of a case, by the name of the argument and the place in it."""
    found: dict[str, Any] = {}

    def collect(name: str, value: Any) -> None:
        if isinstance(value, np.ndarray):
            found[name] = value
        elif isinstance(value, list | tuple):
            for place, item in enumerate(value):
                collect(f"{name}[{place}]", item)

    with np.errstate(invalid="ignore"):  # an integer of NaN, in a case that either framework may refuse
        for name, value in {**drawn(case.constructor or {}), **drawn(case.call)}.items():
            collect(name, value)
    return found
