"""What is known to pass, as text that a reviewer can read: it may only grow.

A line is `NAME VARIANT CHECK INDICES`, as in `nn.Linear train forward 0-2`: the samples of that name and variant, by their
place in PyTorch's list, that pass this check.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.conformance.suite import PASSED, Result

HEADING = "# Derived by `python -m tests.conformance SUITE --record`: NAME VARIANT CHECK, and which samples of PyTorch's pass.\n"
Key = tuple[str, str, str]
Recorded = dict[Key, set[int]]
FOLDER = Path(__file__).parent / "recorded"


def passing(results: Iterable[Result]) -> Recorded:
    found: Recorded = {}
    for result in results:
        if result.status == PASSED:
            found.setdefault((result.name, result.variant, result.check), set()).add(result.index)
    return found


def read(path: Path) -> Recorded:
    if not path.exists():
        return {}
    lines = (line.rsplit(" ", 3) for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {(name, variant, check): _numbers(indices) for name, variant, check, indices in lines}


def write(path: Path, recorded: Recorded) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(recorded), encoding="utf-8")


def text(recorded: Recorded) -> str:
    return HEADING + "".join(f"{' '.join(key)} {_ranges(recorded[key])}\n" for key in sorted(recorded) if recorded[key])


def together(one: Recorded, other: Recorded) -> Recorded:
    return {key: one.get(key, set()) | other.get(key, set()) for key in one.keys() | other.keys()}


def beyond(one: Recorded, other: Recorded) -> Recorded:
    """What is in `one` and not in `other`."""
    return {key: rest for key, indices in one.items() if (rest := indices - other.get(key, set()))}


def lost(recorded: Recorded, results: Iterable[Result]) -> list[str]:
    """What is recorded and passes no more, with the reason; only names that were run count."""
    by_place = {(result.name, result.variant, result.check, result.index): result for result in results}
    names = {name for name, *_ in by_place}
    found = []
    for (name, variant, check), indices in sorted(recorded.items()):
        for index in sorted(indices) if name in names else ():
            result = by_place.get((name, variant, check, index))
            if result is None or result.status != PASSED:
                why = f"{result.status}: {result.reason}" if result else "there is no such check any more"
                found.append(f"{name}/{variant}/{index} {check}: {why}")
    return found


def _ranges(numbers: set[int]) -> str:
    """1, 2, 3 and 7 as "1-3,7"."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in found)


def _numbers(text: str) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        low, _, high = part.partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return found
