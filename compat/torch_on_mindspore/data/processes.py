"""Workers in processes of their own: spawned, never forked. Tasks and batches cross by pickle, batches as host memory."""

from __future__ import annotations

import io
import multiprocessing
import pickle
import queue
import socket
import struct
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection
from typing import Any

from compat import frameworks
from compat.errors import CompatError, invalid
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.data.collate import shared
from compat.torch_on_mindspore.data.fetching import Fetching
from compat.torch_on_mindspore.data.workers import Streams, Worker, WorkerInfo, told
from compat.torch_on_mindspore.serialization.rebuild import own_state
from compat.torch_on_mindspore.tensor import Tensor, elements

PATIENCE = 5.0  # seconds that a worker has to finish what it does when the loader is done with it
BATCH, FAILURE, END = range(3)
NOT_LEAF = (
    "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support crossing process "
    "boundaries.  If you just want to transfer the data, call detach() on the tensor before serializing (e.g., putting it on the "
    "queue)."
)


# --- what crosses ---


class Channel:
    """Messages of several buffers over a socket, which are read straight into the memory where they stay."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end

    def send(self, buffers: Sequence[Any]) -> None:
        """OSError when the other end is closed."""
        self.socket.sendall(struct.pack(f"<Q{len(buffers)}Q", len(buffers), *map(len, buffers)))
        for one in buffers:
            self.socket.sendall(one)

    def receive(self) -> list[bytearray]:
        """EOFError or OSError when the other end is closed."""
        (count,) = struct.unpack("<Q", self._read(8))
        return [self._read(size) for size in struct.unpack(f"<{count}Q", self._read(8 * count))]

    def _read(self, size: int) -> bytearray:
        found = bytearray(size)
        rest = memoryview(found)
        while rest:
            got = self.socket.recv_into(rest)
            if not got:
                raise EOFError
            rest = rest[got:]
        return found

    def close(self) -> None:
        self.socket.close()


class Packer(pickle.Pickler):
    """Pickles tensors by their elements alone, and keeps what is large out of the pickle."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, Tensor):
            return NotImplemented
        if engine.requires_grad(value):
            if not engine.is_leaf(value):
                raise invalid(RuntimeError, NOT_LEAF)
            return NotImplemented
        plain = type(value) is Tensor and engine.ON_CPU and value.dtype != dtypes.bfloat16 and value.numel() and value.is_contiguous()
        if not plain or own_state(value):
            return NotImplemented
        return tensor_of, (elements(value),)


def tensor_of(array: Any) -> Any:
    return shared(array) if array.ndim else shared(array.reshape(1)).reshape(())


def packed(value: Any) -> list[Any]:
    """`value` as a pickle and the buffers beside it, copied: the program may write into its arrays before they are sent."""
    beside: list[bytes] = []
    file = io.BytesIO()
    Packer(file, 5, buffer_callback=lambda one: beside.append(one.raw().tobytes())).dump(value)
    return [file.getvalue(), *beside]


def unpacked(buffers: list[bytearray]) -> Any:
    return pickle.loads(buffers[0], buffers=buffers[1:])


# --- in the worker's process ---


@dataclass(frozen=True, slots=True)
class Job:
    """All that a worker is told at its start."""

    info: WorkerInfo
    base_seed: int
    fetching: Fetching
    init: Any


def serve(end: socket.socket, job: Job) -> None:
    """Make batches until the loader closes its end."""
    channel = Channel(end)
    outbox: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
    threading.Thread(target=deliver, args=(channel, outbox), daemon=True).start()
    Streams(job.base_seed, job.info.id).exchange()
    with told(job.info), suppress(KeyboardInterrupt, EOFError, OSError):
        worker, epoch, ended = Worker(job.info, job.fetching, job.init), 0, False
        while True:
            wanted, task = unpacked(channel.receive())
            if wanted != epoch:
                epoch, ended = wanted, False
                worker.restart()
            if not ended:
                kind, content = answer(worker, task)
                ended = kind == END
                outbox.put([bytes([kind]), epoch.to_bytes(8, "little"), *content])


