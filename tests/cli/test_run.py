"""`compat run`: a program runs as Python would run it, and its errors show its own lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import python

SHOW = "import sys, torch\nprint(torch.__name__, __name__, sys.argv[1:], sys.path[0])\n"


def run(*arguments: object, **environment: str) -> tuple[int, str, str]:
    done = python("-m", "compat", "run", *map(str, arguments), **environment)
    return done.returncode, done.stdout, done.stderr


def program(folder: Path, text: str, name: str = "program.py") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_arguments_and_exit_status(tmp_path: Path) -> None:
    path = program(tmp_path, SHOW + "sys.exit(7)\n")
    status, output, _ = run(path, "--lr", "0.1", "-m", "x")
    assert output == f"compat.torch __main__ ['--lr', '0.1', '-m', 'x'] {tmp_path}\n"
    assert status == 7


def test_a_module_with_relative_imports(tmp_path: Path) -> None:
    program(tmp_path, "VALUE = 3\n", "package/part.py")
    program(tmp_path, "", "package/__init__.py")
    program(tmp_path, "from .part import VALUE\nimport torch, sys\nprint(VALUE, __name__, __package__, sys.argv[1:])\n", "package/tool.py")
    done = python(
        "-c", f"import os, sys; os.chdir({str(tmp_path)!r}); from compat.cli import main; main(['run', '-m', 'package.tool', '-x'])"
    )
    assert done.stdout == "3 __main__ package ['-x']\n", done.stderr


def test_a_folder_with_a_neighbour(tmp_path: Path) -> None:
    program(tmp_path, "import torch\nVALUE = torch.ones(1).item()\n", "folder/beside.py")
    path = program(tmp_path, "from beside import VALUE\nif __name__ == '__main__':\n    print(VALUE, __file__)\n", "folder/__main__.py")
    assert run(path.parent)[1] == f"1.0 {path}\n"
    assert run(path)[1] == f"1.0 {path}\n"


ERRORS = {
    "of the program's own": ("{}['a']", "KeyError: 'a'"),
    "of PyTorch's type": (
        "torch.nn.functional.mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0, 3.0]))",
        "RuntimeError: torch.nn.functional.mse_loss",
    ),
    "a refusal": ("torch.ones(1, device='meta')", "device='meta' is not supported"),
    "a missing name": ("torch.no_such_name", "there is no torch.no_such_name on MindSpore here"),
    "a missing module": ("import torch.no_such_module", "compat.torch stands in for torch here, and has no such name yet"),
    "a missing name imported": ("from torch import no_such_name", "compat.torch stands in for torch here, and has no such name yet"),
}


@pytest.mark.parametrize(("line", "expected"), ERRORS.values(), ids=ERRORS)
def test_a_traceback_begins_at_the_programs_line(tmp_path: Path, line: str, expected: str) -> None:
    path = program(tmp_path, f"import torch\n\n{line}\n")
    status, _, errors = run(path)
    lines = errors.splitlines()
    first = lines.index("Traceback (most recent call last):") + 1
    assert lines[first] == f'  File "{path}", line 3, in <module>'
    assert expected in errors
    assert status == 1


def test_a_module_is_left_alone(tmp_path: Path) -> None:
    program(tmp_path, "import torch\nNAME = torch.__name__\n", "beside.py")
    path = program(tmp_path, "import torch, beside\nprint(torch.__name__, beside.NAME)\n")
    assert run("--leave", "beside", path)[1] == "compat.torch torch\n"


def test_the_other_direction(tmp_path: Path) -> None:
    path = program(tmp_path, "import mindspore\nprint(mindspore.__name__, mindspore.Tensor([1.0]) + 1)\n")
    assert run("--api", "mindspore", path)[1] == "compat.mindspore [2.]\n"
