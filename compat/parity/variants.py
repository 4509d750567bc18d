"""One call → the same call in other dtypes and with its keywords in another order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from compat.parity.case import Case

DTYPES = ("float64", "float16", "bfloat16", "int64")
CALLED = ("function", "class", "method")
Arguments = dict[str, Any]


def variants(case: Case) -> Iterator[Case]:
    """The variants of a call that agrees, as fixtures of their own: `reordered`, `dtype-float64` and so on; none of any other call."""
    if case.fixture != "base" or case.style != "keyword" or case.kind not in CALLED or case.declared is not None:
        return
    if reordered := _reordered(case):
        yield reordered
    for dtype in DTYPES:
        if retyped := _retyped(case, dtype):
            yield retyped


def _reordered(case: Case) -> Case | None:
    """With all keywords in reverse; what is given by its place stays where it is."""
    if case.by_place or case.variadic in case.call:
        return None
    first = 1 if case.kind == "method" else 0  # the tensor whose method it is
    call = _reversed(case.call, first)
    constructor = None if case.constructor is None else _reversed(case.constructor, 0)
    if list(call) == list(case.call) and list(constructor or ()) == list(case.constructor or ()):
        return None
    return replace(case, fixture="reordered", call=call, constructor=constructor)


def _reversed(arguments: Arguments, first: int) -> Arguments:
    names = list(arguments)
    return {name: arguments[name] for name in (*names[:first], *reversed(names[first:]))}


def _retyped(case: Case, dtype: str) -> Case | None:
    """With every tensor of float32 as one of `dtype`; None where there is none."""
    call = retyped(case.call, dtype)
    constructor = retyped(case.constructor, dtype)
    if call == case.call and constructor == case.constructor:
        return None
    torch_case = case.torch_case and (_retyped(case.torch_case, dtype) or case.torch_case)
    gradient = () if dtype == "int64" else case.gradient
    return replace(
        case,
        fixture=f"dtype-{dtype}",
        call=call,
        constructor=constructor,
        gradient=gradient,
        torch_case=torch_case,
        by_dtype=dtype,
        may_refuse=True,
    )


def retyped(value: Any, dtype: str) -> Any:
    """Arguments with every described tensor of float32 as one of `dtype`."""
    if isinstance(value, list):
        return [retyped(item, dtype) for item in value]
    if not isinstance(value, dict):
        return value
    if "draw" not in value:
        return {name: retyped(item, dtype) for name, item in value.items()}
    if value.get("dtype", "float32") != "float32" or not _is_real(value):
        return value
    described = {name: item for name, item in value.items() if name != "mindspore_dtype"} | {"dtype": dtype}
    return _integers(described) if dtype == "int64" else described


def _is_real(described: Arguments) -> bool:
    if described["draw"] == "values":
        return np.asarray(described["values"]).dtype.kind == "f"
    return described["draw"] not in ("integers",)


def _integers(described: Arguments) -> Arguments:
    """Small integers, of one sign where the floats are."""
    if described["draw"] == "values":
        return described
    low = math.ceil(described.get("low", 0)) if described["draw"] == "uniform" and described.get("low", 0) >= 0 else -3
    return {**described, "draw": "integers", "low": low, "high": max(low, 0) + 4}
