"""The storage classes that a file names, one for each of PyTorch's older dtypes."""

from __future__ import annotations

import pickle
from typing import Any

from compat.torch_on_mindspore import dtypes

# dtypes that came after the storage classes have none; their files name the dtype beside the bytes
OLDER = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64", "complex128")
BY_CLASS_NAME: dict[str, Any] = {f"{dtypes.BY_NAME[name].tensor_type}Storage": dtypes.BY_NAME[name] for name in OLDER}
CLASS_NAMES = {kind: name for name, kind in BY_CLASS_NAME.items()}


class StorageKind:
    """Stands for a storage class in a file; the untyped one counts bytes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dtype: Any = BY_CLASS_NAME.get(name, dtypes.uint8)


def checked(identity: Any, length: int) -> tuple[StorageKind, str, str, int]:
    """Class, key, location and number of elements of a storage, out of what a file says in its place; UnpicklingError if it can't be one."""
    if not isinstance(identity, tuple) or len(identity) != length or identity[0] not in ("storage", b"storage"):
        raise pickle.UnpicklingError(f"an unknown kind of persistent id: {identity!r}")
    kind, key, location, count = identity[1:5]
    place = location.decode() if isinstance(location, bytes) else location
    if not (isinstance(kind, StorageKind) and isinstance(key, str) and isinstance(place, str)) or type(count) is not int or count < 0:
        raise pickle.UnpicklingError(f"no storage is described by {identity!r}")
    return kind, key, place, count
