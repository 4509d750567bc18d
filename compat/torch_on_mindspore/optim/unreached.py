"""The gradient of a parameter that a loss does not depend on: zeros, as MindSpore has them, by which no optimizer of PyTorch's steps.

PyTorch leaves `grad` None there, and passes such a parameter over; momentum, weight decay and running means would otherwise move it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.dispatch import DISABLED
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor


class Unreached(Tensor):
    """Zeros that stay such when gradients are added up or scaled; what else is made of them are plain tensors."""

    __torch_function__ = DISABLED

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, Tensor):
            return super().__add__(other)
        return other if isinstance(other, Unreached) else other.clone()

    def __mul__(self, other: Any) -> Any:
        return self

    __radd__ = __add__
    __rmul__ = __truediv__ = __mul__


def unreached(parameter: Any) -> Any:
    """The gradient of `parameter` in a loss that does not depend on it; on CPU its zeros take no memory until they are read."""
    if engine.ON_CPU and parameter.dtype != mindspore.bfloat16:
        made = mindspore.Tensor.from_numpy(np.zeros(tuple(parameter.shape), mindspore.dtype_to_nptype(parameter.dtype)))
    else:
        made = mindspore.ops.zeros(tuple(parameter.shape), parameter.dtype)
    made.__class__ = Unreached
    return made
