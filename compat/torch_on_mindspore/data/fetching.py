"""From what a sampler gives to a batch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from compat.torch_on_mindspore.data.collate import collate_tensors, default_collate, default_collate_fn_map
from compat.torch_on_mindspore.data.datasets import batch_of, samples_of
from compat.torch_on_mindspore.tensor import Tensor

Fetch = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Fetching:
    """How a loader makes batches of a dataset: what a worker is told, in this process or in another."""

    iterable: bool
    batched: bool
    drop_last: bool
    collate: Callable[[Any], Any]

    def of(self, dataset: Any) -> Fetch:
        """The function that makes a batch of what the sampler gives; it raises StopIteration at the end of a stream."""
        if self.iterable:
            return Stream(iter(dataset), self)
        if not self.batched:
            return lambda index: self.collate(dataset[index])
        return lambda indices: self._batch(dataset, indices)

    def _batch(self, dataset: Any, indices: Any) -> Any:
        usual = self.collate is default_collate and default_collate_fn_map.get(Tensor) is collate_tensors
        found = batch_of(dataset, indices) if usual else None
        return self.collate(samples_of(dataset, indices)) if found is None else found


class Stream:
    """Batches of an iterator; StopIteration when none is left."""

    def __init__(self, samples: Iterator[Any], how: Fetching) -> None:
        self.samples, self.how = samples, how
        self.ended = False

    def __call__(self, wanted: Any) -> Any:
        if self.ended:
            raise StopIteration
        if not self.how.batched:
            return self.how.collate(next(self.samples))
        batch = list(itertools.islice(self.samples, len(wanted)))
        self.ended = len(batch) < len(wanted)
        if not batch or (self.how.drop_last and self.ended):
            raise StopIteration
        return self.how.collate(batch)
