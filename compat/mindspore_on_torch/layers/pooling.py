"""nn.MaxPool, AvgPool, LPPool, adaptive pooling and MaxUnpool."""

from __future__ import annotations

import math
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch import widened
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.convolutions import reversed_pairs, same_padding
from compat.mindspore_on_torch.layers.convolution import check_format
from compat.mindspore_on_torch.layers.layer import (
    Layer,
    check_positive,
    check_rank,
    check_type,
    computed,
    lengths,
    refuse,
)

torch: Any = frameworks.load("torch")
functional: Any = widened.load("torch.nn.functional")

PAD_MODES = ("VALID", "SAME", "PAD")


class Pool(Layer):
    """What max and average pooling share: windows of one element and steps of one by default, and the padding modes."""

    rank = 2

    def __init__(self, kernel_size: Any, stride: Any, pad_mode: str, padding: Any, ceil_mode: bool) -> None:
        super().__init__()
        check_type(self, str, pad_mode=pad_mode)
        if pad_mode.upper() not in PAD_MODES:
            raise refuse(self, f"the 'pad_mode' must be one of {PAD_MODES}, but got {pad_mode}.")
        kinds = (int,) if self.rank == 1 else (int, tuple)
        check_type(self, kinds, kernel_size=kernel_size, stride=stride)
        self.kernel_size, self.stride, self.pad_mode = kernel_size, stride, pad_mode.upper()
        self.window = lengths(self, "kernel_size", kernel_size, self.rank)
        self.step = lengths(self, "stride", stride, self.rank)
        self.padding, self.ceil_mode = lengths(self, "padding", padding, self.rank, least=0), ceil_mode

    def padded(self, x: Any, fill: float) -> tuple[Any, Any]:
        """The input, filled up where pad_mode is "same", and the padding that is left for the operator."""
        if self.pad_mode != "SAME":
            return x, self.padding if self.pad_mode == "PAD" else 0
        sizes = zip(x.shape[-self.rank :], self.window, self.step, strict=True)
        return functional.pad(x, reversed_pairs([same_padding(*size) for size in sizes]), value=fill), 0

    def extend_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, pad_mode={self.pad_mode}"


