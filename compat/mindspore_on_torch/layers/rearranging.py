"""nn.PixelShuffle, PixelUnshuffle, ChannelShuffle, Unfold and Upsample."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.layers.layer import check_positive, check_rank, check_type, computed, refuse, reversed_pairs, same_padding

torch: Any = frameworks.load("torch")


class PixelShuffle(Cell):
    """nn.PixelShuffle: (*, C r², H, W) → (*, C, H r, W r)."""

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    @computed
    def construct(self, input: Any) -> Any:
        check_positive(self, upscale_factor=self.upscale_factor)
        return torch.nn.functional.pixel_shuffle(input, self.upscale_factor)


class PixelUnshuffle(Cell):
    """nn.PixelUnshuffle: (*, C, H r, W r) → (*, C r², H, W)."""

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    @computed
    def construct(self, input: Any) -> Any:
        check_positive(self, downscale_factor=self.downscale_factor)
        return torch.nn.functional.pixel_unshuffle(input, self.downscale_factor)


class ChannelShuffle(Cell):
    """nn.ChannelShuffle: the channels of (N, C, ...), taken from each of the groups in turn."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        check_type(self, int, groups=groups)
        if groups < 1:
            raise refuse(self, f"the 'groups' must be >= 1, but got {groups}.")
        self.groups = groups

    @computed
    def construct(self, x: Any) -> Any:
        if x.dim() < 3:
            raise refuse(self, f"the input must have at least 3 dims, but has {x.dim()}.")
        return torch.nn.functional.channel_shuffle(x, self.groups)

    def extend_repr(self) -> str:
        return f"groups={self.groups}"


class Unfold(Cell):
    """nn.Unfold: the windows of (N, C, H, W) as (N, kernel rows * kernel columns * C, rows, columns), each as (row, column, channel).

    Sizes are (1, rows, columns, 1).
    """

    def __init__(self, ksizes: Any, strides: Any, rates: Any, padding: str = "valid") -> None:
        super().__init__()
        for name, value in (("ksizes", ksizes), ("strides", strides), ("rates", rates)):
            check_type(self, (tuple, list), **{name: value})
            if len(value) != 4 or value[0] != 1 or value[3] != 1:
                raise refuse(self, f"the format of '{name}' must be [1, rows, columns, 1], but got {value}.")
            if not all(isinstance(size, int) and size > 0 for size in value):
                raise refuse(self, f"the rows and columns in '{name}' must be positive integers, but got {value}.")
        check_type(self, str, padding=padding)
        if padding.lower() not in ("same", "valid"):
            raise refuse(self, f"the 'padding' must be same or valid, but got {padding}.")
        self.windows = list(zip(ksizes[1:3], strides[1:3], rates[1:3], strict=True))
        self.padding = padding.lower()

    @computed
    def construct(self, input_x: Any) -> Any:
        check_rank(self, input_x, 4)
        if self.padding == "same":
            pairs = [same_padding(size, *window) for size, window in zip(input_x.shape[2:], self.windows, strict=True)]
            input_x = torch.nn.functional.pad(input_x, reversed_pairs(pairs))
        kernel, stride, rate = zip(*self.windows, strict=True)
        count, channels = input_x.shape[:2]
        rows, columns = ((size - r * (k - 1) - 1) // s + 1 for size, (k, s, r) in zip(input_x.shape[2:], self.windows, strict=True))
        columned = torch.nn.functional.unfold(input_x, kernel, rate, 0, stride)
        return columned.reshape(count, channels, -1, rows, columns).transpose(1, 2).reshape(count, -1, rows, columns)


class Upsample(Cell):
    """nn.Upsample to a size or by a factor, of (N, C, L), (N, C, H, W) or (N, C, D, H, W)."""

    def __init__(
        self, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.size, self.scale_factor, self.mode = size, scale_factor, mode
        self.align_corners, self.recompute_scale_factor = align_corners, recompute_scale_factor

    @computed
    def construct(self, x: Any) -> Any:
        options = self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor
        return torch.nn.functional.interpolate(x, *options)
