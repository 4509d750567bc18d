"""mindspore.dataset.vision: transforms of images, as arrays or as images of PIL."""

from compat.mindspore_on_torch.dataset.transforms.arrays import not_random
from compat.mindspore_on_torch.dataset.vision.geometry import (
    CenterCrop,
    Crop,
    HorizontalFlip,
    Pad,
    RandomCrop,
    RandomHorizontalFlip,
    RandomResize,
    RandomResizedCrop,
    RandomVerticalFlip,
    Resize,
    VerticalFlip,
)
from compat.mindspore_on_torch.dataset.vision.images import Border, Inter
from compat.mindspore_on_torch.dataset.vision.values import (
    HWC2CHW,
    Decode,
    Grayscale,
    Invert,
    Normalize,
    Rescale,
    ToNumpy,
    ToPIL,
    ToTensor,
    ToType,
)

__all__ = [
    "Border", "CenterCrop", "Crop", "Decode", "Grayscale", "HWC2CHW", "HorizontalFlip", "Inter", "Invert", "Normalize", "Pad",
    "RandomCrop", "RandomHorizontalFlip", "RandomResize", "RandomResizedCrop", "RandomVerticalFlip", "Rescale", "Resize", "ToNumpy",
    "ToPIL", "ToTensor", "ToType", "VerticalFlip", "not_random",
]  # fmt: skip
