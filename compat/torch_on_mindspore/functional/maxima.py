"""The largest element of each window, and its gradient, in NumPy over the memory of a tensor.

A third of the time of MindSpore's kernels, which pass over NaN and know no spacing within a window.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from compat.torch_on_mindspore.functional.columns import Window


def padded(array: Any, window: Window, outer: tuple[int, ...]) -> tuple[Any, tuple[slice, ...]]:
    """`array` (N, C, *sizes) with -∞ around it, so that `outer` windows fit; and where it lies there."""
    sizes = array.shape[2:]
    needed = [(count - 1) * stride + extent for count, stride, extent in zip(outer, window.stride, window.extent, strict=True)]
    inside = (slice(None), slice(None), *(slice(pad, pad + size) for pad, size in zip(window.padding, sizes, strict=True)))
    if not any(window.padding) and all(need <= size for need, size in zip(needed, sizes, strict=True)):
        return array, inside
    whole = tuple(max(need, pad + size) for need, pad, size in zip(needed, window.padding, sizes, strict=True))
    made = np.full((*array.shape[:2], *whole), -math.inf, array.dtype)
    made[inside] = array
    return made, inside


def elements_of(window: Window, outer: tuple[int, ...]) -> Iterator[tuple[slice, ...]]:
    """For each element of a window, in PyTorch's order, where it lies in all the windows."""
    axes = [
        [slice(at * dilation, at * dilation + (count - 1) * stride + 1, stride) for at in range(kernel)]
        for kernel, stride, dilation, count in zip(window.kernel, window.stride, window.dilation, outer, strict=True)
    ]
    for one in itertools.product(*axes):
        yield (slice(None), slice(None), *one)


def maxima(array: Any, window: Window, outer: tuple[int, ...]) -> Any:
    """The largest element of each window, of (N, C, *sizes) as (N, C, *outer); NaN where there is one."""
    found, _ = padded(array, window, outer)
    for axis in reversed(range(len(outer))):
        line = Window(*((one[axis],) for one in window))
        before = (slice(None),) * (2 + axis)
        parts = [found[(*before, place[2])] for place in elements_of(line, outer[axis : axis + 1])]
        found = parts[0].copy() if len(parts) == 1 else np.maximum(parts[0], parts[1])
        for part in parts[2:]:
            np.maximum(found, part, out=found)
    return found


def of_maxima(array: Any, gradient: Any, window: Window, outer: tuple[int, ...]) -> Any:
    """The gradient of `maxima`: to the first of the largest elements of each window, or to its last NaN."""
    whole, inside = padded(array, window, outer)
    largest = maxima(array, window, outer)
    free = np.ones(largest.shape, bool)  # windows whose largest element is not found yet
    apart = all(stride >= extent for stride, extent in zip(window.stride, window.extent, strict=True))
    tiled = apart and window.stride == window.kernel and whole.shape[2:] == tuple(map(int.__mul__, outer, window.kernel))
    some_nan = bool(np.isnan(largest).any())
    # Where windows leave no gaps, all is written.
    spread = np.empty_like(whole) if tiled and not some_nan else np.zeros_like(whole)
    real = None  # which elements are not padding, where that could be taken for the largest one
    if whole is not array and bool((largest == -math.inf).any()):
        real = np.zeros(whole.shape, bool)
        real[inside] = True
    places = list(elements_of(window, outer))
    for place in reversed(places) if some_nan else ():
        hit = np.isnan(whole[place]) & free
        spread[place] += np.where(hit, gradient, 0)
        free &= ~hit
    for place in places:
        hit = whole[place] == largest
        hit &= free
        if real is not None:
            hit &= real[place]
        if apart and not some_nan:
            np.multiply(gradient, hit, out=spread[place])
        else:
            spread[place] += np.where(hit, gradient, 0)
        free ^= hit
    return spread[inside]
