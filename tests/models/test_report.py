"""The folder that a comparison is written into."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compat.models.report import write_report
from tests.models.test_planted import compared


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a pair with another residual, trained for two steps."""
    return write_report(compared("Residual", "residual", train=True, steps=2), tmp_path_factory.mktemp("models"))


def test_results(written: Path) -> None:
    results = json.loads((written.parent / "results.json").read_text(encoding="utf-8"))
    assert (results["agrees"], results["training"], results["first"], results["second"]) == (False, True, "PyTorch", "MindSpore")
    assert [finding["first"] for finding in results["findings"]] == ["block1"]
    assert results["findings"][0]["differences"][0]["comparison"]["differing"] > 0
    states = {module["first"]: module["state"] for module in results["modules"]}
    assert (states[""], states["block1"], states["block1.conv1"], states["head"]) == ("inside", "differs", "agrees", "agrees")
    assert [len(losses) for losses in results["losses"].values()] == [3, 3]
    assert ["block1.bn1.running_mean", "block1.bn1.moving_mean"] in results["weights"]["matched"]


def test_page(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    for part in (
        "the first is block1 (Block)",
        "the operators of PyTorch there: add",
        "return self.act(x) + kept",
        "<svg",
        "block1.act (call 2)",
    ):
        assert part in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org", "")


def test_a_number_that_json_lacks(tmp_path: Path) -> None:
    found: Any = compared("Branches", "floor")
    write_report(found, tmp_path)
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert "inf" in [call["in_step"] for call in results["calls"]]
