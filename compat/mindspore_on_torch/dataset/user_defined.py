"""Datasets of what a program has in memory or makes itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset import config
from compat.mindspore_on_torch.dataset.checks import maybe, names, of_type, samples, within, workers
from compat.mindspore_on_torch.dataset.pipeline import Dataset
from compat.mindspore_on_torch.dataset.samplers import check_shards, selected
from compat.mindspore_on_torch.dataset.schema import Schema
from compat.mindspore_on_torch.dataset.sources import Collection, Groups, Stream, numpy_types

__all__ = ["GeneratorDataset", "NumpySlicesDataset", "PaddedDataset", "RandomDataset"]


class GeneratorDataset(Dataset):
    """mindspore.dataset.GeneratorDataset: rows of an object with `__getitem__` and `__len__`, of an iterable, or of a function.

    A function is called for each pass. With random access, rows are shuffled unless shuffle=False; only then are there
    samplers and shards, and `num_parallel_workers` processes, unless python_multiprocessing=False. Arrays keep their types, Python
    numbers become int64 and float64.
    """

    def __init__(
        self, source: Any, column_names: Any = None, column_types: Any = None, schema: Any = None, num_samples: int | None = None,
        num_parallel_workers: int | None = 1, shuffle: bool | None = None, sampler: Any = None, num_shards: int | None = None,
        shard_id: int | None = None, python_multiprocessing: bool = True, max_rowsize: Any = None, batch_sampler: Any = None,
        collate_fn: Callable[..., Any] | None = None,
    ) -> None:  # fmt: skip
        api = "mindspore.dataset.GeneratorDataset"
        if not callable(source) and not hasattr(source, "__getitem__") and not isinstance(source, Iterable):
            reason = "function of GeneratorDataset should be callable, iterable or random accessible."
            raise errors.invalid(TypeError, f"Input `source` {reason}")
        if schema is not None:
            raise errors.UnsupportedArgument(api, "schema", schema, "None, with column_names")
        if column_names is None:
            raise errors.invalid(ValueError, "Neither columns_names nor schema are provided.")
        columns, count = names("column_names", column_names), workers(num_parallel_workers)
        of_type("python_multiprocessing", python_multiprocessing, bool)
        maybe("max_rowsize", max_rowsize, int, list)
        types = numpy_types(column_types)
        if batch_sampler is not None or collate_fn is not None:
            check_batch_sampler(source, batch_sampler, collate_fn, (num_samples, shuffle, num_shards, shard_id, sampler))
            super().__init__(Groups(columns, source, batch_sampler, collate_fn, types))
        elif hasattr(source, "__getitem__"):
            chosen = selected(api, sampler, num_samples, shuffle, num_shards, shard_id, default_shuffle=True)
            super().__init__(Collection(columns, source, chosen, types, count or 1 if python_multiprocessing else 1))
        else:
            maybe("shuffle", shuffle, bool)
            check_shards(num_shards, shard_id)
            for name, value in (("sampler", sampler), ("num_shards", num_shards)):
                if value is not None:
                    raise errors.invalid(ValueError, f"{name} is not supported if source does not have attribute '__getitem__'.")
            super().__init__(Stream(columns, source, samples(num_samples), types))


def check_batch_sampler(source: Any, batch_sampler: Any, collate_fn: Any, others: tuple[Any, ...]) -> None:
    """What a batch sampler needs, and excludes. TypeError and ValueError."""
    if batch_sampler is None:
        raise errors.invalid(ValueError, "collate_fn can be specified only when batch_sampler is set.")
    if not hasattr(source, "__getitem__"):
        raise errors.invalid(ValueError, "batch_sampler is not supported if source does not have attribute '__getitem__'.")
    if any(value is not None for value in others):
        reason = "num_samples, shuffle, num_shards, shard_id and sampler."
        raise errors.invalid(ValueError, f"batch_sampler is mutually exclusive with {reason}")
    if not hasattr(batch_sampler, "__getitem__") and not hasattr(batch_sampler, "__iter__"):
        raise errors.invalid(TypeError, "batch_sampler should have __getitem__ or __iter__ method.")
    if collate_fn is not None and not callable(collate_fn):
        raise errors.invalid(TypeError, "collate_fn should be callable.")


class Slices:
    """Columns of equal length as a collection of rows."""

    def __init__(self, columns: list[Any]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return tuple(np.array(column[index]) for column in self.columns)


class NumpySlicesDataset(Dataset):
    """mindspore.dataset.NumpySlicesDataset: the rows of a list or array, or of several in a tuple or dict.

    Columns are called column_0, column_1 …, or as the dict says, unless `column_names` has names; shuffled unless shuffle=False.
    """

    def __init__(
        self, data: Any, column_names: Any = None, num_samples: int | None = None, num_parallel_workers: int | None = 1,
        shuffle: bool | None = None, sampler: Any = None, num_shards: int | None = None, shard_id: int | None = None,
    ) -> None:  # fmt: skip
        of_type("data", data, list, tuple, dict, np.ndarray)
        if not len(data):
            raise errors.invalid(ValueError, "Argument data cannot be empty")
        workers(num_parallel_workers)
        columns = list(data.values()) if isinstance(data, dict) else list(data) if isinstance(data, tuple) else [data]
        if any(len(column) != len(columns[0]) for column in columns):
            raise errors.invalid(ValueError, "Data length in each column is not equal.")
        given = list(data) if isinstance(data, dict) else [f"column_{index}" for index in range(len(columns))]
        wanted = given if column_names is None else names("column_names", column_names)
        if len(wanted) != len(columns):
            raise errors.invalid(ValueError, f"Num of input column names is {len(wanted)}, but required is {len(columns)}.")
        chosen = selected("NumpySlicesDataset", sampler, num_samples, shuffle, num_shards, shard_id, default_shuffle=True)
        super().__init__(Collection(wanted, Slices(columns), chosen))


class PaddedDataset(Dataset):
    """mindspore.dataset.PaddedDataset: rows written out, each a dict of the columns; in order."""

    def __init__(self, padded_samples: list[dict[str, Any]]) -> None:
        of_type("padded_samples", padded_samples, list)
        if not padded_samples:
            raise errors.invalid(ValueError, "padded_samples cannot be empty.")
        for sample in padded_samples:
            of_type("padded_element", sample, dict)
        rows = [tuple(sample.values()) for sample in padded_samples]
        sampler = selected("PaddedDataset", None, None, False, None, None, default_shuffle=False)
        super().__init__(Collection(list(padded_samples[0]), rows, sampler))


class RandomRows:
    """Rows of random numbers by a schema, the same in each pass."""

    def __init__(self, columns: list[tuple[np.dtype[Any], list[int]]], rows: int) -> None:
        draws = config.generator()
        self.columns = [
            np.frombuffer(draws.bytes(rows * int(np.prod(shape)) * kind.itemsize), kind).reshape(rows, *shape)
            if kind.kind in "iu"
            else draws.integers(0, 2, (rows, *shape)).astype(kind)
            if kind.kind == "b"
            else draws.standard_normal((rows, *shape)).astype(kind)
            for kind, shape in columns
        ]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return tuple(column[index] for column in self.columns)


class RandomDataset(Dataset):
    """mindspore.dataset.RandomDataset: random numbers of the types and shapes of a Schema; other numbers than MindSpore's."""

    def __init__(
        self, total_rows: int | None = None, schema: Any = None, columns_list: list[str] | None = None, num_samples: int | None = None,
        num_parallel_workers: int | None = None, cache: Any = None, shuffle: bool | None = None, num_shards: int | None = None,
        shard_id: int | None = None,
    ) -> None:  # fmt: skip
        api = "mindspore.dataset.RandomDataset"
        if cache is not None:
            raise errors.UnsupportedArgument(api, "cache", cache, "None")
        if schema is None or total_rows is None:
            name, value = ("schema", schema) if schema is None else ("total_rows", total_rows)
            raise errors.UnsupportedArgument(api, name, value, "a Schema and a number of rows; MindSpore draws these, too")
        workers(num_parallel_workers)
        within("total_rows", of_type("total_rows", total_rows, int), 1, 2**31 - 1)
        columns = (schema if isinstance(schema, Schema) else Schema(of_type("schema", schema, str))).layout(columns_list)
        rows = RandomRows([entry[1:] for entry in columns], total_rows)
        chosen = selected(api, None, num_samples, shuffle, num_shards, shard_id, default_shuffle=True)
        super().__init__(Collection([entry[0] for entry in columns], rows, chosen))
