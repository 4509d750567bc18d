"""torchvision's models against mindcv's, where torchvision is installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.models.real_pairs import PAIRS, Pair, compared, missing
from tests.packages.__main__ import name_operators_of_torchvision


@pytest.mark.skipif(
    find_spec("torchvision") is None, reason="torchvision is not installed; `python -m tests.models.real_pairs` needs it, too"
)
@pytest.mark.parametrize("pair", PAIRS, ids=[pair.torchvision for pair in PAIRS])
def test_known_differences_are_named(pair: Pair) -> None:
    operators = name_operators_of_torchvision()
    assert missing(pair, compared(pair)) == []
    del operators
