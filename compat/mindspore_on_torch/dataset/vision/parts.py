"""Transforms that take parts of an image, put something in place of a part, turn it, or blur it."""

from __future__ import annotations

import enum
import math
import random
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset.checks import of_type, within
from compat.mindspore_on_torch.dataset.transforms.operations import is_image, probability, refusal
from compat.mindspore_on_torch.dataset.vision.geometry import ONLY_OF_PIL, CenterCrop, RandomResizedCrop, resized
from compat.mindspore_on_torch.dataset.vision.images import (
    Border,
    Inter,
    Picture,
    axis_of_height,
    check_fill,
    check_inter,
    height_and_width,
    pil,
    square,
    surrounded,
    window,
)
from compat.mindspore_on_torch.dataset.vision.values import Decode, Normalize


class ResizedCrop(Picture):
    """mindspore.dataset.vision.ResizedCrop(top, left, height, width, size, interpolation): a part, resized; an array."""

    def __init__(self, top: int, left: int, height: int, width: int, size: Any, interpolation: Inter = Inter.BILINEAR) -> None:
        for name, value, lowest in (("top", top, 0), ("left", left, 0), ("height", height, 1), ("width", width, 1)):
            within(name, of_type(name, value, int), lowest, 2**31 - 1)
        self.box = top, left, height, width
        self.size, self.interpolation = square(size), check_inter(interpolation)

    def pixels(self, image: Any) -> Any:
        top, left, height, width = self.box
        have = height_and_width(image)
        if top + height > have[0] or left + width > have[1]:
            raise refusal(self, f"the part {self.box} exceeds the image of {have}.")
        return resized(window(image, *self.box), self.size, self.interpolation)


