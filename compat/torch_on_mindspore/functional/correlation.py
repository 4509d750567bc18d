"""The linear map of a convolution and its transpose, for checked arguments: by MindSpore's kernels where they are fast, else by a product.

For x86 oneDNN compiles a kernel for each shape, which takes a third to a half of the time of a product of the weight with the windows
of the input as columns. On other processors the library that MindSpore brings has the reference kernel alone, which takes 20 times as
long as the product. Float64 and integers have no kernel. Gradients can be differentiated again.
"""

from __future__ import annotations

import functools
import math
import platform
from typing import Any

from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional.columns import FLAT, Window, columns, summed
from compat.torch_on_mindspore.functional.padding import pad
from compat.torch_on_mindspore.products import product_gradient
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.shaping import permuted
from compat.torch_on_mindspore.tensor import as_tensor

ops = mindspore.ops
operations = mindspore.ops.operations

FAST_KERNELS = not engine.ON_CPU or platform.machine().lower() in ("x86_64", "amd64")
product = operations.BatchMatMul()


def has_kernel(input: Any, window: Window) -> bool:
    """Whether MindSpore's kernel serves; in three dimensions it knows no spacing of the depth."""
    return FAST_KERNELS and input.dtype is dtypes.float32 and (len(window.kernel) < 3 or window.dilation[0] == 1)


def correlated(input: Any, weight: Any, window: Window, groups: int) -> Any:
    """(N, C, *sizes) with weight (O, C/groups, *kernel), by `window` of one to three dimensions: (N, O, *places)."""
    if not has_kernel(input, window):
        return as_tensor(correlated_by_columns(input, weight, window, groups))
    if len(window.kernel) == 1:
        flat = correlated(ops.expand_dims(input, 2), ops.expand_dims(weight, 2), FLAT.beside(window), groups)
        return as_tensor(ops.squeeze(flat, 2))

    def gradient(incoming: Any, input: Any, weight: Any) -> tuple[Any, Any]:
        sizes = tuple(input.shape[2:])
        return spread(incoming, as_tensor(weight), sizes, window, groups), of_weight(as_tensor(input), incoming, window, groups)

    engine.introduce(input)
    kernel = correlating(window, weight.shape[0], groups)
    return as_tensor(derived(kernel(input, weight), gradient, input, weight))


def spread(input: Any, weight: Any, sizes: tuple[int, ...], window: Window, groups: int) -> Any:
    """(N, C, *places) with weight (C, O/groups, *kernel): (N, O, *sizes), the gradient of `correlated` by its input.

    Behind the last window there may be more elements that no window covers, which are 0.
    """
    extra = tuple(
        size + 2 * padding - extent - (count - 1) * stride
        for size, padding, extent, count, stride in zip(sizes, window.padding, window.extent, input.shape[2:], window.stride, strict=True)
    )
    fits = all(more < step for more, step in zip(extra, window.stride, strict=True))
    if not (fits and has_kernel(input, window)):
        return as_tensor(spread_by_columns(input, weight, sizes, window, groups, fits))
    if len(window.kernel) == 1:
        flat = spread(ops.expand_dims(input, 2), ops.expand_dims(weight, 2), (1, *sizes), FLAT.beside(window), groups)
        return as_tensor(ops.squeeze(flat, 2))

    def gradient(incoming: Any, input: Any, weight: Any) -> tuple[Any, Any]:
        return correlated(incoming, as_tensor(weight), window, groups), of_weight(incoming, as_tensor(input), window, groups)

    outputs = weight.shape[1] * groups
    engine.introduce(input)
    kernel = spreading(window, input.shape[1], outputs, extra, groups)
    shape = ((input.shape[0], outputs, *sizes),) if len(sizes) == 2 else ()
    return as_tensor(derived(kernel(input, weight, *shape), gradient, input, weight))


