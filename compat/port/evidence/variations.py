"""One call of the parity run → the same with one argument in another form: what programs write besides, and a fixture rarely has.

A dimension counted from the end, an int for a float, one number for a tuple, each dtype, the other value of a flag. PyTorch says what each
gives; what it refuses is left out. So these need no row of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from compat.parity.case import Case
from compat.parity.inputs import drawn
from compat.port.calls.plan import Given
from compat.port.evidence.record import DIMENSIONS
from compat.port.evidence.written import Parameters
from compat.table.parameters import Parameter

DTYPES = ("float32", "float64", "float16", "int64", "int32", "uint8", "bool")
NUMBERS = ("float", "number", "Tensor or number", "Tensor or float")
SIZES = "int or tuple of int"
USUAL = ("float32", "int64")  # of them those of a call that is not the base
LIMIT = 8  # forms of an argument beside the fixture's own


def varied(case: Case, parameters: Parameters) -> Iterator[Case]:
    """The variations of a call, as fixtures of their own: `base, dim=-1`. None of a call in another dtype, which shows something else."""
    if case.by_dtype or case.fixture.startswith(("positional", "defaults", "spelling-")):
        return
    section = "call" if case.constructor is None else "constructor"
    arguments: dict[str, Any] = getattr(case, section)
    rank, base = _rank(case), case.fixture == "base"
    for name, parameter in parameters.items():
        value = arguments.get(name, parameter.default)
        given = name in arguments
        for other in list(_forms(name, parameter, value, rank, given=given, base=base))[:LIMIT]:
            fixture = f"{case.fixture}, {name}={_short(other)}"
            changed: Any = {section: _in_place(parameters, arguments, name, other)}
            yield replace(case, fixture=fixture, may_refuse=True, **changed)


def _in_place(parameters: Parameters, arguments: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """The arguments with one of them changed or added, in the order of the parameters."""
    changed = {**arguments, name: value}
    return {
        key: changed[key] for key in (*(one for one in parameters if one in changed), *(one for one in changed if one not in parameters))
    }


def _rank(case: Case) -> int:
    """The number of dimensions of the first tensor; 0 without one."""
    for value in drawn(case.call).values():
        first = value[0] if isinstance(value, list) and value else value
        if hasattr(first, "ndim"):
            return int(first.ndim)
    return 0


def _forms(name: str, parameter: Parameter | Given, value: Any, rank: int, *, given: bool, base: bool) -> Iterator[Any]:
    """Other values of one argument."""
    kind = parameter.type
    if kind == "bool" and name not in ("inplace", "pin_memory", "requires_grad", "sparse"):
        yield from (other for other in (False, True) if other is not value)
    elif kind == "dtype":
        yield from ({"name": f"torch.{dtype}"} for dtype in (DTYPES if base else USUAL) if value != {"name": f"torch.{dtype}"})
    elif kind == "str":
        yield from (choice for choice in parameter.choices if choice != value)
    elif not given:
        yield from _unsaid(value) if base and kind in NUMBERS else ()
    elif name in DIMENSIONS:
        yield from _from_the_end(value, rank)
    elif kind in NUMBERS and base:
        yield from _numbers(kind, value)
    elif kind == SIZES:
        yield from _sizes(value, rank)


def _from_the_end(value: Any, rank: int) -> Iterator[Any]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield value - rank if value >= 0 else value + rank
    elif isinstance(value, list) and value and all(isinstance(one, int) for one in value):
        yield [one - rank if one >= 0 else one for one in value]
        yield value[0]


def _numbers(kind: str, value: Any) -> Iterator[Any]:
    if isinstance(value, dict) and kind.startswith("Tensor"):
        yield from (2.5, 2, -2)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return
    yield from (
        other for other in (int(value) or 1, float(value), -float(value) - 0.25) if type(other) is not type(value) or other != value
    )
    if kind.startswith("Tensor"):
        yield {"draw": "values", "values": float(value), "seed": "number"}


def _unsaid(default: Any) -> Iterator[Any]:
    """What programs give for a number whose default the base call leaves: the default as an int, and 0."""
    if default is None:
        yield from (0, 1.5)
    elif isinstance(default, int | float) and not isinstance(default, bool) and default in (0, 1):
        yield from (other for other in dict.fromkeys((int(default), 0, 0.5)) if type(other) is not type(default) or other != default)


def _sizes(value: Any, rank: int) -> Iterator[Any]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield from ([value] * length for length in {max(1, rank - 2), max(1, rank - 1)})
    elif isinstance(value, list) and value and isinstance(value[0], int):
        yield value[0]


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return str(value["name"]) if "name" in value else "a tensor"
    return repr(value)
