"""Ports that no porting made: small ones to look at, and as many files as a large code base has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from compat.port.model import Change, Port, PortedFile


def change(before: str = "torch.relu(x)", after: str | None = None, line: int = 1, column: int = 1, **fields: Any) -> Change:
    """One use, a converted call unless `fields` say otherwise, which stands on one line."""
    known: dict[str, Any] = {
        "api": before.partition("(")[0],
        "use": "call",
        "how": "name",
        "became": "converted",
        "code": "CM001",
        "reason": "",
    }
    known |= {"end_line": line, "end_column": column + len(before), "before": before, "after": before if after is None else after}
    return Change(line=line, column=column, **(known | fields))


BEFORE = """\
import torch

def forward(x, y):
    x = torch.relu(x)
    x = torch.sum(x, axis=1)
    y.view(-1)
    return torch.no_such(
        x)
"""
AFTER = BEFORE.replace("import torch\n", "import compat.torch as torch\nfrom mindspore import mint\n")
AFTER = AFTER.replace("torch.relu(x)", "mint.nn.functional.relu(x)").replace("torch.sum(x, axis=1)", "mint.sum(x, dim=1)")
CHANGES = (
    change("import torch", "import compat.torch as torch\nfrom mindspore import mint", api="torch", use="value", code="CM002"),
    change("torch.relu(x)", "mint.nn.functional.relu(x)", 4, 9, inside="forward"),
    change("torch.sum(x, axis=1)", "mint.sum(x, dim=1)", 5, 9, became="adapted", code="CM102", reason="axis is dim", inside="forward"),
    change("y.view(-1)", line=6, column=5, api="?.view", how="unknown", became="unknown", code="CM401", reason="who is y?", inside="forward"),
    change("torch.no_such(\n        x)", line=7, column=12, end_line=8, end_column=11, became="unsupported", code="CM301",
           reason="the table has no such API", inside="forward"),
)  # fmt: skip
MODEL = PortedFile(Path("src/model.py"), BEFORE.encode(), AFTER.encode(), CHANGES)
BROKEN = PortedFile(Path("src/broken.py"), b"x = = 1\n", b"x = = 1\n", problem="not Python: invalid syntax", at=1)
PLAIN = PortedFile(Path("src/plain.py"), b"x = 1\n", b"x = 1\n")
NOTEBOOK = PortedFile(
    Path("notes.ipynb"),
    b'{"cells": [{"cell_type": "markdown", "source": ["# torch"]},\n {"cell_type": "code", "source": ["import torch\\n", "torch.relu(x)"]}]}\n',
    b'{"cells": [{"cell_type": "markdown", "source": ["# torch"]},\n {"cell_type": "code", "source": ["import torch\\n", "mint.relu(x)"]}]}\n',
    (
        change("torch.relu(x)", "mint.relu(x)", 2, 1, cell=2),
        change("importlib.import_module(n)", line=3, cell=2, became="kept", code="CM501"),
    ),
)
SMALL = Port((MODEL, PLAIN, BROKEN, NOTEBOOK))


def large(files: int = 1000, changed: int = 300, uses: int = 35, lines: int = 300) -> Port:
    """A code base: of `files` files `changed` changed, each with `uses` uses on `lines` lines; every fiftieth could not be ported."""
    return Port(tuple(_file(number, number < changed, uses, lines) for number in range(files)))


def _file(number: int, changed: bool, uses: int, lines: int) -> PortedFile:
    path = Path(f"package/part{number % 40}/module_{number}.py")
    if not changed and number % 50 == 0:
        return PortedFile(path, b"x = = 1\n", b"x = = 1\n", problem="not Python: invalid syntax", at=1)
    before = [f"    value_{number}_{line} = some_function(argument, {line})" for line in range(lines)]
    after, changes = list(before), []
    for use in range(uses):
        line = use * lines // uses
        old, new = f"torch.nn.functional.operation_{use}(value_{line}, dim=1)", f"mint.nn.functional.operation_{use}(value_{line}, 1)"
        before[line] = f"    x = {old}"
        after[line] = f"    x = {new if changed else old}"
        kind: dict[str, Any] = {"became": "kept", "code": "CM201", "reason": "nothing was executed that means the same", "after": old}
        changes.append(change(old, line=line + 1, column=9, **({"after": new} if changed else kind)))
    return PortedFile(path, _bytes(before), _bytes(after), tuple(changes))


def _bytes(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
