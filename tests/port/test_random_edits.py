"""Random edits of valid Python, the standard library's sources: a port doesn't crash, its output parses, and without torch nothing changes."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from compat.port.model import STYLES, Style
from compat.source.text import SourceError, parsed
from tests.port.porting import LINE, checked, project

STANDARD = sorted(file for file in Path(sysconfig.get_path("stdlib")).glob("*.py") if 500 < file.stat().st_size < 12_000)
SOURCES = [data for file in STANDARD[::4] if b"torch" not in (data := file.read_bytes())]
IMPORTS = (
    "import torch", "import torch as t", "import torch.nn as nn, os", "from torch import nn", "from torch.nn import functional as F, NoSuch",
    "import torch.utils.data", "import torch.no.such", "from torch import *", "import os, torch, sys", "import torch.backends.cudnn as cudnn",
    "from torch import (  # é\n{indent}  Tensor,  # why\n\n{indent}  ones)", "from \\\n torch.nn import Linear", "import \\\n  torch, \\\n  torch.nn",
)  # fmt: skip
USES = (
    "x = torch.ones(2)", "torch.relu(x).view(-1)", "y = nn.Linear(2, 3)(x)", "F.relu(x, inplace=True)", "x.add_(1); x.sum().backward()",
    "with torch.no_grad(): pass", "torch.cat([x, x], dim=0)  # é", "x = torch.zeros(3, device='cuda',\n  )", "del torch", "torch = None",
    "for torch in range(3): pass", "def torch(): pass", "class N(nn.Module): pass", "f'{torch.ones(2)} {x.view(1)}'", "lambda torch: torch.ones(2)",
)  # fmt: skip
TRIED = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
CHARACTERS = st.sampled_from(
    [*" \t\n\r\x0c\\#'\"()[]{}:;,.=@*", "é", "汉", "😀", "0", "if ", "torch", "import torch\n", "\r\n", "lambda: "]
)


@st.composite
def edited(draw: st.DrawFn) -> bytes:
    """A file with a few of its characters taken out, doubled or joined by others, that is Python all the same."""
    text = draw(st.sampled_from(SOURCES)).decode()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(CHARACTERS) + text[at + draw(st.sampled_from([0, 0, 1, 2, 9])) :]
    return text.encode()


@st.composite
def spliced(draw: st.DrawFn) -> bytes:
    """A file with imports and uses of torch between its statements, wherever these stand, with any ends of lines."""
    data = draw(st.sampled_from(SOURCES))
    lines = LINE.findall(data)
    places = statements(data)
    for text in (*draw(st.lists(st.sampled_from(IMPORTS), min_size=1, max_size=4)), *draw(st.lists(st.sampled_from(USES), max_size=6))):
        line, column = draw(st.sampled_from(places))
        indent = lines[line - 1][:column].decode()
        lines[line - 1] = f"{indent}{text.format(indent=indent) if 'import' in text else text}\n".encode() + lines[line - 1]
    start = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    end = draw(st.sampled_from([b"\n", b"\r\n", b"\r"]))
    return start + b"".join(lines).replace(b"\r\n", b"\n").replace(b"\n", end).rstrip(draw(st.sampled_from([b"", b"\r\n"])))


def statements(data: bytes) -> list[tuple[int, int]]:
    """Line and column of statements that begin a line."""
    lines = LINE.findall(data)
    nodes = [node for node in ast.walk(ast.parse(data)) if isinstance(node, ast.stmt) and not getattr(node, "decorator_list", None)]
    return [(node.lineno, node.col_offset) for node in nodes if not lines[node.lineno - 1][: node.col_offset].strip()]


@pytest.mark.parametrize("style", STYLES)
@TRIED
@given(data=edited())
def test_a_random_edit_of_python_is_ported_or_refused_as_a_whole(style: Style, data: bytes) -> None:
    try:
        parsed(data, Path("file.py"))
    except SourceError:
        assume(False)
    port = checked(data, Path("file.py"), project(), style)
    assert port.problems == ()
    assert b"import" in data or port.after == data
    assert b"torch" in data or port.after == data


@pytest.mark.parametrize("style", STYLES)
@TRIED
@given(data=spliced())
def test_torch_in_random_places_is_ported(style: Style, data: bytes) -> None:
    try:
        parsed(data, Path("file.py"))
    except SourceError:
        assume(False)
    port = checked(data, Path("file.py"), project(), style)
    assert port.problems == ()
    assert b"compat" in port.after
    assert not [node for node in ast.walk(ast.parse(port.after)) if isinstance(node, ast.Import | ast.ImportFrom) and of_torch(node)]


def of_torch(node: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if not node.level else []
    return any(name.partition(".")[0] == "torch" for name in names)
