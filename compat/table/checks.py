"""What must hold between the parts of the table, beyond the shape of each: names that exist, defaults that fit, routes that carry."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

import msgspec

from compat.table import weights
from compat.table.converters import CONVERTERS
from compat.table.model import Adapter, ArraySpec, Counterpart, Export, Origin, Primitive, Row, Table
from compat.table.parameters import (
    Added,
    Constant,
    Converted,
    Deprecated,
    MindSporeParameter,
    Moved,
    Part,
    Passed,
    Record,
    Renamed,
    Same,
    TorchParameter,
)
from compat.table.source import Path
from compat.table.validate import mistakes, shown

Located = tuple[Origin, Path, str]
Found = Iterator[tuple[Path, str]]

DUNDER = re.compile(r"__[a-z]+__")
WORD = re.compile(r"[A-Za-z0-9_.+-]*")
DTYPES = {"float16", "float32", "float64", "bfloat16", "int8", "uint8", "int16", "int32", "int64", "bool", "complex64", "complex128"}
DEFAULT_TYPES: dict[str, tuple[type, ...]] = {
    "Tensor": (), "tuple of Tensor": (), "callable": (), "device": (), "dtype": (),
    "object": (int, float, bool, str, list),
    "int": (int,), "float": (int, float), "number": (int, float, bool), "bool": (bool,), "str": (str,),
    "Tensor or float": (int, float), "Tensor or number": (int, float, bool), "tuple of int": (list,), "int or tuple of int": (int, list),
}  # fmt: skip


def check(table: Table) -> Iterator[Located]:
    """Yield every mistake, with the file and the path of its place."""
    taken = {c.api: c for row in table.rows.values() if row.kind == "function" for c in row.mindspore}
    functions = set(taken)
    shared = {fixture.name for family in table.families.values() for fixture in family.fixtures}
    for api, row in table.rows.items():
        origin = table.origins[api]
        parts = _names(row, origin), _parameters(row), _routes(row), _references(row, table, functions), _fixtures(row, table, shared)
        for path, message in chain.from_iterable(parts):
            yield origin, (origin.index, *path), message
    yield from _order(table)
    for key, export in table.exports.items():
        yield from _placed(table.origins[key], _export(export))
    for key, primitive in table.primitives.items():
        yield from _placed(table.origins[key], _primitive(primitive, taken))
    for key, layers in table.weights.items():
        origin = table.origins[key]
        yield from ((origin, (origin.index, *path), message) for path, message in weights.mistakes(layers, set(table.rows)))


def _placed(origin: Origin, found: Iterator[tuple[str, str]]) -> Iterator[Located]:
    return ((origin, (origin.index, key), message) for key, message in found)


def _export(export: Export) -> Iterator[tuple[str, str]]:
    for key, name in (("api", export.api), ("name", export.name), ("like", export.like)):
        if name is None:
            continue
        parent, _, last = name.rpartition(".")  # a module's own `__version__` may be exported
        for message in _dotted(parent if last == "*" or (key == "api" and DUNDER.fullmatch(last)) else name):
            yield key, message
    if export.api.partition(".")[0] not in ("torch", "mindspore"):
        yield "api", f"{export.api}: expected a name in torch or mindspore"
    if (export.name is None) == (export.like is None):
        yield "api", f"{export.api}: expected either `name` or `like`"
    if export.name is not None and export.api.endswith("*") != export.name.endswith("*"):
        yield "name", f"{export.name}: expected `*` at the end of both names or of none"


def _primitive(primitive: Primitive, functions: dict[str, Counterpart]) -> Iterator[tuple[str, str]]:
    """Where the function is one of the table: what the primitive gives it must be its parameters, and all that it requires."""
    for key, name in (("primitive", primitive.primitive), ("function", primitive.function)):
        if name.partition(".")[0] != "mindspore":
            yield key, f"{name}: expected a name in mindspore"
        for message in _dotted(name):
            yield key, message
    function = functions.get(primitive.function)
    if function is None:
        return
    given = set(primitive.constants)
    for key in ("parameters", "call"):
        for name, slot in getattr(primitive, key).items():
            given.add(slot.source or name)
            if (slot.source or name) not in function.parameters:
                yield key, f"{name}: {primitive.function} has {', '.join(function.parameters)}: expected one of them"
    for name, parameter in function.parameters.items():
        if parameter.required and name not in given:
            yield "call", f"{primitive.function} requires {name!r}: expected a parameter with it as `source`, or a constant"


def _order(table: Table) -> Iterator[Located]:
    """Rows stand sorted in their file, so that a reader finds one and two authors do not append at the same line."""
    for (first, origin), (second, following) in pairwise((api, table.origins[api]) for api in table.rows):
        if origin.file == following.file and first.lower() > second.lower():
            yield following, (following.index,), f"{second} after {first}: expected rows sorted by name"


def _dotted(name: str) -> Iterator[str]:
    """A dotted name becomes a module path and source text: no keyword, no dunder but the release's."""
    for part in name.split("."):
        if keyword.iskeyword(part):
            yield f"{name}: {part!r} is a Python keyword: expected an identifier"
        if part.startswith("__") and part != "__version__":
            yield f"{name}: {part!r}: expected a public name"


