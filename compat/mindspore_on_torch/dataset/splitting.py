"""Parts of a dataset: which rows go where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset import config
from compat.mindspore_on_torch.dataset.checks import of_type
from compat.mindspore_on_torch.dataset.nodes import Node, Run
from compat.mindspore_on_torch.dataset.rows import Row
from compat.mindspore_on_torch.dataset.sources import Collection


class Part(Node):
    """The rows of a dataset at some places of a pass, which has the same order in each epoch and for each part."""

    def __init__(self, before: Node, places: list[int], seed: int) -> None:
        super().__init__(before)
        self.places, self.seed = places, seed

    def rows(self, run: Run) -> Iterator[Row]:
        wanted = set(self.places)
        found = ((place, row) for place, row in enumerate(self.before[0].rows(Run(self.seed))) if place in wanted)
        if self.places == sorted(self.places):
            return (row for _, row in found)
        kept = dict(found)
        return (kept[place] for place in self.places)

    def size(self) -> int:
        return len(self.places)


def parts(node: Node, sizes: list[int], randomize: bool) -> list[Node]:
    """A step for each part. Of a collection only its own rows are fetched."""
    draws = config.generator()
    order = draws.permutation(sum(sizes)) if randomize else np.arange(sum(sizes))
    ends = np.cumsum(sizes)
    places = [order[end - size : end].tolist() for end, size in zip(ends, sizes, strict=True)]
    if isinstance(node, Collection) and node.sampler is not None:
        rows = node.indices(Run())
        return [node.restricted([rows[place] for place in chosen]) for chosen in places]
    seed = int(draws.integers(2**31))
    return [Part(node, chosen, seed) for chosen in places]


def check_sizes(sizes: Any, randomize: Any) -> None:
    """Whole numbers, or fractions that add up to 1. TypeError and ValueError."""
    of_type("sizes", sizes, list)
    of_type("randomize", randomize, bool)
    if not sizes:
        raise errors.invalid(ValueError, "sizes cannot be empty.")
    if all(isinstance(size, int) for size in sizes):
        if any(size < 1 for size in sizes):
            raise errors.invalid(ValueError, "sizes is a list of int, but there should be no negative or zero numbers.")
    elif not all(isinstance(size, float) for size in sizes):
        raise errors.invalid(ValueError, "sizes should be list of int or list of float.")
    elif not all(0 < size <= 1 for size in sizes):
        raise errors.invalid(ValueError, "sizes is a list of float, but there should be no numbers outside the range (0, 1].")
    elif abs(sum(sizes) - 1) > 1e-9:
        raise errors.invalid(ValueError, "sizes is a list of float, but the percentages do not sum up to 1.")


def lengths(sizes: list[Any], rows: int) -> list[int]:
    """The numbers of rows of the parts; of fractions, the first that can takes up what rounding leaves. RuntimeError if they don't add up."""
    if isinstance(sizes[0], int):
        if sum(sizes) != rows:
            raise errors.invalid(RuntimeError, f"Sum of split sizes {sum(sizes)} is not equal to dataset size {rows}.")
        return list(sizes)
    found = [round(size * rows) for size in sizes]
    if 0 in found:
        raise errors.invalid(RuntimeError, f"The size of one split of {sizes} of {rows} rows is 0.")
    spare = rows - sum(found)
    first = next(index for index, size in enumerate(found) if size + spare >= 1)
    found[first] += spare
    return found
