"""Derived files on disk: formatted, written only when they change, and checked for stale, missing and left-over ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import copy
from tempfile import TemporaryDirectory

from compat.errors import CompatError
from compat.table.load import MAPPINGS

SETTINGS = MAPPINGS.parent / "pyproject.toml"
DERIVED = ("compat/torch", "compat/mindspore", "docs/en/differences", "docs/zh/differences")


@dataclass(frozen=True)
class Drift:
    """A derived file that is not what the table gives: `stale`, `missing` or `left over`."""

    path: PurePosixPath
    state: str


def formatted(sources: dict[PurePosixPath, str]) -> dict[PurePosixPath, str]:
    """Every Python source after import sorting and `ruff format`, by the settings of this repository; other texts as they are.

    All of them pass through a temporary folder, so that ruff starts twice and not twice a file.
    """
    python = [path for path in sources if path.suffix == ".py"]
    with TemporaryDirectory() as name:
        folder = Path(name)
        if SETTINGS.exists():
            copy(SETTINGS, folder)
        for path in python:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(sources[path], encoding="utf-8")
        if python:
            _ruff(folder, "check", "--fix", "--exit-zero", "--select", "I001")
            _ruff(folder, "format")
        return {path: (folder / path).read_text(encoding="utf-8") if path.suffix == ".py" else text for path, text in sources.items()}


def _ruff(folder: Path, *command: str) -> None:
    ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "--no-cache", "."]
    done = subprocess.run(ruff, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CompatError(f"ruff cannot format what was generated (a bug of the generator): {done.stderr.strip()}")


def drift(root: Path, files: dict[PurePosixPath, str]) -> list[Drift]:
    """What differs between `files` and the derived folders of the repository at `root`, sorted by path."""
    return sorted(_changed(root, files) + _left_over(root, files), key=lambda found: found.path)


def write(root: Path, files: dict[PurePosixPath, str]) -> list[Drift]:
    """Write those of `files` that are missing or stale, each as a whole; returns what had to change."""
    changes = _changed(root, files)
    for change in changes:
        target = root / change.path
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.new")
        temporary.write_bytes(files[change.path].encode())
        temporary.replace(target)
    return changes


def remove(root: Path, files: Iterable[PurePosixPath]) -> list[Drift]:
    """Delete what stands in the derived folders and is none of `files`; returns it."""
    found = _left_over(root, files)
    for each in found:
        (root / each.path).unlink()
    return found


def _changed(root: Path, files: dict[PurePosixPath, str]) -> list[Drift]:
    found = []
    for path, text in files.items():
        target = root / path
        if not target.exists():
            found.append(Drift(path, "missing"))
        elif target.read_bytes() != text.encode():
            found.append(Drift(path, "stale"))
    return found


def _left_over(root: Path, files: Iterable[PurePosixPath]) -> list[Drift]:
    known = set(files)
    found = []
    for folder in DERIVED:
        for file in sorted((root / folder).rglob("*")):
            path = PurePosixPath(file.relative_to(root).as_posix())
            if file.is_file() and "__pycache__" not in path.parts and path not in known:
                found.append(Drift(path, "left over"))
    return found