def _names(row: Row, origin: Origin) -> Found:
    namespace = row.torch.rpartition(".")[0]
    if not f"{namespace}.".startswith(f"{origin.file.stem}."):
        yield ("torch",), f"{row.torch} in {origin.file.name}: expected it in {namespace}.yaml, or in that of a package above"
    named: list[tuple[Path, str, str]] = [(("torch",), row.torch, "torch")]
    if row.home:
        named.append((("home",), row.home, "torch"))
    named += [(("aliases", index), name, "torch") for index, name in enumerate(row.aliases)]
    if row.function:
        named.append((("function",), row.function, "torch"))
    for index, counterpart in enumerate(row.mindspore):
        named.append((("mindspore", index, "api"), counterpart.api, "mindspore"))
        if counterpart.function:
            named.append((("mindspore", index, "function"), counterpart.function, "mindspore"))
    for path, name, framework in named:
        if name.partition(".")[0] != framework:
            yield path, f"{name}: expected a name in {framework}"
        for message in _dotted(name):
            yield path, message
    for index, test in enumerate(row.tests):
        if not test.startswith("tests/"):
            yield ("tests", index), f"{test}: expected a path below tests/"
    for path, text in _texts(row):
        if any(bad in text for bad in ('"""', "\\")) or not text.isprintable():
            yield path, f"{shown(text)}: expected one printable line without backslash or triple quotes"


