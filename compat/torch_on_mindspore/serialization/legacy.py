"""Storages out of a file in the format of PyTorch before 1.6."""

from __future__ import annotations

from typing import Any

from compat.checkpoints import legacy
from compat.checkpoints.archive import read_into
from compat.torch_on_mindspore.serialization.locations import Restore
from compat.torch_on_mindspore.serialization.storages import TypedStorage, UntypedStorage


class LegacyLoader(legacy.LegacyLoader):
    """Loads one file; its storages are made when the pickle names them, and get their bytes after it."""

    def __init__(self, file: Any, restore: Restore, make_unpickler: legacy.MakeUnpickler) -> None:
        super().__init__(file, make_unpickler)
        self.restore = restore
        self.storages: dict[str, tuple[UntypedStorage, Any]] = {}
        self.made: dict[str, Any] = {}

    def storage(self, kind: Any, key: str, place: str, nbytes: int) -> Any:
        if key not in self.storages:
            storage = UntypedStorage(nbytes)
            self.storages[key] = storage, kind.dtype
            self.made[key] = self.restore(storage, place)
        return TypedStorage(wrap_storage=self.made[key].untyped(), dtype=kind.dtype)

    def fill(self, key: str, where: legacy.Place) -> None:
        storage, dtype = self.storages[key]
        storage.memory[:] = read_into(self.file, where.length)
        if where.swapped:
            storage.byteswap(dtype)
