"""Names of mindspore.dataset.vision that have no implementation here: they raise UnsupportedAPI when they are called."""

# ruff: noqa: F822 - `__getattr__` makes the names

from __future__ import annotations

from typing import Any

from compat.mindspore_on_torch.refusals import refused

__all__ = [
    "Affine", "AutoAugment", "BoundingBoxAugment", "DecodeVideo", "MixUp", "Perspective", "RandAugment", "RandomAffine",
    "RandomCropWithBBox", "RandomHorizontalFlipWithBBox", "RandomPerspective", "RandomResizeWithBBox", "RandomResizedCropWithBBox",
    "RandomVerticalFlipWithBBox", "ResizeWithBBox", "TrivialAugmentWide", "VideoDecoder", "read_video", "read_video_timestamps",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, refused(f"mindspore.dataset.vision.{name}", ""))
