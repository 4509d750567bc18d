"""Training scripts, ported and run: they print what they printed before, on compat.torch and on PyTorch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import compat
from tests.port.porting import checked, project
from tests.programs.test_programs import NUMBER, TOLERANCE, printed

FOLDER = Path(__file__).parent / "training"
PROGRAMS = sorted(path for path in FOLDER.glob("*.py") if path.stem != "__init__")
# How many steps each has, all of which are written anew.
STEP = re.compile(r"\bmindspore\.value_and_grad\(")
SEVERAL = {"phases": 2, "adversarial": 2}


def numbers(text: str) -> list[float]:
    return [float(one) for one in NUMBER.findall(text)]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_ported_program_prints_what_it_printed(program: Path, tmp_path: Path) -> None:
    found = checked(program.read_bytes(), program, project(), "native")
    assert found.problems == ()
    ported = tmp_path / program.name
    ported.write_bytes(found.after)
    assert len(STEP.findall(found.after.decode())) == SEVERAL.get(program.stem, 1)
    assert b".backward(" not in found.after
    assert b"zero_grad(" not in found.after
    expected = printed(program)
    with compat.installed("torch"):
        before = printed(program)
    after = printed(ported)
    assert NUMBER.sub("#", after) == NUMBER.sub("#", before) == NUMBER.sub("#", expected)
    assert numbers(after) == pytest.approx(numbers(before), rel=1e-5, abs=1e-6)
    assert numbers(after) == pytest.approx(numbers(expected), rel=TOLERANCE, abs=TOLERANCE)
    assert numbers(after)
