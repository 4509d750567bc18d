"""Pooling by the mean, and by powers."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional.columns import Window, columns
from compat.torch_on_mindspore.functional.max_pooling import adaptive_sizes
from compat.torch_on_mindspore.functional.padding import constant_pad_nd
from compat.torch_on_mindspore.functional.regions import checked_counts, window_of
from compat.torch_on_mindspore.functional.tuples import _ntuple
from compat.torch_on_mindspore.linear_maps import linear
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast

ops = mindspore.ops

NATIVE = (dtypes.float16, dtypes.float32)  # MindSpore's AvgPool3D has no gradient in float64


def avg_pool1d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True
) -> Tensor:
    """The mean of each window of (N, C, L) or (C, L)."""
    return averaged("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of (N, C, H, W) or (C, H, W), or its sum divided by `divisor_override`."""
    return averaged("avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of (N, C, D, H, W) or (C, D, H, W), or its sum divided by `divisor_override`."""
    return averaged("avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@functools.lru_cache(maxsize=512)
def native_pool(
    kernel: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...], ceil_mode: bool, count_include_pad: bool
) -> Any:
    sides = tuple(one for pad in padding for one in (pad, pad))
    return ops.operations.AvgPool3D(kernel, stride, "pad", sides, ceil_mode, count_include_pad)


def averaged(
    name: str,
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> Tensor:
    """What avg_pool1d, avg_pool2d and avg_pool3d return."""
    if input.ndim not in (rank + 1, rank + 2):
        if rank == 1:
            raise invalid(
                RuntimeError,
                f"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 'self' (while checking arguments for "
                "avg_pool1d)",
            )
        if rank == 2 and input.ndim < rank + 1:
            raise invalid(
                IndexError, f"Dimension out of range (expected to be in range of [{-input.ndim}, {input.ndim - 1}], but got {-rank - 1})"
            )
        raise invalid(RuntimeError, f"non-empty {rank + 1}D or {rank + 2}D (batch mode) tensor expected for input")
    window = window_of(name, rank, kernel_size, stride, padding)
    if divisor == 0:
        raise invalid(RuntimeError, "divisor must be not zero")
    if input.dtype == dtypes.bool_:
        raise invalid(NotImplementedError, f"\"{name}\" not implemented for 'Bool'")
    outer = checked_counts(name, input, window, ceil_mode)
    leading, sizes = tuple(input.shape[:-rank]), tuple(input.shape[-rank:])
    if 0 in leading:
        empty: Tensor = nothing((*leading, *outer), input)
        return empty
    if input.dtype == dtypes.bfloat16:
        input, kind = cast(input, dtypes.float32), input.dtype
    else:
        kind = input.dtype
    batched = (math.prod(leading[:-1]), leading[-1])
    if input.dtype in NATIVE and divisor is None:
        thin = 3 - rank
        pool = native_pool(
            (1,) * thin + window.kernel, (1,) * thin + window.stride, (0,) * thin + window.padding, ceil_mode, count_include_pad
        )
        found = linear(pool, ops.reshape(input, (*batched, *(1,) * thin, *sizes)))
    else:
        sums = window_sums(ops.reshape(input, (*batched, *sizes)), window, outer)
        found = divided(sums, divisors(sizes, outer, window, count_include_pad, divisor))
    result: Tensor = cast(as_tensor(ops.reshape(found, (*leading, *outer))), kind)
    return result


def window_sums(input: Any, window: Window, outer: tuple[int, ...]) -> Any:
    """The sum of each window of (N, C, *sizes), as (N, C, *outer)."""
    sides = [
        (pad, (count - 1) * stride + kernel - size - pad)
        for size, count, kernel, stride, pad in zip(input.shape[2:], outer, window.kernel, window.stride, window.padding, strict=True)
    ]
    found = as_tensor(input)
    if any(map(any, sides)):
        found = constant_pad_nd(found, [one for pair in reversed(sides) for one in pair])
    found = columns(found, window._replace(padding=(0,) * len(outer)))
    return ops.reshape(linear(lambda x: ops.ReduceSum()(x, 2), found), (*input.shape[:2], *outer))


@functools.lru_cache(maxsize=512)
def divisors(sizes: tuple[int, ...], outer: tuple[int, ...], window: Window, count_include_pad: bool, divisor: int | None) -> Any:
    """By what to divide the sum of each window, as an int64 array of the shape `outer`."""
    if divisor is not None:
        return np.full(outer, divisor)
    found: Any = np.ones((), np.int64)
    for size, count, kernel, stride, pad in zip(sizes, outer, window.kernel, window.stride, window.padding, strict=True):
        start = np.arange(count) * stride - pad
        end = np.minimum(start + kernel, size + pad)
        inside = end - start if count_include_pad else np.minimum(end, size) - np.maximum(start, 0)
        found = np.multiply.outer(found, inside)
    return found


def divided(sums: Any, by: Any) -> Any:
    """The quotient; of integers the one towards zero."""
    if sums.dtype in dtypes.OF and dtypes.OF[sums.dtype].category < dtypes.FLOAT:
        return ops.cast(ops.trunc(ops.div(ops.cast(sums, mindspore.float64), mindspore.Tensor(by.astype(np.float64)))), sums.dtype)
    return ops.div(sums, mindspore.Tensor(by.astype(dtypes.OF[sums.dtype].name)))


# --- adaptive ---


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Tensor:
    """The means of output_size regions of (N, C, L) or (C, L)."""
    given = output_size[0] if isinstance(output_size, (tuple, list)) and len(output_size) == 1 else output_size
    if given is None:
        how = "not NoneType" if output_size is None else "but found element of type NoneType at pos 0"
        raise invalid(TypeError, f"adaptive_avg_pool1d(): argument 'output_size' (position 2) must be tuple of ints, {how}")
    return adaptive("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Tensor:
    """The means of output_size regions of (N, C, H, W) or (C, H, W); None keeps a size."""
    return adaptive("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_avg_pool3d(input: Any, output_size: Any) -> Tensor:
    """The means of output_size regions of (N, C, D, H, W) or (C, D, H, W); None keeps a size."""
    return adaptive("adaptive_avg_pool3d", 3, input, output_size)


@functools.lru_cache(maxsize=512)
def native_adaptive(outer: tuple[int, ...]) -> Any:
    return (ops.operations.AdaptiveAvgPool2D if len(outer) == 2 else ops.operations.AdaptiveAvgPool3D)(outer)


def adaptive(name: str, rank: int, input: Any, output_size: Any) -> Tensor:
    """What the adaptive average pools return."""
    outer = adaptive_sizes(name, rank, input, output_size)
    leading, sizes = tuple(input.shape[:-rank]), tuple(input.shape[-rank:])
    if 0 in leading or 0 in outer:
        empty: Tensor = nothing((*leading, *outer), input)
        return empty
    kind = input.dtype
    if kind == dtypes.bfloat16:
        input = cast(input, dtypes.float32)
    thin = (1,) if rank == 1 else ()
    batched = (math.prod(leading[:-1]), leading[-1], *thin, *sizes)
    found = ops.reshape(linear(native_adaptive((*thin, *outer)), ops.reshape(input, batched)), (*leading, *outer))
    result: Tensor = cast(as_tensor(found), kind)
    return result


# --- powers ---


def lp_pool1d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(Σ |x|ᵖ)^(1/p) over each window of (N, C, L) or (C, L)."""
    return powered(1, avg_pool1d, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(Σ |x|ᵖ)^(1/p) over each window of (N, C, H, W) or (C, H, W)."""
    return powered(2, avg_pool2d, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(Σ |x|ᵖ)^(1/p) over each window of (N, C, D, H, W) or (C, D, H, W)."""
    return powered(3, avg_pool3d, input, norm_type, kernel_size, stride, ceil_mode)


def powered(rank: int, pool: Any, input: Any, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool) -> Tensor:
    """What the lp_pool functions return: as PyTorch computes it, the sign of a sum of odd powers stays until the root."""
    means = pool(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    found: Tensor = (means.sign() * means.abs().relu() * math.prod(_ntuple(rank)(kernel_size))).pow(1.0 / norm_type)
    return found


adopt_in(globals())
