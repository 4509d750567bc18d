"""Datasets: by index, as a stream, of tensors, and made of other datasets."""

from __future__ import annotations

import bisect
import itertools
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import engine, random
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.random import Generator
from compat.torch_on_mindspore.tensor import as_tensor, elements

Sample = TypeVar("Sample", covariant=True)


class Dataset(Generic[Sample]):
    """Something with `__getitem__`, and usually `__len__`."""

    def __getitem__(self, index: Any) -> Sample:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Dataset[Any]) -> Any:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[Sample]):
    """Something with `__iter__`."""

    def __iter__(self) -> Iterator[Sample]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")

    def __add__(self, other: Dataset[Any]) -> Any:
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Any, ...]]):
    """Tensors whose first dimension counts the samples."""

    def __init__(self, *tensors: Any) -> None:
        if any(len(one) != len(tensors[0]) for one in tensors):
            raise invalid(AssertionError, "Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple(one[index] for one in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


def batch_of(dataset: Any, indices: Sequence[int]) -> list[Any] | None:
    """What collating these samples gives, taken at once on the host; None where that is not the same.

    It is for a dataset of tensors, or a part of one; not for a tensor whose history counts, for bfloat16, nor for indices that
    PyTorch would refuse.
    """
    while type(dataset) is Subset:
        dataset, indices = dataset.dataset, [dataset.indices[one] for one in indices]
    if getattr(type(dataset), "__getitem__", None) is not TensorDataset.__getitem__ or not engine.ON_CPU:
        return None
    if hasattr(dataset, "__getitems__") or not dataset.tensors:
        return None
    places = np.array(indices)
    if places.dtype.kind != "i" or places.ndim != 1:
        return None
    arrays = []
    for one in dataset.tensors:
        array = elements(one) if not engine.requires_grad(one) else None
        if array is None or array.dtype.name == "bfloat16" or places.max() >= len(array) or places.min() < -len(array):
            return None
        arrays.append(array)
    return [as_tensor(mindspore.Tensor.from_numpy(array.take(places, 0))) for array in arrays]


class StackDataset(Dataset[Any]):
    """Samples of several datasets side by side: tuples, or dicts when the datasets are given by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise invalid(
                ValueError,
                "Supported either ``tuple``- (via ``args``) or``dict``- (via ``kwargs``) like input/output, but both types are given.",
            )
        if not args and not kwargs:
            raise invalid(ValueError, "At least one dataset should be passed")
        self.datasets: Any = args or kwargs
        columns = list(self._columns())
        self._length = len(columns[0])
        if any(len(one) != self._length for one in columns):
            raise invalid(ValueError, "Size mismatch between datasets")

    def _columns(self) -> Iterable[Any]:
        return self.datasets.values() if isinstance(self.datasets, dict) else self.datasets

    def _rows(self, columns: list[Any]) -> Any:
        return dict(zip(self.datasets, columns, strict=True)) if isinstance(self.datasets, dict) else tuple(columns)

    def __getitem__(self, index: Any) -> Any:
        return self._rows([one[index] for one in self._columns()])

    def __getitems__(self, indices: list[Any]) -> list[Any]:
        """The samples at `indices`; ValueError when a dataset gives another number of them."""
        columns = []
        for one in self._columns():
            found = samples_of(one, indices)
            if len(found) != len(indices):
                raise invalid(ValueError, f"Nested dataset's output size mismatch. Expected {len(indices)}, got {len(found)}")
            columns.append(found)
        return [self._rows(list(row)) for row in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[Sample]):
    """Datasets one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise invalid(AssertionError, "datasets should not be an empty iterable")
        if any(isinstance(one, IterableDataset) for one in self.datasets):
            raise invalid(AssertionError, "ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = self.cumsum(self.datasets)

    @staticmethod
    def cumsum(sequence: Iterable[Any]) -> list[int]:
        return list(itertools.accumulate(map(len, sequence)))

    def __getitem__(self, index: int) -> Any:
        place = index + len(self) if index < 0 else index
        if place < 0:
            raise invalid(ValueError, "absolute value of index should not exceed dataset length")
        number = bisect.bisect_right(self.cumulative_sizes, place)
        return self.datasets[number][place - (self.cumulative_sizes[number - 1] if number else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class ChainDataset(IterableDataset[Sample]):
    """Streams one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = datasets

    def _streams(self) -> Iterator[Any]:
        for one in self.datasets:
            if not isinstance(one, IterableDataset):
                raise invalid(AssertionError, "ChainDataset only supports IterableDataset")
            yield one

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self._streams())

    def __len__(self) -> int:
        return sum(len(one) for one in self._streams())


class Subset(Dataset[Sample]):
    """The samples of a dataset at these indices."""

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: Any) -> Any:
        return self.dataset[[self.indices[one] for one in index] if isinstance(index, list) else self.indices[index]]

    def __getitems__(self, indices: list[int]) -> list[Any]:
        return samples_of(self.dataset, [self.indices[one] for one in indices])

    def __len__(self) -> int:
        return len(self.indices)


def samples_of(dataset: Any, indices: list[Any]) -> list[Any]:
    """These samples, at once where the dataset can."""
    at_once = getattr(dataset, "__getitems__", None)
    found: list[Any] = at_once(indices) if callable(at_once) else [dataset[one] for one in indices]
    return found


def random_split(dataset: Any, lengths: Sequence[float], generator: Generator | None = None) -> list[Subset[Any]]:
    """Disjoint random parts, of these lengths or, when they sum to 1, these fractions."""
    sizes = [int(one) for one in lengths]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for number, fraction in enumerate(lengths):
            if not 0 <= fraction <= 1:
                raise invalid(ValueError, f"Fraction at index {number} is not between 0 and 1")
        sizes = [math.floor(len(dataset) * one) for one in lengths]
        for at in range(len(dataset) - sum(sizes)):
            sizes[at % len(sizes)] += 1
        for number, size in enumerate(sizes):
            if not size:
                warnings.warn(f"Length of split at index {number} is 0. This might result in an empty dataset.", stacklevel=2)
    if sum(sizes) != len(dataset):
        raise invalid(ValueError, "Sum of input lengths does not equal the length of the input dataset!")
    order = random.chosen(generator).permutation(len(dataset)).tolist()
    ends = itertools.accumulate(sizes)
    return [Subset(dataset, order[end - size : end]) for end, size in zip(ends, sizes, strict=True)]
