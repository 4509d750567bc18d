"""What the table covers of what programs use may only grow, and the tests that rows name are there and are about them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compat.table.load import load
from tests.usage.__main__ import SHARES

ROOT = Path(__file__).parents[2]
TABLE = load()
# per cent, rounded down; raise them when more is covered
AT_LEAST = {"references to verified APIs": 99.3, "uses of arguments": 98.9, "pairs of the official tables": 99.9}


@pytest.mark.parametrize("title", SHARES)
def test_shares_only_grow(title: str) -> None:
    share = SHARES[title](TABLE)
    assert share.percent >= AT_LEAST[title], share.missing[:20]


def problems(api: str, paths: list[str]) -> list[str]:
    """The tests of a row that do not exist, or that it names although none mentions the last part of its name."""
    missing = [path for path in paths if not (ROOT / path).is_file()]
    if missing:
        return [f"{api}: no file {', '.join(missing)}"]
    last = api.rpartition(".")[2]
    mentioned = any(re.search(rf"\b{re.escape(last)}\b", (ROOT / path).read_text()) for path in paths)
    return [] if mentioned else [f"{api}: none of {', '.join(paths)} mentions {last}"]


def test_the_tests_of_a_row_are_about_it() -> None:
    assert [found for api, row in TABLE.rows.items() if row.tests for found in problems(api, row.tests)] == []
