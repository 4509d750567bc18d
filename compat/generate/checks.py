"""The declared checks of a row → inline source: an `if` and the error that the imitated framework raises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from compat.generate.code import fixed, literal, refusal
from compat.table.conditions import (
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
)


@dataclass(frozen=True)
class Reading:
    """How the generated code of one direction reads a tensor: format strings around its expression."""

    tensor: str
    shape: str
    dtype: str
    among: Callable[[str, list[str]], str]


def by_attribute(value: str, names: list[str]) -> str:
    """The condition that a tensor has none of these dtypes, where only attributes are at hand."""
    return f"_arguments.dtype_name({value}) not in {literal(names)}"


def reads_tensor(check: AnyCheck) -> bool:
    """Whether the check looks inside a tensor, at its shape or dtype."""
    return isinstance(check, (SameShape, SameDtype, Broadcastable, BroadcastsTo, HasDtype, HasRank))


def check_source(api: str, check: AnyCheck, optional: set[str], held: dict[str, str], reading: Reading) -> Iterator[str]:
    """The inline checks of one declared condition; `optional` names may be None, `held` maps a name to its expression."""
    names = [(name, held.get(name, name)) for name in check.of]
    if isinstance(check, (SameShape, SameDtype, Broadcastable, BroadcastsTo)):
        yield from _relation(api, check, names, optional, reading)
        return
    for name, value in names:
        condition, message = _condition(check, name, value, reading)
        if name in optional:
            condition = f"{value} is not None and {condition}"
        yield refusal(api, condition, check.raises, message)


def _condition(check: AnyCheck, name: str, value: str, reading: Reading) -> tuple[str, str]:
    got = f"got {{type({value}).__name__}}"
    if isinstance(check, IsTensor):
        return reading.tensor.format(value), f"{name} must be a Tensor, {got}"
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
        return f"{value} not in {literal(check.among)}", f"{name}={{{value}!r}}: expected one of {fixed(', '.join(map(str, check.among)))}"
    if isinstance(check, HasDtype):
        among = ", ".join(check.among)
        return reading.among(value, check.among), f"{name} must be {among}, got {{_arguments.dtype_name({value})}}"
    assert isinstance(check, HasRank)
    among = " or ".join(map(str, check.among))
    shape = reading.shape.format(value)
    return f"len({shape}) not in {literal(check.among)}", f"{name} must have {among} dimensions, got shape {{list({shape})}}"


def _number(check: IsNumber, value: str) -> str:
    """A condition that is true when the value is of none of the types; for Python a bool is an int."""
    types = f"({', '.join(check.types)})" if len(check.types) > 1 else check.types[0]
    wrong = f"not isinstance({value}, {types})"
    return wrong if "bool" in check.types or check.types == ["float"] else f"({wrong} or isinstance({value}, bool))"


Relation = SameShape | SameDtype | Broadcastable | BroadcastsTo


def _relation(api: str, check: Relation, names: list[tuple[str, str]], optional: set[str], reading: Reading) -> Iterator[str]:
    (first, first_value), *others = names
    for name, value in others:
        one, other = (reading.shape.format(v) for v in (first_value, value))
        if isinstance(check, SameDtype):
            shown = (
                f"{name} has dtype {{_arguments.dtype_name({value})}}, {first} {{_arguments.dtype_name({first_value})}}: expected the same"
            )
            condition = f"{reading.dtype.format(value)} != {reading.dtype.format(first_value)}"
        else:
            condition, expected = _shapes(check, one, other)
            shown = f"{name} has shape {{list({other})}}, {first} {{list({one})}}: expected {expected}"
        for each, its_value in ((name, value), (first, first_value)):
            if each in optional:
                condition = f"{its_value} is not None and {condition}"
        yield refusal(api, condition, check.raises, shown)


def _shapes(check: Relation, first: str, other: str) -> tuple[str, str]:
    """The condition that shapes do not fit, and what was expected; equal shapes are seen first, they are the usual case."""
    if isinstance(check, SameShape):
        return f"{other} != {first}", "the same"
    if isinstance(check, Broadcastable):
        return f"{other} != {first} and not _arguments.broadcasts({other}, {first})", "shapes that broadcast"
    return f"{first} != {other} and not _arguments.broadcasts_to({first}, {other})", "the first to broadcast to the other"
