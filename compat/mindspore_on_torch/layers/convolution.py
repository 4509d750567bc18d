"""nn.Conv1d, Conv2d, Conv3d: MindSpore's padding modes and initial values, PyTorch's convolution."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.convolutions import reversed_pairs, same_padding
from compat.mindspore_on_torch.initializers import HeUniform, Uniform, fans
from compat.mindspore_on_torch.layers.layer import (
    Layer,
    Tensor,
    check_positive,
    check_rank,
    check_type,
    computed,
    lengths,
    new_parameter,
    refuse,
)

torch: Any = frameworks.load("torch")

PAD_MODES = ("valid", "same", "pad")


class Convolution(Layer):
    """What all of them share. `weight` (out, in / group, *kernel), or (in, out / group, *kernel) when transposed; `bias` (out,).

    Without initial values both start uniform in ± 1/sqrt(fan_in).
    """

    rank = 2
    transposed = False

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same", padding: Any = 0,
        dilation: Any = 1, group: int = 1, has_bias: bool = False, weight_init: Any = None, bias_init: Any = None,
        data_format: str = "NCHW", dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        check_positive(self, in_channels=in_channels, out_channels=out_channels, group=group)
        if in_channels % group or out_channels % group:
            raise refuse(self, f"'in_channels' and 'out_channels' must be divisible by 'group', but got {group}.")
        check_type(self, bool, has_bias=has_bias)
        check_type(self, str, pad_mode=pad_mode)
        if pad_mode.lower() not in PAD_MODES:
            raise refuse(self, f"the 'pad_mode' must be one of {PAD_MODES}, but got {pad_mode}.")
        check_format(self, data_format, "NCDHW" if self.rank == 3 else "NCHW")
        self.in_channels, self.out_channels, self.group, self.has_bias = in_channels, out_channels, group, has_bias
        self.kernel_size = lengths(self, "kernel_size", kernel_size, self.rank)
        self.stride = lengths(self, "stride", stride, self.rank)
        self.dilation = lengths(self, "dilation", dilation, self.rank)
        self.pad_mode, self.padding, self.data_format = pad_mode.lower(), padding, data_format
        self.pairs = padding_pairs(self, padding, self.rank)
        if self.pad_mode != "pad" and any(sum(pair) for pair in self.pairs):
            raise refuse(self, f"the 'padding' must be zero when 'pad_mode' is not 'pad', but got {padding} and '{pad_mode}'.")
        outer = (in_channels, out_channels // group) if self.transposed else (out_channels, in_channels // group)
        shape = (*outer, *self.kernel_shape())
        self.weight_init = HeUniform(math.sqrt(5)) if weight_init is None else weight_init
        self.weight = new_parameter("weight", self.weight_init, shape, dtype)
        self.bias: Any = None
        self.bias_init = bias_init
        if has_bias:
            self.bias_init = Uniform(1 / math.sqrt(fans(shape)[0])) if bias_init is None else bias_init
            self.bias = new_parameter("bias", self.bias_init, (out_channels,), dtype)

    def kernel_shape(self) -> tuple[int, ...]:
        """The axes of the weight behind its channels."""
        return self.kernel_size

    def window_weight(self) -> Any:
        """The weight with one axis for each of the input's."""
        return self.weight

    def check_input(self, x: Any) -> None:
        """ValueError unless the input has a batch axis and those of the kernel; for other channels MindSpore's error."""
        check_rank(self, x, self.rank + 2)
        if x.shape[1] != self.in_channels:
            kind = ValueError if self.rank == 3 else RuntimeError
            raise refuse(self, f"the input must have {self.in_channels} channels, but has {x.shape[1]}.", kind)

    @computed
    def construct(self, x: Any) -> Any:
        self.check_input(x)
        pairs = self.pairs
        if self.pad_mode == "same":
            windows = zip(x.shape[2:], self.kernel_size, self.stride, self.dilation, strict=True)
            pairs = [same_padding(*window) for window in windows]
        # Equal padding on both sides is the kernel's own; any other is added before it.
        padding = [before for before, _ in pairs] if all(before == after for before, after in pairs) else 0
        if padding == 0:
            x = torch.nn.functional.pad(x, reversed_pairs(pairs))
        convolve = getattr(torch.nn.functional, f"conv{self.rank}d")
        return convolve(x, self.window_weight(), self.bias, self.stride, padding, self.dilation, self.group)

    def extend_repr(self) -> str:
        shown = {
            "input_channels": self.in_channels, "output_channels": self.out_channels, "kernel_size": self.kernel_size,
            "stride": self.stride, "pad_mode": self.pad_mode, "padding": self.padding, "dilation": self.dilation, "group": self.group,
            "has_bias": self.has_bias, "weight_init": self.weight_init, "bias_init": self.bias_init, "format": self.data_format,
        }  # fmt: skip
        return ", ".join(f"{name}={value}" for name, value in shown.items())


