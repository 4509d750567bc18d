"""nn.ImageGradients, SSIM, MSSSIM, PSNR and CentralCrop of images (N, C, H, W).

The comparisons follow MindSpore's documentation: where its release refuses to run them, nothing else says what they give.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import frameworks
from compat.mindspore_on_torch.containers import CellList
from compat.mindspore_on_torch.layers.convolution import Conv2d
from compat.mindspore_on_torch.layers.layer import Layer, Tensor, check_positive, check_rank, check_type, computed, refuse

torch: Any = frameworks.load("torch")

__all__ = ["CentralCrop", "ImageGradients", "MSSSIM", "PSNR", "SSIM"]


class ImageGradients(Layer):
    """nn.ImageGradients: (differences of rows, differences of columns), each of the input's shape with zeros at the end."""

    @computed
    def construct(self, images: Any) -> Any:
        check_rank(self, images, 4)
        below = torch.nn.functional.pad(images.diff(dim=2), (0, 0, 0, 1))
        right = torch.nn.functional.pad(images.diff(dim=3), (0, 1))
        return below, right


class CentralCrop(Layer):
    """nn.CentralCrop: the middle of (C, H, W) or (N, C, H, W), `central_fraction` of its height and width."""

    def __init__(self, central_fraction: float) -> None:
        super().__init__()
        check_type(self, float, central_fraction=central_fraction)
        if not 0.0 < central_fraction <= 1.0:
            raise refuse(self, f"the 'central_fraction' must be in range of (0.0, 1.0], but got {central_fraction}.")
        self.central_fraction = central_fraction

    @computed
    def construct(self, image: Any) -> Any:
        check_rank(self, image, 3, 4)
        for axis in (-2, -1):
            length = image.shape[axis]
            start = int((length - length * self.central_fraction) / 2)
            image = image.narrow(axis, start, length - 2 * start)
        return image


class Comparison(Layer):
    """What compares two images: the largest value of a pixel, and both as float32 between 0 and 1."""

    kinds: tuple[Any, ...] = ()

    def hold(self, max_val: float) -> None:
        """TypeError unless the largest value is a number, ValueError unless it is above 0."""
        check_type(self, (int, float), max_val=max_val)
        if max_val <= 0:
            raise refuse(self, f"the 'max_val' must be > 0.0, but got {max_val}.")
        self.max_val = max_val

    def scaled(self, first: Any, second: Any) -> tuple[Any, Any, float]:
        """Integers are divided by the largest value that their type has, and so is `max_val`."""
        for image in (first, second):
            check_rank(self, image, 4)
            if self.kinds and image.dtype not in self.kinds:
                raise refuse(self, f"the images should be one of {self.kinds}, but got '{image.dtype}'.", TypeError)
        if first.dtype != second.dtype:
            raise refuse(self, f"the images must have one dtype, but got {first.dtype} and {second.dtype}.", TypeError)
        if first.shape != second.shape:
            raise refuse(self, f"the images must have one shape, but got {first.shape} and {second.shape}.")
        most = 1 if first.is_floating_point() else torch.iinfo(first.dtype).max
        return first.float() / most, second.float() / most, self.max_val / most


class PSNR(Comparison):
    """nn.PSNR: 10 log10(max_val² / mean squared error) of each image of a batch, (N,)."""

    def __init__(self, max_val: float = 1.0) -> None:
        super().__init__()
        self.hold(max_val)

    @computed
    def construct(self, img1: Any, img2: Any) -> Any:
        first, second, most = self.scaled(img1, img2)
        return 10 * torch.log10(most**2 / (first - second).square().mean((-3, -2, -1)))


