"""Where rows come from: a collection with random access and a sampler, or whatever can be iterated."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from compat import frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.dataset import config
from compat.mindspore_on_torch.dataset.checks import broken
from compat.mindspore_on_torch.dataset.nodes import Node, Run, counted
from compat.mindspore_on_torch.dataset.rows import Row, as_row, called, failed, stacked
from compat.mindspore_on_torch.dataset.samplers import SubsetSampler

torch: Any = frameworks.load("torch")

SOURCE = "the 'source' of 'GeneratorDataset'"


class Source(Node):
    """What has no step before it."""

    labels: Any = None

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names

    def columns(self) -> list[str]:
        return self.names


class Collection(Source):
    """Rows by their numbers, from `source[number]`, in the order of a sampler."""

    def __init__(self, names: list[str], source: Any, sampler: Any, types: list[Any] | None = None, workers: int = 1) -> None:
        super().__init__(names)
        self.source, self.sampler, self.types, self.workers = source, sampler, types, workers

    @property
    def shuffled(self) -> bool:
        """Whether the order is drawn."""
        return bool(self.sampler.is_shuffled())

    @property
    def sharded(self) -> bool:
        """Whether only a shard is given."""
        return bool(self.sampler.is_sharded())

    def indices(self, run: Run) -> list[int]:
        """The numbers of the rows of one pass."""
        rows = called(SOURCE, len, self.source)
        if not rows:
            raise broken("There is no data to load: the source has no rows.")
        found: list[int] = self.sampler.indices(rows, run.draws(self), self.labels)
        return found

    def size(self) -> int:
        return len(self.indices(Run()))

    def restricted(self, rows: list[int]) -> Collection:
        """The same collection, of which only these rows are given."""
        part = copy.copy(self)
        part.sampler = SubsetSampler(rows)
        return part

    def fetched(self, indices: list[int]) -> Iterator[Any]:
        """The items, in this process, or in others that PyTorch's DataLoader starts."""
        if self.workers > 1:
            loader = torch.utils.data.DataLoader(
                self.source, batch_size=None, sampler=indices, num_workers=self.workers, collate_fn=row_of_worker,
                multiprocessing_context=config.get_multiprocessing_start_method(),
            )  # fmt: skip
            yield from iterated(loader)
            return
        for index in indices:
            yield called(SOURCE, self.source.__getitem__, index)

    def rows(self, run: Run) -> Iterator[Row]:
        for item in self.fetched(self.indices(run)):
            yield checked_row(item, self.names, self.types)


def row_of_worker(item: Any) -> Row:
    """An item as arrays, which a worker process hands over without PyTorch's shared memory."""
    return as_row(item, SOURCE)


class Groups(Collection):
    """Rows of a collection that a batch sampler puts together: by a function of the user, or column by column."""

    batch_size = -1

    def __init__(self, names: list[str], source: Any, batches: Any, collate: Callable[..., Any] | None, types: list[Any] | None) -> None:
        super().__init__(names, source, None, types)
        self.batches, self.collate = batches, collate

    shuffled = sharded = False

    def size(self) -> int:
        return len(self.batches) if hasattr(self.batches, "__len__") else counted(self)

    def rows(self, run: Run) -> Iterator[Row]:
        for indices in called("batch_sampler", iter, self.batches):
            items = [called(SOURCE, self.source.__getitem__, index) for index in indices]
            if self.collate is not None:
                columns = [list(column) for column in zip(*(item if isinstance(item, tuple) else (item,) for item in items), strict=True)]
                yield checked_row(called("collate_fn", self.collate, *columns, None), self.names, self.types)
                continue
            found = [checked_row(item, self.names, self.types) for item in items]
            yield [stacked(name, list(column)) for name, column in zip(self.names, zip(*found, strict=True), strict=True)]


class Stream(Source):
    """Rows of an iterable, or of what a function without arguments returns, anew in each pass."""

    def __init__(self, names: list[str], source: Any, limit: int | None, types: list[Any] | None = None) -> None:
        super().__init__(names)
        self.source, self.limit, self.types = source, limit, types

    def rows(self, run: Run) -> Iterator[Row]:
        source = called(SOURCE, self.source) if callable(self.source) else self.source
        for item in itertools.islice(iterated(source), self.limit):
            yield checked_row(item, self.names, self.types)

    def size(self) -> int:
        if hasattr(self.source, "__len__"):
            rows = len(self.source)
            return rows if self.limit is None else min(rows, self.limit)
        return counted(self)


def iterated(source: Iterable[Any]) -> Iterator[Any]:
    """The items of an iterable of the user; what it raises becomes RuntimeError."""
    iterator = called(SOURCE, iter, source)
    while True:
        try:
            item = called(SOURCE, next, iterator)
        except StopIteration:
            return
        yield item


def checked_row(item: Any, names: list[str], types: list[Any] | None) -> Row:
    """An item as a row. RuntimeError for another number of columns than there are names, or another type than was said."""
    row = as_row(item, SOURCE)
    if len(row) != len(names):
        reason = f"the size of column_names is:{len(names)} and number of returned NumPy array is:{len(row)}"
        raise failed(SOURCE, f"should return same number of NumPy arrays as specified in column_names, {reason}")
    for value, kind in zip(row, types or [], strict=False):
        if value.dtype != kind:
            raise failed(SOURCE, f"type of returned data should be same with specified column_types: {value.dtype}, not {kind}")
    return row


def numpy_types(types: Any) -> list[Any] | None:
    """`column_types` as NumPy's types; or None."""
    if types is None:
        return None
    return [np.dtype(dtypes.checked("GeneratorDataset", kind).numpy) for kind in (types if isinstance(types, (list, tuple)) else [types])]
