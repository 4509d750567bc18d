"""Code that leads far: through many functions, modules, or the terms of one expression."""

from __future__ import annotations

from pathlib import Path

import pytest

from compat.scan.catalog import TorchCatalog
from compat.source.project import ProjectFiles, resolved
from compat.source.text import SourceError, parsed
from compat.table.load import load

CATALOG = TorchCatalog(load())
MANY = 300


def apis_of(code: str, folder: Path) -> list[str]:
    found = resolved(parsed(code.encode(), folder / "main.py"), CATALOG, ProjectFiles([folder], CATALOG))
    return [site.api or f"?.{site.method}" for site in found.sites]


FUNCTIONS = {
    "each calls the next": [f"def f{n}(x):\n    return f{n + 1}(x)\n" for n in range(MANY)],
    "each calls the one before": [f"def f{n}(x):\n    return f{n + 1}(x)\n" for n in reversed(range(MANY))],
}


@pytest.mark.parametrize("functions", FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_that_call_one_another(functions: list[str], tmp_path: Path) -> None:
    last = f"def f{MANY}(x):\n    return torch.relu(x)\n"
    assert "torch.Tensor.view" in apis_of("".join(["import torch\n", *functions, last, f"f{MANY - 9}(y).view(1)\n"]), tmp_path)


def test_methods_that_call_one_another(tmp_path: Path) -> None:
    methods = "".join(
        f" def f{n}(self, x):\n  if x:\n   return self.f{(n + 1) % MANY}(x)\n  return self.f{n // 2}(x)\n" for n in range(MANY)
    )
    assert apis_of(f"import torch\nclass M:\n{methods}\nM().f0(1)\ntorch.ones(2)", tmp_path) == ["torch.ones"]


def test_a_sum_of_many_terms(tmp_path: Path) -> None:
    assert apis_of("import torch\nx = " + " + ".join(["torch.ones(2)"] * MANY * 3) + "\nx.view(1)", tmp_path)[-1] == "torch.Tensor.view"


def test_modules_that_import_one_another(tmp_path: Path) -> None:
    """A name that comes through a few of them is known, one that comes through too many is not."""
    (tmp_path / f"m{MANY}.py").write_text("import torch\n")
    for n in range(MANY):
        (tmp_path / f"m{n}.py").write_text(f"from m{n + 1} import torch\n")
    assert apis_of("from m0 import torch\ntorch.ones(2)", tmp_path) == []
    assert apis_of(f"from m{MANY - 9} import torch\ntorch.ones(2)", tmp_path) == ["torch.ones"]


def test_what_is_nested_too_deeply_is_a_problem_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="too deeply"):
        apis_of("import torch\n" + "x" + ".y()" * MANY * 3, tmp_path)
