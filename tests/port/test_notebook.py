"""Notebooks ported: what leaves them as they are, and then what changes, in which cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from compat.port.file import ported
from compat.port.model import Change
from compat.source.text import Edit, Source, Span


def written(*cells: str, version: int = 4) -> bytes:
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell.splitlines(keepends=True)} for cell in cells]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": version, "nbformat_minor": 5}, indent=1, ensure_ascii=False).encode()


def rewrite(source: Source) -> tuple[bytes, tuple[Change, ...]]:
    """torch → mt, where it stands."""
    edits, changes, at = [], [], source.utf8.find(b"torch")
    while at >= 0:
        line = source.utf8.count(b"\n", 0, at) + 1
        column = len(source.utf8[source.starts[line - 1] : at].decode()) + 1
        edits.append(Edit(Span(at, at + 5), "mt"))
        changes.append(Change(line, column, line, column + 5, "torch", "value", "name", "converted", "CM001", "", "torch", "mt"))
        at = source.utf8.find(b"torch", at + 1)
    return source.edited(edits), tuple(changes)


Rewriter = Callable[[Source], tuple[bytes, tuple[Change, ...]]]
REFUSED: dict[str, tuple[bytes, Rewriter, str, int]] = {
    "no JSON": (b'{\n"cells": [}', rewrite, "not JSON", 2),
    "another version": (written(version=3), rewrite, "nbformat 3", 4),
    "a rewrite that breaks a cell": (
        written("a", "import torch"),
        lambda s: (s.utf8.replace(b"t t", b"t = t"), ()),
        "would break cell 2",
        0,
    ),
    "one that loses a cell": (written("a", "b"), lambda _: (b"a\n", ()), "crosses from one cell", 0),
    "one that reaches into a magic": (written("!a", "b"), lambda s: (s.utf8.replace(b"compat_cell_1", b"c"), ()), "reached into '!a'", 0),
}


@pytest.mark.parametrize(("data", "how", "problem", "line"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_ported_stays_as_it_is(data: bytes, how: Rewriter, problem: str, line: int, tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    file.write_bytes(data)
    found = ported(file, how)
    assert (problem in found.problem, found.at, found.changed, found.changes) == (True, line, False, ()), found.problem


def test_changes_are_in_their_cells_and_a_cell_that_is_no_python_is_skipped(tmp_path: Path) -> None:
    cells = "import torch", "x = = torch", "# é\nx = 'é'; torch.abs(x)\n%timeit torch.abs(x)", "!pip install torch\n%prun torch.abs(x)"
    file = tmp_path / "a.ipynb"
    file.write_bytes(written(*cells))
    found = ported(file, rewrite)
    expected = cells[0].replace("torch", "mt"), cells[1], cells[2].replace("torch", "mt"), cells[3]
    assert (found.problem, found.after) == ("", written(*expected))
    assert [(change.cell, change.line, change.column, change.end_column) for change in found.changes] == [
        (1, 1, 8, 13), (3, 2, 10, 15), (3, 3, 9, 14),
    ]  # fmt: skip
    assert [(one.cell, one.line, one.problem) for one in found.skipped] == [
        (2, 1, "not Python: invalid syntax"), (4, 2, "`%prun torch.abs(x)` is not read, and names torch"),
    ]  # fmt: skip


def test_what_needs_no_change_is_the_same_file(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    file.write_bytes(written("import numpy", "%ls\nf(1)", "", "x = = 1"))
    assert not ported(file, rewrite).changed