class Similarity(Comparison):
    """What SSIM and MSSSIM share: averages by a Gaussian window that slides over each channel."""

    def hold_window(self, max_val: float, filter_size: int, filter_sigma: float, k1: float, k2: float) -> Any:
        """Keep the arguments; the window."""
        self.hold(max_val)
        check_positive(self, filter_size=filter_size)
        check_type(self, float, filter_sigma=filter_sigma, k1=k1, k2=k2)
        if filter_sigma <= 0:
            raise refuse(self, f"the 'filter_sigma' must be > 0, but got {filter_sigma}.")
        self.filter_size, self.filter_sigma, self.k1, self.k2 = filter_size, filter_sigma, k1, k2
        places = np.arange(-filter_size // 2 + 1, filter_size // 2 + 1)
        one = np.exp(-(places**2) / (2 * filter_sigma**2))
        window = np.outer(one, one)
        return Tensor((window / window.sum())[None, None].astype(np.float32))

    def window(self, weight: Any) -> Any:
        """A convolution that does not learn."""
        convolution = Conv2d(1, 1, self.filter_size, pad_mode="valid", weight_init=weight)
        convolution.weight.requires_grad = False
        return convolution

    def compared(self, first: Any, second: Any, most: float, weight: Any) -> tuple[Any, Any]:
        """(similarity, contrast part of it), each (N, C): the mean over the places of the window."""
        luminance, contrast = (self.k1 * most) ** 2, (self.k2 * most) ** 2

        def average(image: Any) -> Any:
            flat = image.reshape(-1, 1, *image.shape[2:])
            return torch.nn.functional.conv2d(flat, weight).unflatten(0, image.shape[:2]).squeeze(2)

        mean1, mean2 = average(first), average(second)
        spread = average(first * first) - mean1.square() + average(second * second) - mean2.square()
        shared = (2 * (average(first * second) - mean1 * mean2) + contrast) / (spread + contrast)
        whole = shared * (2 * mean1 * mean2 + luminance) / (mean1.square() + mean2.square() + luminance)
        return whole.mean((2, 3)), shared.mean((2, 3))


class SSIM(Similarity):
    """nn.SSIM: structural similarity of each image of a batch, (N,)."""

    kinds = (torch.float32, torch.float16)

    def __init__(self, max_val: float = 1.0, filter_size: int = 11, filter_sigma: float = 1.5, k1: float = 0.01, k2: float = 0.03) -> None:
        super().__init__()
        self.conv = self.window(self.hold_window(max_val, filter_size, filter_sigma, k1, k2))

    @computed
    def construct(self, img1: Any, img2: Any) -> Any:
        first, second, most = self.scaled(img1, img2)
        if min(first.shape[2:]) < self.filter_size:
            raise refuse(self, f"the images should be at least filter_size {self.filter_size} high and wide, but got {first.shape}.")
        return self.compared(first, second, most, self.conv.weight)[0].mean(-1)


class MSSSIM(Similarity):
    """nn.MSSSIM: the product of the contrasts at several scales, and of the similarity at the last one, each to its power, (N,)."""

    kinds = (torch.float64, torch.float32, torch.float16, torch.uint8)

    def __init__(
        self, max_val: float = 1.0, power_factors: Any = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333), filter_size: int = 11,
        filter_sigma: float = 1.5, k1: float = 0.01, k2: float = 0.03,
    ) -> None:  # fmt: skip
        super().__init__()
        check_type(self, (tuple, list), power_factors=power_factors)
        weight = self.hold_window(max_val, filter_size, filter_sigma, k1, k2)
        self.level, self.power_factors = len(power_factors), tuple(power_factors)
        self.multi_convs_list = CellList([self.window(weight) for _ in power_factors])

    @computed
    def construct(self, img1: Any, img2: Any) -> Any:
        first, second, most = self.scaled(img1, img2)
        parts = []
        for level, convolution in enumerate(self.multi_convs_list):
            whole, shared = self.compared(first, second, most, convolution.weight)
            parts.append(shared if level < self.level - 1 else whole)
            first, second = (torch.nn.functional.avg_pool2d(image, 2) for image in (first, second))
        powers = torch.tensor(self.power_factors, dtype=first.dtype, device=first.device)
        return torch.stack(parts, -1).relu().pow(powers).prod(-1).mean(-1)
