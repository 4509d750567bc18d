"""The recorded files: what was recorded is read back, release by release, and a new release changes few lines."""

from pathlib import Path

import pytest

from compat.errors import UsageError
from compat.signatures.snapshots import Snapshot, ordered, snapshot, snapshots, text_of

RELEASES = {
    "1.8": {"f.a": ("x",), "f.b": ("x", "x, y=None"), "f.gone": ("",), "f.value": ()},
    "1.9": {"f.a": ("x",), "f.b": ("x, y=None",), "f.value": ()},
    "1.10": {"f.a": ("x, *, out=None",), "f.b": ("x, y=None",), "f.c": ("?",), "f.value": (), "f.gone": ("",)},
}
FOUND = [Snapshot("mindspore", release, names) for release, names in RELEASES.items()]
LINES = """\
f.a(x)  # -1.9
f.a(x, *, out=None)  # 1.10-
f.b(x)  # -1.8
f.b(x, y=None)
f.c(?)  # 1.10-
f.gone()  # -1.8, 1.10-
f.value
"""


def test_a_line_says_what_holds_and_where() -> None:
    assert text_of("mindspore", FOUND).partition("releases: 1.8 1.9 1.10\n")[2] == LINES


def test_what_was_recorded_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "mindspore.txt").write_text(text_of("mindspore", FOUND), encoding="utf-8")
    found = snapshots("mindspore", tmp_path)
    assert {release: dict(one.names) for release, one in found.items()} == RELEASES
    assert found["1.10"].signatures("f.c") == found["1.10"].signatures("f.value") == []


def test_a_release_that_changes_nothing_changes_the_header_alone() -> None:
    before = text_of("mindspore", FOUND).splitlines()
    after = text_of("mindspore", [*FOUND, Snapshot("mindspore", "1.11", RELEASES["1.10"])]).splitlines()
    assert [line for line in after if line not in before] == ["releases: 1.8 1.9 1.10 1.11"]


def test_releases_sort_by_number() -> None:
    assert ordered(["2.10.0", "2.8.0", "2.9.0"]) == ["2.8.0", "2.9.0", "2.10.0"]


def test_an_unknown_release_names_those_that_are_known() -> None:
    with pytest.raises(
        UsageError, match=r"MindSpore 2\.11\.0: no signatures recorded; recorded are 2\.7\.0, 2\.7\.2, 2\.8\.0, 2\.9\.0, 2\.10\.0"
    ):
        snapshot("mindspore", "2.11.0")


def test_a_line_that_says_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "torch.txt").write_text("releases: 1.0\ntorch.add(input\n", encoding="utf-8")
    with pytest.raises(UsageError, match="expected a name, a signature and releases"):
        snapshots("torch", tmp_path)
