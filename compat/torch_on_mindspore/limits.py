"""torch.finfo and torch.iinfo, and the constants of the torch namespace."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.dtypes import kind_of

inf, nan, pi, e = math.inf, math.nan, math.pi, math.e

# bits, eps, largest, smallest normal, decimal digits, smallest
BFLOAT16 = (16, 2.0**-7, (2 - 2.0**-7) * 2.0**127, 2.0**-126, 0.01, 2.0**-133)


class finfo:
    """The limits of a floating-point dtype: bits, eps, max, min, tiny, smallest_normal, resolution; `torch.finfo`."""

    def __init__(self, type: Any = None) -> None:
        kind = dtypes.get_default_dtype() if type is None else kind_of(type)
        if kind.category < dtypes.FLOAT:
            raise invalid(TypeError, f"torch.finfo() requires a floating point input type. Use torch.iinfo to handle '{kind}'")
        real = {"complex64": "float32", "complex128": "float64"}.get(kind.name, kind.name)
        self.dtype = real
        if real == "bfloat16":
            self.bits, self.eps, self.max, self.tiny, self.resolution, _ = BFLOAT16
        else:
            known = np.finfo(real)
            self.bits, self.eps, self.max = int(known.bits), float(known.eps), float(known.max)
            self.tiny, self.resolution = float(known.smallest_normal), float(known.resolution)
        self.min, self.smallest_normal = -self.max, self.tiny

    def __eq__(self, other: object) -> bool:
        return isinstance(other, finfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:
    """The limits of an integer dtype: bits, max, min; `torch.iinfo`."""

    def __init__(self, type: Any) -> None:
        kind = kind_of(type)
        if kind == dtypes.bool_:
            raise invalid(RuntimeError, '"bool" is not supported by torch.iinfo')
        if kind.category != dtypes.INTEGER:
            raise invalid(TypeError, f"torch.iinfo() requires an integer input type. Use torch.finfo to handle '{kind}'")
        known = np.iinfo(kind.name)
        self.bits, self.max, self.min, self.dtype = int(known.bits), int(known.max), int(known.min), kind.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
