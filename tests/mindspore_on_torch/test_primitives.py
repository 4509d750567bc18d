"""MindSpore's operators with a constructor: what the constructor takes, and what a call gives."""

from __future__ import annotations

import pytest

from tests.mindspore_on_torch.operators import compare, table

CALLS = table("""
ops.Softmax()(x) | ops.Softmax(0)(x)
""")


@pytest.mark.parametrize("text", CALLS)
def test_call(text: str) -> None:
    compare(text)
