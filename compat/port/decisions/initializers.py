"""`nn.init.kaiming_normal_(w, mode="fan_out")` → an assignment of what MindSpore's initializer of the same distribution gives, into the same memory."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compat.port.calls import random
from compat.port.calls.edits import extents, first_of
from compat.port.calls.values import is_same
from compat.port.decisions.decision import Decision
from compat.source.literals import literal_of
from compat.source.text import Edit, Source, Span

if TYPE_CHECKING:
    from compat.port.decisions.idioms import Context


@dataclass(frozen=True)
class Argument:
    """A parameter of PyTorch's function and the one of MindSpore's class that takes its value, with both defaults."""

    torch: str
    mindspore: str
    default: Any
    other: Any


@dataclass(frozen=True)
class Initializer:
    """A class of mindspore.common.initializer, and what PyTorch's function takes behind the tensor, in order; `refused`: what it alone refuses."""

    name: str
    arguments: tuple[Argument, ...]
    refused: tuple[Any, ...] = ()


NORMAL = (Argument("mean", "mean", 0.0, 0.0), Argument("std", "sigma", 1.0, 0.01))
KAIMING = (
    Argument("a", "negative_slope", 0, 0), Argument("mode", "mode", "fan_in", "fan_in"),
    Argument("nonlinearity", "nonlinearity", "leaky_relu", "leaky_relu"),
)  # fmt: skip
GAIN = (Argument("gain", "gain", 1.0, 1),)
# MindSpore's bounds are of the numbers, like PyTorch's, and no multiples of sigma.
INITIALIZERS: Mapping[str, Initializer] = {
    "torch.Tensor.normal_": Initializer("Normal", NORMAL),
    "torch.nn.init.normal_": Initializer("Normal", NORMAL),
    "torch.nn.init.trunc_normal_": Initializer("TruncatedNormal", (*NORMAL, Argument("a", "a", -2.0, -2.0), Argument("b", "b", 2.0, 2.0))),
    "torch.nn.init.kaiming_normal_": Initializer("HeNormal", KAIMING, refused=("selu",)),
    "torch.nn.init.kaiming_uniform_": Initializer("HeUniform", KAIMING, refused=("selu",)),
    "torch.nn.init.xavier_normal_": Initializer("XavierNormal", GAIN),
    "torch.nn.init.xavier_uniform_": Initializer("XavierUniform", GAIN),
    "torch.nn.init.orthogonal_": Initializer("Orthogonal", GAIN),
}
# Evenly between two bounds, by what these are called.
UNIFORM: Mapping[str, tuple[str, str]] = {"torch.nn.init.uniform_": ("a", "b"), "torch.Tensor.uniform_": ("from", "to")}


def drawn(call: ast.Call, api: str, source: Source, context: Context) -> Decision | None:
    """The decision for a statement that initialises what is named; None where it stays: its result is used, or a generator is given."""
    names = UNIFORM.get(api) or tuple(one.torch for one in INITIALIZERS[api].arguments)
    tensor, rest = written_into(call, api)
    given = _given(call, rest, names)
    span = source.span(call)
    opening = first_of(source, call, b"(")
    if (
        tensor is None
        or given is None
        or opening is None
        or id(call) not in context.statements
        or b"#" in source.utf8[span.start : span.end]
    ):
        return None
    written = _symmetric(given, names) if api in UNIFORM else _of_class(given, INITIALIZERS[api])
    if written is None:
        return None
    name, arguments, added = written
    text = source.text(tensor)
    module = f"{context.root}.common.initializer"
    head = f"{context.root}.ops.assign({text}, {module}.initializer({module}.{name}("
    tail = f"), {text}.shape, {text}.dtype).init_data())"
    edits = tuple(_around(arguments, added, value_places(source, call, opening), span, head, tail))
    return Decision("adapted", random.CODE, f"an assignment in place; {random.REASON}", edits)


def written_into(call: ast.Call, api: str) -> tuple[ast.expr | None, list[ast.expr]]:
    """The tensor that a call writes into, None for one that can't be said again, and the arguments by place behind it.

    Of methods only those of `w.data`: of another tensor they are recorded, or refused.
    """
    if not api.startswith("torch.Tensor."):
        return (call.args[0] if call.args and is_path(call.args[0]) else None), call.args[1:]
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    return (receiver if isinstance(receiver, ast.Attribute) and receiver.attr == "data" and is_path(receiver) else None), call.args


def _given(call: ast.Call, rest: list[ast.expr], names: Sequence[str]) -> dict[str, ast.expr] | None:
    """The arguments behind the tensor by name, in their order; None where they are no plain ones."""
    if len(rest) > len(names) or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    given = dict(zip(names, rest, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg not in names or keyword.arg in given:
            return None
        given[keyword.arg] = keyword.value
    return given


Written = tuple[str, Mapping[str, ast.expr], str]  # the class, the arguments that stay by its names, what is said besides


def _of_class(given: Mapping[str, ast.expr], initializer: Initializer) -> Written | None:
    if any(literal_of(value) in initializer.refused for value in given.values() if isinstance(value, ast.Constant)):
        return None
    said = {argument.mindspore: given[argument.torch] for argument in initializer.arguments if argument.torch in given}
    places = {id(value): name for name, value in said.items()}
    missing = [one for one in initializer.arguments if one.torch not in given and not is_same(one.default, one.other)]
    return (
        initializer.name,
        {places[id(value)]: value for value in given.values()},
        ", ".join(f"{one.mindspore}={one.default!r}" for one in missing),
    )


def _symmetric(given: Mapping[str, ast.expr], names: Sequence[str]) -> Written | None:
    """`uniform_(w, -bound, bound)`: MindSpore has the distribution around 0 alone."""
    low, high = (given.get(name) for name in names)
    if not isinstance(low, ast.UnaryOp) or not isinstance(low.op, ast.USub) or high is None:
        return None
    same = ast.dump(low.operand) == ast.dump(high) and (is_path(high) or isinstance(high, ast.Constant))
    return ("Uniform", {"scale": high}, "") if same else None


def value_places(source: Source, call: ast.Call, opening: int) -> dict[int, Span]:
    """Where the value of each argument stands, with the parentheses around it and without its keyword."""
    found = extents(source, call, opening)
    for keyword in call.keywords:
        place = found[id(keyword.value)]
        found[id(keyword.value)] = Span(source.utf8.index(b"=", place.start) + 1, place.end)
    return found


def _around(arguments: Mapping[str, ast.expr], added: str, places: Mapping[int, Span], span: Span, head: str, tail: str) -> Iterator[Edit]:
    """The edits between the arguments that stay, so that what they contain may be edited, too."""
    at, text = span.start, head
    for name, value in arguments.items():
        place = places[id(value)]
        yield Edit(Span(at, place.start), f"{text}{name}=")
        at, text = place.end, ", "
    yield Edit(Span(at, span.end), f"{', ' if arguments and added else '' if arguments else text}{added}{tail}")


def is_path(node: ast.expr) -> bool:
    """Whether it is a name, or attributes of one: to say it twice does nothing twice."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
