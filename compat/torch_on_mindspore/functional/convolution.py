"""Convolutions and transposed convolutions, as the matrix product of the weight with the windows of the input.

MindSpore's own kernel takes 20 times as long on CPU, and knows neither float64 nor integers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional.columns import Window, columns, summed
from compat.torch_on_mindspore.functional.tuples import expanded
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast

ops = mindspore.ops
operations = mindspore.ops.operations

product = operations.BatchMatMul()
product_transposed = operations.BatchMatMul(transpose_a=True)
COMPUTED = (dtypes.float32, dtypes.float64)


def conv1d(input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Tensor:
    """Cross-correlation of (N, C, L) or (C, L) with weight (O, C/groups, K)."""
    return convolved("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Tensor:
    """Cross-correlation of (N, C, H, W) or (C, H, W) with weight (O, C/groups, KH, KW)."""
    return convolved("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Tensor:
    """Cross-correlation of (N, C, D, H, W) or (C, D, H, W) with weight (O, C/groups, KD, KH, KW)."""
    return convolved("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The gradient of conv1d with respect to its input, for weight (C, O/groups, K)."""
    return transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The gradient of conv2d with respect to its input, for weight (C, O/groups, KH, KW)."""
    return transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The gradient of conv3d with respect to its input, for weight (C, O/groups, KD, KH, KW)."""
    return transposed("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_tbc(input: Any, weight: Any, bias: Any, pad: int = 0) -> Tensor:
    """conv1d of (time, batch, channels) with weight (K, C, O)."""
    found: Tensor = conv1d(input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, padding=pad).permute(2, 0, 1)
    return found


def convolved(name: str, rank: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Tensor:
    """What conv1d, conv2d and conv3d return."""
    if input.ndim == rank + 1:
        single: Tensor = convolved(name, rank, input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0)
        return single
    stride, dilation = expanded(stride, rank, "stride"), expanded(dilation, rank, "dilation")
    kernel = tuple(weight.shape[2:])
    if isinstance(padding, str):
        input, padding = named_padding(input, padding, kernel, stride, dilation)
    window = Window(kernel, stride, expanded(padding, rank, "padding"), dilation)
    check(name, rank, input, weight, bias, window, groups, weight.shape[1] * groups, weight.shape[0])
    check_fits(tuple(input.shape[2:]), window)
    batch, outputs, sizes = input.shape[0], weight.shape[0], window.counts(tuple(input.shape[2:]))
    if 0 in input.shape:
        # Without channels PyTorch returns none, whatever the weight says.
        empty: Tensor = nothing((batch, outputs if input.shape[1] else 0, *sizes), input, weight, bias)
        return empty
    kind = input.dtype
    input, weight, bias = (widened(one) for one in (input, weight, bias))
    found = columns(input, window)
    found = ops.reshape(found, (batch, groups, weight.shape[1] * math.prod(kernel), math.prod(sizes)))
    found = weighted(ops.reshape(weight, (groups, outputs // groups, -1)), found)
    found = ops.reshape(found, (batch, outputs, *sizes))
    return with_bias(found, bias, rank, kind)


def widened(input: Any) -> Any:
    """`input` in the dtype in which it is computed: float32 for half precision, float64 for integers."""
    if input is None or input.dtype in COMPUTED:
        return input
    return cast(input, dtypes.float32 if input.dtype.category >= dtypes.FLOAT else dtypes.float64)


def weighted(weight: Any, found: Any) -> Any:
    """(G, O, K) times (N, G, K, L) as (N, G, O, L)."""
    batch, groups, length, places = found.shape
    outputs = weight.shape[1]
    if outputs <= places:
        # MindSpore's gradient of a product that broadcasts takes five times as long as one with the weight repeated before.
        return product(ops.broadcast_to(ops.expand_dims(weight, 0), (batch, groups, outputs, length)), found)
    rows = ops.reshape(ops.transpose(found, (1, 2, 0, 3)), (groups, length, batch * places))
    return ops.transpose(ops.reshape(product(weight, rows), (groups, outputs, batch, places)), (2, 0, 1, 3))


def with_bias(found: Any, bias: Any, rank: int, kind: Any) -> Tensor:
    if bias is not None:
        found = ops.add(found, ops.reshape(bias, (1, -1, *(1,) * rank)))
    result: Tensor = cast(as_tensor(found), kind)
    return result


def named_padding(
    input: Any, padding: str, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> tuple[Any, tuple[int, ...]]:
    """The padding on both sides that "same" or "valid" means; where it is odd, the input gets the last zero at its end."""
    if padding == "valid":
        return input, (0,) * len(kernel)
    if padding != "same":
        raise invalid(RuntimeError, f"Invalid padding string: '{padding}'")
    if any(one != 1 for one in stride):
        raise invalid(RuntimeError, "padding='same' is not supported for strided convolutions")
    total = [dilation * (kernel - 1) for kernel, dilation in zip(kernel, dilation, strict=True)]
    if any(one % 2 for one in total):
        odd = [pair for one in reversed(total) for pair in (0, one % 2)]
        input = as_tensor(ops.pad(input, odd))
    return input, tuple(one // 2 for one in total)


def check(name: str, rank: int, input: Any, weight: Any, bias: Any, window: Window, groups: int, channels: int, outputs: int) -> None:
    """RuntimeError, in PyTorch's words, for arguments that don't fit together."""
    shape, sizes, backwards = list(weight.shape), list(input.shape), name.startswith("conv_transpose")
    if input.ndim != rank + 2:
        raise invalid(
            RuntimeError, f"Expected {rank + 1}D (unbatched) or {rank + 2}D (batched) input to {name}, but got input of size: {sizes}"
        )
    if weight.ndim != rank + 2:
        raise invalid(RuntimeError, f"expected a {rank + 2}-dimensional weight for {name}, but got weight of size {shape}")
    if bias is not None and bias.dtype != input.dtype:
        kinds = (dtypes.c_name(one) for one in (input, bias))
        raise invalid(RuntimeError, "Input type ({}) and bias type ({}) should be the same".format(*kinds))
    if weight.dtype != input.dtype:
        raise invalid(RuntimeError, f"expected scalar type {input.dtype.tensor_type} but found {weight.dtype.tensor_type}")
    if input.dtype.category == dtypes.COMPLEX:
        raise UnsupportedArgument(f"torch.nn.functional.{name}", "input", input.dtype, "real numbers")
    if input.dtype == dtypes.bool_:
        raise invalid(NotImplementedError, "\"slow_conv2d_cpu\" not implemented for 'Bool'")
    if min(window.padding) < 0:
        raise invalid(RuntimeError, "negative padding is not supported")
    if min(window.stride) <= 0:
        raise invalid(RuntimeError, "non-positive stride is not supported")
    if min(window.dilation) <= 0:
        raise invalid(RuntimeError, f"dilation should be greater than zero, but got {list(window.dilation)}")
    if groups <= 0:
        raise invalid(RuntimeError, "non-positive groups is not supported")
    if shape[0] < groups:
        raise invalid(
            RuntimeError,
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size {shape} instead",
        )
    if shape[0] % groups:
        raise invalid(
            RuntimeError,
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size [{shape}] instead",
        )
    if input.shape[1] != channels:
        given = "transposed=1" if backwards else f"groups={groups}"
        raise invalid(
            RuntimeError,
            f"Given {given}, weight of size {shape}, expected input{sizes} to have {channels} channels, but got {sizes[1]} channels instead",
        )
    if bias is not None and tuple(bias.shape) != (outputs,):
        given = "transposed=1, weight" if backwards else "weight"
        raise invalid(
            RuntimeError,
            f"Given {given} of size {shape}, expected bias to be 1-dimensional with {outputs} elements, but got bias of size "
            f"{list(bias.shape)} instead",
        )


def check_extra(extra: tuple[int, ...], window: Window) -> None:
    """RuntimeError when the output would be longer than any input of the convolution explains."""
    if min(extra) < 0:
        raise invalid(RuntimeError, "negative output_padding is not supported")
    if any(more >= max(step, dilation) for more, step, dilation in zip(extra, window.stride, window.dilation, strict=True)):
        axes = ("depth", "height", "width")[-len(extra) :] if len(extra) > 1 else ("height", "width")
        shown = {"output_padding": extra, "stride": window.stride, "dilation": window.dilation}
        listed = " ".join(
            f"{name}_{axis}: {value}"
            for name, values in shown.items()
            for axis, value in zip(axes, values if len(extra) > 1 else (0 if name == "output_padding" else 1, *values), strict=True)
        )
        raise invalid(RuntimeError, f"output padding must be smaller than either stride or dilation, but got {listed}")


def by(sizes: Sequence[int]) -> str:
    return " x ".join(map(str, sizes))


def check_fits(sizes: tuple[int, ...], window: Window) -> None:
    """RuntimeError when a window is larger than the padded input."""
    padded = [size + 2 * padding for size, padding in zip(sizes, window.padding, strict=True)]
    if any(extent > size for extent, size in zip(window.extent, padded, strict=True)):
        raise invalid(
            RuntimeError,
            f"Calculated padded input size per channel: ({by(padded)}). Kernel size: ({by(window.extent)}). Kernel size can't be "
            "greater than actual input size",
        )


def transposed(
    name: str,
    rank: int,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Tensor:
    """What conv_transpose1d, conv_transpose2d and conv_transpose3d return."""
    if input.ndim == rank + 1:
        single: Tensor = transposed(
            name, rank, input.unsqueeze(0), weight, bias, stride, padding, output_padding, groups, dilation
        ).squeeze(0)
        return single
    if isinstance(padding, str):
        raise invalid(TypeError, f"{name}(): argument 'padding' must be tuple of ints, not str")
    stride, dilation, padding = (
        expanded(one, rank, what) for one, what in ((stride, "stride"), (dilation, "dilation"), (padding, "padding"))
    )
    extra = expanded(output_padding, rank, "output_padding")
    window = Window(tuple(weight.shape[2:]), stride, padding, dilation)
    outputs = weight.shape[1] * groups
    check(name, rank, input, weight, bias, window, groups, weight.shape[0], outputs)
    check_extra(extra, window)
    full = tuple((size - 1) * step + extent for size, step, extent in zip(input.shape[2:], stride, window.extent, strict=True))
    sizes = tuple(size - 2 * one + more for size, one, more in zip(full, padding, extra, strict=True))
    if min(sizes) < 1:
        raise invalid(
            RuntimeError,
            f"Given input size per channel: ({by(input.shape[2:])}). Calculated output size per channel: ({by(sizes)}). Output size "
            "is too small",
        )
    batch, places = input.shape[0], math.prod(input.shape[2:])
    if 0 in input.shape:
        empty: Tensor = nothing((batch, outputs, *sizes), input, weight, bias)
        return empty
    kind = input.dtype
    input, weight, bias = (widened(one) for one in (input, weight, bias))
    inputs = weight.shape[0] // groups
    found = ops.reshape(input, (batch, groups, inputs, places))
    turned = ops.transpose(ops.reshape(weight, (groups, inputs, -1)), (0, 2, 1))
    found = ops.reshape(weighted(turned, found), (batch, outputs, math.prod(window.kernel), places))
    if any(more >= step for more, step in zip(extra, stride, strict=True)):
        # Col2Im would look for more windows than there are.
        found = summed(found, full, window._replace(padding=(0,) * rank))
        cut = reversed([(-start, start + size - whole) for start, size, whole in zip(padding, sizes, full, strict=True)])
        found = ops.pad(found, [one for pair in cut for one in pair])
    else:
        found = summed(found, sizes, window)
    return with_bias(found, bias, rank, kind)


adopt_in(globals())
