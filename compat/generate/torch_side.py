"""Rows → the source of compat.torch: PyTorch's signature outside, a MindSpore route or a hand-written adapter inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compat.generate.checks import Reading, by_attribute, check_source
from compat.generate.code import (
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
from compat.generate.docs import torch_docstring
from compat.table.model import Counterpart, Row, Table
from compat.table.parameters import Deprecated, NeutralOnly, Passed, TorchParameter, Unsupported
from compat.table.routes import Filled, to_mindspore, unreached

ROOM = "compat.torch_on_mindspore"
READING = Reading("not isinstance({}, _AnyTensor)", "{}.shape", "{}.dtype", by_attribute)


def is_derived(row: Row) -> bool:
    """Whether the row adds a name to a module: methods and what is exported as it is don't, nor does a name that is refused."""
    if row.on_mindspore is None and (row.unsupported is not None or row.kind not in ("function", "class")):
        return False
    return row.kind not in ("method", "property")


def define(row: Row, table: Table, module: Module) -> None:
    """Add the definition of one row to its module."""
    name = row.torch.rpartition(".")[2]
    adapter = row.on_mindspore
    module.public.add(name)
    if adapter and (adapter.public or row.kind == "class"):
        package, _, class_name = f"{ROOM}.{adapter.name}".rpartition(".")
        module.imports.add(f"from {package} import {class_name} as {name}")
        return
    source = _class(row, name, table, module) if row.kind == "class" else _function(row, name, module)
    module.use(source, ROOM, "mindspore")
    module.definitions[name] = source


def arguments(parameters: Mapping[str, TorchParameter]) -> Iterator[Argument]:
    """The parameters as Python source: names, annotations, defaults."""
    for name, p in parameters.items():
        default = None if p.required else literal(p.default)
        yield Argument(name, annotation(p.type, p.default is None), default, p.keyword_only, p.variadic)


def _function(row: Row, name: str, module: Module) -> str:
    tensors = [n for n, p in row.parameters.items() if "Tensor" in p.type]
    route, calls = _routes(row, module)
    body = [docstring(torch_docstring(row, route)), *_prologue(row.torch, row.parameters)]
    for check in row.checks:
        body += check_source(row.torch, check, _optional(row.parameters), {}, READING)
    body.append(bounded(row.torch, calls, "RuntimeError", tensors))
    module.imports.add(f"from {ROOM}.natives import named as _named")
    return f"@_named({row.torch!r})\ndef {name}({signature(arguments(row.parameters))}) -> Tensor:\n" + indent("\n".join(body))


def _optional(parameters: Mapping[str, TorchParameter]) -> set[str]:
    return {name for name, p in parameters.items() if not p.required and p.default is None}


def _prologue(api: str, parameters: Mapping[str, TorchParameter]) -> Iterator[str]:
    """What happens before any backend: deprecated arguments folded, neutral ones checked, choices checked."""
    folded = [name for name, p in parameters.items() if isinstance(p, Deprecated)]
    if folded:
        given = " or ".join(f"{name} is not None" for name in folded)
        yield f"if {given}:\n    reduction = _conversions.legacy_reduction(size_average, reduce)"
    for name, p in parameters.items():
        if isinstance(p, NeutralOnly):
            condition = differs(name, p.values[0]) if len(p.values) == 1 else f"{name} not in {literal(p.values)}"
            yield unsupported(api, condition, name, ", ".join(map(repr, p.values)))
        elif isinstance(p, Unsupported):
            yield unsupported(api, differs(name, p.default), name, p.reason.en)
        elif p.choices:
            yield choice_check(api, name, p.choices, p.choices_raise)


