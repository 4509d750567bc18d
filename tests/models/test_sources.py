"""Sources that are loaded for one framework and then for another."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from compat.errors import UsageError
from compat.models.sources import made

FILES = {
    "model.py": "import plain\nfrom parts import Layer\n\ndef build():\n    return Layer(plain.SIZE)\n\nbuilt = build()\n",
    "parts.py": "from torch import nn\n\nclass Layer(nn.Linear):\n    def __init__(self, size):\n        super().__init__(size, size)\n",
    "plain.py": "SIZE = 3\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("source", ["model.py", "model.py:", "model.py:no name", "nowhere.py:build", "model.py:nothing"])
def test_what_is_not_there(folder: Path, source: str) -> None:
    with pytest.raises(UsageError):
        made(str(folder / source))


def test_what_a_source_imports_is_of_its_framework(folder: Path) -> None:
    before, path = set(sys.modules), list(sys.path)
    ours, theirs, again = (
        made(f"{folder / 'model.py'}:{name}", stand_in) for name, stand_in in (("build", None), ("build", "torch"), ("built", None))
    )
    homes = [type(model).__mro__[1].__module__ for model in (ours, theirs, again)]
    assert homes == ["torch.nn.modules.linear", "compat.torch_on_mindspore.layers.linear", "torch.nn.modules.linear"]
    assert not {"model", "parts"} & (set(sys.modules) - before)
    assert sys.path == path
