"""Windows over one, two or three spatial dimensions as columns of a matrix, and the sum of such columns.

MindSpore's Im2Col and Col2Im take two dimensions; three are two dimensions twice, first the depth, then the plane.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.shaping import permuted

ops = mindspore.ops
operations = mindspore.ops.operations


class Window(NamedTuple):
    """Where the windows lie: for each spatial dimension the size, the step, the zeros on both sides and the spacing."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]

    @property
    def extent(self) -> tuple[int, ...]:
        """From the first to the last element of a window."""
        return tuple(dilation * (kernel - 1) + 1 for kernel, dilation in zip(self.kernel, self.dilation, strict=True))

    def counts(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """How many windows fit in each dimension of these sizes."""
        return tuple(
            (size + 2 * padding - extent) // stride + 1
            for size, extent, stride, padding in zip(sizes, self.extent, self.stride, self.padding, strict=True)
        )

    @property
    def trivial(self) -> bool:
        """Whether each window is one element, in the order of the elements."""
        return not any(self.padding) and {*self.kernel, *self.stride} == {1}

    def part(self, start: int, stop: int) -> Window:
        return Window(*(one[start:stop] for one in self))

    def beside(self, other: Window) -> Window:
        return Window(*(one + more for one, more in zip(self, other, strict=True)))


FLAT = Window((1,), (1,), (0,), (1,))  # a dimension that windows leave as it is


@functools.lru_cache(maxsize=512)
def gathering(window: Window) -> Any:
    return operations.Im2Col(list(window.kernel), list(window.stride), list(window.dilation), list(window.padding))


@functools.lru_cache(maxsize=512)
def summing(window: Window) -> Any:
    return operations.Col2Im(list(window.kernel), list(window.dilation), list(window.padding), list(window.stride))


def gathered(input: Any, window: Window) -> Any:
    """The columns of a plane; by the gradient of `piled`, which can be differentiated again, as this can."""
    sizes = tuple(input.shape[2:])
    return derived(gathering(window)(input), lambda gradient: (piled(gradient, sizes, window),))


def piled(found: Any, sizes: tuple[int, ...], window: Window) -> Any:
    """The sum of columns over a plane of these sizes."""
    return derived(summing(window)(found, size_tensor(sizes)), lambda gradient: (gathered(gradient, window),))


@functools.lru_cache(maxsize=512)
def size_tensor(sizes: tuple[int, ...]) -> Any:
    return mindspore.Tensor(list(sizes), mindspore.int32)


def columns(input: Any, window: Window) -> Any:
    """(N, C, *sizes) as (N, C, elements of a window, windows), with zeros around."""
    batch, channels, *sizes = (int(one) for one in input.shape)
    if window.trivial:
        return ops.reshape(input, (batch, channels, 1, math.prod(sizes)))
    if len(sizes) == 1:
        return gathered(ops.reshape(input, (batch, channels, 1, *sizes)), FLAT.beside(window))
    if len(sizes) == 2:
        return gathered(input, window)
    depth, plane = window.part(0, 1), window.part(1, 3)
    rows, width = depth.counts((sizes[0],))[0], sizes[1] * sizes[2]
    found = ops.reshape(input, (batch, channels, sizes[0], width))
    if not depth.trivial:
        found = gathered(found, depth.beside(FLAT))  # N, C, depth of the kernel, rows · width
    found = gathered(ops.reshape(found, (batch, channels * depth.kernel[0] * rows, *sizes[1:])), plane)
    inner, places = math.prod(plane.kernel), int(found.shape[-1])
    found = ops.reshape(found, (batch, channels, depth.kernel[0], rows, inner, places))
    return ops.reshape(permuted(found, (0, 1, 2, 4, 3, 5)), (batch, channels, depth.kernel[0] * inner, rows * places))


def summed(found: Any, sizes: tuple[int, ...], window: Window) -> Any:
    """(N, C, elements of a window, windows) as (N, C, *sizes): what overlaps is added, what lies in the padding is dropped."""
    batch, channels, count, places = (int(one) for one in found.shape)
    if window.trivial:
        return ops.reshape(found, (batch, channels, *sizes))
    if len(sizes) == 1:
        return ops.reshape(piled(found, (1, *sizes), FLAT.beside(window)), (batch, channels, *sizes))
    if len(sizes) == 2:
        return piled(found, tuple(sizes), window)
    depth, plane = window.part(0, 1), window.part(1, 3)
    layers = depth.kernel[0]
    rows = depth.counts(sizes[:1])[0]
    inner, width = count // layers, sizes[1] * sizes[2]
    found = permuted(ops.reshape(found, (batch, channels, layers, inner, rows, places // rows)), (0, 1, 2, 4, 3, 5))
    found = piled(ops.reshape(found, (batch, channels * layers * rows, inner, places // rows)), tuple(sizes[1:]), plane)
    if not depth.trivial:
        found = ops.reshape(found, (batch, channels, layers, rows * width))
        found = piled(found, (sizes[0], width), depth.beside(FLAT))
    return ops.reshape(found, (batch, channels, *sizes))