class MaxPool(Pool):
    """What the max poolings share. Padding, spacing, indices and ceil_mode go with pad_mode="pad" alone."""

    def __init__(
        self, kernel_size: Any = 1, stride: Any = 1, pad_mode: str = "valid", padding: Any = 0, dilation: Any = 1,
        return_indices: bool = False, ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(kernel_size, stride, pad_mode, padding, ceil_mode)
        self.dilation, self.return_indices = lengths(self, "dilation", dilation, self.rank), return_indices
        if self.pad_mode != "PAD" and (any(self.padding) or set(self.dilation) != {1} or return_indices or ceil_mode):
            names = "'padding', 'dilation', 'return_indices', 'ceil_mode'"
            raise refuse(self, f"{names} can not be set to non-default value when pad_mode is not 'pad', but got pad_mode:{pad_mode}.")

    @computed
    def construct(self, x: Any) -> Any:
        check_rank(self, x, self.rank + 1, self.rank + 2)
        x, padding = self.padded(x, -torch.inf)
        pool = getattr(functional, f"max_pool{self.rank}d")
        return pool(x, self.window, self.step, padding, self.dilation, self.ceil_mode, self.return_indices)


class MaxPool1d(MaxPool):
    """nn.MaxPool1d of (N, C, L) or (C, L)."""

    rank = 1


class MaxPool2d(MaxPool):
    """nn.MaxPool2d of (N, C, H, W) or (C, H, W)."""

    def __init__(
        self, kernel_size: Any = 1, stride: Any = 1, pad_mode: str = "valid", padding: Any = 0, dilation: Any = 1,
        return_indices: bool = False, ceil_mode: bool = False, data_format: str = "NCHW",
    ) -> None:  # fmt: skip
        check_format(self, data_format, "NCHW")
        super().__init__(kernel_size, stride, pad_mode, padding, dilation, return_indices, ceil_mode)


class MaxPool3d(MaxPool):
    """nn.MaxPool3d of (N, C, D, H, W) or (C, D, H, W)."""

    rank = 3


def avg_pool3d(
    input: Any, kernel_size: Any = 1, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:  # fmt: skip
    """PyTorch's; float16 and bfloat16, for which it has no kernel on CPU, by way of float32 there."""
    wide = input.float() if input.dtype in (torch.float16, torch.bfloat16) and input.device.type == "cpu" else input
    found = functional.avg_pool3d(wide, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    return found.to(input.dtype)


def average_volumes(
    input_x: Any, kernel_size: Any = 1, stride: Any = 1, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
    divisor_override: int = 0,
) -> Any:  # fmt: skip
    """mindspore.ops.avg_pool3d: the same, where a divisor of 0 is none."""
    return avg_pool3d(input_x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override or None)


AVERAGES = {1: functional.avg_pool1d, 2: functional.avg_pool2d, 3: avg_pool3d}


class AvgPool(Pool):
    """What the average poolings share."""

    def __init__(
        self, kernel_size: Any = 1, stride: Any = 1, pad_mode: str = "valid", padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(kernel_size, stride, pad_mode, padding, ceil_mode)
        if divisor_override is not None and divisor_override <= 0:
            raise refuse(self, f"the 'divisor_override' must be > 0, but got {divisor_override}.")
        if self.pad_mode != "PAD" and any(self.padding):
            raise refuse(self, f"the 'padding' must be 0 when 'pad_mode' is not 'pad', but got {padding}.")
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override

    def pool(self, x: Any, padding: Any = 0, divisor: int | None = None) -> Any:
        """PyTorch's pooling with the layer's windows; its one-dimensional one takes no divisor."""
        operation = AVERAGES[self.rank]
        more = (self.count_include_pad,) if self.rank == 1 else (self.count_include_pad, divisor)
        return operation(x, self.window, self.step, padding, self.ceil_mode, *more)

    @computed
    def construct(self, x: Any) -> Any:
        check_rank(self, x, self.rank + 1, self.rank + 2)
        if self.pad_mode != "SAME":
            return self.pool(x, self.padding if self.pad_mode == "PAD" else 0, self.divisor_override)
        padded, _ = self.padded(x, 0.0)
        if self.divisor_override is not None:
            return self.pool(padded, divisor=self.divisor_override)
        if self.counts_padding:
            return self.pool(padded)
        # The mean of the elements that were there: the share of them in each window undoes the zeros.
        there, _ = self.padded(torch.ones_like(x), 0.0)
        return self.pool(padded) / self.pool(there)

    @property
    def counts_padding(self) -> bool:
        """Whether zeros that "same" adds count: MindSpore's operator for volumes, which serves these options too, counts them."""
        return self.count_include_pad and (self.rank == 3 or self.ceil_mode)


class AvgPool1d(AvgPool):
    """nn.AvgPool1d of (N, C, L) or (C, L).

    As in MindSpore, an input that holds no second window is averaged over its first kernel_size elements whatever pad_mode says.
    """

    rank = 1

    def __init__(
        self, kernel_size: int = 1, stride: int = 1, pad_mode: str = "valid", padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:  # fmt: skip
        kernel_size, stride = (value[0] if isinstance(value, tuple) and len(value) == 1 else value for value in (kernel_size, stride))
        super().__init__(kernel_size, stride, pad_mode, padding, ceil_mode, count_include_pad)

    @computed
    def construct(self, x: Any) -> Any:
        plain = self.pad_mode != "PAD" and not self.ceil_mode and self.count_include_pad
        if plain and 0 <= x.shape[-1] - self.window[0] < self.step[0]:
            return x[..., : self.window[0]].mean(-1, keepdim=True)
        return super().construct(x)


class AvgPool2d(AvgPool):
    """nn.AvgPool2d of (N, C, H, W) or (C, H, W)."""

    def __init__(
        self, kernel_size: Any = 1, stride: Any = 1, pad_mode: str = "valid", padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None, data_format: str = "NCHW",
    ) -> None:  # fmt: skip
        check_format(self, data_format, "NCHW")
        super().__init__(kernel_size, stride, pad_mode, padding, ceil_mode, count_include_pad, divisor_override)


class AvgPool3d(AvgPool):
    """nn.AvgPool3d of (N, C, D, H, W) or (C, D, H, W)."""

    rank = 3


class LPPool(Layer):
    """What both share: (the sum of x ** norm_type over the window) ** (1 / norm_type); a sum that is no number counts as 0."""

    rank = 1
    ranks: tuple[int, ...] = (2, 3)

    def __init__(self, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        check_type(self, (int, float), norm_type=norm_type)
        if norm_type == 0:
            raise refuse(self, "the value of 'norm_type' can not be 0.")
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    @computed
    def construct(self, x: Any) -> Any:
        check_rank(self, x, *self.ranks)
        window = lengths(self, "kernel_size", self.kernel_size, self.rank)
        pool = getattr(functional, f"avg_pool{self.rank}d")
        mean = pool(x.pow(float(self.norm_type)), window, self.stride, 0, self.ceil_mode)
        mean = torch.where(mean.isnan(), torch.zeros_like(mean), mean)
        return (mean * math.prod(window)).pow(1.0 / self.norm_type)


class LPPool1d(LPPool):
    """nn.LPPool1d of (N, C, L) or (C, L)."""


class LPPool2d(LPPool):
    """nn.LPPool2d of (N, C, H, W)."""

    rank = 2
    ranks = (4,)


class AdaptivePool1d(Layer):
    """What both share: one int, which divides the length of (N, C, L)."""

    function = ""

    def __init__(self, output_size: int) -> None:
        super().__init__()
        check_positive(self, output_size=output_size)
        self.output_size = output_size

    @computed
    def construct(self, x: Any) -> Any:
        check_rank(self, x, 3)
        if x.shape[2] < self.output_size or x.shape[2] % self.output_size:
            raise refuse(self, f"input's last dimension must be divisible by output size {self.output_size}, but got {x.shape[2]}.")
        if x.dtype not in (torch.float16, torch.float32):
            raise refuse(self, f"the dtype must be float16 or float32, but got {x.dtype}.", TypeError)
        return getattr(functional, self.function)(x, self.output_size)


class AdaptiveAvgPool1d(AdaptivePool1d):
    """nn.AdaptiveAvgPool1d."""

    function = "adaptive_avg_pool1d"

    def construct(self, input: Any) -> Any:
        return super().construct(input)


class AdaptiveMaxPool1d(AdaptivePool1d):
    """nn.AdaptiveMaxPool1d."""

    function = "adaptive_max_pool1d"


class AdaptiveAvgPool2d(Layer):
    """nn.AdaptiveAvgPool2d; None in output_size keeps an axis as long as it is."""

    rank = 2

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = adaptive_lengths(self, output_size, self.rank)

    @computed
    def construct(self, input: Any) -> Any:
        check_rank(self, input, self.rank + 1, self.rank + 2)
        return getattr(functional, f"adaptive_avg_pool{self.rank}d")(input, self.output_size)


class AdaptiveAvgPool3d(AdaptiveAvgPool2d):
    """nn.AdaptiveAvgPool3d; None in output_size keeps an axis as long as it is."""

    rank = 3


class AdaptiveMaxPool2d(Layer):
    """nn.AdaptiveMaxPool2d; with return_indices also the positions (int64) in each plane."""

    rank = 2

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size, self.return_indices = adaptive_lengths(self, output_size, self.rank), return_indices
        if self.rank == 3 and None in self.output_size:
            raise refuse(self, f"the elements of 'output_size' must be int, but got {output_size}.", TypeError)

    @computed
    def construct(self, input: Any) -> Any:
        check_rank(self, input, self.rank + 1, self.rank + 2)
        return getattr(functional, f"adaptive_max_pool{self.rank}d")(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(AdaptiveMaxPool2d):
    """nn.AdaptiveMaxPool3d; with return_indices also the positions in each volume, which are int32."""

    rank = 3

    def construct(self, input: Any) -> Any:
        result = super().construct(input)
        return (result[0], result[1].int()) if self.return_indices else result


def adaptive_lengths(layer: Cell, output_size: Any, rank: int) -> Any:
    """An int, or a tuple with an int or None for each axis."""
    check_type(layer, (int, tuple), output_size=output_size)
    found = (output_size,) * rank if isinstance(output_size, int) else output_size
    if len(found) != rank:
        raise refuse(layer, f"the length of 'output_size' must be {rank}, but got {len(found)}.")
    if any(size is not None and size <= 0 for size in found):
        raise refuse(layer, f"the elements of 'output_size' must be positive or None, but got {output_size}.")
    return found


class MaxUnpool(Layer):
    """What the unpoolings share: each value goes to its index, all else is 0."""

    rank = 2

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, kernel_size if stride is None else stride, padding

    @computed
    def construct(self, x: Any, indices: Any, output_size: Any = None) -> Any:
        if output_size is not None and not (isinstance(output_size, tuple) and output_size):
            raise refuse(self, f"output_size must be a tuple with elements, but got {output_size}.")
        unpool = getattr(functional, f"max_unpool{self.rank}d")
        return unpool(x, indices.long(), self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool1d(MaxUnpool):
    """nn.MaxUnpool1d."""

    rank = 1


class MaxUnpool2d(MaxUnpool):
    """nn.MaxUnpool2d."""


class MaxUnpool3d(MaxUnpool):
    """nn.MaxUnpool3d."""

    rank = 3
