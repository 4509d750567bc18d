"""torch.utils.data.DataLoader."""

from __future__ import annotations

import copy
import itertools
import math
import multiprocessing
import multiprocessing.context
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore.data import processes, workers
from compat.torch_on_mindspore.data.collate import default_collate, default_convert
from compat.torch_on_mindspore.data.datasets import IterableDataset
from compat.torch_on_mindspore.data.fetching import Fetching
from compat.torch_on_mindspore.data.samplers import BatchSampler, RandomSampler, SequentialSampler, drawn_seed
from compat.torch_on_mindspore.random import Generator

PREFETCH = 2  # batches for each worker whose indices are drawn ahead
FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
Batch = TypeVar("Batch", covariant=True)


class DataLoader(Generic[Batch]):
    """Iterates over batches of a dataset.

    `num_workers` workers are called in turn, in this process: nothing is fetched in parallel, but batches, their order and all
    random numbers are those of PyTorch's worker processes. Pass `multiprocessing_context="spawn"` for processes that fetch
    ahead: worth their start, some seconds each, when fetching takes time of its own (decoding, disk, network). As everywhere
    with spawned processes, the program then needs `if __name__ == "__main__":`, and what they use must be picklable, the
    dataset, `collate_fn` and `worker_init_fn` too. "forkserver" spawns as well; "fork" raises UnsupportedArgument.
    """

    __initialized = False

    def __init__(
        self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None, sampler: Any = None,
        batch_sampler: Any = None, num_workers: int = 0, collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False, drop_last: bool = False, timeout: float = 0, worker_init_fn: Any = None,
        multiprocessing_context: Any = None, generator: Generator | None = None, *, prefetch_factor: int | None = None,
        persistent_workers: bool = False, pin_memory_device: str = "", in_order: bool = True,
    ) -> None:  # fmt: skip
        check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        self.dataset, self.num_workers, self.generator = dataset, num_workers, generator
        self.prefetch_factor = PREFETCH if num_workers and prefetch_factor is None else prefetch_factor
        self.pin_memory, self.pin_memory_device, self.timeout = pin_memory, pin_memory_device, timeout
        self.worker_init_fn, self.in_order = worker_init_fn, in_order
        self.multiprocessing_context = multiprocessing_context
        self._iterable = isinstance(dataset, IterableDataset)
        if self._iterable:
            check_stream(shuffle, sampler, batch_sampler)
        check_batching(batch_size, shuffle, sampler, batch_sampler, drop_last)
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        if sampler is None:
            sampler = (
                _Endless() if self._iterable else RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
            )
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler = sampler, batch_sampler
        self.collate_fn = collate_fn or (default_collate if self._auto_collation else default_convert)
        self.persistent_workers = persistent_workers
        self._iterator: _Iterator | None = None
        self.__initialized = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__initialized and name in FIXED:
            raise invalid(ValueError, f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    @property
    def multiprocessing_context(self) -> Any:
        return self.__context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        self.__context = checked_context(context, self.num_workers)

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        return self.batch_sampler if self._auto_collation else self.sampler

    def __iter__(self) -> Iterator[Any]:
        if not (self.persistent_workers and self.num_workers):
            return _Iterator(self)
        if self._iterator is None or not self._iterator.workers:
            self._iterator = _Iterator(copy.copy(self))  # a copy, so that the processes end with the last reference to this loader
        else:
            self._iterator.restart()
        return self._iterator

    def __len__(self) -> int:
        if not self._iterable:
            return len(self._index_sampler)
        size = len(self.dataset)
        if self.batch_size is None:
            return size
        return size // self.batch_size if self.drop_last else math.ceil(size / self.batch_size)

    def _fetching(self) -> Fetching:
        return Fetching(self._iterable, self._auto_collation, self.drop_last, self.collate_fn)


class _Endless:
    """The sampler of a stream, which takes no indices."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


class _Iterator:
    """One pass over a loader, or with persistent workers one after the other."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        self.loader = loader
        self.tasks: Iterator[Any] = iter(loader._index_sampler)
        # PyTorch draws a seed for its workers here, also when there are none.
        base_seed = drawn_seed(loader.generator)
        self.count = 0
        self.workers: list[Any] = []
        self.stop: Callable[[], Any] | None = None  # ends the processes, if there are any
        if loader.multiprocessing_context is not None:
            self._spawn(base_seed)
        else:
            self._take_turns(base_seed)
        if self.workers:
            self._assign_ahead()
        else:
            self.fetch = loader._fetching().of(loader.dataset)

    def _take_turns(self, base_seed: int) -> None:
        loader = self.loader
        for number in range(loader.num_workers):
            info = workers.WorkerInfo(number, loader.num_workers, base_seed + number, workers.own_copy(loader.dataset))
            self.workers.append(workers.InTurn(info, base_seed, loader._fetching(), loader.worker_init_fn))

    def _spawn(self, base_seed: int) -> None:
        loader = self.loader
        # It is also called when the loop is left early, and when the program ends.
        self.stop = stop = weakref.finalize(self, processes.stop, self.workers)
        try:
            for number in range(loader.num_workers):
                info = workers.WorkerInfo(number, loader.num_workers, base_seed + number, loader.dataset)
                processes.Spawned(processes.Job(info, base_seed, loader._fetching(), loader.worker_init_fn), loader.timeout, self.workers)
        except BaseException:
            stop()
            raise

    def restart(self) -> None:
        self.tasks = iter(self.loader._index_sampler)
        self.count = 0
        for worker in self.workers:
            worker.restart()
        self._assign_ahead()

    def __iter__(self) -> _Iterator:
        return self

    def __len__(self) -> int:
        return len(self.loader._index_sampler)

    def __next__(self) -> Any:
        found = self._from_workers() if self.loader.num_workers else self.fetch(next(self.tasks))
        self.count += 1
        if self.loader._iterable and self.loader.num_workers <= 1:
            self._check_length()
        return found

    # --- what the workers do ---

    def _assign_ahead(self) -> None:
        self.assigned: deque[Any] = deque()  # the worker of each batch to come
        self.idle = [False] * len(self.workers)
        self.turn = itertools.cycle(self.workers)
        for _ in range(len(self.workers) * (self.loader.prefetch_factor or 0)):
            self._assign()

    def _assign(self) -> None:
        """Draw the next indices, for the worker whose turn it is among those that have not come to their end."""
        task = next(self.tasks, self)
        if task is self:
            return
        for _ in self.workers:
            worker = next(self.turn)
            if not self.idle[worker.info.id] and (self.loader.in_order or self.assigned.count(worker) < (self.loader.prefetch_factor or 0)):
                worker.assign(task)
                self.assigned.append(worker)
                return

    def _from_workers(self) -> Any:
        while self.assigned:
            worker = self.assigned[0] if self.stop is None or self.loader.in_order else processes.first_of(self.assigned)
            worker.wait()
            self.assigned.remove(worker)
            try:
                found = worker.collect()
            except StopIteration:
                self.idle[worker.info.id] = True
                self.assigned = deque(one for one in self.assigned if one is not worker)
                self._assign()
                continue
            except Exception:
                self._assign()
                raise
            self._assign()
            return found
        if self.stop is not None and not self.loader.persistent_workers:
            self.stop()
        raise StopIteration

    def _check_length(self) -> None:
        try:
            expected = len(self.loader)
        except (TypeError, NotImplementedError):  # a stream need not know
            return
        if self.count > expected:
            warnings.warn(
                f"Length of IterableDataset {self.loader.dataset} was reported to be {expected} (when accessing len(dataloader)), but "
                f"{self.count} samples have been fetched. ",
                stacklevel=3,
            )


def check_workers(num_workers: int, timeout: float, prefetch_factor: Any, persistent_workers: bool) -> None:
    """ValueError, in PyTorch's words, for options of workers that can't be."""
    if num_workers < 0:
        raise invalid(ValueError, "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if timeout < 0:
        raise invalid(ValueError, "timeout option should be non-negative")
    if not num_workers and prefetch_factor is not None:
        raise invalid(
            ValueError,
            "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
            "multiprocessing, otherwise set prefetch_factor to None.",
        )
    if prefetch_factor is not None and prefetch_factor < 0:
        raise invalid(ValueError, "prefetch_factor option should be non-negative")
    if persistent_workers and not num_workers:
        raise invalid(ValueError, "persistent_workers option needs num_workers > 0")


def checked_context(context: Any, num_workers: int) -> Any:
    """The context that starts the workers; None, they are called in turn. ValueError or TypeError for what is none."""
    if context is None:
        return None
    if not num_workers:
        raise invalid(
            ValueError,
            f"multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got num_workers={num_workers}",
        )
    methods = multiprocessing.get_all_start_methods()
    if isinstance(context, str) and context not in methods:
        raise invalid(
            ValueError,
            f"multiprocessing_context option should specify a valid start method in {methods!r}, but got "
            f"multiprocessing_context={context!r}",
        )
    found = multiprocessing.get_context(context) if isinstance(context, str) else context
    if not isinstance(found, multiprocessing.context.BaseContext):
        raise invalid(
            TypeError,
            "multiprocessing_context option should be a valid context object or a string specifying the start method, but got "
            f"multiprocessing_context={context}",
        )
    if (found.get_start_method(allow_none=True) or methods[0]) == "fork":
        raise UnsupportedArgument(
            "torch.utils.data.DataLoader",
            "multiprocessing_context",
            context,
            "'spawn', since MindSpore hangs in a process that was forked, or None, with which the workers are called in turn",
        )
    return found


def check_stream(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    """ValueError for an order that is asked of a stream."""
    for name, given, asked in (
        ("shuffle", shuffle, shuffle not in (None, False)),
        ("sampler", sampler, sampler is not None),
        ("batch_sampler", batch_sampler, batch_sampler is not None),
    ):
        if asked:
            raise invalid(ValueError, f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={given}")


def check_batching(batch_size: Any, shuffle: Any, sampler: Any, batch_sampler: Any, drop_last: bool) -> None:
    """ValueError for options that exclude each other."""
    if sampler is not None and shuffle:
        raise invalid(ValueError, "sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise invalid(ValueError, "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
    if batch_size is None and batch_sampler is None and drop_last:
        raise invalid(ValueError, "batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
