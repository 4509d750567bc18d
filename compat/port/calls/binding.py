"""The arguments of a call in the source, by the names of the parameters of what it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compat.port.calls.plan import Given, Plan
from compat.port.calls.values import SIZE
from compat.source.literals import literal_of
from compat.source.values import INTEGER, UNKNOWN, Instance, Many, Several, Value, is_number


@dataclass(frozen=True)
class Told:
    """What the source tells beside a call: what expressions stand for, what `**options` holds, both by their identity, and the arguments whose
    effect nobody sees, so that they may go: `inplace`, where the input is not used again."""

    values: Mapping[int, Value] = field(default_factory=dict)
    spreads: Mapping[int, Mapping[str, ast.expr]] = field(default_factory=dict)
    unobserved: frozenset[str] = frozenset()


NOTHING = Told()
DTYPE = Instance("torch.dtype")


@dataclass(frozen=True)
class Argument:
    """One argument as it stands: `parameter` is the table's name, `place` counts those without a keyword, -1 for one with.

    `known` is what the source tells of its value. `item`: it is an item of what `keyword` spreads, to be written so.
    """

    parameter: str
    value: ast.expr
    keyword: ast.keyword | None
    place: int
    known: Value = UNKNOWN
    item: str = ""

    @property
    def literal(self) -> Any:
        return literal_of(self.value)


@dataclass(frozen=True)
class Bound:
    """A call's arguments in their order. `receiver` is the parameter that a method's tensor fills; `separate` those of one parameter that
    are given one by one, `view(2, 3)`."""

    arguments: tuple[Argument, ...]
    receiver: str = ""
    separate: tuple[ast.expr, ...] = ()
    variadic: str = ""

    @property
    def names(self) -> dict[str, Argument]:
        return {argument.parameter: argument for argument in self.arguments}

    @property
    def given(self) -> frozenset[str]:
        return frozenset((*self.names, *((self.variadic,) if self.separate else ())))


class NotBound(Exception):
    """The source does not tell which argument is which."""


def bound(plan: Plan, call: ast.Call, told: Told = NOTHING) -> Bound:
    """The arguments of a call of the plan's API; NotBound where they are spread or the table does not know them."""
    if any(keyword.arg is None and id(keyword) not in told.spreads for keyword in call.keywords):
        raise NotBound("the arguments are spread")
    known = told.values
    parameters: Mapping[str, Given] = plan.given
    receiver = ""
    if plan.of_method and parameters:
        receiver, parameters = next(iter(parameters)), dict(list(parameters.items())[1:])
    places = _places(parameters, call)
    separate, variadic = _separate(parameters, places, call, known)
    if any(isinstance(one, ast.Starred) for one in call.args) and not separate:
        raise NotBound("the arguments are spread")
    found = []
    for place, value in enumerate(() if separate else call.args):
        if place >= len(places):
            raise NotBound(f"{len(call.args)} arguments by place, and the table knows {len(places)}")
        found.append(Argument(_parameter(places[place], value, parameters, known), value, None, place, known.get(id(value), UNKNOWN)))
    for keyword in call.keywords:
        for given, value, item in _named(keyword, told):
            name = plan.spellings.get(given, given)
            if name not in parameters or any(argument.parameter == name for argument in found):
                raise NotBound(f"the table does not know the argument {given}")
            found.append(Argument(name, value, keyword, -1, known.get(id(value), UNKNOWN), item))
    return Bound(tuple(found), receiver, separate, variadic)


def _named(keyword: ast.keyword, told: Told) -> Iterator[tuple[str, ast.expr, str]]:
    """The arguments that a keyword gives, by name, and, of one that spreads a dict, how an item of that is written."""
    if keyword.arg is not None:
        yield keyword.arg, keyword.value, ""
        return
    for name, value in told.spreads[id(keyword)].items():
        yield name, value, repr(value.value) if isinstance(value, ast.Constant) else f"{ast.unparse(keyword.value)}[{name!r}]"


