"""Transforms to and from hue, saturation and value, of histograms, and of an image as one vector."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset.checks import of_type, within
from compat.mindspore_on_torch.dataset.vision.colours import Sometimes, operated, rounded, three_channels, turned_hue
from compat.mindspore_on_torch.dataset.vision.images import Picture


class ColourSpace(Picture):
    """From one colour space to another, of three channels in the last axis or in the third last one; float64."""

    def __init__(self, is_hwc: bool = False) -> None:
        self.is_hwc: bool = of_type("is_hwc", is_hwc, bool)

    def picture(self, image: Any) -> Any:
        raise errors.invalid(TypeError, f"img should be NumPy image. Got {type(image)}.")

    def pixels(self, image: Any) -> Any:
        if image.ndim not in (3, 4):
            raise errors.invalid(TypeError, f"img shape should be (H, W, C)/(N, H, W, C)/(C ,H, W)/(N, C, H, W). Got {image.shape}.")
        axis = -1 if self.is_hwc else -3
        if image.shape[axis] != 3:
            raise errors.invalid(TypeError, f"img should be 3 channels RGB img. Got {image.shape[axis]} channels.")
        return np.stack(self.channels(*np.moveaxis(image.astype(np.float64), axis, 0)), axis)

    def channels(self, first: Any, second: Any, third: Any) -> tuple[Any, Any, Any]:
        """The new channels of the three old ones."""
        raise NotImplementedError


class RgbToHsv(ColourSpace):
    """mindspore.dataset.vision.RgbToHsv(is_hwc=False): hue and saturation from 0 to 1, and the largest of the three as the value."""

    def channels(self, first: Any, second: Any, third: Any) -> tuple[Any, Any, Any]:
        value = np.maximum(np.maximum(first, second), third)
        width = value - np.minimum(np.minimum(first, second), third)
        safe = np.where(width == 0, 1, width)
        sector = np.where(
            value == first, (second - third) / safe, np.where(value == second, 2 + (third - first) / safe, 4 + (first - second) / safe)
        )
        hue = np.where(width == 0, 0, sector / 6 % 1)
        return hue, np.where(value == 0, 0, width / np.where(value == 0, 1, value)), value


class HsvToRgb(ColourSpace):
    """mindspore.dataset.vision.HsvToRgb(is_hwc=False): the reverse of RgbToHsv."""

    def channels(self, first: Any, second: Any, third: Any) -> tuple[Any, Any, Any]:
        def channel(turn: int) -> Any:
            place = (turn + first * 6) % 6
            return third - third * second * np.clip(np.minimum(place, 4 - place), 0, 1)

        return channel(5), channel(3), channel(1)


class LinearTransformation(Picture):
    """mindspore.dataset.vision.LinearTransformation(transformation_matrix, mean_vector): (pixels - mean) @ matrix, as one vector."""

    def __init__(self, transformation_matrix: Any, mean_vector: Any) -> None:
        self.matrix, self.mean = (
            of_type("transformation_matrix", transformation_matrix, np.ndarray),
            of_type("mean_vector", mean_vector, np.ndarray),
        )
        if self.matrix.ndim != 2 or self.matrix.shape[0] != self.matrix.shape[1]:
            raise errors.invalid(ValueError, f"transformation_matrix should be a square matrix. Got shape {self.matrix.shape} instead.")
        if self.mean.shape != self.matrix.shape[:1]:
            raise errors.invalid(
                ValueError, f"mean_vector length {len(self.mean)} should match the transformation_matrix {self.matrix.shape}."
            )

    def picture(self, image: Any) -> Any:
        raise errors.invalid(TypeError, f"img should be NumPy array. Got {type(image)}.")

    def pixels(self, image: Any) -> Any:
        if image.size != len(self.mean):
            reason = f"transformation_matrix shape {self.matrix.shape} not compatible with Numpy image shape {image.shape}."
            raise errors.invalid(ValueError, reason)
        return ((image.reshape(1, -1) - self.mean) @ self.matrix).reshape(image.shape)


class Equalize(Picture):
    """mindspore.dataset.vision.Equalize(): each value of a channel about as often as each other; arrays by another rule than PIL's."""

    def pixels(self, image: Any) -> Any:
        planes = image if image.ndim > 2 else image[..., None]
        return np.stack([equalized(planes[..., channel]) for channel in range(planes.shape[-1])], -1).reshape(image.shape)

    def picture(self, image: Any) -> Any:
        return operated("equalize", image)


def equalized(plane: Any) -> Any:
    """A channel of bytes whose values become their ranks among all pixels that are lighter than the darkest ones."""
    ranks = np.bincount(plane.ravel(), minlength=256).cumsum()
    darkest = ranks[plane.min()]
    if darkest == plane.size:
        return plane
    return np.clip(np.rint((ranks - darkest) * (255 / (plane.size - darkest))), 0, 255).astype(np.uint8)[plane]


class RandomEqualize(Sometimes):
    """mindspore.dataset.vision.RandomEqualize(prob=0.5). The result is an array."""

    def __init__(self, prob: float = 0.5) -> None:
        super().__init__(Equalize(), prob)


class AdjustHue(Picture):
    """mindspore.dataset.vision.AdjustHue(hue_factor): hues are turned by a part of the circle, from -0.5 to 0.5.

    Arrays are within 16 of MindSpore's, which knows 180 hues.
    """

    def __init__(self, hue_factor: float) -> None:
        self.factor = within("hue_factor", of_type("hue_factor", hue_factor, int, float), -0.5, 0.5)

    def pixels(self, image: Any) -> Any:
        hue, saturation, value = np.moveaxis(RgbToHsv(True).pixels(three_channels(self, image)), -1, 0)
        return rounded(HsvToRgb(True).pixels(np.stack([(hue + self.factor) % 1, saturation, value], -1)), image.dtype)

    def picture(self, image: Any) -> Any:
        return turned_hue(image, self.factor)
