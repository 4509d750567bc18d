"""Reading .safetensors files: a JSON header with the place of every tensor, then their bytes."""

from __future__ import annotations

import json
import struct
from typing import Any

from compat.checkpoints.archive import read_into
from compat.checkpoints.damage import DAMAGED
from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.serialization.storages import UntypedStorage, row_major, tensor_in

LENGTH = struct.Struct("<Q")
DTYPES = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "I16": "int16", "U16": "uint16", "I32": "int32", "U32": "uint32", "I64": "int64",
    "U64": "uint64", "F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64", "C64": "complex64",
}  # fmt: skip


def load_file(path: str) -> dict[str, Any]:
    """Every tensor of the file by name; RuntimeError for a damaged file, or for a dtype that MindSpore's tensors don't have."""
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        prefix = file.read(LENGTH.size)
        length = LENGTH.unpack(prefix)[0] if len(prefix) == LENGTH.size else size
        start = LENGTH.size + length
        if start > size:
            raise invalid(RuntimeError, f"{path}: its header is longer than the file: {DAMAGED}")
        try:
            header = json.loads(file.read(length))
            header.pop("__metadata__", None)
            return {name: tensor_at(file, start, size, **entry) for name, entry in header.items()}
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise invalid(RuntimeError, f"{path}: {error}: {DAMAGED}") from error


def tensor_at(file: Any, start: int, size: int, *, dtype: str, shape: list[int], data_offsets: list[int]) -> Any:
    kind = dtypes.BY_NAME[DTYPES[dtype]]
    first, end = data_offsets
    if not 0 <= first <= end <= size - start:
        raise ValueError(f"a tensor at {data_offsets} does not lie within the file")
    file.seek(start + first)
    return tensor_in(UntypedStorage(read_into(file, end - first)), kind, 0, tuple(shape), row_major(tuple(shape)))
