"""Datasets of text files: their lines, or the fields of lines."""

from __future__ import annotations

import csv
import glob
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset.checks import broken, maybe, names, of_type, samples, workers
from compat.mindspore_on_torch.dataset.nodes import Run
from compat.mindspore_on_torch.dataset.pipeline import Dataset
from compat.mindspore_on_torch.dataset.rows import Row
from compat.mindspore_on_torch.dataset.samplers import check_shards
from compat.mindspore_on_torch.dataset.shuffle_modes import Shuffle
from compat.mindspore_on_torch.dataset.sources import Source

__all__ = ["CSVDataset", "TextFileDataset"]

KINDS: dict[type, Any] = {int: np.int32, float: np.float32, str: np.str_}


class Lines(Source):
    """The rows of several files, one after the other: all, or a shard of equal length, in order or shuffled."""

    def __init__(
        self, columns: list[str], paths: list[str], limit: int | None, shuffle: Shuffle, shards: int | None, shard: int | None
    ) -> None:
        super().__init__(columns)
        self.paths, self.limit, self.mode, self.shards, self.shard = paths, limit, shuffle, shards, shard

    @property
    def shuffled(self) -> bool:
        """Whether the order is drawn."""
        return self.mode is not Shuffle.FALSE

    @property
    def sharded(self) -> bool:
        """Whether only a shard is given."""
        return self.shards is not None

    def read(self, path: str) -> Iterator[Row]:
        """The rows of a file."""
        raise NotImplementedError

    def rows(self, run: Run) -> Iterator[Row]:
        draws = run.draws(self)
        paths = self.paths if self.mode is Shuffle.FALSE else [self.paths[place] for place in draws.permutation(len(self.paths))]
        found: Iterator[Row] = itertools.chain.from_iterable(self.read(path) for path in paths)
        if self.shards is not None and self.shard is not None:
            whole = list(found)
            length = -(-len(whole) // self.shards)
            found = (whole[place % len(whole)] for place in range(self.shard * length, (self.shard + 1) * length) if whole)
        if self.mode is Shuffle.GLOBAL:
            kept = list(found)
            found = (kept[place] for place in draws.permutation(len(kept)))
        return itertools.islice(found, self.limit)

    def size(self) -> int:
        rows = sum(1 for path in self.paths for _ in self.read(path))
        share = rows if self.shards is None else -(-rows // self.shards)
        return share if self.limit is None else min(share, self.limit)


def opened(path: str, newline: str) -> Any:
    """A text file. RuntimeError if it can't be opened."""
    try:
        return open(path, encoding="utf-8", newline=newline)
    except OSError as error:
        raise broken(f"Invalid file, failed to open text: {path}: {error}.") from error


class TextLines(Lines):
    """The lines of text files that are not empty, without the line feed."""

    def read(self, path: str) -> Iterator[Row]:
        with opened(path, "\n") as file:
            try:
                yield from ([np.array(line)] for line in (line.removesuffix("\n") for line in file) if line)
            except UnicodeDecodeError as error:
                raise broken(f"Invalid file, {path} is not UTF-8: {error}.") from error


class TableLines(Lines):
    """The fields of lines: each as int32, float32 or text."""

    def __init__(self, columns: list[str], delimiter: str, kinds: list[type], header: bool, *rest: Any) -> None:
        super().__init__(columns, *rest)
        self.delimiter, self.kinds, self.header = delimiter, kinds, header

    def read(self, path: str) -> Iterator[Row]:
        with opened(path, "") as file:
            lines = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                for number, fields in enumerate(lines, 1):
                    if not fields or (self.header and number == 1):
                        continue
                    if len(fields) != len(self.names):
                        raise broken(
                            f"Invalid file, {path} has {len(fields)} fields at line {number}, and there are {len(self.names)} columns."
                        )
                    yield [field(text, kind) for text, kind in zip(fields, self.kinds, strict=True)]
            except (csv.Error, ValueError) as error:
                raise broken(f"Invalid file, failed to parse csv file: {path} at line {lines.line_num}: {error}.") from error


def field(text: str, kind: type) -> Any:
    """A field as an array. ValueError for one that is no number where one is wanted."""
    return np.array(text) if kind is str else np.array(float(text)).astype(KINDS[kind])


def check_files(dataset_files: Any) -> list[str]:
    """The files that names or patterns stand for, sorted. TypeError and ValueError."""
    of_type("dataset files", dataset_files, str, list)
    patterns = [dataset_files] if isinstance(dataset_files, str) else dataset_files
    if not patterns:
        raise errors.invalid(ValueError, f"Input dataset_files can not be empty, but got '{dataset_files}'.")
    found, unmatched = [], []
    for pattern in patterns:
        matches = glob.glob(of_type("dataset files", pattern, str), recursive=True)
        found.extend(matches)
        if not matches:
            unmatched.append(pattern)
    if unmatched:
        raise errors.invalid(ValueError, f"The following patterns did not match any files: {unmatched}.")
    return sorted(found)


def check_shuffle(shuffle: Any) -> Shuffle:
    """A mode that a text file can have. TypeError and UnsupportedArgument."""
    if shuffle is None or not isinstance(shuffle, (bool, Shuffle)):
        raise errors.invalid(TypeError, "shuffle must be of boolean or enum of 'Shuffle' values like 'Shuffle.GLOBAL' or 'Shuffle.FILES'.")
    found = (Shuffle.GLOBAL if shuffle else Shuffle.FALSE) if isinstance(shuffle, bool) else shuffle
    if found not in (Shuffle.GLOBAL, Shuffle.FILES, Shuffle.FALSE):
        raise errors.UnsupportedArgument("mindspore.dataset", "shuffle", shuffle, "Shuffle.GLOBAL, Shuffle.FILES, True or False")
    return found


class TextFileDataset(Dataset):
    """mindspore.dataset.TextFileDataset: a column text with the lines of files; shuffled unless shuffle=False."""

    def __init__(
        self, dataset_files: Any, num_samples: int | None = None, num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL,
        num_shards: int | None = None, shard_id: int | None = None, cache: Any = None,
    ) -> None:  # fmt: skip
        paths = check_files(dataset_files)
        super().__init__(TextLines(["text"], paths, *check_rest(num_samples, num_parallel_workers, shuffle, num_shards, shard_id, cache)))


def check_rest(num_samples: Any, num_parallel_workers: Any, shuffle: Any, num_shards: Any, shard_id: Any, cache: Any) -> tuple[Any, ...]:
    """The arguments that datasets of text files share, as Lines takes them."""
    if cache is not None:
        raise errors.UnsupportedArgument("mindspore.dataset", "cache", cache, "None")
    workers(num_parallel_workers)
    check_shards(num_shards, shard_id)
    return samples(num_samples), check_shuffle(shuffle), num_shards, shard_id


class CSVDataset(Dataset):
    """mindspore.dataset.CSVDataset: the fields of lines; the columns' names are in the first one unless `column_names` has them.

    `column_defaults` has a value for each column, whose type is that of the column; text without it. An empty field is a text, and
    no number, whatever the default. Shuffled unless shuffle=False.
    """

    def __init__(
        self, dataset_files: Any, field_delim: str = ",", column_defaults: list[Any] | None = None, column_names: list[str] | None = None,
        num_samples: int | None = None, num_parallel_workers: int | None = None, shuffle: Any = Shuffle.GLOBAL,
        num_shards: int | None = None, shard_id: int | None = None, cache: Any = None,
    ) -> None:  # fmt: skip
        paths = check_files(dataset_files)
        if len(of_type("field_delim", field_delim, str)) != 1 or field_delim in '"\r\n':
            raise errors.invalid(ValueError, "field_delim is invalid.")
        for value in maybe("column_defaults", column_defaults, list) or []:
            if type(value) not in KINDS:
                raise errors.invalid(TypeError, "column type in column_defaults is invalid.")
        columns = header_of(paths[0], field_delim) if column_names is None else names("column_names", column_names)
        kinds = [type(value) for value in column_defaults or []][: len(columns)]
        kinds += [str] * (len(columns) - len(kinds))
        rest = check_rest(num_samples, num_parallel_workers, shuffle, num_shards, shard_id, cache)
        super().__init__(TableLines(columns, field_delim, kinds, column_names is None, paths, *rest))


def header_of(path: str, delimiter: str) -> list[str]:
    """The fields of the first line of a file."""
    with opened(path, "") as file:
        return next(csv.reader(file, delimiter=delimiter), [])
