"""A file before and after, side by side: all lines are there, and what changed within one is marked and nothing else."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from compat.port.model import PortedFile
from compat.port.reports.side_by_side import parts, segments
from tests.port.examples import MODEL, NOTEBOOK

SEGMENTS: dict[str, tuple[str, str, list[str], list[str]]] = {
    "a name": ("x = torch.relu(y)", "x = mint.relu(y)", ["x = ", "torch", ".relu(y)"], ["x = ", "mint", ".relu(y)"]),
    "not within a word": ("f(axis)", "f(axes)", ["f(", "axis", ")"], ["f(", "axes", ")"]),
    "two places": ("torch.sum(x, axis=1)", "mint.sum(x, dim=1)", ["", "torch", ".sum(x, ", "axis", "=1)"], ["", "mint", ".sum(x, ", "dim", "=1)"]),
    "more at the end": ("f(x)", "f(x, 1)", ["f(x)"], ["f(x", ", 1", ")"]),
    "nothing alike": ("import torch", "y = 2", ["", "import torch"], ["", "y = 2"]),
    "no line": ("", "x", ["", ""], ["", "x"]),
    "the same": ("f(x)", "f(x)", ["f(x)"], ["f(x)"]),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "left", "right"), SEGMENTS.values(), ids=SEGMENTS)
def test_what_changed_within_a_line(old: str, new: str, left: list[str], right: list[str]) -> None:
    assert segments(old, new) == (left, right)


LINE = st.text(alphabet="ab .(é", max_size=20)


@given(LINE, LINE)
@settings(max_examples=300, deadline=None)
def test_segments_hold_the_lines_and_the_same_is_the_same(old: str, new: str) -> None:
    left, right = segments(old, new)
    assert ("".join(left), "".join(right)) == (old, new)
    assert "".join(left[::2]) == "".join(right[::2])


def test_a_very_long_line_takes_no_time() -> None:
    old = "x = [" + ", ".join(f"torch.f{n}(x)" for n in range(20_000)) + "]"
    began = time.process_time()
    left, right = segments(old, old.replace("torch", "mint"))
    assert time.process_time() - began < 1
    assert (left, right) == (["", old], ["", old.replace("torch", "mint")])


FILES: dict[str, tuple[bytes, bytes]] = {
    "lines and an import more": (MODEL.before, MODEL.after),
    "CRLF": (MODEL.before.replace(b"\n", b"\r\n"), MODEL.after.replace(b"\n", b"\r\n")),
    "CR": (MODEL.before.replace(b"\n", b"\r"), MODEL.after.replace(b"\n", b"\r")),
    "a form feed is no end of line": (b"a\x0cb\nc\n", b"a\x0cb\nd\n"),
    "Latin-1": (b"# coding: latin-1\nx = '\xe9'\n", b"# coding: latin-1\ny = '\xe9'\n"),
    "a byte order mark": (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
    "no end of the last line": (b"a\nb", b"a\nc"),
    "an end of the last line more": (b"a\nb", b"a\nb\n"),
    "far apart": (b"x\n" + b"y\n" * 40 + b"x\n" + b"y\n" * 40, b"z\n" + b"y\n" * 40 + b"z\n" + b"y\n" * 40),
    "nothing left": (b"a\nb\n", b""),
}


@pytest.mark.parametrize(("before", "after"), FILES.values(), ids=FILES)
def test_every_line_is_there(before: bytes, after: bytes) -> None:
    encoding = "latin-1" if b"latin-1" in before else "utf-8-sig"
    (part,) = parts(PortedFile(Path("a.py"), before, after), whole=True)
    for side, data in enumerate((before, after)):
        text = data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        assert "\n".join(lines(part["blocks"], side)).rstrip("\n") == text.rstrip("\n")


def lines(blocks: list[Any], side: int) -> list[str]:
    """One side's lines, as the page shows them when everything is unfolded."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, list):
            found += block
        elif "fold" in block:
            found += block["fold"]
        else:
            found += ["".join(row[side]) for row in block["rows"] if row[side] is not None]
    return found


def test_lines_between_hunks_are_counted_and_few_are_shown() -> None:
    numbers = [f"line {n}" for n in range(40)]
    changed = ["new" if n in (0, 8, 30) else line for n, line in enumerate(numbers)]
    (part,) = parts(PortedFile(Path("a.py"), "\n".join(numbers).encode(), "\n".join(changed).encode()), whole=False)
    shown = [block if isinstance(block, int) else len(block) if isinstance(block, list) else "rows" for block in part["blocks"]]
    assert shown == ["rows", 3, 1, 3, "rows", 3, 15, 3, "rows", 3, 6]
    assert sum(count for count in shown if isinstance(count, int)) + 3 == 40


def test_a_notebook_is_shown_by_cell() -> None:
    (part,) = parts(NOTEBOOK, whole=False)
    assert part == {"cell": 2, "blocks": [["import torch"], {"rows": [(["", "torch", ".relu(x)"], ["", "mint", ".relu(x)"])]}]}


NO_NOTEBOOKS: dict[str, tuple[bytes, bytes]] = {
    "no JSON": (b"{", b"}"),
    "no cells": (b"{}", b"{ }"),
    "another number of cells": (b'{"cells": []}', b'{"cells": [{"source": "x"}]}'),
    "only its frame": (b'{"cells": [{"source": "x"}]}', b'{"cells":  [{"source": "x"}]}'),
}


@pytest.mark.parametrize(("before", "after"), NO_NOTEBOOKS.values(), ids=NO_NOTEBOOKS)
def test_a_notebook_that_cannot_be_shown_by_cell_is_shown_as_it_is(before: bytes, after: bytes) -> None:
    (part,) = parts(PortedFile(Path("a.ipynb"), before, after), whole=True)
    assert (part["cell"], lines(part["blocks"], 1)) == (0, [after.decode()])
