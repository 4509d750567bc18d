"""What stays in memory of a file, and known of its classes, when another one's turn comes."""

from __future__ import annotations

import ast
import gc
from pathlib import Path

from compat.scan.catalog import TorchCatalog
from compat.source.project import ProjectFiles, resolved
from compat.source.text import read
from compat.table.load import load

CATALOG = TorchCatalog(load())
NET = "import torch\nclass Net(torch.nn.Module):\n    scale = None\n    def forward(self, x): ...\n"
# Classes and functions that hold each other, and are used by each other.
TANGLED = """
import torch
from net import Net

class Tangled(torch.nn.Module):
    def __init__(self):
        self.next = Tangled()
        self.net = Net()
        self.net.scale = torch.ones(1)
    def forward(self, x):
        self.net.other: torch.Tensor = x
        return self.again(self.net.scale)
    def again(self, x):
        return self.forward(x) + tangled(x)

def tangled(x, y=(1, -2)):
    return tangled(x)

Tangled().forward(torch.ones(1)).view(-1)
"""
WRITING = "import torch\nfrom net import Net\ndef f():\n    net = Net()\n    net.extra = torch.ones(1)\n    net.extra.view(-1)\n"
READING = "from net import Net\nnet = Net()\nnet.extra.view(-1)\n"


def project(folder: Path, **files: str) -> ProjectFiles:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return ProjectFiles([folder], CATALOG)


def uses(project: ProjectFiles, name: str) -> list[str]:
    source = read(project.roots[0] / f"{name}.py")
    return [site.api or f"?.{site.method}" for site in resolved(source, CATALOG, project).sites]


def test_no_tree_outlives_its_file(tmp_path: Path) -> None:
    held = project(tmp_path, net=NET, tangled=TANGLED)
    gc.collect()
    gc.disable()
    try:
        uses(held, "tangled")
        held.source.kept.clear()
        named = {node.name for node in gc.get_objects() if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    finally:
        gc.enable()
    assert not named & {"Tangled", "tangled"}


def test_what_a_file_assigns_to_anothers_objects_is_known_in_it_alone(tmp_path: Path) -> None:
    both = project(tmp_path, net=NET, writing=WRITING, reading=READING)
    assert uses(both, "writing") == ["torch.ones", "torch.Tensor.view"]
    assert uses(both, "reading") == ["?.view"]
