"""What is known of receivers from the text alone: first what must stay unknown because something may change it, then what is certain."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from compat.scan.catalog import TorchCatalog
from compat.source.project import ProjectFiles
from compat.source.resolve import resolve
from compat.source.text import tree
from compat.table.load import load

CATALOG = TorchCatalog(load())
TORCH = "import torch\nfrom torch import nn, Tensor\nimport torch.nn.functional as F\n"


def of_views(code: str) -> list[str]:
    """The receivers of the calls of `view`: "Tensor", "?", or another API; a call that is certainly none of an API is not listed."""
    found = resolve(tree(TORCH + code, Path("x.py")), "module", False, CATALOG, ProjectFiles([], CATALOG))
    sites = [site for site in found.sites if isinstance(site.node, ast.Call) and isinstance(site.node.func, ast.Attribute)]
    sites = sorted((site for site in sites if site.node.func.attr == "view"), key=lambda site: site.node.end_lineno)
    return [{"": "?", "torch.Tensor.view": "Tensor"}.get(site.api, site.api) for site in sites]


UNKNOWN = {
    "an attribute that a later method assigns anew": (
        "class M(nn.Module):\n def __init__(self):\n  self.a = torch.ones(2)\n def f(self):\n  self.a.view(1)\n def g(self, b):\n  self.a = b",
        "?",
    ),
    "a name that a later function binds anew": (
        "x = torch.ones(2)\ndef g():\n x.view(1)\ndef f():\n global x\n x = load()",
        "?",
    ),
    "what is assigned before an exception": ("x = torch.ones(2)\ntry:\n x = load()\n risk()\nexcept ValueError:\n x.view(1)", "?"),
    "a list that a function may have added to": ("xs = [torch.ones(2)]\nfill(xs)\nfor x in xs:\n x.view(1)", "?"),
    "a list with another name": ("xs = [torch.ones(2)]\nys = xs\nys.append(load())\nfor x in xs:\n x.view(1)", "?"),
    "a list to which something else was added": ("xs = [torch.ones(2)]\nxs.append(load())\nfor x in xs:\n x.view(1)", "?"),
    "an item that was replaced": ("xs = [torch.ones(2)]\nxs[0] = load()\nxs[0].view(1)", "?"),
    "a function with two kinds of results": ("def f(a):\n if a:\n  return torch.ones(2)\n return load()\nf(1).view(1)", "?"),
    "a function that another decorator changes": ("@other\ndef f():\n return torch.ones(2)\nf().view(1)", "?"),
    "a generator": ("def f():\n yield torch.ones(2)\n return torch.ones(2)\nf().view(1)", "?"),
    "a coroutine": ("async def f():\n return torch.ones(2)\nf().view(1)", "?"),
    "a function that calls itself": ("def f(a):\n return f(a)\nf(1).view(1)", "?"),
    "a flag by the name of a layer's weight": ("class M(nn.Module):\n def f(self):\n  self.bias.view(1)", "?"),
    "values and indices together": ("x = torch.ones(2).max(dim=0)\nx.view(1)", "?"),
    "a maximum along something": ("def f(d):\n torch.ones(2).max(d).view(1)", "Tensor"),
    "a test of another name": ("def f(x, y):\n if isinstance(x, Tensor):\n  y.view(1)", "?"),
    "a test that is over": ("def f(x):\n if isinstance(x, Tensor):\n  pass\n x.view(1)", "?"),
    "one of two tests": ("def f(x, c):\n if isinstance(x, Tensor) or c:\n  x.view(1)", "?"),
    "a name of the module after a test": ("def f():\n if isinstance(G, Tensor):\n  pass\n G.view(1)\nG = load()", "?"),
    "a project's object in arithmetic": ("class A: pass\n(A() * torch.ones(2)).view(1)", "?"),
    "a text with a tensor in it": ("('%s' % torch.ones(2)).view(1)", ""),
    "the state of an LSTM": ("_, state = nn.LSTM(2, 2)(torch.ones(2, 2))\nstate.view(1)", "?"),
    "a buffer that may be something else": (
        "class M(nn.Module):\n def __init__(self, a):\n  self.register_buffer('a', torch.ones(2))\n  self.a = a\n def f(self):\n  self.a.view(1)",
        "?",
    ),
    "a module that has a view of its own": (
        "class M(nn.Module):\n def __init__(self, a):\n  self.view = a\n def f(self):\n  self.view(1)",
        "",
    ),
    "what a function that may not have been called was given": ("def f(x, c):\n c and torch.relu(x)\n x.view(1)", "?"),
    "what one branch called a function with": ("def f(x, c):\n if c:\n  torch.relu(x)\n x.view(1)", "?"),
    "what any object may be": ("def f(x):\n nn.Identity()(x)\n x.view(1)", "?"),
    "what a loop may not have called": ("def f(x, xs):\n for y in xs:\n  torch.relu(x)\n x.view(1)", "?"),
    "what was called in a try": ("def f(x):\n try:\n  torch.relu(x)\n except TypeError:\n  pass\n x.view(1)", "?"),
    "a name bound anew": ("def f(x):\n torch.relu(x)\n x = load()\n x.view(1)", "?"),
    "an attribute of what another function was given": ("def f(c):\n torch.relu(c.x)\n change(c)\n c.x.view(1)", "?"),
    "an attribute assigned anew": ("def f(c):\n torch.relu(c.x)\n c.x = load()\n c.x.view(1)", "?"),
    "an attribute of a name bound anew": ("def f(c):\n torch.relu(c.x)\n c = load()\n c.x.view(1)", "?"),
    "a number that may be a tensor": ("def f(x):\n torch.add(torch.ones(2), x)\n x.view(1)", "?"),
    "a comment that is no annotation": ("def f(x):\n # type: anything\n x.view(1)", "?"),
}
CERTAIN = {
    "what a function returns": "def f(a):\n return torch.ones(a)\nf(2).view(1)",
    "what a function returns that is defined below": "def g():\n f(2).view(1)\ndef f(a):\n return torch.ones(a)",
    "what a function returns in every case": "def f(a):\n if a:\n  return torch.ones(2)\n return torch.zeros(2)\nf(1).view(1)",
    "several results": "def f():\n return 1, torch.ones(2)\nn, x = f()\nx.view(1)",
    "without gradients": "@torch.no_grad()\ndef f():\n return torch.ones(2)\nf().view(1)",
    "a method": "class A:\n def f(self):\n  return torch.ones(2)\n def g(self):\n  self.f().view(1)",
    "a layer of the project": "class M(nn.Module):\n def forward(self, x):\n  return F.relu(x)\nm = M()\nm(y).view(1)",
    "its layer": "class M(nn.Module):\n def __init__(self):\n  self.a = nn.Linear(2, 2)\n def forward(self, x):\n  return self.a(x)\nM()(y).view(1)",
    "one of two layers": "class M(nn.Module):\n def __init__(self, c):\n  self.a = nn.Linear(2, 2) if c else nn.Identity()\n"
    " def forward(self, x):\n  self.a(x).view(1)",
    "a property": "class A:\n @property\n def p(self):\n  return torch.ones(2)\nA().p.view(1)",
    "a field": "from dataclasses import dataclass\n@dataclass\nclass A:\n x: Tensor\ndef f(a: A):\n a.x.view(1)",
    "a field of a named tuple": "from typing import NamedTuple\nclass A(NamedTuple):\n x: Tensor\ndef f(a: A):\n a.x.view(1)",
    "an annotated attribute": "class A:\n def __init__(self, a):\n  self.x: Tensor = a\n def f(self):\n  self.x.view(1)",
    "a buffer": "class M(nn.Module):\n def __init__(self):\n  self.register_buffer('a', torch.ones(2))\n def f(self):\n  self.a.view(1)",
    "a parameter": "class M(nn.Module):\n def __init__(self):\n  self.register_parameter('a', None)\n  self.a = nn.Parameter(torch.ones(2))\n"
    " def f(self):\n  self.a.view(1)",
    "what a function of the framework took": "def f(x):\n torch.relu(x)\n x.view(1)",
    "what a layer took": "class M(nn.Module):\n def __init__(self):\n  self.a = nn.Linear(2, 2)\n def forward(self, x):\n  y = self.a(x)\n  x.view(1)",
    "an attribute that a function of the framework took": "def f(c):\n torch.relu(input=c.x)\n c.x.view(1)",
    "super": "class A(nn.Module):\n def forward(self, x):\n  return torch.relu(x)\nclass B(A):\n def forward(self, x):\n  super().forward(x).view(1)",
    "a layer's own forward": "class L(nn.Linear):\n def reset(self): pass\nL(2, 2)(y).view(1)",
    "isinstance and": "def f(x):\n isinstance(x, Tensor) and x.view(1)",
    "isinstance in a choice": "def f(x):\n return x.view(1) if isinstance(x, Tensor) else x",
    "isinstance or raise": "def f(x):\n if not isinstance(x, Tensor):\n  raise TypeError\n x.view(1)",
    "an assertion": "def f(x):\n assert isinstance(x, torch.Tensor)\n x.view(1)",
    "is_tensor": "def f(x):\n if torch.is_tensor(x):\n  x.view(1)",
    "not the list": "def f(x: Tensor | list[Tensor]):\n if not isinstance(x, Tensor):\n  x = x[0]\n x.view(1)",
    "the tensor or a list of it": "def f(x: Tensor | list[int]):\n if isinstance(x, Tensor):\n  x.view(1)",
    "a number or a tensor": "def f(x: float | Tensor):\n x.view(1)",
    "an optional argument with a default": "def f(x: Tensor | None = None):\n if x is None:\n  x = torch.ones(2)\n x.view(1)",
    "a walrus": "if (x := torch.ones(2)) is not None:\n x.view(1)",
    "zip": "for a, b in zip([1], torch.ones(2)):\n b.view(1)",
    "enumerate": "for i, x in enumerate(torch.ones(2)):\n x.view(1)",
    "a dictionary": "def f(d: dict[str, Tensor]):\n d['a'].view(1)",
    "its items": "def f(d: dict[str, Tensor]):\n for k, v in d.items():\n  v.view(1)",
    "its values in a comprehension": "def f(d: dict[str, Tensor]):\n [v.view(1) for v in d.values()]",
    "a list of dictionaries": "def f(ds: list[dict[str, Tensor]]):\n for d in ds:\n  d['a'].view(1)",
    "keywords": "def f(**kwargs: Tensor):\n kwargs['a'].view(1)",
    "a list that grows": "xs = []\nfor i in r:\n xs.append(torch.ones(2))\nxs[0].view(1)",
    "a slice of a list": "xs = [1, torch.ones(2)]\nxs[1:][0].view(1)",
    "the rest of a list": "a, *xs = (1, torch.ones(2), torch.ones(2))\nxs[0].view(1)",
    "a comparison": "(torch.ones(2) > 0).view(1)",
    "an inverted mask": "(~(torch.ones(2) > 0)).view(1)",
    "an index": "torch.ones(2)[:, None].view(1)",
    "a transposed tensor": "torch.ones(2).mT.view(1)",
    "the sum of tensors": "sum([torch.ones(2), torch.ones(2)]).view(1)",
    "the values of a maximum": "torch.ones(2).max(dim=0)[0].view(1)",
    "its values by name": "torch.max(torch.ones(2), 0).values.view(1)",
    "a comment as annotation": "def f(x, n):\n # type: (Tensor, int) -> Tensor\n x.view(1)",
    "a comment beside an assignment": "x = load()  # type: Tensor\nx.view(1)",
    "a function of an earlier port": "from compat.native import mindspore\nmindspore.mint.cat([y]).view(1)",
    "a layer of an earlier port": "from compat.native import mindspore\nm = mindspore.mint.nn.Linear(2, 2)\nm(y).view(1)",
    "compat.lenient": "from compat.lenient import torch as t\nimport compat.lenient.torch as u\nu.ones(2).view(1)",
    "a lambda": "f = lambda a: torch.ones(a)\nf(2).view(1)",
    "after what returns": "def f(x):\n if x is None:\n  x = 1\n  return x\n x = torch.relu(x)\n x.view(1)",
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "receiver"),
    [*UNKNOWN.values(), *((code, "Tensor") for code in CERTAIN.values())],
    ids=[*UNKNOWN, *CERTAIN],
)
def test_the_receiver_of_view(code: str, receiver: str) -> None:
    assert of_views(code) == ([receiver] if receiver else [])
