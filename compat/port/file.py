"""One file, Python or a notebook → what porting makes of it; whatever is wrong with it is said, and leaves it as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from compat.errors import CompatError
from compat.port import notebook
from compat.port.model import Change, PortedFile
from compat.source.notebook import SUFFIX
from compat.source.text import Source, SourceError, read

Rewrite = Callable[[Source], tuple[bytes, tuple[Change, ...]]]


def ported(path: Path, rewrite: Rewrite, read: Callable[[Path], Source] = read) -> PortedFile:
    """The file at `path` ported; one that can't be read, is no Python, or would be none afterwards, has a problem.

    `read` gives the source at a path: a project has read those that others import.
    """
    try:
        before = path.read_bytes()
    except OSError as error:
        return PortedFile(path, b"", b"", problem=error.strerror or str(error))
    if path.suffix == SUFFIX:
        return notebook.ported(before, path, rewrite)
    try:
        after, changes = rewrite(read(path))
    except SourceError as error:
        return PortedFile(path, before, before, problem=error.problem, at=error.line)
    except CompatError as error:
        return PortedFile(path, before, before, problem=str(error).removeprefix(f"{path}: "))
    return PortedFile(path, before, after, changes)
