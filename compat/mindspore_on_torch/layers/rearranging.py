"""nn.PixelShuffle, PixelUnshuffle, ChannelShuffle and Upsample."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.layers.layer import Layer, check_positive, check_type, computed, refuse

torch: Any = frameworks.load("torch")


class PixelShuffle(Layer):
    """nn.PixelShuffle: (*, C r², H, W) → (*, C, H r, W r)."""

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    @computed
    def construct(self, input: Any) -> Any:
        check_positive(self, upscale_factor=self.upscale_factor)
        return torch.nn.functional.pixel_shuffle(input, self.upscale_factor)


class PixelUnshuffle(Layer):
    """nn.PixelUnshuffle: (*, C, H r, W r) → (*, C r², H, W)."""

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    @computed
    def construct(self, input: Any) -> Any:
        check_positive(self, downscale_factor=self.downscale_factor)
        return torch.nn.functional.pixel_unshuffle(input, self.downscale_factor)


class ChannelShuffle(Layer):
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


class Upsample(Layer):
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
