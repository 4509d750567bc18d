"""The little of the protobuf wire format that a checkpoint needs: numbered fields that are varints or runs of bytes.

Nothing here holds the bytes of a tensor: a run is where it begins and how long it is, and it must end within what holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
FIXED = {FIXED64: 8, FIXED32: 4}
# A 64-bit number has at most ten groups of seven bits.
LONGEST_VARINT = 10


class Malformed(ValueError):
    """The bytes are no message: cut off, longer than what holds them, or of a kind that checkpoints don't have."""


def varint(number: int) -> bytes:
    """A number from 0 up to 2**64 - 1 in groups of seven bits, the lowest first."""
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def number_field(field: int, number: int) -> bytes:
    """A field that holds a number."""
    return varint(field << 3 | VARINT) + varint(number)


def run_header(field: int, length: int) -> bytes:
    """What stands before the bytes of a field that holds `length` of them."""
    return varint(field << 3 | BYTES) + varint(length)


def bytes_field(field: int, content: bytes) -> bytes:
    """A field that holds bytes: text, or another message."""
    return run_header(field, len(content)) + content


def read_varint(file: BinaryIO, end: int) -> int:
    """The number at the file's position; Malformed if it doesn't end before `end`."""
    number = 0
    for group in range(LONGEST_VARINT):
        byte = file.read(1) if file.tell() < end else b""
        if not byte:
            raise Malformed("the file ends within a number")
        number |= (byte[0] & 0x7F) << (7 * group)
        if byte[0] < 0x80:
            return number & 0xFFFF_FFFF_FFFF_FFFF
    raise Malformed("a number has more than 64 bits")


def signed(number: int) -> int:
    """The same 64 bits as a number with a sign."""
    return number - (1 << 64) if number >> 63 else number


def fields(file: BinaryIO, end: int) -> Iterator[tuple[int, int, int]]:
    """The fields from the file's position up to `end`: (field, -1, number), or (field, where its bytes begin, how many).

    The caller may move the position. Malformed for anything that doesn't end exactly at `end`, and for groups, which no
    checkpoint has.
    """
    position = file.tell()
    while position < end:
        file.seek(position)
        key = read_varint(file, end)
        field, kind = key >> 3, key & 7
        if not field:
            raise Malformed("a field has the number 0")
        if kind == VARINT:
            number = read_varint(file, end)
            position = file.tell()
            yield field, -1, number
            continue
        if kind != BYTES and kind not in FIXED:
            raise Malformed(f"field {field} is of kind {kind}")
        length = read_varint(file, end) if kind == BYTES else FIXED[kind]
        start = file.tell()
        if length > end - start:
            raise Malformed(f"field {field} claims {length} bytes, and {end - start} are left")
        position = start + length
        yield field, start, length
