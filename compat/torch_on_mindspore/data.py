"""torch.utils.data: datasets, samplers and the DataLoader, with PyTorch's shuffle order for the same seed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import creation, random, shaping
from compat.torch_on_mindspore.arithmetic import is_tensor
from compat.torch_on_mindspore.random import Generator


class Dataset:
    """Something with `__getitem__`, and usually `__len__`."""

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Dataset) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset):
    """Something with `__iter__`."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")


class TensorDataset(Dataset):
    """Tensors whose first dimension counts the samples."""

    def __init__(self, *tensors: Any) -> None:
        if any(len(one) != len(tensors[0]) for one in tensors):
            raise invalid(AssertionError, "Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple(one[index] for one in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class Subset(Dataset):
    """The samples of a dataset at these indices."""

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: Any) -> Any:
        return self.dataset[[self.indices[one] for one in index] if isinstance(index, list) else self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """Datasets one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise invalid(AssertionError, "datasets should not be an empty iterable")
        self.cumulative_sizes = list(itertools.accumulate(map(len, self.datasets)))

    def __getitem__(self, index: int) -> Any:
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise invalid(ValueError, "absolute value of index should not exceed dataset length")
        number = next(at for at, end in enumerate(self.cumulative_sizes) if place < end)
        return self.datasets[number][place - (self.cumulative_sizes[number - 1] if number else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


def random_split(dataset: Any, lengths: Sequence[float], generator: Generator | None = None) -> list[Subset]:
    """Disjoint random parts, of these lengths or, when they sum to 1, these fractions."""
    sizes = [int(one) for one in lengths]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for number, fraction in enumerate(lengths):
            if not 0 <= fraction <= 1:
                raise invalid(ValueError, f"Fraction at index {number} is not between 0 and 1")
        sizes = [math.floor(len(dataset) * one) for one in lengths]
        for at in range(len(dataset) - sum(sizes)):
            sizes[at % len(sizes)] += 1
    if sum(sizes) != len(dataset):
        raise invalid(ValueError, "Sum of input lengths does not equal the length of the input dataset!")
    order = random.chosen(generator).permutation(len(dataset)).tolist()
    ends = itertools.accumulate(sizes)
    return [Subset(dataset, order[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


class Sampler:
    """Something that iterates over indices."""

    def __init__(self, data_source: Any = None) -> None:
        pass

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError


class SequentialSampler(Sampler):
    """0, 1, 2, …"""

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


def drawn_seed(generator: Generator | None) -> int:
    """What `torch.empty((), dtype=torch.int64).random_(generator=generator).item()` gives."""
    return int(random.chosen(generator).double_words(1)[0] % np.uint64(2**63))


class RandomSampler(Sampler):
    """A random order, or draws with replacement, from a stream whose seed comes from the default stream."""

    def __init__(
        self, data_source: Any, replacement: bool = False, num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:  # fmt: skip
        self.data_source, self.replacement, self.generator = data_source, replacement, generator
        self._num_samples = num_samples
        if not isinstance(replacement, bool):
            raise invalid(TypeError, f"replacement should be a boolean value, but got replacement={replacement}")
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            raise invalid(ValueError, f"num_samples should be a positive integer value, but got num_samples={self.num_samples}")

    @property
    def num_samples(self) -> int:
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        # PyTorch draws its seed when the first index is asked for; so does this generator function.
        stream = Generator().manual_seed(drawn_seed(None)) if self.generator is None else self.generator
        count = len(self.data_source)
        for wanted in self._portions(count):
            if self.replacement:
                yield from stream.integers(wanted, 0, count).tolist()
            else:
                yield from stream.permutation(count).tolist()[:wanted]

    def _portions(self, count: int) -> Iterator[int]:
        """How many indices each draw gives: 32 with replacement, otherwise a permutation; the last may be 0."""
        size = 32 if self.replacement else count
        yield from itertools.repeat(size, self.num_samples // size)
        yield self.num_samples % size

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler):
    """These indices in random order."""

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for at in random.chosen(self.generator).permutation(len(self.indices)).tolist():
            yield self.indices[at]

    def __len__(self) -> int:
        return len(self.indices)


class BatchSampler(Sampler):
    """Lists of `batch_size` indices of another sampler."""

    def __init__(self, sampler: Any, batch_size: int, drop_last: bool) -> None:
        if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size <= 0:
            raise invalid(ValueError, f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        if not isinstance(drop_last, bool):
            raise invalid(ValueError, f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)
        return whole + bool(rest and not self.drop_last)


def default_collate(batch: Sequence[Any]) -> Any:
    """Samples as one batch: tensors and arrays stacked, numbers as a tensor, containers element by element."""
    first = batch[0]
    if is_tensor(first):
        return shaping.stack(batch)
    if isinstance(first, (np.ndarray, np.generic)) and first.dtype.kind not in "USO":
        return creation.tensor(np.stack(batch))
    if isinstance(first, float):
        return creation.tensor(np.array(batch, np.float64))
    if isinstance(first, int):
        return creation.tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return {key: default_collate([one[key] for one in batch]) for key in first}
    if isinstance(first, Sequence):
        if any(len(one) != len(first) for one in batch):
            raise invalid(RuntimeError, "each element in list of batch should be of equal size")
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        return type(first)(*columns) if hasattr(first, "_fields") else columns
    raise invalid(
        TypeError,
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {type(first)}",
    )


def default_convert(data: Any) -> Any:
    """One sample when batching is off: arrays become tensors."""
    return creation.as_tensor_public(data) if isinstance(data, np.ndarray) else data


class DataLoader:
    """Iterates over batches of a dataset, in this process."""

    def __init__(
        self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None, sampler: Any = None,
        batch_sampler: Any = None, num_workers: int = 0, collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False, drop_last: bool = False, timeout: float = 0, worker_init_fn: Any = None,
        multiprocessing_context: Any = None, generator: Generator | None = None, *, prefetch_factor: int | None = None,
        persistent_workers: bool = False, pin_memory_device: str = "", in_order: bool = True,
    ) -> None:  # fmt: skip
        del worker_init_fn, multiprocessing_context, pin_memory_device, in_order  # they act on worker processes only
        check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        check_batching(batch_size, shuffle, sampler, batch_sampler, drop_last)
        self.dataset, self.generator = dataset, generator
        self.num_workers, self.pin_memory, self.timeout = num_workers, pin_memory, timeout
        self.batch_size, self.drop_last = (None, False) if batch_sampler is not None else (batch_size, drop_last)
        self.iterable = isinstance(dataset, IterableDataset)
        if self.iterable and (shuffle or sampler is not None or batch_sampler is not None):
            raise invalid(
                ValueError,
                f"DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle={shuffle}",
            )
        if self.iterable:
            sampler = itertools.repeat(None)
        elif sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        self.sampler = sampler
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_sampler = batch_sampler
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)

    def __iter__(self) -> Iterator[Any]:
        # PyTorch draws a seed for its workers here, also when there are none.
        indices = iter(self.sampler if self.batch_sampler is None else self.batch_sampler)
        drawn_seed(self.generator)
        return self._streamed() if self.iterable else self._fetched(indices)

    def _fetched(self, indices: Iterator[Any]) -> Iterator[Any]:
        for wanted in indices:
            yield self.collate_fn(self._samples(wanted))

    def _samples(self, wanted: Any) -> Any:
        if self.batch_sampler is None:
            return self.dataset[wanted]
        if hasattr(self.dataset, "__getitems__"):
            return self.dataset.__getitems__(wanted)
        return [self.dataset[one] for one in wanted]

    def _streamed(self) -> Iterator[Any]:
        samples = iter(self.dataset)
        if self.batch_size is None:
            yield from map(self.collate_fn, samples)
            return
        while batch := list(itertools.islice(samples, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield self.collate_fn(batch)

    def __len__(self) -> int:
        if self.iterable:
            size = len(self.dataset)
            if self.batch_size is None:
                return size
            return size // self.batch_size if self.drop_last else math.ceil(size / self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)


def check_workers(num_workers: int, timeout: float, prefetch_factor: Any, persistent_workers: bool) -> None:
    if num_workers < 0:
        raise invalid(ValueError, "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if num_workers:
        raise UnsupportedArgument("torch.utils.data.DataLoader", "num_workers", num_workers, "0: MindSpore hangs after a fork")
    if timeout < 0:
        raise invalid(ValueError, "timeout option should be non-negative")
    if prefetch_factor is not None:
        raise invalid(
            ValueError,
            "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
            "multiprocessing, otherwise set prefetch_factor to None.",
        )
    if persistent_workers:
        raise invalid(ValueError, "persistent_workers option needs num_workers > 0")


def check_batching(batch_size: Any, shuffle: Any, sampler: Any, batch_sampler: Any, drop_last: bool) -> None:
    """ValueError for options that exclude each other."""
    if sampler is not None and shuffle:
        raise invalid(ValueError, "sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise invalid(ValueError, "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
    if batch_size is None and batch_sampler is None and drop_last:
        raise invalid(ValueError, "batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
