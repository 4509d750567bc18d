"""One case, shown in full: the call, what each side gave, and the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compat.elementwise import BINS, Comparison, shown
from compat.parity.case import Case
from compat.parity.compare import Result
from compat.parity.inputs import drawn


def described(case: Case, result: Result) -> Iterator[str]:
    """Lines for a terminal."""
    yield f"{case.id}: {result.status}" + (f", {result.ending} ({result.side or 'worker'})" if result.ending else "")
    yield f"  call       {_call(case)}"
    if case.renamed:
        yield f"  spelt      {', '.join(f'{name} as {other}' for name, other in case.renamed.items())}"
    yield f"  reference  {'PyTorch' if result.reference == 'torch' else 'MindSpore'}, style {result.style}, compared: {', '.join(result.checks)}"
    if result.detail:
        yield f"  detail     {result.detail}"
    if result.reason:
        yield f"  declared   {result.reason}"
    for part in result.parts:
        yield from _measures(part)


def _call(case: Case) -> str:
    constructor = "" if case.constructor is None else f"({_arguments(case.constructor, case)})"
    return f"{case.api}{constructor}({_arguments(case.call, case)})"


def _arguments(given: dict[str, Any], case: Case) -> str:
    values = drawn(given, mindspore=case.imitated == "mindspore")
    return ", ".join(f"{name}={_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return f"{shown(value)} ({value.dtype}{list(value.shape)})" if hasattr(value, "dtype") else repr(value)


def _measures(part: Comparison) -> Iterator[str]:
    yield (
        f"  {part.name}: {part.dtype}{list(part.shape)}, {part.differing} of {part.elements} elements differ; "
        f"largest error {part.max_abs:.2e} absolute, {part.max_rel:.2e} relative, {part.max_ulp} ULP; mean {part.mean_abs:.2e}, {part.mean_rel:.2e}"
    )
    if part.nan or part.inf:
        yield f"    only in one of the two: nan at {part.nan} places, infinities at {part.inf}"
    if sum(part.histogram) > part.histogram[0] if part.histogram else False:
        yield "    relative error: " + ", ".join(f"{name} {count}" for name, count in zip(BINS, part.histogram, strict=True) if count)
    for index, reference, subject in part.first:
        yield f"    {list(index)}: {subject}, not {reference}"
