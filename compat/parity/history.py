"""One line for each run of a report's folder: when, of which releases, and how many cases ended how, by namespace."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from compat.errors import CompatError
from compat.parity.compare import Result
from compat.parity.states import BAD, namespace, state

FILE = "history.jsonl"


@dataclass(frozen=True)
class Run:
    """One run: its end in UTC (ISO 8601), the releases, what was asked for, its duration, and the cases by namespace and state."""

    time: str
    versions: Mapping[str, str]
    counts: Mapping[str, Mapping[str, int]]
    patterns: tuple[str, ...] = ()
    seconds: float = 0.0

    def total(self, *states: str) -> int:
        """How many cases are in one of these states; in any, where none is given."""
        return sum(count for found in self.counts.values() for one, count in found.items() if not states or one in states)


@dataclass(frozen=True)
class Past:
    """The runs before this one, the oldest first."""

    runs: tuple[Run, ...] = field(default=())

    def of(self, patterns: Sequence[str]) -> tuple[Run, ...]:
        """Those that were asked for the same, and can be drawn as one line."""
        return tuple(run for run in self.runs if sorted(run.patterns) == sorted(patterns))


def now() -> str:
    """The time as a run has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def counted(results: Sequence[Result]) -> dict[str, dict[str, int]]:
    """Namespace → state → cases."""
    counts: dict[str, Counter[str]] = {}
    for result in results:
        counts.setdefault(namespace(result.api), Counter())[state(result)] += 1
    return {name: dict(sorted(counts[name].items())) for name in sorted(counts)}


def append(run: Run, folder: Path) -> None:
    """Add the line of a run to the history in `folder`."""
    with (folder / FILE).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(run)) + "\n")


def read(folder: Path) -> Past:
    """The history in `folder`, empty where there is none; CompatError, with file and line, for a damaged line."""
    file = folder / FILE
    if not file.exists():
        return Past()
    lines = file.read_bytes().splitlines()
    return Past(tuple(_parsed(line, f"{file}:{number}") for number, line in enumerate(lines, 1)))


def _parsed(line: bytes, place: str) -> Run:
    try:
        # Not msgspec's own reader: it refuses half a surrogate pair, which a pattern may have that is no UTF-8.
        return msgspec.convert(json.loads(line.decode("utf-8")), Run)
    except (ValueError, RecursionError) as error:
        raise CompatError(f"{place}: no run of the history: {error}; correct or remove the line")


def bad(run: Run) -> int:
    """How many cases of a run are to be mended."""
    return run.total(*BAD)
