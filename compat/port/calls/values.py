"""Values of arguments: what a call has to say that the source's left unsaid, and what becomes of a value that the target has otherwise."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import UNSET

from compat import conversions
from compat.port.calls.plan import Given, Wanted
from compat.source.values import INTEGER, Either, Instance, Many, Several, Value


class NotExpressible(Exception):
    """The plan's target can't be called with these arguments; `code` is one of codes.CODES."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def needed(wanted: Wanted, given: Given | None) -> Any:
    """The value that has to be written for a parameter of the target when the call says nothing of `given`, its source; UNSET for none."""
    value = wanted.value if wanted.source is None else UNSET if given is None else given.default
    if value is UNSET:
        return UNSET
    if wanted.convert:
        value = applied(wanted.convert, value)
    if wanted.elsewhere:
        raise NotExpressible("CM202", "an argument stands elsewhere")
    return UNSET if is_same(value, wanted.default) else value


def applied(function: str, value: Any) -> Any:
    """A conversion of compat/conversions.py, of a value that is known."""
    kinds = TAKEN[function]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise NotExpressible("CM203", f"{value!r} has no counterpart")
    try:
        if function == "complement":
            return float(1 - Decimal(repr(value)))
        convert: Callable[[Any], Any] = getattr(conversions, function)
        return convert(value)
    except (ValueError, InvalidOperation):
        raise NotExpressible("CM203", f"{value!r} has no counterpart") from None


def converted(function: str, value: Any, node: ast.expr, text: str, known: Value) -> str | None:
    """The text of a converted argument, of `value` where that is known; None where it has to be, and the source does not tell it.

    `known` is what it is as far as the source tells, so that its text may be that of an expression which converts it.
    """
    if value is UNSET:
        return UNTOLD[function](node, text, known) if function in UNTOLD else None
    found = applied(function, value)
    return text if is_same(found, value) else repr(found)


def is_same(value: Any, other: Any) -> bool:
    """Whether two values are the same to a call: 1 and 1.0, a tuple and a list; not 1 and True, nor anything and UNSET."""
    if isinstance(value, tuple | list) and isinstance(other, tuple | list):
        return list(value) == list(other)
    number = (int, float)
    if type(value) in number and type(other) in number:
        return bool(value == other)
    return type(value) is type(other) and (value is other or bool(value == other))


def has_no_effect(node: ast.expr) -> bool:
    """Whether nothing happens when an expression is left out: names, attributes, literals."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name | ast.Constant)


def _complement(_node: ast.expr, text: str, _known: Value) -> str | None:
    return f"1 - ({text})"


def _as_tuple(node: ast.expr, text: str, known: Value) -> str | None:
    if known is INTEGER:
        return f"({text},)"
    if _is_sequence(known):
        return text
    return f"({text},) if isinstance({text}, int) else {text}" if has_no_effect(node) else None


def _each_side(node: ast.expr, text: str, known: Value) -> str | None:
    """Each number of a tuple twice. Of what may be neither a number nor a sequence of them nothing is said: a text is one, too."""
    if known is INTEGER:
        return text
    if isinstance(node, ast.Tuple | ast.List) and all(map(is_repeatable, node.elts)):
        return f"({', '.join(ast.unparse(one) for one in node.elts for _ in range(2))})"
    twice = f"tuple(side for side in {text} for _ in range(2))"
    if _is_sequence(known):
        return twice
    certain = isinstance(known, Either) and all(one is INTEGER or _is_sequence(one) for one in known.items)
    return f"{text} if isinstance({text}, int) else {twice}" if certain and has_no_effect(node) else None


def _only_number(_node: ast.expr, text: str, known: Value) -> str | None:
    return text if known is INTEGER else f"{text}[0]" if _is_sequence(known) else None


def _is_sequence(known: Value) -> bool:
    return isinstance(known, Several | Many) or known == SIZE


def is_repeatable(node: ast.expr) -> bool:
    """Whether an expression may be written twice: arithmetic of names, attributes and literals."""
    if isinstance(node, ast.BinOp):
        return is_repeatable(node.left) and is_repeatable(node.right)
    if isinstance(node, ast.UnaryOp):
        return is_repeatable(node.operand)
    if isinstance(node, ast.Subscript):
        return is_repeatable(node.value) and is_repeatable(node.slice)
    return has_no_effect(node)


SIZE = Instance("torch.Size")
# By the names of the conversions: how what the source does not tell is written.
UNTOLD: Mapping[str, Callable[[ast.expr, str, Value], str | None]] = {
    "complement": _complement, "as_tuple": _as_tuple, "each_side": _each_side, "only_number": _only_number,
}  # fmt: skip
SEQUENCES = (int, tuple, list, type(None))
# By the names of the conversions: the types that each takes.
TAKEN: Mapping[str, tuple[type, ...]] = {
    "complement": (int, float), "ddof": (bool,), "unbiased": (int,), "every_axis": SEQUENCES, "all_dims": SEQUENCES,
    "zero_for_none": (int, type(None)), "none_for_zero": (int, type(None)), "as_float": (int, float), "is_tanh": (str,), "tanh_or_none": (bool,),
    "as_tuple": (int, tuple, list), "each_side": (int, tuple, list), "both_sides": (int, tuple, list), "only_number": (int, tuple, list),
    "same_number": (int,),
}  # fmt: skip
