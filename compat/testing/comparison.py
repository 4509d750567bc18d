"""Two trees → where they part, as lines for a test's report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from compat.elementwise import Comparison, Tolerance, compared, dtype_of, tolerance_of
from compat.testing.structure import Branch, Leaf, Tree, an

SHOWN = 5


@dataclass(frozen=True)
class Allowed:
    """How far two elements may lie apart, see `compat.elementwise.Tolerance`; what is None is that of the dtype."""

    rtol: float | None = None
    atol: float | None = None

    def of(self, dtype: str) -> Tolerance:
        usual = tolerance_of(dtype)
        return Tolerance(usual.rtol if self.rtol is None else self.rtol, usual.atol if self.atol is None else self.atol)


@dataclass(frozen=True)
class Difference:
    """Where two trees part, and how; `part` has the figures where two arrays of one shape and dtype do."""

    path: str
    text: str
    part: Comparison | None = None

    def lines(self, allowed: Allowed) -> Iterator[str]:
        """For a terminal."""
        if self.part is None or not self.part.differing:
            yield f"{self.path}: {self.text}"
            return
        part, tolerance = self.part, allowed.of(self.part.dtype)
        what = f"{part.dtype}{list(part.shape)}, " if part.shape else f"{part.dtype}, "
        yield f"{self.path}: {what}{part.differing} of {part.elements} element{'s' if part.elements > 1 else ''} differ{_s(part.elements)}"
        figures = f"largest error {part.max_abs:.2e}, relative {part.max_rel:.2e}"
        limits = f"allowed are {tolerance.rtol:g} of the element and {tolerance.atol:g} of the largest" if _has_tolerance(part) else ""
        yield f"    {figures}{f', {part.max_ulp} ULP' if part.max_ulp else ''}{f'; {limits}' if limits else ''}"
        if part.nan or part.inf:
            yield f"    only in one of the two: nan at {part.nan} places, an infinity at {part.inf}"
        for index, reference, subject in part.first:
            yield f"    {list(index) if index else 'value'}: {subject}, not {reference}"


def _s(count: int) -> str:
    return "" if count > 1 else "s"


def _has_tolerance(part: Comparison) -> bool:
    return part.dtype.startswith(("float", "bfloat", "complex"))


def differences(reference: Tree, subject: Tree, allowed: Allowed, path: str = "result") -> Iterator[Difference]:
    """Where `subject` differs from `reference`: in structure first, and where that is the same in the elements."""
    if isinstance(reference, Branch) and isinstance(subject, Branch):
        yield from _of_branches(reference, subject, allowed, path)
    elif isinstance(reference, Leaf) and isinstance(subject, Leaf):
        yield from _of_leaves(reference, subject, allowed, path)
    else:
        yield Difference(path, f"{_shown(subject)}, not {_shown(reference)}")


def _of_branches(reference: Branch, subject: Branch, allowed: Allowed, path: str) -> Iterator[Difference]:
    if reference.kind != subject.kind:
        yield Difference(path, f"{_shown(subject)}, not {_shown(reference)}")
        return
    for label in reference.parts:
        if label not in subject.parts:
            yield Difference(path + label, "is missing")
    for label in subject.parts:
        if label not in reference.parts:
            yield Difference(path + label, "is there besides")
    for label, part in reference.parts.items():
        if label in subject.parts:
            yield from differences(part, subject.parts[label], allowed, path + label)


def _of_leaves(reference: Leaf, subject: Leaf, allowed: Allowed, path: str) -> Iterator[Difference]:
    if reference.kind != subject.kind:
        yield Difference(path, f"{_shown(subject)}, not {_shown(reference)}")
    elif isinstance(reference.value, np.ndarray) and isinstance(subject.value, np.ndarray):
        part = compared(reference.value, subject.value, allowed.of(dtype_of(reference.value)), path)
        if not part.agrees:
            yield Difference(path, part.detail, part)
    elif type(reference.value) is not type(subject.value) or reference.value != subject.value:
        yield Difference(path, f"{subject.value!r}, not {reference.value!r}")


def _shown(tree: Tree) -> str:
    if isinstance(tree, Branch):
        return f"{an(tree.kind)} of {len(tree.parts)}"
    return tree.kind if isinstance(tree.value, np.ndarray) else f"{tree.value!r}"


def places(found: list[Difference]) -> str:
    return f"at {len(found)} places" if len(found) > 1 else "at one place"


def indented(found: list[Difference], allowed: Allowed) -> Iterator[str]:
    """The first differences in full, and how many there are besides, as lines below a heading."""
    for difference in found[:SHOWN]:
        yield from (f"  {line}" for line in difference.lines(allowed))
    if len(found) > SHOWN:
        yield f"  and {len(found) - SHOWN} more: {', '.join(one.path for one in found[SHOWN : 2 * SHOWN])}{', …' if len(found) > 2 * SHOWN else ''}"
