"""The CRC-32 of a content that comes in blocks, computed by a second thread while the first one reads and writes."""

from __future__ import annotations

import functools
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

# How many blocks may wait: whoever hands them out keeps one more buffer than that.
WAITING = 2
# Below this a thread costs more than it saves.
LARGE = 128 * 1024


class Checksum:
    """Add blocks in order; one must stay as it is until WAITING more have been added."""

    def __init__(self) -> None:
        self.value = 0
        self.waiting: deque[Future[None]] = deque()

    def add(self, block: memoryview) -> None:
        if len(block) < LARGE and not self.waiting:
            self._take(block)
            return
        self.waiting.append(worker().submit(self._take, block))
        if len(self.waiting) > WAITING:
            self.waiting.popleft().result()

    def result(self) -> int:
        """The checksum of all blocks so far."""
        while self.waiting:
            self.waiting.popleft().result()
        return self.value

    def _take(self, block: memoryview) -> None:
        self.value = zlib.crc32(block, self.value)


@functools.cache
def worker() -> ThreadPoolExecutor:
    """The one thread, which takes blocks in order."""
    return ThreadPoolExecutor(1, thread_name_prefix="checksum")
