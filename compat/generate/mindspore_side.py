"""Rows → the source of compat.mindspore: MindSpore's signature and older spellings outside, PyTorch or an adapter inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compat.generate.code import (
    Argument,
    Module,
    annotation,
    bounded,
    check_source,
    choice_check,
    docstring,
    indent,
    literal,
    needs,
    passed,
    signature,
)  # fmt: skip
from compat.generate.docs import mindspore_docstring
from compat.table.checks import origin_of
from compat.table.load import Table
from compat.table.model import Added, Constant, Counterpart, MindSporeParameter, Row
from compat.table.routes import Filled, to_torch

ROOM = "compat.mindspore_on_torch"


def define(row: Row, counterpart: Counterpart, table: Table, module: Module) -> None:
    """Add the definition of one counterpart to its module."""
    name = counterpart.api.rpartition(".")[2]
    module.public.add(name)
    adapter = counterpart.on_torch
    if row.kind == "class" and adapter and adapter.name.rpartition(".")[2][0].isupper():
        package, _, class_name = f"{ROOM}.{adapter.name}".rpartition(".")
        module.imports.add(f"from {package} import {class_name}" + (f" as {name}" if name != class_name else ""))
        return
    source = _class(row, counterpart, name, table, module) if row.kind == "class" else _function(row, counterpart, name, module)
    module.imports |= needs(source, ROOM)
    module.definitions[name] = source


def arguments(parameters: Mapping[str, MindSporeParameter], row: Row) -> Iterator[Argument]:
    """The parameters as Python source; with older spellings about, a required one defaults to MISSING."""
    spelt = _spellings(parameters)
    known = {**row.parameters, **row.call}
    for name, p in parameters.items():
        source = origin_of(name, p)
        kind = known[source].type if source is not None else "object"
        default = ("_arguments.MISSING" if spelt else None) if p.required else literal(p.default)
        yield Argument(name, annotation(kind, p.default is None), default, p.keyword_only)


def _spellings(parameters: Mapping[str, MindSporeParameter]) -> dict[str, str]:
    return {older: name for name, p in parameters.items() for older in p.older.values() if older != name}


def _prologue(api: str, parameters: Mapping[str, MindSporeParameter], adapted: bool) -> Iterator[str]:
    """Older spellings first, then the values that PyTorch has nothing for, then choices."""
    spelt = _spellings(parameters)
    if spelt:
        # A parameter with a default may be spelt the old way too; a required one may be missing altogether.
        names = [name for name, p in parameters.items() if p.required or p.older]
        required = [name for name in names if parameters[name].required]
        condition = " or ".join(["older", *(f"{name} is _arguments.MISSING" for name in required)])
        current = ", ".join(f"{name}={name}" for name in names)
        targets = ", ".join(names) + ("," if len(names) == 1 else "")
        yield f'if {condition}:\n    {targets} = _arguments.older_names("{api}", older, {spelt!r}, {current})'
    for name, p in parameters.items():
        if isinstance(p, (Constant, Added)) and not adapted:
            value = p.value if isinstance(p, Constant) else p.default
            test = f"{name} is not None" if value is None else f"{name} != {literal(value)}"
            yield f'if {test}:\n    raise _errors.UnsupportedArgument("{api}", "{name}", {name}, "{value!r}")'
        if p.choices:
            yield choice_check(api, name, p.choices, p.choices_raise)


def _checks(counterpart: Counterpart, names: set[str], held: dict[str, str]) -> Iterator[str]:
    """The declared checks that can be made once `names` are known; `held` says where the constructor's arguments stand now."""
    given = {**counterpart.parameters, **counterpart.call}
    optional = {name for name, p in given.items() if not p.required and p.default is None}
    for check in counterpart.checks:
        if set(check.of) <= names | set(held) and not set(check.of) <= set(held):
            yield from check_source(counterpart.api, check, optional, held)


def _function(row: Row, counterpart: Counterpart, name: str, module: Module) -> str:
    parameters = counterpart.parameters
    tensors = _tensors(row, parameters)
    route, call = _call(row, counterpart, module, {})
    body = [
        docstring(mindspore_docstring(row, counterpart, route)),
        *_prologue(counterpart.api, parameters, counterpart.on_torch is not None),
        *_checks(counterpart, set(parameters), {}),
        bounded(counterpart.api, f"return _as_tensor({call})", counterpart.raises, tensors),
    ]
    older = "**older: Any" if _spellings(parameters) else ""
    result = "tuple[Tensor, ...]" if counterpart.result == "first" else "Tensor"
    return f"def {name}({signature(arguments(parameters, row), last=older)}) -> {result}:\n" + indent("\n".join(body))


