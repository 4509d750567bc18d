"""torch.save and torch.load."""

from __future__ import annotations

import io
import os
import pickle
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from compat.checkpoints.archive import Reader, Writer
from compat.checkpoints.damage import DAMAGED
from compat.checkpoints.legacy import MakeUnpickler
from compat.checkpoints.storages import StorageKind, checked
from compat.errors import UnsupportedAPI, UnsupportedArgument, invalid
from compat.torch_on_mindspore.descriptors import device
from compat.torch_on_mindspore.serialization import legacy, safetensors, safety, unpickler
from compat.torch_on_mindspore.serialization.locations import Restore, restore_location
from compat.torch_on_mindspore.serialization.pickler import Pickler
from compat.torch_on_mindspore.serialization.storages import BYTE, TypedStorage, UntypedStorage

DEFAULT_PROTOCOL = 2
ZIP_MAGIC = b"PK\x03\x04"
TRUE = ("1", "y", "yes", "true")
FileLike: TypeAlias = str | os.PathLike[str] | Any
FILE_LIKE = FileLike


def save(
    obj: Any, f: FileLike, pickle_module: Any = pickle, pickle_protocol: int = DEFAULT_PROTOCOL,
    _use_new_zipfile_serialization: bool = True, _disable_byteorder_record: bool = False,
) -> None:  # fmt: skip
    """Write `obj` in PyTorch's zip format to a path or to something with `write`. Storage that tensors share is written once."""
    if pickle_module is not pickle:
        raise UnsupportedArgument("torch.save", "pickle_module", pickle_module, "pickle")
    if not _use_new_zipfile_serialization:
        raise UnsupportedArgument("torch.save", "_use_new_zipfile_serialization", False, "True: the old format is only read here")
    path = isinstance(f, (str, os.PathLike))
    if not path and not hasattr(f, "write"):
        raise invalid(AttributeError, "expected 'f' to be string, path, or a file-like object with a 'write' attribute")
    content = io.BytesIO()
    pickler = Pickler(content, pickle_protocol)
    pickler.dump(obj)
    if path and not Path(f).resolve().parent.is_dir():
        raise invalid(RuntimeError, f"Parent directory {Path(f).parent} does not exist.")
    with open(f, "wb") if path else _kept_open(f) as opened:
        writer = Writer(opened, Path(f).stem if path else "archive")
        writer.write("data.pkl", content.getbuffer())
        for key, storage in pickler.storages.items():
            writer.write(f"data/{key}", storage.memory.data)
        writer.close()


@contextmanager
def _kept_open(file: Any) -> Iterator[Any]:
    yield file


