"""The guide shows what happens."""

from __future__ import annotations

import re
from pathlib import Path

from compat.cli import main
from tests.helpers import ROOT


def test_the_example_of_the_guide(tmp_path: Path) -> None:
    before, after = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "en" / "porting.md").read_text(encoding="utf-8"), re.DOTALL)[:2]
    (tmp_path / "model.py").write_text(before)
    assert main(["port", str(tmp_path / "model.py"), "-o", str(tmp_path / "ported" / "model.py"), "--annotate"]) == 0
    assert (tmp_path / "ported" / "model.py").read_text() == after
