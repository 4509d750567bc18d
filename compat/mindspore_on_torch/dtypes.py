"""MindSpore's data types (`mindspore.float32`, …), each equal to the PyTorch type that stores it."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from compat import errors, frameworks

torch: Any = frameworks.load("torch")


# Types whose name is not that of PyTorch's in other letters.
FLOAT8 = {"Float8E4M3FN": "float8_e4m3fn", "Float8E5M2": "float8_e5m2"}


class Type:
    """A MindSpore data type. It equals PyTorch's type, `torch`, and hashes alike: either finds the other in a dict."""

    __slots__ = ("name", "numpy", "torch")

    def __init__(self, name: str, torch_type: Any) -> None:
        self.name = name
        self.torch = torch_type
        without = torch_type is torch.bfloat16 or name.startswith("Float8")
        self.numpy: Any = None if without else torch.empty(0, dtype=torch_type).numpy().dtype.type

    def __eq__(self, other: object) -> builtins.bool:
        return self is other or self.torch is other

    def __hash__(self) -> builtins.int:
        return hash(self.torch)

    def __repr__(self) -> str:
        return f"mindspore.{FLOAT8.get(self.name, self.name.lower())}"

    def __str__(self) -> str:
        return self.name

    def __copy__(self) -> Type:
        return self

    def __deepcopy__(self, memo: dict[builtins.int, Any]) -> Type:
        return self

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return named, (self.name.lower(),)


class Kind:
    """A MindSpore type that no tensor has: `mindspore.number`, `mindspore.tensor_type`, `mindspore.string`."""

    def __init__(self, name: str, shown: str) -> None:
        self.name = name
        self.shown = shown

    def __repr__(self) -> str:
        return self.shown

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        return Kind, (self.name, self.shown)

    def __eq__(self, other: object) -> builtins.bool:
        return isinstance(other, Kind) and other.name == self.name

    def __hash__(self) -> builtins.int:
        return hash(self.name)


bool_ = Type("Bool", torch.bool)
int8 = Type("Int8", torch.int8)
int16 = Type("Int16", torch.int16)
int32 = Type("Int32", torch.int32)
int64 = Type("Int64", torch.int64)
uint8 = Type("UInt8", torch.uint8)
uint16 = Type("UInt16", torch.uint16)
uint32 = Type("UInt32", torch.uint32)
uint64 = Type("UInt64", torch.uint64)
float16 = Type("Float16", torch.float16)
float32 = Type("Float32", torch.float32)
float64 = Type("Float64", torch.float64)
bfloat16 = Type("BFloat16", torch.bfloat16)
float8_e4m3fn = Type("Float8E4M3FN", torch.float8_e4m3fn)
float8_e5m2 = Type("Float8E5M2", torch.float8_e5m2)
complex64 = Type("Complex64", torch.complex64)
complex128 = Type("Complex128", torch.complex128)

ALL = (
    bool_, int8, int16, int32, int64, uint8, uint16, uint32, uint64,
    float16, float32, float64, bfloat16, complex64, complex128, float8_e4m3fn, float8_e5m2,
)  # fmt: skip

# MindSpore's own second names. `bool`, `int` and `float` are module members there too.
bool = bool_
byte, short, int, intc, long, intp = int8, int16, int32, int32, int64, int64
ubyte, ushort, uintc, uintp = uint8, uint16, uint32, uint64
half, single, float, double = float16, float32, float32, float64
cfloat, cdouble = complex64, complex128

# Kinds of values, for the functions of MindSpore that are overloaded by them, and types that no tensor of PyTorch has.
number, int_, uint, float_ = (
    Kind(name, f"mindspore.{name.lower()}") for name in ("Number", "Int", "UInt", "Float")
)  # fmt: skip
string, list_, tuple_ = Kind("String", "mindspore.string_"), Kind("List", "mindspore.list_"), Kind("Tuple", "mindspore.tuple_")
tensor_type, type_none, _null = Kind("Tensor", "mindspore.tensor"), Kind("None", "mindspore.type_none"), Kind("Null", "mindspore.Null")
type_type = Kind("TypeType", "mindspore.type_type")
hifloat8, qint4x2 = Kind("HiFloat8", "mindspore.hifloat8"), Kind("Int4", "mindspore.int4")

