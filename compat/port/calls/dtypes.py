"""MindSpore's data types in a call → PyTorch's, which its functions take."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import replace

from compat.port.calls.edits import NotExpressible, Rewritten
from compat.port.calls.plan import Plan
from compat.source.text import Edit, Source

# By MindSpore's names, in `mindspore` and its modules of data types.
NAMES = {
    "bool_": "bool", **{name: name for name in (
        "int8", "int16", "int32", "int64", "uint8", "float16", "float32", "float64", "bfloat16", "complex64", "complex128",
    )},
}  # fmt: skip
OTHERS = {theirs: ours for ours, theirs in NAMES.items()}
MODULES = ("mindspore", "mindspore.dtype", "mindspore.common.dtype")
FLOATS = frozenset({"float16", "float32", "float64", "bfloat16"})
OF_TORCH = re.compile(rf"\btorch\.({'|'.join(map(re.escape, OTHERS))})\b")


def of_torch(api: str) -> str:
    """PyTorch's name of a data type of MindSpore's; empty for what is none, or has no such."""
    module, _, name = api.rpartition(".")
    return NAMES.get(name, "") if module in MODULES else ""


def in_mindspore(text: str) -> str:
    """The text of a call with MindSpore's data types in the place of PyTorch's."""
    return OF_TORCH.sub(lambda found: f"mindspore.{OTHERS[found[1]]}", text)


def opened(plan: Plan) -> Plan:
    """The plan for a call whose data types become the target's own."""
    return replace(plan, wanted={name: replace(wanted, foreign=False) for name, wanted in plan.wanted.items()})


def typed(made: Rewritten, source: Source, plan: Plan, known: Mapping[int, str], root: str) -> Rewritten:
    """A call, made by the opened plan, with its data types as PyTorch's; `known` are those in the file, by the identity of their places.

    NotExpressible where the source does not tell one.
    """
    foreign = {wanted.source for wanted in plan.wanted.values() if wanted.foreign}
    arguments = []
    for argument in made.arguments.arguments:
        if argument.parameter in foreign and argument.literal is not None:
            name = known.get(id(argument.value))
            if name is None:
                raise NotExpressible("CM202", f"{argument.parameter} is one of compat.mindspore, and {plan.target} takes its own")
            made.edits.append(Edit(source.span(argument.value), f"{root}.{name}"))
            made.notes.append(("CM103", f"{argument.parameter} is PyTorch's"))
            arguments.append(replace(argument, value=ast.Attribute(ast.Name("torch"), name)))
        else:
            arguments.append(argument)
    made.arguments = replace(made.arguments, arguments=tuple(arguments))
    return made
