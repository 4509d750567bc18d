"""What the harness for foreign packages says of ports that are not as they should be, and of the standard library's sources."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from compat.port.model import Change
from compat.source.text import SourceError
from tests.port.porting import checked, comments, lines_kept, project

STANDARD = sorted(file for file in Path(sysconfig.get_path("stdlib")).rglob("*.py") if "site-packages" not in file.parts)
EDITED = (Change(2, 1, 2, 5, "torch", "value", "name", "converted", "CM002", "", "old", "new"),)
WRONG = {
    "a line that has no edit": (b"a\nb\nc\n", b"a\nx\nd\n"),
    "a line less": (b"a\nb\nc\nd\n", b"a\nx\nd\n"),
    "other order": (b"a\nb\nc\nd\n", b"a\nx\nd\nc\n"),
    "a space at its end": (b"a\nb\nc\n", b"a \nx\nc\n"),
    "another encoding": ("é\nb\n".encode(), "é\nx\n".encode("latin-1")),
}


@pytest.mark.parametrize(("before", "after"), WRONG.values(), ids=WRONG)
def test_a_line_that_changed_without_an_edit_is_seen(before: bytes, after: bytes) -> None:
    assert not lines_kept(before, after, EDITED)
    assert lines_kept(before, before.replace(b"b\n", b"x\n", 1), EDITED)


def test_a_comment_that_went_is_seen() -> None:
    assert comments(b"x = 1  # one\n# two\n") == ["# one", "# two"]


@pytest.mark.parametrize("file", STANDARD[::12], ids=lambda file: file.name)
def test_files_of_the_standard_library_stay_as_they_are(file: Path) -> None:
    try:
        assert checked(file.read_bytes(), file, project(), "shim").after == file.read_bytes()
    except SourceError:
        pytest.skip("no Python on purpose")
