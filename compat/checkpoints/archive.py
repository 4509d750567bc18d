"""PyTorch's zip format: a pickle, and the bytes of every storage in a record of its own, uncompressed and aligned."""

from __future__ import annotations

import struct
import sys
import zipfile
from collections.abc import Iterable
from typing import Any

import numpy as np

from compat.checkpoints.checksum import crc32
from compat.checkpoints.damage import DAMAGED, Damaged

ALIGNMENT = 64
LOCAL_HEADER = struct.Struct("<4s5H3L2H")  # signature, …, length of the name, length of the extra field
SIGNATURE = b"PK\x03\x04"
PADDING = b"FB"  # the extra field that PyTorch pads with
# zipfile adds a field of 20 bytes to the header where the content, or a twentieth more of it, is larger than this.
LARGE, MARGIN = 2**31 - 1, 1.05
BYTE = np.dtype(np.uint8)


class Writer:
    """Writes records below one folder, `name`."""

    def __init__(self, file: Any, name: str) -> None:
        self.name = name
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, strict_timestamps=False)

    def write(self, record: str, content: Any) -> None:
        """Add a record whose content starts at a multiple of 64 bytes, so that it can be mapped into memory."""
        self.zip.writestr(self._info(record, len(content)), content)

    def stream(self, record: str, length: int, blocks: Iterable[memoryview]) -> None:
        """The same for content that comes in blocks, `length` bytes in all; the file must be one that can seek."""
        info, checksum = self._info(record, length), 0
        file, large = self.zip.fp, length * MARGIN > LARGE
        assert file is not None
        info.header_offset, info.compress_size, info.CRC = file.tell(), length, 0
        file.write(info.FileHeader(large))
        for block in blocks:
            checksum = crc32(block, checksum)
            file.write(block)
        # What a handle of zipfile does at its end; the handle itself would compute zlib's checksum, which takes longer than the writing.
        info.CRC, self.zip.start_dir = checksum, file.tell()
        file.seek(info.header_offset)
        file.write(info.FileHeader(large))
        file.seek(self.zip.start_dir)
        self.zip.filelist.append(info)
        self.zip.NameToInfo[info.filename] = info

    def _info(self, record: str, length: int) -> zipfile.ZipInfo:
        """A header with padding in front of the content."""
        info = zipfile.ZipInfo(f"{self.name}/{record}")
        info.file_size, info.external_attr = length, 0o600 << 16
        assert self.zip.fp is not None
        start = self.zip.fp.tell() + LOCAL_HEADER.size + len(info.filename.encode()) + 4 + (20 if length * MARGIN > LARGE else 0)
        padding = -start % ALIGNMENT
        info.extra = PADDING + struct.pack("<H", padding) + b"Z" * padding
        return info

    def abandon(self) -> None:
        """Leave the file as it is: when content can't be had, it is no archive."""
        self.zip.fp = None

    def close(self) -> None:
        self.write("byteorder", sys.byteorder.encode())
        self.write(".storage_alignment", str(ALIGNMENT).encode())
        # No .format_version: its readers compute where records start from how PyTorch's own writer lays them out.
        self.write("version", b"3\n")
        self.zip.close()


class Reader:
    """Reads the records of an archive; Damaged for one that is damaged, compressed, or claims more than the file holds."""

    def __init__(self, file: Any) -> None:
        self.file = file
        try:
            with zipfile.ZipFile(file) as opened:
                entries = opened.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError, struct.error) as error:
            raise Damaged(f"failed reading zip archive: {error}: {DAMAGED}") from error
        if not entries:
            raise Damaged(f"the archive is empty: {DAMAGED}")
        self.name = entries[0].filename.partition("/")[0]
        self.entries = {one.filename: one for one in entries}
        file.seek(0, 2)
        self.size = file.tell()
        if len(self.entries) != len(entries) or sum(one.file_size for one in entries) > self.size:
            raise Damaged(f"the archive has records that overlap, or two of one name: {DAMAGED}")

    def __contains__(self, record: str) -> bool:
        return f"{self.name}/{record}" in self.entries

    def span(self, record: str) -> tuple[int, int]:
        """Where the content of a record starts, and how long it is."""
        entry = self.entries.get(f"{self.name}/{record}")
        if entry is None:
            raise Damaged(f"failed locating file {record}: file not found: {DAMAGED}")
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
            raise Damaged(f"record {record} is compressed or encrypted; what torch.save writes is neither")
        if not 0 <= entry.header_offset <= self.size:
            raise Damaged(f"record {record} starts outside the file: {DAMAGED}")
        self.file.seek(entry.header_offset)
        header = self.file.read(LOCAL_HEADER.size)
        if len(header) != LOCAL_HEADER.size or header[:4] != SIGNATURE:
            raise Damaged(f"record {record} has no header: {DAMAGED}")
        *_, name_length, extra_length = LOCAL_HEADER.unpack(header)
        start = entry.header_offset + LOCAL_HEADER.size + name_length + extra_length
        if start + entry.file_size > self.size:
            raise Damaged(f"record {record} ends behind the end of the file: {DAMAGED}")
        return start, entry.file_size

    def read(self, record: str) -> bytes:
        start, length = self.span(record)
        self.file.seek(start)
        content: bytes = self.file.read(length)
        return content

    def read_storage(self, record: str, length: int) -> Any:
        """The content as an array of bytes; Damaged unless it is as long as the pickle says."""
        start, found = self.span(record)
        if found != length:
            raise Damaged(f"record size ({found} bytes) does not match expected size ({length} bytes) of storage {record}")
        self.file.seek(start)
        return read_into(self.file, length)


def read_into(file: Any, length: int) -> Any:
    """The next `length` bytes as a writable array; Damaged when the file has fewer."""
    memory = np.empty(length, BYTE)
    if hasattr(file, "readinto"):
        found = file.readinto(memory)
    else:
        content = file.read(length)
        found = len(content)
        memory[:found] = np.frombuffer(content, BYTE)
    if found != length:
        raise Damaged(f"{length} bytes of a storage are expected, and {found} are left: {DAMAGED}")
    return memory
