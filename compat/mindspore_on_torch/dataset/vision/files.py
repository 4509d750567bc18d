"""Images in files and as encoded bytes."""

from __future__ import annotations

import enum
import io
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset.checks import of_type
from compat.mindspore_on_torch.dataset.transforms.operations import is_image
from compat.mindspore_on_torch.dataset.vision.images import height_and_width, pil

PLAIN = {1: "L", 3: "RGB", 4: "RGBA"}


class ImageReadMode(enum.IntEnum):
    """mindspore.dataset.vision.ImageReadMode: which channels read_image gives."""

    UNCHANGED = 0
    GRAYSCALE = 1
    COLOR = 2


def as_pixels(api: str, image: Any) -> Any:
    """uint8 pixels of (H, W) or (H, W, C) with 1 or 3 channels. TypeError and RuntimeError otherwise."""
    array = image.asnumpy() if hasattr(image, "asnumpy") else image
    if not isinstance(array, np.ndarray):
        raise errors.invalid(TypeError, f"{api}: The input image should be a numpy.ndarray or a Tensor, but got {type(image)}.")
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3)):
        raise errors.invalid(RuntimeError, f"{api}: The image should be uint8 of 1 or 3 channels, but got {array.dtype} of {array.shape}.")
    return array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array


def encoded(api: str, image: Any, kind: str, **options: Any) -> Any:
    """An image as encoded bytes in an array."""
    file = io.BytesIO()
    pil().fromarray(np.ascontiguousarray(as_pixels(api, image))).save(file, kind, **options)
    return np.frombuffer(file.getvalue(), np.uint8).copy()


def level(api: str, name: str, value: Any, low: int, high: int) -> int:
    """A number within the bounds. TypeError and RuntimeError otherwise."""
    if not low <= of_type(name, value, int) <= high:
        raise errors.invalid(RuntimeError, f"{api}: {name} should be in range [{low}, {high}], but got {value}.")
    return int(value)


def encode_jpeg(image: Any, quality: int = 75) -> Any:
    """mindspore.dataset.vision.encode_jpeg: as bytes in a uint8 array; other bytes than MindSpore's for the same pixels."""
    return encoded("encode_jpeg", image, "JPEG", quality=level("encode_jpeg", "quality", quality, 1, 100))


def encode_png(image: Any, compression_level: int = 6) -> Any:
    """mindspore.dataset.vision.encode_png: as bytes in a uint8 array; other bytes than MindSpore's for the same pixels."""
    return encoded("encode_png", image, "PNG", compress_level=level("encode_png", "compression_level", compression_level, 0, 9))


def get_image_size(image: Any) -> list[int]:
    """mindspore.dataset.vision.get_image_size: [height, width]."""
    return [image.height, image.width] if is_image(image) else list(height_and_width(of_type("image", image, np.ndarray)))


def get_image_num_channels(image: Any) -> int:
    """mindspore.dataset.vision.get_image_num_channels: 1 for (H, W)."""
    if is_image(image):
        return len(image.getbands())
    return 1 if of_type("image", image, np.ndarray).ndim == 2 else int(image.shape[-1])


def read_file(filename: str) -> Any:
    """mindspore.dataset.vision.read_file: the bytes of a file in a uint8 array. RuntimeError if it can't be read."""
    try:
        with open(of_type("filename", filename, str), "rb") as file:
            return np.frombuffer(file.read(), np.uint8).copy()
    except OSError as error:
        raise errors.invalid(RuntimeError, f"read_file: Invalid file path, {filename} does not exist: {error}") from error


def read_image(filename: str, mode: ImageReadMode = ImageReadMode.UNCHANGED) -> Any:
    """mindspore.dataset.vision.read_image: uint8 pixels (H, W, C). RuntimeError if it can't be read."""
    of_type("mode", mode, ImageReadMode)
    try:
        image = pil().open(io.BytesIO(read_file(filename).tobytes()))
        if mode is ImageReadMode.UNCHANGED:
            image = image.convert(PLAIN.get(len(image.getbands()), "RGB"))
        pixels = np.array(image if mode is ImageReadMode.UNCHANGED else image.convert("L" if mode is ImageReadMode.GRAYSCALE else "RGB"))
    except (OSError, SyntaxError) as error:
        raise errors.invalid(RuntimeError, f"read_image: Failed to read file {filename}: {error}") from error
    return pixels if pixels.ndim == 3 else pixels[:, :, None]


def write_file(filename: str, data: Any) -> None:
    """mindspore.dataset.vision.write_file: the bytes of a uint8 array of one axis."""
    array = data.asnumpy() if hasattr(data, "asnumpy") else of_type("data", data, np.ndarray)
    if array.dtype != np.uint8 or array.ndim != 1:
        raise errors.invalid(RuntimeError, f"write_file: The data should be uint8 of one axis, but got {array.dtype} of {array.shape}.")
    try:
        with open(of_type("filename", filename, str), "wb") as file:
            file.write(array.tobytes())
    except OSError as error:
        raise errors.invalid(RuntimeError, f"write_file: Failed to write {filename}: {error}") from error


def write_jpeg(filename: str, image: Any, quality: int = 75) -> None:
    """mindspore.dataset.vision.write_jpeg: encode_jpeg into a file."""
    write_file(filename, encode_jpeg(image, quality))


def write_png(filename: str, image: Any, compression_level: int = 6) -> None:
    """mindspore.dataset.vision.write_png: encode_png into a file."""
    write_file(filename, encode_png(image, compression_level))
