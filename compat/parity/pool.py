"""Cases → results, over worker processes that are replaced when one crashes or hangs."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from compat.errors import CompatError
from compat.parity.cases import Case
from compat.parity.compare import Result, crashed

START_SECONDS = 120.0
CASE_SECONDS = 60.0


class Worker:
    """One worker process and the pipe to it."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "compat.parity.worker", str(folder)]
        environment = {**os.environ, "GLOG_v": "4", "MS_DEV_LOG_LEVEL": "4", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1, env=environment
        )
        if self._line(START_SECONDS) != "ready":
            self.stop()
            raise CompatError("a parity worker did not start: run `python -m compat.parity.worker mappings` to see why")

    def judge(self, case: Case) -> Result:
        """The result of a case; after a crash or a hang the worker is stopped and must not be used again."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(case.id + "\n")
            self.process.stdin.flush()
            line = self._line(CASE_SECONDS)
        except BrokenPipeError:
            line = ""
        if line:
            fields = json.loads(line)
            return Result(**{**fields, "checks": tuple(fields["checks"])})
        hung = line is None
        self.stop()
        return crashed(
            case, f"no answer within {CASE_SECONDS:.0f} s" if hung else f"the process died (exit status {self.process.returncode})"
        )

    def _line(self, seconds: float) -> str | None:
        """The next line, empty when the process has ended, None when it does not answer in time."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        return self.process.stdout.readline().strip() if ready else None

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):  # what was not flushed can't arrive any more
                pipe.close()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


def run(cases: list[Case], folder: Path, workers: int, progress: Callable[[int, int], None]) -> list[Result]:
    """Judge every case, on up to `workers` processes; `progress` is told how many of how many are done. Results in case order."""
    waiting: queue.SimpleQueue[Case] = queue.SimpleQueue()
    for case in cases:
        waiting.put(case)
    found: dict[str, Result] = {}
    problems: list[BaseException] = []

    def serve() -> None:
        try:
            for result in _served(waiting, folder):
                found[result.id] = result
                progress(len(found), len(cases))
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=serve) for _ in range(max(1, min(workers, len(cases))))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return [found[case.id] for case in cases]


def _served(waiting: queue.SimpleQueue[Case], folder: Path) -> Iterator[Result]:
    worker = Worker(folder)
    try:
        while True:
            try:
                case = waiting.get_nowait()
            except queue.Empty:
                return
            if not worker.alive:
                worker = Worker(folder)
            yield worker.judge(case)
    finally:
        worker.stop()
