"""The pieces of generated source that both directions share: signatures, checks, docstrings, the boundary."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

ANNOTATIONS = {
    "Tensor or float": "Tensor | float", "callable": "Callable[..., Tensor]", "tuple of int": "tuple[int, ...]",
    "object": "Any", "device": "Any", "dtype": "Any", "number": "float", "Tensor or number": "Tensor | float", "tuple of Tensor": "Sequence[Tensor]",
    "int or tuple of int": "int | tuple[int, ...]",
}  # fmt: skip
RETURNS = {"tuple of Tensor": "tuple[Tensor, ...]", "list of Tensor": "list[Tensor]", "object": "Any", "nothing": "None"}
WIDTH = 120


@dataclass(frozen=True)
class Argument:
    """One parameter of a generated function: `default` is source text, None when the parameter is required."""

    name: str
    annotation: str
    default: str | None = None
    keyword_only: bool = False
    variadic: bool = False

    @property
    def source(self) -> str:
        if self.variadic:
            return f"*{self.name}: Any"
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
    constants: dict[str, str] = field(default_factory=dict)
    submodules: set[str] = field(default_factory=set)
    like: str | None = None
    closing: str = ""

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

    def dtypes(self, names: list[str]) -> str:
        """The name of this file's constant for a set of the backend's dtypes."""
        alias = "_" + "_".join(names).upper()
        listed = ", ".join(map(repr, names))
        self.constants[alias] = f"_dtype_set({listed})"
        return alias

    def use(self, source: str, room: str, backend: str) -> None:
        """Import what a definition's source mentions of this project, and the backend's tensor class."""
        wanted = {
            r"\b_errors\.": "from compat import errors as _errors",
            r"\b_arguments\.": "from compat import arguments as _arguments",
            r"\b_MISSING\b": "from compat.arguments import MISSING as _MISSING",
            r"\b_conversions\.": "from compat import conversions as _conversions",
            r"\b_as_tensor\(": f"from {room}.tensor import as_tensor as _as_tensor",
            r"\b_plain_torch\(": f"from {room}.meanings import plain_torch as _plain_torch",
            r"\b_shape\(": f"from {room}.meanings import real_shape as _shape",
            r"\b_dtype\(": f"from {room}.meanings import real_dtype as _dtype",
            r"\b_dtypes\.": f"from {room} import dtypes as _dtypes",
            r"\bTensor\b": f"from {room}.tensor import Tensor",
        }
        self.imports |= {line for mark, line in wanted.items() if re.search(mark, source)}
        if "_AnyTensor" in source:
            self.loads["_AnyTensor"] = backend

    def text(self) -> str:
        """The whole file, before formatting."""
        loads = [f"{alias}: Any = _load({name!r})" + ".Tensor" * (alias == "_AnyTensor") for alias, name in sorted(self.loads.items())]
        # What is public is imported `as` itself, which serves the definitions too.
        imports = {line for line in self.imports if f"{line} as {line.rpartition(' ')[2]}" not in self.imports}
        body = "\n\n".join(self.definitions[name] for name in sorted(self.definitions, key=str.lower))
        if loads:
            of_torch = any(name.partition(".")[0] == "torch" for name in self.loads.values())
            imports.add(f"from compat.{'mindspore_on_torch.widened' if of_torch else 'frameworks'} import load as _load")
        if loads or "Any" in body:
            imports.add("from typing import Any")
        abstract = [name for name in ("Callable", "Sequence") if f"{name}[" in body]
        if abstract:
            imports.add(f"from collections.abc import {', '.join(abstract)}")
        if self.constants:
            imports.add("from compat.mindspore_on_torch.meanings import dtype_set as _dtype_set")
        imports |= {"from typing import TYPE_CHECKING", "from compat.packages import lazy as _lazy"}
        if self.like:
            imports.add("from importlib import import_module")
        # A submodule with the name of a public one is imported before that, which stays: `mindspore.common.tensor` is a function and a module.
        imports |= {f"import compat.{self.name}.{name}  # noqa: F401" for name in self.submodules & self.public}
        # What is exported under its own name is imported already.
        imports = {line for line in imports if f"{line} as {line.rpartition(' ')[2]}" not in imports}
        constants = [f"{alias} = {source}" for alias, source in sorted(self.constants.items())]
        # A submodule of that name (torch.jit.annotations) would be shadowed by it.
        future = [] if "annotations" in self.submodules else ["from __future__ import annotations"]
        head = [docstring(self.doc), *future, *sorted(imports), *self._submodules(), *loads, *constants]
        listed = ", ".join([*([f"*import_module('compat.{self.like}').__all__"] if self.like else []), *map(repr, sorted(self.public))])
        return "\n".join([*head, f"__all__ = [{listed}]", "", body, "", self.closing, ""])

    def _submodules(self) -> list[str]:
        """A type checker sees imports; at run time they happen on first use."""
        names = sorted(self.submodules - self.public)
        like = f", like='{self.like}'" if self.like else ""
        if not names:
            return [f"if not TYPE_CHECKING:\n    __getattr__, __dir__ = _lazy(__name__{like})"]
        seen = [f"    from compat.{self.name} import {name} as {name}" for name in names]
        listed = ", ".join(map(repr, names))
        return ["if TYPE_CHECKING:", *seen, f"else:\n    __getattr__, __dir__ = _lazy(__name__, ({listed},){like})"]


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
        parts += [*([] if any(a.variadic for a in listed) else ["*"]), *keywords]
    if last:
        parts.append(last)
    return ", ".join(parts)


def passed(values: Iterable[tuple[str, str, bool]]) -> str:
    """The text of a call's arguments from (name, expression, by keyword)."""
    return ", ".join(f"{name}={value}" if keyword else value for name, value, keyword in values)


