"""Failing examples as data, one a line: they are tried again before others are drawn, and replay alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from compat.errors import UsageError
from compat.parity.case import Case, as_json, from_json

FILE = "examples.jsonl"


def read(file: Path) -> dict[str, Case]:
    """The examples by id; none where there is no such file. UsageError for a line that is no case."""
    if not file.exists():
        return {}
    found = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            case = from_json(line)
        except ValueError as error:
            raise UsageError(f"{file}:{number}: no example of this release: {error}") from error
        found[case.id] = case
    return found


def add(examples: Iterable[Case], file: Path) -> None:
    """Add to those in the file, which is made if needed."""
    every = read(file) | {case.id: case for case in examples}
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text("".join(f"{as_json(case)}\n" for case in every.values()), encoding="utf-8")
    temporary.replace(file)
