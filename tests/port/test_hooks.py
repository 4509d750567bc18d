"""The hooks for pre-commit: each runs a command of this program with options that it has, on files that it takes."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from compat.cli import COMMANDS, main
from tests.helpers import ROOT

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_there_are_two() -> None:
    assert [hook["id"] for hook in HOOKS] == ["compat-port-check", "compat-scan"]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_one_that_pre_commit_can_run(hook: dict[str, Any]) -> None:
    program, command, *options = shlex.split(hook["entry"])
    assert program in PROJECT["scripts"]
    assert (hook["language"], hook["types_or"], hook["require_serial"]) == ("python", ["python", "jupyter"], True)
    assert [bool(re.search(hook["files"], name)) for name in ("a.py", "a.ipynb", "script", "a.pyi")] == [True, True, False, False]
    (extra,) = re.fullmatch(r"\.\[(\w+)\]", *hook["additional_dependencies"]).groups()  # type: ignore[union-attr]
    assert extra in PROJECT["optional-dependencies"]
    if command not in COMMANDS:
        pytest.skip(f"there is no `compat {command}` yet")
    parser = argparse.ArgumentParser()
    importlib.import_module(f"compat.cli.{command}").add_arguments(parser)
    parsed = parser.parse_args([*options, "a.py", "b.ipynb"])
    assert [str(path) for path in parsed.sources] == ["a.py", "b.ipynb"]


def test_the_scan_hook_fails_for_what_is_unsupported(tmp_path: Path) -> None:
    _, *arguments = shlex.split(HOOKS[1]["entry"])
    for name, call, status in (("a.py", "torch.abs(x)", 0), ("b.py", "torch.no_such(x)", 1)):
        (tmp_path / name).write_text(f"import torch\n{call}\n")
        assert main([*arguments, str(tmp_path / name)]) == status
