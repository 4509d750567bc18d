"""A checkpoint file (.ckpt) from PyTorch's tensors, and back."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from compat import errors, frameworks
from compat.checkpoints import records, wire
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.serialization.content import host_bytes

torch: Any = frameworks.load("torch")

TYPES = {kind.name: kind.torch for kind in dtypes.ALL}


def write(file: BinaryIO, values: dict[str, Any], crc_check: bool) -> None:
    """Write tensors and texts by name, with a checksum at the end if `crc_check`."""
    checksum = 0
    for name, value in values.items():
        for part in encoded(name, value):
            file.write(part)
            checksum = zlib.crc32(part, checksum) if crc_check else 0
    if crc_check:
        file.write(records.with_mark(checksum))


def encoded(name: str, value: Any) -> Iterator[Any]:
    """The bytes of a value's records, in parts: what stands before its content, and the content."""
    if isinstance(value, str):
        # MindSpore's text has at least one character; a NUL at the end is none.
        dims, kind, content = [0], records.TEXT, memoryview((value or "\0").encode("utf-32-le", "surrogatepass"))
    else:
        content = host_bytes(value)
        dims, kind = list(value.shape), str(dtypes.FROM_TORCH[value.dtype])
    for header, start, length in records.headers(name, dims, kind, len(content)):
        yield header
        yield content[start : start + length]


def read(path: str, chosen: Callable[[str], Any], crc_check: bool) -> dict[str, Any]:
    """The tensors and texts of a file whose names `chosen` takes; ValueError for what is no checkpoint, or a damaged one."""
    with open(path, "rb", buffering=0) as file:
        try:
            source = wire.Source(file)
            found = records.joined(records.records(source, records.without_checksum(source, crc_check)))
            return {record.name: value_of(source, record) for record in found if chosen(record.name)}
        except (wire.Malformed, UnicodeDecodeError) as error:
            reason = f"Failed to read the checkpoint file {path}. The file may be corrupted, and the content cannot be parsed"
            raise errors.invalid(ValueError, f"{reason}: {error}.") from error


def value_of(source: wire.Source, record: records.Record) -> Any:
    """The text or tensor of a record; nothing is allocated before its size is known to be that of its content."""
    if record.type == records.TEXT:
        return text_of(b"".join(source.run(start, length) for start, length in record.pieces))
    kind = TYPES.get(record.type)
    if kind is None:
        raise wire.Malformed(f"{record.name} is of the unknown type {record.type!r}")
    dims = record.shape
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