def docstring(text: str) -> str:
    """A docstring literal; the table's checks keep triple quotes and backslashes out of the texts."""
    text = text.strip()
    return f'"""{text}\n"""' if "\n" in text or text.endswith('"') else f'"""{text}"""'


def indent(text: str, levels: int = 1) -> str:
    return textwrap.indent(text, "    " * levels)


def fixed(text: str) -> str:
    """Text of the table as it stands inside a double-quoted f-string: no quote ends it, no brace is evaluated."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return escaped.replace("{", "{{").replace("}", "}}")


def unsupported(api: str, condition: str, name: str, supported: str) -> str:
    """An inline check that raises UnsupportedArgument; `supported` is plain text."""
    return f"if {condition}:\n    raise _errors.UnsupportedArgument({api!r}, {name!r}, {name}, {supported!r})"


def refusal(api: str, condition: str, kind: str, message: str) -> str:
    """An inline check: `message` is the inside of an f-string, its fixed parts made by `fixed`."""
    return f'if {condition}:\n    raise _errors.invalid({kind}, f"{api}: {message}")'


def differs(name: str, value: Any) -> str:
    """The condition that a parameter has another value than this one."""
    return f"{name} is not {value!r}" if value is None or isinstance(value, bool) else f"{name} != {literal(value)}"


def choice_check(api: str, name: str, choices: list[Any], kind: str) -> str:
    listed = literal(choices)
    message = f"{name}={{{name}!r}}: expected one of {fixed(', '.join(map(str, choices)))}"
    return refusal(api, f"{name} not in {listed}", kind, message)


def bounded(api: str, calls: str, kind: str, tensors: list[str]) -> str:
    """Calls of the backend inside the boundary, where an error gains the API's name and the imitated type."""
    shown = "".join(f", {name}={name}" for name in tensors)
    return f'try:\n{indent(calls)}\nexcept Exception as error:\n    raise _errors.at_boundary("{api}", error, {kind}{shown})'