def check_format(layer: Cell, given: str, supported: str) -> None:
    """UnsupportedArgument for MindSpore's other layouts, which it takes on GPU only; ValueError for no layout."""
    if given != supported:
        if given not in ("NCHW", "NHWC", "NCDHW"):
            raise refuse(layer, f"the 'data_format' must be {supported}, but got {given}.")
        raise errors.UnsupportedArgument(f"mindspore.nn.{type(layer).__name__}", "data_format", given, supported)


def padding_pairs(layer: Cell, padding: Any, rank: int) -> list[tuple[int, int]]:
    """(before, after) by axis: from an int, or from a tuple with both numbers of every axis."""
    if isinstance(padding, bool) or not isinstance(padding, (int, tuple)):
        raise refuse(layer, f"the type of 'padding' must be int or tuple(int), but got {type(padding).__name__}.", TypeError)
    amounts = (padding,) * (2 * rank) if isinstance(padding, int) else padding
    if len(amounts) != 2 * rank or not all(isinstance(amount, int) and amount >= 0 for amount in amounts):
        raise refuse(layer, f"the 'padding' must be an int or {2 * rank} ints, none negative, but got {padding}.")
    return list(zip(amounts[::2], amounts[1::2], strict=True))


class Conv2d(Convolution):
    """nn.Conv2d: padded to ceil(size / stride) windows by default (`pad_mode="same"`), without a bias."""


class Conv3d(Convolution):
    """nn.Conv3d: padded to ceil(size / stride) windows by default, without a bias."""

    rank = 3

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same", padding: Any = 0,
        dilation: Any = 1, group: int = 1, has_bias: bool = False, weight_init: Any = None, bias_init: Any = None,
        data_format: str = "NCDHW", dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__(in_channels, out_channels, kernel_size, stride, pad_mode, padding, dilation, group, has_bias, weight_init,
                         bias_init, data_format, dtype)  # fmt: skip


class OneDimensional(Convolution):
    """Convolutions of sequences: all sizes are ints, and the weight has an axis of length 1 before the kernel's."""

    rank = 1

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, pad_mode: str = "same", padding: int = 0,
        dilation: int = 1, group: int = 1, has_bias: bool = False, weight_init: Any = None, bias_init: Any = None,
        dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        check_type(self, int, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation)
        if isinstance(weight_init, Tensor):
            if weight_init.ndim != 3:
                raise refuse(self, f"the 'weight_init' must have 3 dims, but got {weight_init.ndim}.")
            weight_init = weight_init.unsqueeze(2)
        super().__init__(in_channels, out_channels, kernel_size, stride, pad_mode, padding, dilation, group, has_bias, weight_init,
                         bias_init, "NCHW", dtype)  # fmt: skip

    def kernel_shape(self) -> tuple[int, ...]:
        return 1, *self.kernel_size

    def window_weight(self) -> Any:
        return self.weight.squeeze(2)


class Conv1d(OneDimensional):
    """nn.Conv1d: padded to ceil(size / stride) windows by default, without a bias."""
