"""The storages that a file of torch.save names in its pickle."""

from __future__ import annotations

import pickle
from typing import Any

from compat.checkpoints.dtypes import DTYPES, STORAGES

UNTYPED = "UntypedStorage"


class StorageKind:
    """Stands for a storage class in a file; the untyped one counts bytes, and its tensors name their dtype themselves."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dtype: Any = STORAGES.get(name, "uint8")
        self.itemsize = DTYPES[self.dtype].itemsize


def checked(identity: Any, length: int) -> tuple[StorageKind, str, str, int]:
    """Class, key, location and number of elements of a storage, out of what a file says in its place; UnpicklingError if it can't be one."""
    if not isinstance(identity, tuple) or len(identity) != length or identity[0] not in ("storage", b"storage"):
        raise pickle.UnpicklingError(f"an unknown kind of persistent id: {identity!r}")
    kind, key, location, count = identity[1:5]
    place = location.decode() if isinstance(location, bytes) else location
    if not (isinstance(kind, StorageKind) and isinstance(key, str) and isinstance(place, str)) or type(count) is not int or count < 0:
        raise pickle.UnpicklingError(f"no storage is described by {identity!r}")
    return kind, key, place, count
