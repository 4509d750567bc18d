"""The table → the calls to compare: every row, fixture and call style, in both directions."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, Literal

from msgspec import UNSET

from compat import conversions
from compat.errors import UsageError
from compat.parity.case import Case as Case, Kind, Origin, Style
from compat.parity.inputs import seeded
from compat.parity.variants import variants
from compat.table.converters import CONVERTERS
from compat.table.model import Counterpart, Difference, Fixture, OwnFixture, Row, Table
from compat.table.parameters import Converted, Part, Passed
from compat.table.routes import Slot, mindspore_slots, torch_slots

UNKNOWN_KEYWORD = "no_such_argument"


def cases(table: Table, patterns: list[str] | None = None) -> list[Case]:
    """Every case whose API, on either side, matches one of the patterns (shell globs); UsageError for one that matches none."""
    definers = table.definers()
    found = [
        case
        for row in table.rows.values()
        for case in _of_row(row, table, definers)
        if case.imitated == "mindspore" or case.api == case.row or case.api not in table.rows  # a form may have a row of its own
    ]
    if not patterns:
        return found
    for pattern in patterns:
        if not any(_matches(case, pattern) for case in found):
            raise UsageError(f"{pattern}: no API of the table matches; names look like torch.nn.functional.cross_entropy")
    return [case for case in found if any(_matches(case, pattern) for pattern in patterns)]


def _matches(case: Case, pattern: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for name in (case.api, case.row))


def _of_row(row: Row, table: Table, definers: dict[str, str]) -> Iterator[Case]:
    for case in _as_given(row, table, definers):
        yield case
        for variant in variants(case):
            counterpart = variant.api if variant.imitated == "mindspore" else None
            yield replace(variant, declared=_declared(row, source_of(row, table), variant.imitated, variant.fixture, counterpart))


def source_of(row: Row, table: Table) -> Row:
    """The row whose arguments and fixtures are used: a class may take those of its function."""
    return table.rows[row.function] if row.function and not row.arguments else row


def _as_given(row: Row, table: Table, definers: dict[str, str]) -> Iterator[Case]:
    source = source_of(row, table)
    if row.kind == "object" or not (source.arguments or _needs_none(row)):
        return  # its tests show it
    own = [] if source is row else row.fixtures
    for fixture in (*fixtures(source, table), *own):
        arguments = _seeded(without(source.arguments, fixture) | fixture.change, fixture.name)
        if fixture.only != "mindspore" and not fixture.mindspore:
            yield from _torch_cases(row, source, fixture, arguments)
        if fixture.only != "torch" and row.unsupported is None:
            for counterpart in row.mindspore:
                if definers.get(counterpart.api) == row.torch:
                    yield from _mindspore_cases(row, source, counterpart, fixture, arguments)
    for counterpart in row.mindspore:
        if definers.get(counterpart.api) == row.torch:
            for own_fixture in counterpart.fixtures:
                yield _own_case(row, source, counterpart, own_fixture)


def without(arguments: dict[str, Any], fixture: Fixture) -> dict[str, Any]:
    """The row's arguments that a fixture keeps or changes."""
    return {name: value for name, value in arguments.items() if name not in fixture.without}


def _needs_none(row: Row) -> bool:
    """Whether it can be called, or read, without arguments."""
    return row.kind == "value" or (
        row.is_called and not row.tests and not any(p.required for p in (*row.parameters.values(), *row.call.values()))
    )


def _torch_cases(row: Row, source: Row, fixture: Fixture, arguments: dict[str, Any]) -> Iterator[Case]:
    slots = torch_slots(row)
    if source is not row and not fixture.raises and any(name not in slots for name in fixture.change):
        return  # the function has an argument that the class lacks
    case = _torch_case(row, source, fixture, arguments)
    yield case
    if fixture.name == "base":
        yield from _forms(row, case)
        for name, other in row.spellings.items():
            if name in case.call:
                yield replace(case, fixture=f"spelling-{other}".replace("_", "-"), renamed={name: other})


