"""A traced run: which receivers it makes known, what it must not claim, and what is done about what is no trace."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from compat.cli import main
from compat.errors import CompatError
from compat.scan import trace
from compat.scan.scan import scan
from compat.table.load import MAPPINGS

PROGRAM = """\
import torch
import torch.nn.functional as F

class Other:
    def view(self, *shape): return self

def f(x):
    return F.relu(x.view(2, -1)).split(1)[0].sum().item()

def g(x):
    return x.view(-1)

def both(x):
    return x.view(-1)

def never(x):
    return x.view(-1)

layer = torch.nn.Linear(3, 3)
é = 'é'; print(f(layer(torch.ones(2, 3))), g(Other()), both(Other()), both(torch.ones(2)))
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("traced") / "program.py"
    file.write_text(PROGRAM, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def seen(program: Path) -> trace.Trace:
    found, status = trace.traced([sys.executable, str(program)])
    assert status == 0
    return found


def test_what_a_run_makes_known(program: Path, seen: trace.Trace) -> None:
    uses = [(use.line, use.api) for use in scan([program], MAPPINGS, trace=seen).uses if use.use == "call"]
    assert sorted(api for line, api in uses if line == 8) == [
        "torch.Tensor.item", "torch.Tensor.split", "torch.Tensor.sum", "torch.Tensor.view", "torch.nn.functional.relu",
    ]  # fmt: skip
    assert [(line, api) for line, api in uses if line in (11, 17)] == [(17, "?.view")], (
        "another class's method is no use; what did not run is"
    )
    assert "torch.nn.functional.linear" not in {api for places in seen.files.values() for place in places.values() for api in place}


def test_the_command(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "trace.json"
    assert main(["scan", str(program), "--trace", "--save-trace", str(kept), "--", sys.executable, str(program)]) == 0
    assert main(["scan", str(program), "--use-trace", str(kept)]) == 0
    traced, used = capsys.readouterr().out.split("1 files, ")[1:]
    assert traced == used
    assert main(["scan", "--trace", "--", sys.executable, "-c", "raise SystemExit(3)"]) == 1


WRONG = {
    "a trace without a program": ["scan", ".", "--trace"],
    "a program without a trace": ["scan", ".", "--", "python"],
    "nothing to scan": ["scan"],
    "a program that is not there": ["scan", "--trace", "--", "/no/such/program"],
    "no such trace": ["scan", ".", "--use-trace", "/no/such/trace"],
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_a_wrong_call(arguments: list[str]) -> None:
    assert main(arguments) == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "compat trace 1", "files": {}}', '{"format": "compat trace 2"}'])
def test_what_is_no_trace(text: str, tmp_path: Path) -> None:
    file = tmp_path / "trace.json"
    file.write_text(text)
    with pytest.raises(CompatError, match="no trace"):
        trace.read(file)
