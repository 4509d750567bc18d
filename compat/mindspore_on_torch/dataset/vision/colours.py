"""Transforms of the colours of an image. Arrays are within 1 of MindSpore's, whose kernels round in other places."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset.checks import of_type, within
from compat.mindspore_on_torch.dataset.transforms.operations import is_image, probability, refusal
from compat.mindspore_on_torch.dataset.vision.images import Picture, pil

GRAY = np.array([0.299, 0.587, 0.114])


def rounded(values: Any, dtype: Any) -> Any:
    """Numbers as pixels: rounded and between 0 and 255 for bytes."""
    return np.clip(np.rint(values), 0, 255).astype(dtype) if dtype == np.uint8 else values.astype(dtype)


def enhanced(name: str, image: Any, factor: float) -> Any:
    """An image of PIL, changed by one of its enhancers."""
    pil()
    return getattr(importlib.import_module("PIL.ImageEnhance"), name)(image).enhance(factor)


def operated(name: str, image: Any, *options: Any) -> Any:
    """An image of PIL, or an array in its place, changed by one of PIL's operations."""
    operation = getattr(importlib.import_module("PIL.ImageOps"), name)
    if is_image(image):
        return operation(image, *options)
    return np.array(operation(pil().fromarray(np.ascontiguousarray(image)), *options))


def three_channels(operation: Picture, image: Any) -> Any:
    """An array, if its last axis holds three channels. RuntimeError otherwise."""
    if image.ndim < 3 or image.shape[-1] != 3:
        raise refusal(operation, f"the channel of image tensor should be 3, but got the shape {image.shape}.")
    return image


class Adjustment(Picture):
    """A mix of the image and something without that of which there shall be more or less."""

    enhancer = ""

    def __init__(self, factor: float, name: str) -> None:
        self.factor = float(of_type(name, factor, int, float))
        if self.factor < 0:
            raise errors.invalid(ValueError, f"Input {name} is not within the required interval of [0, 16777216].")

    def other(self, image: Any) -> Any:
        """What an array is mixed with."""
        raise NotImplementedError

    def pixels(self, image: Any) -> Any:
        mixed = image.astype(np.float64) * self.factor + self.other(three_channels(self, image)) * (1 - self.factor)
        return rounded(mixed, image.dtype)

    def picture(self, image: Any) -> Any:
        return enhanced(self.enhancer, image, self.factor)


class AdjustBrightness(Adjustment):
    """mindspore.dataset.vision.AdjustBrightness(brightness_factor): 0 is black, 1 the image."""

    enhancer = "Brightness"

    def __init__(self, brightness_factor: float) -> None:
        super().__init__(brightness_factor, "brightness_factor")

    def other(self, image: Any) -> Any:
        return 0.0


class AdjustContrast(Adjustment):
    """mindspore.dataset.vision.AdjustContrast(contrast_factor): 0 is gray, 1 the image."""

    enhancer = "Contrast"

    def __init__(self, contrast_factor: float) -> None:
        super().__init__(contrast_factor, "contrast_factor")

    def other(self, image: Any) -> Any:
        return np.floor(np.rint(image @ GRAY).mean() + 0.5)


class AdjustSaturation(Adjustment):
    """mindspore.dataset.vision.AdjustSaturation(saturation_factor): 0 has no colours, 1 is the image."""

    enhancer = "Color"

    def __init__(self, saturation_factor: float) -> None:
        super().__init__(saturation_factor, "saturation_factor")

    def other(self, image: Any) -> Any:
        return np.rint(image @ GRAY)[..., None]


class AdjustSharpness(Picture):
    """mindspore.dataset.vision.AdjustSharpness(sharpness_factor): 0 is blurred, 1 the image. The result is an array."""

    def __init__(self, sharpness_factor: float) -> None:
        self.factor = float(of_type("sharpness_factor", sharpness_factor, int, float))
        if self.factor < 0:
            raise errors.invalid(ValueError, "Input sharpness_factor is not within the required interval of [0, 16777216].")

    def pixels(self, image: Any) -> Any:
        return np.array(enhanced("Sharpness", pil().fromarray(np.ascontiguousarray(image)), self.factor))


class AdjustGamma(Picture):
    """mindspore.dataset.vision.AdjustGamma(gamma, gain=1): 255 * gain * (value / 255) ** gamma."""

    def __init__(self, gamma: float, gain: float = 1) -> None:
        self.gamma, self.gain = of_type("gamma", gamma, int, float), of_type("gain", gain, int, float)
        within("gamma", gamma, 0, 2**24)

    def pixels(self, image: Any) -> Any:
        found = 255 * self.gain * (image.astype(np.float64) / 255) ** self.gamma
        return np.clip(found, 0, 255).astype(image.dtype)

    def picture(self, image: Any) -> Any:
        return pil().fromarray(self.pixels(np.asarray(image)))


