"""Trees of files: first what is refused and stays as it is, then what stands where afterwards, and what could not be written."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from compat.errors import CompatError, UsageError
from compat.port.file import ported
from compat.port.model import Change, PortedFile
from compat.port.standing import refuse_broken
from compat.port.tree import Failure, planned, written, written_in_place
from compat.source.text import Edit, Source, Span

NOTEBOOK = '{"cells": [{"cell_type": "code", "source": "import torch"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
FILES = {
    "pkg/__init__.py": "", "pkg/model.py": "import torch\n", "pkg/data/a.yaml": "torch: 1\n", "pkg/data/b.bin": "\x00", "README.md": "torch\n",
    "run": "#!/bin/sh\n", "a.ipynb": NOTEBOOK, "broken.py": "import torch\nx = = 1\n", ".gitignore": "*.pyc\n",
}  # fmt: skip
LEFT_OUT = {
    ".git/config": "", "pkg/__pycache__/model.pyc": "", ".venv/x.py": "", "env/pyvenv.cfg": "", "env/x.py": "", "old/x.py": "", "pkg/model.bak": "",
}  # fmt: skip


def rewrite(source: Source) -> tuple[bytes, tuple[Change, ...]]:
    """torch → mt, where it stands."""
    return source.edited([]).replace(b"torch", b"mt"), ()


def filled(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = filled(tmp_path / "src", {**FILES, **LEFT_OUT})
    (folder / "run").chmod(0o755)
    (folder / "pkg/model.py").chmod(0o640)
    (folder / "empty").mkdir(mode=0o750)
    (folder / "link.py").symlink_to("pkg/model.py")
    (folder / "absolute.py").symlink_to(folder / "pkg/model.py")
    (folder / "outside").symlink_to("../elsewhere")
    (folder / "data").symlink_to("pkg/data")
    os.mkfifo(folder / "pipe")
    return folder


def carried_out(sources: list[Path], destination: Path, *, force: bool = False, excluded: tuple[str, ...] = ()) -> list[Failure]:
    tree = planned(sources, destination, excluded, force=force)
    return written(tree, (ported(item.source, rewrite) for item in tree.ported))


# What exists besides, the sources, the destination, and what is said.
REFUSED: dict[str, tuple[dict[str, str], list[str], str, str]] = {
    "no such source": ({}, ["nothing"], "dst", "no such file"),
    "a file of another kind": ({}, ["src/README.md"], "dst", "no Python source"),
    "the source itself": ({}, ["src"], "src", "is the source itself"),
    "inside of the source": ({}, ["src"], "src/pkg/new", "lies in the source"),
    "a file onto itself": ({}, ["src/broken.py"], "src/broken.py", "is the source itself"),
    "a file into its own folder": ({}, ["src/broken.py"], "src", "is a source itself"),
    "Python as a notebook": ({}, ["src/broken.py"], "dst.ipynb", "becomes a .py file"),
    "a folder onto a file": ({"dst": ""}, ["src"], "dst", "must be a folder"),
    "two files of one name": ({"b/broken.py": ""}, ["src/broken.py", "b/broken.py"], "dst", "would be written from both"),
    "an existing file": ({"dst/pkg/model.py": "mine"}, ["src"], "dst", "dst/pkg/model.py: exist already"),
    "a folder where a file goes": ({"dst/README.md/x": ""}, ["src"], "dst", "is a folder"),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(("existing", "sources", "destination", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_before_anything_is_written(
    existing: dict[str, str], sources: list[str], destination: str, message: str, tmp_path: Path
) -> None:
    before = contents(filled(tmp_path, existing))
    with pytest.raises(UsageError, match=message):
        carried_out([tmp_path / name for name in sources], tmp_path / destination)
    assert contents(tmp_path) == before


def test_a_pattern_that_names_nothing_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a pattern is empty"):
        carried_out([source], tmp_path / "dst", excluded=("old", ""))


def test_a_destination_that_leads_back_into_the_source_is_refused_even_by_force(source: Path, tmp_path: Path) -> None:
    (tmp_path / "dst").mkdir()
    (tmp_path / "dst" / "pkg").symlink_to(source / "pkg")
    (tmp_path / "dst" / "run").symlink_to("run")
    with pytest.raises(UsageError, match="is a source itself"):
        carried_out([source], tmp_path / "dst", force=True)


def test_a_tree_is_complete_and_its_layout_and_modes_stay(source: Path, tmp_path: Path) -> None:
    tree = planned([source], tmp_path / "dst", ["old", "*.bak"])
    assert {str(entry.path.relative_to(source)): entry.left_out for entry in tree.left_out} == {
        ".git": "a hidden folder", ".venv": "a hidden folder", "env": "a virtual environment", "old": "excluded", "pkg/model.bak": "excluded",
        "pkg/__pycache__": "a folder of files that are made or fetched again", "pipe": "neither a file, a link nor a folder",
    }  # fmt: skip
    assert carried_out([source], tmp_path / "dst", excluded=("old", "*.bak")) == []
    dst = tmp_path / "dst"
    expected = {name: text.encode() for name, text in FILES.items()}
    expected |= {"pkg/model.py": b"import mt\n", "a.ipynb": NOTEBOOK.replace("torch", "mt").encode()}
    assert {
        name: data for name, data in contents(dst).items() if not (dst / name).is_symlink() and not name.startswith("data/")
    } == expected
    assert {name: stat.S_IMODE((dst / name).stat().st_mode) for name in ("run", "pkg/model.py", "empty")} == {
        "run": 0o755, "pkg/model.py": 0o640, "empty": 0o750,
    }  # fmt: skip
    assert {name: os.readlink(dst / name) for name in ("link.py", "absolute.py", "data", "outside")} == {
        "link.py": "pkg/model.py", "absolute.py": "pkg/model.py", "data": "pkg/data", "outside": str(tmp_path / "elsewhere"),
    }  # fmt: skip
    assert carried_out([source], tmp_path / "dst", force=True, excluded=("old", "*.bak")) == []


PLACES = {
    "a file to a file": (["src/pkg/model.py"], "new.py", ["new.py"]),
    "a file to a file in a new folder": (["src/pkg/model.py"], "a/b/new.py", ["a/b/new.py"]),
    "a file into a folder": (["src/pkg/model.py"], "dst", ["dst/model.py"]),
    "a file into a folder that has a suffix": (["src/pkg/model.py"], "made.py", ["made.py/model.py"]),
    "a notebook": (["src/a.ipynb"], "b.ipynb", ["b.ipynb"]),
    "the content of a folder": (
        ["src/pkg"],
        "dst",
        ["dst/__init__.py", "dst/data/a.yaml", "dst/data/b.bin", "dst/model.bak", "dst/model.py"],
    ),
    "several": (["src/pkg/data", "src/broken.py", "src/broken.py"], "dst", ["dst/broken.py", "dst/data/a.yaml", "dst/data/b.bin"]),
}


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(("sources", "destination", "expected"), PLACES.values(), ids=PLACES)
def test_which_file_becomes_which(sources: list[str], destination: str, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "made.py").mkdir()
    tree = planned([tmp_path / name for name in sources], tmp_path / destination)
    assert sorted([str(item.target.relative_to(tmp_path)) for item in tree.items]) == expected
    assert written(tree, (ported(item.source, rewrite) for item in tree.ported)) == []


def test_a_file_that_is_named_is_excluded_all_the_same(source: Path, tmp_path: Path) -> None:
    tree = planned([source / "broken.py", source / "pkg" / "model.py"], tmp_path / "dst", ["broken*"])
    assert [item.source.name for item in tree.items] == ["model.py"]
    assert [(entry.path.name, entry.left_out) for entry in tree.left_out] == [("broken.py", "excluded")]


def test_a_folder_without_a_name(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(source / "pkg")
    assert carried_out([Path(".")], Path("../../dst")) == []
    assert (tmp_path / "dst" / "model.py").read_text() == "import mt\n"


def test_what_cannot_be_written_is_said_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = filled(tmp_path / "src", {"a.py": "import torch\n", "b.py": "import torch\n", "c.txt": "c", "d.txt": "d"})
    filled(tmp_path / "dst", {"a.py": "mine"})
    replace = os.replace

    def full(old: str, new: str) -> None:
        if Path(new).name in ("a.py", "c.txt"):
            raise OSError(28, "No space left on device", old)
        replace(old, new)

    monkeypatch.setattr("os.replace", full)
    failures = carried_out([source], tmp_path / "dst", force=True)
    assert [str(failure) for failure in failures] == [f"{tmp_path}/dst/{name}: No space left on device" for name in ("a.py", "c.txt")]
    assert contents(tmp_path / "dst") == {"a.py": b"mine", "b.py": b"import mt\n", "d.txt": b"d"}


def test_a_folder_that_cannot_be_read_is_a_failure(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def closed(folder: Path) -> object:
        if folder.name == "data":
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr("os.scandir", closed)
    tree = planned([source], tmp_path / "dst")
    assert [str(failure) for failure in tree.failures] == [f"{source}/pkg/data: can't be read: Permission denied"]
    assert source / "pkg" / "model.py" in [item.source for item in tree.items]


def test_a_folder_that_forbids_writing_is_copied_with_its_content(tmp_path: Path) -> None:
    source = filled(tmp_path / "src", {"sub/a.py": "import torch\n"})
    (source / "sub").chmod(0o555)
    assert carried_out([source], tmp_path / "dst") == []
    assert stat.S_IMODE((tmp_path / "dst" / "sub").stat().st_mode) == 0o555
    assert (tmp_path / "dst" / "sub" / "a.py").read_text() == "import mt\n"
    for folder in (source / "sub", tmp_path / "dst" / "sub"):
        folder.chmod(0o755)


def test_a_file_is_written_in_place_with_its_mode_and_through_a_link(tmp_path: Path) -> None:
    file = filled(tmp_path, {"a.py": "import torch\n"}) / "a.py"
    file.chmod(0o750)
    link = tmp_path / "link.py"
    link.symlink_to("a.py")
    assert written_in_place(ported(link, rewrite)) is None
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode), link.is_symlink()) == ("import mt\n", 0o750, True)


def test_what_changed_since_it_was_read_stays(tmp_path: Path) -> None:
    file = filled(tmp_path, {"a.py": "import torch\n"}) / "a.py"
    result = ported(file, rewrite)
    file.write_text("import torch  # new\n")
    assert str(written_in_place(result)) == f"{file}: was changed by something else in the meantime"
    assert file.read_text() == "import torch  # new\n"
    file.unlink()
    assert str(written_in_place(result)) == f"{file}: No such file or directory"
    assert written_in_place(PortedFile(file, b"", b"")) is None


def failing(_: Source) -> tuple[bytes, tuple[Change, ...]]:
    raise CompatError("file.py: ascii has no 'é'")


def breaking(source: Source) -> tuple[bytes, tuple[Change, ...]]:
    edits = [Edit(Span(0, 6), "x = =")]
    refuse_broken(source, edits, source.edited(edits))
    return source.edited(edits), ()


PROBLEMS: dict[str, tuple[bytes, Callable[[Source], tuple[bytes, tuple[Change, ...]]], str, int]] = {
    "a syntax error": (b"x = 1\nx = = 2\n", rewrite, "not Python: invalid syntax", 2),
    "not decodable": (b"x = '\xff'\n", rewrite, "not decodable", 1),
    "no place for a character": (b"import torch\n", failing, "ascii has no 'é'", 0),
    "a rewrite that breaks it": (b"import torch\n", breaking, "porting would break it", 1),
}


@pytest.mark.parametrize(("data", "how", "problem", "line"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_file_with_a_problem_is_copied_as_it_is(
    data: bytes, how: Callable[[Source], tuple[bytes, tuple[Change, ...]]], problem: str, line: int, tmp_path: Path
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "file.py").write_bytes(data)
    tree = planned([tmp_path / "src"], tmp_path / "dst")
    (found,) = [ported(item.source, how) for item in tree.ported]
    assert (problem in found.problem, found.at, found.changed) == (True, line, False), found.problem
    assert written(tree, [found]) == []
    assert (tmp_path / "dst" / "file.py").read_bytes() == data


def test_a_file_that_cannot_be_read_is_a_failure_and_no_empty_file(tmp_path: Path) -> None:
    file = filled(tmp_path / "src", {"a.py": "import torch\n"}) / "a.py"
    tree = planned([tmp_path / "src"], tmp_path / "dst")
    file.unlink()
    result = ported(file, rewrite)
    assert result.problem == "No such file or directory"
    assert [str(failure) for failure in written(tree, [result])] == [f"{file}: No such file or directory"]
    assert contents(tmp_path / "dst") == {}
