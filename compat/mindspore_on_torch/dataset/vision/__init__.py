"""mindspore.dataset.vision: transforms of images, as arrays or as images of PIL."""

from compat.mindspore_on_torch.dataset.transforms.arrays import not_random
from compat.mindspore_on_torch.dataset.vision.channels import (
    AutoAugmentPolicy,
    ConvertColor,
    ConvertMode,
    ImageBatchFormat,
    RandomSelectSubpolicy,
    UniformAugment,
)
from compat.mindspore_on_torch.dataset.vision.colours import (
    AdjustBrightness,
    AdjustContrast,
    AdjustGamma,
    AdjustSaturation,
    AdjustSharpness,
    AutoContrast,
    Invert,
    Posterize,
    RandomAdjustSharpness,
    RandomAutoContrast,
    RandomColor,
    RandomColorAdjust,
    RandomGrayscale,
    RandomInvert,
    RandomLighting,
    RandomPosterize,
    RandomSharpness,
    RandomSolarize,
    Solarize,
)
from compat.mindspore_on_torch.dataset.vision.files import (
    ImageReadMode,
    encode_jpeg,
    encode_png,
    get_image_num_channels,
    get_image_size,
    read_file,
    read_image,
    write_file,
    write_jpeg,
    write_png,
)
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
from compat.mindspore_on_torch.dataset.vision.mixing import (
    CutMixBatch,
    MixUpBatch,
)
from compat.mindspore_on_torch.dataset.vision.parts import (
    CutOut,
    Erase,
    FiveCrop,
    GaussianBlur,
    NormalizePad,
    PadToSize,
    RandomCropDecodeResize,
    RandomErasing,
    RandomRotation,
    ResizedCrop,
    Rotate,
    SliceMode,
    SlicePatches,
    TenCrop,
)
from compat.mindspore_on_torch.dataset.vision.spaces import (
    AdjustHue,
    Equalize,
    HsvToRgb,
    LinearTransformation,
    RandomEqualize,
    RgbToHsv,
)
from compat.mindspore_on_torch.dataset.vision.values import (
    HWC2CHW,
    Decode,
    Grayscale,
    Normalize,
    Rescale,
    ToNumpy,
    ToPIL,
    ToTensor,
    ToType,
)

__all__ = [
    "AdjustBrightness", "AdjustContrast", "AdjustGamma", "AdjustHue", "AdjustSaturation", "AdjustSharpness", "AutoAugmentPolicy",
    "AutoContrast", "Border", "CenterCrop", "ConvertColor", "ConvertMode", "Crop", "CutMixBatch", "CutOut", "Decode", "Equalize",
    "Erase", "FiveCrop", "GaussianBlur", "Grayscale", "HWC2CHW", "HorizontalFlip", "HsvToRgb", "ImageBatchFormat", "ImageReadMode",
    "Inter", "Invert", "LinearTransformation", "MixUpBatch", "Normalize", "NormalizePad", "Pad", "PadToSize", "Posterize",
    "RandomAdjustSharpness", "RandomAutoContrast", "RandomColor", "RandomColorAdjust", "RandomCrop", "RandomCropDecodeResize",
    "RandomEqualize", "RandomErasing", "RandomGrayscale", "RandomHorizontalFlip", "RandomInvert", "RandomLighting", "RandomPosterize",
    "RandomResize", "RandomResizedCrop", "RandomRotation", "RandomSelectSubpolicy", "RandomSharpness", "RandomSolarize",
    "RandomVerticalFlip", "Rescale", "Resize", "ResizedCrop", "RgbToHsv", "Rotate", "SliceMode", "SlicePatches", "Solarize", "TenCrop",
    "ToNumpy", "ToPIL", "ToTensor", "ToType", "UniformAugment", "VerticalFlip", "encode_jpeg", "encode_png", "get_image_num_channels",
    "get_image_size", "not_random", "read_file", "read_image", "write_file", "write_jpeg", "write_png",
]  # fmt: skip
