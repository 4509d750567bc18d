"""Transforms that move the pixels of an image, cut it or make it larger or smaller."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch.dataset.checks import of_type, within
from compat.mindspore_on_torch.dataset.transforms.operations import is_image, probability, refusal
from compat.mindspore_on_torch.dataset.vision.images import (
    Border,
    Inter,
    Picture,
    axis_of_height,
    back,
    check_fill,
    check_inter,
    check_padding,
    check_size,
    height_and_width,
    pil,
    square,
    surrounded,
    window,
)

torch: Any = frameworks.load("torch")

RESIZABLE = ("bool", "int8", "uint8", "int16", "uint16", "int32", "float16", "float32", "float64")
MODES = {Inter.NEAREST: "nearest", Inter.BILINEAR: "bilinear", Inter.BICUBIC: "bicubic"}
OF_PIL = {Inter.NEAREST: "NEAREST", Inter.ANTIALIAS: "LANCZOS", Inter.BILINEAR: "BILINEAR", Inter.BICUBIC: "BICUBIC"}
ONLY_OF_PIL = "img should be PIL image. Use Decode() for encoded data or ToPIL() for decoded data."


def resized(image: Any, size: tuple[int, int], inter: Inter) -> Any:
    """An array of another height and width. Integers are within 1 of MindSpore's, which rounds in fixed point."""
    height, width = height_and_width(image)
    if (height, width) == size:
        return image.copy()
    if inter is Inter.AREA:
        return by_area(image, size)
    if inter is Inter.PILCUBIC:
        return np.asarray(pil().fromarray(image).resize(size[::-1], pil().Resampling.BICUBIC))
    planes = torch.from_numpy(np.ascontiguousarray(image).reshape(-1, height, width, image.shape[-1] if image.ndim > 2 else 1))
    planes = planes.permute(0, 3, 1, 2)
    options = {} if inter is Inter.NEAREST else {"align_corners": False}
    if image.dtype != np.uint8 or inter is not Inter.BILINEAR:
        planes = planes.to(torch.float64 if image.dtype in (np.float64, np.int32) else torch.float32)
    found = torch.nn.functional.interpolate(planes, size, mode=MODES[inter], **options).permute(0, 2, 3, 1).numpy()
    axis = axis_of_height(image)
    return converted(found, image.dtype).reshape(*image.shape[:axis], *size, *image.shape[axis + 2 :])


def by_area(image: Any, size: tuple[int, int]) -> Any:
    """Each pixel is the mean of the area that it covers."""
    height, width = height_and_width(image)
    if size[0] > height or size[1] > width:
        raise errors.UnsupportedArgument("mindspore.dataset.vision.Resize", "interpolation", Inter.AREA, "a size that is not larger")
    axis = axis_of_height(image)
    rows, columns = covered(height, size[0]), covered(width, size[1])
    found = np.moveaxis(np.tensordot(rows, image.astype(np.float64), (1, axis)), 0, axis)
    return converted(np.moveaxis(np.tensordot(columns, found, (1, axis + 1)), 0, axis + 1), image.dtype)


def covered(old: int, new: int) -> Any:
    """(new, old): which part of each old pixel a new one covers, adding up to 1."""
    edges = np.arange(new + 1) * (old / new)
    lower, upper = np.maximum(edges[:-1, None], np.arange(old)), np.minimum(edges[1:, None], np.arange(1, old + 1))
    return np.clip(upper - lower, 0, None) * (new / old)


def converted(values: Any, dtype: Any) -> Any:
    """Numbers in the type of an image: integers are rounded and kept within its bounds."""
    if values.dtype == dtype:
        return np.ascontiguousarray(values)
    if np.dtype(dtype).kind in "iu":
        bounds = np.iinfo(dtype)
        values = np.clip(np.rint(values), bounds.min, bounds.max)
    return np.ascontiguousarray(values.astype(dtype))


class Resize(Picture):
    """mindspore.dataset.vision.Resize(size, interpolation=Inter.LINEAR): to (height, width), or the shorter side to a number."""

    def __init__(self, size: Any, interpolation: Inter = Inter.BILINEAR) -> None:
        self.size, self.interpolation = check_size(size), check_inter(interpolation)

    def target(self, height: int, width: int) -> tuple[int, int]:
        """The new height and width."""
        if not isinstance(self.size, int):
            return self.size
        if height < width:
            return self.size, int(self.size * width / height)
        return int(self.size * height / width), self.size

    def pixels(self, image: Any) -> Any:
        if self.interpolation is Inter.ANTIALIAS:
            raise errors.invalid(TypeError, ONLY_OF_PIL)
        if image.dtype.name not in RESIZABLE:
            raise refusal(self, f"the data type of image tensor should be one of {RESIZABLE}, but got {image.dtype}.")
        return resized(image, self.target(*height_and_width(image)), self.interpolation)

    def picture(self, image: Any) -> Any:
        return resized_picture(image, self.target(image.height, image.width), self.interpolation)


