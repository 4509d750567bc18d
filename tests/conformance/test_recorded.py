"""A slice of PyTorch's own test data on `compat.torch`: nothing that is recorded to pass may fail.

`python -m tests.conformance SUITE` runs a suite as a whole.
"""

from __future__ import annotations

import pytest

from tests.conformance import record, run
from tests.conformance.worker import SUITES

# of each suite the names that a short run tries: among what passes, every so many
EVERY = {"ops": 20, "modules": 8, "optimizers": 6, "errors": 12, "ops_twice": 60, "modules_twice": 20}


@pytest.mark.parametrize("suite", SUITES)
def test_nothing_that_passed_fails(suite: str) -> None:
    recorded = record.read(record.FOLDER / f"{suite}.txt")
    names = sorted({name for name, _, _ in recorded})[:: EVERY[suite]]
    found = run.results(suite, SUITES[suite]().checks, names, "compat", 2)
    assert record.lost(recorded, [result for _, results in found for result in results]) == []
    assert names


def test_the_records_are_in_order() -> None:
    for suite in SUITES:
        path = record.FOLDER / f"{suite}.txt"
        text = path.read_text(encoding="utf-8")
        assert record.text(record.read(path)) == text
