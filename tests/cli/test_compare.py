"""The command line of the comparison of models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compat.cli import main

HERE = Path(__file__).parents[1] / "models"
TORCH, MINDSPORE = f"{HERE / 'torch_models.py'}:Recurrent", f"{HERE / 'mindspore_models.py'}:Recurrent"
INPUTS = "import numpy as np\ndef tokens():\n    return np.arange(10).reshape(2, 5)\n"
CRASH = """
import os, signal
from mindspore import nn

class Ends(nn.Cell):
    def construct(self, x):
        os.kill(os.getpid(), signal.SIGFPE)

def build():
    return nn.SequentialCell(nn.ReLU(), Ends())
"""

WRONG = [
    ([TORCH], "brings no inputs: give --shape or --input"),
    ([TORCH, "--shape", "2,x"], "--shape 2,x: expected numbers with commas"),
    (["nowhere.py:build"], "nowhere.py: no such file"),
    (["build"], "build: expected FILE:NAME"),
    ([TORCH + "s", "--shape", "2"], "has no Recurrents"),
    ([TORCH, "--shape", "2", "--write-map", "map.yaml"], "--write-map: the models of one source have equal names"),
]


@pytest.fixture
def tokens(tmp_path: Path) -> list[str]:
    (tmp_path / "tokens.py").write_text(INPUTS, encoding="utf-8")
    return ["--input", f"{tmp_path / 'tokens.py'}:tokens"]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_call(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *arguments, "--here"]) == 2
    assert message in capsys.readouterr().err


def test_two_models_and_their_weights(tmp_path: Path, tokens: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "map.yaml"
    given = ["compare", TORCH, "--against", MINDSPORE, *tokens, "--here"]
    assert main([*given, "--train", "--steps", "2", "--lr", "0.1", "-o", str(tmp_path / "report"), "--write-map", str(written)]) == 0
    said = capsys.readouterr().out
    assert "PyTorch against MindSpore: the models agree: 4 calls of 4 modules compared" in said
    assert "loss of MindSpore: " in said
    assert json.loads((tmp_path / "report" / "results.json").read_text(encoding="utf-8"))["agrees"]
    assert '{torch: "embedding.weight", mindspore: "embedding.embedding_table"}' in written.read_text(encoding="utf-8")
    assert main([*given, "--map", str(written)]) == 0
    swapped = {"weight_hh_l0": "weight_hh_l1", "weight_hh_l1": "weight_hh_l0"}
    lines = [line.partition("mindspore:") for line in written.read_text(encoding="utf-8").splitlines()]
    for place, (torch_, key, theirs) in enumerate(lines):
        name = next((name for name in swapped if f".{name}" in theirs), None)
        lines[place] = (torch_, key, theirs.replace(name, swapped[name]) if name else theirs)
    written.write_text("\n".join("".join(line) for line in lines), encoding="utf-8")
    assert main([*given, "--map", str(written)]) == 1
    assert "first difference: lstm (LSTM)" in capsys.readouterr().out


def test_one_source_on_both(tokens: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", MINDSPORE, "--api", "mindspore", *tokens]) == 0
    assert "MindSpore against compat.mindspore: the models agree" in capfd.readouterr().out


def test_a_crash_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "crash.py").write_text(CRASH, encoding="utf-8")
    assert main(["compare", f"{tmp_path / 'crash.py'}:build", "--api", "mindspore", "--shape", "2,2"]) == 1
    assert "the process was ended by SIGFPE: MindSpore in 1" in capfd.readouterr().err
