"""nn.Conv1dTranspose, Conv2dTranspose, Conv3dTranspose."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.convolutions import reversed_pairs
from compat.mindspore_on_torch.layers.convolution import Convolution, OneDimensional
from compat.mindspore_on_torch.layers.layer import computed, lengths, refuse

torch: Any = frameworks.load("torch")


class Transposed(Convolution):
    """What all of them share: PyTorch's transposed convolution without padding, cut or filled to the length that MindSpore has."""

    transposed = True
    output_padding: Any = 0

    def transpose(self, x: Any, output_padding: tuple[int, ...] | None = None) -> Any:
        """The result without the bias. `output_padding` lengthens the axes behind, inside the sum of products."""
        self.check_input(x)
        convolve = getattr(torch.nn.functional, f"conv_transpose{self.rank}d")
        whole = convolve(x, self.window_weight(), None, self.stride, 0, 0, self.group, self.dilation)
        more = output_padding or (0,) * self.rank
        pairs = []
        for axis, (size, (before, after)) in enumerate(zip(x.shape[2:], self.pairs, strict=True)):
            kernel, stride = self.dilation[axis] * (self.kernel_size[axis] - 1) + 1, self.stride[axis]
            full = (size - 1) * stride + kernel
            length = {"same": size * stride, "valid": max(full, size * stride), "pad": full - before - after}[self.pad_mode]
            # What the convolution that this one transposes would have padded in front.
            cut = {"same": max(kernel - stride, 0) // 2, "valid": 0, "pad": before}[self.pad_mode]
            pairs.append((-cut, length + more[axis] - (full - cut)))
        return torch.nn.functional.pad(whole, reversed_pairs(pairs))

    def with_bias(self, result: Any) -> Any:
        """The result with the bias added to each channel."""
        return result if self.bias is None else result + self.bias.reshape(-1, *(1,) * self.rank)

    @computed
    def construct(self, x: Any) -> Any:
        return self.with_bias(self.transpose(x))


class Conv1dTranspose(OneDimensional, Transposed):
    """nn.Conv1dTranspose."""


class Conv2dTranspose(Transposed):
    """nn.Conv2dTranspose. What `output_padding` adds is zeros, also where there is a bias."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same", padding: Any = 0,
        output_padding: Any = 0, dilation: Any = 1, group: int = 1, has_bias: bool = False, weight_init: Any = None,
        bias_init: Any = None, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__(in_channels, out_channels, kernel_size, stride, pad_mode, padding, dilation, group, has_bias, weight_init,
                         bias_init, "NCHW", dtype)  # fmt: skip
        self.output_padding = output_padding
        self.more = checked_output_padding(self, output_padding)

    @computed
    def construct(self, x: Any) -> Any:
        result = self.with_bias(self.transpose(x))
        return torch.nn.functional.pad(result, [0, self.more[1], 0, self.more[0]]) if any(self.more) else result


class Conv3dTranspose(Transposed):
    """nn.Conv3dTranspose."""

    rank = 3

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same", padding: Any = 0,
        dilation: Any = 1, group: int = 1, output_padding: Any = 0, has_bias: bool = False, weight_init: Any = None,
        bias_init: Any = None, data_format: str = "NCDHW", dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__(in_channels, out_channels, kernel_size, stride, pad_mode, padding, dilation, group, has_bias, weight_init,
                         bias_init, data_format, dtype)  # fmt: skip
        self.output_padding = output_padding
        self.more = checked_output_padding(self, output_padding)

    @computed
    def construct(self, x: Any) -> Any:
        return self.with_bias(self.transpose(x, self.more))


def checked_output_padding(layer: Transposed, output_padding: Any) -> tuple[int, ...]:
    """One number an axis, below its stride or dilation; ValueError else, and when pad_mode is not "pad"."""
    found = lengths(layer, "output_padding", output_padding, layer.rank, least=0)
    for amount, stride, dilation in zip(found, layer.stride, layer.dilation, strict=True):
        if amount >= max(stride, dilation):
            raise refuse(layer, f"'output_padding' must be below stride or dilation, but got {output_padding}.")
    if any(found) and layer.pad_mode != "pad":
        raise refuse(layer, "'pad_mode' must be 'pad' when 'output_padding' is not zero.")
    return found
