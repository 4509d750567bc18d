"""A failing call of an API, searched for among variations of its calls and shrunk, by Hypothesis."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, configuration

from compat.parity.case import Case
from compat.parity.cases import called_with
from compat.parity.compare import Result
from compat.parity.examples import Space, arguments, space
from compat.parity.pool import Worker, served
from compat.parity.sides import Setting
from compat.parity.worker import asked
from compat.table.model import Table

SHRINKS = 120  # calls that are spent on making a failing example smaller
LOSS = 12  # what a call that ends a worker counts for among them

Judge = Callable[[Case], Result]


class _Failed(Exception):
    """A call that differs."""


@dataclass
class Search:
    """The calls of one API that were tried, by the id of their case, and what is left of the effort for shrinking."""

    base: Case
    table: Table
    judge: Judge
    tried: dict[str, Result] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    failing: str = ""
    left: int = SHRINKS

    def attempt(self, drawn: dict[str, Any]) -> None:
        """Judge one call; _Failed where it differs. Once the effort is spent only calls already tried may still fail."""
        case = called_with(self.base, self.table, drawn, f"example-{digest(drawn)}", "example")
        if case is None:
            hypothesis.reject()
        if case.id not in self.tried:
            if self.failing and self.left <= 0:
                return
            self._judge(case)
        if self.tried[case.id].status == "differs":
            self.failing = case.id
            raise _Failed

    def _judge(self, case: Case) -> None:
        result = self.judge(case)
        self.tried[case.id], self.cases[case.id] = result, case
        self.left -= (LOSS if result.ending else 1) * bool(self.failing)


def digest(drawn: dict[str, Any]) -> str:
    """A short name of a call's arguments."""
    return hashlib.sha256(json.dumps(drawn, sort_keys=True).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Found:
    """What a search came to: one result that stands for all calls of the API, and the failing call, the smallest that was found."""

    result: Result
    example: Case | None = None


def run(bases: list[Case], table: Table, folder: Path, jobs: int, seconds: float, count: int, seed: int) -> Iterator[Found]:
    """What the search comes to for every API, by its base case, on up to `jobs` processes; `folder` is that of the table."""

    def work(worker: Worker, base: Case) -> Iterator[Found]:
        yield searched(base, table, lambda case: next(asked(worker, case, seconds)), count, seed)

    return served(bases, work, Setting(folder).command(), jobs)


def searched(base: Case, table: Table, judge: Judge, count: int, seed: int) -> Found:
    """Up to `count` variations of the API of `base`; equal seeds give equal calls."""
    search = Search(base, table, judge)
    with contextlib.suppress(_Failed, hypothesis.errors.Unsatisfiable):
        _test(search, space(table.rows[base.row], table), count, seed)()
    if search.failing:
        return Found(search.tried[search.failing], search.cases[search.failing])
    return Found(_summary(base, list(search.tried.values())))


def _test(search: Search, drawn_from: Space, count: int, seed: int) -> Callable[[], None]:
    configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "hypothesis")  # nothing is kept there: `database` is None

    @hypothesis.seed(zlib.crc32(search.base.id.encode()) + seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(arguments(drawn_from))
    def attempt(drawn: dict[str, Any]) -> None:
        search.attempt(drawn)

    return attempt


def _summary(base: Case, results: list[Result]) -> Result:
    """One result for calls none of which differs: refused, if all were."""
    agreeing = [result for result in results if result.status != "refused"]
    checks = tuple(dict.fromkeys(check for result in agreeing for check in result.checks))
    against = base.imitated if base.reference == "itself" else "torch"
    return Result(
        f"{base.imitated}:{base.api}:examples",
        base.imitated,
        base.api,
        base.row,
        "examples",
        against,
        "agrees" if agreeing else "refused",
        checks,
        "" if agreeing else f"{len(results)} calls drawn, none of which the reference takes",
        max((result.deviation for result in agreeing), default=0.0),
        seconds=round(sum(result.seconds for result in results), 4),
    )
