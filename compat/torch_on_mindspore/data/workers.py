"""The workers of a DataLoader: each has its own random streams, its own part of a stream, its own dataset.

Unless the program asks for processes (see `processes`), they share the loader's. A process that forks after MindSpore has run
hangs, one that is spawned must import the program again, and threads compete with MindSpore's for the interpreter. So the loader
calls its workers in turn, where PyTorch would have waited for them, and what a program sees is the same: the batches, their
order, the numbers that a worker draws, and those that the program draws.
"""

from __future__ import annotations

import copy
import random as python_random
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from compat.errors import CompatError
from compat.torch_on_mindspore import random
from compat.torch_on_mindspore.data.datasets import Dataset
from compat.torch_on_mindspore.data.fetching import Fetching
from compat.torch_on_mindspore.random import Generator


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """What a worker is told of itself; `seed` starts its streams, and `dataset` is its own copy."""

    id: int
    num_workers: int
    seed: int
    dataset: Any
    rng: Any = None
    worker_method: str | None = "multiprocessing"


_current: list[WorkerInfo] = []


def get_worker_info() -> WorkerInfo | None:
    """The worker in which this is called; None outside of one."""
    return _current[-1] if _current else None


@contextmanager
def told(info: WorkerInfo) -> Iterator[None]:
    """Within the block, `get_worker_info` gives `info`."""
    _current.append(info)
    try:
        yield
    finally:
        _current.pop()


class Streams:
    """The global random streams of one worker: Python's, NumPy's and PyTorch's."""

    def __init__(self, base_seed: int, number: int) -> None:
        self.python = python_random.Random(base_seed + number).getstate()
        words = np.random.SeedSequence([number, base_seed % 2**32, base_seed >> 32, 0]).generate_state(4)
        self.numpy = np.random.RandomState(words).get_state(legacy=True)
        self.torch = vars(Generator().manual_seed(base_seed + number)).copy()

    def exchange(self) -> None:
        """Put these streams in the place of the global ones, and keep those."""
        here, there = python_random.getstate(), self.python
        python_random.setstate(there)
        arrays, numpy_streams = np.random.get_state(legacy=True), self.numpy
        np.random.set_state(numpy_streams)
        default = vars(random.default_generator)
        torch_stream = default.copy()
        default.clear()
        default.update(self.torch)
        self.python, self.numpy, self.torch = here, arrays, torch_stream


class Worker:
    """Makes batches of a dataset, and reports errors as PyTorch reports those of a worker."""

    def __init__(self, info: WorkerInfo, fetching: Fetching, init: Any) -> None:
        self.info, self.fetching = info, fetching
        self.failure: Exception | None = None
        self._begin(init)

    def restart(self) -> None:
        """Begin a new epoch with the same dataset and seed."""
        self._begin(None)

    def _begin(self, init: Any) -> None:
        try:
            if init is not None:
                init(self.info.id)
            self.fetch = self.fetching.of(self.info.dataset)
        except Exception as error:
            self.failure = self.reported(error)

    def run(self, task: Any) -> Any:
        """One batch; StopIteration at the end of a stream."""
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        try:
            return self.fetch(task)
        except StopIteration:
            raise
        except Exception as error:
            raise self.reported(error) from error

    def reported(self, error: Exception) -> Exception:
        if isinstance(error, CompatError):
            return error
        name = type(error).__name__
        text = "".join(traceback.format_exception(error))
        message = f"Caught {name} in DataLoader worker process {self.info.id}.\nOriginal {text}"
        try:
            return type(error)(KeyMessage(message) if isinstance(error, KeyError) else message)
        except TypeError:  # its constructor takes something else
            return RuntimeError(message)


class InTurn:
    """A worker in this process, with random streams of its own, which makes a batch when it is asked for."""

    def __init__(self, info: WorkerInfo, base_seed: int, fetching: Fetching, init: Any) -> None:
        self.info = info
        self.streams = Streams(base_seed, info.id)
        self.tasks: deque[Any] = deque()
        with self.active():
            self.worker = Worker(info, fetching, init)

    @contextmanager
    def active(self) -> Iterator[None]:
        self.streams.exchange()
        with told(self.info):
            try:
                yield
            finally:
                self.streams.exchange()

    def restart(self) -> None:
        self.tasks.clear()
        with self.active():
            self.worker.restart()

    def assign(self, task: Any) -> None:
        self.tasks.append(task)

    def wait(self) -> None:
        """Nothing: the batch is made when it is collected."""

    def collect(self) -> Any:
        """The batch of the first task that is left; StopIteration at the end of a stream."""
        with self.active():
            return self.worker.run(self.tasks.popleft())


class KeyMessage(str):
    """The text of a KeyError, which shows it with `repr`."""

    def __repr__(self) -> str:
        return str(self)


def own_copy(dataset: Any) -> Any:
    """The dataset with attributes of its own, those of the datasets within it too; everything else is shared."""
    if isinstance(dataset, (list, tuple)) and any(isinstance(one, Dataset) for one in dataset):
        return type(dataset)([own_copy(one) for one in dataset])
    if not isinstance(dataset, Dataset):
        return dataset
    made = copy.copy(dataset)
    for name, value in vars(made).items():
        setattr(made, name, own_copy(value))
    return made
