"""Files that appear under their name only when they are complete."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable


def written(path: str, write: Callable[[str], None], mode: int) -> None:
    """Let `write` fill a file beside `path`, which then takes that name with the permissions `mode`.

    A file of that name is replaced as a whole, or stays as it was when `write` fails.
    """
    folder, name = os.path.split(path)
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=folder or ".")
    os.close(handle)
    try:
        write(temporary)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def usual_mode() -> int:
    """The permissions that a new file gets from `open`."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
