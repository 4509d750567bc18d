"""What the table calls random is random: no operator is excused from a comparison of values that is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from compat.parity.cases import Case, cases
from compat.parity.compare import compare
from compat.parity.execute import Outcome, outcome
from compat.table.load import load


class Reseeded:
    """torch, in which every seed is another one."""

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    def manual_seed(self, seed: int) -> None:
        torch.manual_seed(seed + 1)


def drawn() -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases(load()):
        if case.imitated == "torch" and case.draws == "distribution" and not case.raises and case.declared is None:
            found.setdefault(case.row, []).append(case)
    return found


DRAWN = drawn()


@pytest.mark.parametrize("row", DRAWN)
def test_another_seed_gives_another_result(row: str) -> None:
    def differs(case: Case) -> bool:
        first, second = outcome(case, torch, case.api), outcome(case, Reseeded(), case.api)  # type: ignore[arg-type]
        pairs = zip(first.values, second.values, strict=True)
        return any(a.shape != b.shape or not np.array_equal(a, b, equal_nan=a.dtype.kind in "fc") for a, b in pairs)

    assert any(differs(case) for case in DRAWN[row])


CASE = Case("mindspore", "mindspore.ops.rand", "torch.rand", "base", None, {}, (), False, draws="distribution")
NORMAL, UNIFORM = np.random.default_rng(0).standard_normal(400), np.random.default_rng(1).uniform(0, 1, 400)


@pytest.mark.parametrize(("sample", "status"), [(NORMAL[::-1] * 1.02, "agrees"), (UNIFORM, "differs"), (NORMAL + 1, "differs")])
def test_a_sample_of_another_distribution_is_seen(sample: Any, status: str) -> None:
    assert compare(CASE, Outcome([NORMAL]), Outcome([sample])).status == status