def _tensors(row: Row, parameters: Mapping[str, MindSporeParameter]) -> list[str]:
    known = {**row.parameters, **row.call}
    sources = {name: origin_of(name, p) for name, p in parameters.items()}
    return [name for name, source in sources.items() if source is not None and "Tensor" in known[source].type]


def _call(row: Row, counterpart: Counterpart, module: Module, held: dict[str, str]) -> tuple[str, str]:
    """A sentence on what runs the counterpart, and the expression that computes it."""
    if counterpart.on_torch:
        values = [(name, name, not p.required or p.keyword_only) for name, p in (counterpart.call or counterpart.parameters).items()]
        if counterpart.call:
            # An argument that both constructor and call take reaches the adapter twice, the constructor's under its own name.
            values += [(f"constructor_{name}" if name in counterpart.call else name, held[name], True) for name in counterpart.parameters]
        sentence = f"Hand-written on PyTorch operators: {counterpart.on_torch.reason.en}"
        return sentence, f"{module.adapter(ROOM, counterpart.on_torch.name)}({passed(values)})"
    function = row.function or row.torch
    parent, _, name = function.rpartition(".")
    values = [(f.target, _expression(f, held), f.keyword) for f in to_torch(counterpart, row)]
    return f"Runs {function}.", f"{module.load(parent)}.{name}({passed(values)})"


def _expression(filled: Filled, held: dict[str, str]) -> str:
    if filled.parts:
        return f"({', '.join(held.get(part, part) for part in filled.parts)})"
    assert filled.source is not None
    text = held.get(filled.source, filled.source)
    return f"_conversions.{filled.convert}({text})" if filled.convert else text


def _class(row: Row, counterpart: Counterpart, name: str, table: Table, module: Module) -> str:
    module.imports.add(f"from {ROOM}.cell import Cell as _Cell")
    held = {parameter: f"self.{parameter}" for parameter in counterpart.parameters}
    if counterpart.function and not counterpart.on_torch:
        route, call = _through_function(counterpart, table, module, held)
    else:
        route, call = _call(row, counterpart, module, held)
        call = f"_as_tensor({call})"
    adapted = counterpart.on_torch is not None
    init = ["super().__init__()", *_prologue(counterpart.api, counterpart.parameters, adapted)]
    init += _checks(counterpart, set(counterpart.parameters), {})
    init += [f"self.{parameter} = {parameter}" for parameter in counterpart.parameters]
    construct = [*_prologue(counterpart.api, counterpart.call, adapted), *_checks(counterpart, set(counterpart.call), held)]
    construct.append(bounded(counterpart.api, f"return {call}", counterpart.raises, _tensors(row, counterpart.call)))
    older = ["**older: Any" if _spellings(p) else "" for p in (counterpart.parameters, counterpart.call)]
    return "\n".join([
        f"class {name}(_Cell):",
        indent(docstring(mindspore_docstring(row, counterpart, route))),
        "",
        indent(f"def __init__({signature(arguments(counterpart.parameters, row), 'self', older[0])}) -> None:"),
        indent("\n".join(init), 2),
        "",
        indent(f"def construct({signature(arguments(counterpart.call, row), 'self', older[1])}) -> Tensor:"),
        indent("\n".join(construct), 2),
    ])  # fmt: skip


def _through_function(counterpart: Counterpart, table: Table, module: Module, held: dict[str, str]) -> tuple[str, str]:
    """A class computed by a MindSpore function of the table: each parameter goes to the one that holds the same PyTorch value."""
    assert counterpart.function is not None
    parent, _, name = counterpart.function.rpartition(".")
    alias = "_" + "_".join(parent.split(".")[1:])
    module.imports.add(f"import compat.{parent} as {alias}")
    target = next(c for row in table.rows.values() for c in row.mindspore if c.api == counterpart.function and row.kind == "function")
    ours = {origin_of(n, p): held.get(n, n) for n, p in {**counterpart.call, **counterpart.parameters}.items()}
    values = [
        (n, ours[origin_of(n, p)], not p.required)
        for n, p in target.parameters.items()
        if origin_of(n, p) is not None and origin_of(n, p) in ours
    ]
    return f"The layer of {counterpart.function}.", f"{alias}.{name}({passed(values)})"