class PadToSize(Picture):
    """mindspore.dataset.vision.PadToSize(size, offset=None, fill_value=0, padding_mode=Border.CONSTANT): a border around; an array.

    `offset` is where the image begins: (top, left), or both in one number; in the middle without it.
    """

    def __init__(self, size: Any, offset: Any = None, fill_value: Any = 0, padding_mode: Border = Border.CONSTANT) -> None:
        self.size, self.fill = square(size), check_fill(fill_value)
        self.mode: Border = of_type("padding_mode", padding_mode, Border)
        if offset is not None and not isinstance(of_type("offset", offset, int, tuple, list), int) and len(offset) not in (0, 2):
            raise errors.invalid(ValueError, f"The offset must be a sequence of length 0 or 2, but got {offset}.")
        given = (offset, offset) if isinstance(offset, int) else tuple(offset or ())
        self.offset = tuple(within("offset", of_type("offset", one, int), 0, 2**31 - 1) for one in given)

    def pixels(self, image: Any) -> Any:
        height, width = height_and_width(image)
        down, across = self.size[0] - height, self.size[1] - width
        top, left = self.offset or (down // 2, across // 2)
        if down < top or across < left or down < 0 or across < 0:
            raise refusal(self, f"the target size {self.size} should be no less than the image {(height, width)} and its offset.")
        return surrounded(image, (left, top, across - left, down - top), self.fill, self.mode)


class Erase(Picture):
    """mindspore.dataset.vision.Erase(top, left, height, width, value=0, inplace=False): one value, or one colour, in place of a part."""

    def __init__(self, top: int, left: int, height: int, width: int, value: Any = 0.0, inplace: bool = False) -> None:
        for name, number, lowest in (("top", top, 0), ("left", left, 0), ("height", height, 1), ("width", width, 1)):
            within(name, of_type(name, number, int), lowest, 2**31 - 1)
        self.box = top, left, height, width
        self.value = [within("value", one, 0, 255) for one in ([value] if isinstance(value, (int, float)) else value)]
        self.inplace: bool = of_type("inplace", inplace, bool)

    def pixels(self, image: Any) -> Any:
        top, left, height, width = self.box
        have = height_and_width(image)
        if top + height > have[0] or left + width > have[1]:
            raise refusal(self, f"the part {self.box} exceeds the image of {have}.")
        found = image if self.inplace and image.flags.writeable else image.copy()
        found[..., top : top + height, left : left + width, :] = self.value
        return found


class CutOut(Picture):
    """mindspore.dataset.vision.CutOut(length, num_patches=1, is_hwc=True): zeros in squares whose middles are drawn; an array."""

    def __init__(self, length: int, num_patches: int = 1, is_hwc: bool = True) -> None:
        self.length = within("length", of_type("length", length, int), 1, 2**24)
        self.num_patches = within("num_patches", of_type("num_patches", num_patches, int), 1, 2**24)
        self.is_hwc: bool = of_type("is_hwc", is_hwc, bool)

    def pixels(self, image: Any) -> Any:
        found = image.copy()
        planes = found if self.is_hwc or found.ndim < 3 else np.moveaxis(found, -3, -1)
        height, width = height_and_width(planes)
        for _ in range(self.num_patches):
            top, left = random.randrange(height) - self.length // 2, random.randrange(width) - self.length // 2
            part = slice(max(0, top), max(0, top + self.length)), slice(max(0, left), max(0, left + self.length))
            planes[(slice(None),) * axis_of_height(planes) + part] = 0
        return found


class RandomErasing(Picture):
    """mindspore.dataset.vision.RandomErasing(prob=0.5, scale, ratio, value=0, inplace=False, max_attempts=10): of (C, H, W).

    `value` is one number, one for each channel, or "random" for noise in place of the part.
    """

    def __init__(
        self, prob: float = 0.5, scale: Any = (0.02, 0.33), ratio: Any = (0.3, 3.3), value: Any = 0, inplace: bool = False, max_attempts: int = 10
    ) -> None:  # fmt: skip
        self.prob = probability(prob)
        self.part = RandomResizedCrop(1, scale, ratio, max_attempts=max_attempts)
        if isinstance(of_type("value", value, int, list, tuple, str), str) and value != "random":
            raise errors.invalid(
                ValueError, f"The value for erasing should be either a single value, or a string 'random', but got {value}."
            )
        self.value = value
        self.inplace: bool = of_type("inplace", inplace, bool)

    def picture(self, image: Any) -> Any:
        raise errors.invalid(TypeError, f"img should be NumPy array. Got {type(image)}.")

    def pixels(self, image: Any) -> Any:
        if random.random() >= self.prob:
            return image
        top, left, height, width = self.part.box(*image.shape[-2:])
        found = image if self.inplace and image.flags.writeable else image.copy()
        part = found[..., top : top + height, left : left + width]
        if self.value == "random":
            part[...] = np.random.default_rng(random.getrandbits(64)).standard_normal(part.shape).astype(found.dtype)
        else:
            part[...] = np.array(self.value, found.dtype).reshape(-1, 1, 1)
        return found


class FiveCrop(Picture):
    """mindspore.dataset.vision.FiveCrop(size): the corners and the middle of an image of PIL, as five columns."""

    def __init__(self, size: Any) -> None:
        self.size = square(size)

    def pixels(self, image: Any) -> Any:
        raise errors.invalid(TypeError, ONLY_OF_PIL)

    def picture(self, image: Any) -> Any:
        high, wide = self.size
        if high > image.height or wide > image.width:
            raise errors.invalid(ValueError, f"Crop size {self.size} is larger than input image size {(image.height, image.width)}.")
        down, across = image.height - high, image.width - wide
        corners = [(left, top) for top, left in ((0, 0), (0, across), (down, 0), (down, across))]
        parts = [image.crop((left, top, left + wide, top + high)) for left, top in corners]
        return (*parts, CenterCrop(self.size).picture(image))


class TenCrop(Picture):
    """mindspore.dataset.vision.TenCrop(size, use_vertical_flip=False): FiveCrop of the image and of the flipped one."""

    def __init__(self, size: Any, use_vertical_flip: bool = False) -> None:
        self.five = FiveCrop(size)
        self.vertical: bool = of_type("use_vertical_flip", use_vertical_flip, bool)

    def pixels(self, image: Any) -> Any:
        raise errors.invalid(TypeError, ONLY_OF_PIL)

    def picture(self, image: Any) -> Any:
        ways = pil().Transpose
        flipped = image.transpose(ways.FLIP_TOP_BOTTOM if self.vertical else ways.FLIP_LEFT_RIGHT)
        return (*self.five.picture(image), *self.five.picture(flipped))


class Rotate(Picture):
    """mindspore.dataset.vision.Rotate(degrees, resample, expand=False, center=None, fill_value=0): against the clock; an array.

    Supported is Inter.NEAREST without `expand` and `center`; RandomRotation takes more for an image of PIL.
    """

    def __init__(
        self, degrees: float, resample: Inter = Inter.NEAREST, expand: bool = False, center: Any = None, fill_value: Any = 0
    ) -> None:
        self.degrees = of_type("degrees", degrees, int, float)
        self.resample, self.fill = check_inter(resample), check_fill(fill_value)
        self.expand: bool = of_type("expand", expand, bool)
        self.center = center if center is None else tuple(of_type("center", center, tuple, list))

    def pixels(self, image: Any) -> Any:
        for name, value, supported in (
            ("resample", self.resample, Inter.NEAREST),
            ("expand", self.expand, False),
            ("center", self.center, None),
        ):
            if value != supported:
                raise errors.UnsupportedArgument(
                    "mindspore.dataset.vision.Rotate", name, value, f"{supported!r}, or RandomRotation of an image of PIL"
                )
        return np.array(self.turned(pil().fromarray(np.ascontiguousarray(image))))

    def turned(self, image: Any) -> Any:
        """An image of PIL, turned."""
        names = {Inter.NEAREST: "NEAREST", Inter.BILINEAR: "BILINEAR", Inter.BICUBIC: "BICUBIC"}
        if self.resample not in names:
            raise errors.UnsupportedArgument(
                "mindspore.dataset.vision.Rotate", "resample", self.resample, "Inter.NEAREST, BILINEAR, BICUBIC"
            )
        fill = self.fill[0] if len(image.getbands()) == 1 else (self.fill * 3)[:3]
        method = getattr(pil().Resampling, names[self.resample])
        return image.rotate(self.degrees, method, self.expand, self.center, fillcolor=fill)


class RandomRotation(Picture):
    """mindspore.dataset.vision.RandomRotation(degrees, resample, expand=False, center=None, fill_value=0): by an angle that is drawn.

    `degrees` is (lowest, highest), or a number for both sides of 0. For arrays as Rotate.
    """

    def __init__(
        self, degrees: Any, resample: Inter = Inter.NEAREST, expand: bool = False, center: Any = None, fill_value: Any = 0
    ) -> None:
        if isinstance(of_type("degrees", degrees, int, float, list, tuple), (int, float)):
            within("degrees", degrees, 0, 2**24)
            degrees = (-degrees, degrees)
        if len(degrees) != 2:
            raise errors.invalid(TypeError, "If degrees is a sequence, the length must be 2.")
        if degrees[0] > degrees[1]:
            raise errors.invalid(ValueError, f"degrees should be in (min,max) format. Got {tuple(degrees)}.")
        self.degrees = tuple(degrees)
        self.options = resample, expand, center, fill_value
        Rotate(0, *self.options)

    def pixels(self, image: Any) -> Any:
        return Rotate(random.uniform(*self.degrees), *self.options).pixels(image)

    def picture(self, image: Any) -> Any:
        return Rotate(random.uniform(*self.degrees), *self.options).turned(image)


class GaussianBlur(Picture):
    """mindspore.dataset.vision.GaussianBlur(kernel_size, sigma=None): (width, height) of the kernel, and its deviations; an array.

    Sizes are odd; both deviations are 0.3 * ((width - 1) / 2 - 1) + 0.8 unless given. Integers are within 1 of MindSpore's.
    """

    def __init__(self, kernel_size: Any, sigma: Any = None) -> None:
        sizes = (kernel_size, kernel_size) if isinstance(of_type("kernel_size", kernel_size, int, list, tuple), int) else tuple(kernel_size)
        if len(sizes) != 2:
            raise errors.invalid(TypeError, "kernel_size should be a single integer or a sequence of length 2.")
        for size in sizes:
            if within("kernel_size", of_type("kernel_size", size, int), 1, 2**24) % 2 == 0:
                raise errors.invalid(ValueError, f"kernel_size should be odd, but got {size}.")
        if sigma is not None:
            of_type("sigma", sigma, int, float, list, tuple)
        found = 0.3 * ((sizes[0] - 1) * 0.5 - 1) + 0.8 if sigma is None else sigma
        deviations = (found, found) if isinstance(found, (int, float)) else tuple(found)
        self.kernels = [kernel(size, deviation) for size, deviation in zip(sizes, deviations, strict=True)]

    def pixels(self, image: Any) -> Any:
        found = image.astype(np.float64)
        for weights, axis in zip(self.kernels, (axis_of_height(image) + 1, axis_of_height(image)), strict=True):
            margin = len(weights) // 2
            wide = np.pad(found, [(margin, margin) if place == axis else (0, 0) for place in range(found.ndim)], "reflect")
            found = sum(weight * np.take(wide, range(start, start + found.shape[axis]), axis) for start, weight in enumerate(weights))
        return np.rint(found).astype(image.dtype) if image.dtype.kind in "iu" else found.astype(image.dtype)


def kernel(size: int, deviation: float) -> Any:
    """Weights of a bell curve that add up to 1."""
    weights = np.exp(-((np.arange(size) - size // 2) ** 2) / (2 * deviation**2))
    return weights / weights.sum()


class NormalizePad(Picture):
    """mindspore.dataset.vision.NormalizePad(mean, std, dtype="float32", is_hwc=True): Normalize, and a channel of zeros behind.

    MindSpore 2.10 leaves that channel without a value.
    """

    def __init__(self, mean: Any, std: Any, dtype: str = "float32", is_hwc: bool = True) -> None:
        self.normalize = Normalize(mean, std, is_hwc)
        if of_type("dtype", dtype, str) not in ("float32", "float16"):
            raise errors.invalid(ValueError, "dtype can only be 'float32' or 'float16'.")
        self.dtype = dtype

    def pixels(self, image: Any) -> Any:
        found = self.normalize.pixels(image if image.ndim > 2 or not self.normalize.is_hwc else image[..., None])
        axis = -1 if self.normalize.is_hwc else -3
        zeros = np.zeros_like(np.take(found, [0], axis))
        return np.concatenate([found, zeros], axis).astype(self.dtype)


class RandomCropDecodeResize(RandomResizedCrop):
    """mindspore.dataset.vision.RandomCropDecodeResize: Decode, then RandomResizedCrop."""

    decode = Decode()

    def __call__(self, *values: Any) -> Any:
        return super().__call__(*(value if is_image(value) else self.decode(value) for value in values))


class SliceMode(enum.IntEnum):
    """mindspore.dataset.vision.SliceMode: whether an image is padded or cut off where its size can't be divided."""

    PAD = 0
    DROP = 1


class SlicePatches(Picture):
    """mindspore.dataset.vision.SlicePatches(num_height=1, num_width=1, slice_mode, fill_value=0): a grid of equal parts, as columns."""

    def __init__(self, num_height: int = 1, num_width: int = 1, slice_mode: SliceMode = SliceMode.PAD, fill_value: int = 0) -> None:
        self.grid = tuple(
            within(name, of_type(name, n, int), 1, 2**24) for name, n in (("num_height", num_height), ("num_width", num_width))
        )
        self.pads = of_type("slice_mode", slice_mode, SliceMode) is SliceMode.PAD
        self.fill = (within("fill_value", of_type("fill_value", fill_value, int), 0, 255),)

    def pixels(self, image: Any) -> Any:
        sizes = [math.ceil(have / n) if self.pads else have // n for have, n in zip(height_and_width(image), self.grid, strict=True)]
        if self.pads:
            lacking = [size * n - have for size, n, have in zip(sizes, self.grid, height_and_width(image), strict=True)]
            image = surrounded(image, (0, 0, lacking[1], lacking[0]), self.fill, Border.CONSTANT)
        places = [(row * sizes[0], column * sizes[1]) for row in range(self.grid[0]) for column in range(self.grid[1])]
        return tuple(window(image, top, left, *sizes) for top, left in places)
