"""The example of each page: programs written from the row's data, small enough to read. What they print is `compat.generate.recorded`'s.

Arguments that are too large to print are tried again with shorter axes; where none of that is a valid call the page has no example.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compat.generate.code import literal
from compat.parity.cases import Case, example_cases
from compat.parity.inputs import Made, Named, drawn
from compat.table.model import Counterpart, Row, Table

ELEMENTS, LINES, CHARACTERS = 16, 16, 1200  # of one array, of a program
CANDIDATES = 5
LENGTHS = (3, 2)  # no axis is longer than this in the second and third try
# Names of MindSpore's initializers that draw: what a layer with such weights gives is another thing in each framework.
DRAWING = frozenset({"normal", "uniform", "truncatednormal", "he_uniform", "he_normal", "xavier_uniform", "xavier_normal"})
INFERRED = ("float32", "int64", "bool", "complex64")  # dtypes that torch.tensor gives to Python's numbers


@dataclass(frozen=True)
class Program:
    """A program that prints the result of one call of `api`."""

    api: str
    text: str

    @property
    def framework(self) -> str:
        return self.api.partition(".")[0]

    @property
    def key(self) -> str:
        """Its name on record: equal programs have equal keys."""
        return f"{self.api} {hashlib.sha256(self.text.encode()).hexdigest()[:12]}"


def torch_programs(row: Row, table: Table) -> list[tuple[Program, dict[str, Any]]]:
    """Programs that show the row's PyTorch API, the preferred first, each with the table's arguments that it was made of."""
    found: dict[str, tuple[Program, dict[str, Any]]] = {}
    if row.kind in ("object", "value") or row.returns == "nothing":
        return []
    for arguments in _candidates(row, table):
        case = next(example_cases(row, table, arguments, None), None)
        text = None if case is None else _text(case, row, row)
        if text is not None:
            found.setdefault(text, (Program(row.torch, text), arguments))
    return list(found.values())[:CANDIDATES]


def mindspore_programs(row: Row, table: Table, arguments: dict[str, Any]) -> list[tuple[Program, Counterpart]]:
    """The same call of each MindSpore counterpart that takes these arguments: what this project has and the CPU can run comes first."""
    found = []
    if row.is_called:
        for counterpart in sorted(row.mindspore, key=lambda c: (c.absent, "CPU" not in c.devices)):
            for case in example_cases(row, table, arguments, counterpart):
                text = _text(case, row, counterpart)
                if text is not None:
                    found.append((Program(counterpart.api, text), counterpart))
    return found


def _candidates(row: Row, table: Table) -> Iterator[dict[str, Any]]:
    """The example of the row, its arguments as they are and shortened, then its fixtures that are valid calls, the same way."""
    source = table.rows[row.function] if row.function and not row.arguments else row
    own = row.example or source.example
    if own:
        yield own.arguments
    if not source.arguments:
        return
    calls = [source.arguments, *(source.arguments | f.change for f in source.fixtures if not f.raises and f.only != "mindspore")]
    for arguments in calls[:4]:
        yield arguments
        for length in LENGTHS:
            yield {name: shortened(value, length) for name, value in arguments.items()}


def shortened(value: Any, length: int) -> Any:
    """An argument of the table whose arrays have no axis longer than `length`; equal lengths stay equal."""
    if isinstance(value, list):
        return [shortened(item, length) if isinstance(item, (dict, list)) else item for item in value]
    if isinstance(value, dict) and value.get("shape"):
        return {**value, "shape": [min(size, length) for size in value["shape"]]}
    return value


# --- text ----------------------------------------------------------------------------------------------------------------


def _text(case: Case, row: Row, holder: Row | Counterpart) -> str | None:
    """The program of a case, None when it is too long to be read; `holder` has the parameters of the API that is called."""
    shown = _Shown(case.imitated)
    try:
        lines = {"optimizer": _optimizer, "scheduler": _scheduler, "property": _property}.get(row.kind, _call)(case, row, holder, shown)
    except _TooLarge:
        return None
    text = "\n".join([f"import {case.imitated}", "", *lines, ""])
    return None if text.count("\n") > LINES or len(text) > CHARACTERS else text


class _TooLarge(Exception):
    """An array that is no example, for its size or because it has no element."""


@dataclass
class _Shown:
    """Python source of arguments in one framework."""

    framework: str

    def value(self, value: Any) -> str:
        if isinstance(value, np.ndarray):
            return self._tensor(value)
        if isinstance(value, list) and any(isinstance(item, (np.ndarray, list, Named, Made)) for item in value):
            return f"[{', '.join(map(self.value, value))}]"
        if isinstance(value, Named):
            return f"{self.framework}.{value.name.partition('.')[2]}"
        if isinstance(value, Made):
            return f"{self.framework}.{value.name.partition('.')[2]}({', '.join(map(self.value, value.arguments))})"
        return literal(value)

    def _tensor(self, array: Any) -> str:
        if not 0 < array.size <= ELEMENTS:
            raise _TooLarge
        numbers = _numbers(array.tolist())
        if self.framework == "torch":
            return f"torch.tensor({numbers})" if str(array.dtype) in INFERRED else f"torch.tensor({numbers}, dtype=torch.{array.dtype})"
        return f"mindspore.Tensor({numbers}, mindspore.{'bool_' if array.dtype == bool else array.dtype})"


def _numbers(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_numbers, value))}]"
    if isinstance(value, complex):
        return repr(complex(round(value.real, 4), round(value.imag, 4)))
    if isinstance(value, float):
        return repr(round(value, 4)) if np.isfinite(value) else f'float("{value}")'
    return repr(value)


def _call(case: Case, row: Row, holder: Row | Counterpart, shown: _Shown) -> list[str]:
    """Tensors into variables, the call (of a class: constructor and call), and what it returns printed."""
    random = (row.kind == "class" and row.function is None) or row.draws == "distribution"
    seed = {"torch": "torch.manual_seed(0)", "mindspore": "mindspore.set_seed(0)"}[case.imitated]
    lines = [seed] if random else []
    drawn = row.draws == "distribution" or any(
        isinstance(one.default, str) and one.default in DRAWING for one in holder.parameters.values()
    )
    by_shape = row.draws == "nothing" or (drawn and case.imitated == "mindspore")
    first = isinstance(holder, Counterpart) and holder.result == "first"
    printed = f"print({'output.shape' if by_shape else 'output[0]' if first else 'output'})"
    if case.constructor is None:
        named, call = _variables(case.call, case, shown)
        lines += named
        if case.kind == "method":
            receiver = next(iter(call))
            rest = {name: text for name, text in call.items() if name != receiver}
            target = f"{call[receiver]}.{case.api.rpartition('.')[2]}"
            return [*lines, f"output = {target}({_arguments(rest, holder.parameters, case)})", printed]
        return [*lines, f"output = {case.api}({_arguments(call, holder.parameters, case)})", printed]
    constructed, constructor = _variables(case.constructor, case, shown)
    named, call = _variables(case.call, case, shown)
    layer = "loss" if case.api.endswith("Loss") else "layer"
    lines += [*constructed, *named, f"{layer} = {case.api}({_arguments(constructor, holder.parameters, replace(case, variadic=None))})"]
    applied = f"output = {layer}({_arguments(call, holder.call, case)})"
    if layer == "layer" and case.imitated == "torch":  # its weights would give the output a history, which is printed
        return [*lines, "with torch.no_grad():", f"    {applied}", printed]
    return [*lines, applied, printed]


def _variables(given: Mapping[str, Any], case: Case, shown: _Shown) -> tuple[list[str], dict[str, str]]:
    """A line for each tensor, or list of tensors, of some arguments, and the text of every argument."""
    lines, texts = [], {}
    for name, value in drawn(dict(given), mindspore=case.imitated == "mindspore").items():
        texts[name] = shown.value(value)
        if isinstance(value, np.ndarray) or (isinstance(value, list) and "ensor(" in texts[name]):
            variable = "x" if name == "self" else name
            lines.append(f"{variable} = {texts[name]}")
            texts[name] = variable
    return lines, texts


def _arguments(given: dict[str, str], parameters: Mapping[str, Any], case: Case) -> str:
    """What is required by position, the rest by keyword; a size that may be given number by number stands so."""
    parts = []
    rest = dict(given)
    for name, parameter in parameters.items():
        if name == "self" and name not in rest:
            continue
        if name not in rest or parameter.keyword_only:
            break
        if name == case.variadic:
            inner = rest.pop(name)
            parts.append(inner[1:-1].rstrip(",") if inner[:1] == "(" else inner)
            break
        if not parameter.required:
            break
        parts.append(rest.pop(name))
    return ", ".join([*(part for part in parts if part), *(f"{name}={text}" for name, text in rest.items())])


def _property(case: Case, _row: Row, _holder: Any, shown: _Shown) -> list[str]:
    lines, given = _variables(case.call, case, shown)
    return [*lines, f"print({given['self']}.{case.api.rpartition('.')[2]})"]


def _optimizer(case: Case, _row: Row, _holder: Any, shown: _Shown) -> list[str]:
    """Three steps towards 0; a closure, because some optimizers need one."""
    options = {name: shown.value(value) for name, value in drawn(case.call).items() if name != "params"}
    return [
        "weight = torch.nn.Parameter(torch.tensor([1.0, -2.0]))",
        f"optimizer = {case.api}({', '.join(['[weight]', *(f'{name}={text}' for name, text in options.items())])})",
        "",
        "def closure():",
        "    optimizer.zero_grad()",
        "    loss = weight.square().sum()",
        "    loss.backward()",
        "    return loss",
        "",
        "for _ in range(3):",
        "    optimizer.step(closure)",
        "print(weight.detach())",
    ]


def _scheduler(case: Case, _row: Row, _holder: Any, shown: _Shown) -> list[str]:
    """The learning rate of four steps."""
    options = {name: shown.value(value) for name, value in drawn(case.call).items() if name != "optimizer"}
    metric = "1.0" if case.api.endswith("ReduceLROnPlateau") else ""
    return [
        "optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)",
        f"scheduler = {case.api}({', '.join(['optimizer', *(f'{name}={text}' for name, text in options.items())])})",
        "for _ in range(4):",
        '    print(optimizer.param_groups[0]["lr"])',
        "    optimizer.step()",
        f"    scheduler.step({metric})",
    ]
