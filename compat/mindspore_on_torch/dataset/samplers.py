"""Which rows a dataset with random access gives, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset import config
from compat.mindspore_on_torch.dataset.checks import broken, of_type, samples
from compat.mindspore_on_torch.dataset.shuffle_modes import Shuffle

__all__ = [
    "DistributedSampler", "PKSampler", "RandomSampler", "Sampler", "SequentialSampler", "SubsetRandomSampler", "SubsetSampler",
    "WeightedRandomSampler",
]  # fmt: skip


def need(name: str, value: Any, kind: type, text: str) -> Any:
    """`value`, if it is of that type and not a bool for an int; TypeError otherwise."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise errors.invalid(TypeError, f"{name} must be {text} but was: {value}.")
    return value


def count(num_samples: Any) -> int | None:
    """`num_samples` of a sampler: None or 0 for all."""
    if num_samples is not None:
        need("num_samples", num_samples, int, "integer")
    return samples(num_samples)


class BuiltinSampler:
    """What chooses rows by their numbers, from those that its child has chosen, if it has one."""

    shuffled = False
    sharded = False

    def __init__(self, num_samples: int | None = None) -> None:
        self.num_samples = num_samples
        self.child_sampler: Any = None

    def indices(self, rows: int, draws: np.random.Generator, labels: Any = None) -> list[int]:
        """The numbers of the rows to give, of a dataset of that many rows. `labels` has their classes, where there are some."""
        if self.child_sampler is None:
            return self.limited([int(index) for index in self.choose(rows, draws, labels)])
        base = self.child_sampler.indices(rows, draws, labels)
        return self.limited([base[index] for index in self.choose(len(base), draws, None if labels is None else labels[base])])

    def limited(self, chosen: list[int]) -> list[int]:
        """The first `num_samples` of them."""
        return chosen if self.num_samples is None else chosen[: self.num_samples]

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        """All that this sampler would take, before `num_samples`."""
        raise NotImplementedError

    def add_child(self, sampler: Any) -> None:
        """Choose from what another sampler chooses. RuntimeError for a second one."""
        if sampler is not None and self.child_sampler is not None:
            raise errors.invalid(RuntimeError, "Cannot add more than 1 child to sampler.")
        self.child_sampler = sampler

    def get_child(self) -> Any:
        """The sampler that this one chooses from, or None."""
        return self.child_sampler

    def get_num_samples(self) -> int | None:
        """`num_samples`, or fewer that the child has; None if neither says."""
        known = [self.num_samples, self.child_sampler.get_num_samples() if self.child_sampler else None]
        return min((number for number in known if number is not None), default=None)

    def is_shuffled(self) -> bool:
        """Whether the order is drawn."""
        return self.shuffled or (self.child_sampler is not None and self.child_sampler.is_shuffled())

    def is_sharded(self) -> bool:
        """Whether it takes a shard."""
        return self.sharded or (self.child_sampler is not None and self.child_sampler.is_sharded())


class Sampler(BuiltinSampler):
    """mindspore.dataset.Sampler(num_samples=None): a subclass yields numbers of rows from `__iter__`, and has `dataset_size`."""

    def __init__(self, num_samples: int | None = None) -> None:
        super().__init__(num_samples)
        self.dataset_size = 0

    def __iter__(self) -> Iterator[int]:
        raise NotImplementedError

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        self.dataset_size = rows
        return list(self)


class IterSampler(BuiltinSampler):
    """An iterable of the user, which is no Sampler."""

    def __init__(self, source: Iterable[int], num_samples: int | None = None) -> None:
        super().__init__(num_samples)
        self.source = source

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        return list(self.source)


class SequentialSampler(BuiltinSampler):
    """mindspore.dataset.SequentialSampler(start_index=None, num_samples=None): in order."""

    def __init__(self, start_index: int | None = None, num_samples: int | None = None) -> None:
        super().__init__(count(num_samples))
        self.start_index = 0 if start_index is None else need("start_index", start_index, int, "integer")

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        if rows and not 0 <= self.start_index < rows:
            raise broken(f"Invalid parameter, start_index must be less than num_rows, but got {self.start_index} and {rows}.")
        return range(self.start_index, rows)


