"""Results that go into a file, and work on many files whose results are taken one by one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest

import compat.source.spilled as spilled
from compat.source.chunks import taken
from compat.source.spilled import Spilled


@pytest.mark.parametrize("in_memory", [0, 10_000_000], ids=["in a file", "in memory"])
def test_they_come_back_in_either_order(in_memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilled, "IN_MEMORY", in_memory)
    results = [(name, "x" * 1000) for name in "bca"]
    kept = Spilled(iter(results), lambda one: one[0])
    assert (len(kept), list(kept), kept[1], kept[-2:]) == (3, results, results[1], results[1:])
    assert list(kept.ordered()) == sorted(results)
    assert [(one, other) for one in kept for other in kept] == [(one, other) for one in results for other in results]


def test_no_more_is_begun_than_is_soon_taken() -> None:
    begun: list[int] = []

    def submission(number: int) -> Callable[[], Future[list[int]]]:
        def submit() -> Future[list[int]]:
            begun.append(number)
            future: Future[list[int]] = Future()
            future.set_result([number])
            return future

        return submit

    results = taken(map(submission, range(10)), 3)
    assert (next(results), begun) == (0, [0, 1, 2])
    assert (next(results), begun) == (1, [0, 1, 2, 3])
    assert list(results) == list(range(2, 10))
