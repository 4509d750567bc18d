"""Many files → what work on them gives, in their order; on several processes where that helps."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from compat.source.project import root_of

CHUNK = 32
Result = TypeVar("Result")
# Works on some of the files; the roots are those of all.
Work = Callable[[list[Path], tuple[Path, ...]], list[Result]]


def worked(files: Iterable[Path], work: Work[Result], jobs: int = 1) -> tuple[Result, ...]:
    """The results for these files, each process with a part of them at a time. With several jobs `work` must be one that can be pickled."""
    every = list(files)
    roots = tuple(sorted({root_of(file) for file in every}))
    chunks = [every[start : start + CHUNK] for start in range(0, len(every), CHUNK)]
    if jobs == 1 or len(chunks) == 1:
        with without_collection():
            return tuple(one for chunk in chunks for one in work(chunk, roots))
    with ProcessPoolExecutor(jobs, initializer=gc.disable) as pool:
        return tuple(one for chunk in pool.map(work, chunks, [roots] * len(chunks)) for one in chunk)


@contextmanager
def without_collection() -> Iterator[None]:
    """Without Python's collector of cycles: a syntax tree has none, and looking for them takes a third of the time.

    A process of a pool does without for as long as it lives.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