def _texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text of a record that ends in a docstring or on a page."""
    for name in getattr(value, "__struct_fields__", ()):
        part = getattr(value, name)
        if isinstance(part, str):
            if name in ("en", "zh"):
                yield (*path, name), part
        elif isinstance(part, dict):
            for key, item in part.items():
                if isinstance(item, Record):
                    yield from _texts(item, (*path, name, key))
        elif isinstance(part, list):
            for index, item in enumerate(part):
                if isinstance(item, Record):
                    yield from _texts(item, (*path, name, index))
        elif isinstance(part, Record):
            yield from _texts(part, (*path, name))


def _parameters(row: Row) -> Found:
    for section in ("parameters", "call"):
        yield from _one_signature(getattr(row, section), (section,), typed=True)
        for name, parameter in getattr(row, section).items():
            if isinstance(parameter, Deprecated) and parameter.into not in row.parameters:
                yield (section, name, "into"), f"{parameter.into!r}: expected one of {', '.join(row.parameters)}"
    if row.kind != "class" and row.call:
        yield ("call",), f"a {row.kind} with `call`: expected it only where `kind: class`"
    if row.kind in ("method", "property") and next(iter(row.parameters), None) != "self":
        yield ("parameters",), f"a {row.kind} whose first parameter is not `self`"
    for index, counterpart in enumerate(row.mindspore):
        for section in ("parameters", "call"):
            yield from _one_signature(getattr(counterpart, section), ("mindspore", index, section), typed=False)


def _one_signature(parameters: dict[str, Any], path: Path, typed: bool) -> Found:
    optional = None
    for name, parameter in parameters.items():
        here = (*path, name)
        if keyword.iskeyword(name):
            yield here, f"parameter {name!r} is a Python keyword: expected an identifier"
        if parameter.required and not parameter.keyword_only and optional:
            yield here, f"{name!r} has no default after {optional!r}, which has one: expected required parameters first"
        if not parameter.required:
            optional = name
            yield from _default(parameter, here, typed)
        for older in getattr(parameter, "older", {}).values():
            if older in parameters and older != name:
                yield (*here, "older"), f"{older!r} is also a parameter of today: expected a name that is no longer used"


def _default(parameter: TorchParameter | MindSporeParameter, path: Path, typed: bool) -> Found:
    value = parameter.default
    here = (*path, "default")
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)):
        yield here, f"{shown(value)}: expected null, a number, true or false, a word, or a list of these"
    elif any(isinstance(item, str) and not WORD.fullmatch(item) for item in (value if isinstance(value, list) else [value])):
        yield here, f"{shown(value)}: expected a word (an expression is no default)"
    elif parameter.choices and value is not None and value not in parameter.choices:
        yield here, f"{shown(value)}: expected one of the choices {', '.join(map(str, parameter.choices))}"
    elif isinstance(parameter, TorchParameter) and typed and value is not None and not fits(value, parameter.type):
        yield here, f"{shown(value)}: expected a default of type {parameter.type}, or null"


def fits(value: Any, kind: str) -> bool:
    """Whether a value of the table is one of a parameter of this type; a bool is an int only where it is named."""
    allowed = DEFAULT_TYPES[kind]
    return isinstance(value, allowed) and (not isinstance(value, bool) or bool in allowed)


def _routes(row: Row) -> Found:
    known = {**row.parameters, **row.call}
    for index, counterpart in enumerate(row.mindspore):
        path: Path = ("mindspore", index)
        reached = set()
        for section in ("parameters", "call"):
            for name, parameter in getattr(counterpart, section).items():
                source = origin_of(name, parameter)
                if source is not None and source not in known:
                    yield (*path, section, name), f"comes from {source!r}, which PyTorch lacks: expected one of {', '.join(known)}"
                if isinstance(parameter, Converted) and parameter.by not in CONVERTERS:
                    yield (*path, section, name, "by"), f"converter {parameter.by!r}: expected one of {', '.join(CONVERTERS)}"
                reached.add(source)
        direct = row.on_mindspore is None and row.unsupported is None and row.kind == "function" and index == 0
        for name, parameter in known.items():
            if direct and isinstance(parameter, Passed) and name not in reached:
                yield path, f"{name!r} reaches no parameter of {counterpart.api}: expected a source for it, or `on_mindspore`"
        yield from _counted(counterpart, path)
    if row.kind == "function" and not row.mindspore and row.on_mindspore is None and row.unsupported is None:
        yield ("mindspore",), "no counterpart: expected one, `on_mindspore`, or `unsupported` with the reason"
    if row.kind == "class" and row.function is None and row.on_mindspore is None and row.unsupported is None:
        yield ("kind",), "a class without `function`: expected the function that computes it, or `on_mindspore`"


def _counted(counterpart: Counterpart, path: Path) -> Found:
    for check_index, one in enumerate(counterpart.checks):
        for name in one.of:
            if name not in {**counterpart.parameters, **counterpart.call}:
                yield (*path, "checks", check_index, "of"), f"{name!r} is no parameter of {counterpart.api}"


def origin_of(name: str, parameter: MindSporeParameter) -> str | None:
    """PyTorch's name of what a MindSpore parameter receives; None when PyTorch has nothing for it."""
    if isinstance(parameter, Same):
        return name
    if isinstance(parameter, (Renamed, Converted, Part, Moved)):
        return parameter.source
    assert isinstance(parameter, (Constant, Added))
    return None