def of_weight(input: Any, incoming: Any, window: Window, groups: int) -> Any:
    """The gradient of `correlated` by its weight: the input's windows, a step apart, weighted with the incoming gradient.

    It is a convolution itself, with the batch in place of the channels, and steps and spacing exchanged.
    """
    batch = incoming.shape[0]
    channels = input.shape[1] // groups
    by_batch = input.reshape(batch, groups, channels, *input.shape[2:]).permute(2, 1, 0, *range(3, input.ndim + 1))
    by_batch = by_batch.reshape(channels, groups * batch, *input.shape[2:])
    turned = Window(tuple(incoming.shape[2:]), window.dilation, window.padding, window.stride)
    found = correlated(by_batch, incoming.transpose(0, 1), turned, groups)  # channels, outputs, and at least the kernel
    for dim, size in enumerate(window.kernel, 2):
        found = found.narrow(dim, 0, size)
    return found.transpose(0, 1)


# --- MindSpore's kernels ---


@functools.lru_cache(maxsize=512)
def correlating(window: Window, outputs: int, groups: int) -> Any:
    make = operations.Conv2D if len(window.kernel) == 2 else operations.Conv3D
    return make(outputs, window.kernel, 1, "pad", on_both_sides(window), window.stride, window.dilation, groups)


@functools.lru_cache(maxsize=512)
def spreading(window: Window, inputs: int, outputs: int, extra: tuple[int, ...], groups: int) -> Any:
    """What takes (input, weight, shape of the result) in two dimensions, and (input, weight) in three."""
    shared = {"pad_mode": "pad", "pad": on_both_sides(window), "stride": window.stride, "dilation": window.dilation, "group": groups}
    if len(window.kernel) == 2:
        return operations.Conv2DTranspose(inputs, window.kernel, **shared)
    return operations.Conv3DTranspose(inputs, outputs, window.kernel, output_padding=extra, **shared)


def on_both_sides(window: Window) -> tuple[int, ...]:
    return tuple(one for padding in window.padding for one in (padding, padding))


# --- products of columns ---


def correlated_by_columns(input: Any, weight: Any, window: Window, groups: int) -> Any:
    batch, outputs, sizes = input.shape[0], weight.shape[0], window.counts(tuple(input.shape[2:]))
    found = ops.reshape(columns(input, window), (batch, groups, math.prod(weight.shape[1:]), math.prod(sizes)))
    found = weighted(ops.reshape(weight, (groups, outputs // groups, -1)), found)
    return ops.reshape(found, (batch, outputs, *sizes))


def spread_by_columns(input: Any, weight: Any, sizes: tuple[int, ...], window: Window, groups: int, fits: bool) -> Any:
    batch, inputs, places = input.shape[0], weight.shape[0] // groups, math.prod(input.shape[2:])
    found = ops.reshape(input, (batch, groups, inputs, places))
    turned = permuted(ops.reshape(weight, (groups, inputs, -1)), (0, 2, 1))
    found = ops.reshape(weighted(turned, found), (batch, weight.shape[1] * groups, math.prod(window.kernel), places))
    if fits:
        return summed(found, sizes, window)
    # Col2Im would look for more windows than there are.
    full = tuple((count - 1) * step + extent for count, step, extent in zip(input.shape[2:], window.stride, window.extent, strict=True))
    found = summed(found, full, window._replace(padding=(0,) * len(sizes)))
    cut = reversed([(-start, start + size - whole) for start, size, whole in zip(window.padding, sizes, full, strict=True)])
    return pad(as_tensor(found), [one for pair in cut for one in pair])


def weighted(weight: Any, found: Any) -> Any:
    """(G, O, K) times (N, G, K, L) as (N, G, O, L)."""
    batch, groups, length, places = found.shape
    outputs = weight.shape[1]
    if outputs <= places:
        # MindSpore's gradient of a product that broadcasts takes five times as long as one with the weight repeated before.
        return multiplied(ops.broadcast_to(ops.expand_dims(weight, 0), (batch, groups, outputs, length)), found)
    rows = ops.reshape(permuted(found, (1, 2, 0, 3)), (groups, length, batch * places))
    return permuted(ops.reshape(multiplied(weight, rows), (groups, outputs, batch, places)), (2, 0, 1, 3))


def multiplied(weight: Any, found: Any) -> Any:
    return derived(product(weight, found), product_gradient, as_tensor(weight), as_tensor(found))
