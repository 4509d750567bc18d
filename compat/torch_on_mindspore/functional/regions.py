"""The regions over which pooling goes, and where in each the largest element is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore.dtypes import bfloat16, float32
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional.columns import Window
from compat.torch_on_mindspore.gathering import picked
from compat.torch_on_mindspore.tensor import as_tensor, cast, host

ops = mindspore.ops

NUMBERS = {1: "one int", 2: "two ints", 3: "three ints"}


def window_of(name: str, rank: int, kernel: Any, stride: Any, padding: Any, dilation: Any = 1) -> Window:
    """The arguments of a pooling function, checked; a stride that is None or empty is the kernel."""
    if stride is None or (isinstance(stride, Sequence) and not len(stride)):
        stride = kernel
    window = Window(
        *(
            per_dim(name, what, one, rank)
            for what, one in (("kernel_size", kernel), ("stride", stride), ("padding", padding), ("dilation", dilation))
        )
    )
    if rank == 1 and name == "max_pool1d" and window.kernel[0] <= 0:
        raise invalid(RuntimeError, f"max_pool1d() kernel_size must be greater than zero, but got {window.kernel[0]}")
    if 0 in window.stride:
        raise invalid(RuntimeError, "stride should not be zero")
    if min(window.kernel) <= 0 or min(window.stride) < 0:
        raise invalid(RuntimeError, f"{name}() kernel_size and stride should be greater than zero")
    if min(window.dilation) <= 0:
        shown = " ".join(f"dilation{axis}: {one}" for axis, one in zip("THW"[-rank:], window.dilation, strict=True))
        raise invalid(RuntimeError, f"dilation should be greater than zero, but got {shown}")
    for kernel_size, pad, step in zip(window.kernel, window.padding, window.dilation, strict=True):
        if pad < 0:
            raise invalid(RuntimeError, f"pad must be non-negative, but got pad: {pad}")
        if pad > (step * (kernel_size - 1) + 1) // 2:
            if name == "max_pool1d":
                raise invalid(
                    RuntimeError,
                    f"max_pool1d() padding should be at most half of kernel size, but got padding={pad} and kernel_size={kernel_size}",
                )
            raise invalid(
                RuntimeError,
                f"pad should be at most half of effective kernel size, but got pad={pad}, kernel_size={kernel_size} and dilation={step}",
            )
    return window


def per_dim(name: str, what: str, value: Any, rank: int) -> tuple[int, ...]:
    given = tuple(int(one) for one in value) if isinstance(value, Sequence) else (int(value),)
    if len(given) not in (1, rank):
        if rank == 1:
            raise invalid(
                RuntimeError, f"{name}() {what} must be an int, list of ints or tuple of ints of size 1 but got size {len(given)}"
            )
        raise invalid(RuntimeError, f"{name}: {what} must either be a single int, or a tuple of {NUMBERS[rank]}")
    return given if len(given) == rank else given * rank


def counts(sizes: Sequence[int], window: Window, ceil_mode: bool) -> tuple[int, ...]:
    """How many windows there are in each dimension; with `ceil_mode` a last one may lie in part outside, but must begin inside."""
    found = []
    for size, extent, stride, padding in zip(sizes, window.extent, window.stride, window.padding, strict=True):
        room = size + 2 * padding - extent
        count = (-(-room // stride) if ceil_mode else room // stride) + 1
        if ceil_mode and (count - 1) * stride >= size + padding:
            count -= 1
        found.append(count)
    return tuple(found)


def checked_counts(name: str, input: Any, window: Window, ceil_mode: bool) -> tuple[int, ...]:
    """`counts`; RuntimeError, in PyTorch's words, when there is no window, or a dimension but the batch is empty."""
    rank = len(window.kernel)
    shape = [int(one) for one in input.shape]
    if 0 in shape[-rank - 1 :]:
        raise invalid(
            RuntimeError,
            f"Expected {rank + 1}D or {rank + 2}D (batch mode) tensor with optional 0 dim batch size for input, but got:{shape}",
        )
    found = counts(shape[-rank:], window, ceil_mode)
    if min(found) < 1:
        if name == "max_pool1d":
            raise invalid(RuntimeError, f"max_pool1d() Invalid computed output size: {found[0]}")
        before, after = ("x".join(map(str, (shape[-rank - 1], *sizes))) for sizes in (shape[-rank:], found))
        raise invalid(RuntimeError, f"Given input size: ({before}). Calculated output size: ({after}). Output size is too small")
    return found


class Regions(NamedTuple):
    """Along one dimension: where each region begins, how many elements it has and how far apart they are.

    `starts` has the shape (regions,), or (N, C, regions) where every channel has its own.
    """

    starts: Any
    lengths: Any
    step: int = 1


def window_regions(size: int, count: int, kernel: int, stride: int, padding: int, dilation: int) -> Regions:
    """The parts of the windows that lie inside."""
    starts = np.arange(count) * stride - padding
    outside = -(np.minimum(starts, 0) // dilation)  # elements of the window that lie before the first
    starts = starts + outside * dilation
    return Regions(starts, np.minimum(kernel - outside, -((starts - size) // dilation)), dilation)


def adaptive_regions(size: int, count: int) -> Regions:
    """`count` regions of nearly equal length that cover `size` elements."""
    starts = np.arange(count) * size // count
    return Regions(starts, -(-(np.arange(1, count + 1) * size) // count) - starts)


def largest(input: Any, regions: Sequence[Regions]) -> tuple[Any, Any]:
    """The largest element of each region of (N, C, *sizes), and its place among the elements of its channel, as int64.

    The places are found on the host, by PyTorch's rules: the first of equal elements, the last NaN.
    """
    batch, channels, *sizes = (int(one) for one in input.shape)
    outer = tuple(one.starts.shape[-1] for one in regions)
    elements = host(input).reshape(batch, channels, -1)
    best: Any = None
    places: Any = None
    for offsets in itertools.product(*(range(int(one.lengths.max())) for one in regions)):
        at = flat_places(regions, offsets, sizes)
        values = elements[:, :, at[0, 0]] if at.shape[:2] == (1, 1) else np.take_along_axis(elements, at, 2)
        if best is None:
            best, places = values, np.broadcast_to(at, values.shape)
            continue
        better = (values > best) | (values != values)
        best, places = np.where(better, values, best), np.where(better, at, places)
    indices = mindspore.Tensor(np.ascontiguousarray(places))
    wide = cast(input, float32) if input.dtype == bfloat16 else input
    found = picked(ops.reshape(wide, (batch, channels, math.prod(sizes))), 2, indices)
    shape = (batch, channels, *outer)
    return cast(as_tensor(ops.reshape(found, shape)), input.dtype), as_tensor(ops.reshape(indices, shape))


def flat_places(regions: Sequence[Regions], offsets: Sequence[int], sizes: Sequence[int]) -> Any:
    """The places of one element of each region, as (1, 1, all regions), or (N, C, all regions); past its end the last one counts."""
    rank = len(sizes)
    total: Any = 0
    for dim, (region, offset) in enumerate(zip(regions, offsets, strict=True)):
        at = region.starts + np.minimum(offset, region.lengths - 1) * region.step
        at = at.reshape(*(at.shape[:-1] or (1, 1)), *((-1 if other == dim else 1) for other in range(rank)))
        total = total * sizes[dim] + at if dim else at
    return total.reshape(*total.shape[:2], -1).astype(np.int64)
