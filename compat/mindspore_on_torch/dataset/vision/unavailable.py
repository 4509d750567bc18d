"""Names of mindspore.dataset.vision that have no implementation here: they raise UnsupportedAPI when they are called."""

# ruff: noqa: F822 - `__getattr__` makes the names

from __future__ import annotations

from compat.mindspore_on_torch.refusals import refusing

__all__ = [
    "Affine", "AutoAugment", "BoundingBoxAugment", "DecodeVideo", "MixUp", "Perspective", "RandAugment", "RandomAffine",
    "RandomCropWithBBox", "RandomHorizontalFlipWithBBox", "RandomPerspective", "RandomResizeWithBBox", "RandomResizedCropWithBBox",
    "RandomVerticalFlipWithBBox", "ResizeWithBBox", "TrivialAugmentWide", "VideoDecoder", "read_video", "read_video_timestamps",
]  # fmt: skip

__getattr__ = refusing(__name__, __all__, "mindspore.dataset.vision")