class RandomSampler(BuiltinSampler):
    """mindspore.dataset.RandomSampler(replacement=False, num_samples=None): another order in each epoch."""

    shuffled = True

    def __init__(self, replacement: bool = False, num_samples: int | None = None, shuffle: Any = Shuffle.GLOBAL) -> None:
        super().__init__(count(num_samples))
        self.replacement = need("replacement", replacement, bool, "a boolean value")
        if shuffle is not Shuffle.GLOBAL:
            raise errors.UnsupportedArgument("mindspore.dataset.RandomSampler", "shuffle", shuffle, "Shuffle.GLOBAL")

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        return draws.integers(rows, size=rows).tolist() if self.replacement and rows else draws.permutation(rows).tolist()


class DistributedSampler(BuiltinSampler):
    """mindspore.dataset.DistributedSampler(num_shards, shard_id, shuffle=True, num_samples=None, offset=-1): every num_shards-th row.

    Shards are equally long: the last ones begin again at the first row. With an `offset`, the rows begin at that shard, and
    those that would lie before row 0 or behind the last are left out. The order of a shuffle is that of all shards.
    """

    sharded = True

    def __init__(self, num_shards: int, shard_id: int, shuffle: Any = True, num_samples: int | None = None, offset: int = -1) -> None:
        self.num_shards = need("num_shards", num_shards, int, "integer")
        self.shard_id = need("shard_id", shard_id, int, "integer")
        if not isinstance(shuffle, (bool, Shuffle)):
            raise errors.invalid(TypeError, f"shuffle must be a boolean value or valid shuffle mode but was: {shuffle}.")
        super().__init__(count(num_samples))
        if isinstance(shuffle, Shuffle) and shuffle not in (Shuffle.GLOBAL, Shuffle.FALSE):
            raise errors.UnsupportedArgument("mindspore.dataset.DistributedSampler", "shuffle", shuffle, "True or False")
        self.shuffled = shuffle is True or shuffle is Shuffle.GLOBAL
        self.offset = need("offset", offset, int, "integer")
        # All shards have to draw the same order, each in its process: not from what the pipeline draws.
        self.epoch = 0

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        if self.num_shards < 1 or not 0 <= self.shard_id < self.num_shards:
            raise broken(f"DistributedSampler: shard_id {self.shard_id} must be less than num_shards {self.num_shards}.")
        if self.offset > self.num_shards:
            raise broken(f"DistributedSampler: offset {self.offset} must be no more than num_shards {self.num_shards}.")
        self.epoch += 1
        order = np.random.default_rng(config.get_seed() + self.epoch).permutation(rows) if self.shuffled else np.arange(rows)
        if self.offset < 0:
            length = -(-rows // self.num_shards)
            return order[(self.shard_id + np.arange(length) * self.num_shards) % max(rows, 1)].tolist() if rows else []
        first = self.shard_id - self.offset
        return order[first % self.num_shards if first < 0 else first :: self.num_shards].tolist()


class SubsetSampler(BuiltinSampler):
    """mindspore.dataset.SubsetSampler(indices, num_samples=None): the rows of these numbers, in this order."""

    def __init__(self, indices: Any, num_samples: int | None = None) -> None:
        super().__init__(count(num_samples))
        self.rows = list(indices) if isinstance(indices, Iterable) else [indices]
        for place, index in enumerate(self.rows):
            if not isinstance(index, (int, np.integer)) or isinstance(index, bool):
                reason = f"Type of indices element must be int, but got list[{place}]: {index}, type: {type(index)}."
                raise errors.invalid(TypeError, f"{type(self).__name__}: {reason}")

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        for index in self.rows:
            if not 0 <= index < rows:
                raise broken(f"{type(self).__name__}: id {index} is out of bounds, it should be in [0, {rows}).")
        return self.rows

    def get_num_samples(self) -> int | None:
        known = super().get_num_samples()
        return len(self.rows) if known is None else min(known, len(self.rows))


class SubsetRandomSampler(SubsetSampler):
    """mindspore.dataset.SubsetRandomSampler(indices, num_samples=None): the rows of these numbers, in another order each epoch."""

    shuffled = True

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        return draws.permutation(list(super().choose(rows, draws, labels))).tolist()


class WeightedRandomSampler(BuiltinSampler):
    """mindspore.dataset.WeightedRandomSampler(weights, num_samples=None, replacement=True): the rows by their chances.

    `weights` has a number for each row, or for the first ones. RuntimeError for none, for negative ones and for nothing but zeros.
    """

    shuffled = True

    def __init__(self, weights: Any, num_samples: int | None = None, replacement: bool = True) -> None:
        self.weights = list(weights) if isinstance(weights, Iterable) else [weights]
        for place, weight in enumerate(self.weights):
            if not isinstance(weight, (int, float, np.number)):
                reason = f"type of weights element must be number, but got w[{place}]: {weight}, type: {type(weight)}."
                raise errors.invalid(TypeError, reason)
        super().__init__(count(num_samples))
        self.replacement = need("replacement", replacement, bool, "a boolean value")

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        chances = np.array(self.weights, np.float64)
        if not len(chances) or len(chances) > rows or (chances < 0).any() or not chances.any():
            raise broken(f"WeightedRandomSampler: weights must be up to {rows} numbers, not negative and not all zero.")
        taken = rows if self.num_samples is None else self.num_samples
        if not self.replacement and taken > np.count_nonzero(chances):
            raise broken(f"WeightedRandomSampler: {taken} rows without replacement are more than have a chance.")
        return draws.choice(len(chances), taken, self.replacement, chances / chances.sum()).tolist()


class PKSampler(BuiltinSampler):
    """mindspore.dataset.PKSampler(num_val, num_class=None, shuffle=False, class_column="label", num_samples=None).

    `num_val` rows of each class, class after class, for the datasets of this package that have a label for each row.
    """

    def __init__(
        self, num_val: int, num_class: int | None = None, shuffle: bool = False, class_column: str = "label", num_samples: int | None = None
    ) -> None:
        self.num_val = need("num_val", num_val, int, "integer")
        if num_class is not None:
            raise errors.invalid(NotImplementedError, "Not supported to specify num_class for PKSampler.")
        self.shuffled = need("shuffle", shuffle, bool, "a boolean value")
        self.class_column = need("class_column", class_column, str, "a str value")
        super().__init__(count(num_samples))

    def choose(self, rows: int, draws: np.random.Generator, labels: Any) -> Any:
        if labels is None:
            raise broken("PKSampler: the dataset does not tell the classes of its rows.")
        if self.num_val < 1:
            raise broken(f"PKSampler: num_val must be positive, but got {self.num_val}.")
        classes = np.unique(labels)
        for name in draws.permutation(classes) if self.shuffled else classes:
            members = np.flatnonzero(labels == name)
            yield from (draws.permutation(members) if self.shuffled else members)[np.arange(self.num_val) % len(members)].tolist()


def selected(api: str, sampler: Any, num_samples: Any, shuffle: Any, num_shards: Any, shard_id: Any, default_shuffle: bool) -> Any:
    """The sampler for the arguments of a dataset. ValueError for some that exclude each other."""
    limit = samples(num_samples)
    if shuffle is not None:
        of_type("shuffle", shuffle, bool)
    check_shards(num_shards, shard_id)
    if sampler is not None:
        if not isinstance(sampler, (BuiltinSampler, Iterable)):
            raise errors.invalid(TypeError, "sampler should be either iterable or from mindspore.dataset.samplers.")
        given = {"num_samples": num_samples, "num_shards": num_shards, "shard_id": shard_id, "shuffle": shuffle}
        if any(value is not None for value in given.values()):
            raise errors.invalid(ValueError, f"{api}: Conflicting arguments during sampler assignments. sampler and {given}.")
        if isinstance(sampler, BuiltinSampler):
            return sampler
        return SubsetSampler(sampler) if isinstance(sampler, (list, tuple, np.ndarray)) else IterSampler(sampler)
    shuffled = default_shuffle if shuffle is None else shuffle
    if num_shards is not None:
        return DistributedSampler(num_shards, shard_id, shuffled, limit)
    return RandomSampler(num_samples=limit) if shuffled else SequentialSampler(num_samples=limit)


def check_shards(num_shards: Any, shard_id: Any) -> None:
    """Both or none, and the second below the first. TypeError and ValueError."""
    for name, value in (("num_shards", num_shards), ("shard_id", shard_id)):
        if value is not None:
            of_type(name, value, int)
    if (num_shards is None) != (shard_id is None):
        raise errors.invalid(ValueError, "num_shards and shard_id need to be passed in together.")
    if num_shards is None:
        return
    if num_shards < 1:
        raise errors.invalid(ValueError, f"Input num_shards is not within the required interval of [1, {2**31 - 1}].")
    if not 0 <= shard_id < num_shards:
        raise errors.invalid(ValueError, "shard_id should be less than num_shards.")
