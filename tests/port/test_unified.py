"""The diff of a port gives git exactly what the port wrote, whatever ends a line, and in whatever encoding."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from compat.port.model import Port, PortedFile
from compat.port.reports.unified import as_diff

TEXT = b"".join(b"line %d\n" % number for number in range(30))
FILES: dict[str, tuple[bytes, bytes]] = {
    "one line": (TEXT, TEXT.replace(b"line 5\n", b"changed\n")),
    "the first and the last line": (TEXT, TEXT.replace(b"line 0\n", b"a\n").replace(b"line 29\n", b"b\n")),
    "lines added and lines gone": (TEXT, TEXT.replace(b"line 5\n", b"a\nb\nc\n").replace(b"line 20\nline 21\n", b"")),
    "two changes seven lines apart": (TEXT, TEXT.replace(b"line 5\n", b"a\n").replace(b"line 13\n", b"b\n")),
    "two changes six lines apart": (TEXT, TEXT.replace(b"line 5\n", b"a\n").replace(b"line 12\n", b"b\n")),
    "CRLF": (TEXT.replace(b"\n", b"\r\n"), TEXT.replace(b"line 5\n", b"changed\n").replace(b"\n", b"\r\n")),
    "CR alone": (TEXT.replace(b"\n", b"\r"), TEXT.replace(b"line 5\n", b"changed\n").replace(b"\n", b"\r")),
    "ends of both kinds": (b"a\r\nb\nc\r\n", b"a\r\nB\nc\r\n"),
    "no end of the last line": (TEXT[:-1], TEXT[:-1].replace(b"line 29", b"changed")),
    "no end of the last line, far from the change": (TEXT[:-1], TEXT[:-1].replace(b"line 2\n", b"changed\n")),
    "an end added": (TEXT[:-1], TEXT),
    "an end gone": (TEXT, TEXT[:-1]),
    "Latin-1": (b"# coding: latin-1\nx = '\xe9'\ny = 1\n", b"# coding: latin-1\nx = '\xe9\xff'\ny = 2\n"),
    "a byte order mark": (b"\xef\xbb\xbfimport torch\n", b"\xef\xbb\xbfimport mindspore\n"),
    "a form feed and other ends of line in Unicode": ("a\x0c\x85\u2028\nb\n".encode(), "a\x0c\x85\u2028\nc\n".encode()),
    "lines like a diff's own": (b"-- a\n++ b\n@@ -1 +1 @@\n", b"-- a\n++ c\n@@ -1 +1 @@\n"),
    "nothing left": (b"a\n", b""),
    "nothing before": (b"", b"a\n"),
    "the same line throughout": (b"x\n" * 400, b"x\n" * 200 + b"y\n" + b"x\n" * 199),
}
NAMES = ["a.py", "a b/c d.py", 'quoted "a".py', "back\\slash.py", "tab\tand\nline.py", "中文.py", "-dash.py"]


@pytest.mark.parametrize(("before", "after"), FILES.values(), ids=FILES)
def test_git_applies_it(before: bytes, after: bytes, tmp_path: Path) -> None:
    assert _applied({"folder/a.py": (before, after)}, tmp_path, "git", "apply", "--whitespace=nowarn") == [after]


@pytest.mark.parametrize("name", NAMES)
def test_git_finds_the_file(name: str, tmp_path: Path) -> None:
    assert _applied({name: (b"a\n", b"b\n")}, tmp_path, "git", "apply") == [b"b\n"]


def test_patch_takes_all_of_them_at_once(tmp_path: Path) -> None:
    # An empty file is removed by patch, and made by it.
    files = {f"folder {number}/a.py": each for number, (name, each) in enumerate(FILES.items()) if not name.startswith("nothing")}
    assert _applied(files, tmp_path, "patch", "-p1", "--binary", "-s") == [after for _, after in files.values()]


def _applied(files: dict[str, tuple[bytes, bytes]], folder: Path, *command: str) -> list[bytes]:
    """The files after the command, which gets the diff on its input."""
    paths = [folder / name for name in files]
    for path, (before, _) in zip(paths, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(before)
    ported = tuple(PortedFile(path, *each) for path, each in zip(paths, files.values(), strict=True))
    subprocess.run(command, input=as_diff(Port(ported), folder), cwd=folder, check=True, timeout=60)
    return [path.read_bytes() if path.exists() else b"" for path in paths]


def test_what_did_not_change_is_not_in_it(tmp_path: Path) -> None:
    assert as_diff(Port((PortedFile(tmp_path / "a.py", b"a\n", b"a\n"),))) == b""


@pytest.mark.parametrize("path", ["/elsewhere/a.py", "/elsewhere/../elsewhere/b/../a.py"])
def test_a_path_elsewhere_stands_without_its_first_slash(path: str, tmp_path: Path) -> None:
    diff = as_diff(Port((PortedFile(Path(path), b"a\n", b"b\n"),)), tmp_path)
    assert diff == b"diff --git a/elsewhere/a.py b/elsewhere/a.py\n--- a/elsewhere/a.py\n+++ b/elsewhere/a.py\n@@ -1 +1 @@\n-a\n+b\n"


def test_a_path_is_named_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    port = Port((PortedFile(Path("../other/a.py"), b"a\n", b"b\n"),))
    assert b"--- a/other/a.py\n" in as_diff(port, Path(".."))
    assert b".." not in as_diff(port)


ENDS = st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c", b"", b"-"]), st.sampled_from([b"\n", b"\n", b"\r\n"])), max_size=25)


@given(st.lists(st.tuples(ENDS, ENDS, st.booleans(), st.booleans()), min_size=1, max_size=20))
@settings(max_examples=20, deadline=None)
def test_git_applies_any_change(texts: list[tuple[Any, Any, bool, bool]]) -> None:
    whole = [[b"".join(line + end for line, end in side) + b"x" * more for side, more in ((old, a), (new, b))] for old, new, a, b in texts]
    files = {f"{number}.py": (old, new) for number, (old, new) in enumerate(whole) if old and new}
    with TemporaryDirectory() as folder:
        if any(old != new for old, new in files.values()):
            assert _applied(files, Path(folder), "git", "apply", "--whitespace=nowarn") == [new for _, new in files.values()]