FROM_TORCH: dict[Any, Type] = {kind.torch: kind for kind in ALL}
FROM_NAME: dict[str, Type] = {kind.name.lower(): kind for kind in ALL}
FROM_PYTHON: dict[type, Type] = {
    builtins.bool: bool_,
    builtins.int: int64,
    builtins.float: float64,
    builtins.complex: complex128,
}


def named(name: str) -> Type:
    """The type called `name`, in any case."""
    return FROM_NAME[name.lower()]


def find(value: Any) -> Type | None:
    """The type that `value` means (ours, torch's, NumPy's, Python's, or a name), or None if it means none."""
    if isinstance(value, Type):
        return value
    if isinstance(value, torch.dtype):
        return FROM_TORCH.get(value)
    if value is None:
        return None
    if isinstance(value, str):
        return FROM_NAME.get(value.lower())
    if value in FROM_PYTHON:
        return FROM_PYTHON[value]
    try:
        return FROM_NAME.get(np.dtype(value).name)
    except TypeError:
        return None


def torch_dtype(value: Any) -> Any:
    """PyTorch's type for a MindSpore type; None and a PyTorch type pass as they are."""
    if isinstance(value, Type):
        return value.torch
    if value is None or isinstance(value, torch.dtype):
        return value
    raise errors.invalid(TypeError, f"a mindspore dtype is needed here, but got {value!r} of type {type(value).__name__}")


def dtype_to_nptype(type_: Any) -> Any:
    """mindspore.dtype_to_nptype: the NumPy scalar type. NumPy has none for bfloat16."""
    if type_ == bfloat16:
        raise errors.UnsupportedArgument("mindspore.dtype_to_nptype", "type_", type_, "every type that NumPy has")
    return checked("dtype_to_nptype", type_).numpy


def dtype_to_pytype(type_: Any) -> Any:
    """mindspore.dtype_to_pytype: bool, int, float or complex."""
    kind = checked("dtype_to_pytype", type_).torch
    if kind is torch.bool:
        return builtins.bool
    if kind.is_complex:
        return complex
    return builtins.float if kind.is_floating_point else builtins.int


def pytype_to_dtype(obj: Any) -> Type:
    """mindspore.pytype_to_dtype: the type for a Python or NumPy type; float is float64 here, as it is in MindSpore."""
    found = None if isinstance(obj, str) else find(obj)
    if found is None:
        raise errors.invalid(NotImplementedError, f"Unsupported convert python type {obj} to MindSpore type.")
    return found


def get_py_obj_dtype(obj: Any) -> Any:
    """mindspore.get_py_obj_dtype: the MindSpore type of a Python value or type. NotImplementedError for one without."""
    if isinstance(obj, torch.Tensor):
        return Kind(f"Tensor[{FROM_TORCH[torch_dtype_of(obj)]}]", f"mindspore.tensor[{FROM_TORCH[torch_dtype_of(obj)].name.lower()}]")
    for kinds, found in ((Type, type_type), (Kind, type_type), (str, string), (tuple, tuple_), (list, list_), (type(None), type_none)):
        if isinstance(obj, kinds):
            return found
    kind = obj if isinstance(obj, type) else type(obj)
    if kind not in FROM_PYTHON:
        raise errors.invalid(NotImplementedError, f"The python type {kind} cannot be converted to MindSpore type.")
    return FROM_PYTHON[kind]


def torch_dtype_of(tensor: Any) -> Any:
    """PyTorch's type of a tensor, whatever its class makes of `dtype`."""
    return torch.Tensor.dtype.__get__(tensor)


def checked(api: str, value: Any) -> Type:
    """`value` as a Type, or MindSpore's TypeError."""
    if isinstance(value, (Type, torch.dtype)):
        return FROM_TORCH[torch_dtype(value)]
    raise errors.invalid(TypeError, f"For '{api}', the dtype must be a mindspore dtype, but got {value!r}.")
