"""What a port comes to, in numbers. An import that was rewritten is no use of an API, and is counted apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compat.port.model import BECAME, Change, Port, PortedFile, Target

NO_USE = frozenset({"CM002", "CM003"})
REWRITTEN = ("converted", "adapted")
# What a human has to look at, whatever became of it.
LOOK_AT = "CM5"

FRAMEWORKS: dict[Target, str] = {"mindspore": "MindSpore", "torch": "PyTorch"}
IMITATIONS: dict[Target, str] = {"mindspore": "compat.torch", "torch": "compat.mindspore"}


def meaning(target: Target) -> dict[str, str]:
    """What it says that a use became this, in a port to that framework."""
    framework = FRAMEWORKS[target]
    return {
        "converted": f"{framework}'s: the same, or another name",
        "adapted": f"{framework}'s, with other arguments: the code says which",
        "kept": f"not converted: stays on {IMITATIONS[target]}, as it was written",
        "unsupported": "not converted: the table has no such API or call",
        "unknown": "not converted: the receiver is not certain from the source",
    }


@dataclass(frozen=True)
class Summary:
    """The numbers of a port. `calls` are those of an API that is known, of which `native` are converted or adapted."""

    files: int
    changed: int
    problems: int
    imports: int
    counts: Mapping[str, int]
    calls: int
    native: int

    @property
    def sites(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """The uses that were not converted."""
        return self.sites - sum(self.counts.get(became, 0) for became in REWRITTEN)

    @property
    def native_share(self) -> float | None:
        """The part of these calls that is the other framework's now; None where there is no call."""
        return self.native / self.calls if self.calls else None


class Tally:
    """Counts file by file, so that none of them has to stay in memory."""

    def __init__(self) -> None:
        self.files = self.changed = self.problems = self.imports = self.calls = self.native = 0
        self.counts: Counter[str] = Counter()

    def add(self, file: PortedFile) -> Counter[str]:
        """Count a file; how many of its uses became what."""
        its = uses(file)
        counts = counted(its)
        native, calls = calls_among(its)
        self.files += 1
        self.changed += file.changed
        self.problems += bool(file.problem)
        self.imports += len(file.changes) - len(its)
        self.calls, self.native = self.calls + calls, self.native + native
        self.counts += counts
        return counts

    @property
    def summary(self) -> Summary:
        counts: dict[str, int] = {became: self.counts[became] for became in BECAME}
        return Summary(self.files, self.changed, self.problems, self.imports, counts, self.calls, self.native)


def summary(port: Port) -> Summary:
    """The numbers of all files."""
    tally = Tally()
    for file in port.files:
        tally.add(file)
    return tally.summary


def is_use(change: Change) -> bool:
    """Whether it is a use of an API, and neither an import nor the name of a method that a class defines."""
    return change.code not in NO_USE


def uses(file: PortedFile) -> list[Change]:
    """The uses of APIs in a file."""
    return [change for change in file.changes if is_use(change)]


def counted(changes: Iterable[Change]) -> Counter[str]:
    """How many became what."""
    return Counter(change.became for change in changes)


def calls_of(file: PortedFile) -> tuple[int, int]:
    """Of the calls of a known API in a file, how many are native now, and how many there are."""
    return calls_among(uses(file))


def calls_among(its: Iterable[Change]) -> tuple[int, int]:
    """Of the calls of a known API among these uses, how many are native now, and how many there are."""
    calls = [change for change in its if change.use == "call" and change.became != "unknown"]
    return sum(change.became in REWRITTEN for change in calls), len(calls)


def needs_look(change: Change) -> bool:
    """Whether a human has to see to it: it is not supported, or nothing followed it."""
    return change.became == "unsupported" or change.code.startswith(LOOK_AT)


def place(file: PortedFile, change: Change) -> str:
    """file:line:column, as editors read it; in a notebook, file:cell N:line:column."""
    cell = f"cell {change.cell}:" if change.cell else ""
    return f"{file.path.as_posix()}:{cell}{change.line}:{change.column}"
