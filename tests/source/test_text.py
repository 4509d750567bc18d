"""Files and their bytes: what can't be read, what edits leave alone, and every place in the standard library's own sources."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest

from compat.errors import CompatError
from compat.source.text import Edit, SourceError, Span, parsed

PATH = Path("file.py")
UNREADABLE = {
    "not UTF-8": (b"x = '\xff'\n", 1),
    "an unknown encoding": (b"# coding: klingon\n", 1),
    "a syntax error": (b"x = 1\nx = = 2\n", 2),
    "a null byte": (b"x = 1\x00\n", 0),
    "two encodings": (b"\xef\xbb\xbf# coding: latin-1\n", 1),
}


@pytest.mark.parametrize(("data", "line"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_python_says_where(data: bytes, line: int) -> None:
    with pytest.raises(SourceError) as caught:
        parsed(data, PATH)
    assert (caught.value.line, str(caught.value).startswith(f"file.py:{line}: ")) == (line, True)


KEPT = {
    "plain": b"x = f(1)  # why\n",
    "no newline at the end": b"x = f(1)",
    "Windows": b"# a\r\nx = f(1)\r\n",
    "old Macintosh": b"# a\rx = f(1)\r",
    "mixed": b"# a\r\n# b\nx = f(1)\r",
    "a form feed": b"\x0c\nx = f(1)\n",
    "a byte order mark": b"\xef\xbb\xbfx = f(1)\n",
    "other letters before it": "y = 'é汉😀'; x = f(1)\n".encode(),
    "latin-1": "# coding: latin-1\ny = 'é'; x = f(1)\n".encode("latin-1"),
    "tabs and a continued line": b"if 1:\n\tx = \\\n\t\tf(1)\n",
}


@pytest.mark.parametrize("data", KEPT.values(), ids=KEPT)
def test_an_edit_leaves_all_else_as_it_is(data: bytes) -> None:
    source = parsed(data, PATH)
    assert source.edited([]) == data
    (call,) = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    assert source.text(call) == "f(1)"
    assert source.edited([Edit(source.span(call), "g(2)")]) == data.replace(b"f(1)", b"g(2)")


def test_edits_that_overlap_or_have_no_place_are_refused() -> None:
    source = parsed("# coding: latin-1\nx = 1\n".encode("latin-1"), PATH)
    with pytest.raises(CompatError, match="overlap"):
        source.edited([Edit(Span(0, 5), "a"), Edit(Span(4, 6), "b")])
    with pytest.raises(CompatError, match="has no '汉'"):
        source.edited([Edit(Span(0, 0), "汉")])


@pytest.mark.parametrize("name", ["asyncio/events.py", "test/test_fstring.py", "test/test_grammar.py", "idlelib/colorizer.py"])
def test_every_name_stands_where_it_is_said_to(name: str) -> None:
    file = Path(sysconfig.get_path("stdlib")) / name
    if not file.exists():
        pytest.skip(f"this Python comes without {name}")
    source = parsed(file.read_bytes(), file)
    inside = {id(part) for text in ast.walk(source.tree) if isinstance(text, ast.JoinedStr) for part in ast.walk(text)}
    names = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name) and id(node) not in inside]
    assert [source.text(node) for node in names] == [node.id for node in names]
