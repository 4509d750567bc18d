"""Folders, file by file: what belongs to a code base, what is left out of it, and why."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compat.errors import UsageError

CACHES = frozenset({"__pycache__", "node_modules", "site-packages"})


@dataclass(frozen=True)
class Entry:
    """A file, a link, or a folder without anything in it.

    `left_out` says why it, or a folder with all that is in it, is left out; `failed`, that this is because it can't be read.
    """

    path: Path
    left_out: str = ""
    failed: bool = False


def walked(folder: Path, excluded: Sequence[str] = ()) -> Iterator[Entry]:
    """What is in a folder, in the order of the names; links are not followed. OSError of a folder that can't be read becomes an entry's reason."""
    try:
        with os.scandir(folder) as entries:
            every = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield Entry(folder, f"can't be read: {error.strerror}", failed=True)
        return
    for entry in every:
        path = folder / entry.name
        if not entry.is_dir(follow_symlinks=False):
            yield Entry(path, "excluded" if is_excluded(path, excluded) else "")
        elif reason := _unwanted(path, excluded):
            yield Entry(path, reason)
        else:
            yield from walked(path, excluded)
    if not every:
        yield Entry(folder)


def checked(patterns: Iterable[str]) -> tuple[str, ...]:
    """The patterns; UsageError for one that names nothing, which `Path.match` has no answer to."""
    every = tuple(patterns)
    if any(not Path(pattern).parts for pattern in every):
        raise UsageError("--exclude: a pattern is empty")
    return every


def is_excluded(path: Path, excluded: Sequence[str]) -> bool:
    """Whether a pattern fits the path from its right end, as `Path.match` compares them."""
    return any(path.match(pattern) for pattern in excluded)


def _unwanted(folder: Path, excluded: Sequence[str]) -> str:
    if is_excluded(folder, excluded):
        return "excluded"
    if folder.name.startswith("."):
        return "a hidden folder"
    if folder.name in CACHES:
        return "a folder of files that are made or fetched again"
    return "a virtual environment" if (folder / "pyvenv.cfg").is_file() else ""
