"""Rows → the source of compat.mindspore: MindSpore's signature and older spellings outside, PyTorch or an adapter inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import UNSET

from compat.generate.checks import Reading, check_source, reads_tensor
from compat.generate.code import (
    RETURNS,
    Argument,
    Module,
    annotation,
    bounded,
    choice_check,
    differs,
    docstring,
    indent,
    literal,
    passed,
    signature,
    unsupported,
)  # fmt: skip
from compat.generate.docs import mindspore_docstring
from compat.table.checks import fits
from compat.table.model import Counterpart, Primitive, Row, Slot, Table
from compat.table.parameters import Added, Constant, MindSporeParameter
from compat.table.routes import Filled, is_inherited, mindspore_slots, to_torch, torch_slots

ROOM = "compat.mindspore_on_torch"


def define(row: Row, counterpart: Counterpart, table: Table, module: Module) -> None:
    """Add the definition of one counterpart to its module."""
    name = counterpart.api.rpartition(".")[2]
    adapter = counterpart.on_torch
    module.public.add(name)
    if adapter and (adapter.public or (row.kind == "class" and adapter.name.rpartition(".")[2][0].isupper())):
        package, _, class_name = f"{ROOM}.{adapter.name}".rpartition(".")
        module.imports.add(f"from {package} import {class_name} as {name}")
        return
    if row.kind == "class" and adapter is None and counterpart.function is None and row.function is None:
        module.imports.add(f"from {ROOM}.layers import mint as _mint")
        module.definitions[name] = _module_cell(row, counterpart, name)
        return
    source = _class(row, counterpart, name, table, module) if row.kind == "class" else _function(row, counterpart, name, module)
    module.use(source, ROOM, "torch")
    module.definitions[name] = source


def define_primitive(primitive: Primitive, module: Module) -> None:
    """Add the class of a primitive: its constructor keeps arguments, its call hands them to the function."""
    name = primitive.primitive.rpartition(".")[2]
    holder = "_" + "_".join(primitive.function.split(".")[1:-1] or ["mindspore"])
    module.imports.add(f"import compat.{primitive.function.rpartition('.')[0]} as {holder}")
    module.imports.add(f"from {ROOM}.primitives.base import Primitive as _Primitive")
    module.public.add(name)
    init, call = ([_slot(each, slot) for each, slot in slots.items()] for slots in (primitive.parameters, primitive.call))
    values = [(slot.source or each, each, True) for each, slot in primitive.call.items()]
    values += [(slot.source or each, f"self.{each}", True) for each, slot in primitive.parameters.items()]
    values += [(each, literal(value), True) for each, value in primitive.constants.items()]
    kept = [f"self.{each} = {each}" for each in primitive.parameters]
    source = "\n".join([
        f"class {name}(_Primitive):",
        indent(docstring(f"{primitive.function} with a constructor: {name}({', '.join(primitive.parameters)})({', '.join(primitive.call)}).")),
        "",
        indent(f"def __init__({signature(init, 'self')}) -> None:"),
        indent("\n".join([f"super().__init__({name!r})", *kept]), 2),
        "",
        indent(f"def __call__({signature(call, 'self')}) -> Any:"),
        indent(f"return {holder}.{primitive.function.rpartition('.')[2]}({passed(values)})", 2),
    ])  # fmt: skip
    module.definitions[name] = source


def _slot(name: str, slot: Slot) -> Argument:
    return Argument(name, "Any", None if slot.default is UNSET else literal(slot.default))


def _module_cell(row: Row, counterpart: Counterpart, name: str) -> str:
    """A layer that is PyTorch's module under MindSpore's protocol: its parameters and defaults are the counterpart's."""
    parameters = {p: each for p, each in counterpart.parameters.items() if not isinstance(each, Added)}
    given = [f"{p}={'_mint.REQUIRED' if each.required else literal(each.default)}" for p, each in parameters.items()]
    module = row.torch.rpartition(".")[2]
    spelt = {*counterpart.call, *_spellings(counterpart.call)}
    base = "_mint.ModuleCell" if "x" not in spelt else "_mint.NamedX" if "input" not in spelt else "_mint.InputOrX"
    return f"{name}: Any = _mint.cell({', '.join([repr(name), repr(module), base, *given])})"


def is_derived(row: Row, counterpart: Counterpart) -> bool:
    """Whether source is made for a counterpart: not where it is missing, nor where a method of PyTorch's Tensor is the same."""
    public = counterpart.on_torch is not None and counterpart.on_torch.public
    if counterpart.absent or (public and counterpart.is_method):
        return False
    if public:
        return True
    if row.unsupported is not None or not row.is_called:
        return False
    return not (counterpart.is_method and counterpart.on_torch is None and is_inherited(row, counterpart))


