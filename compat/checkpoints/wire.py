"""The little of the protobuf wire format that a checkpoint needs: numbered fields that are varints or runs of bytes.

Nothing here holds the bytes of a tensor: a run is where it begins and how long it is, and it must end within what holds it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
FIXED = {FIXED64: 8, FIXED32: 4}
# A 64-bit number has at most ten groups of seven bits.
LONGEST_VARINT = 10
# Large enough for what stands before the contents of many small tensors, and small beside a large one.
BLOCK = 16 * 1024


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


class Source:
    """A file by positions, through a block of it that is held: asking a file where it is costs a call of the system each time."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, os.SEEK_END)
        self.block, self.start = b"", 0

    def byte(self, position: int) -> int:
        """The byte at a position; Malformed behind the end of the file."""
        offset = position - self.start
        if not 0 <= offset < len(self.block):
            self.block, self.start, offset = self.read(position, BLOCK), position, 0
            if not self.block:
                raise Malformed("the file ends too early")
        return self.block[offset]

    def run(self, position: int, length: int) -> bytes:
        """A run of bytes from a position on; Malformed if the file ends before."""
        offset = position - self.start
        if offset >= 0 and offset + length <= len(self.block):
            return self.block[offset : offset + length]
        found = self.read(position, length)
        if len(found) != length:
            raise Malformed("the file ends too early")
        return found

    def read(self, position: int, length: int) -> bytes:
        """Up to so many bytes from a position on."""
        self.file.seek(position)
        return self.file.read(length)

    def read_into(self, position: int, target: memoryview) -> None:
        """Fill memory with the bytes from a position on; Malformed if the file ends before."""
        offset = position - self.start
        if offset >= 0 and offset + len(target) <= len(self.block):
            target[:] = self.block[offset : offset + len(target)]
            return
        self.file.seek(position)
        filled = 0
        while filled < len(target):
            count = self.file.readinto(target[filled:])  # type: ignore[attr-defined]
            if not count:
                raise Malformed("the file ends too early")
            filled += count

    def varint(self, position: int, end: int) -> tuple[int, int]:
        """(number at the position, where it ends); Malformed if it doesn't end before `end`."""
        number = 0
        for group in range(min(LONGEST_VARINT, end - position)):
            byte = self.byte(position + group)
            number |= (byte & 0x7F) << (7 * group)
            if byte < 0x80:
                return number & 0xFFFF_FFFF_FFFF_FFFF, position + group + 1
        raise Malformed(f"at byte {position}: a number has more than 64 bits, or is cut off")

    def fields(self, position: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The fields from a position up to `end`: (field, -1, number), or (field, where its bytes begin, how many).

        Malformed for anything that doesn't end exactly at `end`, and for groups, which no checkpoint has.
        """
        while position < end:
            key, position = self.varint(position, end)
            field, kind = key >> 3, key & 7
            if not field:
                raise Malformed(f"at byte {position}: a field has the number 0")
            if kind == VARINT:
                number, position = self.varint(position, end)
                yield field, -1, number
                continue
            if kind == BYTES:
                length, position = self.varint(position, end)
            elif kind in FIXED:
                length = FIXED[kind]
            else:
                raise Malformed(f"at byte {position}: field {field} is of kind {kind}")
            if length > end - position:
                raise Malformed(f"at byte {position}: field {field} claims {length} bytes, and {end - position} are left")
            yield field, position, length
            position += length


def signed(number: int) -> int:
    """The same 64 bits as a number with a sign."""
    return number - (1 << 64) if number >> 63 else number
