"""What git says of files that are to be written in place: whether their text, as it is now, could be had back.

A repository keeps what was committed, so a file in one is written only if git has it as it stands: neither changed, staged nor unmerged since
the last commit, and not unknown to git. Other files of the repository may be as they are. Outside of a repository, and where git is not
installed, nothing is asked: who says `--write` there knows of no commit to fall back on, as with every formatter.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from compat.errors import UsageError

State = Literal["changed", "untracked"]
BATCH = 500  # paths of one command line
SHOWN = 10
# A hook's own repository and index must not stand in for those of the files, and asking must not write to the index.
UNSET = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
SET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"}


@dataclass(frozen=True)
class Uncommitted:
    """A file that git could not give back as it is."""

    path: Path
    state: State


def refuse_uncommitted(files: Iterable[Path]) -> None:
    """UsageError, with their names, where some of these files have no committed copy."""
    found = uncommitted(files)
    if found:
        more = f"\n  and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        shown = "".join(f"\n  {one.path} ({one.state})" for one in found[:SHOWN])
        raise UsageError(f"git has no copy of what would be written over; commit it, or say --force:{shown}{more}")


def uncommitted(files: Iterable[Path]) -> list[Uncommitted]:
    """Those of the files that are in a repository and not committed as they are, in their order. UsageError where git can't say."""
    every = list(files)
    found: dict[Path, State] = {}
    for root, paths in _by_repository({path.resolve() for path in every}).items():
        for start in range(0, len(paths), BATCH):
            batch = [str(path.relative_to(root)) for path in paths[start : start + BATCH]]
            tracked = set(_listed(root, "ls-files", batch))
            changed = {line[3:] for line in _listed(root, "status", batch)}
            found.update({root / name: "untracked" for name in batch if name not in tracked})
            found.update({root / name: "changed" for name in batch if name in changed and name in tracked})
    return [Uncommitted(path, found[path.resolve()]) for path in every if path.resolve() in found]


def _by_repository(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    roots: dict[Path, Path | None] = {}
    grouped: dict[Path, list[Path]] = {}
    for path in sorted(paths):
        folder = path.parent
        if folder not in roots:
            roots[folder] = next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)
        root = roots[folder]
        if root is not None:
            grouped.setdefault(root, []).append(path)
    return grouped


def _listed(root: Path, question: Literal["ls-files", "status"], names: list[str]) -> Iterator[str]:
    options = ["-z"] if question == "ls-files" else ["-z", "--porcelain=v1", "--untracked-files=no", "--no-renames"]
    environment = {**{name: value for name, value in os.environ.items() if name not in UNSET}, **SET}
    environment["GIT_CEILING_DIRECTORIES"] = str(root.parent)  # what looks like a repository and is none must not ask the one around it
    try:
        told = subprocess.run(["git", question, *options, "--", *names], cwd=root, env=environment, capture_output=True, check=False)
    except FileNotFoundError:
        # Without git there is no one to ask: the files count as those outside of a repository.
        return iter(names if question == "ls-files" else ())
    if told.returncode:
        raise UsageError(f"{root}: git can't tell what is committed, and --force does without: {os.fsdecode(told.stderr).strip()}")
    return iter(os.fsdecode(told.stdout).split("\0")[:-1])
