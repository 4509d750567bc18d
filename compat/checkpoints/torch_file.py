"""Files of torch.save as streams: the tensors of a state dict, found without running a pickle's code, and a state dict written."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

from compat.checkpoints import legacy, state_dict
from compat.checkpoints.archive import SIGNATURE, Reader, Writer
from compat.checkpoints.checkpoint import Checkpoint, Record, Span, Stored, View
from compat.checkpoints.choosing import flattened
from compat.checkpoints.damage import DAMAGED, Damaged
from compat.checkpoints.dtypes import DTYPES
from compat.checkpoints.planned import Content, Planned, check_dtypes, exactly
from compat.checkpoints.storages import StorageKind, checked
from compat.checkpoints.strided import reach, row_major
from compat.checkpoints.tensors import Pointer, TensorMachine
from compat.errors import CompatError, UnsupportedAPI

Places = dict[str, tuple[Span, str | None]]
# A view that repeats elements may not be larger than the file or this: a few bytes could else claim any amount of memory.
LARGEST_REPETITION = 64 * 1024 * 1024


def open_file(path: str, key: str | None = None) -> Checkpoint:
    """The tensors of a file in the order of its pickle; `key` names the part that holds them, "ema.state_dict", where there are several.

    Damaged for a file that is damaged or foreign, or names anything but tensors and plain data; CompatError where it is not clear which
    tensors are meant.
    """
    file = open(path, "rb", buffering=0)  # noqa: SIM115 - the checkpoint closes it
    try:
        start = file.read(len(SIGNATURE))
        file.seek(0)
        return zipped(path, file, key) if start == SIGNATURE else old(path, file, key)
    except (pickle.UnpicklingError, EOFError, UnicodeDecodeError) as error:
        file.close()
        raise Damaged(str(error) or "it ends too early") from error
    except BaseException:
        file.close()
        raise


def zipped(path: str, file: Any, key: str | None) -> Checkpoint:
    """A file in the zip format."""
    reader = Reader(file)
    if "constants.pkl" in reader:
        raise UnsupportedAPI("it is a TorchScript archive, which holds a program; save the state dict of the module")
    if "version" not in reader:
        raise Damaged(f"the archive has no record `version`: {DAMAGED}")
    order = reader.read("byteorder").decode(errors="replace") if "byteorder" in reader else "little"
    if order not in ("little", "big"):
        raise Damaged(f"its byte order is {order!r}")
    places: Places = {}

    def persistent_load(identity: Any) -> tuple[str, StorageKind]:
        kind, name, _, count = checked(identity, 5)
        record = f"data/{name}"
        start, length = reader.span(record)
        if length != count * kind.itemsize:
            raise Damaged(f"{record} has {length} bytes, and its pickle says {count * kind.itemsize}: {DAMAGED}")
        places[name] = (start, length), record
        return name, kind

    pickled = reader.read("data.pkl")
    tensors, left_out = flattened(TensorMachine(io.BytesIO(pickled), persistent_load).load(), key)
    records = {
        record: Record(*span, reader.entries[f"{reader.name}/{record}"].CRC) for span, record in places.values() if record is not None
    }
    return Checkpoint(path, "torch", file, stored(tensors, places, reader.size), left_out, order == "big", records)


def old(path: str, file: Any, key: str | None) -> Checkpoint:
    """A file in the format before PyTorch 1.6."""
    buffered = io.BufferedReader(file)
    loader = Old(buffered, TensorMachine)
    tensors, left_out = flattened(loader.load(), key)
    buffered.detach()  # or it would close the file
    return Checkpoint(path, "torch", file, stored(tensors, loader.places, loader.end), left_out, loader.swapped)


class Old(legacy.LegacyLoader):
    """Notes where storages lie, and takes none."""

    def __init__(self, file: Any, make_unpickler: legacy.MakeUnpickler) -> None:
        super().__init__(file, make_unpickler)
        self.places: Places = {}
        self.swapped = False

    def storage(self, kind: StorageKind, key: str, _place: str, _nbytes: int) -> Any:
        return key, kind

    def fill(self, key: str, where: legacy.Place) -> None:
        self.places[key] = (where.start, where.length), None
        self.swapped = where.swapped


def stored(tensors: dict[str, Pointer], places: Places, size: int) -> tuple[Stored, ...]:
    """The tensors with the places of their bytes; those that are the very same one are tied."""
    first: dict[tuple[Any, ...], str] = {}
    found = []
    for name, tensor in tensors.items():
        (start, length), record = places[tensor.storage]
        one = located(name, tensor, start, length, max(size, LARGEST_REPETITION))
        identity = tensor.storage, tensor.offset, tensor.shape, tensor.strides, tensor.dtype
        known = first.setdefault(identity, name) if one.nbytes else name
        found.append(replace(one, record=record, tied=known if known != name else None))
    return tuple(found)


def located(name: str, tensor: Pointer, start: int, length: int, largest: int) -> Stored:
    """A tensor whose elements must lie within its storage."""
    itemsize = DTYPES[tensor.dtype].itemsize
    first = tensor.offset * itemsize
    if first + reach(tensor.shape, tensor.strides) * itemsize > length:
        raise Damaged(f"{name!r} of shape {list(tensor.shape)} and strides {list(tensor.strides)} is larger than its storage: {DAMAGED}")
    whole = Stored(name, tensor.shape, tensor.dtype)
    if not whole.nbytes:
        return whole
    if row_major(tensor.shape, tensor.strides):
        return replace(whole, pieces=((start + first, whole.nbytes),))
    if whole.nbytes > max(length, largest):
        raise CompatError(f"{name!r} repeats {length} bytes of storage up to {whole.nbytes}, which is refused")
    return replace(whole, view=View(start + first, tensor.strides))


def write(file: BinaryIO, tensors: Sequence[Planned], content: Content, name: str) -> None:
    """Write a state dict in the zip format, below a folder `name`; twins share a storage."""
    check_dtypes(tensors, DTYPES, "a file of torch.save")
    pickled, storages = state_dict.pickled(tensors)
    writer = Writer(cast(Any, file), name)
    try:
        writer.write("data.pkl", pickled)
        for key, index in storages:
            writer.stream(f"data/{key}", tensors[index].nbytes, exactly(tensors[index], content(index)))
    except BaseException:
        writer.abandon()
        raise
    writer.close()
