"""Where cases run: on worker processes of this machine, or on those of a Ray cluster. The results are the same, as they are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from compat.parity.case import Case
from compat.parity.pool import Worker, served
from compat.parity.sides import Setting

Work = Callable[[Worker, Case], Iterable[Any]]
# The cases, what is asked of a worker about each, and how workers are set up → what they gave.
Engine = Callable[[Sequence[Case], Work, Setting], Iterator[Any]]


def local(jobs: int) -> Engine:
    """Up to so many processes of this machine."""
    return partial(_served, jobs=jobs)


def _served(cases: Sequence[Case], work: Work, setting: Setting, *, jobs: int) -> Iterator[Any]:
    yield from served(cases, work, setting.command(), jobs)
