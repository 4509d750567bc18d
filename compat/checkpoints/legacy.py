"""The format of PyTorch before 1.6, read only: pickles one after the other, then the bytes of every storage."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compat.checkpoints.damage import DAMAGED, Damaged
from compat.checkpoints.storages import StorageKind, checked

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
COUNT = struct.Struct("<q")

MakeUnpickler = Callable[[Any, Callable[[Any], Any]], Any]


@dataclass(frozen=True)
class Place:
    """Where the bytes of a storage begin, how many there are, and whether the other byte order wrote them."""

    start: int
    length: int
    swapped: bool


class LegacyLoader:
    """Loads one file. A subclass makes a storage when the pickle names it, and fills it when all of them are known."""

    def __init__(self, file: Any, make_unpickler: MakeUnpickler) -> None:
        self.file, self.make_unpickler = file, make_unpickler
        self.sizes: dict[str, tuple[int, int]] = {}  # bytes of an element, and of the storage

    def storage(self, kind: StorageKind, key: str, place: str, nbytes: int, /) -> Any:
        """What the pickle gets for a storage; called again wherever it is named again."""
        raise NotImplementedError

    def fill(self, key: str, where: Place) -> None:
        """Take the bytes of a storage from the file."""
        raise NotImplementedError

    def load(self) -> Any:
        start = self.file.tell()
        self.end = self.file.seek(0, 2)
        self.left = self.end - start
        self.file.seek(start)
        if self._header() != MAGIC:
            raise Damaged("Invalid magic number; corrupt file?")
        if (protocol := self._header()) != PROTOCOL:
            raise Damaged(f"Invalid protocol version: {protocol}")
        system = self._header()
        if not isinstance(system, dict):
            raise Damaged(f"no description of the system that wrote the file: {DAMAGED}")
        swapped = not system.get("little_endian", True)
        result = self.make_unpickler(self.file, self.persistent_load).load()
        keys = self._header()
        if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(self.sizes):
            raise Damaged(f"the storages in the file are not those that its pickle names: {DAMAGED}")
        for key in keys:
            self._next(key, swapped)
        return result

    def _header(self) -> Any:
        return self.make_unpickler(self.file, self._no_storage).load()

    def _no_storage(self, _identity: Any) -> Any:
        raise pickle.UnpicklingError("a storage before the saved object")

    def persistent_load(self, identity: Any) -> Any:
        if isinstance(identity, tuple) and identity[:1] in (("module",), (b"module",)):
            return identity[1]  # the source of the class follows, for a comparison that is not made here
        kind, key, place, count = checked(identity, 6)
        if identity[5] is not None:
            raise Damaged("storages that are views of others, as PyTorch 0.4 and older wrote, can't be read here")
        nbytes = count * kind.itemsize
        if key not in self.sizes:
            self.left -= nbytes
            if self.left < 0:
                raise Damaged(f"a storage claims more bytes than the file has: {DAMAGED}")
            self.sizes[key] = kind.itemsize, nbytes
        return self.storage(kind, key, place, nbytes)

    def _next(self, key: str, swapped: bool) -> None:
        itemsize, nbytes = self.sizes[key]
        header = self.file.read(COUNT.size)
        count = COUNT.unpack(header)[0] if len(header) == COUNT.size else -1
        if count * itemsize != nbytes:
            raise Damaged(f"a storage has another size than the pickle says: {DAMAGED}")
        start = self.file.tell()
        if start + nbytes > self.end:
            raise Damaged(f"a storage ends behind the end of the file: {DAMAGED}")
        self.fill(key, Place(start, nbytes, swapped))
        self.file.seek(start + nbytes)