def _references(row: Row, table: Table, functions: set[str]) -> Found:
    known = {**row.parameters, **row.call}
    for index, one in enumerate(row.checks):
        for name in one.of:
            if name not in known:
                yield ("checks", index, "of"), f"{name!r} is no parameter of {row.torch}"
    for index, name in enumerate(row.gradient):
        if name not in known:
            yield ("gradient", index), f"{name!r} is no parameter of {row.torch}"
    for index, name in enumerate(row.buffers):
        if name not in row.parameters:
            yield ("buffers", index), f"{name!r} is no constructor parameter of {row.torch}"
    if row.function and row.function not in table.rows:
        yield ("function",), f"no row {row.function}: expected the PyTorch function that computes it"
    elif row.function:
        target = table.rows[row.function].parameters
        for name, parameter in known.items():
            filled = (parameter.to if isinstance(parameter, Passed) else None) or name
            if isinstance(parameter, Passed) and filled not in target:
                yield ("call" if name in row.call else "parameters", name), f"{filled!r} is no parameter of {row.function}"
    for index, counterpart in enumerate(row.mindspore):
        if counterpart.function and counterpart.function not in functions:
            yield ("mindspore", index, "function"), f"no row has the counterpart {counterpart.function}"
    if isinstance(row.unsupported, str) and row.unsupported not in table.reasons:
        yield ("unsupported",), f"reason {row.unsupported!r}: expected a text, or one of {', '.join(table.reasons)}"
    for path, adapter in _adapters(row):
        for message in _dotted(adapter.name):
            yield (*path, "name"), message
        if isinstance(adapter.reason, str) and adapter.reason not in table.reasons:
            yield (*path, "reason"), f"reason {adapter.reason!r}: expected a text, or one of {', '.join(table.reasons)}"


def _adapters(row: Row) -> Iterator[tuple[Path, Adapter]]:
    if row.on_mindspore:
        yield ("on_mindspore",), row.on_mindspore
    for index, counterpart in enumerate(row.mindspore):
        if counterpart.on_torch:
            yield ("mindspore", index, "on_torch"), counterpart.on_torch


def _fixtures(row: Row, table: Table, shared: set[str]) -> Found:
    function = table.rows.get(row.function or "")
    known = {**row.parameters, **row.call, **(function.parameters if function else {})}
    if row.kind == "object" and not row.tests and row.unsupported is None:
        yield ("tests",), f"{row.torch} is no single call: expected the `tests` that show it"
    needed = row.is_called and row.parameters and any(p.required for p in (*row.parameters.values(), *row.call.values()))
    if needed and not row.arguments and row.function is None and not row.tests and row.unsupported is None:
        yield ("torch",), f"{row.torch} has no `arguments`: expected valid ones, so that the row can be executed"
    yield from _arguments(row.arguments, ("arguments",), known)
    names = set()
    for index, name in enumerate(row.families):
        if name not in table.families:
            yield ("families", index), f"family {name!r}: expected one of {', '.join(table.families)}"
            continue
        names |= {fixture.name for fixture in table.families[name].fixtures}
    for index, fixture in enumerate(row.fixtures):
        if fixture.name in names:
            yield ("fixtures", index, "name"), f"fixture {fixture.name!r} stands twice: expected each name once"
        names.add(fixture.name)
        yield from _arguments(fixture.change, ("fixtures", index, "change"), known)
        if fixture.mindspore:
            yield from _arguments(fixture.mindspore, ("fixtures", index, "mindspore"), _of_counterparts(row, table))
        for name in fixture.without:
            if name not in row.arguments:
                yield ("fixtures", index, "without"), f"{name!r} is none of the row's arguments: expected one of {', '.join(row.arguments)}"
    for index, counterpart in enumerate(row.mindspore):
        yield from _own_fixtures(counterpart, ("mindspore", index, "fixtures"), names | shared)
    names |= {fixture.name for counterpart in row.mindspore for fixture in counterpart.fixtures}
    counterparts = {counterpart.api for counterpart in row.mindspore}
    for index, difference in enumerate(row.differences):
        for name in difference.fixtures:
            if row.function is None and name not in names | shared | ALWAYS:
                yield ("differences", index, "fixtures"), f"no fixture {name!r}"
        for api in difference.apis:
            if api not in counterparts:
                yield ("differences", index, "apis"), f"{api} is no counterpart of {row.torch}"


