"""The storage classes that a file names, one for each of PyTorch's older dtypes, with the dtype's object here."""

from __future__ import annotations

from typing import Any

from compat.checkpoints import storages
from compat.checkpoints.dtypes import STORAGES
from compat.torch_on_mindspore import dtypes

# dtypes that came after the storage classes have none; their files name the dtype beside the bytes
BY_CLASS_NAME: dict[str, Any] = {name: dtypes.BY_NAME[dtype] for name, dtype in STORAGES.items()}
CLASS_NAMES = {kind: name for name, kind in BY_CLASS_NAME.items()}


class StorageKind(storages.StorageKind):
    """Stands for a storage class in a file; the untyped one counts bytes."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.dtype = dtypes.BY_NAME[self.dtype]
