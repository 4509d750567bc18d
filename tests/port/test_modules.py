"""Methods of modules: first what stays, then what each becomes of what is certainly a Cell, and that its record is what is executed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compat.port.cells import TAKEN
from compat.port.evidence import networks
from compat.port.evidence.record import read
from compat.port.model import Change
from compat.table.load import MAPPINGS, load
from tests.port.porting import port_bytes, project

HEAD = "import torch\nfrom torch import nn\n\n\n"
FORWARD = "\n    def forward(self, x: torch.Tensor):\n        return torch.flatten(x, 1)\n"


def ported(text: str) -> tuple[str, list[Change]]:
    after, changes = port_bytes((HEAD + text).encode(), Path("file.py"), project(), "native")
    assert port_bytes(after, Path("file.py"), project(), "native")[0] == after
    return after.decode().partition("nn\n\n\n")[2], list(changes)


def net(*lines: str, base: str = "nn.Module", rest: str = FORWARD) -> str:
    """A class whose constructor has these lines."""
    body = "".join(f"        {line}\n" for line in lines)
    return f"class Net({base}):\n    def __init__(self, other: nn.Module):\n        super().__init__()\n{body}{rest}"


# A text, and a piece of it that stays.
STAYS = {
    "of a module that may be one of compat.torch's": (net("self.n = len(list(other.modules()))"), "other.modules()"),
    "of one that stays a module": (net("self.modules()", "self.x = nn.Conv2d(*other)"), "self.modules()"),
    "of one in which another name is Cells' own": (net("self.cells = nn.ModuleList()", "self.modules()"), "class Net(nn.Module)"),
    "of one with a method of a Cell's name": (net("self.modules()", rest=FORWARD + "\n    def recompute(self):\n        pass\n"), "self.modules()"),
    "of one that says itself what it is to train": (
        net("self.train(False)", rest=FORWARD + "\n    def train(self, mode=True):\n        return self\n"),
        "self.train(False)",
    ),
    "a child of a container, which MindSpore's would not run": (
        net("self.body = nn.Sequential()", "self.body.add_module('a', nn.Linear(1, 1))"),
        "self.body.add_module(",
    ),
    "of a variable that is bound twice": ("def f(y):\n    x = nn.Linear(1, 1)\n    if y: x = y\n    return x.named_children()\n", "x.named_children()"),
    "of what was made elsewhere": ("x = nn.Linear(1, 1)\n\n\ndef f():\n    return x.named_children()\n", "x.named_children()"),
    "of a part that is set twice": (
        net("self.body = nn.Sequential()", "self.body = other", "self.n = list(self.body.children())"),
        "list(self.body.children())",
    ),
    "of what stays on compat.torch": ("def f(args):\n    x = nn.Linear(*args)\n    return list(x.parameters())\n", "x.parameters()"),
    "every name of a parameter": (net("self.n = list(self.named_parameters(remove_duplicate=False))"), "class Net(nn.Module)"),
    "a container with a forward of its own": (net("self.modules()", base="nn.Sequential"), "class Net(nn.Sequential)"),
    "children of a container by name": (net("self.add_module('a', nn.Linear(1, 1))", base="nn.Sequential", rest=""), "self.add_module("),
    "isinstance of any module": ("def f(x):\n    return isinstance(x, nn.Module)\n", "isinstance(x, nn.Module)"),
    "the type itself": ("def f(x):\n    return type(x) in (nn.Linear,)\n", "(nn.Linear,)"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "piece"), STAYS.values(), ids=STAYS)
def test_what_stays(text: str, piece: str) -> None:
    assert piece in ported(text)[0]


# Calls that no Cell has so.
KEPT = {
    "state_dict": "def f(x: nn.Linear):\n    return x.state_dict()\n",
    "assigning": "def f(x: nn.Linear, state):\n    return x.load_state_dict(state, assign=True)\n",
    "of the class": "def f(x: nn.Linear):\n    return nn.Module.apply(x, print)\n",
    "spread": "def f(x: nn.Linear, args):\n    return x.load_state_dict(*args)\n",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_is_kept(text: str) -> None:
    assert [change.became for change in ported(text)[1] if change.use == "call"] == ["kept"]


# A line in the constructor of a class that becomes a Cell, what it becomes, and the code.
BECOMES = {
    "for each in self.modules(): pass": ("for each in (cell for _, cell in self.cells_and_names()): pass", "CM114"),
    "self.n = dict(self.named_modules(prefix='a'))": ("self.n = dict(self.cells_and_names(name_prefix='a'))", "CM114"),
    "self.n = [*self.children()]": ("self.n = [*self.cells()]", "CM110"),
    "self.n = next(self.children())": ("self.n = next(iter(self.cells()))", "CM110"),
    "for name, each in self.named_children(): pass": ("for name, each in self.name_cells().items(): pass", "CM110"),
    "self.n = next(self.named_children())": ("self.n = next(iter(self.name_cells().items()))", "CM110"),
    "self.n = list(self.parameters(recurse=False))": ("self.n = list(self.get_parameters(expand=False))", "CM114"),
    "self.n = {name for name, _ in self.named_parameters('a')}": ("self.n = {name for name, _ in self.parameters_and_names('a')}", "CM114"),
    "self.eval()": ("self.set_train(mode=False)", "CM110"),
    "self.train(mode=other)": ("self.set_train(mode=other)", "CM110"),
    "self.add_module('a%d' % 1, other)": ("self.insert_child_to_cell('a%d' % 1, other)", "CM110"),
    "self.add_module(name='a', module=other)": ("self.insert_child_to_cell(child_name='a', child_cell=other)", "CM110"),
    "self.register_parameter('a', None)": ("self.insert_param_to_cell('a', None)", "CM110"),
    "self.n = self.get_submodule('a.b')": ("self.n = self.get_sub_cell('a.b')", "CM110"),
    "self.register_buffer('a', torch.cat([x, x]), persistent=other)": (
        "self.register_buffer('a', mindspore.mint.cat([x, x]), persistent=other)", "CM001",
    ),
    "self.apply(other)": ("self.apply(other)", "CM001"),
    "self.n = list(self.buffers())": ("self.n = list(self.buffers())", "CM114"),
    "self.load_state_dict(other, strict=False)": ("self.load_state_dict(other, strict=False)", "CM114"),
    "self.n = isinstance(other, (nn.Linear, str)) or isinstance(other, nn.Conv2d)": (
        "self.n = isinstance(other, (mindspore.mint.nn.Linear, str)) or isinstance(other, mindspore.nn.Conv2d)", "CM001",
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", BECOMES)
def test_what_a_method_of_a_cell_becomes(line: str) -> None:
    expected, code = BECOMES[line]
    after, changes = ported(net(line))
    assert "class Net(mindspore.nn.Cell):" in after
    assert f"        {expected}\n" in after
    assert code in [change.code for change in changes]


def test_what_is_made_in_the_function_is_a_cell() -> None:
    text = "def f():\n    x = nn.Sequential(nn.Linear(1, 1))\n    x.eval()\n    return [*x.modules()]\n"
    after, _ = ported(text)
    assert "    x.set_train(mode=False)\n    return [*(cell for _, cell in x.cells_and_names())]\n" in after
    after, _ = ported(net("self.body = nn.Sequential()", "for x in self.body.children(): pass", "self.y = nn.Conv2d(*other)"))
    assert "class Net(nn.Module)" in after
    assert "        for x in self.body.cells(): pass\n" in after


def test_a_container_is_a_sequential_cell() -> None:
    text = "class Net(nn.Sequential):\n    def __init__(self):\n        super().__init__(nn.Linear(2, 3), nn.ReLU())\n        self.n = len(list(self.modules()))\n"
    after, _ = ported(text)
    assert "class Net(mindspore.nn.SequentialCell):" in after
    assert "len(list((cell for _, cell in self.cells_and_names())))" in after


# Programs whose `result` must be what it was.
PROGRAMS = {
    "walks": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.body = nn.Sequential(nn.Linear(2, 3), nn.ReLU())\n"
        "        self.norm = nn.BatchNorm1d(3)\n        self.add_module('last', nn.Linear(3, 1))\n        self.register_buffer('steps', torch.zeros(1))\n"
        "        self.seen = [type(m).__name__ for m in self.modules()], [n for n, _ in self.named_parameters()], [n for n, _ in self.named_children()]\n"
        "        self.some = [isinstance(m, nn.Linear) for m in self.modules()], type(next(self.children())).__name__\n        self.eval()\n"
        "    def forward(self, x: torch.Tensor):\n        return torch.flatten(self.last(self.norm(self.body(x))), 1)\n"
        "torch.manual_seed(0)\nnet = Net()\nstate = {name: value + 1 for name, value in net.state_dict().items()}\nloaded = net.load_state_dict(state)\n"
        "result = net.seen, net.some, net.training, net.norm.training, list(net.state_dict()), str(loaded), net(torch.ones(1, 2)).tolist(), repr(net)"
    ),
    "an older state": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(1, 1, bias=False)\n"
        "    def _load_from_state_dict(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs):\n"
        "        if prefix + 'b' in state_dict:\n            state_dict[prefix + 'a.weight'] = state_dict.pop(prefix + 'b')\n"
        "        super()._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)\n"
        "    def forward(self, x: torch.Tensor):\n        return torch.flatten(self.a(x), 1)\n"
        "net = Net()\nnet.load_state_dict({'b': torch.tensor([[3.0]])})\nresult = net(torch.ones(2, 1)).tolist()"
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_a_ported_program_gives_what_it_gave(text: str) -> None:
    before: dict[str, Any] = {}
    now: dict[str, Any] = {}
    exec(HEAD.replace("import torch", "import compat.torch as torch").replace("from torch", "from compat.torch") + text, before)
    after, _ = port_bytes((HEAD + text + "\n").encode(), Path("file.py"), project(), "native")
    assert b"class Net(mindspore.nn.Cell)" in after
    exec(after.decode(), now)
    assert now["result"] == before["result"]


def test_the_names_of_cells() -> None:
    import mindspore
    import torch

    own = {name for name in dir(mindspore.nn.Cell) if not name.startswith("_") and not hasattr(torch.nn.Module, name)}
    assert own <= TAKEN


def test_the_record_is_of_the_calls_there_are() -> None:
    known = read(MAPPINGS, "cells").record
    assert not networks.stale(known)
    assert known.keys() == networks.ROWS


def test_the_record_is_what_is_executed() -> None:
    """A few of the calls, on all three: PyTorch, MindSpore alone, and compat.native."""
    import mindspore
    import torch

    from compat.native import mindspore as native

    table, known = load(MAPPINGS), read(MAPPINGS, "cells").record
    for call in networks.CALLS[::7]:
        found = networks.shown(call, table, torch, mindspore, native)
        assert found is not None
        assert found[1] in known[f"torch.nn.Module.{call.method}"][found[0]], call
