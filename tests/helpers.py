"""What several tests need: a process of its own, a table with one change, blocked imports."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUIET = {"GLOG_v": "4", "MS_DEV_LOG_LEVEL": "4"}


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, from the root of the repository; MindSpore's log is kept quiet."""
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **QUIET, **environment}, timeout=600
    )


def without(framework: str, code: str) -> str:
    """Python source that runs `code` where a framework is not installed, as far as an import can tell."""
    blocker = f"""\
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] == {framework!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name={framework!r})
sys.meta_path.insert(0, Absent())
"""
    return blocker + code


def tampered_table(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the table in which one text of one file is replaced once."""
    copy = folder / "mappings"
    shutil.copytree(ROOT / "mappings", copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy
