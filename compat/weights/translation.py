"""The names that weights of one framework have in the other, where no model or checkpoint of the other is at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from compat.errors import CompatError
from compat.weights.entries import Entry, How
from compat.weights.rules import Candidate, Side, by_rule


@dataclass(frozen=True)
class Renamed:
    """A weight, and what it is on the other side; a `target` of None says that it has no counterpart there."""

    source: Entry
    target: Candidate
    how: How


def translated(entries: Sequence[Entry], side: Side) -> list[Renamed]:
    """Every weight of `side` by the table's rules, in the order given; one that no rule knows keeps its name and shape.

    Where several rules fit that would give other names or shapes, the table's first counts, and is a guess.
    """
    rules = by_rule(entries, side)
    found = []
    for entry in entries:
        fitting = rules.get(entry.name) or [Candidate(entry.name, "same", entry.shape)]
        found.append(Renamed(entry, fitting[0], "name" if len(fitting) == 1 else "guess"))
    return found


def check_unique(names: Sequence[str | None]) -> None:
    """CompatError when two weights would get one name."""
    twice = [name for name, count in Counter(names).items() if count > 1 and name is not None]
    if twice:
        raise CompatError(f"two weights would be called {', '.join(map(repr, twice[:10]))}: a map file (--map) can tell them apart")
