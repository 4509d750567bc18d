"""The pieces of generated source that both directions share: signatures, checks, docstrings, the boundary."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from compat.table.model import (
    AnyCheck,
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
)  # fmt: skip

ANNOTATIONS = {
    "Tensor or float": "Tensor | float", "callable": "Callable[..., Tensor]", "tuple of int": "tuple[int, ...]",
    "object": "Any", "device": "Any", "dtype": "Any",
}  # fmt: skip
WIDTH = 120


@dataclass(frozen=True)
class Argument:
    """One parameter of a generated function: `default` is source text, None when the parameter is required."""

    name: str
    annotation: str
    default: str | None = None
    keyword_only: bool = False

    @property
    def source(self) -> str:
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default is not None else "")


@dataclass
class Module:
    """One generated file in the making: its imports, what it loads from a framework, its definitions and public names."""

    name: str
    doc: str
    imports: set[str] = field(default_factory=set)
    loads: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)

    def load(self, framework_module: str) -> str:
        """The private alias under which this file knows a framework's module, loading it on first use."""
        alias = "_" + "_".join(framework_module.split(".")[1:] or [framework_module])
        self.loads[alias] = framework_module
        return alias

    def adapter(self, room: str, name: str) -> str:
        """The expression for a hand-written adapter of a room, importing its module on first use."""
        module, _, function = f"{room}.{name}".rpartition(".")
        package, _, leaf = module.rpartition(".")
        alias = f"_{leaf}"
        self.imports.add(f"from {package} import {leaf} as {alias}")
        return f"{alias}.{function}"

    def use(self, source: str, room: str, backend: str) -> None:
        """Import what a definition's source mentions of this project, and the backend's tensor class."""
        wanted = {
            r"\b_errors\.": "from compat import errors as _errors",
            r"\b_arguments\.": "from compat import arguments as _arguments",
            r"\b_conversions\.": "from compat import conversions as _conversions",
            r"\b_as_tensor\(": f"from {room}.tensor import as_tensor as _as_tensor",
            r"\b_plain_torch\(": f"from {room}.meanings import plain_torch as _plain_torch",
            r"\bTensor\b": f"from {room}.tensor import Tensor",
        }
        self.imports |= {line for mark, line in wanted.items() if re.search(mark, source)}
        if "_AnyTensor" in source:
            self.loads["_AnyTensor"] = backend

    def text(self) -> str:
        """The whole file, before formatting."""
        loads = [f"{alias}: Any = _load({name!r})" + ".Tensor" * (alias == "_AnyTensor") for alias, name in sorted(self.loads.items())]
        imports = set(self.imports)
        body = "\n\n".join(self.definitions[name] for name in sorted(self.definitions, key=str.lower))
        if loads:
            imports.add("from compat.frameworks import load as _load")
        if loads or "Any" in body:
            imports.add("from typing import Any")
        if "Callable[" in body:
            imports.add("from collections.abc import Callable")
        head = [docstring(self.doc), "from __future__ import annotations", *sorted(imports), *loads]
        listed = ", ".join(repr(name) for name in sorted(self.public))
        return "\n".join([*head, f"__all__ = [{listed}]", "", body, ""])


def literal(value: Any) -> str:
    """Python source of a default or a choice; a list of the table is a tuple."""
    if isinstance(value, list):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    return repr(value)


def annotation(type_name: str, optional: bool) -> str:
    text = ANNOTATIONS.get(type_name, type_name)
    return f"{text} | None" if optional and text != "Any" else text


def signature(arguments: Iterable[Argument], first: str = "", last: str = "") -> str:
    """The text between the parentheses of a `def`."""
    listed = list(arguments)
    parts = [first] if first else []
    parts += [a.source for a in listed if not a.keyword_only]
    keywords = [a.source for a in listed if a.keyword_only]
    if keywords:
        parts += ["*", *keywords]
    if last:
        parts.append(last)
    return ", ".join(parts)


def passed(values: Iterable[tuple[str, str, bool]]) -> str:
    """The text of a call's arguments from (name, expression, by keyword)."""
    return ", ".join(f"{name}={value}" if keyword else value for name, value, keyword in values)


def docstring(text: str) -> str:
    """A docstring literal; the table's checks keep quotes and backslashes out of the texts."""
    return f'"""{text.strip()}\n"""' if "\n" in text.strip() else f'"""{text.strip()}"""'


def indent(text: str, levels: int = 1) -> str:
    return textwrap.indent(text, "    " * levels)


def refusal(api: str, condition: str, kind: str, message: str) -> str:
    """An inline check: `message` is the inside of an f-string."""
    return f'if {condition}:\n    raise _errors.invalid({kind}, f"{api}: {message}")'


def differs(name: str, value: Any) -> str:
    """The condition that a parameter has another value than this one."""
    return f"{name} is not {value!r}" if value is None or isinstance(value, bool) else f"{name} != {literal(value)}"