def arguments(section: str, counterpart: Counterpart, row: Row) -> Iterator[Argument]:
    """The parameters as Python source; with older spellings about, a required one defaults to MISSING."""
    spelt = _spellings(getattr(counterpart, section))
    types = _types(row, counterpart, section)
    for name, p in getattr(counterpart, section).items():
        default = ("_MISSING" if spelt else None) if p.required else literal(p.default)
        # MindSpore's default may be of another type than PyTorch's parameter: an axis of () for all of them.
        kind = types[name] if p.required or p.default is None or fits(p.default, types[name]) else "object"
        yield Argument(name, annotation(_seen(counterpart.api, kind), p.default is None), default, p.keyword_only, p.variadic)


def _seen(api: str, kind: str) -> str:
    """The type as the API's module can name it: at the top of mindspore `int`, `float` and `bool` are data types."""
    return "object" if api.count(".") == 1 and kind in ("int", "float", "bool") else kind


def _types(row: Row, counterpart: Counterpart, section: str) -> dict[str, str]:
    """The type of each MindSpore parameter: that of the PyTorch parameter it receives."""
    torch = torch_slots(row)
    slots = [(slot.name, target) for slot, target in mindspore_slots(row, counterpart) if slot.section == section]
    return {name: torch[target].parameter.type if target in torch else "object" for name, target in slots}


def _spellings(parameters: Mapping[str, MindSporeParameter]) -> dict[str, str]:
    return {older: name for name, p in parameters.items() for older in p.older.values() if older != name}


def _prologue(api: str, parameters: Mapping[str, MindSporeParameter], adapted: bool) -> Iterator[str]:
    """Older spellings first, then the values that PyTorch has nothing for, then choices."""
    spelt = _spellings(parameters)
    if spelt:
        # A parameter with a default may be spelt the old way too; a required one may be missing altogether.
        names = [name for name, p in parameters.items() if p.required or p.older]
        required = [name for name in names if parameters[name].required]
        condition = " or ".join(["older", *(f"{name} is _MISSING" for name in required)])
        current = ", ".join(f"{name}={name}" for name in names)
        targets = ", ".join(names) + ("," if len(names) == 1 else "")
        yield f'if {condition}:\n    {targets} = _arguments.older_names("{api}", older, {spelt!r}, {current})'
    for name, p in parameters.items():
        if isinstance(p, (Constant, Added)) and not adapted:
            value = p.value if isinstance(p, Constant) else p.default
            yield unsupported(api, differs(name, value), name, repr(value))
        if p.choices:
            yield choice_check(api, name, p.choices, p.choices_raise)


def _checks(counterpart: Counterpart, names: set[str], held: dict[str, str], module: Module) -> tuple[list[str], list[str]]:
    """The declared checks that can be made once `names` are known: on Python values, and inside tensors.

    `held` says where the constructor's arguments stand now. Tensors are read as PyTorch's, inside `_plain_torch()`, where
    that costs a tenth.
    """

    def among(value: str, dtypes: list[str]) -> str:
        return f"_dtype({value}) not in {module.dtypes(dtypes)}"

    # Our own class first: an exact match costs a tenth of asking PyTorch's metaclass.
    reading = Reading("type({0}) is not Tensor and not isinstance({0}, _AnyTensor)", "_shape({})", "_dtype({})", among)
    given = {**counterpart.parameters, **counterpart.call}
    optional = {name for name, p in given.items() if not p.required and p.default is None}
    outside: list[str] = []
    inside: list[str] = []
    for check in counterpart.checks:
        known, of_constructor = set(check.of) <= names | set(held), set(check.of) <= set(held)
        late = check.at == "call"
        if known and (not of_constructor or late) and not (late and not held and counterpart.call):
            (inside if reads_tensor(check) else outside).extend(check_source(counterpart.api, check, optional, held, reading))
    return outside, inside


def _function(row: Row, counterpart: Counterpart, name: str, module: Module) -> str:
    parameters = counterpart.parameters
    tensors = _tensors(row, counterpart, "parameters")
    route, call = _call(row, counterpart, module, {})
    outside, inside = _checks(counterpart, set(parameters), {}, module)
    body = [
        docstring(mindspore_docstring(row, counterpart, route)),
        *_prologue(counterpart.api, parameters, counterpart.on_torch is not None),
        *outside,
        bounded(counterpart.api, _plain(inside, call), counterpart.raises, tensors),
    ]
    older = "**older: Any" if _spellings(parameters) else ""
    returns = _seen(counterpart.api, row.returns)
    result = "tuple[Tensor, ...]" if counterpart.result == "first" else RETURNS.get(returns, returns)
    header = f"def {name}({signature(arguments('parameters', counterpart, row), last=older)}) -> {result}:"
    return "\n".join([header, indent("\n".join(body))])


def _plain(checks: list[str], call: str | None) -> str:
    """Statements inside which our tensors have PyTorch's meanings: checks, then a call whose result becomes ours."""
    block = [*checks, *([f"result = {call}"] if call else [])]
    return "with _plain_torch():\n" + indent("\n".join(block)) + ("\nreturn _as_tensor(result)" if call else "")


def _tensors(row: Row, counterpart: Counterpart, section: str) -> list[str]:
    return [name for name, kind in _types(row, counterpart, section).items() if "Tensor" in kind]


