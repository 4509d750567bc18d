"""Requests → answers over worker processes, which are replaced when one crashes or hangs.

A worker is a command that calls `answer`: it prints "ready", then answers each line of its standard input with one line. It is
started when it is first asked, so that a crash costs the request that caused it and a new start. In between it may `tell` what it
is about to do, so that a loss says during what.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, TextIO, TypeVar

from compat.errors import CompatError

START_SECONDS = 120.0
QUIET = {"GLOG_v": "4", "MS_DEV_LOG_LEVEL": "4", "OMP_NUM_THREADS": "1"}

Job = TypeVar("Job")
Result = TypeVar("Result")


TOLD = "@"  # how a line begins that is no answer


class Lost(Exception):
    """The worker ended, or did not answer in time: the text says which. `told` is what it told last about this request."""

    def __init__(self, text: str, *, hung: bool, told: str = "") -> None:
        super().__init__(text)
        self.hung = hung
        self.told = told


class Worker:
    """A worker process and the pipe to it, started anew after a loss."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.lines: _Lines | None = None

    def ask(self, request: str, seconds: float) -> str:
        """The line that answers `request`; Lost when the process ends instead, or takes longer than `seconds`."""
        process = self.process or self._started()
        assert process.stdin is not None
        assert self.lines is not None
        told = ""
        deadline = time.monotonic() + seconds
        try:
            process.stdin.write(request.encode() + b"\n")
            while (line := self.lines.next(max(0.0, deadline - time.monotonic()))) and line.startswith(TOLD):
                told = line.removeprefix(TOLD)
        except BrokenPipeError:
            line = ""
        if line:
            return line
        if line is None:
            self.stop()
            raise Lost(f"no answer within {seconds:.0f} s", hung=True, told=told)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)  # its own exit status, before it is killed
        self.stop()
        raise Lost(f"the process died ({_status(process.returncode)})", hung=False, told=told)

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, env={**os.environ, **QUIET}
        )
        assert process.stdout is not None
        self.process, self.lines = process, _Lines(process.stdout)
        if self.lines.next(START_SECONDS) != "ready":
            self.stop()
            raise CompatError(f"a worker did not start: run `{' '.join(['python', *self.command[1:]])}` to see why")
        return process

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):  # what was not flushed can't arrive any more
                pipe.close()


def _status(code: int | None) -> str:
    """An exit status in words: the signal's name, if it was one."""
    return signal.Signals(-code).name if code is not None and code < 0 else f"exit status {code}"


class _Lines:
    """The lines of a pipe, each waited for at most so long. Its own buffer, since `select` does not see what Python's has read ahead."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.pipe = pipe
        self.read = b""

    def next(self, seconds: float) -> str | None:
        """The next line, empty when the process has ended, None when it does not come in time."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self.read:
            ready, _, _ = select.select([self.pipe], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                return None
            more = os.read(self.pipe.fileno(), 1 << 16)
            if not more:
                return ""
            self.read += more
        line, _, self.read = self.read.partition(b"\n")
        return line.decode().strip()


class _Ended:
    """A thread of `served` has ended, with an error if there is one."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def served(jobs: Iterable[Job], work: Callable[[Worker, Job], Iterable[Result]], command: Sequence[str], workers: int) -> Iterator[Result]:
    """What `work` makes of every job, on up to `workers` processes at once, in the order in which it is ready."""
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    running = max(1, min(workers, waiting.qsize()))
    ready: queue.SimpleQueue[Result | _Ended] = queue.SimpleQueue()
    stopping = threading.Event()

    def attend() -> None:
        worker, problem = Worker(command), None
        try:
            while not stopping.is_set():
                for result in work(worker, waiting.get_nowait()):
                    ready.put(result)
        except queue.Empty:
            pass
        except BaseException as error:
            problem = error
        finally:
            worker.stop()
            ready.put(_Ended(problem))

    for _ in range(running):
        threading.Thread(target=attend, daemon=True).start()
    try:
        while running:
            found = ready.get()
            if not isinstance(found, _Ended):
                yield found
                continue
            running -= 1
            if found.error is not None:
                raise found.error
    finally:
        stopping.set()


def answer(start: Callable[[], Callable[[str], str]]) -> None:
    """The worker's side: answer requests with what `start` returns, until standard input ends.

    Standard output is for answers alone: what a framework prints, from its import on, goes to standard error.
    """
    _stream.append(os.fdopen(os.dup(1), "w"))
    os.dup2(2, 1)
    answered = start()
    print("ready", file=_stream[0], flush=True)
    for request in sys.stdin:
        print(answered(request.strip()), file=_stream[0], flush=True)


_stream: list[TextIO] = []  # of the answers, once `answer` has begun


def tell(text: str) -> None:
    """Say, from inside a request, what comes next; of no effect outside of a worker."""
    for stream in _stream:
        print(f"{TOLD}{text}", file=stream, flush=True)
