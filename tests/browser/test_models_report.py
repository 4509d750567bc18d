"""The report of a comparison of models as a reader meets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compat.models.report import write_report
from tests.browser.conftest import Opened
from tests.models.test_planted import compared

Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(compared("Residual", "residual", steps=2), tmp_path_factory.mktemp("models"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_it_fits_the_screen(opened: Open, report: Path, phone: bool, scheme: str) -> None:
    found = opened(report, phone=phone, scheme=scheme)
    assert "the first is block1" in found.page.inner_text(".headline")
    assert found.overflow() <= 0


def test_the_tree_opens_and_closes(opened: Open, report: Path) -> None:
    page = opened(report).page
    branches = "[...document.querySelectorAll('.tree details')].filter(each => each.open).map(each => each.dataset.path)"
    assert page.evaluate(branches) == ["", "block1"]
    page.click("[data-tree=all]")
    assert "block2.short.1" in page.evaluate(branches)
    page.click("[data-tree=none]")
    assert page.evaluate(branches) == []
    page.click("[data-tree=differs]")
    assert page.evaluate(branches) == ["", "block1"]
    page.click(".tree [data-path='block1'] summary")
    assert page.evaluate(branches) == [""]


def test_the_table_is_filtered(opened: Open, report: Path) -> None:
    page = opened(report).page
    page.fill("#modules input[type=search]", "block1.bn")
    assert page.locator("#modules tbody tr").count() == 2
