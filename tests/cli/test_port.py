"""compat port: bad calls first, then what it writes, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from compat.cli import main

PROGRAM = "import torch\n\nx = torch.flatten(torch.ones((2, 3)), 0)  # flat\nprint(x.sum().item())\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "a.py").write_text(PROGRAM)
    (folder / "data.txt").write_text("data")
    return folder


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{src}/none.py"], "no such file or folder"),
        (["{src}/data.txt"], "no Python source"),
        (["{src}", "-o", "{src}/a.py/b"], ""),
        (["{src}", "-o", "{src}"], ""),
        (["{src}", "--verify", "python a.py"], "say with -o where"),
        (["{src}", "--trace"], "runs the command that stands behind"),
    ],
)
def test_a_wrong_call_says_why_and_writes_nothing(
    arguments: list[str], message: str, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["port", *(argument.format(src=source) for argument in arguments)]) == 2
    assert message in capsys.readouterr().err
    assert (source / "a.py").read_text() == PROGRAM


def test_a_folder_with_its_data(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, report = tmp_path / "out", tmp_path / "report.json"
    assert main(["port", str(source), "-o", str(target), "--json", str(report)]) == 0
    assert (target / "data.txt").read_text() == "data"
    written = (target / "a.py").read_text()
    assert "# flat" in written
    assert "from compat.native import mindspore" in written
    assert (source / "a.py").read_text() == PROGRAM
    summary = json.loads(report.read_text())["summary"]
    assert summary["sites"] == sum(summary[name] for name in ("converted", "adapted", "kept", "unsupported", "unknown")) > 0
    assert "native:" in capsys.readouterr().out
    assert main(["port", str(source), "-o", str(target)]) == 2, "it is there already"
    assert main(["port", str(target), "--check"]) == 0, "a second port changes nothing"


@pytest.mark.parametrize("style", ["native", "shim"])
def test_check_diff_and_write(style: str, source: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["port", str(source), "--check", "--style", style]) == 1
    capfdbinary.readouterr()
    assert main(["port", str(source), "--diff", "--style", style]) == 0
    patch = capfdbinary.readouterr().out
    assert b"+import compat.torch as torch" in patch
    assert (source / "a.py").read_text() == PROGRAM
    assert main(["port", str(source), "--write", "--style", style]) == 0
    assert "import compat.torch as torch" in (source / "a.py").read_text()


def test_what_git_has_no_copy_of_is_not_written_over(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "-q", str(source)], check=True)
    assert main(["port", str(source), "--write"]) == 2
    assert "git has no copy" in capsys.readouterr().err
    assert main(["port", str(source), "--write", "--force"]) == 0
    assert "compat.torch" in (source / "a.py").read_text()


def test_the_project_may_say_it(source: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.compat.port]\nstyle = "shim"\nannotate = true\n')
    (source / "a.py").write_text("import torch\n\n\ndef f():\n    torch.no_such(1)\n")
    assert main(["port", str(source), "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "a.py").read_text() == (
        "import compat.torch as torch\n\n\ndef f():\n    # CM301 torch.no_such: the table has no such API\n    torch.no_such(1)\n"
    )


def test_a_file_that_is_no_python_is_copied_and_told(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source / "b.py").write_text("def f(:\n")
    assert main(["port", str(source), "-o", str(tmp_path / "out")]) == 1
    assert "b.py:1: not Python" in capsys.readouterr().out
    assert (tmp_path / "out" / "b.py").read_text() == "def f(:\n"
    assert "compat.torch" in (tmp_path / "out" / "a.py").read_text()


def test_verify_runs_both(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["port", str(source), "-o", str(tmp_path / "out"), "--verify", f"{sys.executable} a.py"]) == 0
    assert "verify: OK; 1 numbers in 1 lines agree" in capsys.readouterr().out
