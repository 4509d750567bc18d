"""The format of PyTorch before 1.6, read only: pickles one after the other, then the bytes of every storage."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.serialization.archive import DAMAGED, read_into
from compat.torch_on_mindspore.serialization.kinds import checked
from compat.torch_on_mindspore.serialization.locations import Restore
from compat.torch_on_mindspore.serialization.storages import TypedStorage, UntypedStorage

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
COUNT = struct.Struct("<q")

MakeUnpickler = Callable[[Any, Callable[[Any], Any]], Any]


class LegacyLoader:
    """Loads one file; its storages are made when the pickle names them, and get their bytes after it."""

    def __init__(self, file: Any, restore: Restore, make_unpickler: MakeUnpickler) -> None:
        self.file, self.restore, self.make_unpickler = file, restore, make_unpickler
        self.storages: dict[str, tuple[UntypedStorage, Any]] = {}
        self.made: dict[str, Any] = {}

    def load(self) -> Any:
        start = self.file.tell()
        self.left = self.file.seek(0, 2) - start
        self.file.seek(start)
        if self._header() != MAGIC:
            raise invalid(RuntimeError, "Invalid magic number; corrupt file?")
        if (protocol := self._header()) != PROTOCOL:
            raise invalid(RuntimeError, f"Invalid protocol version: {protocol}")
        system = self._header()
        if not isinstance(system, dict):
            raise invalid(RuntimeError, f"no description of the system that wrote the file: {DAMAGED}")
        swapped = not system.get("little_endian", True)
        result = self.make_unpickler(self.file, self.persistent_load).load()
        keys = self._header()
        if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(self.storages):
            raise invalid(RuntimeError, f"the storages in the file are not those that its pickle names: {DAMAGED}")
        for key in keys:
            self._fill(key, swapped)
        return result

    def _header(self) -> Any:
        return self.make_unpickler(self.file, self._no_storage).load()

    def _no_storage(self, _identity: Any) -> Any:
        raise pickle.UnpicklingError("a storage before the saved object")

    def persistent_load(self, identity: Any) -> Any:
        if isinstance(identity, tuple) and identity[:1] in (("module",), (b"module",)):
            return identity[1]  # the source of the class follows, for a comparison that is not made here
        storage_kind, key, place, count = checked(identity, 6)
        dtype = storage_kind.dtype
        if identity[5] is not None:
            raise invalid(RuntimeError, "storages that are views of others, as PyTorch 0.4 and older wrote, can't be read here")
        nbytes = count * dtype.itemsize
        if key not in self.storages:
            self.left -= nbytes
            if self.left < 0:
                raise invalid(RuntimeError, f"a storage claims more bytes than the file has: {DAMAGED}")
            storage = UntypedStorage(nbytes)
            self.storages[key] = storage, dtype
            self.made[key] = self.restore(storage, place)
        return TypedStorage(wrap_storage=self.made[key].untyped(), dtype=dtype)

    def _fill(self, key: str, swapped: bool) -> None:
        storage, dtype = self.storages[key]
        header = self.file.read(COUNT.size)
        count = COUNT.unpack(header)[0] if len(header) == COUNT.size else -1
        if count * dtype.itemsize != storage.nbytes():
            raise invalid(RuntimeError, f"a storage has another size than the pickle says: {DAMAGED}")
        storage.memory[:] = read_into(self.file, storage.nbytes())
        if swapped:
            storage.byteswap(dtype)
