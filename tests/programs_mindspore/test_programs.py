"""Plain MindSpore programs, run as they are on both frameworks: the same text with the same losses.

A program is a file of this folder with a `main()` that returns its losses. It may give a wider `TOLERANCE`, with a reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import QUIET, ROOT
from tests.programs_mindspore import PROGRAMS

# Relative. What float32 sums taken in another order may add up to over a training run.
TOLERANCE = 1e-4
SECONDS = 300
RUN = """
import json, runpy, sys
program = runpy.run_path(sys.argv[1])
print(json.dumps([program["main"](), program.get("TOLERANCE")]))
"""
ON_PYTORCH = f"""
import sys
import compat
with compat.installed("mindspore"):
    {RUN.replace(chr(10), chr(10) + "    ").strip()}
    assert not any(name.startswith("mindspore.") and "site-packages" in (getattr(module, "__file__", None) or "")
                   for name, module in list(sys.modules.items()))
"""


def started(code: str, program: Path) -> subprocess.Popen[str]:
    """A process that runs `code` on a program."""
    command = [sys.executable, "-c", code, str(program)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, **QUIET})


def result(process: subprocess.Popen[str]) -> tuple[list[float], float | None]:
    """The losses, and the tolerance that the program asks for."""
    output, problem = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, problem[-3000:]
    losses, tolerance = json.loads(output.strip().splitlines()[-1])
    return losses, tolerance


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_same_losses(program: Path) -> None:
    pytest.importorskip("mindspore")
    on_mindspore, on_pytorch = started(RUN, program), started(ON_PYTORCH, program)
    expected, tolerance = result(on_mindspore)
    found, _ = result(on_pytorch)
    assert len(expected) > 1
    assert found == pytest.approx(expected, rel=tolerance or TOLERANCE, abs=1e-6)
