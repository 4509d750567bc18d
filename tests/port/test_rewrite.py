"""Calls that become MindSpore's: what stays first, then each form of edit, and programs that print the same on PyTorch and when ported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compat.port.model import Change
from tests.port.porting import port_bytes, project

HEAD = """import torch
import torch.nn as nn
import torch.nn.functional as F
x: torch.Tensor = torch.linspace(-1, 1, 24).reshape(2, 3, 4)
# here
"""


def ported(text: str) -> tuple[str, list[Change]]:
    """The lines behind the head after porting, and what is said of them."""
    after, changes = port_bytes((HEAD + text).encode(), Path("file.py"), project(), "native")
    behind = HEAD.count("\n")
    return after.decode().partition("# here\n")[2], [change for change in changes if change.line > behind]


# What becomes of a line stays as it is, and the code that says why.
STAYS = {
    "spread arguments": ("torch.flatten(*args)", "CM203"),
    "spread keywords": ("torch.flatten(x, **options)", "CM203"),
    "a dict that gets more": ("def f():\n    o = {'start_dim': 1}\n    o['end_dim'] = 2\n    torch.flatten(x, **o)", "CM203"),
    "a dict that another function is given": ("def f():\n    o = {'start_dim': 1}\n    g(o)\n    torch.flatten(x, **o)", "CM203"),
    "a dict that is bound twice": ("def f(c):\n    o = {'start_dim': 1}\n    if c:\n        o = {}\n    torch.flatten(x, **o)", "CM203"),
    "a dict that an inner function changes": (
        "def f():\n    o = {'start_dim': 1}\n    def g():\n        o.clear()\n    g()\n    torch.flatten(x, **o)",
        "CM203",
    ),
    "a dict of a parameter's name": ("def f(o):\n    o = {'start_dim': 1}\n    torch.flatten(x, **o)", "CM203"),
    "an unknown size by itself": ("def f(*size):\n    torch.zeros(*size)", "CM203"),
    "a sum of what is not known": ("def f(a):\n    torch.zeros(a + 1)", "CM203"),
    "a maximum with names": ("y = torch.max(x, 1)\ny.values", "CM202"),
    "a padding that may be a text": ("def f(p):\n    nn.Conv2d(3, 4, 3, padding=p)", "CM203"),
    "a size that may be several": ("def f(n):\n    nn.LayerNorm(n)", "CM202"),
    "what may be a dtype": ("def f(d):\n    x.to(d)", "CM202"),
    "an unknown receiver": ("unknown().permute(0, 2, 1)", "CM401"),
    "a number or a tuple": ("torch.zeros(size)", "CM203"),
    "in place": ("x.add_(1)", "CM201"),
    "drawn as MindSpore has no function for it": ("torch.multinomial(x[0], 2)", "CM207"),
    "drawn from a generator": ("torch.rand(2, 3, generator=g)", "CM202"),
    "drawn into what it is given": ("F.dropout(x, 0.5, inplace=True)", "CM202"),
    "an initialised tensor is used": ("y = nn.init.normal_(x)", "CM207"),
    "a part is initialised": ("nn.init.normal_(x[0])", "CM207"),
    "what is initialised is computed": ("nn.init.normal_(made())", "CM207"),
    "initialised from a generator": ("nn.init.normal_(x, generator=g)", "CM207"),
    "evenly, but not around 0": ("nn.init.uniform_(x, -1, 2)", "CM207"),
    "evenly, from 0": ("nn.init.uniform_(x)", "CM207"),
    "a gain that MindSpore has not": ("nn.init.kaiming_normal_(x, nonlinearity='selu')", "CM207"),
    "spread arguments of an initializer": ("nn.init.normal_(x, *args)", "CM207"),
    "a method that is recorded": ("x.normal_()", "CM207"),
    "a fresh tensor is initialised": ("(x + 1).data.normal_()", "CM207"),
    "a tensor to fill with": ("x.data.fill_(y)", "CM201"),
    "an unknown number of arguments to fill with": ("nn.init.constant_(x, *args)", "CM201"),
    "a comment in an initializer": ("nn.init.normal_(\n    x,  # here\n)", "CM207"),
    "a class as a value": ("layer = nn.ReLU", "CM204"),
    "a module": ("nn.Module()", "CM205"),
    "an optimizer that takes other steps": ("torch.optim.Adam([x], lr=0.1)", "CM202"),
    "an optimizer with what MindSpore's lacks": ("torch.optim.SGD([x], lr=0.1, fused=True)", "CM202"),
    "a schedule": ("torch.optim.lr_scheduler.StepLR(y, 1)", "CM205"),
    "no such API": ("torch.no_such(x)", "CM301"),
    "no such argument": ("torch.flatten(x, no_such=1)", "CM301"),
    "a parameter by place": ("nn.Parameter(x, False)", "CM205"),
    "inplace that is seen": ("nn.ReLU(inplace=True)", "CM202"),
    "a comment in the name": ("(torch.  # here\n    flatten(x))", "CM206"),
    "a comment beside what goes": ("torch.zeros(\n    2, 3,  # here\n    device='cpu',\n)", "CM206"),
}


@pytest.mark.parametrize(("line", "code"), STAYS.values(), ids=STAYS)
def test_what_stays(line: str, code: str) -> None:
    after, changes = ported(line + "\n")
    assert after == line + "\n"
    assert code in [change.code for change in changes]


INITIALIZER = "mindspore.common.initializer"
INITIALISED = "mindspore.ops.assign(x, " + INITIALIZER + ".initializer(" + INITIALIZER + ".{}, x.shape, x.dtype).init_data())"
# A line and what it becomes.
BECOMES = {
    "renamed": ("torch.flatten(x, 1)", "mindspore.mint.flatten(x, 1)"),
    "a method stays a method": ("x.permute(0, 2, 1)", "x.permute(0, 2, 1)"),
    "a size": ("x.size(0), x.size()[1:], x.size(dim=-1)", "x.shape[0], x.shape[1:], x.shape[-1]"),
    "dim": ("x.dim()", "x.ndim"),
    "containers": ("nn.Sequential(*layers)", "mindspore.nn.SequentialCell(*layers)"),
    "a default written out": ("nn.MaxPool2d(2)", "mindspore.nn.MaxPool2d(2, stride=2, pad_mode='pad')"),
    "sizes one by one": ("torch.ones(2, 3)", "mindspore.mint.ones((2, 3))"),
    "a device": ("torch.zeros((2,), device=x.device)", "mindspore.mint.zeros((2,))"),
    "a comment behind what goes": ("torch.zeros(\n    (2,),\n    device='cpu',  # here\n)", "mindspore.mint.zeros(\n    (2,)  # here\n)"),
    "a comment and a comma stay": (
        "torch.cat(\n    [x, x],  # both\n    dim=1,\n)",
        "mindspore.mint.cat(\n    [x, x],  # both\n    dim=1,\n)",
    ),
    "an assertion": ("torch._assert(x.ndim == 3, 'no')", "assert x.ndim == 3, 'no'"),
    "an assertion over lines": (
        "torch._assert(\n    x.ndim == 3,\n    'no',  # never\n)",
        "assert (\n    x.ndim == 3), (\n    'no'  # never\n)",
    ),
    "never scripting": ("y = 1 if torch.jit.is_scripting() else 2", "y = 1 if False else 2"),
    "an optimizer": (
        "torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)",
        "mindspore.experimental.optim.SGD(net.parameters(), lr=rate, momentum=0.9)",
    ),
    "an optimizer's default": ("torch.optim.SGD([x])", "mindspore.experimental.optim.SGD([x], lr=0.001)"),
    "a parameter": ("nn.Parameter(x, requires_grad=False)", "mindspore.Parameter(x, requires_grad=False)"),
    "inplace of what is new": (
        "nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(True))",
        "mindspore.nn.SequentialCell(mindspore.nn.Conv2d(3, 4, 1, pad_mode='pad', has_bias=True), mindspore.mint.nn.ReLU())",
    ),
    "a dict that is spread": (
        "def f(device, dtype):\n    o = {'device': device, 'dtype': dtype}\n    return nn.Linear(2, 3, **o)",
        "def f(device, dtype):\n    o = {'device': device, 'dtype': dtype}\n    return mindspore.mint.nn.Linear(2, 3, dtype=o['dtype'])",
    ),
    "a dict of which nothing is left": (
        "def f(d):\n    o = dict(device=d)\n    torch.zeros((2,), **o,)",
        "def f(d):\n    o = dict(device=d)\n    mindspore.mint.zeros((2,))",
    ),
    "a dtype that may be None": (
        "def f(dtype=None):\n    nn.Conv2d(3, 4, 1, bias=False, dtype=dtype)",
        "def f(dtype=None):\n    mindspore.nn.Conv2d(3, 4, 1, has_bias=False, dtype=dtype or mindspore.float32, pad_mode='pad')",
    ),
    "a number by its annotation": ("def f(n: int):\n    torch.zeros(n + 1)", "def f(n: int):\n    mindspore.mint.zeros((n + 1,))"),
    "a size as one argument": ("torch.zeros(x.shape)", "mindspore.mint.zeros(x.shape)"),
    "a size by itself": ("torch.zeros(*x.shape[1:])", "mindspore.mint.zeros((*x.shape[1:],))"),
    "a size with a tuple": (
        "s = x.size()[:-1] + (2, 2)\ny = torch.zeros(s), x.view(s)",
        "s = x.shape[:-1] + (2, 2)\ny = mindspore.mint.zeros(s), x.view(s)",
    ),
    "several numbers by one name": (
        "def f(n):\n    s = (x.size(0), -1, n)\n    x.view(*s)",
        "def f(n):\n    s = (x.shape[0], -1, n)\n    x.view(*s)",
    ),
    "a size with more": ("torch.ones(2, *lead)", "mindspore.mint.ones((2, *lead))"),
    "on the device of another": ("y = torch.flatten(x).to(x.device) + x.to(device=x.device)", "y = mindspore.mint.flatten(x) + x"),
    "on a device": ("d = torch.device('cpu')\ny = x.to(d)", "d = torch.device('cpu')\ny = x"),
    "like another": ("y = torch.flatten(x)\nx.to(y)", "y = mindspore.mint.flatten(x)\nx.to(y.dtype)"),
    "a dtype and a device": ("x.to(device=x.device, dtype=torch.int64)", "x.to(dtype=torch.int64)"),
    "a dtype of another": ("d = x.dtype\nx.to(d)", "d = x.dtype\nx.to(d)"),
    "to the host": ("y = x.cpu()", "y = x"),
    "filled data": (
        "def f(m: nn.Linear):\n    m.bias.data.zero_()\n    m.weight.data.fill_(1.0)",
        "def f(m: nn.Linear):\n    mindspore.ops.assign(m.bias.data, mindspore.ops.zeros_like(m.bias.data))\n"
        "    mindspore.ops.assign(m.weight.data, mindspore.ops.full_like(m.weight.data, 1.0))",
    ),
    "a maximum that is unpacked": ("v, i = x.max(dim=1)\nw, j = torch.max(x, 1)", "v, i = x.max(dim=1)\nw, j = mindspore.mint.max(x, 1)"),
    "the places of a maximum": ("torch.max(x, 1).indices", "mindspore.mint.max(x, 1)[1]"),
    "an element of a maximum": ("torch.max(x, dim=1)[0]", "mindspore.mint.max(x, dim=1)[0]"),
    "a padding of each dimension": (
        "nn.Conv3d(3, 4, (3, 1, 1), padding=(1, 0, 0), bias=False)",
        "mindspore.nn.Conv3d(3, 4, (3, 1, 1), padding=(1, 1, 0, 0, 0, 0), has_bias=False, pad_mode='pad')",
    ),
    "a padding with a name in it": (
        "nn.Conv2d(3, 4, (3, 1), padding=(p, 0), bias=False)",
        "mindspore.nn.Conv2d(3, 4, (3, 1), padding=(p, p, 0, 0), has_bias=False, pad_mode='pad')",
    ),
    "a padding that is a number or a sequence": (
        "def f(p: int | tuple[int, int]):\n    nn.Conv2d(3, 4, 3, padding=p, bias=False)",
        "def f(p: int | tuple[int, int]):\n"
        "    mindspore.nn.Conv2d(3, 4, 3, padding=p if isinstance(p, int) else tuple(side for side in p for _ in range(2)), has_bias=False, pad_mode='pad')",
    ),
    "a size that a layer took": (
        "def f(n):\n    a = nn.Linear(n, 2)\n    b = nn.LayerNorm(n)",
        "def f(n):\n    a = mindspore.mint.nn.Linear(n, 2)\n    b = mindspore.nn.LayerNorm((n,), epsilon=1e-05)",
    ),
    "filled": ("nn.init.zeros_(x)", "mindspore.ops.assign(x, mindspore.ops.zeros_like(x))"),
    "the places of a condition": ("torch.where(x > 0)", "mindspore.mint.unbind(mindspore.ops.nonzero(x > 0), 1)"),
    "dropped": ("F.dropout(x, 0.5, training=flag)", "mindspore.ops.dropout(x, 0.5, training=flag)"),
    "a layer that drops": ("nn.Dropout(0.1)", "mindspore.nn.Dropout(p=0.1)"),
    "a layer that drops half": ("nn.Dropout()", "mindspore.nn.Dropout(p=0.5)"),
    "drawn": (
        "torch.rand(2, 3), torch.randn(2, device='cpu'), torch.randperm(n)",
        "mindspore.ops.rand(2, 3), mindspore.ops.randn(2), mindspore.ops.randperm(n)",
    ),
    "initialised": ("nn.init.normal_(x, 0, 0.1)", INITIALISED.format("Normal(mean=0, sigma=0.1)")),
    "initialised with what MindSpore has otherwise": ("nn.init.normal_(x)", INITIALISED.format("Normal(sigma=1.0)")),
    "initialised with a computed number": (
        "nn.init.trunc_normal_(x, std=(1 / x.size(0)), b=1.0)",
        INITIALISED.format("TruncatedNormal(sigma=(1 / x.shape[0]), b=1.0)"),
    ),
    "initialised over lines": (
        "nn.init.kaiming_uniform_(\n    x,\n    mode='fan_out',\n)",
        INITIALISED.format("HeUniform(mode='fan_out')"),
    ),
    "initialised by a method": (
        "x.data.normal_(0, std=2 / x.size(0))",
        INITIALISED.format("Normal(mean=0, sigma=2 / x.shape[0])").replace("(x,", "(x.data,").replace(", x.", ", x.data."),
    ),
    "filled by methods": (
        "x.data.zero_(); x.data.fill_(-1)",
        "mindspore.ops.assign(x.data, mindspore.ops.zeros_like(x.data)); mindspore.ops.assign(x.data, mindspore.ops.full_like(x.data, -1))",
    ),
    "filled with a computed number": (
        "nn.init.constant_(x, val=(1 / x.size(0)))",
        "mindspore.ops.assign(x, mindspore.ops.full_like(x, (1 / x.shape[0])))",
    ),
    "initialised evenly": ("nn.init.uniform_(x, -bound, b=bound)", INITIALISED.format("Uniform(scale=bound)")),
    "filled with a value": ("nn.init.constant_(x, val=0.5)", "mindspore.ops.assign(x, mindspore.ops.full_like(x, 0.5))"),
}


@pytest.mark.parametrize(("line", "expected"), BECOMES.values(), ids=BECOMES)
def test_what_a_line_becomes(line: str, expected: str) -> None:
    assert ported(line + "\n")[0] == expected + "\n"


# Programs whose `result` must be PyTorch's.
PROGRAMS = {
    "functions": "result = [torch.flatten(x, 1), torch.cat([x, x], dim=1), torch.std(x, 1), F.softmax(x, dim=-1), torch.matmul(x, x.transpose(1, 2))]",
    "methods": "result = [x.permute(0, 2, 1).reshape(-1, 3), x.sum(dim=(1, 2), keepdim=True), x.unsqueeze(-1).size(-1), x.view(x.size(0), -1).mean()]",
    "chains with unknown values": "def same(y):\n    return y\nresult = same(torch.flatten(x, 1)).size(0), same(torch.cat([x, x])).transpose(0, 1).std()",
    "operators and indexing": "y = torch.cat([x, x])\nresult = y[::2] + y[1] * 2, y[y > 0], (y // 2).max(1), -y[..., None]",
    "writing into a result": "y = torch.flatten(x, 1)\ny[0] = 5\ny.add_(1)\nresult = y, x",
    "gradients": "w = torch.ones(4, requires_grad=True)\ny = torch.flatten(x * w, 1).sum() + F.relu(torch.cat([x * w, x])).mean()\ny.backward()\nresult = y.detach(), w.grad",
    "layers": (
        "torch.manual_seed(0)\nnet = nn.Sequential(nn.Linear(4, 5), nn.Sigmoid(), nn.LayerNorm(5))\ny = net(x)\ny.mean().backward()\n"
        "result = [y.detach()] + [p.grad for p in net.parameters()] + list(net.state_dict().values())"
    ),
    "a convolution": (
        "torch.manual_seed(0)\nnet = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4, momentum=0.3), nn.ReLU(inplace=True), nn.MaxPool2d(2))\n"
        "y = net(torch.linspace(-1, 1, 96).reshape(2, 3, 4, 4))\ny.sum().backward()\nnet.eval()\n"
        "result = [y.detach(), net(torch.ones(1, 3, 4, 4)).detach(), net[1].running_var, net[0].weight.grad, net[1].momentum, isinstance(net[0], nn.Conv2d)]"
    ),
    "spread keywords": (
        "def f(device=None, dtype=None):\n    o = {'device': device, 'dtype': dtype}\n    torch.manual_seed(0)\n"
        "    return nn.Sequential(nn.Conv2d(3, 4, 3, **o), nn.BatchNorm2d(4, **o), nn.ReLU())\n"
        "y = f()(torch.linspace(-1, 1, 96).reshape(2, 3, 4, 4))\nresult = y.detach(), torch.zeros(*x.shape[1:]), f(dtype=torch.float64)[0].weight.dtype == torch.float64"
    ),
    "sizes and paddings": (
        "torch.manual_seed(0)\ndef f(p: int | tuple[int, int], n: int):\n"
        "    return nn.Sequential(nn.Conv2d(n, 4, (3, 1), padding=(1, 0)), nn.Conv2d(4, 4, 3, padding=p), nn.LayerNorm(n + 1))\n"
        "y = torch.linspace(-1, 1, 96).reshape(2, 3, 4, 4)\nresult = f(1, 3)(y).detach(), f((1, 1), 3)(y).detach(), nn.Embedding(4, 3)(torch.tensor([1, 2])).detach()"
    ),
    "extremes": "v, i = torch.max(x, 1)\nresult = v, i, i.dtype == torch.int64, torch.min(x, 0).values, x.max(2)[1], torch.max(x, -1).indices.view(-1)",
    "devices": "y = torch.ones(2, dtype=torch.float64)\nresult = x.to(y), x.to(y.device) is x, x.cpu() is x, x.to(device=x.device, dtype=torch.int64)",
    "filled data": "layer = nn.Linear(2, 2)\nlayer.bias.data.zero_()\nlayer.weight.data.fill_(0.5)\nresult = layer.bias.detach(), layer(torch.ones(1, 2)).detach(), layer.bias.requires_grad",
    "places": "result = torch.where(x > 0), torch.where(x > 9)[0], torch.where(x[0, 0] > 0)[0], torch.where(x > 0, x, 0)",
    "parameters of one's own": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.w = nn.Parameter(torch.ones(4))\n"
        "    def forward(self, y):\n        return torch.cat([y * self.w, y])\nnet = Net()\nnet(x).sum().backward()\n"
        "result = [isinstance(net.w, nn.Parameter), list(dict(net.named_parameters())), net.w.grad, net.state_dict()['w']]"
    ),
    "random numbers": (
        "torch.manual_seed(0)\nnet = nn.Sequential(nn.Linear(4, 6), nn.Dropout(0.4), nn.Linear(6, 2))\n"
        "for layer in net:\n    if isinstance(layer, nn.Linear):\n        nn.init.trunc_normal_(layer.weight, std=0.02)\n"
        "        nn.init.uniform_(layer.bias, -0.5, 0.5)\n"
        "y = net(x)\nF.dropout(y, 0.3).sum().backward()\nresult = [y.detach(), torch.rand(2), torch.randn(3, 2), torch.randperm(5)] + [p.grad for p in net.parameters()]"
    ),
    "initialised data": (
        "torch.manual_seed(0)\nlayer = nn.Linear(4, 6)\nlayer.weight.data.normal_(0, 0.1)\nlayer.bias.data.uniform_(-1, 1)\nlayer.bias.data.fill_(2)\n"
        "result = layer.weight, layer.bias, layer(x).detach(), torch.rand(1)"
    ),
    "an initialised view": (
        "torch.manual_seed(0)\nwhole = torch.zeros(4, 6)\nrow, column = whole[1], whole[:, 2]\nnn.init.normal_(row)\nnn.init.normal_(column, std=0.1)\nresult = whole"
    ),
    "filled parameters": "layer = nn.Linear(2, 2)\nold = layer.weight.data\nnn.init.constant_(layer.weight, 0.5)\nnn.init.zeros_(layer.bias)\nresult = old, layer(torch.ones(1, 2)).detach()",
}  # fmt: skip


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_a_ported_program_gives_what_it_gave(text: str) -> None:
    after, _ = port_bytes((HEAD + text + "\n").encode(), Path("file.py"), project(), "native")
    before: dict[str, Any] = {}
    now: dict[str, Any] = {}
    exec(HEAD + text, before)
    exec(after.decode(), now)
    assert_same(before["result"], now["result"])


def assert_same(one: Any, other: Any) -> None:
    if isinstance(one, list | tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    elif hasattr(one, "detach"):
        # Both sum in different orders.
        np.testing.assert_allclose(other.detach().numpy(), one.detach().numpy(), rtol=1e-4, atol=1e-5)
    else:
        assert one == other


def test_the_name_mindspore_may_be_taken() -> None:
    text = "import torch\nmindspore = 1\ny = torch.flatten(torch.ones(2, 2))\n"
    after, _ = port_bytes(text.encode(), Path("file.py"), project(), "native")
    assert after.decode().startswith("from compat.native import mindspore as mindspore_\nimport compat.torch as torch\nmindspore = 1\n")
    assert "mindspore_.mint.flatten(" in after.decode()


def test_the_import_stands_behind_what_has_to_come_first() -> None:
    text = '#!/usr/bin/env python\n"""Text."""\nfrom __future__ import annotations\n\n\ndef f():\n    import torch\n\n    return torch.flatten(torch.ones(2, 2))\n'
    after, _ = port_bytes(text.encode(), Path("file.py"), project(), "native")
    assert after.decode().startswith(
        '#!/usr/bin/env python\n"""Text."""\nfrom __future__ import annotations\n\n\nfrom compat.native import mindspore\ndef f():\n'
    )


# Names that a file has for something else, and places of the import: the text, and what the port begins with.
USE = "torch.flatten(torch.ones(2, 2))"
NATIVE = "from compat.native import mindspore"
BEGINNINGS = {
    "a parameter": (f"import torch\ndef f(mindspore): return {USE}\n", f"{NATIVE} as mindspore_\n"),
    "a function": (f"import torch\ndef mindspore(): return {USE}\n", f"{NATIVE} as mindspore_\n"),
    "a class": (f"import torch\nclass mindspore: pass\ny = {USE}\n", f"{NATIVE} as mindspore_\n"),
    "an exception": (f"import torch\ntry: y = {USE}\nexcept Exception as mindspore: pass\n", f"{NATIVE} as mindspore_\n"),
    "a pattern": (f"import torch\nmatch 1:\n    case mindspore: y = {USE}\n", f"{NATIVE} as mindspore_\n"),
    "what has to come first, on the same line": (
        f"from __future__ import annotations; import torch\ny = {USE}\n", f"from __future__ import annotations; {NATIVE}; import compat.torch",
    ),
    "a docstring on the same line": (f"'''Text.'''; import torch\ny = {USE}\n", f"'''Text.'''; {NATIVE}; import compat.torch"),
    "a use above the import": (f"if 1:\n    import torch\n    y = {USE}\nimport torch\n", f"{NATIVE}\nif 1:\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "beginning"), BEGINNINGS.values(), ids=BEGINNINGS)
def test_the_import_of_mindspore(text: str, beginning: str) -> None:
    after, _ = port_bytes(text.encode(), Path("file.py"), project(), "native")
    assert after.decode().startswith(beginning)
    exec(compile(after, "file.py", "exec"), {})
    assert port_bytes(after, Path("file.py"), project(), "native")[0] == after
