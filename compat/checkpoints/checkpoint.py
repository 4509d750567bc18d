"""A checkpoint that is open: what tensors it holds and where their bytes lie, and the bytes of one of them at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, Literal

import numpy as np

from compat.checkpoints import strided
from compat.checkpoints.checksum import crc32
from compat.checkpoints.damage import Damaged
from compat.checkpoints.dtypes import DTYPES

Format = Literal["torch", "mindspore", "safetensors"]
Span = tuple[int, int]
BLOCK = 256 * 1024  # larger ones ask for larger folios of the page cache, which take longer to find


@dataclass(frozen=True)
class View:
    """Elements that do not lie one behind the other: where the first one lies, and the steps between them, in elements."""

    start: int
    strides: tuple[int, ...]


@dataclass(frozen=True)
class Stored:
    """One tensor of a checkpoint. Its bytes, in row-major order, are those of `pieces` (start, length), or those of `view`.

    `tied` is the first name under which the file has the very same tensor, if that is another one. `record` names the record that
    holds the bytes, where the file has a checksum of it.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    pieces: tuple[Span, ...] = ()
    view: View | None = None
    tied: str | None = None
    record: str | None = None

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * DTYPES[self.dtype].itemsize


@dataclass(frozen=True)
class Record:
    """Where a record with a checksum lies, and its CRC-32."""

    start: int
    length: int
    crc: int


@dataclass
class Checkpoint:
    """The tensors of a file in its order, and the names of what it has besides. Close it, or use it in a `with` statement.

    `swapped`: a machine of the other byte order wrote it.
    """

    path: str
    format: Format
    file: BinaryIO
    tensors: tuple[Stored, ...]
    left_out: tuple[str, ...] = ()
    swapped: bool = False
    records: Mapping[str, Record] = field(default_factory=dict)
    _verified: set[str] = field(default_factory=set)
    _buffer: memoryview = field(default_factory=lambda: memoryview(bytearray(BLOCK)))

    def blocks(self, tensor: Stored) -> Iterator[memoryview]:
        """The bytes of a tensor, little-endian and in row-major order. A block stays as it is until the next is read.

        Damaged when the file ends too early, or the bytes are not those of its checksum.
        """
        found = self._gathered(tensor) if tensor.view else self._in_order(tensor)
        part = DTYPES[tensor.dtype].part or DTYPES[tensor.dtype].itemsize
        if not self.swapped or part == 1:
            return found
        return (memoryview(np.frombuffer(block, f"u{part}").byteswap().tobytes()) for block in found)

    def _in_order(self, tensor: Stored) -> Iterator[memoryview]:
        record = self.records.get(tensor.record or "")
        whole = record is not None and tensor.pieces == ((record.start, record.length),)
        if record is not None and not whole:
            self._verify(tensor.record or "", record)
        checksum = 0
        for start, length in tensor.pieces:
            for block in self._read(start, length, tensor.name):
                if whole:
                    checksum = crc32(block, checksum)
                yield block
        if record is not None and whole:
            self._compare(tensor.record or "", record, checksum)

    def _gathered(self, tensor: Stored) -> Iterator[memoryview]:
        assert tensor.view is not None
        if record := self.records.get(tensor.record or ""):
            self._verify(tensor.record or "", record)

        def read(start: int, length: int) -> bytes:
            return b"".join(map(bytes, self._read(start, length, tensor.name)))

        whole = strided.gathered(read, tensor.view.start, tensor.shape, tensor.view.strides, DTYPES[tensor.dtype].itemsize)
        content = memoryview(whole).cast("B")
        return (content[start : start + BLOCK] for start in range(0, len(content), BLOCK))

    def _read(self, start: int, length: int, name: str) -> Iterator[memoryview]:
        """A run of the file in blocks."""
        self.file.seek(start)
        while length:
            count = self.file.readinto(self._buffer[:length])  # type: ignore[attr-defined]
            if not count:
                raise Damaged(f"the file ends within {name!r}, {length} bytes too early")
            yield self._buffer[:count]
            length -= count

    def _verify(self, name: str, record: Record) -> None:
        """Read a record once for its checksum alone: tensors that are parts of it don't add up to it."""
        if name not in self._verified:
            checksum = 0
            for block in self._read(record.start, record.length, name):
                checksum = crc32(block, checksum)
            self._compare(name, record, checksum)

    def _compare(self, name: str, record: Record, checksum: int) -> None:
        if checksum != record.crc:
            raise Damaged(f"{name} at byte {record.start} is damaged: its checksum is {checksum:08x}, and should be {record.crc:08x}")
        self._verified.add(name)

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
