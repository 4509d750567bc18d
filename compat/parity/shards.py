"""Named arrays ↔ one file of the safetensors format: a JSON header with the place of every array, then their bytes.

Its package reads what is written here; its door for NumPy knows no bfloat16, which parity compares. The format has no complex128
either, so that complex arrays are stored as pairs of real numbers, and the header's metadata says of which dtype they are.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from compat.elementwise import bfloat16, dtype_of

LENGTH = struct.Struct("<Q")
CODES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "uint16": "U16", "int16": "I16", "uint32": "U32", "int32": "I32", "uint64": "U64",
    "int64": "I64", "bfloat16": "BF16", "float16": "F16", "float32": "F32", "float64": "F64",
}  # fmt: skip
DTYPES = {code: dtype for dtype, code in CODES.items()}
PARTS = {"complex64": "float32", "complex128": "float64"}
Array = NDArray[Any]


def storable(array: Array) -> bool:
    """Whether the format, or a pair of numbers, can hold it."""
    return dtype_of(array) in CODES or dtype_of(array) in PARTS


def write(file: BinaryIO, arrays: Mapping[str, Array]) -> None:
    """Write the arrays into a file open for writing, in the order of their element sizes, the largest first, so that each lies at a multiple of its own.

    KeyError for a dtype that is not `storable`.
    """
    header: dict[str, Any] = {"__metadata__": {name: dtype_of(one) for name, one in arrays.items() if dtype_of(one) in PARTS}}
    stored = {name: _stored(array) for name, array in arrays.items()}
    order = sorted(stored, key=lambda name: (-stored[name][1].itemsize, name))
    end = 0
    for name in order:
        code, array = stored[name]
        header[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
        end += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write(LENGTH.pack(len(text)) + text)
    for name in order:
        file.write(stored[name][1].tobytes())


def _stored(array: Array) -> tuple[str, Array]:
    """The format's name of a dtype, and the array whose bytes are stored."""
    dtype = dtype_of(array)
    if dtype in PARTS:
        part = PARTS[dtype]
        return CODES[part], np.stack([array.real, array.imag], axis=-1).astype(np.dtype(part).newbyteorder("<"))
    if dtype == "bfloat16":
        bits = np.ascontiguousarray(array).view("uint32").reshape(array.shape)
        if np.any(bits & 0xFFFF):
            raise ValueError("an array that is marked as one of bfloat16 has numbers that are none")
        return CODES[dtype], (bits >> 16).astype("<u2")
    return CODES[dtype], array.astype(array.dtype.newbyteorder("<"))


class Shard:
    """A file that `write` has made, open; an array is read when it is asked for. ValueError or KeyError for what is none."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        (length,) = LENGTH.unpack(self.file.read(LENGTH.size))
        self.start = LENGTH.size + length
        self.header: dict[str, Any] = json.loads(self.file.read(length))
        self.complex: dict[str, str] = self.header.pop("__metadata__", {})

    def array(self, name: str) -> Array:
        """The array of that name; a complex one is made of its pairs again."""
        entry = self.header[name]
        first, end = entry["data_offsets"]
        self.file.seek(self.start + first)
        found = _read(self.file.read(end - first), DTYPES[entry["dtype"]], tuple(entry["shape"]))
        return _paired(found, self.complex[name]) if name in self.complex else found

    def close(self) -> None:
        self.file.close()


def _read(data: bytes, dtype: str, shape: tuple[int, ...]) -> Array:
    if dtype == "bfloat16":
        return bfloat16((np.frombuffer(data, "<u2", math.prod(shape)).astype("uint32") << 16).view("float32").reshape(shape))
    plain = np.dtype(dtype)
    return np.frombuffer(data, plain.newbyteorder("<"), math.prod(shape)).astype(plain).reshape(shape)


def _paired(parts: Array, dtype: str) -> Array:
    """Not by arithmetic: an infinite imaginary part would make the real one NaN."""
    found = np.empty(parts.shape[:-1], dtype)
    found.real, found.imag = parts[..., 0], parts[..., 1]
    return found
