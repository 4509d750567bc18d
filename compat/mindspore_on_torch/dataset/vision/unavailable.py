"""Names of mindspore.dataset.vision that have no implementation here: they raise UnsupportedAPI when they are called."""

# ruff: noqa: F822 - `__getattr__` makes the names

from __future__ import annotations

from typing import Any

from compat.mindspore_on_torch.refusals import refused

__all__ = [
    "AdjustBrightness", "AdjustContrast", "AdjustGamma", "AdjustHue", "AdjustSaturation", "AdjustSharpness", "Affine", "AutoAugment",
    "AutoAugmentPolicy", "AutoContrast", "BoundingBoxAugment", "ConvertColor", "ConvertMode", "CutMixBatch", "CutOut", "DecodeVideo",
    "Equalize", "Erase", "FiveCrop", "GaussianBlur", "HsvToRgb", "ImageBatchFormat", "ImageReadMode", "LinearTransformation", "MixUp",
    "MixUpBatch", "NormalizePad", "PadToSize", "Perspective", "Posterize", "RandAugment", "RandomAdjustSharpness", "RandomAffine",
    "RandomAutoContrast", "RandomColor", "RandomColorAdjust", "RandomCropDecodeResize", "RandomCropWithBBox", "RandomEqualize",
    "RandomErasing", "RandomGrayscale", "RandomHorizontalFlipWithBBox", "RandomInvert", "RandomLighting", "RandomPerspective",
    "RandomPosterize", "RandomResizeWithBBox", "RandomResizedCropWithBBox", "RandomRotation", "RandomSelectSubpolicy",
    "RandomSharpness", "RandomSolarize", "RandomVerticalFlipWithBBox", "ResizeWithBBox", "ResizedCrop", "RgbToHsv", "Rotate",
    "SliceMode", "SlicePatches", "Solarize", "TenCrop", "TrivialAugmentWide", "UniformAugment", "VideoDecoder", "encode_jpeg",
    "encode_png", "get_image_num_channels", "get_image_size", "read_file", "read_image", "read_video", "read_video_timestamps",
    "write_file", "write_jpeg", "write_png",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, refused(f"mindspore.dataset.vision.{name}", ""))
