"""Sums and means that are right for empty, float16 and integer tensors, where MindSpore's own on CPU are not."""

from __future__ import annotations

import math
from typing import Any

from compat import frameworks
from compat.torch_on_mindspore.losses import checks
from compat.torch_on_mindspore.reductions import spread
from compat.torch_on_mindspore.second_order import derived

mindspore = frameworks.load("mindspore")
ops = frameworks.load("mindspore.ops")

Tensor = Any


def reduced(api: str, loss: Tensor, reduction: str) -> Tensor:
    """`loss` itself, its sum, or its mean, which is nan for an empty tensor."""
    if reduction == "none":
        return loss
    return total(loss) if reduction == "sum" else mean(api, loss)


def total(x: Tensor) -> Tensor:
    """The sum of all elements, 0 for an empty tensor, int64 for integers; float16 is accumulated in float32."""
    dtype = x.dtype
    if dtype not in checks.FLOATING:
        return ops.sum(ops.cast(x, mindspore.int64))
    return ops.cast(sum_of_all(accumulated(x)), dtype)


def mean(api: str, x: Tensor) -> Tensor:
    """The mean of all elements, nan for an empty tensor, RuntimeError for integers."""
    checks.floating(api, RuntimeError, input=x)
    wide = accumulated(x)
    return ops.cast(sum_of_all(wide) / count(x), x.dtype)


def accumulated(x: Tensor) -> Tensor:
    """`x` in the dtype that PyTorch sums it in: float32 for float16, whose sums overflow on CPU."""
    return ops.cast(x, mindspore.float32) if x.dtype == mindspore.float16 else x


def sum_of_all(x: Tensor) -> Tensor:
    """The sum of all elements in the dtype of `x`."""
    return sum_along(ops.reshape(x, (-1,)), 0) if 0 in x.shape else derived(ops.sum(x), spread, x, tuple(range(len(x.shape))), False)


def sum_along(x: Tensor, axis: int, keepdim: bool = False) -> Tensor:
    """The sum along one axis.

    Over an empty axis MindSpore returns uninitialised memory on CPU, hence the appended zero. Beside an empty axis its
    gradient fails, and the sum is as empty as `x` itself.
    """
    shape = list(x.shape)
    shape[axis] = 1
    if 0 in shape:
        return ops.reshape(x, tuple(shape if keepdim else _without_axis(shape, axis)))
    if x.shape[axis] == 0:
        x = ops.cat((x, ops.zeros(tuple(shape), x.dtype)), axis)
    return derived(ops.sum(x, axis, keepdim), spread, x, (axis % len(x.shape),), keepdim)


def _without_axis(shape: list[int], axis: int) -> list[int]:
    axis %= len(shape)
    return shape[:axis] + shape[axis + 1 :]


def count(x: Tensor) -> int:
    """The number of elements."""
    return math.prod(x.shape)
