"""Argument helpers of the generated code, against Python's and NumPy's own behaviour."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, strategies as st

from compat.arguments import MISSING, broadcasts, broadcasts_to, older_names
from compat.conversions import complement, ddof, legacy_reduction, unbiased
from compat.frameworks import load

SHAPES = st.lists(st.integers(0, 3), max_size=4).map(tuple)


@given(SHAPES, SHAPES)
def test_broadcasting_is_numpys(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    try:
        together = np.broadcast_shapes(first, second)
    except ValueError:
        together = None
    assert broadcasts(first, second) == (together is not None)
    assert broadcasts_to(first, second) == (together == second)


WRONG = {
    "unknown": ({"nosuch": 1}, {"input": 1, "target": 2}, "got an unexpected keyword argument 'nosuch'"),
    "both": ({"logits": 1}, {"input": 1, "target": 2}, "got multiple values for argument 'input'"),
    "missing": ({"logits": 1}, {"input": MISSING, "target": MISSING}, "missing required argument: 'target'"),
}


@pytest.mark.parametrize(("older", "current", "text"), WRONG.values(), ids=WRONG)
def test_wrong_names_are_type_errors(older: dict[str, int], current: dict[str, object], text: str) -> None:
    with pytest.raises(TypeError, match=text):
        older_names("f", older, {"logits": "input", "label": "target"}, **current)


def test_older_names_fill_todays() -> None:
    assert older_names("f", {"label": 2}, {"label": "target"}, input=1, target=MISSING) == (1, 2)


@pytest.mark.parametrize(("size_average", "reduce"), [p for p in itertools.product([None, True, False], repeat=2) if p != (None, None)])
def test_legacy_reduction_is_torchs(size_average: bool | None, reduce: bool | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = load("torch.nn._reduction").legacy_get_string(size_average, reduce)
    with pytest.warns(UserWarning, match="size_average and reduce are deprecated"):
        assert legacy_reduction(size_average, reduce) == expected


def test_conversions_have_inverses() -> None:
    assert complement(complement(0.1)) == pytest.approx(0.1)
    assert [unbiased(ddof(value)) for value in (True, False)] == [True, False]
    with pytest.raises(ValueError, match="ddof=2"):
        unbiased(2)