def _routes(row: Row, module: Module) -> tuple[str, str]:
    """A sentence on what runs the row, and the statements that return its result."""
    sentences, statements = [], []
    first = row.mindspore[0] if row.mindspore else None
    for counterpart in row.mindspore:
        if counterpart.devices != ["Ascend"] or (first is counterpart and not row.on_mindspore):
            continue
        module.imports.add(f"from {ROOM}.engine import ON_CPU as _ON_CPU")
        extra = [
            f"{n} == {literal(p.default)}" if p.default is not None else f"{n} is None" for n, p in unreached(row, counterpart).items()
        ]
        condition = " and ".join(["not _ON_CPU", *extra])
        statements.append(f"if {condition}:\n    return _as_tensor({_direct(counterpart, module)})")
        sentences.append(f"On Ascend {counterpart.api} runs it, which no test of this project has executed.")
    if row.on_mindspore:
        keywords = [(name, name, not p.required or p.keyword_only) for name, p in row.parameters.items() if isinstance(p, Passed)]
        call = f"{module.adapter(ROOM, row.on_mindspore.name)}({passed(keywords)})"
        sentences.insert(0, f"Hand-written on MindSpore operators, for what MindSpore's own lacks: {row.on_mindspore.why.en}")
        if row.on_mindspore.host:
            sentences.insert(1, "Computed through NumPy on the host.")
    else:
        assert first is not None  # the table's checks demand a counterpart or an adapter
        call = _direct(first, module)
        sentences.insert(0, f"Runs {first.api}.")
    return " ".join(sentences), "\n".join([*statements, f"return _as_tensor({call})"])


def _direct(counterpart: Counterpart, module: Module) -> str:
    parent, _, name = counterpart.api.rpartition(".")
    values = [(f.target, _expression(f), f.keyword) for f in to_mindspore(counterpart)]
    call = f"{module.load(parent)}.{name}({passed(values)})"
    return f"{call}[0]" if counterpart.result == "first" else call


def _expression(filled: Filled) -> str:
    if filled.source is None:
        return literal(filled.constant)
    text = filled.source if filled.index is None else f"{filled.source}[{filled.index}]"
    return f"_conversions.{filled.convert}({text})" if filled.convert else text


def _class(row: Row, name: str, table: Table, module: Module) -> str:
    assert row.function is not None
    function = table.rows[row.function]
    parent, _, function_name = row.function.rpartition(".")
    alias = "_" + parent.rpartition(".")[2]
    module.imports.add(f"import compat.{parent} as {alias}")
    base = "_Loss" if row.home == "torch.nn.modules.loss" else "_Module"
    module.imports.add(f"from {ROOM}.losses.base import _Loss" if base == "_Loss" else f"from {ROOM}.module import Module as _Module")
    init = ["super().__init__()", *_prologue(row.torch, row.parameters)]
    for check in row.checks:
        if row.parameters.keys() >= set(check.of):
            init += check_source(row.torch, check, _optional(row.parameters), {}, READING)
    for parameter, p in row.parameters.items():
        if isinstance(p, Passed):
            init.append(
                f'self.register_buffer("{parameter}", {parameter})' if parameter in row.buffers else f"self.{parameter} = {parameter}"
            )
    filled = [_target(n, p) for n, p in row.call.items()]
    in_order = filled == list(function.parameters)[: len(filled)]
    values = [(target, n, not in_order) for target, n in zip(filled, row.call, strict=True)]
    values += [(_target(n, p), f"self.{n}", True) for n, p in row.parameters.items() if isinstance(p, Passed)]
    call = f"return {alias}.{function_name}({passed(values)})"
    tensors = [n for n, p in row.call.items() if "Tensor" in p.type]
    return "\n".join([
        f"class {name}({base}):",
        indent(docstring(torch_docstring(row, f"The module of {row.function}."))),
        "",
        indent(f"def __init__({signature(arguments(row.parameters), 'self')}) -> None:"),
        indent("\n".join(init), 2),
        "",
        indent(f"def forward({signature(arguments(row.call), 'self')}) -> Tensor:"),
        indent(bounded(row.torch, call, "RuntimeError", tensors), 2),
    ])  # fmt: skip


def _target(name: str, parameter: TorchParameter) -> str:
    return (parameter.to if isinstance(parameter, Passed) else None) or name
