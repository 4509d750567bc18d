"""The conversions of compat/conversions.py, written into source: of a value that is known, and of an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import UNSET

from compat import conversions


class NoCounterpart(Exception):
    """This value becomes nothing on the other side."""


def applied(function: str, value: Any) -> Any:
    """A conversion of a value that is known; NoCounterpart where it has none."""
    kinds = TAKEN[function]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise NoCounterpart(f"{value!r} has no counterpart")
    if function == "complement":
        try:
            return float(1 - Decimal(repr(value)))
        except InvalidOperation:
            raise NoCounterpart(f"{value!r} has no counterpart") from None
    convert: Callable[[Any], Any] = getattr(conversions, function)
    try:
        return convert(value)
    except ValueError:
        raise NoCounterpart(f"{value!r} has no counterpart") from None


def converted(function: str, value: Any, text: str) -> str | None:
    """The text of a converted argument, `value` where it is known; None where that needs the value, which the source does not tell."""
    if value is UNSET:
        return f"1 - ({text})" if function == "complement" else None
    found = applied(function, value)
    return text if is_same(found, value) else repr(found)


def is_same(value: Any, other: Any) -> bool:
    """Whether two literals are the same to a call: 1 and 1.0, a tuple and a list, but neither 1 and True nor anything and UNSET."""
    if isinstance(value, tuple | list) and isinstance(other, tuple | list):
        return list(value) == list(other)
    number = (int, float)
    if type(value) in number and type(other) in number:
        return bool(value == other)
    return type(value) is type(other) and (value is other or bool(value == other))


NONE = type(None)
SEQUENCES = (int, tuple, list, NONE)
# By the names of the functions: the types that each takes.
TAKEN: Mapping[str, tuple[type, ...]] = {
    "complement": (int, float), "ddof": (bool,), "unbiased": (int,), "every_axis": SEQUENCES, "all_dims": SEQUENCES,
    "zero_for_none": (int, NONE), "none_for_zero": (int, NONE), "as_float": (int, float), "is_tanh": (str,), "tanh_or_none": (bool,),
}  # fmt: skip