def answer(worker: Worker, task: Any) -> tuple[int, list[Any]]:
    """A kind, and a packed batch or exception."""
    try:
        batch = worker.run(task)
    except StopIteration:
        return END, packed(None)
    except Exception as error:
        return FAILURE, packed(sendable(error))
    try:
        return BATCH, packed(batch)
    except Exception as error:
        return FAILURE, packed(sendable(worker.reported(error)))


def sendable(error: Exception) -> Exception:
    """The exception, or a RuntimeError with its text where its class can't be found or made again from a pickle."""
    if isinstance(error, CompatError):
        error.add_note(f"Raised in DataLoader worker process {multiprocessing.current_process().name}")
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(str(error))
    return error


def deliver(channel: Channel, outbox: queue.SimpleQueue[list[Any]]) -> None:
    """Send what the worker has made while it makes more; the loader reads when it comes to it."""
    with suppress(OSError):  # the loader is gone
        while True:
            channel.send(outbox.get())


# --- in the loader's process ---


class WorkerName(str):
    """The name of a worker's process, which is the first thing of it that is unpickled: `torch` means there what it means here."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return frameworks.named_process, (str(self), frameworks.stand_in())


class Spawned:
    """A worker in a spawned process, which fetches ahead."""

    def __init__(self, job: Job, timeout: float, team: list[Spawned]) -> None:
        self.info, self.timeout, self.team, self.epoch = job.info, timeout, team, 0
        here, there = socket.socketpair()
        self.channel = Channel(here)
        self.process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(there, job), name=WorkerName(f"DataLoader-{job.info.id}"), daemon=True
        )
        try:
            self.process.start()
        except BaseException:
            here.close()
            raise
        finally:
            there.close()
        team.append(self)

    def restart(self) -> None:
        self.epoch += 1

    def assign(self, task: Any) -> None:
        message = packed((self.epoch, task))
        try:
            self.channel.send(message)
        except OSError:
            raise self._death() from None

    def wait(self) -> None:
        """Until a batch of this worker has come; RuntimeError when it is late or a worker has died."""
        if not self.team:
            raise self._death()
        handles: list[Any] = [self.channel.socket, *(one.process.sentinel for one in self.team)]
        while True:
            come = connection.wait(handles, self.timeout or None)
            if not come:
                raise invalid(RuntimeError, f"DataLoader timed out after {self.timeout} seconds")
            if self.channel.socket not in come:
                raise self._death()
            try:
                (kind,), epoch, *self.content = self.channel.receive()
            except (EOFError, OSError):
                raise self._death() from None
            if int.from_bytes(epoch, "little") == self.epoch:
                self.kind = kind
                return
            # left over from an epoch that the program broke off

    def collect(self) -> Any:
        """The batch that has come; StopIteration at the end of a stream."""
        found = unpacked(self.content)
        if self.kind != BATCH:
            raise StopIteration if self.kind == END else found
        return found

    def _death(self) -> Exception:
        self.process.join(1)  # its end of the channel closes a moment earlier
        dead = ", ".join(str(one.process.pid) for one in self.team or [self] if not one.process.is_alive())
        stop(self.team)
        return invalid(RuntimeError, f"DataLoader worker (pid(s) {dead}) exited unexpectedly")


def stop(team: list[Spawned]) -> None:
    """End the processes: when they have finished what they do, or by force."""
    for one in team:
        one.channel.close()
    until = time.monotonic() + PATIENCE
    for one in team:
        one.process.join(max(0.0, until - time.monotonic()))
        for force in (one.process.terminate, one.process.kill):
            if one.process.is_alive():
                force()
                one.process.join(1)
    team.clear()


def first_of(workers: Iterable[Spawned]) -> Spawned:
    """The worker, of these, from which something comes first, or the first of them when nothing comes in time."""
    first = next(iter(workers))
    if not first.team:
        return first  # all have been stopped
    by_handle = {handle: one for one in workers for handle in (one.channel.socket, one.process.sentinel)}
    found = connection.wait(list(by_handle), first.timeout or None)
    return by_handle[found[0]] if found else first  # type: ignore[index]
