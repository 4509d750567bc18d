"""Convolutions and transposed convolutions: their arguments, and what is wrong with them; `correlation` computes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional.columns import Window
from compat.torch_on_mindspore.functional.correlation import correlated, spread
from compat.torch_on_mindspore.functional.padding import pad
from compat.torch_on_mindspore.functional.tuples import expanded
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast

ops = mindspore.ops

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
    if weight.ndim != rank + 2:
        raise invalid(RuntimeError, f"expected a {rank + 2}-dimensional weight for {name}, but got weight of size {list(weight.shape)}")
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
    return with_bias(correlated(input, weight, window, groups), bias, rank, kind)


def widened(input: Any) -> Any:
    """`input` in the dtype in which it is computed: float32 for half precision, float64 for integers."""
    if input is None or input.dtype in COMPUTED:
        return input
    return cast(input, dtypes.float32 if input.dtype.category >= dtypes.FLOAT else dtypes.float64)


def with_bias(found: Any, bias: Any, rank: int, kind: Any) -> Tensor:
    if bias is not None:
        found = derived(ops.add(found, ops.reshape(bias, (1, -1, *(1,) * rank))), bias_gradient)
    result: Tensor = cast(as_tensor(found), kind)
    return result


def bias_gradient(gradient: Any) -> tuple[Any, Any]:
    return gradient, gradient.sum([0, *range(2, gradient.ndim)], keepdim=True)


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
        input = pad(input, odd)
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
    if 0 in input.shape:
        empty: Tensor = nothing((input.shape[0], outputs, *sizes), input, weight, bias)
        return empty
    kind = input.dtype
    input, weight, bias = (widened(one) for one in (input, weight, bias))
    return with_bias(spread(input, weight, sizes, window, groups), bias, rank, kind)


adopt_in(globals())
