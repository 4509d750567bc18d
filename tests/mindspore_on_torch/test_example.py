"""The digits example, shortened to two epochs, learns alike on both frameworks."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs/examples/digits_mindspore.py"


def printed(capsys: pytest.CaptureFixture[str]) -> list[float]:
    """The losses and the accuracy that the example prints."""
    pytest.importorskip("sklearn")
    source = EXAMPLE.read_text().replace("EPOCHS, BATCH = 12, 64", "EPOCHS, BATCH = 2, 64")
    exec(compile(source, str(EXAMPLE), "exec"), {"__name__": "__main__"})
    return [float(number) for number in re.findall(r"\d+\.\d+", capsys.readouterr().out)]


@pytest.fixture
def ours_as_mindspore(ours: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`import mindspore` means the room; the loss stands in for the one of the generated surface."""

    class CrossEntropyLoss(ours.nn.Cell):
        def construct(self, logits: Any, labels: Any) -> Any:
            import torch

            return torch.nn.functional.cross_entropy(logits, labels.long())

    package, nn = ModuleType("mindspore"), ModuleType("mindspore.nn")
    package.__dict__.update(Tensor=ours.Tensor, value_and_grad=ours.value_and_grad, nn=nn)
    nn.__dict__.update(Cell=ours.nn.Cell, Dense=ours.nn.Dense, ReLU=ours.nn.ReLU, SGD=ours.nn.SGD)
    nn.__dict__["CrossEntropyLoss"] = CrossEntropyLoss
    monkeypatch.setitem(sys.modules, "mindspore", package)
    monkeypatch.setitem(sys.modules, "mindspore.nn", nn)


@pytest.mark.usefixtures("real")
def test_on_mindspore(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys) == pytest.approx(EXPECTED, abs=1e-3)


@pytest.mark.usefixtures("ours_as_mindspore")
def test_on_torch(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys) == pytest.approx(EXPECTED, abs=1e-3)


# Two losses and the accuracy, as MindSpore 2.10.0 prints them on CPU.
EXPECTED = [1.988700, 0.668279, 0.8861]