def resized_picture(image: Any, size: tuple[int, int], inter: Inter) -> Any:
    """An image of PIL of another height and width. TypeError for what PIL doesn't have."""
    if inter not in OF_PIL:
        raise errors.invalid(TypeError, "Current Interpolation is not supported with PIL input.")
    return image.resize(size[::-1], getattr(pil().Resampling, OF_PIL[inter]))


class CenterCrop(Picture):
    """mindspore.dataset.vision.CenterCrop(size): the middle, with a border of zeros where the image is smaller."""

    def __init__(self, size: Any) -> None:
        self.size = square(size)

    def pixels(self, image: Any) -> Any:
        height, width = height_and_width(image)
        down, across = max(0, self.size[0] - height), max(0, self.size[1] - width)
        if down or across:
            image = surrounded(image, (-(-across // 2), -(-down // 2), across // 2, down // 2), (0,), Border.CONSTANT)
            height, width = height_and_width(image)
        return window(image, (height - self.size[0]) // 2, (width - self.size[1]) // 2, *self.size)

    def picture(self, image: Any) -> Any:
        # What can't be halved is rounded otherwise than for an array; PIL fills what is beyond the image with zeros.
        top, left = round((image.height - self.size[0]) / 2), round((image.width - self.size[1]) / 2)
        return image.crop((left, top, left + self.size[1], top + self.size[0]))


class Crop(Picture):
    """mindspore.dataset.vision.Crop(coordinates, size): the part that begins at (top, left). RuntimeError if it goes beyond."""

    def __init__(self, coordinates: Any, size: Any) -> None:
        of_type("coordinates", coordinates, list, tuple)
        if len(coordinates) != 2:
            raise errors.invalid(TypeError, "Coordinates should be a list/tuple (y, x) of length 2.")
        for one in coordinates:
            within("coordinates", of_type("coordinates", one, int), 0, 2**31 - 1)
        self.top, self.left = coordinates
        self.size = square(size)

    def pixels(self, image: Any) -> Any:
        if image.ndim > 3:
            raise refusal(self, f"input tensor is not in shape of <H,W> or <H,W,C>, but got rank: {image.ndim}.")
        height, width = height_and_width(image)
        if self.top + self.size[0] > height or self.left + self.size[1] > width:
            ends = self.top + self.size[0], self.left + self.size[1]
            raise refusal(self, f"Crop dimensions {ends} exceed those of the image: {(height, width)}.")
        return window(image, self.top, self.left, *self.size)


class HorizontalFlip(Picture):
    """mindspore.dataset.vision.HorizontalFlip(): left becomes right."""

    def pixels(self, image: Any) -> Any:
        return np.ascontiguousarray(np.flip(image, axis_of_height(image) + 1))


class VerticalFlip(Picture):
    """mindspore.dataset.vision.VerticalFlip(): the top becomes the bottom."""

    def pixels(self, image: Any) -> Any:
        return np.ascontiguousarray(np.flip(image, axis_of_height(image)))


class RandomFlip(Picture):
    """A flip that happens with a chance; an image of PIL stays one."""

    flip: Picture

    def __init__(self, prob: float = 0.5) -> None:
        self.prob = probability(prob)

    def pixels(self, image: Any) -> Any:
        return self.flip.pixels(image) if random.random() < self.prob else image

    def picture(self, image: Any) -> Any:
        return back(self.flip.pixels(np.asarray(image)), image.mode) if random.random() < self.prob else image


class RandomHorizontalFlip(RandomFlip):
    """mindspore.dataset.vision.RandomHorizontalFlip(prob=0.5)."""

    flip = HorizontalFlip()


class RandomVerticalFlip(RandomFlip):
    """mindspore.dataset.vision.RandomVerticalFlip(prob=0.5)."""

    flip = VerticalFlip()


class Pad(Picture):
    """mindspore.dataset.vision.Pad(padding, fill_value=0, padding_mode=Border.CONSTANT): a border.

    `padding` is one number, (left and right, top and bottom), or (left, top, right, bottom).
    """

    def __init__(self, padding: Any, fill_value: Any = 0, padding_mode: Border = Border.CONSTANT) -> None:
        self.padding, self.fill = check_padding(padding), check_fill(fill_value)
        self.mode: Border = of_type("padding_mode", padding_mode, Border)

    def pixels(self, image: Any) -> Any:
        check_channels(self, image)
        return surrounded(image, self.padding, self.fill, self.mode)

    def picture(self, image: Any) -> Any:
        return back(surrounded(np.asarray(image), self.padding, self.fill, self.mode), image.mode)


def check_channels(operation: Picture, image: Any) -> None:
    """(H, W), (H, W, 1) or (H, W, 3). RuntimeError otherwise."""
    if image.ndim > 3 or (image.ndim == 3 and image.shape[2] not in (1, 3)):
        raise refusal(operation, f"expecting an image of shape <H, W> or <H, W, C> with 1 or 3 channels, but got {image.shape}.")


class RandomCrop(Picture):
    """mindspore.dataset.vision.RandomCrop(size, padding=None, pad_if_needed=False, fill_value=0, padding_mode=Border.CONSTANT).

    A part somewhere in the image, with its border. RuntimeError (ValueError for one of PIL) if it is smaller.
    """

    def __init__(
        self, size: Any, padding: Any = None, pad_if_needed: bool = False, fill_value: Any = 0, padding_mode: Border = Border.CONSTANT
    ) -> None:
        self.size = square(size)
        self.padding = (0, 0, 0, 0) if padding is None else check_padding(padding)
        self.pad_if_needed: bool = of_type("pad_if_needed", pad_if_needed, bool)
        self.fill = check_fill(fill_value)
        self.mode: Border = of_type("padding_mode", padding_mode, Border)

    def pixels(self, image: Any) -> Any:
        return self.part(image, refusal(self, "invalid crop size, crop size is bigger than the image dimensions."))

    def picture(self, image: Any) -> Any:
        size = image.height, image.width
        problem = errors.invalid(ValueError, f"Crop size {self.size} is larger than input image size {size}.")
        return back(self.part(np.asarray(image), problem), image.mode)

    def part(self, image: Any, problem: Exception) -> Any:
        """A part of an array, somewhere."""
        if any(self.padding):
            image = surrounded(image, self.padding, self.fill, self.mode)
        height, width = height_and_width(image)
        down, across = max(0, self.size[0] - height), max(0, self.size[1] - width)
        if down or across:
            if not self.pad_if_needed:
                raise problem
            image = surrounded(image, (across, down, across, down), self.fill, self.mode)
            height, width = height_and_width(image)
        return window(image, random.randint(0, height - self.size[0]), random.randint(0, width - self.size[1]), *self.size)


class RandomResizedCrop(Picture):
    """mindspore.dataset.vision.RandomResizedCrop(size, scale=(0.08, 1.0), ratio=(3/4, 4/3), interpolation, max_attempts=10).

    A part of the image of an area and an aspect ratio (width by height) within these bounds, resized.
    """

    def __init__(
        self, size: Any, scale: Any = (0.08, 1.0), ratio: Any = (3.0 / 4.0, 4.0 / 3.0), interpolation: Inter = Inter.BILINEAR, max_attempts: int = 10
    ) -> None:  # fmt: skip
        self.size, self.interpolation = square(size), check_inter(interpolation)
        self.scale, self.ratio = bounds("scale", scale), bounds("ratio", ratio)
        self.max_attempts = within("max_attempts", of_type("max_attempts", max_attempts, int), 1, 2**31 - 1)

    def pixels(self, image: Any) -> Any:
        if self.interpolation is Inter.ANTIALIAS:
            raise errors.invalid(TypeError, ONLY_OF_PIL)
        return resized(window(image, *self.box(*height_and_width(image))), self.size, self.interpolation)

    def picture(self, image: Any) -> Any:
        top, left, height, width = self.box(image.height, image.width)
        return resized_picture(image.crop((left, top, left + width, top + height)), self.size, self.interpolation)

    def box(self, height: int, width: int) -> tuple[int, int, int, int]:
        """(top, left, height, width) of the part: drawn, or the largest one in the middle after `max_attempts` that don't fit."""
        for _ in range(self.max_attempts):
            area = random.uniform(*self.scale) * height * width
            ratio = math.exp(random.uniform(*map(math.log, self.ratio)))
            wide, high = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
            if 0 < wide <= width and 0 < high <= height:
                return random.randint(0, height - high), random.randint(0, width - wide), high, wide
        ratio = min(max(width / height, self.ratio[0]), self.ratio[1])
        wide, high = min(width, round(height * ratio)), min(height, round(width / ratio))
        return (height - high) // 2, (width - wide) // 2, high, wide


def bounds(name: str, value: Any) -> tuple[float, float]:
    """Two numbers, positive, the lower one first. TypeError and ValueError otherwise."""
    of_type(name, value, tuple, list)
    if len(value) != 2:
        raise errors.invalid(TypeError, f"{name} should be a tuple of two numbers, but got {value}.")
    for one in value:
        of_type(name, one, int, float)
    if not 0 <= value[0] <= value[1] or value[1] <= 0:
        raise errors.invalid(ValueError, f"{name} should be in (min, max) format, and positive. Got {value}.")
    return float(value[0]), float(value[1])


class RandomResize(Picture):
    """mindspore.dataset.vision.RandomResize(size): Resize by an interpolation that is drawn."""

    def __init__(self, size: Any) -> None:
        self.resizes = [Resize(size, inter) for inter in (Inter.NEAREST, Inter.BILINEAR, Inter.BICUBIC)]

    def apply(self, *values: Any) -> Any:
        if is_image(values[0]):
            values = (np.asarray(values[0]),)
        return random.choice(self.resizes).apply(*values)