def _forms(row: Row, case: Case) -> Iterator[Case]:
    """The base call under the row's other names and in its other forms."""
    for name, form in dict.fromkeys(row.in_forms()):
        if form == "out":
            yield replace(case, api=name, fixture="out", style="out", gradient=())
        elif form == "method":
            yield replace(case, api=name, style="method")
        elif form is not None:
            yield replace(case, api=name, style="in_place", gradient=())
        elif name != row.torch:
            yield replace(case, api=name)


def fixtures(row: Row, table: Table) -> Iterator[Fixture]:
    """The base call, the families', the row's own, and the mistakes that every API must refuse."""
    yield Fixture(name="base")
    if not row.is_called:
        yield from row.fixtures
        return
    yield Fixture(name="positional")
    if optional := [name for name in row.arguments if name in row.parameters and not row.parameters[name].required]:
        yield Fixture(name="defaults", without=optional)
    for family in row.families:
        yield from table.families[family].fixtures
    yield from row.fixtures
    yield Fixture(name="unknown-keyword", change={UNKNOWN_KEYWORD: 1}, raises=True)
    tensors = [name for name, p in row.parameters.items() if p.type == "Tensor" and p.required]
    if tensors and row.kind != "method":
        yield Fixture(name="not-a-tensor", change={tensors[0]: "text"}, raises=True)


def _seeded(arguments: dict[str, Any], fixture: str) -> dict[str, Any]:
    """Arrays with their seed beside them: by fixture and PyTorch's argument name, so that every API and direction sees the same."""
    return {name: seeded(value, f"{fixture}/{name}") for name, value in arguments.items()}


def _torch_case(row: Row, source: Row, fixture: Fixture, arguments: dict[str, Any]) -> Case:
    """A call of PyTorch's API; `arguments` go by the names of the function's parameters, in a class row too."""
    slots = torch_slots(row)
    constructor: dict[str, Any] = {}
    call: dict[str, Any] = {}
    for target, value in arguments.items():
        slot = slots.get(target) or Slot("parameters", target, None)
        (call if slot.section == "call" else constructor)[slot.name] = value
    made, called = (constructor, call) if row.kind == "class" else (None, constructor)
    style: Style = "positional" if fixture.name == "positional" else "keyword"
    if style == "positional":
        made, called = _in_order(made, dict(row.parameters)), _in_order(called, dict(row.call or row.parameters))
    section = "call" if row.kind == "class" else "parameters"
    differentiable = [slots[n].name for n in source.gradient if n in slots and slots[n].section == section]
    gradient = _compared(differentiable, fixture, arguments, called)
    declared = _declared(row, source, "torch", fixture.name, None) or _refusal(row)
    return Case("torch", row.torch, row.torch, fixture.name, made, called, gradient, fixture.raises, style, _kind(row), row.draws,
                declared=declared, may_refuse=fixture.name == "defaults", **_manner(row, called))  # fmt: skip


def _kind(row: Row) -> Any:
    assert row.kind != "object"
    return row.kind


def _manner(called: Row | Counterpart, given: Mapping[str, Any]) -> dict[str, Any]:
    """What cannot be told from the arguments of a call: which is spread, by_place up to which, and which go by keyword only."""
    parameters = called.call or called.parameters
    return {
        "variadic": next((name for name, p in parameters.items() if p.variadic), None),
        "by_place": next((name for name in reversed(list(parameters)) if parameters[name].by_place and name in given), None),
        "keyword_only": frozenset(name for part in (called.parameters, called.call) for name, p in part.items() if p.keyword_only),
    }


