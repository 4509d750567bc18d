"""What all tests share: the table, and MindSpore's errors raised where they happen."""

from __future__ import annotations

import pytest

from compat.table.load import load
from compat.table.model import Table


@pytest.fixture(scope="session")
def table() -> Table:
    return load()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Conformance last: PyTorch's test data switches off argument checks and flags of the torch that the others compare with."""
    items.sort(key=lambda item: "tests/conformance/" in item.path.as_posix())
