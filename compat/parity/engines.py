"""Where cases run: on worker processes of this machine, or on those of a Ray cluster. The results are the same, as they are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from compat.parity.case import Case
from compat.parity.pool import Worker, served

# The cases, what is asked of a worker about each, and the command that starts a worker → what the workers gave.
Engine = Callable[[Sequence[Case], Callable[[Worker, Case], Iterable[Any]], Sequence[str]], Iterator[Any]]


def local(jobs: int) -> Engine:
    """Up to so many processes of this machine."""
    return partial(served, workers=jobs)