def _compared(names: Iterable[str], fixture: Fixture, arguments: Mapping[str, Any], called: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of the named parameters whose gradient is compared: none where the call raises or writes into its input."""
    if fixture.raises or arguments.get("inplace") is True:
        return ()
    return tuple(name for name in names if isinstance(called.get(name), (dict, list)))


def _refusal(row: Row) -> Difference | None:
    """What a row that can't work declares: each of its calls raises."""
    why = row.refusal
    return None if why is None else Difference(imitated="torch", fixtures=["base"], kind="unsupported", en=why.en, zh=why.zh)


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
    if row.kind == "scheduler":
        return  # MindSpore's schedules are no counterparts of a single call
    translated = to_mindspore_arguments(row, counterpart, arguments)
    reference: Literal["itself", "torch"] = "itself" if "CPU" in counterpart.devices else "torch"
    alone = fixture.name == "defaults" or bool(fixture.mindspore)  # PyTorch's call would be another one
    if translated is None or (reference == "torch" and (fixture.raises or alone)):
        return  # the call has no counterpart, or MindSpore's own refusal can't be observed on CPU
    if not fixture.mindspore.keys() <= counterpart.parameters.keys() | counterpart.call.keys():
        return
    constructor, call = (
        given | {name: value for name, value in _seeded(fixture.mindspore, fixture.name).items() if name in parameters}
        for given, parameters in zip(translated, (counterpart.parameters, counterpart.call), strict=True)
    )
    made, called = (constructor, call) if row.kind == "class" else (None, constructor)
    style: Style = "positional" if fixture.name == "positional" else "keyword"
    given_when_called = dict(counterpart.call or counterpart.parameters)
    if style == "positional":
        made, called = _in_order(made, dict(counterpart.parameters)), _in_order(called, given_when_called)
    received = {target: slot.name for slot, target in mindspore_slots(row, counterpart)}
    gradient = _compared((received.get(name, "") for name in source.gradient), fixture, arguments, called)
    kind: Kind = row.kind if row.kind in ("class", "optimizer", "property") else "method" if counterpart.is_method else "function"
    if fixture.name == "defaults":  # MindSpore's own, which may be others than PyTorch's
        made, called = (_required(given, parameters) for given, parameters in ((made, counterpart.parameters), (called, given_when_called)))
    torch_case = None if fixture.raises or alone else replace(_torch_case(row, source, fixture, arguments), settled=True)
    case = Case("mindspore", counterpart.api, row.torch, fixture.name, made, called, gradient, fixture.raises, style, kind, row.draws,
                reference=reference, torch_case=torch_case, may_refuse=fixture.name == "defaults", declared=_declared(row, source, "mindspore", fixture.name, counterpart.api),
                **_manner(counterpart, called))  # fmt: skip
    yield case
    older = _older(counterpart)
    if fixture.name == "base" and older:
        declared = _declared(row, source, "mindspore", "older-spelling", counterpart.api)
        yield replace(case, fixture="older-spelling", style="older", renamed=older, declared=declared)


def _own_case(row: Row, source: Row, counterpart: Counterpart, fixture: OwnFixture) -> Case:
    """A call by MindSpore's own names, held against MindSpore alone: PyTorch has no such call."""
    plain = Fixture(name=fixture.name, raises=fixture.raises)
    tried = (_mindspore_cases(row, source, counterpart, plain, given) for given in (_seeded(source.arguments, fixture.name), {}))
    case = next(chain.from_iterable(tried))  # some of PyTorch's arguments may have no place in it
    changed = _seeded(fixture.change, fixture.name)
    in_call = {name for name in changed if case.constructor is None or (name in counterpart.call and name not in counterpart.parameters)}
    call = case.call | {name: value for name, value in changed.items() if name in in_call}
    made = None if case.constructor is None else case.constructor | {n: value for n, value in changed.items() if n not in in_call}
    call = {name: value for name, value in call.items() if name not in fixture.without}
    made = made and {name: value for name, value in made.items() if name not in fixture.without}
    differentiable = {slot.name for slot, target in mindspore_slots(row, counterpart) if target in source.gradient}
    gradient = (
        () if fixture.raises else tuple(name for name, value in call.items() if name in differentiable and isinstance(value, (dict, list)))
    )
    if fixture.positional:
        call = _in_order(call, dict(counterpart.call or counterpart.parameters))
    return replace(case, constructor=made, call=call, gradient=gradient, torch_case=None, initial=fixture.initial, train=fixture.train,
                   style="positional" if fixture.positional else "keyword")  # fmt: skip


def _required(given: dict[str, Any] | None, parameters: Mapping[str, Any]) -> Any:
    """The arguments without those that may be left out."""
    return given and {name: value for name, value in given.items() if name not in parameters or parameters[name].required}


def _older(counterpart: Counterpart) -> dict[str, str]:
    """Today's name → the oldest spelling of every parameter that has one."""
    given = {**counterpart.parameters, **counterpart.call}
    return {name: min(p.older.items(), key=_release)[1] for name, p in given.items() if p.older}


def _release(item: tuple[str, str]) -> tuple[int, ...]:
    return tuple(map(int, item[0].split(".")))


def to_mindspore_arguments(row: Row, counterpart: Counterpart, arguments: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """PyTorch's arguments, by the function's names, as MindSpore's for constructor (or function) and call.

    None when one of them has no place there, so that the call has no counterpart. An argument that is left out is passed
    where MindSpore's default differs from PyTorch's.
    """
    found: dict[str, dict[str, Any]] = {"parameters": {}, "call": {}}
    torch = torch_slots(row)
    used = set()
    for slot, target in mindspore_slots(row, counterpart):
        if target is None:
            continue
        ours = torch[target].parameter
        if target in arguments:
            value = arguments[target]
            used.add(target)
        elif isinstance(ours, Passed) and not ours.required and ours.default != slot.parameter.default:
            value = ours.default
        else:
            continue
        if isinstance(slot.parameter, Converted):
            value = getattr(conversions, CONVERTERS[slot.parameter.by].forward)(value)
        found[slot.section][slot.name] = value[slot.parameter.index] if isinstance(slot.parameter, Part) else value
    for name in set(arguments) - used:
        if name != UNKNOWN_KEYWORD:
            return None
        found["parameters"][name] = arguments[name]
    return found["parameters"], found["call"]


def _declared(row: Row, source: Row, imitated: str, fixture: str, api: str | None) -> Difference | None:
    for difference in [*row.differences, *(source.differences if source is not row and imitated == "torch" else [])]:
        if difference.imitated == imitated and fixture in difference.fixtures and (not difference.apis or api in difference.apis):
            return difference
    return None


def example_cases(row: Row, table: Table, arguments: dict[str, Any], counterpart: Counterpart | None) -> Iterator[Case]:
    """The call that the API's page shows: PyTorch's, or that of a counterpart; none when that has no place for the arguments."""
    source = source_of(row, table)
    fixture = Fixture(name="example")
    given = _seeded(arguments, fixture.name)
    if counterpart is None:
        yield _torch_case(row, source, fixture, given)
    else:
        yield from _mindspore_cases(row, source, counterpart, fixture, given)


def bases(cases: list[Case]) -> list[Case]:
    """Those of the cases of which other arguments make other calls: the first of every API that is called with any."""
    return [
        case
        for case in cases
        if case.fixture == "base" and case.kind != "value" and not _is_refused(case) and (case.call or case.constructor)
    ]


def _is_refused(case: Case) -> bool:
    return case.declared is not None and case.declared.kind == "unsupported"


def called_with(base: Case, table: Table, arguments: dict[str, Any], fixture: str, origin: Origin) -> Case | None:
    """The call of `base`'s API with other arguments, which go by the names of PyTorch's function; None where they have no place there."""
    row = table.rows[base.row]
    source = source_of(row, table)
    named = Fixture(name=fixture)
    if base.imitated == "mindspore":
        counterpart = next(each for each in row.mindspore if each.api == base.api)
        found = next(_mindspore_cases(row, source, counterpart, named, arguments), None)
    elif any(name not in torch_slots(row) for name in arguments):
        return None
    else:
        case = _torch_case(row, source, named, arguments)
        found = next(each for each in (case, *_forms(row, case)) if (each.api, each.style) == (base.api, base.style))
    return found and replace(found, fixture=fixture, origin=origin)