def load(
    f: FileLike, map_location: Any = None, pickle_module: Any = None, *, weights_only: bool | None = None, mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:  # fmt: skip
    """Read what torch.save has written, here or in PyTorch, from a path or from something with `read` and `seek`.

    Only tensors, plain Python data and what `add_safe_globals` names are loaded unless `weights_only` is false;
    UnpicklingError for anything else. RuntimeError for a damaged file, or a location that this machine does not have.
    """
    safe = only_weights(weights_only, pickle_module)
    if safe and pickle_module is not None:
        raise invalid(RuntimeError, "Can not safely load weights when explicit pickle_module is specified")
    if safe and pickle_load_args:
        warnings.warn("pickle_load_args only works if `weights_only=False`.", stacklevel=2)
    path = os.fspath(f) if isinstance(f, (str, os.PathLike)) else None
    if path is not None and path.endswith(".safetensors"):
        return load_safetensors(path, map_location)
    if path is None and not (hasattr(f, "read") and hasattr(f, "seek") and hasattr(f, "tell")):
        raise invalid(
            AttributeError,
            f"{type(f).__name__!r} object has no attribute 'seek'. You can only torch.load from a file that is seekable. Please "
            "pre-load the data into a buffer like io.BytesIO and try to load from it instead.",
        )
    encoding = pickle_load_args.pop("encoding", "utf-8")

    def make_unpickler(file: Any, persistent_load: Any) -> Any:
        if safe:
            return unpickler.WeightsUnpickler(file, persistent_load, encoding)
        return unpickler.full_unpickler(pickle_module or pickle, file, persistent_load, encoding=encoding, **pickle_load_args)

    with open(path, "rb") if path is not None else _kept_open(f) as opened:
        try:
            return loaded(opened, path, bool(mmap), restore_location(map_location), make_unpickler)
        except pickle.UnpicklingError as error:
            if not safe:
                raise
            raise pickle.UnpicklingError(
                f"Weights only load failed. {error}\nIf you trust the source of the file, `weights_only=False` loads it all the "
                "same; the file can then run any code."
            ) from error


def loaded(file: Any, path: str | None, mmap: bool, restore: Restore, make_unpickler: MakeUnpickler) -> Any:
    start = file.tell()
    magic = file.read(len(ZIP_MAGIC))
    file.seek(start)
    if not magic:
        raise EOFError(f"the file is empty: {DAMAGED}")
    if magic != ZIP_MAGIC:
        if mmap:
            raise invalid(RuntimeError, "mmap can only be used with files saved with `torch.save` in the zip format")
        return legacy.LegacyLoader(file, restore, make_unpickler).load()
    if mmap and path is None:
        raise invalid(ValueError, "f must be a file path in order to use the mmap argument")
    reader = Reader(file)
    if "constants.pkl" in reader:
        raise UnsupportedAPI("torch.load: the file is a TorchScript archive, and torch.jit has no implementation on MindSpore here")
    if "version" not in reader:
        raise invalid(RuntimeError, f"the archive has no record `version`: {DAMAGED}")
    storages = Storages(reader, restore, UntypedStorage(np.memmap(path, BYTE, "c").view(np.ndarray)) if mmap and path else None)
    return make_unpickler(io.BytesIO(reader.read("data.pkl")), storages.persistent_load).load()


class Storages:
    """The storages of one archive, each read when the pickle first names it."""

    def __init__(self, reader: Reader, restore: Restore, mapped: UntypedStorage | None) -> None:
        self.reader, self.restore, self.mapped = reader, restore, mapped
        order = reader.read("byteorder").decode(errors="replace") if "byteorder" in reader else "little"
        if order not in ("little", "big"):
            raise invalid(ValueError, f"Unknown endianness type: {order}")
        self.swapped = order != sys.byteorder
        self.known: dict[str, tuple[StorageKind, Any]] = {}

    def persistent_load(self, identity: Any) -> Any:
        storage_kind, key, place, count = checked(identity, 5)
        dtype = storage_kind.dtype
        if key not in self.known:
            storage = self.read(key, count * dtype.itemsize)
            if self.swapped:
                storage.byteswap(dtype)
            self.known[key] = storage_kind, self.restore(storage, place)
        first, restored = self.known[key]
        if first.name != storage_kind.name:
            raise pickle.UnpicklingError(f"storage {key} is named with two dtypes")
        return TypedStorage(wrap_storage=restored.untyped(), dtype=dtype)

    def read(self, key: str, length: int) -> UntypedStorage:
        record = f"data/{key}"
        if self.mapped is not None:
            start, found = self.reader.span(record)
            if found == length and not start % 16:
                return UntypedStorage(self.mapped.memory[start : start + length])
        return UntypedStorage(self.reader.read_storage(record, length))


def only_weights(given: bool | None, pickle_module: Any) -> bool:
    """Whether to load weights only: by default yes, unless the caller brings a pickle module or the environment says otherwise."""
    forced, forbidden = (
        os.getenv(name, "0").lower() in TRUE for name in ("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD")
    )
    if forced and forbidden:
        raise invalid(
            RuntimeError,
            "Only one of `TORCH_FORCE_WEIGHTS_ONLY_LOAD` or `TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD` should be set, but both were set.",
        )
    if forced:
        return True
    if given is None:
        return pickle_module is None and not forbidden
    return given


def load_safetensors(path: str, map_location: Any) -> Any:
    """The tensors of a .safetensors file; RuntimeError for a `map_location` that names no device."""
    if map_location is not None and not isinstance(map_location, (str, bytes, device)):
        raise invalid(RuntimeError, "Loading safetensors file with dict or callable map_location is not supported.")
    restore_location(map_location)(None, "cpu")
    return safetensors.load_file(path)


def get_unsafe_globals_in_checkpoint(f: FileLike) -> list[str]:
    """The names in a file that a load of weights would refuse."""
    with open(f, "rb") if isinstance(f, (str, os.PathLike)) else _kept_open(f) as opened:
        if opened.read(len(ZIP_MAGIC)) != ZIP_MAGIC:
            raise invalid(ValueError, "Expected input to be a checkpoint returned by torch.save")
        names = unpickler.names_in(io.BytesIO(Reader(opened).read("data.pkl")))
    return [name for name in names if not (name in safety.CALLABLE or name in safety.MENTIONED or safety.allowed_by_program(name))]


def _load_from_bytes(content: bytes) -> Any:
    """A storage out of PyTorch's pickles of single tensors, which hold it in the old format."""
    return load(io.BytesIO(content), weights_only=False)
