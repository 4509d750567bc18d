"""Results on disk as they come, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from compat.errors import CompatError
from compat.parity.case import Case, digest
from compat.parity.compare import Result
from compat.parity.results import line, parsed

FILE = "results.partial.jsonl"


def key(cases: Iterable[Case], versions: dict[str, str]) -> str:
    """What a run is a run of: every case in full, and the releases."""
    found = hashlib.sha256(json.dumps(versions, sort_keys=True).encode())
    for case in cases:
        found.update(digest(case).encode())
    return found.hexdigest()


def resumed(cases: list[Case], run: Callable[[list[Case]], Iterator[Result]], folder: Path, key: str, *, resume: bool) -> Iterator[Result]:
    """The results that `folder` has of a run of the same `key`, if `resume`, then those of the other cases; each is written before it is given.

    The file is gone when all are there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    known = _read(file, key) if resume else {}
    yield from known.values()
    with file.open("w", encoding="utf-8") as journal:
        print(json.dumps({"key": key}), file=journal)
        for result in known.values():
            print(line(result), file=journal)
        for result in run([case for case in cases if case.id not in known]):
            print(line(result), file=journal, flush=True)
            yield result
    file.unlink()


def _read(file: Path, key: str) -> dict[str, Result]:
    """The results of an earlier run of the same key; its last line may have been cut off."""
    if not file.exists():
        return {}
    first, *lines = file.read_text(encoding="utf-8").splitlines() or [""]
    if first != json.dumps({"key": key}):
        return {}
    found = {}
    for number, text in enumerate(lines, 2):
        try:
            result = parsed(text, f"{file}:{number}")
        except CompatError:
            break
        found[result.id] = result
    return found
