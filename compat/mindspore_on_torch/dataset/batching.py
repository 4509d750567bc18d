"""The steps of a pipeline that make one row of several."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset.checks import INT32_MAX, broken, of_type, within
from compat.mindspore_on_torch.dataset.nodes import Node, Run, counted, placed
from compat.mindspore_on_torch.dataset.rows import TEXTS, Row, as_array, called, failed, stacked


class BatchInfo:
    """What `batch_size` and `per_batch_map` are told: the numbers of the epoch and of the batch, from 0."""

    def __init__(self, epoch: int, batch: int) -> None:
        self.epoch, self.batch = epoch, batch

    def get_epoch_num(self) -> int:
        """The number of the epoch; repeats of a dataset count as one."""
        return self.epoch

    def get_batch_num(self) -> int:
        """The number of the batch in the pass."""
        return self.batch


class Batch(Node):
    """Rows in groups. `size_of` is a number, or a function of BatchInfo."""

    def __init__(
        self, before: Node, size_of: Any, drop_remainder: bool, per_batch_map: Any = None, old: Any = None, new: Any = None
    ) -> None:
        super().__init__(before)
        self.size_of: Any = size_of
        self.drop_remainder = drop_remainder
        self.per_batch_map: Callable[..., Any] | None = per_batch_map
        self.old, self.new = old, new

    @property
    def batch_size(self) -> int:
        """The number, or -1 for a function."""
        return -1 if callable(self.size_of) else int(self.size_of)

    def size(self) -> int:
        if callable(self.size_of):
            return counted(self)
        rows: int = self.before[0].size()
        size = self.batch_size
        return rows // size if self.drop_remainder else -(-rows // size)

    def columns(self) -> list[str]:
        return self.plan()[1]

    def plan(self) -> tuple[list[int], list[str], list[tuple[bool, int]]]:
        """Places of what the function gets, names of all columns, and for each: (whether it is new, its place)."""
        present = self.before[0].columns()
        old = self.old or present
        new = self.new or old
        missing = [name for name in old if name not in present]
        if missing:
            raise broken(f"Invalid input_columns, '{missing[0]}' of 'input_columns' doesn't exist.")
        if self.per_batch_map is None:
            return [], present, [(False, place) for place in range(len(present))]
        places = [present.index(name) for name in old]
        return places, *placed(present, places, new)

    def rows(self, run: Run) -> Iterator[Row]:
        coming = self.before[0].rows(run)
        places, names, sources = self.plan()
        for number in itertools.count():
            info = BatchInfo(run.epoch, number)
            size = self.asked(info)
            group = list(itertools.islice(coming, size))
            if not group or (self.drop_remainder and len(group) < size):
                return
            values: list[Any] = [list(column) for column in zip(*group, strict=True)]
            if self.per_batch_map is not None:
                made = self.mapped([values[place] for place in places], info, sum(new for new, _ in sources))
                values = [made[place] if new else values[place] for new, place in sources]
            yield [self.joined(name, column) if isinstance(column, list) else column for name, column in zip(names, values, strict=True)]

    def asked(self, info: BatchInfo) -> int:
        """How many rows the next batch takes."""
        if not callable(self.size_of):
            return int(self.size_of)
        size: Any = called("batch_size", self.size_of, info)
        if not isinstance(size, int) or size < 1:
            raise broken(f"Invalid batch_size function, 'batch_size' function should return an integer greater than 0, but got {size!r}.")
        return int(size)

    def mapped(self, columns: list[list[Any]], info: BatchInfo, expected: int) -> list[Any]:
        """What the function of the user makes of the columns: for each an array with a first axis of its own, or a list of rows."""
        result = called("per_batch_map", self.per_batch_map, *columns, info)  # type: ignore[arg-type]
        made = list(result) if isinstance(result, tuple) else [result]
        if len(made) != expected:
            raise broken(f"Invalid per_batch_map, it should return {expected} columns, but got {len(made)}.")
        found: list[Any] = []
        for column in made:
            if not isinstance(column, (list, np.ndarray)):
                raise failed("per_batch_map", f"expected a list or an array for each column, but got {type(column).__name__}")
            if isinstance(column, list) and len(column) != len(columns[0]):
                raise broken(f"Invalid data, {len(columns[0])} rows are expected from 'per_batch_map', got: {len(column)}.")
            found.append([as_array(v, "per_batch_map") for v in column] if isinstance(column, list) else as_array(column, "per_batch_map"))
        return found

    def joined(self, name: str, values: list[Any]) -> Any:
        """The values of one column as one array."""
        return stacked(name, values)


class PaddedBatch(Batch):
    """Groups of rows whose values are brought to one shape first: (shape, value) by column, or the largest shape of all."""

    def __init__(self, before: Node, size: Any, drop_remainder: bool, padding: dict[str, Any]) -> None:
        super().__init__(before, size, drop_remainder)
        self.padding = padding

    def plan(self) -> tuple[list[int], list[str], list[tuple[bool, int]]]:
        unknown = [name for name in self.padding if name not in self.before[0].columns()]
        if unknown:
            raise broken(f"Invalid pad_info, column name: {unknown[0]} does not exist.")
        return super().plan()

    def joined(self, name: str, values: list[Any]) -> Any:
        if self.padding and name not in self.padding:
            return stacked(name, values)
        shape, fill = self.padding.get(name) or (None, None)
        rank = values[0].ndim
        if shape is not None and len(shape) != rank:
            reason = f"pad_shapes rank:{len(shape)}, column rank: {rank}"
            raise broken(f"Invalid pad_info, rank of pad_shape must be equal to rank of specified column. {reason}.")
        if any(value.ndim != rank for value in values):
            raise broken(f"Cannot batch tensors with different ranks in column {name}.")
        wanted = [shape[axis] if shape and shape[axis] is not None else max(v.shape[axis] for v in values) for axis in range(rank)]
        return stacked(name, [padded(value, wanted, fill) for value in values])


class Buckets(PaddedBatch):
    """Batches of rows whose lengths lie between the same boundaries, padded; the rest of each bucket comes last."""

    def __init__(
        self, before: Node, names: list[str], padding: dict[str, Any], drop_remainder: bool,
        boundaries: list[int], sizes: list[int], length: Callable[..., Any] | None, to_boundary: bool,
    ) -> None:  # fmt: skip
        super().__init__(before, -1, drop_remainder, padding)
        self.names, self.boundaries, self.sizes, self.length, self.to_boundary = names, boundaries, sizes, length, to_boundary

    def size(self) -> int:
        return counted(self)

    def plan(self) -> tuple[list[int], list[str], list[tuple[bool, int]]]:
        self.before[0].find(self.names)
        return super().plan()

    def rows(self, run: Run) -> Iterator[Row]:
        places = self.before[0].find(self.names)
        buckets: list[list[Row]] = [[] for _ in self.sizes]
        for row in self.before[0].rows(run):
            if self.length is None:
                length = row[places[0]].shape[0] if row[places[0]].ndim else 0
            else:
                length = called("element_length_function", self.length, *(row[place] for place in places))
            number = bisect.bisect_right(self.boundaries, length)
            buckets[number].append(row)
            if len(buckets[number]) == self.sizes[number]:
                yield self.group(number, buckets[number])
                buckets[number] = []
        if not self.drop_remainder:
            yield from (self.group(number, rows) for number, rows in enumerate(buckets) if rows)

    def group(self, number: int, rows: list[Row]) -> Row:
        """The rows of a bucket as one."""
        padding = self.padding
        if self.to_boundary:
            if number == len(self.boundaries):
                raise broken(f"Invalid data, requested to pad to bucket boundary failed, bucket index should be less than {number}.")
            size = self.boundaries[number] - 1
            padding = {name: (shape and [size if one is None else one for one in shape], fill) for name, (shape, fill) in padding.items()}
        found = PaddedBatch(self.before[0], 1, False, padding)
        return [found.joined(name, list(column)) for name, column in zip(self.columns(), zip(*rows, strict=True), strict=True)]


def padded(value: Any, shape: list[int], fill: Any) -> Any:
    """A value brought to a shape: cut off, or filled up at the ends. RuntimeError for a text among numbers, or the reverse."""
    text = value.dtype.kind in TEXTS
    if fill is not None and text != isinstance(fill, (str, bytes)):
        raise broken(f"Invalid pad_value: can not pad numeric and string tensors together, but got {fill!r} and {value.dtype}.")
    fill = ("" if text else 0) if fill is None else fill
    dtype = np.result_type(value.dtype, np.array(fill, value.dtype.kind).dtype) if text else value.dtype
    whole = np.full(shape, fill, dtype)
    part = tuple(slice(min(size, have)) for size, have in zip(shape, value.shape, strict=True))
    whole[part] = value[part]
    return whole


def check_batch(batch_size: Any, drop_remainder: Any) -> None:
    """A number of rows, or a function that tells it. TypeError and ValueError otherwise."""
    if not isinstance(batch_size, int) and not callable(batch_size):
        raise errors.invalid(TypeError, "batch_size should either be an int or a callable.")
    if isinstance(batch_size, int):
        within("batch_size", batch_size, 1, INT32_MAX)
    of_type("drop_remainder", drop_remainder, bool)


def check_buckets(names: Any, boundaries: Any, sizes: Any, length: Any) -> None:
    """What bucket_batch_by_length needs. TypeError and ValueError otherwise."""
    for name, value in (("column_names", names), ("bucket_boundaries", boundaries), ("bucket_batch_sizes", sizes)):
        if not of_type(name, value, list):
            raise errors.invalid(ValueError, f"{name} should not be empty.")
    for name in names:
        of_type("column_names", name, str)
    if length is None and len(names) != 1:
        raise errors.invalid(ValueError, "If element_length_function is not specified, exactly one column name should be passed.")
    if length is not None and not callable(length):
        raise errors.invalid(TypeError, "element_length_function object is not callable.")
    for name, numbers in (("bucket_boundaries", boundaries), ("bucket_batch_sizes", sizes)):
        if not all(isinstance(number, int) for number in numbers):
            raise errors.invalid(TypeError, f"{name} should be a list of int.")
        if not all(number > 0 for number in numbers):
            raise errors.invalid(ValueError, f"{name} must only contain positive numbers.")
    if not all(one < other for one, other in itertools.pairwise(boundaries)):
        raise errors.invalid(ValueError, "bucket_boundaries should be strictly increasing.")
    if len(sizes) != len(boundaries) + 1:
        raise errors.invalid(ValueError, "bucket_batch_sizes must contain one element more than bucket_boundaries.")


def check_padding(pad_info: Any) -> dict[str, Any]:
    """`pad_info`: {column: (shape or None, value or None)}. TypeError and ValueError."""
    if pad_info is None:
        return {}
    for name, entry in pad_info.items():
        if not isinstance(name, str) or not isinstance(entry, tuple):
            raise errors.invalid(TypeError, f"Argument pad_info must have a tuple for each column name, but got {name!r}: {entry!r}.")
        if len(entry) != 2 or not (entry[0] is None or isinstance(entry[0], list)):
            raise errors.invalid(TypeError, f"Argument pad_info[{name!r}] must be (list or None, value), but got {entry!r}.")
        if entry[0] and any(size is not None and size < 1 for size in entry[0]):
            raise errors.invalid(ValueError, f"pad_info[{name!r}] must have positive sizes, but got {entry[0]}.")
    return dict(pad_info)
