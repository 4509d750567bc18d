"""The guide shows what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compat.cli import main
from tests.helpers import ROOT

# The options of each example, in their order.
EXAMPLES = {"model": ["--annotate"], "train": []}


@pytest.mark.parametrize(("place", "name"), [*enumerate(EXAMPLES)], ids=EXAMPLES)
def test_an_example_of_the_guide(place: int, name: str, tmp_path: Path) -> None:
    texts = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "docs" / "en" / "porting.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    before, after = texts[2 * place : 2 * place + 2]
    (tmp_path / "before.py").write_text(before)
    assert main(["port", str(tmp_path / "before.py"), "-o", str(tmp_path / "after.py"), *EXAMPLES[name]]) == 0
    assert (tmp_path / "after.py").read_text() == after
