"""mindspore.numpy: data types, where `int_` and `float_` have 32 bits, and what two of them make."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.dtypes import (
    bool_,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from compat.mindspore_on_torch.numpy import operands

torch: Any = frameworks.load("torch")

__all__ = [
    "NINF", "PINF", "bool_", "float16", "float32", "float64", "float_", "inf", "int16", "int32", "int64", "int8", "int_", "nan",
    "numeric_types", "pi", "promote_types", "result_type", "uint", "uint16", "uint32", "uint64", "uint8",
]  # fmt: skip

int_, uint, float_ = int32, uint32, float32
inf = PINF = float("inf")
NINF, nan, pi = -inf, float("nan"), 3.141592653589793
numeric_types = [
    "int_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float_", "float16", "float32", "float64", "bool_",
]  # fmt: skip

SIGNED, UNSIGNED = (int8, int16, int32, int64), (uint8, uint16, uint32, uint64)
FLOATS = (float16, float32, float64)


def promoted(one: dtypes.Type, other: dtypes.Type) -> dtypes.Type:
    """Floating point before integers, else the smallest type that holds both; uint16 with float64 makes float32, which MindSpore says."""
    if one == other or other == bool_:
        return one
    if one == bool_:
        return other
    for group in (FLOATS, UNSIGNED, SIGNED):
        if one in group and other in group:
            return group[max(group.index(one), group.index(other))]
    left, right = (one, other) if one in FLOATS or (one in UNSIGNED and other not in FLOATS) else (other, one)
    if left in FLOATS:
        return float32 if (left, right) == (float64, uint16) else left
    place = max(UNSIGNED.index(left) + 1, SIGNED.index(right))
    return SIGNED[place] if place < len(SIGNED) else float64


def promote_types(type1: Any, type2: Any) -> dtypes.Type:
    """The type that two types make together. TypeError for what is none of mindspore.numpy's."""
    return promoted(*(dtypes.FROM_TORCH[operands.data_type(each)] for each in (type1, type2)))


def type_of(value: Any) -> dtypes.Type:
    if isinstance(value, torch.Tensor):
        return dtypes.FROM_TORCH[dtypes.torch_dtype(value.dtype)]
    if isinstance(value, (bool, int, float)):
        return dtypes.FROM_TORCH[dtypes.torch_dtype(operands.BY_PYTHON[type(value)])]
    if isinstance(value, str) and value not in operands.BY_NAME:
        value = np.dtype(value).name  # "i2" is int16
    return dtypes.FROM_TORCH[operands.data_type(value)]


def result_type(*arrays_and_dtypes: Any) -> dtypes.Type:
    """The type that tensors, numbers and types make together. TypeError for lists, IndexError for nothing."""
    if not arrays_and_dtypes:
        raise errors.invalid(IndexError, "mindspore.numpy.result_type: at least one argument is needed")
    return functools.reduce(promoted, map(type_of, arrays_and_dtypes))
