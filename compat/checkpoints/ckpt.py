"""MindSpore's checkpoints (.ckpt) as streams: see records.py for the format."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import BinaryIO

from compat.checkpoints import records, wire
from compat.checkpoints.checkpoint import Checkpoint, Stored
from compat.checkpoints.damage import Damaged
from compat.checkpoints.dtypes import CKPT, DTYPES
from compat.checkpoints.planned import Content, Planned, check_dtypes, exactly

WRITTEN = tuple(name for name, dtype in DTYPES.items() if dtype.ckpt)


def open_file(path: str) -> Checkpoint:
    """The tensors of a file in its order, and the names of its texts; Damaged for what is no checkpoint. A checksum must be right."""
    file = open(path, "rb", buffering=0)  # noqa: SIM115 - the checkpoint closes it
    try:
        source = wire.Source(file)
        found = records.joined(records.records(source, records.without_checksum(source, crc_check=True)))
        latest = {record.name: record for record in found}
        if not latest:
            raise Damaged("it holds no record of a checkpoint")
        tensors = tuple(stored(record) for record in latest.values() if record.type != records.TEXT)
        return Checkpoint(path, "mindspore", file, tensors, tuple(name for name, one in latest.items() if one.type == records.TEXT))
    except (wire.Malformed, UnicodeDecodeError) as error:
        file.close()
        raise Damaged(f"{error}") from error
    except BaseException:
        file.close()
        raise


def stored(record: records.Record) -> Stored:
    """A record, whose shape must be that of its content."""
    if record.type not in CKPT:
        raise Damaged(f"{record.name!r} is of the type {record.type!r}, which can't be converted")
    dtype = CKPT[record.type]
    if any(size < 0 for size in record.shape) or math.prod(record.shape) * DTYPES[dtype].itemsize != record.length:
        raise Damaged(f"{record.name!r} of shape {list(record.dims)} and type {record.type} has {record.length} bytes")
    return Stored(record.name, record.shape, dtype, tuple(record.pieces))


def write(file: BinaryIO, tensors: Sequence[Planned], content: Content) -> None:
    """Write a file; twins are written once per name."""
    check_dtypes(tensors, WRITTEN, "a .ckpt file that MindSpore can load")
    for index, tensor in enumerate(tensors):
        blocks = exactly(tensor, content(index))
        held = memoryview(b"")
        for header, _, length in records.headers(tensor.name, tensor.shape, DTYPES[tensor.dtype].ckpt or "", tensor.nbytes):
            file.write(header)
            while length:
                held = held or next(blocks)
                file.write(held[:length])
                held, length = held[length:], length - len(held[:length])
        for _ in blocks:
            raise AssertionError(f"{tensor.name}: more content than its shape has")
