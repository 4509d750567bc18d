"""What a writer of any format is given: the tensors of a file that is to be, and a way to their bytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from compat.checkpoints.dtypes import DTYPES
from compat.errors import CompatError


@dataclass(frozen=True)
class Planned:
    """A tensor to be written. `twin` is the place in the list of an earlier one that is the same tensor."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    twin: int | None = None

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * DTYPES[self.dtype].itemsize


Content = Callable[[int], Iterator[memoryview]]


def exactly(tensor: Planned, blocks: Iterable[memoryview]) -> Iterator[memoryview]:
    """The blocks of a tensor; AssertionError unless they are as many bytes as its shape says."""
    count = 0
    for block in blocks:
        count += len(block)
        if block:
            yield block
    assert count == tensor.nbytes, f"{tensor.name}: {count} bytes for {tensor.nbytes}"


def check_dtypes(tensors: Sequence[Planned], known: Iterable[str], format: str) -> None:
    """CompatError with every tensor of a type that the format has no word for."""
    unknown = [f"{tensor.name!r}, which is {tensor.dtype}" for tensor in tensors if tensor.dtype not in set(known)]
    if unknown:
        raise CompatError(f"{format} can't hold {', '.join(unknown[:10])}{' …' if len(unknown) > 10 else ''}")
