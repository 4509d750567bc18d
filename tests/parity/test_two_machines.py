"""One side recorded where only its framework can be imported, the other one run where only that can: the verdicts of a usual run on both.

Every process, workers included, finds the other framework absent, by a `sitecustomize` of its own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import python, without

# Functions, a class with parameters, an optimizer, a schedule, random numbers, a call without a kernel on CPU, a crash of MindSpore's,
# writes into arguments, lists, complex numbers.
PATTERNS = [
    "torch.optim.RMSprop", "torch.optim.lr_scheduler.StepLR", "torch.randperm", "mindspore.ops.multi_margin_loss", "mindspore.mint.nn.L1Loss",
    "torch.Tensor.add_", "torch.angle", "torch.pi",
]  # fmt: skip
# MindSpore's kernels leave a result without elements as the memory was, so that the words of a declared difference vary.
SEEN = ("id", "status", "checks", "reason", "ending", "side", "reference")
ABSENT = """
import importlib.metadata
version = importlib.metadata.version
def absent(name):
    if name == {framework!r}:
        raise importlib.metadata.PackageNotFoundError(name)
    return version(name)
importlib.metadata.version = absent
"""


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By the only framework that a machine has, a folder for PYTHONPATH that makes it so."""
    found = {}
    for here, other in (("torch", "mindspore"), ("mindspore", "torch")):
        found[here] = tmp_path_factory.mktemp(here)
        (found[here] / "sitecustomize.py").write_text(without(other, ABSENT.format(framework=other)), encoding="utf-8")
    return found


def parity(*arguments: Any, machine: Path | None = None) -> tuple[int, str]:
    root = str(Path(__file__).parents[2])
    done = python("-m", "compat", "parity", *map(str, arguments), PYTHONPATH=root if machine is None else f"{machine}:{root}")
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def results(folder: Path) -> dict[str, dict[str, Any]]:
    lines = map(json.loads, (folder / "results.jsonl").read_text(encoding="utf-8").splitlines())
    return {line["id"]: {name: line.get(name) for name in SEEN} for line in lines}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("usual")
    status, _ = parity(*PATTERNS, "-o", folder, "--jobs", 1)
    return status, results(folder)


@pytest.mark.parametrize(("recording", "comparing"), [("torch", "mindspore"), ("mindspore", "torch")])
def test_the_verdicts_of_two_machines(recording: str, comparing: str, machines: dict[str, Path], usual: Any, tmp_path: Path) -> None:
    made = tmp_path / "bundle"
    status, output = parity(*PATTERNS, "--record", made, "--jobs", 1, machine=machines[recording])
    assert status == 0, output
    assert f", {recording} 2." in output
    status, output = parity("--against", made, "-o", tmp_path / "report", "--jobs", 1, machine=machines[comparing])
    expected, found = usual[1], results(tmp_path / "report")
    assert list(found) == list(expected), output
    assert [(found[id], expected[id]) for id in expected if found[id] != expected[id]] == []
    assert status == usual[0]
    assert {"agrees", "declared"} <= {result["status"] for result in found.values()}
