"""Which API an expression refers to: first what must stay unknown, then what is certain, then how far a value is followed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from compat.scan.catalog import TorchCatalog
from compat.source.project import ProjectFiles
from compat.source.resolve import resolve
from compat.table.load import load

CATALOG = TorchCatalog(load())


def uses(code: str, *, calls_only: bool = True) -> list[str]:
    """The APIs used, in the order of the text; a method of an unknown receiver is `?.name`."""
    found = resolve(ast.parse(code), "module", False, CATALOG, ProjectFiles([], CATALOG))
    sites = [site for site in found.sites if site.use == "call" or not calls_only]
    sites.sort(key=lambda site: (site.node.end_lineno, site.node.end_col_offset))
    return [site.api or f"?.{site.method}" for site in sites]


UNKNOWN = {
    "a parameter": ("def f(x):\n    return x.view(-1)", ["?.view"]),
    "a name that two branches bind differently": (
        "import torch, numpy\nif c:\n    x = torch.ones(2)\nelse:\n    x = load()\nx.view(-1)",
        ["torch.ones", "?.view"],
    ),
    "a name that a loop binds anew": (
        "import torch\nx = torch.ones(2)\nfor i in r:\n    x.view(-1)\n    x = load(x)",
        ["torch.ones", "?.view"],
    ),
    "a name that a function binds outside of itself": (
        "import torch\nx = torch.ones(2)\ndef f():\n    global x\n    x = load()\ndef g():\n    x.view(-1)",
        ["torch.ones", "?.view"],
    ),
    "what a name was before it was deleted": ("import torch\nx = torch.ones(2)\ndel x\nx.view(-1)", ["torch.ones", "?.view"]),
    "what an unknown function gives": ("import torch\nx = f(torch.ones(2))\nx.view(-1)", ["torch.ones", "?.view"]),
    "an attribute that is assigned two ways": (
        "import torch.nn as nn\nclass M(nn.Module):\n    def __init__(self, a):\n        self.a = nn.ReLU()\n        self.a = a\n"
        "    def forward(self, x):\n        return self.a(x).view(-1)",
        ["torch.nn.ReLU", "?.view"],
    ),
    "what a match binds": ("import torch\nx = torch.ones(2)\nmatch y:\n    case x: x.view(-1)", ["torch.ones", "?.view"]),
}
NOTHING = {
    "a name that hides the import": ("import torch\ntorch = other()\ntorch.ones(2)", []),
    "a parameter that hides the import": ("import torch\ndef f(torch):\n    return torch.ones(2)", []),
    "another package": ("import mytorch as torch\ntorch.ones(2)", []),
    "a method of a text": ("'a b'.split()\n[1].index(1)", []),
    "a comprehension's variable": ("import torch\n[torch.x for torch in y]\n", []),
    "a local import elsewhere": ("def f():\n    import torch\ntorch.ones(2)", []),
}
CERTAIN = {
    "an import": ("import torch\ntorch.ones(2)", ["torch.ones"]),
    "an alias": ("import torch.nn.functional as F\nF.relu(y)", ["torch.nn.functional.relu"]),
    "a submodule by its package": ("import torch.nn\ntorch.nn.Linear(2, 3)", ["torch.nn.Linear"]),
    "from": ("from torch import nn\nnn.Linear(2, 3)", ["torch.nn.Linear"]),
    "a name for a name": ("import torch\nmake = torch.ones\nmake(2)", ["torch.ones"]),
    "an import that may fail": ("try:\n    import torch\nexcept ImportError:\n    torch = None\ntorch.ones(2)", ["torch.ones"]),
    "inside a function, bound later": ("def f():\n    return torch.ones(2)\nimport torch", ["torch.ones"]),
    "a call in a default": ("import torch\ndef f(x=torch.ones(2)): pass", ["torch.ones"]),
    "everything of a module": ("from torch.nn.functional import *\nrelu(y)", ["torch.nn.functional.relu"]),
    "a decorator": ("import torch\n@torch.no_grad()\ndef f(): pass", ["torch.no_grad"]),
}
FOLLOWED = {
    "a result": ("import torch\nx = torch.ones(2)\nx.view(-1).sum()", ["torch.ones", "torch.Tensor.view", "torch.Tensor.sum"]),
    "an operator": ("import torch\n(2 * torch.ones(2) + y).sum()", ["torch.ones", "torch.Tensor.sum"]),
    "an annotation": ("from torch import Tensor\ndef f(x: Tensor):\n    x.view(-1)", ["torch.Tensor.view"]),
    "an annotation in quotes": ("import torch\ndef f(x: 'torch.Tensor | None'):\n    x.view(-1)", ["torch.Tensor.view"]),
    "a list of them": ("from torch import Tensor\ndef f(xs: list[Tensor]):\n    for x in xs:\n        x.sum()", ["torch.Tensor.sum"]),
    "a tuple": ("import torch\na, b = torch.ones(2), 1\na.sum()", ["torch.ones", "torch.Tensor.sum"]),
    "several results": ("import torch\nfor part in torch.chunk(y, 2):\n    part.sum()", ["torch.chunk", "torch.Tensor.sum"]),
    "a layer of self": (
        "from torch import nn\nclass M(nn.Module):\n    def forward(self, x):\n        return self.a(x).sum()\n"
        "    def __init__(self):\n        self.a = nn.Linear(2, 3)",
        ["torch.Tensor.sum", "torch.nn.Linear"],
    ),
    "a method of a base": (
        "from torch import nn\nclass M(nn.Module):\n    def f(self):\n        return self.parameters()",
        ["torch.nn.Module.parameters"],
    ),
    "a method that gives its object": (
        "from torch import nn\nm = nn.Linear(2, 3).to('cpu').eval()\nm(y).sum()",
        ["torch.nn.Linear", "torch.nn.Module.to", "torch.nn.Module.eval", "torch.Tensor.sum"],
    ),
    "an optimizer": (
        "import torch\nopt = torch.optim.SGD(m.parameters(), lr=1)\nopt.step()",
        ["?.parameters", "torch.optim.SGD", "torch.optim.Optimizer.step"],
    ),
    "what a function says that it returns": (
        "import torch\ndef f() -> torch.Tensor: ...\nf().sum()",
        ["torch.Tensor.sum"],
    ),
    "isinstance": ("import torch\ndef f(x):\n    if isinstance(x, torch.Tensor):\n        x.view(-1)", ["torch.Tensor.view"]),
    "a loop that keeps it a tensor": (
        "import torch\nx = torch.ones(2)\nfor i in r:\n    x = x.add(1)\nx.sum()",
        ["torch.ones", "torch.Tensor.add", "torch.Tensor.sum"],
    ),
    "an optional argument": ("import torch\nx = None\nif c:\n    x = torch.ones(2)\nx.sum()", ["torch.ones", "torch.Tensor.sum"]),
}


@pytest.mark.parametrize(("code", "expected"), [*UNKNOWN.values(), *NOTHING.values(), *CERTAIN.values(), *FOLLOWED.values()],
                         ids=[*UNKNOWN, *NOTHING, *CERTAIN, *FOLLOWED])  # fmt: skip
def test_calls(code: str, expected: list[str]) -> None:
    assert uses(code) == expected


VALUES = {
    "a dtype": ("import torch\nx = torch.float32", ["torch.float32"]),
    "a base": ("from torch import nn\nclass M(nn.Module): pass", ["torch.nn.Module"]),
    "a function given away": ("import torch\nf(torch.relu)", ["torch.relu"]),
    "the longest name alone": ("import torch\ntorch.nn.functional.relu", ["torch.nn.functional.relu"]),
}


@pytest.mark.parametrize(("code", "expected"), VALUES.values(), ids=VALUES)
def test_uses_without_a_call(code: str, expected: list[str]) -> None:
    assert uses(code, calls_only=False) == expected


def test_through_the_files_of_a_project(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("from .layers import *\n")
    (package / "common.py").write_text("import torch\nfrom torch import nn\nfrom package import layers\n")
    (package / "layers.py").write_text(
        "from .common import nn, torch\nclass Block(nn.Module):\n    def forward(self, x) -> torch.Tensor: ...\n"
    )
    code = "from package import Block, common\nb = Block()\nb(y).sum()\nb.parameters()\ncommon.torch.ones(2)\n"
    project = ProjectFiles([tmp_path], CATALOG)
    sites = resolve(ast.parse(code), "main", False, CATALOG, project).sites
    assert [site.api for site in sites if site.use == "call"] == ["torch.Tensor.sum", "torch.nn.Module.parameters", "torch.ones"]
