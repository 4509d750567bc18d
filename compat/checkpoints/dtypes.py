"""The types of elements that checkpoints hold: how many bytes one has, and what each format calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Dtype:
    """A type by PyTorch's name. A format that can't hold it has None; `torch` is the class of its storages, which newer types lack.

    `part` is the size of what a machine of the other byte order turns round: a complex number is two.
    """

    name: str
    itemsize: int
    torch: str | None = None
    ckpt: str | None = None
    safetensors: str | None = None
    part: int = 0


_ALL = (
    Dtype("bool", 1, "BoolStorage", "Bool", "BOOL"),
    Dtype("uint8", 1, "ByteStorage", "UInt8", "U8"),
    Dtype("int8", 1, "CharStorage", "Int8", "I8"),
    Dtype("int16", 2, "ShortStorage", "Int16", "I16"),
    Dtype("uint16", 2, None, "UInt16", "U16"),
    Dtype("int32", 4, "IntStorage", "Int32", "I32"),
    Dtype("uint32", 4, None, "UInt32", "U32"),
    Dtype("int64", 8, "LongStorage", "Int64", "I64"),
    Dtype("uint64", 8, None, "UInt64", "U64"),
    Dtype("float16", 2, "HalfStorage", "Float16", "F16"),
    Dtype("bfloat16", 2, "BFloat16Storage", "BFloat16", "BF16"),
    Dtype("float32", 4, "FloatStorage", "Float32", "F32"),
    Dtype("float64", 8, "DoubleStorage", "Float64", "F64"),
    # MindSpore 2.10 saves complex and float8 tensors, and can't load what it saved.
    Dtype("complex32", 4, part=2),
    Dtype("complex64", 8, "ComplexFloatStorage", None, "C64", part=4),
    Dtype("complex128", 16, "ComplexDoubleStorage", part=8),
    Dtype("float8_e4m3fn", 1, None, None, "F8_E4M3"),
    Dtype("float8_e4m3fnuz", 1, None, None, "F8_E4M3FNUZ"),
    Dtype("float8_e5m2", 1, None, None, "F8_E5M2"),
    Dtype("float8_e5m2fnuz", 1, None, None, "F8_E5M2FNUZ"),
    Dtype("float8_e8m0fnu", 1, None, None, "F8_E8M0"),
)

DTYPES: Mapping[str, Dtype] = {each.name: each for each in _ALL}
STORAGES: Mapping[str, str] = {each.torch: each.name for each in _ALL if each.torch}
# compat.mindspore writes and reads these.
CKPT: Mapping[str, str] = {
    **{each.ckpt: each.name for each in _ALL if each.ckpt},
    "Complex64": "complex64", "Complex128": "complex128", "Float8E4M3FN": "float8_e4m3fn", "Float8E5M2": "float8_e5m2",
}  # fmt: skip
SAFETENSORS: Mapping[str, str] = {each.safetensors: each.name for each in _ALL if each.safetensors}
