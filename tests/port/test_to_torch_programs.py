"""Whole programs of MindSpore, ported to PyTorch in both styles and run: their losses are MindSpore's."""

from __future__ import annotations

from pathlib import Path

import pytest

from compat.port.model import STYLES, Style
from compat.port.port import Request, port
from compat.table.load import MAPPINGS
from tests.programs_mindspore import PROGRAMS
from tests.programs_mindspore.test_programs import RUN, TOLERANCE, result, started

PROGRAM = next(program for program in PROGRAMS if program.stem == "transformer")
WITHOUT = f"import sys\nsys.modules['mindspore'] = None  # an import of it raises\n{RUN}"


def written(program: Path, style: Style, folder: Path) -> Path:
    """The ported program, in a file of this folder."""
    [ported] = port([program], Request(MAPPINGS, style, target="torch")).files
    assert ported.changed
    assert not ported.problem
    target = folder / f"{style}.py"
    target.write_bytes(ported.after)
    return target


def test_same_losses(tmp_path: Path) -> None:
    pytest.importorskip("mindspore")
    processes = {style: started(WITHOUT, written(PROGRAM, style, tmp_path)) for style in STYLES}
    on_mindspore = started(RUN, PROGRAM)
    found = {style: result(process)[0] for style, process in processes.items()}
    expected, tolerance = result(on_mindspore)
    for style in STYLES:
        assert found[style] == pytest.approx(expected, rel=tolerance or TOLERANCE, abs=1e-6), style
    assert "torch." in (tmp_path / "native.py").read_text()
