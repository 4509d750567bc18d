"""Transforms of what the pixels of an image are: their type, order and values, and encoded images."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch.dataset.checks import of_type
from compat.mindspore_on_torch.dataset.transforms.arrays import TypeCast, cast_type
from compat.mindspore_on_torch.dataset.transforms.operations import OneToOne, is_image, refusal
from compat.mindspore_on_torch.dataset.vision.images import Picture, pil

torch: Any = frameworks.load("torch")


class Decode(OneToOne):
    """mindspore.dataset.vision.Decode(to_pil=False): an encoded image (bytes, or a uint8 array of one axis) as RGB."""

    def __init__(self, to_pil: bool = False) -> None:
        self.to_pil: bool = of_type("to_pil", to_pil, bool)

    def __call__(self, *values: Any) -> Any:
        return super().__call__(*(np.frombuffer(value, np.uint8) if isinstance(value, bytes) else value for value in values))

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if not isinstance(value, np.ndarray) or value.ndim != 1:
            rank = getattr(value, "ndim", None)
            raise errors.invalid(TypeError, f"The number of array dimensions of the encoded image should be 1, but got {rank}.")
        if value.dtype != np.uint8:
            raise errors.invalid(TypeError, f"The type of the encoded image should be uint8, but got {value.dtype}.")
        try:
            image = pil().open(io.BytesIO(value.tobytes())).convert("RGB")
        except (OSError, SyntaxError, pil().DecompressionBombError) as error:
            raise errors.invalid(ValueError if self.to_pil else RuntimeError, f"Decode: image decode failed: {error}") from error
        return image if self.to_pil else np.array(image)


class Normalize(Picture):
    """mindspore.dataset.vision.Normalize(mean, std, is_hwc=True): (value - mean) / std of each channel, as float32."""

    def __init__(self, mean: Any, std: Any, is_hwc: bool = True) -> None:
        for name, values, lowest in (("mean", mean, 0.0), ("std", std, 1e-45)):
            of_type(name, values, list, tuple)
            for value in values:
                if not lowest <= of_type(name, value, int, float) <= 255:
                    raise errors.invalid(ValueError, f"{name} should be within [0.0, 255.0] (0 excluded for std), but got {value}.")
        if len(mean) != len(std):
            raise errors.invalid(ValueError, "Length of mean and std must be equal.")
        self.mean, self.std = np.array(mean, np.float32), np.array(std, np.float32)
        self.is_hwc: bool = of_type("is_hwc", is_hwc, bool)

    def pixels(self, image: Any) -> Any:
        channels = (1 if image.ndim == 2 else image.shape[-1]) if self.is_hwc else image.shape[-3 if image.ndim > 2 else 0]
        if channels != len(self.mean) and len(self.mean) != 1:
            raise refusal(self, f"number of channels does not match the size of mean and std vectors: {channels} and {len(self.mean)}.")
        shape = (-1,) if self.is_hwc else (-1, 1, 1)
        found = image.astype(np.float32)
        found -= self.mean.reshape(shape)
        found /= self.std.reshape(shape)
        return found


class Rescale(Picture):
    """mindspore.dataset.vision.Rescale(rescale, shift): value * rescale + shift, as float32."""

    def __init__(self, rescale: float, shift: float) -> None:
        self.rescale, self.shift = (np.float32(of_type("rescale", value, int, float)) for value in (rescale, shift))

    def pixels(self, image: Any) -> Any:
        found = image.astype(np.float32)
        found *= self.rescale
        found += self.shift
        return found


class HWC2CHW(Picture):
    """mindspore.dataset.vision.HWC2CHW(): channels first; an image without channels stays as it is."""

    def pixels(self, image: Any) -> Any:
        if image.ndim > 3:
            raise refusal(self, f"image shape should be <H,W> or <H,W,C>, but got rank: {image.ndim}.")
        return np.ascontiguousarray(image.transpose(2, 0, 1)) if image.ndim == 3 else image


class ToTensor(Picture):
    """mindspore.dataset.vision.ToTensor(output_type=np.float32): channels first, and values divided by 255."""

    def __init__(self, output_type: Any = np.float32) -> None:
        self.output_type = cast_type("output_type", output_type)

    def pixels(self, image: Any) -> Any:
        if image.ndim > 3:
            raise refusal(self, f"image shape should be <H,W,C>, but got rank: {image.ndim}.")
        planes = image[:, :, None] if image.ndim == 2 else image
        found = np.ascontiguousarray(planes.transpose(2, 0, 1)).astype(np.float32)
        found /= np.float32(255)
        return found.astype(self.output_type, copy=False)


class ToType(TypeCast):
    """mindspore.dataset.vision.ToType(data_type): numbers in another type."""

    def apply(self, *values: Any) -> Any:
        return super().apply(*(np.asarray(value) for value in values))


class Grayscale(Picture):
    """mindspore.dataset.vision.Grayscale(num_output_channels=1): an image of PIL in one channel, or in three equal ones."""

    def __init__(self, num_output_channels: int = 1) -> None:
        if of_type("num_output_channels", num_output_channels, int) not in (1, 3):
            raise errors.invalid(
                ValueError, f"Number of channels of the output grayscale image should be either 1 or 3, but got {num_output_channels}."
            )
        self.num_output_channels = num_output_channels

    def pixels(self, image: Any) -> Any:
        raise errors.invalid(TypeError, f"img should be PIL image. Got {type(image)}.")

    def picture(self, image: Any) -> Any:
        gray = image.convert("L")
        return gray if self.num_output_channels == 1 else pil().merge("RGB", (gray, gray, gray))


class ToNumpy(OneToOne):
    """mindspore.dataset.vision.ToNumpy(): an image of PIL as an array."""

    def apply(self, *values: Any) -> Any:
        return np.array(values[0]) if is_image(values[0]) else values[0]


class ToPIL(OneToOne):
    """mindspore.dataset.vision.ToPIL(): an array as an image of PIL."""

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if is_image(value):
            return value
        if value.ndim not in (2, 3):
            raise errors.invalid(ValueError, f"The dimension of input image should be 2 or 3. Got {value.ndim}.")
        if value.ndim == 3 and value.shape[2] > 4:
            raise errors.invalid(ValueError, f"The channel of input image should not exceed 4. Got {value.shape[2]}.")
        if value.ndim == 3 and value.shape[2] == 1:
            value = value[:, :, 0]
        if value.ndim == 3 and value.dtype != np.uint8:
            reason = "is not supported when image shape is [H, W, 2], [H, W, 3] or [H, W, 4]."
            raise errors.invalid(TypeError, f"The input image type {value.dtype} {reason}")
        return pil().fromarray(np.ascontiguousarray(value))
