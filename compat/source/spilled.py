"""More results than memory should hold: each goes into a temporary file as it comes, and is read back when something asks for it."""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import TypeVar, overload
from weakref import finalize

IN_MEMORY = 16_000_000  # bytes up to which no file is made
Result = TypeVar("Result")


class Spilled(Sequence[Result]):
    """The results in the order in which they come, or, by `ordered`, in that of their keys; only the keys stay in memory."""

    def __init__(self, results: Iterable[Result], key: Callable[[Result], str]) -> None:
        self.store = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it lives as long as the sequence
        finalize(self, self.store.close)
        self.starts = array("q")
        self.keys: list[str] = []
        for result in results:
            self.starts.append(self.store.tell())
            self.keys.append(key(result))
            pickle.dump(result, self.store, pickle.HIGHEST_PROTOCOL)

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, place: int) -> Result: ...
    @overload
    def __getitem__(self, place: slice) -> list[Result]: ...
    def __getitem__(self, place: int | slice) -> Result | list[Result]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        self.store.seek(self.starts[place])
        found: Result = pickle.load(self.store)
        return found

    def __iter__(self) -> Iterator[Result]:
        return (self[place] for place in range(len(self)))

    def ordered(self) -> Iterator[Result]:
        """Each by its key, the smallest first."""
        return (self[place] for place in sorted(range(len(self)), key=self.keys.__getitem__))
