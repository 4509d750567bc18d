"""Results, grouped as a report shows them: by API and by namespace, the cases in a fixed order. No page, no file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import get_args

from compat.elementwise import BINS
from compat.parity.baseline import Baseline, Changes
from compat.parity.compare import Check, Result
from compat.parity.history import Past, Run
from compat.parity.states import BAD, STATES, State, namespace, state, states

CHECKS: tuple[Check, ...] = get_args(Check)


@dataclass(frozen=True)
class Compared:
    """What a report holds its results against: a name for it, and what changed since."""

    name: str
    changes: Changes
    versions: tuple[str, ...] = ()  # those releases of it that are others than the run's


@dataclass(frozen=True)
class Report:
    """All that the page, the JUnit file and the summary are made from."""

    results: tuple[Result, ...]
    run: Run
    past: Past = field(default_factory=Past)
    compared: tuple[Compared, ...] = ()


@dataclass(frozen=True)
class Line:
    """One API: its cases, and what they come to. `deviation` is the largest of those that agree, `histogram` of all their elements."""

    api: str
    imitated: str
    row: str
    results: tuple[Result, ...]

    @property
    def states(self) -> tuple[State, ...]:
        """What occurs among its cases, the worst first."""
        found = {one for result in self.results for one in states(result)}
        first = min((STATES.index(state(result)) for result in self.results), default=STATES.index("agrees"))
        return (STATES[first], *(one for one in STATES if one in found and one != STATES[first]))

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(check for check in CHECKS if any(check in result.checks for result in self.results))

    @property
    def deviation(self) -> float:
        return max((result.deviation for result in self.results if result.status == "agrees"), default=0.0)

    @property
    def histogram(self) -> list[int]:
        found = [part.histogram for result in self.results for part in result.parts if part.histogram]
        return [sum(column) for column in zip(*found, strict=True)] if found else [0] * len(BINS)

    def share(self, check: Check) -> tuple[int, int] | None:
        """How many of the cases that a check concerns agree, and how many there are; what was refused was not compared."""
        concerned = [result for result in self.results if check in result.checks and result.status != "refused"]
        return (sum(result.status == "agrees" for result in concerned), len(concerned)) if concerned else None


@dataclass(frozen=True)
class Namespace:
    """The APIs of one module in one direction."""

    name: str
    imitated: str
    apis: int
    counts: dict[State, int]

    @property
    def cases(self) -> int:
        return sum(self.counts.values())

    @property
    def bad(self) -> int:
        return sum(self.counts.get(one, 0) for one in BAD)


def ordered(results: Iterable[Result]) -> tuple[Result, ...]:
    """PyTorch's API first, by name; of each API the base case first."""
    return tuple(sorted(results, key=lambda r: (r.imitated != "torch", r.imitated, r.api, r.fixture != "base", r.id)))


def lines(results: Sequence[Result]) -> list[Line]:
    """One line per API, in the order of the results."""
    grouped: dict[tuple[str, str, str], list[Result]] = {}
    for result in results:
        grouped.setdefault((result.imitated, result.api, result.row), []).append(result)
    return [Line(api, imitated, row, tuple(group)) for (imitated, api, row), group in grouped.items()]


def namespaces(results: Sequence[Result]) -> list[Namespace]:
    """Every namespace that occurs, PyTorch's first, by name."""
    counts: dict[tuple[str, str], Counter[State]] = {}
    apis: dict[tuple[str, str], set[str]] = {}
    for result in results:
        key = (result.imitated, namespace(result.api))
        counts.setdefault(key, Counter())[state(result)] += 1
        apis.setdefault(key, set()).add(result.api)
    found = [Namespace(name, imitated, len(apis[imitated, name]), dict(count)) for (imitated, name), count in counts.items()]
    return sorted(found, key=lambda one: (one.imitated != "torch", one.name))


def verdict(results: Sequence[Result]) -> str:
    """One line: how many APIs and cases, how many agree, differ as declared, differ, crash."""
    count = Counter(state(result) for result in results)
    apis = {(result.imitated, result.api) for result in results}
    if not results:
        return "parity: no case was run"
    parts = [f"{count['agrees']} agree", f"{count['declared']} differ as declared", f"{count['differs']} differ"]
    named: dict[State, str] = {
        "crashed": "crash", "hung": "hang", "late error": "raise late", "stale": "declared differences are gone",
        "refused": "are refused by the reference",
    }  # fmt: skip
    parts += [f"{count[one]} {text}" for one, text in named.items() if count[one]]
    outcome = "FAILED" if any(count[one] for one in BAD) else "OK"
    return f"parity {outcome}: {len(apis)} APIs, {len(results)} cases: {', '.join(parts)}"


def verdict_of_changes(compared: Compared) -> str:
    """One line: how many cases got worse and better, and how many new ones are as they should be."""
    found = compared.changes
    parts = [f"{len(found.worse)} worse", f"{len(found.better)} better"]
    parts += [f"{len(found.declared)} differ as declared now"] if found.declared else []
    parts += [f"{found.added} new and well"] if found.added else []
    return f"against {compared.name}: {', '.join(parts)}"


def told_changes(report: Report) -> dict[str, dict[str, str]]:
    """Case id → "worse", "better" or "declared" → what it was, and where: "was agrees in the last run"."""
    found: dict[str, dict[str, list[str]]] = {}
    for one in report.compared:
        for kind in ("worse", "better", "declared"):
            for change in getattr(one.changes, kind):
                was = f"was {change.before}" if change.before else "was not there"
                found.setdefault(change.id, {}).setdefault(kind, []).append(f"{was} in {one.name}")
    return {case: {kind: ", ".join(texts) for kind, texts in kinds.items()} for case, kinds in found.items()}


def other_versions(baseline: Baseline, run: Run) -> tuple[str, ...]:
    """The releases of a baseline that are others than a run's: "torch 2.12, not 2.13"."""
    theirs, ours = baseline.versions, run.versions
    return tuple(f"{name} {theirs[name]}, not {ours[name]}" for name in sorted(theirs) if name in ours and theirs[name] != ours[name])
