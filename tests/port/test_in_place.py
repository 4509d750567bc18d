"""`inplace=True` of a layer: where something may see its input afterwards it stays, elsewhere it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.port.porting import port_bytes, project

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom collections import OrderedDict\n"
INIT = "class M(nn.Module):\n    def __init__(self, inplace=False):\n        super().__init__()\n        self.conv = nn.Conv2d(3, 3, 1)\n"
RELU = INIT + "        self.relu = nn.ReLU(inplace=True)\n"
SEQUENTIAL = "class S(nn.Sequential):\n    def __init__(self):\n        super().__init__()\n"

STAYS = {
    "the input of the module": RELU + "    def forward(self, x):\n        return self.relu(x)\n",
    "a residual branch": RELU
    + "    def forward(self, x):\n        x = self.conv(x)\n        y = x\n        x = self.relu(x)\n        return x + y\n",
    "a residual branch behind a new start": (
        RELU
        + "    def forward(self, x):\n        z = x\n        x = self.conv(x)\n        y = x\n        x = self.relu(x)\n        return x + y\n"
    ),
    "a start that may not have run": (
        RELU
        + "    def forward(self, x):\n        y = x\n        if self.training:\n            x = self.conv(x)\n        x = self.relu(x)\n        return x + y\n"
    ),
    "a start in a loop": (
        RELU
        + "    def forward(self, x):\n        for y in x:\n            x = self.relu(x)\n            x = self.conv(x)\n        return x\n"
    ),
    "what an inner function may see": (
        RELU
        + "    def forward(self, x):\n        x = self.conv(x)\n        f = lambda: x.sum()\n        x = self.relu(x)\n        return x + f()\n"
    ),
    "an attribute in a place of its own": SEQUENTIAL
    + "        self.a = nn.ReLU()\n        self.b = nn.Conv2d(3, 3, 1)\n        self.a = nn.ReLU(inplace=True)\n",
    "a sequence with a forward of its own": (
        SEQUENTIAL
        + "        self.a = nn.Conv2d(3, 3, 1)\n        self.b = nn.ReLU(inplace=True)\n    def forward(self, x):\n        return self.b(x) + x\n"
    ),
    "the first of a list": "def f():\n    d = []\n    d.append(nn.ReLU(inplace=True))\n    d.append(nn.Conv2d(3, 3, 1))\n    return nn.Sequential(*d)\n",
    "something between": (
        "def f(c):\n    d = []\n    d.append(nn.Conv2d(3, 3, 1))\n    if c:\n        d.append(c)\n    d.append(nn.ReLU(inplace=True))\n    return nn.Sequential(*d)\n"
    ),
    "a list of which a part is taken": (
        "def f():\n    d = []\n    d.append(nn.Conv2d(3, 3, 1))\n    d.append(nn.ReLU(inplace=True))\n    d = d[1:]\n    return nn.Sequential(*d)\n"
    ),
    "a variable that may be another": (
        "def f(c):\n    conv = nn.Conv2d(3, 3, 1)\n    if c:\n        conv = nn.Identity()\n    return nn.Sequential(conv, nn.ReLU(inplace=True))\n"
    ),
}
GOES = {
    "behind a layer": RELU + "    def forward(self, x):\n        x = self.conv(x)\n        return self.relu(x)\n",
    "behind a new start": RELU + "    def forward(self, x):\n        y = x\n        x = x.mean((2, 3), keepdim=True)\n        x = self.conv(x)\n        x = self.relu(x)\n        return x * y\n",
    "a value that is not known": (
        INIT + "        self.relu = nn.ReLU(inplace=inplace)\n    def forward(self, x):\n        return self.relu(self.conv(x))\n"
    ),
    "attributes of a sequence": SEQUENTIAL + "        self.a = nn.Conv2d(3, 3, 1)\n        self.b = nn.ReLU(inplace=True)\n",
    "modules added to a sequence": SEQUENTIAL + "        self.add_module('a', nn.Conv2d(3, 3, 1))\n        self.add_module('b', nn.ReLU(inplace=True))\n",
    "a variable": "def f():\n    conv = nn.Conv2d(3, 3, 1)\n    return nn.Sequential(conv, nn.ReLU(inplace=True))\n",
    "a list that grows": (
        "def f():\n    d = []\n    for n in (1, 2):\n        d.append(nn.Conv2d(n, n, 1))\n        k = n\n        d.append(nn.ReLU(inplace=True))\n    return nn.Sequential(*d)\n"
    ),
    "a list of names and layers": (
        "def f():\n    d = [('a', nn.Conv2d(3, 3, 1)), ('b', nn.ReLU(inplace=True))]\n    return nn.Sequential(OrderedDict(d))\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "goes"), [*((text, False) for text in STAYS.values()), *((text, True) for text in GOES.values())], ids=[*STAYS, *GOES]
)
def test_inplace(text: str, goes: bool) -> None:
    after, _ = port_bytes((HEAD + text).encode(), Path("file.py"), project(), "native")
    assert ("ReLU(inplace=" not in after.decode()) is goes
