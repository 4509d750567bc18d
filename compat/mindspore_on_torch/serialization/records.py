"""Checkpoint files (.ckpt): a protobuf message with a record for each tensor or text, the large ones in several.

A record is a name and a tensor: its dimensions, the name of its type, its bytes in row-major order. Text is UTF-32.
A file may end in "crc_num" and ten bytes, the CRC-32 of all before them.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.serialization import wire
from compat.mindspore_on_torch.serialization.content import host_bytes

torch: Any = frameworks.load("torch")

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

TYPES = {kind.name: kind.torch for kind in dtypes.ALL}


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


def write(file: BinaryIO, values: dict[str, Any], crc_check: bool) -> None:
    """Write tensors and texts by name, with a checksum at the end if `crc_check`."""
    checksum = 0
    for name, value in values.items():
        for part in encoded(name, value):
            file.write(part)
            checksum = zlib.crc32(part, checksum) if crc_check else 0
    if crc_check:
        file.write(CRC_MARK + checksum.to_bytes(CRC_BYTES, "big"))


def encoded(name: str, value: Any) -> Iterator[Any]:
    """The bytes of a value's records, in parts: what stands before its content, and the content."""
    if isinstance(value, str):
        # MindSpore's text has at least one character; a NUL at the end is none.
        dims, kind, content = [0], TEXT, memoryview((value or "\0").encode("utf-32-le", "surrogatepass"))
    else:
        content = host_bytes(value)
        dims, kind = list(value.shape), str(dtypes.FROM_TORCH[value.dtype])
    described = b"".join(wire.number_field(DIMS, size) for size in dims) + wire.bytes_field(TYPE, kind.encode())
    for start in range(0, max(len(content), 1), SLICE):
        piece = content[start : start + SLICE]
        tensor = described + wire.run_header(CONTENT, len(piece))
        before = wire.bytes_field(NAME, name.encode()) + wire.run_header(TENSOR, len(tensor) + len(piece))
        yield wire.run_header(RECORD, len(before) + len(tensor) + len(piece)) + before + tensor
        yield piece


def read(path: str, chosen: Callable[[str], Any], crc_check: bool) -> dict[str, Any]:
    """The tensors and texts of a file whose names `chosen` takes; ValueError for what is no checkpoint, or a damaged one."""
    with open(path, "rb", buffering=0) as file:
        try:
            source = wire.Source(file)
            found = joined(records(source, without_checksum(source, crc_check)))
            return {record.name: value_of(source, record) for record in found if chosen(record.name)}
        except (wire.Malformed, UnicodeDecodeError) as error:
            reason = f"Failed to read the checkpoint file {path}. The file may be corrupted, and the content cannot be parsed"
            raise errors.invalid(ValueError, f"{reason}: {error}.") from error


def without_checksum(source: wire.Source, crc_check: bool) -> int:
    """Where the records end. With `crc_check`, a checksum that is there must be right."""
    end = source.size - len(CRC_MARK) - CRC_BYTES
    if end < 0 or source.run(end, len(CRC_MARK)) != CRC_MARK:
        return source.size
    if crc_check and int.from_bytes(source.run(end + len(CRC_MARK), CRC_BYTES), "big") != checksum_of(source, end):
        raise errors.invalid(ValueError, f"For 'load_checkpoint', the crc check is failed: {source.file.name} is damaged.")
    return end


def checksum_of(source: wire.Source, end: int) -> int:
    """The CRC-32 of the first `end` bytes."""
    checksum = 0
    for start in range(0, end, BLOCK):
        checksum = zlib.crc32(source.read(start, min(BLOCK, end - start)), checksum)
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
            api = "mindspore.load_checkpoint"
            raise errors.UnsupportedAPI(f"{api}: {source.file.name} has a MapParameter, which PyTorch has nothing like")
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


def value_of(source: wire.Source, record: Record) -> Any:
    """The text or tensor of a record; nothing is allocated before its size is known to be that of its content."""
    if record.type == TEXT:
        return text_of(b"".join(source.run(start, length) for start, length in record.pieces))
    kind = TYPES.get(record.type)
    if kind is None:
        raise wire.Malformed(f"{record.name} is of the unknown type {record.type!r}")
    # Older releases wrote (0,) for the shape of a scalar.
    dims = () if record.dims == (0,) and record.length else record.dims
    if any(size < 0 for size in dims) or math.prod(dims) * kind.itemsize != record.length:
        raise wire.Malformed(f"{record.name} of shape {list(dims)} and type {record.type} has {record.length} bytes")
    tensor = torch.empty(dims, dtype=kind, device="cpu")
    filled, target = 0, host_bytes(tensor)
    for start, length in record.pieces:
        source.read_into(start, target[filled : filled + length])
        filled += length
    if kind is torch.bool:
        torch.ne(tensor.view(torch.uint8), 0, out=tensor)  # any other byte would be neither true nor false to PyTorch
    return tensor


def text_of(content: bytes) -> str:
    """UTF-32 without the NULs that fill it up."""
    return content.decode("utf-32-le", "surrogatepass").rstrip("\0")