def _own_fixtures(counterpart: Counterpart, path: Path, taken: set[str]) -> Found:
    """What a counterpart is called with by MindSpore's own names."""
    known = {**counterpart.parameters, **counterpart.call}
    if counterpart.fixtures and "CPU" not in counterpart.devices:
        yield path, f"{counterpart.api} has no kernel on CPU: no fixture of its own can be executed"
    names: set[str] = set()
    for index, fixture in enumerate(counterpart.fixtures):
        if fixture.name in taken | names:
            yield (*path, index, "name"), f"fixture {fixture.name!r} stands twice: expected each name once"
        names.add(fixture.name)
        yield from _arguments(fixture.change, (*path, index, "change"), known)
        for name in fixture.without:
            if name not in known:
                yield (*path, index, "without"), f"{name!r} is no parameter: expected one of {', '.join(known)}"


def _of_counterparts(row: Row, table: Table) -> dict[str, Any]:
    """What the counterparts take of a row, and of the classes that use its fixtures."""
    rows = [row, *(one for one in table.rows.values() if one.function == row.torch)]
    return {name: p for one in rows for each in one.mindspore for name, p in {**each.parameters, **each.call}.items()}


def _arguments(arguments: dict[str, Any], path: Path, known: dict[str, Any]) -> Found:
    for name, value in arguments.items():
        if name not in known:
            yield (*path, name), f"{name!r} is no parameter: expected one of {', '.join(known)}"
        yield from _value(value, (*path, name))


# The names of fixtures that every row has: those that `compat.parity` makes of its base call too.
ALWAYS = {
    "base", "positional", "defaults", "out", "unknown-keyword", "not-a-tensor", "reordered",
    *(f"dtype-{name}" for name in ("float64", "float16", "bfloat16", "int64")),
}  # fmt: skip
# What a mapping among the arguments may be, besides an array: told by its keys.
OTHER_VALUES = ({"name"}, {"make"}, {"make", "arguments"}, {"slice"}, {"tuple"})


def _value(value: Any, path: Path) -> Found:
    """An argument: a plain value, an array, a public name, something made by a call, a slice, or a list of these."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value(item, (*path, index))
    elif isinstance(value, dict) and set(value) in OTHER_VALUES:
        for key in ("name", "make"):
            of = "mindspore" if path[0] == "mindspore" else "torch"
            if key in value and not (isinstance(value[key], str) and value[key].startswith(f"{of}.")):
                yield (*path, key), f"{shown(value[key])}: expected a public name of {of}"
        for key in ("arguments", "slice", "tuple"):
            if key in value:
                yield from _value(value[key], (*path, key))
    elif isinstance(value, dict):
        try:
            msgspec.convert(value, ArraySpec)
            yield from _array(value, path)
        except msgspec.ValidationError:
            yield from (((*path, *where), message) for where, message in mistakes(value, ArraySpec))


def _array(spec: dict[str, Any], path: Path) -> Found:
    if ("values" in spec) != (spec["draw"] == "values") or ("shape" in spec) == (spec["draw"] == "values"):
        yield path, "expected `shape`, or `draw: values` with `values`"
    for key in ("dtype", "mindspore_dtype"):
        if spec.get(key) not in (None, *DTYPES):
            yield (*path, key), f"dtype {spec[key]!r}: expected one of {', '.join(sorted(DTYPES))}"
