"""Modules that become Cells: first those that must not, then what one looks like, and that it is one of compat.torch's modules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.port.porting import port_bytes, project

HEAD = "import torch\nfrom torch import nn\n\n\n"


def ported(text: str) -> str:
    after, _ = port_bytes((HEAD + text).encode(), Path("file.py"), project(), "native")
    return after.decode()


FORWARD = "    def forward(self, x: torch.Tensor):\n        return torch.flatten(x, 1)\n"
MODULES = {
    "something stays on compat.torch": FORWARD.replace("torch.flatten(x, 1)", "torch.flatten(x.add_(1), 1)"),
    "an unknown receiver": FORWARD.replace("torch.flatten(x, 1)", "torch.flatten(self.made(x).expand_as(x), 1)"),
    "a class as a value": "    kind = nn.Linear\n" + FORWARD,
    "a decorated forward": FORWARD.replace("    def", "    @torch.no_grad()\n    def"),
    "no forward": FORWARD.replace("forward", "other"),
    "a construct of its own": FORWARD + FORWARD.replace("forward", "construct"),
    "nothing of PyTorch in it": "    def forward(self, x):\n        return x\n",
}


@pytest.mark.parametrize("body", MODULES.values(), ids=MODULES)
def test_what_stays_a_module(body: str) -> None:
    assert "class Net(nn.Module):" in ported(f"class Net(nn.Module):\n{body}")


@pytest.mark.parametrize("head", ["class Net(nn.Module, Other)", "@decorated\nclass Net(nn.Module)", "class Net(nn.Module, metaclass=Kind)", "class Net(Base)"])  # fmt: skip
def test_what_is_more_than_a_module_stays_one(head: str) -> None:
    assert f"{head}:" in ported(f"{head}:\n{FORWARD}")


def test_a_cell() -> None:
    text = (
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        for each in self.modules():\n"
        "            self.count = len(list(self.parameters()))\n"
        "\n" + FORWARD.replace("def forward(", "def  forward (")
    )
    assert ported(text).partition("class")[2] == (
        " Net(mindspore.nn.Cell):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        for each in (cell for _, cell in self.cells_and_names()):\n"
        "            self.count = len(list(self.get_parameters()))\n"
        "\n"
        "    def  construct (self, x: torch.Tensor):\n"
        "        return mindspore.mint.flatten(x, 1)\n"
    )
    assert port_bytes(ported(HEAD + text).encode(), Path("file.py"), project(), "native")[0].decode() == ported(HEAD + text)


def test_a_cell_is_a_module_of_compat_torch() -> None:
    found: dict[str, Any] = {}
    text = "class Net(nn.Module):\n" + FORWARD + "\n\nclass Twice(Net):\n    def forward(self, x):\n        return 2 * super().forward(x)\n"
    exec(ported(text), found)
    torch, net, twice = found["torch"], found["Net"](), found["Twice"]()
    x = torch.ones(2, 3, 4)
    assert isinstance(net, torch.nn.Module)
    assert net.training
    assert net.set_train(False) is net
    assert not net.training
    np.testing.assert_array_equal(net.forward(x).numpy(), np.ones((2, 12), np.float32))
    np.testing.assert_array_equal(twice(x).numpy(), np.full((2, 12), 2, np.float32))
    whole = torch.nn.Sequential(net, torch.nn.Linear(12, 1))
    whole(x).sum().backward()
    assert sorted(whole.state_dict()) == ["1.bias", "1.weight"]
