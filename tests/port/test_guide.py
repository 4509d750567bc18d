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


HEAD = """import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops


def f(x: Tensor, y: Tensor):
"""


def test_the_other_way_of_the_guide(tmp_path: Path) -> None:
    block = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "en" / "porting.md").read_text(encoding="utf-8"), re.DOTALL)[2]
    lines = [re.split(r"\s+# ", line, maxsplit=1) for line in block.splitlines()]
    (tmp_path / "model.py").write_text(HEAD + "".join(f"    {code}\n" for code, _ in lines))
    assert main(["port", "--to", "torch", str(tmp_path / "model.py"), "-o", str(tmp_path / "ported" / "model.py")]) == 0
    found = (tmp_path / "ported" / "model.py").read_text().splitlines()[-len(lines) :]
    for (code, said), line in zip(lines, found, strict=True):
        name, _, value = code.partition(" = ")
        assert line == f"    {name} = {value if said.startswith('stays') else said}"
