"""What the transforms of images share: enumerations, PIL where it is needed, and checks of sizes and shapes."""

from __future__ import annotations

import enum
import importlib
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset.checks import of_type, within
from compat.mindspore_on_torch.dataset.transforms.operations import OneToOne, is_image, refusal

LARGEST = 2**24


class Inter(enum.IntEnum):
    """mindspore.dataset.vision.Inter: how pixels between pixels are found."""

    NEAREST = 0
    ANTIALIAS = 1
    BILINEAR = 2
    BICUBIC = 3
    AREA = 4
    PILCUBIC = 5

    LINEAR = 2
    CUBIC = 3


class Border(enum.StrEnum):
    """mindspore.dataset.vision.Border: what stands around a padded image."""

    CONSTANT = "constant"
    EDGE = "edge"
    REFLECT = "reflect"
    SYMMETRIC = "symmetric"


def pil() -> Any:
    """PIL.Image, or an error that says how to install it."""
    try:
        return importlib.import_module("PIL.Image")
    except ModuleNotFoundError as error:
        raise errors.FrameworkMissing("this needs the package Pillow: pip install pillow") from error


class Picture(OneToOne):
    """A transform of one image: an array whose last axes are height, width and channels, or height and width, or an image of PIL."""

    def __call__(self, *values: Any) -> Any:
        for value in values:
            if not isinstance(value, np.ndarray) and not is_image(value) and not hasattr(value, "asnumpy"):
                raise errors.invalid(TypeError, f"Input should be NumPy or PIL image, got {type(value)}.")
        return super().__call__(*values)

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if is_image(value):
            return self.picture(value)
        if value.ndim < 2:
            raise refusal(self, "the image tensor should have at least two dimensions. You may need to perform Decode first.")
        return self.pixels(value)

    def pixels(self, image: Any) -> Any:
        """The transform of an array."""
        raise NotImplementedError

    def picture(self, image: Any) -> Any:
        """The transform of an image of PIL: as an array, unless a subclass knows better."""
        return self.pixels(np.asarray(image))


def back(image: Any, mode: str) -> Any:
    """An array as an image of PIL again."""
    return pil().fromarray(np.ascontiguousarray(image), mode) if mode in ("1", "P") else pil().fromarray(np.ascontiguousarray(image))


def axis_of_height(image: Any) -> int:
    """The place of the height: the last but two where there are channels."""
    return int(max(0, image.ndim - 3))


def height_and_width(image: Any) -> tuple[int, int]:
    """The two sizes of an array."""
    axis = axis_of_height(image)
    return int(image.shape[axis]), int(image.shape[axis + 1])


def window(image: Any, top: int, left: int, height: int, width: int) -> Any:
    """A part of an array, with its own memory."""
    skipped = (slice(None),) * axis_of_height(image)
    return image[(*skipped, slice(top, top + height), slice(left, left + width))].copy()


def check_size(size: Any) -> tuple[int, int] | int:
    """A size of both sides, or a single number. TypeError and ValueError otherwise."""
    if not isinstance(size, int) and not (isinstance(size, (list, tuple)) and len(size) == 2):
        raise errors.invalid(TypeError, "Size should be a single integer or a list/tuple (h, w) of length 2.")
    for one in [size] if isinstance(size, int) else size:
        within("size", of_type("size", one, int), 1, LARGEST)
    return size if isinstance(size, int) else (size[0], size[1])


def square(size: Any) -> tuple[int, int]:
    """A size of both sides: a single number is that of both."""
    found = check_size(size)
    return (found, found) if isinstance(found, int) else found


def check_inter(value: Any) -> Inter:
    """An Inter. TypeError otherwise."""
    found: Inter = of_type("interpolation", value, Inter)
    return found


def check_padding(padding: Any) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of one number, of two for left and right, top and bottom, or of four."""
    of_type("padding", padding, int, tuple, list)
    found = [padding] if isinstance(padding, int) else list(padding)
    if len(found) not in (1, 2, 4) or (len(found) == 1 and not isinstance(padding, int)):
        raise errors.invalid(ValueError, "The size of the padding list or tuple should be 2 or 4.")
    for one in found:
        within("padding", of_type("padding", one, int), 0, 2**31 - 1)
    left, top, right, bottom = {1: found * 4, 2: [found[0], found[-1], found[0], found[-1]], 4: found}[len(found)]
    return left, top, right, bottom


def check_fill(fill_value: Any) -> tuple[int, ...]:
    """One value from 0 to 255, or one for each of three channels."""
    of_type("fill_value", fill_value, int, tuple)
    found = (fill_value,) if isinstance(fill_value, int) else fill_value
    if len(found) not in (1, 3):
        raise errors.invalid(TypeError, "fill_value should be a single integer or a 3-tuple.")
    for one in found:
        within("fill_value", of_type("fill_value", one, int), 0, 255)
    return tuple(found)


NUMPY_MODES = {Border.CONSTANT: "constant", Border.EDGE: "edge", Border.REFLECT: "reflect", Border.SYMMETRIC: "symmetric"}


def surrounded(image: Any, padding: tuple[int, int, int, int], fill: tuple[int, ...], mode: Border) -> Any:
    """An array with a border of (left, top, right, bottom)."""
    left, top, right, bottom = padding
    axis = axis_of_height(image)
    widths = [(0, 0)] * image.ndim
    widths[axis], widths[axis + 1] = (top, bottom), (left, right)
    if mode is not Border.CONSTANT:
        return np.pad(image, widths, NUMPY_MODES[mode])  # type: ignore[call-overload]
    whole = np.empty([size + sum(width) for size, width in zip(image.shape, widths, strict=True)], image.dtype)
    whole[...] = fill if len(fill) == image.shape[-1] and image.ndim > 2 else fill[0]
    height, width = height_and_width(image)
    whole[(slice(None),) * axis + (slice(top, top + height), slice(left, left + width))] = image
    return whole
