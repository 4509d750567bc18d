"""Faults between a caller and an API: what an adapter would do with its arguments and its result if it were wrong.

They need no source, so that they are the same for every API: each says of one parameter, or of the result, that a case shows it.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from compat.table.parameters import Constant, NeutralOnly, Unsupported

Given = dict[str, Any]
Bent = Callable[[Given], None]
BETWEEN_VALUES = ("swapped arguments", "changed argument")  # whether a case can show it depends on what it is called with
FIXED = (Unsupported, NeutralOnly, Constant)


@dataclass(frozen=True)
class Framework:
    """What a fault asks of an imitated framework: its tensors, and how they are cast, copied and detached."""

    tensor: type
    cast: Callable[[Any], Any]
    copy: Callable[[Any], Any]
    detach: Callable[[Any], Any]


@dataclass(frozen=True)
class Fault:
    """A wrong call: `arguments` are changed before it, `result` after it. `member` is the method of a class that is wrong."""

    kind: str
    about: str
    arguments: Bent | None = None
    result: Callable[[Any], Any] | None = None
    member: str | None = None


def of_parameters(parameters: Mapping[str, Any], tensors: set[str], member: str | None) -> Iterator[Fault]:
    """What may be wrong with each argument: dropped, changed, with another default, exchanged for its neighbour, without a gradient."""
    free = {name: p for name, p in parameters.items() if not isinstance(p, FIXED)}
    for name, p in free.items():
        if p.default is not UNSET:
            yield Fault("dropped argument", name, functools.partial(_drop, name, p.default), member=member)
            if (other := _other(p.default, p.choices)) is not None:
                yield Fault("wrong default", f"{name}: {other!r}", functools.partial(_another_default, name, other), member=member)
        if name in tensors:
            continue
        yield Fault("changed argument", name, functools.partial(_changed, name), member=member)
    names = list(free)
    for left, right in itertools.pairwise(names):
        yield Fault("swapped arguments", f"{left} and {right}", functools.partial(_swap, left, right), member=member)


def of_tensors(names: list[str], framework: Framework, member: str | None) -> Iterator[Fault]:
    """A gradient that does not reach one of the tensors."""
    for name in names:
        yield Fault("gradient lost", name, functools.partial(_detached, name, framework), member=member)


def of_result(framework: Framework, member: str | None, gradient: bool) -> Iterator[Fault]:
    """Another dtype, and where there is a gradient, twice of it."""
    yield Fault("dtype", "result", result=functools.partial(_mapped, framework.tensor, framework.cast), member=member)
    if gradient:
        twice = functools.partial(_mapped, framework.tensor, functools.partial(_steeper, framework))
        yield Fault("wrong gradient", "twice", result=twice, member=member)


def in_place(framework: Framework) -> Fault:
    """The write goes to a copy."""
    return Fault("in-place", "writes to a copy", functools.partial(_copied, framework))


def unwritten(framework: Framework) -> Fault:
    """`out` stays as it was."""
    return Fault("out", "not written", functools.partial(_out_copied, framework))


class Skipped(Exception):
    """The fault says nothing of this call: it is made as it is."""


def _drop(name: str, default: Any, given: Given) -> None:
    if name not in given:
        raise Skipped
    given[name] = default


def _another_default(name: str, other: Any, given: Given) -> None:
    if name in given:
        raise Skipped
    given[name] = other


def _other(value: Any, choices: list[Any]) -> Any:
    if isinstance(value, str):
        return next((choice for choice in choices if choice != value), None)
    return _nudged(value)


def _nudged(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 1.5 + 0.25
    if isinstance(value, (tuple, list)) and value:
        first = _nudged(value[0])
        return None if first is None else type(value)([first, *value[1:]])
    return None


def _changed(name: str, given: Given) -> None:
    if name not in given or (other := _nudged(given[name])) is None:
        raise Skipped
    given[name] = other


def _swap(left: str, right: str, given: Given) -> None:
    if left not in given or right not in given or _sort(given[left]) != _sort(given[right]):
        raise Skipped
    given[left], given[right] = given[right], given[left]


def _sort(value: Any) -> str:
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def _detached(name: str, framework: Framework, given: Given) -> None:
    if name not in given:
        raise Skipped
    given[name] = _mapped(framework.tensor, framework.detach, given[name])


def _copied(framework: Framework, given: Given) -> None:
    first = next((name for name, value in given.items() if isinstance(value, framework.tensor)), None)
    if first is None:
        raise Skipped
    given[first] = framework.copy(given[first])


def _out_copied(framework: Framework, given: Given) -> None:
    if given.get("out") is None:
        raise Skipped
    given["out"] = _mapped(framework.tensor, framework.copy, given["out"])


def _steeper(framework: Framework, value: Any) -> Any:
    """The value with twice its gradient."""
    still = framework.detach(value)
    return still + (value - still) * 2 if getattr(value, "requires_grad", False) else value


def _mapped(kind: type, change: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, (tuple, list)):
        items = [_mapped(kind, change, item) for item in value]
        make: Callable[[list[Any]], Any] = getattr(type(value), "_make", type(value))
        return make(items)
    return value


@contextmanager
def planted(owner: Any, attribute: str, fault: Fault, names: list[str]) -> Iterator[list[int]]:
    """`owner.attribute` with the fault; `names` are its parameters in order. Gives a list that grows with each call that was changed."""
    right = getattr(owner, attribute)
    changed: list[int] = []

    def wrong(*args: Any, **kwargs: Any) -> Any:
        if fault.arguments is not None:
            try:
                args, kwargs = _bent(fault.arguments, names, args, kwargs)
                changed.append(1)
            except Skipped:
                pass
        found = right(*args, **kwargs)
        if fault.result is not None:
            changed.append(1)
            return fault.result(found)
        return found

    functools.update_wrapper(wrong, right, updated=())
    own = vars(owner).get(attribute, UNSET)
    setattr(owner, attribute, staticmethod(wrong) if isinstance(own, staticmethod) else wrong)
    try:
        yield changed
    finally:
        if own is UNSET:
            delattr(owner, attribute)
        else:
            setattr(owner, attribute, own)


def _bent(change: Bent, names: list[str], args: tuple[Any, ...], kwargs: Given) -> tuple[tuple[Any, ...], Given]:
    """The arguments after the change, by place and by keyword as they were given."""
    if len(args) > len(names):
        raise Skipped
    by_place = names[: len(args)]
    given = dict(zip(by_place, args, strict=True)) | kwargs
    change(given)
    return tuple(given[name] for name in by_place), {name: value for name, value in given.items() if name not in by_place}
