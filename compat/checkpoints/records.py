"""Checkpoint files (.ckpt): a protobuf message with a record for each tensor or text, the large ones in several.

A record is a name and a tensor: its dimensions, the name of its type, its bytes in row-major order. Text is UTF-32.
A file may end in "crc_num" and ten bytes, the CRC-32 of all before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from compat.checkpoints import wire
from compat.checkpoints.checksum import crc32
from compat.errors import UnsupportedAPI

# Field numbers of the messages.
RECORD = 1
NAME, TENSOR, MAP = 1, 2, 3
DIMS, TYPE, CONTENT = 1, 2, 3

TEXT = "str"
CRC_MARK = b"crc_num"
CRC_BYTES = 10
# A message has less than 2 GiB, so MindSpore cuts what is larger than this into records of the same name.
SLICE = 512 * 1024 * 1024
MOST_DIMENSIONS = 64
BLOCK = 1024 * 1024


@dataclass
class Record:
    """What a file says of one tensor or text, and where the pieces of its content lie: (start, length)."""

    name: str
    dims: tuple[int, ...]
    type: str
    pieces: list[tuple[int, int]] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Bytes of content, in all pieces."""
        return sum(length for _, length in self.pieces)

    @property
    def shape(self) -> tuple[int, ...]:
        """The dimensions; older releases wrote (0,) for those of a scalar."""
        return () if self.dims == (0,) and self.length else self.dims


def headers(name: str, dims: Sequence[int], kind: str, length: int) -> Iterator[tuple[bytes, int, int]]:
    """For each record that a content of `length` bytes is cut into: what stands before its piece, where that begins, how long it is."""
    described = b"".join(wire.number_field(DIMS, size) for size in dims) + wire.bytes_field(TYPE, kind.encode())
    named = wire.bytes_field(NAME, name.encode())
    for start in range(0, max(length, 1), SLICE):
        piece = min(SLICE, length - start)
        tensor = described + wire.run_header(CONTENT, piece)
        before = named + wire.run_header(TENSOR, len(tensor) + piece)
        yield wire.run_header(RECORD, len(before) + len(tensor) + piece) + before + tensor, start, piece


def with_mark(checksum: int) -> bytes:
    """What a file with a checksum ends in."""
    return CRC_MARK + checksum.to_bytes(CRC_BYTES, "big")


def without_checksum(source: wire.Source, crc_check: bool) -> int:
    """Where the records end. With `crc_check`, a checksum that is there must be right."""
    end = source.size - len(CRC_MARK) - CRC_BYTES
    if end < 0 or source.run(end, len(CRC_MARK)) != CRC_MARK:
        return source.size
    if crc_check and int.from_bytes(source.run(end + len(CRC_MARK), CRC_BYTES), "big") != checksum_of(source, end):
        raise wire.Malformed("the crc check has failed")
    return end


def checksum_of(source: wire.Source, end: int) -> int:
    """The CRC-32 of the first `end` bytes."""
    checksum = 0
    for start in range(0, end, BLOCK):
        checksum = crc32(source.read(start, min(BLOCK, end - start)), checksum)
    return checksum


def records(source: wire.Source, end: int) -> Iterator[Record]:
    """The records up to `end`, in order; fields that are not known are passed over."""
    for number, start, length in source.fields(0, end):
        if number == RECORD:
            if start < 0:
                raise wire.Malformed("a record is a number")
            yield record_at(source, start, start + length)


def record_at(source: wire.Source, position: int, end: int) -> Record:
    """The record from a position up to `end`."""
    name = tensor = None
    for number, start, length in source.fields(position, end):
        if start < 0:
            continue
        if number == NAME:
            name = source.run(start, length).decode()
        elif number == TENSOR:
            tensor = tensor_at(source, start, start + length)
        elif number == MAP:
            raise UnsupportedAPI(f"{source.file.name} has a MapParameter, which PyTorch has nothing like")
    if name is None or tensor is None:
        raise wire.Malformed("a record has no name or no tensor")
    tensor.name = name
    return tensor


def tensor_at(source: wire.Source, position: int, end: int) -> Record:
    """The tensor from a position up to `end`, as a Record without a name."""
    dims: list[int] = []
    kind = content = None
    for number, start, length in source.fields(position, end):
        if number == DIMS and start < 0:
            dims.append(wire.signed(length))
        elif number == DIMS:  # several in one run
            place = start
            while place < start + length and len(dims) <= MOST_DIMENSIONS:
                size, place = source.varint(place, start + length)
                dims.append(wire.signed(size))
        elif number == TYPE and start >= 0:
            kind = source.run(start, length).decode()
        elif number == CONTENT and start >= 0:
            content = start, length
        if len(dims) > MOST_DIMENSIONS:
            raise wire.Malformed(f"a tensor has more than {MOST_DIMENSIONS} dimensions")
    if kind is None or content is None:
        raise wire.Malformed("a tensor has no type or no content")
    return Record("", tuple(dims), kind, [content])


def joined(found: Iterable[Record]) -> list[Record]:
    """The records with neighbours of one name made one. Of others of one name, the last counts."""
    whole: list[Record] = []
    for record in found:
        if whole and whole[-1].name == record.name:
            whole[-1].pieces += record.pieces
        else:
            whole.append(record)
    return whole
