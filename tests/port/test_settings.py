"""Settings of a project: first what is refused, then what is found where, and that the command line wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from compat.errors import UsageError
from compat.port.settings import settings

REFUSED = {
    "no TOML": ("style = ,", "not TOML: Invalid value (at line 1, column 9)"),
    "an unknown key": ("[tool.compat.port]\nstile = 'shim'", "[tool.compat.port] has no key stile; it has annotate, atol,"),
    "a table for a key": ("[tool.compat.port.rules]\na = 1", "has no key rules"),
    "another choice": ("[tool.compat.port]\nstyle = 'pretty'", "style: one of native, shim, not 'pretty'"),
    "a list for a choice": ("[tool.compat.port]\nstyle = ['shim']", "style: one of native, shim, not ['shim']"),
    "a text for a truth": ("[tool.compat.port]\nannotate = 'yes'", "annotate: true or false, not 'yes'"),
    "a number for a truth": ("[tool.compat.port]\nannotate = 1", "annotate: true or false, not 1"),
    "a truth for a number": ("[tool.compat.port]\nrtol = true", "rtol: a number, not True"),
    "a text for a list": ("[tool.compat.port]\nexclude = 'a'", "exclude: a list of texts, not 'a'"),
    "numbers in a list": ("[tool.compat.port]\nexclude = [1]", "exclude: a list of texts, not [1]"),
    "no table": ("[tool]\ncompat = 1", "compat must be a table"),
    "a list of tables": ("[[tool.compat.port]]\nstyle = 'shim'", "port must be a table"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_said_with_file_and_key(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        settings(tmp_path)
    assert str(caught.value).startswith(f"{file}: ")
    assert message in str(caught.value)


def test_a_key_in_both_spellings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.compat.port]\nfail-on = true\nfail_on = true")
    with pytest.raises(UsageError, match="fail_on twice"):
        settings(tmp_path, {"fail_on": bool})


FOUND = {
    "none": ({}, None, {}),
    "without the section": ({"pyproject.toml": "[tool.other]\na = 1", "a/pyproject.toml": "[tool.compat]\n"}, None, {}),
    "an empty one": ({"pyproject.toml": "[tool.compat.port]"}, "pyproject.toml", {}),
    "above": ({"pyproject.toml": "[tool.compat.port]\nstyle = 'shim'\nexclude = ['x', 'y*']"}, "pyproject.toml",
              {"style": "shim", "exclude": ["x", "y*"]}),
    "the nearest that has it": (
        {"pyproject.toml": "[tool.compat.port]\nstyle = 'shim'", "a/pyproject.toml": "[tool.compat.port]\nannotate = true\nrtol = 1",
         "a/b/pyproject.toml": "[project]\n"}, "a/pyproject.toml", {"annotate": True, "rtol": 1.0}),
    "of a file's folder": ({"a/b/pyproject.toml": "[tool.compat.port]\natol = 1e-3"}, "a/b/pyproject.toml", {"atol": 1e-3}),
}  # fmt: skip


@pytest.mark.parametrize(("files", "file", "values"), FOUND.values(), ids=FOUND)
def test_the_nearest_file_with_the_section_counts(
    files: dict[str, str], file: str | None, values: dict[str, object], tmp_path: Path
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "train.py").write_text("")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    for source in (tmp_path / "a" / "b", tmp_path / "a" / "b" / "train.py"):
        found = settings(source)
        assert (found.file, found.values) == (tmp_path / file if file else None, values)


@pytest.mark.parametrize("key", ["fail-on", "fail_on"])
def test_both_spellings_are_one_option_and_the_command_line_wins(key: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.compat.port]\n{key} = 'x'\nexclude = ['a']\nannotate = true\n")
    found = settings(tmp_path, {"fail_on": str, "exclude": list, "annotate": bool})
    assert found.over({"fail_on": None, "exclude": [], "annotate": None, "jobs": 2}) == {
        "fail_on": "x", "exclude": ["a"], "annotate": True, "jobs": 2,
    }  # fmt: skip
    assert found.over({"fail_on": "y", "exclude": ["b"], "annotate": False}) == {"fail_on": "y", "exclude": ["b"], "annotate": False}