def _call(row: Row, counterpart: Counterpart, module: Module, held: dict[str, str]) -> tuple[str, str]:
    """A sentence on what runs the counterpart, and the expression that computes it."""
    if counterpart.on_torch:
        values = [(name, name, not p.required or p.keyword_only) for name, p in (counterpart.call or counterpart.parameters).items()]
        if counterpart.call:
            # An argument that both constructor and call take reaches the adapter twice, the constructor's under its own name.
            values += [(f"constructor_{name}" if name in counterpart.call else name, held[name], True) for name in counterpart.parameters]
        sentence = f"Hand-written on PyTorch operators, for what PyTorch does otherwise: {counterpart.on_torch.why.en}"
        return sentence, f"{module.adapter(ROOM, counterpart.on_torch.name)}({passed(values)})"
    function = row.function or row.torch
    parent, _, name = function.rpartition(".")
    torch = torch_slots(row)
    given = [(f, torch[f.target].parameter) for f in to_torch(counterpart, row)]
    values = [(f.target, _expression(f, held, counterpart, row), f.keyword) for f, p in given if not p.omit]
    left_out = [f"{f.target}=({_expression(f, held, counterpart, row)}, {literal(p.default)})" for f, p in given if p.omit]
    if left_out:
        values.append(("", f"**_arguments.changed({', '.join(left_out)})", False))
    holder = f"{module.load('torch')}.Tensor" if parent == "torch.Tensor" else module.load(parent)
    return f"Runs {function}.", f"{holder}.{name}({passed(values)})"


def _expression(filled: Filled, held: dict[str, str], counterpart: Counterpart, row: Row) -> str:
    def shown(name: str) -> str:
        return name if name in counterpart.call else held.get(name, name)

    if filled.parts:
        return f"({', '.join(map(shown, filled.parts))})"
    assert filled.source is not None
    text = shown(filled.source)
    if torch_slots(row)[filled.target].parameter.type == "dtype":
        return f"_dtypes.torch_dtype({text})"
    if torch_slots(row)[filled.target].parameter.variadic:
        return f"*{text}"
    return f"_conversions.{filled.convert}({text})" if filled.convert else text


def _class(row: Row, counterpart: Counterpart, name: str, table: Table, module: Module) -> str:
    module.imports.add(f"from {ROOM}.cell import Cell as _Cell")
    held = {parameter: f"self.{parameter}" for parameter in counterpart.parameters}
    if counterpart.function and not counterpart.on_torch:
        route, call = _through_function(row, counterpart, table, module, held)
        through = [f"return {call}"]
    else:
        route, call = _call(row, counterpart, module, held)
        through = []
    adapted = counterpart.on_torch is not None
    init = ["super().__init__()", *_prologue(counterpart.api, counterpart.parameters, adapted)]
    outside, inside = _checks(counterpart, set(counterpart.parameters), {}, module)
    init += [*outside, *([_plain(inside, None)] if inside else [])]
    init += [f"self.{parameter} = {parameter}" for parameter in counterpart.parameters]
    outside, inside = _checks(counterpart, set(counterpart.call), held, module)
    if through:
        statements = "\n".join([*([_plain(inside, None)] if inside else []), *through])
    else:
        statements = _plain(inside, call)
    construct = [*_prologue(counterpart.api, counterpart.call, adapted), *outside]
    construct.append(bounded(counterpart.api, statements, counterpart.raises, _tensors(row, counterpart, "call")))
    older = ["**older: Any" if _spellings(p) else "" for p in (counterpart.parameters, counterpart.call)]
    return "\n".join([
        f"class {name}(_Cell):",
        indent(docstring(mindspore_docstring(row, counterpart, route))),
        "",
        indent(f"def __init__({signature(arguments('parameters', counterpart, row), 'self', older[0])}) -> None:"),
        indent("\n".join(init), 2),
        "",
        indent(f"def construct({signature(arguments('call', counterpart, row), 'self', older[1])}) -> Tensor:"),
        indent("\n".join(construct), 2),
    ])  # fmt: skip


def _through_function(row: Row, counterpart: Counterpart, table: Table, module: Module, held: dict[str, str]) -> tuple[str, str]:
    """A class computed by a MindSpore function of the table: each parameter goes to the one that holds the same PyTorch value."""
    assert counterpart.function is not None
    parent, _, name = counterpart.function.rpartition(".")
    alias = "_" + "_".join(parent.split(".")[1:])
    module.imports.add(f"import compat.{parent} as {alias}")
    function, target = next(
        (row, c) for row in table.rows.values() for c in row.mindspore if c.api == counterpart.function and row.kind == "function"
    )
    ours = {received: held.get(slot.name, slot.name) if slot.section == "parameters" else slot.name
            for slot, received in mindspore_slots(row, counterpart) if received is not None}  # fmt: skip
    values = [
        (slot.name, ours[received], not slot.parameter.required) for slot, received in mindspore_slots(function, target) if received in ours
    ]
    return f"The layer of {counterpart.function}.", f"{alias}.{name}({passed(values)})"