def _places(parameters: Mapping[str, Given], call: ast.Call) -> list[str]:
    """The parameters that may be given by place. One argument alone is the end of `torch.arange`, whose start comes before it."""
    places = [name for name, parameter in parameters.items() if not parameter.keyword_only]
    if len(call.args) != 1 or len(places) < 2 or {keyword.arg for keyword in call.keywords} & set(places[:2]):
        return places
    first, second = (parameters[name] for name in places[:2])
    return places[1:] if first.omit and first.default is not None and second.default is None else places


def _parameter(name: str, value: ast.expr, parameters: Mapping[str, Given], known: Mapping[int, Value]) -> str:
    """The name for an argument by place. `x.to(torch.int64)` and `x.to(y.dtype)` give a dtype where `x.to("cpu")` gives a device."""
    told = known.get(id(value)) == DTYPE
    if parameters[name].type != "device" or not (told or isinstance(value, ast.Attribute)):
        return name
    is_dtype = (
        told
        or not isinstance(value, ast.Attribute)
        or value.attr == "dtype"
        or (isinstance(value.value, ast.Name) and value.value.id == "torch")
    )
    return next((other for other, parameter in parameters.items() if parameter.type == "dtype" and is_dtype), name)


def _separate(
    parameters: Mapping[str, Given], places: list[str], call: ast.Call, known: Mapping[int, Value]
) -> tuple[tuple[ast.expr, ...], str]:
    """The arguments by place of a parameter that takes several one by one, and its name; none where one sequence is given.

    NotBound where a single argument may be either: a name that could stand for an int or for a tuple.
    """
    variadic = next((name for name, parameter in parameters.items() if parameter.variadic), "")
    if not variadic or not call.args or variadic != places[0]:
        return (), variadic
    if len(call.args) > 1 and not isinstance(call.args[0], ast.Tuple | ast.List):
        return tuple(call.args), variadic
    only = call.args[0]
    if isinstance(only, ast.Starred):
        return ((only,) if _is_size(known.get(id(only.value), UNKNOWN)) else ()), variadic
    value = known.get(id(only), UNKNOWN)
    if isinstance(literal_of(only), int) or _is_number(only) or is_number(value):
        return (only,), variadic
    if isinstance(only, ast.Tuple | ast.List | ast.ListComp) or value == SIZE or isinstance(value, Several | Many):
        return (), variadic
    raise NotBound("an argument may be one number or a sequence of them")


def _is_size(value: Value) -> bool:
    """Whether it is certainly a sequence of numbers: where one of several is one, PyTorch takes no other."""
    if isinstance(value, Several):
        return len(value.items) > 1 and any(map(is_number, value.items))
    return value == SIZE or (isinstance(value, Many) and value.item is INTEGER)


def _is_number(node: ast.expr) -> bool:
    """Whether an expression can only be a number: arithmetic with a literal number, `len(…)`, `int(…)`, an element of a shape."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("len", "int", "min", "max")
    if isinstance(node, ast.BinOp):
        return not isinstance(node.op, ast.Mult | ast.Add) and (_is_number(node.left) or _is_number(node.right))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub)
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape" and not isinstance(node.slice, ast.Slice)
    return isinstance(literal_of(node), int | float)


def is_integer(node: ast.expr) -> bool:
    """Whether an expression can only be an int: `len(…)`, `int(…)`, an element of a shape, sums, products and whole quotients of such."""
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute):
            return function.attr in ("numel", "dim") or (function.attr == "size" and bool(node.args))
        return isinstance(function, ast.Name) and function.id in ("len", "int")
    if isinstance(node, ast.BinOp):
        whole = isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.FloorDiv | ast.Mod)
        return whole and is_integer(node.left) and is_integer(node.right)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub | ast.UAdd) and is_integer(node.operand)
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape" and not isinstance(node.slice, ast.Slice)
    return type(literal_of(node)) is int