def choice_check(api: str, name: str, choices: list[Any], kind: str) -> str:
    listed = literal(choices)
    message = f"{name}={{{name}!r}}: expected one of {', '.join(str(c) for c in choices)}"
    return refusal(api, f"{name} not in {listed}", kind, message)


def check_source(api: str, check: AnyCheck, optional: set[str], held: dict[str, str]) -> Iterator[str]:
    """The inline checks of one declared condition; `optional` names may be None, `held` maps a name to its expression."""
    names = [(name, held.get(name, name)) for name in check.of]
    if isinstance(check, (SameShape, SameDtype, Broadcastable, BroadcastsTo)):
        yield from _relation(api, check, names, optional)
        return
    for name, value in names:
        condition, message = _condition(check, name, value)
        if name in optional:
            condition = f"{value} is not None and {condition}"
        yield refusal(api, condition, check.raises, message)


def _condition(check: AnyCheck, name: str, value: str) -> tuple[str, str]:
    got = f"got {{type({value}).__name__}}"
    if isinstance(check, IsTensor):
        return f"not isinstance({value}, _AnyTensor)", f"{name} must be a Tensor, {got}"
    if isinstance(check, IsString):
        return f"not isinstance({value}, str)", f"{name} must be a str, {got}"
    if isinstance(check, IsCallable):
        return f"not callable({value})", f"{name} must be callable, {got}"
    if isinstance(check, IsNumber):
        return _number(check, value), f"{name} must be {' or '.join(check.types)}, {got}"
    if isinstance(check, InRange):
        bounds = [(check.gt, "<=", "above"), (check.ge, "<", "at least"), (check.le, ">", "at most")]
        stated = [(bound, wrong, text) for bound, wrong, text in bounds if bound is not None]
        condition = " or ".join(f"{value} {wrong} {literal(bound)}" for bound, wrong, _ in stated)
        wanted = " and ".join(f"{text} {bound:g}" for bound, _, text in stated)
        return (f"({condition})" if len(stated) > 1 else condition), f"{name}={{{value}!r}}: expected {wanted}"
    if isinstance(check, IsChoice):
        return f"{value} not in {literal(check.among)}", f"{name}={{{value}!r}}: expected one of {', '.join(map(str, check.among))}"
    if isinstance(check, HasDtype):
        among = ", ".join(check.among)
        return f"_arguments.dtype_name({value}) not in {literal(check.among)}", f"{name} must be {among}, got {{{value}.dtype}}"
    assert isinstance(check, HasRank)
    among = " or ".join(map(str, check.among))
    return f"len({value}.shape) not in {literal(check.among)}", f"{name} must have {among} dimensions, got shape {{list({value}.shape)}}"


def _number(check: IsNumber, value: str) -> str:
    """A condition that is true when the value is of none of the types; for Python a bool is an int."""
    types = f"({', '.join(check.types)})" if len(check.types) > 1 else check.types[0]
    wrong = f"not isinstance({value}, {types})"
    return wrong if "bool" in check.types or check.types == ["float"] else f"({wrong} or isinstance({value}, bool))"


Relation = SameShape | SameDtype | Broadcastable | BroadcastsTo


def _relation(api: str, check: Relation, names: list[tuple[str, str]], optional: set[str]) -> Iterator[str]:
    (first, first_value), *others = names
    for name, value in others:
        if isinstance(check, SameDtype):
            shown = f"{name} has dtype {{{value}.dtype}}, {first} {{{first_value}.dtype}}: expected the same"
            condition = f"{value}.dtype != {first_value}.dtype"
        else:
            condition, expected = _shapes(check, first_value, value)
            shown = f"{name} has shape {{list({value}.shape)}}, {first} {{list({first_value}.shape)}}: expected {expected}"
        for one, its_value in ((name, value), (first, first_value)):
            if one in optional:
                condition = f"{its_value} is not None and {condition}"
        yield refusal(api, condition, check.raises, shown)


def _shapes(check: Relation, first: str, value: str) -> tuple[str, str]:
    """The condition that shapes do not fit, and what was expected; equal shapes are seen first, they are the usual case."""
    if isinstance(check, SameShape):
        return f"{value}.shape != {first}.shape", "the same"
    if isinstance(check, Broadcastable):
        return f"{value}.shape != {first}.shape and not _arguments.broadcasts({value}.shape, {first}.shape)", "shapes that broadcast"
    enlarges = f"{first}.shape != {value}.shape and not _arguments.broadcasts_to({first}.shape, {value}.shape)"
    return enlarges, "the first to broadcast to the other"


def bounded(api: str, calls: str, kind: str, tensors: list[str]) -> str:
    """Calls of the backend inside the boundary, where an error gains the API's name and the imitated type."""
    shown = "".join(f", {name}={name}" for name in tensors)
    return f'try:\n{indent(calls)}\nexcept Exception as error:\n    raise _errors.at_boundary("{api}", error, {kind}{shown})'
