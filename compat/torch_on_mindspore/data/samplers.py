"""Samplers: in which order the samples of a dataset come, drawn from PyTorch's stream."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes, random
from compat.torch_on_mindspore.distributed.groups import get_rank, get_world_size
from compat.torch_on_mindspore.random import Generator

Index = TypeVar("Index", covariant=True)


class Sampler(Generic[Index]):
    """Something that iterates over indices."""

    def __iter__(self) -> Iterator[Index]:
        raise NotImplementedError


class SequentialSampler(Sampler[int]):
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


class RandomSampler(Sampler[int]):
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
            elif wanted:
                yield from stream.permutation(count).tolist()[:wanted]
            elif self.generator is not None:
                stream.words(max(count - 1, 0))  # PyTorch draws for a permutation of which it takes nothing

    def _portions(self, count: int) -> Iterator[int]:
        """How many indices each draw gives: 32 with replacement, otherwise a permutation; the last may be 0."""
        size = 32 if self.replacement else count
        yield from itertools.repeat(size, self.num_samples // size)
        yield self.num_samples % size

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """These indices in random order."""

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for at in random.chosen(self.generator).permutation(len(self.indices)).tolist():
            yield self.indices[at]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Indices drawn with these weights, which need not sum to 1."""

    def __init__(self, weights: Sequence[float], num_samples: int, replacement: bool = True, generator: Generator | None = None) -> None:
        if not isinstance(num_samples, int) or isinstance(num_samples, bool) or num_samples <= 0:
            raise invalid(ValueError, f"num_samples should be a positive integer value, but got num_samples={num_samples}")
        if not isinstance(replacement, bool):
            raise invalid(ValueError, f"replacement should be a boolean value, but got replacement={replacement}")
        self.weights = creation.as_tensor_public(weights, dtype=dtypes.float64)
        if self.weights.ndim != 1:
            raise invalid(ValueError, f"weights should be a 1d sequence but given weights have shape {tuple(self.weights.shape)}")
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        yield from drawn(self.weights.numpy(), self.num_samples, self.replacement, random.chosen(self.generator)).tolist()

    def __len__(self) -> int:
        return self.num_samples


def drawn(weights: Any, count: int, replacement: bool, stream: Generator) -> Any:
    """Places in `weights`, as `torch.multinomial` draws them; RuntimeError when there are too few that can be."""
    if not replacement and count > len(weights):
        raise invalid(RuntimeError, "cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise invalid(RuntimeError, "probability tensor contains either `inf`, `nan` or element < 0")
    if not weights.sum() > 0:
        raise invalid(RuntimeError, "invalid multinomial distribution (sum of probabilities <= 0)")
    if replacement:
        ends = np.cumsum(weights / weights.sum())
        return np.searchsorted(ends / ends[-1], stream.fractions(count, double=True))
    # the first to arrive, when each waits for a time of exponential distribution
    arrivals = weights / -np.log1p(-stream.fractions(len(weights), double=True))
    return np.argsort(-arrivals, kind="stable")[:count]


class BatchSampler(Sampler[list[int]]):
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


class DistributedSampler(Sampler[int]):
    """Every `num_replicas`-th sample, from `rank` on, of an order that all replicas share.

    Both are the process group's unless given; ValueError if there is none.
    """

    def __init__(
        self, dataset: Any, num_replicas: int | None = None, rank: int | None = None, shuffle: bool = True, seed: int = 0,
        drop_last: bool = False,
    ) -> None:  # fmt: skip
        num_replicas = get_world_size() if num_replicas is None else num_replicas
        rank = get_rank() if rank is None else rank
        if not 0 <= rank < num_replicas:
            raise invalid(ValueError, f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.shuffle, self.seed, self.drop_last, self.epoch = shuffle, seed, drop_last, 0
        count = len(dataset)
        self.num_samples = count // num_replicas if drop_last else math.ceil(count / num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        count = len(self.dataset)
        order = Generator().manual_seed(self.seed + self.epoch).permutation(count).tolist() if self.shuffle else range(count)
        padded = itertools.islice(itertools.cycle(order), self.total_size)
        return itertools.islice(padded, self.rank, None, self.num_replicas)

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this epoch."""
        self.epoch = epoch
