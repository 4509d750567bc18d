"""The table → the calls to compare: every row, fixture and call style, in both directions."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import UNSET

from compat import conversions
from compat.errors import UsageError
from compat.table.checks import origin_of
from compat.table.converters import CONVERTERS
from compat.table.load import Table
from compat.table.model import Constant, Converted, Counterpart, Difference, Fixture, MindSporeParameter, Part, Passed, Row

UNKNOWN_KEYWORD = "no_such_argument"
Style = Literal["keyword", "positional", "older"]


@dataclass(frozen=True)
class Case:
    """One call of one API. Arguments are data of the table, by the names of the API that is called.

    `reference` is what the result is held against: the imitated framework itself, or PyTorch where MindSpore's own API has
    no kernel on CPU (`torch_arguments` are then the arguments of the row's PyTorch API).
    """

    imitated: Literal["torch", "mindspore"]
    api: str
    row: str
    fixture: str
    constructor: dict[str, Any] | None
    call: dict[str, Any]
    gradient: tuple[str, ...]
    raises: bool
    style: Style = "keyword"
    renamed: dict[str, str] = field(default_factory=dict)
    reference: Literal["itself", "torch"] = "itself"
    torch_case: Case | None = None
    declared: Difference | None = None

    @property
    def id(self) -> str:
        return f"{self.imitated}:{self.api}:{self.fixture}"


def cases(table: Table, patterns: list[str] | None = None) -> list[Case]:
    """Every case whose API, on either side, matches one of the patterns (shell globs); UsageError for one that matches none."""
    found = [case for row in table.rows.values() for case in _of_row(row, table)]
    if not patterns:
        return found
    for pattern in patterns:
        if not any(_matches(case, pattern) for case in found):
            raise UsageError(f"{pattern}: no API of the table matches; names look like torch.nn.functional.cross_entropy")
    return [case for case in found if any(_matches(case, pattern) for pattern in patterns)]


def _matches(case: Case, pattern: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for name in (case.api, case.row))


def _of_row(row: Row, table: Table) -> Iterator[Case]:
    source = table.rows[row.function] if row.function and not row.arguments else row
    for fixture in fixtures(source, table):
        arguments = _row_arguments(row, _seeded(source.arguments | fixture.change, fixture.name))
        if fixture.only != "mindspore":
            yield _torch_case(row, source, fixture, arguments)
        if fixture.only != "torch":
            for counterpart in row.mindspore:
                yield from _mindspore_cases(row, source, counterpart, fixture, arguments)


def fixtures(row: Row, table: Table) -> Iterator[Fixture]:
    """The base call, the families', the row's own, and the mistakes that every API must refuse."""
    yield Fixture(name="base")
    yield Fixture(name="positional")
    for family in row.families:
        yield from table.families[family].fixtures
    yield from row.fixtures
    yield Fixture(name="unknown-keyword", change={UNKNOWN_KEYWORD: 1}, raises=True)
    tensors = [name for name, p in row.parameters.items() if p.type == "Tensor" and p.required]
    if tensors:
        yield Fixture(name="not-a-tensor", change={tensors[0]: "text"}, raises=True)


def _seeded(arguments: dict[str, Any], fixture: str) -> dict[str, Any]:
    """Arrays with their seed beside them: by fixture and PyTorch's argument name, so that every API and direction sees the same."""
    return {n: {**v, "seed": f"{fixture}/{n}"} if isinstance(v, dict) else v for n, v in arguments.items()}


def _row_arguments(row: Row, arguments: dict[str, Any]) -> dict[str, Any]:
    """A function's arguments under the names that the row has for them (a class's call may name one differently)."""
    names = {getattr(p, "to", None) or name: name for name, p in [*row.parameters.items(), *row.call.items()]}
    return {names.get(name, name): value for name, value in arguments.items()}


def _torch_case(row: Row, source: Row, fixture: Fixture, arguments: dict[str, Any]) -> Case:
    constructor, call = _split(row.kind, row.call, arguments)
    style: Style = "positional" if fixture.name == "positional" else "keyword"
    if style == "positional":
        constructor, call = _in_order(constructor, dict(row.parameters)), _in_order(call, dict(row.call or row.parameters))
    gradient = () if fixture.raises else _gradient(row, source, call)
    declared = _declared(row, source, "torch", fixture.name, None)
    return Case("torch", row.torch, row.torch, fixture.name, constructor, call, gradient, fixture.raises, style, declared=declared)


def _gradient(row: Row, source: Row, call: dict[str, Any]) -> tuple[str, ...]:
    """The arguments of the call whose gradient is compared: those that the row names and that are tensors here."""
    return tuple(name for name in _row_arguments(row, dict.fromkeys(source.gradient)) if isinstance(call.get(name), dict))


def _split(kind: str, call: dict[str, Any], arguments: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    if kind == "function":
        return None, arguments
    return {n: v for n, v in arguments.items() if n not in call}, {n: v for n, v in arguments.items() if n in call}


def _in_order(arguments: dict[str, Any] | None, parameters: dict[str, Any]) -> Any:
    """All leading positional parameters up to the last given one, defaults filled in; keyword-only ones stay behind."""
    if arguments is None:
        return None
    given = [name for name, p in parameters.items() if name in arguments and not p.keyword_only]
    ordered: dict[str, Any] = {}
    for name, parameter in parameters.items():
        if not given or parameter.keyword_only:
            break
        ordered[name] = arguments.get(name, None if parameter.default is UNSET else parameter.default)
        if name == given[-1]:
            break
    return ordered | {name: value for name, value in arguments.items() if name not in ordered}


def _mindspore_cases(row: Row, source: Row, counterpart: Counterpart, fixture: Fixture, arguments: dict[str, Any]) -> Iterator[Case]:
    translated = to_mindspore_arguments(row, counterpart, arguments)
    if translated is None:
        return
    constructor, call = _split(row.kind, counterpart.call, translated)
    style: Style = "positional" if fixture.name == "positional" else "keyword"
    if style == "positional":
        constructor = _in_order(constructor, dict(counterpart.parameters))
        call = _in_order(call, dict(counterpart.call or counterpart.parameters))
    torch_names = {origin_of(n, p): n for n, p in {**counterpart.parameters, **counterpart.call}.items()}
    differentiable = _gradient(row, source, _split(row.kind, dict(row.call), arguments)[1])
    gradient = () if fixture.raises else tuple(torch_names[n] for n in differentiable if n in torch_names)
    reference: Literal["itself", "torch"] = "itself" if "CPU" in counterpart.devices else "torch"
    if reference == "torch" and fixture.raises:
        return  # MindSpore's own refusal can't be observed on CPU
    torch_case = _torch_case(row, source, fixture, arguments) if reference == "torch" else None
    declared = _declared(row, source, "mindspore", fixture.name, counterpart.api)
    case = Case("mindspore", counterpart.api, row.torch, fixture.name, constructor, call, gradient, fixture.raises, style,
                reference=reference, torch_case=torch_case, declared=declared)  # fmt: skip
    yield case
    older = _older(counterpart)
    if fixture.name == "base" and older:
        yield Case("mindspore", counterpart.api, row.torch, "older-spelling", constructor, call, gradient, False, "older", older,
                   reference, torch_case, _declared(row, source, "mindspore", "older-spelling", counterpart.api))  # fmt: skip


def _older(counterpart: Counterpart) -> dict[str, str]:
    """Today's name → the oldest spelling of every parameter that has one."""
    given = {**counterpart.parameters, **counterpart.call}
    return {name: min(p.older.items(), key=_release)[1] for name, p in given.items() if p.older}


def _release(item: tuple[str, str]) -> tuple[int, ...]:
    return tuple(map(int, item[0].split(".")))


def to_mindspore_arguments(row: Row, counterpart: Counterpart, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """PyTorch's arguments as MindSpore's; None when one of them has no place there, so that the call has no counterpart."""
    given: dict[str, MindSporeParameter] = {**counterpart.parameters, **counterpart.call}
    translated: dict[str, Any] = {}
    used = set()
    for name, parameter in given.items():
        source = origin_of(name, parameter)
        if isinstance(parameter, Constant) or source not in arguments:
            continue
        value = arguments[source]
        if isinstance(parameter, Converted):
            value = getattr(conversions, CONVERTERS[parameter.by].forward)(value)
        translated[name] = value[parameter.index] if isinstance(parameter, Part) else value
        used.add(source)
    for name, value in arguments.items():
        if name == UNKNOWN_KEYWORD:
            translated[name] = value
        elif name not in used:
            return None
    # MindSpore's default may differ from PyTorch's: an argument that the fixture leaves out is then passed.
    for name, parameter in given.items():
        source = origin_of(name, parameter)
        ours = {**row.parameters, **row.call}.get(source or "")
        if (
            name not in translated
            and ours is not None
            and isinstance(ours, Passed)
            and not ours.required
            and ours.default != parameter.default
        ):
            translated[name] = ours.default
    return translated


def _declared(row: Row, source: Row, imitated: str, fixture: str, api: str | None) -> Difference | None:
    for difference in [*row.differences, *(source.differences if source is not row and imitated == "torch" else [])]:
        if difference.imitated == imitated and fixture in difference.fixtures and (not difference.apis or api in difference.apis):
            return difference
    return None


def cases_of_example(row: Row, table: Table) -> tuple[Case, Case | None]:
    """The call that the API's page shows, in PyTorch and in the first MindSpore counterpart that takes all its arguments."""
    source = table.rows[row.function] if row.function and not row.arguments else row
    own = row.example or source.example
    fixture = Fixture(name="example")
    arguments = _row_arguments(row, _seeded(own.arguments if own else source.arguments, fixture.name))
    torch_case = _torch_case(row, source, fixture, arguments)
    for counterpart in row.mindspore:
        found = next(_mindspore_cases(row, source, counterpart, fixture, arguments), None)
        if found is not None:
            return torch_case, found
    return torch_case, None
