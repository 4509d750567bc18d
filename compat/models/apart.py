"""A function in a process of its own, which may crash: MindSpore ends the process on some inputs, and then only a file says where."""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from compat.errors import CompatError

Work = Callable[[Any, Callable[[str], None]], int]


def in_a_process(work: Work, argument: Any) -> int:
    """The exit status of `work(argument, progress)`, run in a new process; `progress` takes what is being done.

    Raises CompatError, with what was being done, if the process is ended by a signal.
    """
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "journal"
        process = multiprocessing.get_context("spawn").Process(target=_worked, args=(work, argument, journal))
        process.start()
        process.join()
        status = process.exitcode or 0
        if status >= 0:
            return status
        doing = journal.read_text(encoding="utf-8") if journal.exists() else "before any module ran"
        raise CompatError(f"the process was ended by {signal.Signals(-status).name}: {doing}")


def _worked(work: Work, argument: Any, journal: Path) -> None:
    raise SystemExit(work(argument, lambda doing: _write(journal, doing)))


def _write(journal: Path, doing: str) -> None:
    journal.write_text(doing, encoding="utf-8")
