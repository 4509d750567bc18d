"""Twelve plain PyTorch programs, run as they are on both frameworks: the same text with the same losses."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
from pathlib import Path

import pytest

import compat

PROGRAMS = sorted(path for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith(("test_", "__")))
NUMBER = re.compile(r"-?\d+\.\d+")
# What float32 sums taken in another order may add up to over a training run.
TOLERANCE = 2e-3


def printed(program: Path) -> str:
    """What `program` prints."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        runpy.run_path(str(program), run_name="__main__")
    return text.getvalue()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_same_losses(program: Path) -> None:
    expected = printed(program)
    with compat.installed("torch"):
        found = printed(program)
    assert NUMBER.sub("#", found) == NUMBER.sub("#", expected)
    assert [*map(float, NUMBER.findall(found))] == pytest.approx([*map(float, NUMBER.findall(expected))], rel=TOLERANCE, abs=TOLERANCE)
    assert "loss" in expected or "discriminator" in expected
