"""Convolutions as modules."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import functions, init
from compat.torch_on_mindspore.functional import convolution
from compat.torch_on_mindspore.functional.padding import pad
from compat.torch_on_mindspore.functional.tuples import _ntuple, _reverse_repeat_tuple
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors
from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.tensor import Tensor

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What all convolutions share: the options, the weight and the bias, and how they are drawn and shown."""

    __constants__ = (
        "stride", "padding", "dilation", "groups", "padding_mode", "output_padding", "in_channels", "out_channels", "kernel_size",
    )  # fmt: skip

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: str | tuple[int, ...],
        dilation: tuple[int, ...],
        transposed: bool,
        output_padding: tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_options(in_channels, out_channels, stride, padding, groups, padding_mode)
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.transposed, self.output_padding, self.groups, self.padding_mode = transposed, output_padding, groups, padding_mode
        self._reversed_padding_repeated_twice = list(both_sides(padding, kernel_size, dilation))
        outer, inner = (in_channels, out_channels) if transposed else (out_channels, in_channels)
        self.weight = Parameter(functions.empty(outer, inner // groups, *kernel_size, device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(functions.empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weight, then the bias, both uniform within ± 1 / √(second size of the weight · elements of the kernel)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        inputs = math.prod(self.weight.shape[1:])
        if self.bias is not None and inputs:
            init.uniform_(self.bias, -1 / math.sqrt(inputs), 1 / math.sqrt(inputs))

    def extra_repr(self) -> str:
        each = _ntuple(len(self.kernel_size))
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        for name, usual in (("padding", each(0)), ("dilation", each(1)), ("output_padding", each(0)), ("groups", 1)):
            if getattr(self, name) != usual:
                parts.append(f"{name}={getattr(self, name)}")
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)


def check_options(
    in_channels: int, out_channels: int, stride: tuple[int, ...], padding: str | tuple[int, ...], groups: int, padding_mode: str
) -> None:
    if groups <= 0:
        raise invalid(ValueError, "groups must be a positive integer")
    if in_channels % groups:
        raise invalid(ValueError, "in_channels must be divisible by groups")
    if out_channels % groups:
        raise invalid(ValueError, "out_channels must be divisible by groups")
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise invalid(ValueError, f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
        if padding == "same" and any(one != 1 for one in stride):
            raise invalid(ValueError, "padding='same' is not supported for strided convolutions")
    if padding_mode not in PADDING_MODES:
        raise invalid(ValueError, f"padding_mode must be one of {set(PADDING_MODES)}, but got padding_mode='{padding_mode}'")


def both_sides(padding: str | tuple[int, ...], kernel_size: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[int, ...]:
    """The padding before and after each dimension, the last one first, as `pad` takes it."""
    if not isinstance(padding, str):
        return _reverse_repeat_tuple(padding, 2)
    if padding == "valid":
        return (0, 0) * len(kernel_size)
    total = [one * (size - 1) for one, size in zip(reversed(dilation), reversed(kernel_size), strict=True)]
    return tuple(side for one in total for side in (one // 2, one - one // 2))


class _Forward(_ConvNd):
    """A convolution of `rank` dimensions; forward takes (N, C, *sizes) or (C, *sizes)."""

    rank: int
    function: Callable[..., Tensor]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        each = _ntuple(self.rank)
        super().__init__(
            in_channels, out_channels, each(kernel_size), each(stride), padding if isinstance(padding, str) else each(padding),
            each(dilation), False, each(0), groups, bias, padding_mode, device, dtype,
        )  # fmt: skip

    def _conv_forward(self, input: Any, weight: Any, bias: Any) -> Tensor:
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input, padding = pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode), 0
        return type(self).function(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def forward(self, input: Any) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)


class Conv1d(_Forward):
    """Convolution over (N, C, L); weight is (out_channels, in_channels / groups, K)."""

    rank, function = 1, staticmethod(convolution.conv1d)


class Conv2d(_Forward):
    """Convolution over (N, C, H, W); weight is (out_channels, in_channels / groups, KH, KW)."""

    rank, function = 2, staticmethod(convolution.conv2d)


class Conv3d(_Forward):
    """Convolution over (N, C, D, H, W); weight is (out_channels, in_channels / groups, KD, KH, KW)."""

    rank, function = 3, staticmethod(convolution.conv3d)


class _ConvTransposeNd(_ConvNd):
    """A transposed convolution of `rank` dimensions; weight is (in_channels, out_channels / groups, *kernel)."""

    rank: int
    function: Callable[..., Tensor]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise invalid(ValueError, f'Only "zeros" padding mode is supported for {type(self).__name__}')
        each = _ntuple(self.rank)
        super().__init__(
            in_channels, out_channels, each(kernel_size), each(stride), each(padding), each(dilation), True, each(output_padding),
            groups, bias, padding_mode, device, dtype,
        )  # fmt: skip

    def forward(self, input: Any, output_size: Sequence[int] | None = None) -> Tensor:
        extra = self.output_padding if output_size is None else self._output_padding(input, output_size)
        return type(self).function(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)

    def _output_padding(self, input: Any, output_size: Sequence[int]) -> tuple[int, ...]:
        """What to add for this output size; ValueError when no input of the convolution has it."""
        rank, wanted = self.rank, list(output_size)
        leading = input.ndim - rank
        if len(wanted) == leading + rank:
            wanted = wanted[leading:]
        if len(wanted) != rank:
            raise invalid(
                ValueError,
                f"ConvTranspose{rank}D: for {input.ndim}D input, output_size must have {rank} or {leading + rank} elements "
                f"(got {len(wanted)})",
            )
        options: Any = (self.stride, self.padding, self.dilation, self.kernel_size)
        least = [
            (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
            for size, stride, padding, dilation, kernel in zip(input.shape[leading:], *options, strict=True)
        ]
        most = [size + stride - 1 for size, stride in zip(least, self.stride, strict=True)]
        if any(not low <= size <= high for low, size, high in zip(least, wanted, most, strict=True)):
            raise invalid(
                ValueError,
                f"requested an output size of {output_size}, but valid sizes range from {least} to {most} (for an input of "
                f"{input.shape[2:]})",
            )
        return tuple(size - low for size, low in zip(wanted, least, strict=True))


class ConvTranspose1d(_ConvTransposeNd):
    """Transposed convolution over (N, C, L)."""

    rank, function = 1, staticmethod(convolution.conv_transpose1d)


class ConvTranspose2d(_ConvTransposeNd):
    """Transposed convolution over (N, C, H, W)."""

    rank, function = 2, staticmethod(convolution.conv_transpose2d)


class ConvTranspose3d(_ConvTransposeNd):
    """Transposed convolution over (N, C, D, H, W)."""

    rank, function = 3, staticmethod(convolution.conv_transpose3d)


name_constructors(globals())
