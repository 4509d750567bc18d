"""The safetensors format: the length of a JSON header, the header with the place of every tensor, then the bytes.

Read and written here, because the package can't write what is not in memory. Its rules, which its README states and its parser checks:
tensors lie one behind the other without gaps, names are told once, the header is at most 100 MB.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, BinaryIO

from compat.checkpoints.checkpoint import Checkpoint, Stored
from compat.checkpoints.damage import Damaged
from compat.checkpoints.dtypes import DTYPES, SAFETENSORS
from compat.checkpoints.planned import Content, Planned, check_dtypes, exactly

LENGTH = struct.Struct("<Q")
LONGEST_HEADER = 100_000_000
METADATA = "__metadata__"
ALIGNMENT = 8


def open_file(path: str) -> Checkpoint:
    """The tensors of a file in the order of its header; Damaged for one that breaks the format's rules."""
    file = open(path, "rb", buffering=0)  # noqa: SIM115 - the checkpoint closes it
    try:
        return Checkpoint(path, "safetensors", file, stored(file))
    except BaseException:
        file.close()
        raise


def stored(file: BinaryIO) -> tuple[Stored, ...]:
    """What the header says, checked against the size of the file."""
    size = file.seek(0, 2)
    header, start = read_header(file, size)
    found = tuple(tensor_of(name, entry, start) for name, entry in header.items())
    end = start
    for tensor in sorted(found, key=lambda one: one.pieces):
        first, length = tensor.pieces[0]
        if first != end:
            raise Damaged(f"{tensor.name!r} begins at byte {first}, and what is before it ends at {end}")
        end = first + length
    if end != size:
        raise Damaged(f"the tensors end at byte {end}, and the file at {size}")
    return found


def read_header(file: BinaryIO, size: int) -> tuple[dict[str, Any], int]:
    """The header without the metadata, and where the bytes of tensors begin."""
    file.seek(0)
    prefix = file.read(LENGTH.size)
    length = LENGTH.unpack(prefix)[0] if len(prefix) == LENGTH.size else size
    if length > min(LONGEST_HEADER, size - LENGTH.size):
        raise Damaged(f"its header of {length} bytes is longer than the file, or than {LONGEST_HEADER} bytes")
    try:
        header = json.loads(file.read(length).decode(), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"its header is no JSON: {error}") from error
    if not isinstance(header, dict):
        raise Damaged("its header is no JSON object")
    header.pop(METADATA, None)
    return header, LENGTH.size + length


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose keys must differ."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def tensor_of(name: str, entry: Any, start: int) -> Stored:
    """An entry of the header."""
    try:
        kind, shape, (first, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    except (TypeError, KeyError, ValueError) as error:
        raise Damaged(f"{name!r} has no dtype, shape and data_offsets") from error
    if kind not in SAFETENSORS:
        raise Damaged(f"{name!r} is of the unknown type {kind!r}")
    numbers = [*shape, first, end] if isinstance(shape, list) else [None]
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise Damaged(f"{name!r} has the shape {shape!r} and lies at {first!r} to {end!r}")
    dtype = SAFETENSORS[kind]
    if end - first != math.prod(shape) * DTYPES[dtype].itemsize:
        raise Damaged(f"{name!r} of shape {shape} and type {kind} has {end - first} bytes")
    return Stored(name, tuple(shape), dtype, ((start + first, end - first),))


def write(file: BinaryIO, tensors: Sequence[Planned], content: Content, metadata: dict[str, str]) -> None:
    """Write a file. The widest types come first, so that every tensor is aligned; twins are written once per name."""
    check_dtypes(tensors, SAFETENSORS.values(), "a .safetensors file")
    order = sorted(range(len(tensors)), key=lambda index: -DTYPES[tensors[index].dtype].itemsize)
    ends = dict(zip(order, accumulate(tensors[index].nbytes for index in order), strict=True))
    header: dict[str, Any] = {METADATA: metadata} if metadata else {}
    for index, tensor in enumerate(tensors):
        place = [ends[index] - tensor.nbytes, ends[index]]
        header[tensor.name] = {"dtype": DTYPES[tensor.dtype].safetensors, "shape": list(tensor.shape), "data_offsets": place}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    file.write(LENGTH.pack(len(text)) + text)
    for index in order:
        for block in exactly(tensors[index], content(index)):
            file.write(block)
