"""Values of arguments: what a call has to say that the source's left unsaid, and what becomes of a value that the target has otherwise."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import UNSET

from compat import conversions
from compat.port.calls.plan import Given, Wanted


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


def converted(function: str, value: Any, text: str) -> str | None:
    """The text of a converted argument, of `value` where that is known; None where it has to be, and the source does not tell it."""
    if value is UNSET:
        return f"1 - ({text})" if function == "complement" else None
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


SEQUENCES = (int, tuple, list, type(None))
# By the names of the conversions: the types that each takes.
TAKEN: Mapping[str, tuple[type, ...]] = {
    "complement": (int, float), "ddof": (bool,), "unbiased": (int,), "every_axis": SEQUENCES, "all_dims": SEQUENCES,
    "zero_for_none": (int, type(None)), "none_for_zero": (int, type(None)), "as_float": (int, float), "is_tanh": (str,), "tanh_or_none": (bool,),
}  # fmt: skip
