"""Tensors whose elements don't lie in row-major order: transposed, cut out of others, or one element seen many times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# What is read at once, unless one step of the longest stride is more.
SPAN = 16 * 1024 * 1024


def row_major(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Whether the elements lie one behind the other, in order."""
    expected = 1
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


def reach(shape: tuple[int, ...], strides: tuple[int, ...]) -> int:
    """How many elements lie between the first and behind the last one; 0 without elements."""
    return 0 if 0 in shape else 1 + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))


def gathered(read: Callable[[int, int], bytes], start: int, shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int) -> Any:
    """The elements in row-major order, as an array of that shape: beside it no more than a part of the storage is in memory.

    `read(start, length)` gives bytes, `start` is that of the first element, and strides are in elements.
    """
    kind = np.dtype(f"V{itemsize}")
    whole = np.empty(shape, kind)
    if not whole.size:
        return whole.reshape(-1).view(np.uint8)
    axis = max(range(len(shape)), key=lambda one: (shape[one] > 1, strides[one]))
    step = max(1, SPAN // max(1, strides[axis] * itemsize))
    for first in range(0, shape[axis], step):
        sizes = (*shape[:axis], min(step, shape[axis] - first), *shape[axis + 1 :])
        content = np.frombuffer(read(start + first * strides[axis] * itemsize, reach(sizes, strides) * itemsize), kind)
        part = np.lib.stride_tricks.as_strided(content, sizes, tuple(stride * itemsize for stride in strides), writeable=False)
        whole[(slice(None),) * axis + (slice(first, first + sizes[axis]),)] = part
    return whole.reshape(-1).view(np.uint8)