class AutoContrast(Picture):
    """mindspore.dataset.vision.AutoContrast(cutoff=0.0, ignore=None): from the darkest to black and from the lightest to white.

    `cutoff` percent at each end do not count, nor do the values of `ignore`.
    """

    def __init__(self, cutoff: float = 0.0, ignore: Any = None) -> None:
        within("cutoff", of_type("cutoff", cutoff, int, float), 0, 50)
        self.options = (
            cutoff,
            None if ignore is None else [ignore] if isinstance(of_type("ignore", ignore, int, list, tuple), int) else list(ignore),
        )

    def pixels(self, image: Any) -> Any:
        return operated("autocontrast", image, *self.options)

    picture = pixels


class Invert(Picture):
    """mindspore.dataset.vision.Invert(): 255 - value."""

    def pixels(self, image: Any) -> Any:
        return 255 - image

    def picture(self, image: Any) -> Any:
        return pil().fromarray(255 - np.asarray(image))


class Posterize(Picture):
    """mindspore.dataset.vision.Posterize(bits): the highest bits alone. The result is an array."""

    def __init__(self, bits: int) -> None:
        self.bits = within("bits", of_type("bits", bits, int), 0, 8)

    def pixels(self, image: Any) -> Any:
        return image & np.uint8(0xFF << (8 - self.bits) & 0xFF)


class Solarize(Picture):
    """mindspore.dataset.vision.Solarize(threshold): values from a threshold on, or between two, are inverted. The result is an array."""

    def __init__(self, threshold: Any) -> None:
        found = of_type("threshold", threshold, int, float, tuple, list)
        low, high = (found, 255) if isinstance(found, (int, float)) else tuple(found)
        within("threshold", low, 0, 255)
        self.low, self.high = low, within("threshold", high, low, 255)

    def pixels(self, image: Any) -> Any:
        return np.where((image >= self.low) & (image <= self.high), 255 - image, image)


class RandomGrayscale(Picture):
    """mindspore.dataset.vision.RandomGrayscale(prob=0.1): an image of PIL without colours, as often as `prob` says."""

    def __init__(self, prob: float = 0.1) -> None:
        self.prob = probability(prob)

    def pixels(self, image: Any) -> Any:
        raise errors.invalid(AttributeError, "img should be PIL image.")

    def picture(self, image: Any) -> Any:
        return image.convert("L").convert(image.mode) if random.random() < self.prob else image


def span(name: str, value: Any, low: float, high: float) -> tuple[float, float]:
    """Two bounds within [low, high], the lower one first. TypeError and ValueError otherwise."""
    if len(of_type(name, value, tuple, list)) != 2:
        raise errors.invalid(TypeError, f"{name} must be a sequence with length 2.")
    first, last = (within(name, of_type(name, one, int, float), low, high) for one in value)
    if first > last:
        raise errors.invalid(ValueError, f"{name} should be in (min, max) format. Got ({first}, {last}).")
    return float(first), float(last)


