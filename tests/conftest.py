"""What all tests share: the table, and MindSpore's errors raised where they happen."""

from __future__ import annotations

import pytest

from compat.table.load import load
from compat.table.model import Table


@pytest.fixture(scope="session")
def table() -> Table:
    return load()
