"""Many files → what work on them gives, in their order; on several processes where that helps, and never more at a time than those take."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from compat.source.project import root_of

CHUNK = 32
AHEAD = 2  # chunks for each process that are worked on or wait to be taken
Result = TypeVar("Result")
# Works on some of the files; the roots are those of all.
Work = Callable[[list[Path], tuple[Path, ...]], list[Result]]


def worked(files: Iterable[Path], work: Work[Result], jobs: int = 1) -> Iterator[Result]:
    """The results for these files, each when it is asked for; each process has a part of them at a time.

    With several jobs `work` must be one that can be pickled.
    """
    every = list(files)
    roots = tuple(sorted({root_of(file) for file in every}))
    chunks = [every[start : start + CHUNK] for start in range(0, len(every), CHUNK)]
    if jobs == 1 or len(chunks) <= 1:
        with without_collection():
            for chunk in chunks:
                yield from work(chunk, roots)
        return
    with ProcessPoolExecutor(jobs, initializer=gc.disable) as pool:
        yield from taken((partial(pool.submit, work, chunk, roots) for chunk in chunks), AHEAD * jobs)


def taken(submissions: Iterable[Callable[[], Future[list[Result]]]], ahead: int) -> Iterator[Result]:
    """What each submission gives, in their order; so many are made before the first is taken, so that what waits does not grow."""
    each = iter(submissions)
    waiting = deque(submit() for submit in islice(each, ahead))
    while waiting:
        yield from waiting.popleft().result()
        waiting.extend(submit() for submit in islice(each, 1))


@contextmanager
def without_collection() -> Iterator[None]:
    """Without Python's collector of cycles: nothing of a file has any that outlive its turn, and looking for them takes a third of the time.

    A process of a pool does without for as long as it lives.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
