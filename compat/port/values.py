"""Values of arguments: what a call has to say that PyTorch's left unsaid, and what becomes of a value that MindSpore has otherwise."""

from __future__ import annotations

import ast
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import UNSET

from compat.port.binding import Argument
from compat.source.text import Source
from compat.table.parameters import Added, Constant, Converted, Counted, Moved, Parameter, Part


class NotExpressible(Exception):
    """This counterpart can't be called with these arguments by what the row says; `code` is one of codes.CODES."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def needed(parameter: Counted, torch: Parameter | None) -> Any:
    """The value that has to be written for MindSpore's parameter when PyTorch's call says nothing; UNSET for none."""
    if isinstance(parameter, Constant):
        return parameter.value if not is_same(parameter.value, parameter.default) else UNSET
    if isinstance(parameter, Added):
        return parameter.as_torch if not is_same(parameter.as_torch, parameter.default) else UNSET
    if torch is None or torch.default is UNSET:
        return UNSET
    default = torch.default
    if isinstance(parameter, Converted):
        default = applied(parameter.by, default)
    if isinstance(parameter, Part | Moved):
        raise NotExpressible("CM202", "an argument stands elsewhere")
    return UNSET if is_same(default, parameter.default) else default


def applied(by: str, value: Any) -> Any:
    """A conversion of a value that is known."""
    if by == "complement" and isinstance(value, int | float) and not isinstance(value, bool):
        return float(1 - Decimal(repr(value)))
    if by == "ddof" and isinstance(value, bool):
        return int(value)
    if by == "every_axis":
        return () if value is None else value
    if by == "tanh" and value in ("none", "tanh"):
        return value == "tanh"
    if by == "none_as_zero":
        return 0 if value is None else value
    if by == "as_float" and isinstance(value, int | float):
        return float(value)
    raise NotExpressible("CM203", f"{value!r} has no counterpart")


def converted(by: str, argument: Argument, source: Source) -> str | None:
    """The text of a converted argument; None where that needs the value, which the source does not tell."""
    value = argument.literal
    if value is not UNSET:
        try:
            converted = applied(by, value)
        except InvalidOperation:
            return None
        return source.text(argument.value) if is_same(converted, value) else repr(converted)
    return f"1 - ({source.text(argument.value)})" if by == "complement" else None


def is_same(value: Any, other: Any) -> bool:
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
