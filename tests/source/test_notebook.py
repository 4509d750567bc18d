"""Notebooks as one module: what can't be read, what is not Python in a cell, and every byte that an edit leaves as it is."""

from __future__ import annotations

import json
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, strategies

from compat.errors import CompatError
from compat.source.notebook import Notebook, parsed
from compat.source.text import SourceError

PATH = Path("a.ipynb")


def written(*cells: str | list[str], indent: int | None = 1, ascii_only: bool = False) -> bytes:
    code = [{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    whole = {"cells": code, "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, indent=indent, ensure_ascii=ascii_only) + "\n").encode()


def edited(book: Notebook, old: str, new: str) -> bytes:
    return book.rewritten(book.source.utf8.replace(old.encode(), new.encode()))


NO_NOTEBOOKS = {
    "nothing": (b"", 1),
    "no JSON in line 3": (b'{"nbformat": 4,\n\n"cells": [}', 3),
    "not UTF-8": (b'{"nbformat": 4,\n"cells": ["\xff"]}', 2),
    "a list": (b"[]", 1),
    "too deep": (b"[" * 100_000, 0),
    "no version": (b'{"cells": []}', 1),
    "the version before": (b'{\n"nbformat": 3}', 2),
    "another language": (b'{"nbformat": 4, "cells": [],\n"metadata": {"language_info": {"name": "julia"}}}', 2),
    "cells of another type": (b'{"nbformat": 4,\n "cells": {}}', 2),
    "a cell that is a text": (b'{"nbformat": 4, "cells": [\n"x"]}', 2),
    "a code cell without source": (b'{"nbformat": 4, "cells": [\n{"cell_type": "code"}]}', 2),
    "a source of numbers": (b'{"nbformat": 4, "cells": [\n{"cell_type": "code", "source": [1]}]}', 2),
}


@pytest.mark.parametrize(("data", "line"), NO_NOTEBOOKS.values(), ids=NO_NOTEBOOKS)
def test_what_is_no_notebook_says_where(data: bytes, line: int) -> None:
    with pytest.raises(SourceError) as caught:
        parsed(data, PATH)
    assert caught.value.line == line


SKIPPED = {
    "a syntax error": ("x = 1\nx = = 2", 2),
    "one below a magic": ("%%time\nx = = 2", 2),
    "a magic in brackets": ("x = (\n%time\n)", 2),
    "a program of its own": ("%%writefile model.py\nimport torch", 1),
    "another interpreter": ("%%python3\nimport torch", 1),
    "a magic that nobody knows": ("%%remote\nimport torch", 1),
    "a null": ("x = 1\0", 0),
    "half of a pair": ("x = '\ud800'", 0),
}


@pytest.mark.parametrize(("cell", "line"), SKIPPED.values(), ids=SKIPPED)
def test_a_cell_that_cannot_be_read_is_said_and_the_others_go_on(cell: str, line: int) -> None:
    book = parsed(written("f(1)", cell, "f(2)", ascii_only=True), PATH)
    assert [(one.cell, one.line) for one in book.skipped] == [(2, line)]
    assert edited(book, "f(", "g(") == written("g(1)", cell, "g(2)", ascii_only=True)


# What is not Python, with a call of f that is.
MAGICS = {
    "none": "f(1)",
    "a line": "%matplotlib inline\nf(1)",
    "with quotes that do not end": "%cd it's\n!echo \"a ( b\nf(1)",
    "continued": "!pip install a \\\n  b \\\n  c\nf(1)",
    "all of a block": "if x:\n    !ls\nf(1)",
    "help": "f?\n?f\nx.y??\nf(1)",
    "assigned": "a, b = !ls\nc = %env HOME\nf(1)",
    "remainders, which are Python": "!ls\nx = (a\n%b)\ny = '''\n%f(1)\n!f(1)\n'''\nf(1)".replace("%f(1)\n!f(1)\n", "%g\n!g\n"),
    "a remainder after a backslash": "!ls\nx = a \\\n%b\nf(1)",
    "a comment with a bracket": "!ls\n# (\nf(1)",
    "timed": "%timeit f(1)",
    "timed with options": "x = 1\n%timeit -n 10 -r3 -q f(1)",
    "a timed block, which is none": "%time for x in y:\nf(1)",
    "a timed cell": "%%time\nf(1)",
    "behind empty lines": "\n\n%%capture out\nf(1)",
    "lines of Windows": "%matplotlib inline\r\nx = 1\r\nf(1)\r\n",
    "await": "!ls\nawait f(1)",
    "other letters": "!echo é\nx = 'é😀'; f(1)",
}


@pytest.mark.parametrize("cell", MAGICS.values(), ids=MAGICS)
def test_what_is_not_python_stays_as_it_is(cell: str) -> None:
    data = written("import a", cell, "f(2)")
    book = parsed(data, PATH)
    assert book.skipped == ()
    assert book.rewritten(book.source.utf8) == data
    assert edited(book, "f(", "gg(") == written("import a", cell.replace("f(1", "gg(1"), "gg(2)")


def test_what_another_program_runs_is_not_read() -> None:
    data = written("%%bash\nf(1)", "%%writefile a.txt\nf(1)", "%%html\n<f(1)>", "", "  \n", "f(2)")
    book = parsed(data, PATH)
    assert book.skipped == ()
    assert edited(book, "f(", "g(") == data.replace(b"f(2)", b"g(2)")


def test_places_are_those_in_the_cells() -> None:
    book = parsed(written("a = 1\n", "%%time\n\n%timeit -n 3  f(1)\nx = f(\n1)"), PATH)
    lines = book.source.utf8.decode().split("\n")
    places = [(number, line.index("f(") + 1) for number, line in enumerate(lines, 1) if "f(" in line]
    assert [book.place(*place) for place in places] == [(2, 3, 15), (2, 4, 5)]


def test_what_is_put_first_stays_below_a_cell_magic() -> None:
    book = parsed(written("%%time\nf(1)"), PATH)
    assert book.rewritten(b"import b\n" + book.source.utf8) == written("%%time\nimport b\n\nf(1)")


def test_an_edit_across_cells_or_into_a_magic_is_refused() -> None:
    book = parsed(written("!ls\na = 1", "b = 1"), PATH)
    with pytest.raises(CompatError, match="crosses"):
        book.rewritten(b"a = 1\nb = 1\n")
    with pytest.raises(CompatError, match="reached into '!ls'"):
        edited(book, "compat_cell_1_0_", "x")


FORMS = {
    "a list": written(["a = 1\n", "f(1)\n", "f(2)"]),
    "one text": written("a = 1\nf(1)\nf(2)"),
    "wide": written(["a = 1\n", "f(1)\n", "f(2)"], indent=4),
    "in one line": written(["f(1)\n", "f(2)"], indent=None),
    "a list of one": written(["f(1)"]),
    "with tabs": written(["f(1)\n", "f(2)"]).replace(b" ", b"\t"),
    "a byte order mark": b"\xef\xbb\xbf" + written(["f(1)"]),
    "lines of Windows": written(["f(1)\n", "f(2)"]).replace(b"\n", b"\r\n"),
    "escapes of its own": written(["x = 'Z'\n", "f(1)"]).replace(b"Z", b"\\u00e9\\/"),
    "keys twice": written("f(1)").replace(b'"metadata": {},', b'"metadata": {}, "source": "no",', 1),
    "numbers that JSON lacks": written("f(1)").replace(b'"execution_count": 1', b'"execution_count": NaN'),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_every_other_byte_stays(data: bytes) -> None:
    book = parsed(data, PATH)
    assert book.rewritten(book.source.utf8) == data
    assert edited(book, "f(1)", "g(1)") == data.replace(b"f(1)", b"g(1)")


def test_lines_more_or_less_keep_the_form() -> None:
    book = parsed(written(["f(1)"], ["a\n", "f(1)\n", "b"]), PATH)
    assert edited(book, "f(1)", "f(\n1)") == written(["f(\n", "1)"], ["a\n", "f(\n", "1)\n", "b"])
    pieces = parsed(written(["a\nf(1)\n", "\nb"]), PATH)
    assert edited(pieces, "f(1)", "g(1)") == written(["a\n", "g(1)\n", "\n", "b"])


@given(strategies.lists(strategies.text(alphabet="f(1)%!?'\"\\\n #=x[]é", max_size=30), max_size=5))
def test_whatever_the_cells_are_nothing_is_lost(cells: list[str]) -> None:
    data = written(*cells)
    book = parsed(data, PATH)
    assert book.rewritten(book.source.utf8) == data


LIBRARY = sorted(Path(sysconfig.get_path("stdlib")).glob("[a-d]*.py"))


@pytest.mark.parametrize("file", LIBRARY, ids=lambda file: file.name)
def test_the_standard_library_stays_python_below_a_magic(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    data = written("!ls", f"%matplotlib inline\n{text}\n?f\n", text)
    book = parsed(data, PATH)
    assert book.skipped == ()
    assert [magic for _, _, magic in book.unread] == ["!ls", "%matplotlib inline", "?f"]
    assert book.rewritten(book.source.utf8) == data