def around_one(name: str, value: Any, middle: float, low: float, high: float) -> tuple[float, float]:
    """Bounds, or a number by which they lie on both sides of the middle."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < 0:
            raise errors.invalid(ValueError, f"The input value of {name} cannot be negative.")
        within(name, value, low, high)
        return max(low, middle - value), min(high, middle + value)
    return span(name, value, low, high)


class RandomColorAdjust(Picture):
    """mindspore.dataset.vision.RandomColorAdjust(brightness, contrast, saturation, hue): each by a factor drawn between two bounds.

    A number x means (1 - x, 1 + x), for the hue (-x, x). Other hues than 0 need an image of PIL.
    """

    def __init__(self, brightness: Any = (1, 1), contrast: Any = (1, 1), saturation: Any = (1, 1), hue: Any = (0, 0)) -> None:
        given = {"brightness": brightness, "contrast": contrast, "saturation": saturation}
        bounds = {name: around_one(name, value, 1, 0, 2**24) for name, value in given.items()}
        self.hue = around_one("hue", hue, 0, -0.5, 0.5)
        kinds: dict[str, Callable[[float], Picture]] = {
            "brightness": AdjustBrightness, "contrast": AdjustContrast, "saturation": AdjustSaturation,
        }  # fmt: skip
        self.parts = [(kinds[name], bound) for name, bound in bounds.items() if bound != (1, 1)]

    def drawn(self) -> list[Picture]:
        """The adjustments of one image, in an order that is drawn."""
        found = [kind(random.uniform(*bound)) for kind, bound in self.parts]
        random.shuffle(found)
        return found

    def pixels(self, image: Any) -> Any:
        if self.hue != (0, 0):
            picture = self.picture(pil().fromarray(np.ascontiguousarray(image)))
            return np.array(picture)
        for adjustment in self.drawn():
            image = adjustment.pixels(image)
        return image

    def picture(self, image: Any) -> Any:
        for adjustment in self.drawn():
            image = adjustment.picture(image)
        return turned_hue(image, random.uniform(*self.hue)) if self.hue != (0, 0) else image


def turned_hue(image: Any, turn: float) -> Any:
    """An image of PIL with its hues turned by a part of the circle."""
    if image.mode in ("L", "1", "I", "F"):
        return image
    hue, saturation, value = image.convert("HSV").split()
    shifted = (np.asarray(hue).astype(np.int32) + int(turn * 255)) % 256
    return pil().merge("HSV", (pil().fromarray(shifted.astype(np.uint8)), saturation, value)).convert(image.mode)


class Sometimes(Picture):
    """Another transform, as often as `prob` says."""

    def __init__(self, inner: Picture, prob: float) -> None:
        self.inner, self.prob = inner, probability(prob)

    def pixels(self, image: Any) -> Any:
        return self.inner.pixels(image) if random.random() < self.prob else image


class RandomInvert(Sometimes):
    """mindspore.dataset.vision.RandomInvert(prob=0.5). The result is an array."""

    def __init__(self, prob: float = 0.5) -> None:
        super().__init__(Invert(), prob)


class RandomAutoContrast(Sometimes):
    """mindspore.dataset.vision.RandomAutoContrast(cutoff=0.0, ignore=None, prob=0.5). The result is an array."""

    def __init__(self, cutoff: float = 0.0, ignore: Any = None, prob: float = 0.5) -> None:
        super().__init__(AutoContrast(cutoff, ignore), prob)


class RandomAdjustSharpness(Sometimes):
    """mindspore.dataset.vision.RandomAdjustSharpness(degree, prob=0.5). The result is an array."""

    def __init__(self, degree: float, prob: float = 0.5) -> None:
        super().__init__(AdjustSharpness(degree), prob)


class RandomColor(Picture):
    """mindspore.dataset.vision.RandomColor(degrees=(0.1, 1.9)): AdjustSaturation by a factor between the two."""

    adjustment: Callable[[float], Picture] = AdjustSaturation

    def __init__(self, degrees: Any = (0.1, 1.9)) -> None:
        self.degrees = span("degrees", degrees, 0, 2**24)

    def pixels(self, image: Any) -> Any:
        return type(self).adjustment(random.uniform(*self.degrees)).pixels(image)

    def picture(self, image: Any) -> Any:
        return type(self).adjustment(random.uniform(*self.degrees)).picture(image)


class RandomSharpness(RandomColor):
    """mindspore.dataset.vision.RandomSharpness(degrees=(0.1, 1.9)): AdjustSharpness by a factor between the two."""

    def picture(self, image: Any) -> Any:
        return enhanced("Sharpness", image, random.uniform(*self.degrees))

    def pixels(self, image: Any) -> Any:
        return AdjustSharpness(random.uniform(*self.degrees)).pixels(image)


class RandomPosterize(Picture):
    """mindspore.dataset.vision.RandomPosterize(bits=(8, 8)): Posterize by a number of bits between the two. The result is an array."""

    def __init__(self, bits: Any = (8, 8)) -> None:
        found = (bits, bits) if isinstance(of_type("bits", bits, int, tuple, list), int) else tuple(bits)
        self.bits = tuple(int(one) for one in span("bits", found, 1, 8))

    def pixels(self, image: Any) -> Any:
        return Posterize(random.randint(*self.bits)).pixels(image)


class RandomSolarize(Picture):
    """mindspore.dataset.vision.RandomSolarize(threshold=(0, 255)): Solarize between two thresholds of that range. The result is an array."""

    def __init__(self, threshold: Any = (0, 255)) -> None:
        self.threshold = tuple(int(one) for one in span("threshold", of_type("threshold", threshold, tuple), 0, 255))

    def pixels(self, image: Any) -> Any:
        return Solarize(tuple(sorted(random.randint(*self.threshold) for _ in range(2)))).pixels(image)


class RandomLighting(Picture):
    """mindspore.dataset.vision.RandomLighting(alpha=0.05): a colour is added, as the light of ImageNet's images differs."""

    # Eigenvalues and eigenvectors of the colours of ImageNet: Krizhevsky, Sutskever, Hinton 2012, in units of 255.
    VALUES = np.array([55.46, 4.794, 1.148])
    VECTORS = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])

    def __init__(self, alpha: float = 0.05) -> None:
        self.alpha = of_type("alpha", alpha, int, float)
        if alpha < 0:
            raise errors.invalid(ValueError, "Input alpha is not within the required interval of [0, 16777216].")

    def pixels(self, image: Any) -> Any:
        weights = np.array([random.gauss(0, self.alpha) for _ in range(3)]) if self.alpha else np.zeros(3)
        return rounded(three_channels(self, image) + self.VECTORS @ (self.VALUES * weights), image.dtype)

    def picture(self, image: Any) -> Any:
        return pil().fromarray(self.pixels(np.asarray(image)))
