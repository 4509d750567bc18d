"""The steps of a pipeline: each knows its columns and its number of rows, and gives them once for each pass."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from compat.errors import CompatError
from compat.mindspore_on_torch.dataset import config
from compat.mindspore_on_torch.dataset.checks import broken
from compat.mindspore_on_torch.dataset.rows import Row, as_array, called

# How many rows stand ready to replace those that `map` fails on.
MOST_KEPT = 64


class Run:
    """What one iterator of a pipeline remembers: its epoch, and what each step draws its random numbers from."""

    def __init__(self, seed: int | None = None) -> None:
        self.epoch, self.seed = 0, seed
        self.generators: dict[int, np.random.Generator] = {}

    def draws(self, node: Node) -> np.random.Generator:
        """The generator of a step. With a seed, all begin with the same numbers, so that equal datasets stay in step."""
        return self.generators.setdefault(id(node), config.generator(self.seed))


class Node:
    """A step. What it does not define is that of the step before it."""

    def __init__(self, *before: Node) -> None:
        self.before = before

    def columns(self) -> list[str]:
        """The names of the columns. RuntimeError if the step does not fit what is before it."""
        return self.before[0].columns()

    def rows(self, run: Run) -> Iterator[Row]:
        """The rows of one pass."""
        return self.before[0].rows(run)

    def size(self) -> int:
        """How many rows a pass has."""
        return self.before[0].size()

    def any(self, property: str) -> bool:
        """Whether this step or one before it has a property."""
        return bool(getattr(self, property, False)) or any(node.any(property) for node in self.before)

    def first(self, kind: type) -> Any:
        """The nearest step of that kind, along the first step before each; or None."""
        if isinstance(self, kind):
            return self
        return self.before[0].first(kind) if self.before else None

    def find(self, columns: Iterable[str]) -> list[int]:
        """The places of columns. RuntimeError for one that is not there."""
        present = self.columns()
        missing = [name for name in columns if name not in present]
        if missing:
            raise broken(f"Invalid parameter, input column name: {missing[0]} doesn't exist in the dataset columns {present}.")
        return [present.index(name) for name in columns]


def counted(node: Node) -> int:
    """The number of rows, by giving them all."""
    return sum(1 for _ in node.rows(Run()))


class Repeat(Node):
    """Several passes in one, or without an end for -1."""

    def __init__(self, before: Node, count: int) -> None:
        super().__init__(before)
        self.count = count

    def rows(self, run: Run) -> Iterator[Row]:
        times = itertools.count() if self.count == -1 else range(self.count)
        for _ in times:
            empty = True
            for row in self.before[0].rows(run):
                empty = False
                yield row
            if empty:
                return

    def size(self) -> int:
        return self.before[0].size() * max(self.count, 1)


class Skip(Node):
    """All but the first rows."""

    def __init__(self, before: Node, count: int) -> None:
        super().__init__(before)
        self.count = count

    def rows(self, run: Run) -> Iterator[Row]:
        return itertools.islice(self.before[0].rows(run), self.count, None)

    def size(self) -> int:
        return max(0, self.before[0].size() - self.count)


class Take(Node):
    """The first rows."""

    def __init__(self, before: Node, count: int) -> None:
        super().__init__(before)
        self.count = count

    def rows(self, run: Run) -> Iterator[Row]:
        return itertools.islice(self.before[0].rows(run), self.count)

    def size(self) -> int:
        return min(self.count, self.before[0].size())


class ShuffleRows(Node):
    """Rows drawn from a buffer, which is filled up from behind."""

    shuffled = True

    def __init__(self, before: Node, buffer: int) -> None:
        super().__init__(before)
        self.buffer = buffer

    def rows(self, run: Run) -> Iterator[Row]:
        draws = run.draws(self)
        coming = self.before[0].rows(run)
        held = list(itertools.islice(coming, self.buffer))
        for row in coming:
            place = int(draws.integers(len(held)))
            yield held[place]
            held[place] = row
        yield from (held[place] for place in draws.permutation(len(held)))


class Zip(Node):
    """The columns of several datasets side by side, as long as the shortest."""

    def columns(self) -> list[str]:
        found = [name for node in self.before for name in node.columns()]
        twice = next((name for name in found if found.count(name) > 1), None)
        if twice is not None:
            raise broken(f"Invalid data, duplicate column {twice} already exists when zipping datasets.")
        return found

    def rows(self, run: Run) -> Iterator[Row]:
        for parts in zip(*(node.rows(run) for node in self.before), strict=False):
            yield [value for part in parts for value in part]

    def size(self) -> int:
        return min(node.size() for node in self.before)


class Concat(Node):
    """Datasets one after the other. RuntimeError where columns, types or numbers of dimensions differ."""

    def columns(self) -> list[str]:
        found = self.before[0].columns()
        if any(node.columns() != found for node in self.before):
            raise broken("Invalid columns, 'column name' or 'column order' of concat datasets should be the same.")
        return found

    def rows(self, run: Run) -> Iterator[Row]:
        kinds: list[Any] | None = None
        for node in self.before:
            for row in node.rows(run):
                found = [None if isinstance(value, dict) else (kind_of(value), value.ndim) for value in row]
                if kinds is not None and found != kinds:
                    reason = f"should be the same, but got: {kinds} and {found}"
                    raise broken(f"Concat: the data types and ranks of the two datasets to be concatenated {reason}.")
                kinds = found
                yield row

    def size(self) -> int:
        return sum(node.size() for node in self.before)


class Sampled(Node):
    """The rows of other steps, all of which are read first, in the order of a sampler."""

    def __init__(self, before: Node, sampler: Any) -> None:
        super().__init__(before)
        self.sampler = sampler

    @property
    def shuffled(self) -> bool:
        """Whether the order is drawn."""
        return bool(self.sampler.is_shuffled())

    @property
    def sharded(self) -> bool:
        """Whether only a shard is given."""
        return bool(self.sampler.is_sharded())

    def rows(self, run: Run) -> Iterator[Row]:
        found = list(self.before[0].rows(run))
        return (found[place] for place in self.sampler.indices(len(found), run.draws(self)))

    def size(self) -> int:
        return len(self.sampler.indices(self.before[0].size(), Run().draws(self)))


def kind_of(array: Any) -> str:
    """The type of an array, that of texts without their length."""
    return str(array.dtype.kind) if array.dtype.kind in "SU" else str(array.dtype)


class Project(Node):
    """Some of the columns, in this order."""

    def __init__(self, before: Node, names: list[str]) -> None:
        super().__init__(before)
        self.names = names

    def columns(self) -> list[str]:
        self.before[0].find(self.names)
        return self.names

    def rows(self, run: Run) -> Iterator[Row]:
        places = self.before[0].find(self.names)
        return ([row[place] for place in places] for row in self.before[0].rows(run))


class Rename(Node):
    """Other names for some of the columns."""

    def __init__(self, before: Node, old: list[str], new: list[str]) -> None:
        super().__init__(before)
        self.names = dict(zip(old, new, strict=True))

    def columns(self) -> list[str]:
        self.before[0].find(self.names)
        found = [self.names.get(name, name) for name in self.before[0].columns()]
        if len(set(found)) < len(found):
            raise broken("Invalid column, rename operation does not support rename one column name into another already exist column name.")
        return found


class Filter(Node):
    """The rows for which a function of some columns is true."""

    def __init__(self, before: Node, predicate: Callable[..., Any], names: list[str] | None) -> None:
        super().__init__(before)
        self.predicate, self.names = predicate, names

    def columns(self) -> list[str]:
        self.before[0].find(self.names or [])
        return self.before[0].columns()

    def rows(self, run: Run) -> Iterator[Row]:
        places = self.before[0].find(self.names or self.before[0].columns())
        for row in self.before[0].rows(run):
            if bool(called("filter", self.predicate, *(row[place] for place in places))):
                yield row

    def size(self) -> int:
        return counted(self)


def placed(present: list[str], places: list[int], new: list[str]) -> tuple[list[str], list[tuple[bool, int]]]:
    """The names of all columns after those at `places` became `new`, and for each: (whether it is new, its place).

    As many as before stand where those stood; any other number stands in front of the rest.
    """
    if len(places) == len(new):
        renamed = dict(zip(places, enumerate(new), strict=True))
        names = [renamed[place][1] if place in renamed else name for place, name in enumerate(present)]
        return names, [(True, renamed[place][0]) if place in renamed else (False, place) for place in range(len(present))]
    kept = [place for place, name in enumerate(present) if place not in places and name not in new]
    sources = [*((True, place) for place in range(len(new))), *((False, place) for place in kept)]
    return [*new, *(present[place] for place in kept)], sources


class Map(Node):
    """Functions of some columns, one after the other; a tuple that one returns has a value for each column."""

    def __init__(self, before: Node, operations: list[Callable[..., Any]], old: list[str] | None, new: list[str] | None) -> None:
        super().__init__(before)
        self.operations, self.old, self.new = operations, old, new

    def plan(self) -> tuple[list[int], list[str], list[tuple[bool, int]]]:
        """Places of what the functions get, names of all columns, and for each: (whether it is new, its place)."""
        present = self.before[0].columns()
        if not self.operations:
            raise broken("Map: No 'operations' are specified.")
        old = self.old or present[:1]
        new = self.new or old
        places = self.before[0].find(old)
        return places, *placed(present, places, new)

    def columns(self) -> list[str]:
        return self.plan()[1]

    def rows(self, run: Run) -> Iterator[Row]:
        places, _, sources = self.plan()
        expected = sum(new for new, _ in sources)
        for row, made in self.results(run, places):
            if len(made) != expected:
                reason = f"{len(made)} columns, and 'output_columns' names {expected}"
                raise broken(f"Invalid columns, the number of columns returned in 'map' operations should match: got {reason}.")
            yield [made[place] if new else row[place] for new, place in sources]

    def results(self, run: Run, places: list[int]) -> Iterator[tuple[Row, Row]]:
        """Rows and what the functions make of them. A failure ends it, or the row is left out, or replaced by a good one at the end."""
        mode = config.get_error_samples_mode()
        good: list[tuple[Row, Row]] = []
        failures = 0
        for row in self.before[0].rows(run):
            try:
                made = self.made(tuple(row[place] for place in places))
            except RuntimeError as error:
                if mode is config.ErrorSamplesMode.RETURN or isinstance(error, CompatError):
                    raise
                failures += 1
                continue
            if mode is config.ErrorSamplesMode.REPLACE and len(good) < MOST_KEPT:
                good.append((row, made))
            yield row, made
        if failures and mode is config.ErrorSamplesMode.REPLACE:
            if not good:
                raise broken("All data is garbage and cannot be replaced.")
            yield from itertools.islice(itertools.cycle(good), failures)

    def made(self, values: tuple[Any, ...]) -> Row:
        """What the functions make of some values."""
        for operation in self.operations:
            result = called("map operation", operation, *values)
            values = result if isinstance(result, tuple) else (result,)
        return [as_array(value, "map operation") for value in values]
