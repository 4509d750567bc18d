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


HEAD = """import mindspore as ms
from mindspore import Parameter, Tensor, nn, ops


def f(x: Tensor, y: Tensor):
"""


def test_the_other_way_of_the_guide(tmp_path: Path) -> None:
    section = (ROOT / "docs" / "en" / "porting.md").read_text(encoding="utf-8").partition("## The other way")[2]
    block = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[0]
    lines = [re.split(r"\s+# ", line, maxsplit=1) for line in block.splitlines()]
    (tmp_path / "model.py").write_text(HEAD + "".join(f"    {code}\n" for code, _ in lines))
    assert main(["port", "--to", "torch", str(tmp_path / "model.py"), "-o", str(tmp_path / "ported" / "model.py")]) == 0
    found = (tmp_path / "ported" / "model.py").read_text().splitlines()[-len(lines) :]
    for (code, said), line in zip(lines, found, strict=True):
        name, _, value = code.partition(" = ")
        assert line == f"    {name} = {value if said.startswith('stays') else said}"
