"""Sliding windows of images as columns, and their sum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional.columns import Window, columns, summed
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast

ops = mindspore.ops

COMPUTED = (dtypes.float32, dtypes.float64)


def pair(name: str, value: Any) -> tuple[int, ...]:
    """One int twice, or two ints; RuntimeError for another number of them."""
    given = tuple(value) if isinstance(value, Sequence) else (value, value)
    if len(given) != 2:
        raise invalid(RuntimeError, f"It is expected {name} equals to 2, but got size {len(given)}")
    return given


def window_of(kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Window:
    window = Window(pair("kernel_size", kernel_size), pair("stride", stride), pair("padding", padding), pair("dilation", dilation))
    for name, label, values in (
        ("kernel size", "kernel", window.kernel),
        ("dilation", "dilation", window.dilation),
        ("stride", "stride", window.stride),
    ):
        if min(values) <= 0:
            raise invalid(
                RuntimeError, f"{name} should be greater than zero, but got {label}_height: {values[0]} {label}_width: {values[1]}"
            )
    if min(window.padding) < 0:
        raise invalid(
            RuntimeError, f"padding should be non-negative, but got pad_height: {window.padding[0]} pad_width: {window.padding[1]}"
        )
    return window


def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """(N, C, H, W) or (C, H, W) as (N, C · elements of a window, windows) or the same without N."""
    window = window_of(kernel_size, dilation, padding, stride)
    if input.ndim not in (3, 4):
        raise invalid(
            RuntimeError,
            f"Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: "
            f"{list(input.shape)}",
        )
    check_dtype("im2col_out_cpu", input)
    sizes = tuple(int(one) for one in input.shape[-2:])
    counts = window.counts(sizes)
    if min(counts) < 1:
        raise invalid(
            RuntimeError,
            f"Given input with spatial size {sizes}, kernel_size={window.kernel}, dilation={window.dilation}, padding={window.padding}, "
            f"calculated shape of the array of sliding blocks as {counts}, but its components must be at least one.",
        )
    shape = (*input.shape[:-3], input.shape[-3] * math.prod(window.kernel), math.prod(counts))
    if 0 in input.shape:
        empty: Tensor = nothing(shape, input)
        return empty
    wide = input if input.dtype in COMPUTED else cast(input, dtypes.float32)
    found = columns(ops.reshape(wide, (-1, input.shape[-3], *sizes)), window)
    result: Tensor = cast(as_tensor(ops.reshape(found, shape)), input.dtype)
    return result


def fold(input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The inverse of `unfold`, where windows overlap their sum: (N, C · elements of a window, windows) as (N, C, *output_size)."""
    sizes, window = pair("output_size", output_size), window_of(kernel_size, dilation, padding, stride)
    shape = list(input.shape)
    if input.ndim not in (2, 3) or 0 in shape[-2:]:
        raise invalid(
            RuntimeError,
            f"Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: {shape}",
        )
    check_dtype("col2im_out_cpu", input)
    count, counts = math.prod(window.kernel), window.counts(sizes)
    if shape[-2] % count:
        raise invalid(
            RuntimeError,
            f"Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)={shape[-2]} and "
            f"kernel_size={window.kernel}.",
        )
    if min(counts) < 1 or shape[-1] != math.prod(counts):
        raise invalid(
            RuntimeError,
            f"Given output_size={sizes}, kernel_size={window.kernel}, dilation={window.dilation}, padding={window.padding}, "
            f"stride={window.stride}, expected size of input's dimension 2 to match the calculated number of sliding blocks "
            f"{counts[0]} * {counts[1]} = {math.prod(counts)}, but got input.size(2)={shape[-1]}.",
        )
    outer = (*shape[:-2], shape[-2] // count, *sizes)
    if 0 in shape:
        empty: Tensor = nothing(outer, input)
        return empty
    wide = input if input.dtype in COMPUTED else cast(input, dtypes.float32)
    found = summed(ops.reshape(wide, (-1, shape[-2] // count, count, shape[-1])), sizes, window)
    result: Tensor = cast(as_tensor(ops.reshape(found, outer)), input.dtype)
    return result


def check_dtype(kernel: str, input: Any) -> None:
    if input.dtype.category == dtypes.INTEGER:
        raise invalid(NotImplementedError, f"\"{kernel}\" not implemented for '{input.dtype.tensor_type}'")
    if input.dtype.category == dtypes.COMPLEX:
        raise UnsupportedArgument("torch.nn.functional.unfold", "input", input.dtype, "real numbers")


adopt_in(globals())
