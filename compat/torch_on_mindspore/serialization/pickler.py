"""Pickling for torch.save: storages go to records of their own, and our objects under PyTorch's names."""

from __future__ import annotations

import pickle
from types import FunctionType
from typing import Any, ClassVar

from compat.errors import invalid
from compat.torch_on_mindspore.serialization.kinds import CLASS_NAMES
from compat.torch_on_mindspore.serialization.locations import WRITTEN
from compat.torch_on_mindspore.serialization.names import name_of
from compat.torch_on_mindspore.serialization.storages import TypedStorage, UntypedStorage


class _Named:
    """Written as a global name that is not looked up here."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class Pickler(pickle._Pickler):
    """Python's pickler in Python: the one in C only writes names that can be imported, and PyTorch's can't be here."""

    dispatch: ClassVar[dict[type, Any]] = dict(pickle._Pickler.dispatch)

    def __init__(self, file: Any, protocol: int) -> None:
        super().__init__(file, protocol=protocol)
        self.keys: dict[tuple[int, int], str] = {}  # address and size → the name of the record
        self.storages: dict[str, UntypedStorage] = {}
        self.kinds: dict[str, Any] = {}
        self.named: dict[str, _Named] = {}

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, (TypedStorage, UntypedStorage)):
            return None
        typed = isinstance(obj, TypedStorage)
        kind, storage = (obj.dtype if isinstance(obj, TypedStorage) else None), obj.untyped()
        name = CLASS_NAMES[kind] if typed else "UntypedStorage"
        key = self.key_of(storage)
        if self.kinds.setdefault(key, kind) != kind:
            raise invalid(RuntimeError, "Cannot save multiple tensors or storages that view the same data as different types")
        count = len(obj)
        return "storage", self.named.setdefault(name, _Named("torch" if typed else "torch.storage", name)), key, WRITTEN, count

    def key_of(self, storage: UntypedStorage) -> str:
        place = storage.data_ptr(), storage.nbytes()
        key = self.keys.get(place) if storage.nbytes() else None
        if key is None:
            key = str(len(self.storages))
            self.storages[key] = storage  # kept, so that no other storage gets its address
            self.keys[place] = key
        return key

    def save_global(self, obj: Any, name: str | None = None) -> None:
        known = (obj.module, obj.name) if isinstance(obj, _Named) else name_of(obj)
        if known is None:
            super().save_global(obj, name)  # type: ignore[misc]
            return
        module, name = known
        self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())  # type: ignore[attr-defined]
        self.memoize(obj)  # type: ignore[attr-defined]

    def save_type(self, obj: Any) -> None:
        if obj in (type(None), type(NotImplemented), type(...)):
            super().save_type(obj)  # type: ignore[misc]
        else:
            self.save_global(obj)

    dispatch[FunctionType] = save_global
    dispatch[_Named] = save_global
    dispatch[type] = save_type
