"""nn.FractionalMaxPool2d and 3d."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.layers.layer import Layer, check_rank, check_type, computed, lengths, refuse

torch: Any = frameworks.load("torch")

__all__ = ["FractionalMaxPool2d", "FractionalMaxPool3d"]


class FractionalMaxPool(Layer):
    """What both share: the size of the output, or its ratio to that of the input, and where the windows lie."""

    rank = 2
    function = "fractional_max_pool2d"

    def __init__(
        self, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False, _random_samples: Any = None
    ) -> None:
        super().__init__()
        self.kernel_size, self.output_size, self.output_ratio = kernel_size, output_size, output_ratio
        self.return_indices, self._random_samples = return_indices, _random_samples

    @computed
    def construct(self, input: Any) -> Any:
        check_type(self, bool, return_indices=self.return_indices)
        check_rank(self, input, self.rank + 1, self.rank + 2)
        kernel = lengths(self, "kernel_size", self.kernel_size, self.rank)
        size = self.sizes(input.shape[-self.rank :])
        batched = input if input.dim() == self.rank + 2 else input.unsqueeze(0)
        samples = self._random_samples
        if samples is not None:
            samples = samples.to(input.dtype).expand(*batched.shape[:2], self.rank)
        pooled, places = getattr(torch.nn.functional, self.function)(
            batched, kernel, output_size=size, return_indices=True, _random_samples=samples
        )
        if input.dim() == self.rank + 1:
            pooled, places = pooled.squeeze(0), places.squeeze(0)
        return (pooled, places) if self.return_indices else pooled

    def sizes(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The size of the output for an input of this one."""
        if self.output_size is not None:
            return lengths(self, "output_size", self.output_size, self.rank)
        if self.output_ratio is None:
            raise refuse(self, "'output_size' and 'output_ratio' can not be None at the same time.")
        ratios = self.output_ratio if isinstance(self.output_ratio, (tuple, list)) else (self.output_ratio,) * self.rank
        check_type(self, float, **{f"output_ratio[{index}]": ratio for index, ratio in enumerate(ratios)})
        if not all(0.0 < ratio < 1.0 for ratio in ratios):
            raise refuse(self, f"the 'output_ratio' must be in range of (0.0, 1.0), but got {self.output_ratio}.")
        return tuple(int(length * ratio) for length, ratio in zip(shape, ratios, strict=True))


class FractionalMaxPool2d(FractionalMaxPool):
    """nn.FractionalMaxPool2d of (N, C, H, W) or (C, H, W)."""


class FractionalMaxPool3d(FractionalMaxPool):
    """nn.FractionalMaxPool3d of (N, C, D, H, W) or (C, D, H, W)."""

    rank = 3
    function = "fractional_max_pool3d"
