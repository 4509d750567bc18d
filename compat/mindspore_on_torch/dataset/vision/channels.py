"""The order of an image's channels, and enumerations of transforms that deal with it."""

from __future__ import annotations

import enum
import random
from typing import Any

import numpy as np

from compat.mindspore_on_torch.dataset.checks import of_type, within
from compat.mindspore_on_torch.dataset.transforms.operations import Operation, chained, check_operations, probability, refusal
from compat.mindspore_on_torch.dataset.vision.colours import GRAY, rounded
from compat.mindspore_on_torch.dataset.vision.images import Picture


class ConvertMode(enum.IntEnum):
    """mindspore.dataset.vision.ConvertMode: from which channels to which."""

    COLOR_BGR2BGRA = 0
    COLOR_RGB2RGBA = 0
    COLOR_BGRA2BGR = 1
    COLOR_RGBA2RGB = 1
    COLOR_BGR2RGBA = 2
    COLOR_RGB2BGRA = 2
    COLOR_RGBA2BGR = 3
    COLOR_BGRA2RGB = 3
    COLOR_BGR2RGB = 4
    COLOR_RGB2BGR = 4
    COLOR_BGRA2RGBA = 5
    COLOR_RGBA2BGRA = 5
    COLOR_BGR2GRAY = 6
    COLOR_RGB2GRAY = 7
    COLOR_GRAY2BGR = 8
    COLOR_GRAY2RGB = 8
    COLOR_GRAY2BGRA = 9
    COLOR_GRAY2RGBA = 9
    COLOR_BGRA2GRAY = 10
    COLOR_RGBA2GRAY = 11


class ImageBatchFormat(enum.IntEnum):
    """mindspore.dataset.vision.ImageBatchFormat: where a batch of images has its channels."""

    NHWC = 0
    NCHW = 1


class AutoAugmentPolicy(enum.StrEnum):
    """mindspore.dataset.vision.AutoAugmentPolicy: the data that a policy was found on."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


# Which channels of the image make those of the result; -1 is a full one.
ORDERS = {0: (0, 1, 2, -1), 1: (0, 1, 2), 2: (2, 1, 0, -1), 3: (2, 1, 0), 4: (2, 1, 0), 5: (2, 1, 0, 3), 8: (0, 0, 0), 9: (0, 0, 0, -1)}
GRAYS = {6: (3, (2, 1, 0)), 7: (3, (0, 1, 2)), 10: (4, (2, 1, 0)), 11: (4, (0, 1, 2))}
CHANNELS = {0: 3, 1: 4, 2: 3, 3: 4, 4: 3, 5: 4, 8: 1, 9: 1}


class ConvertColor(Picture):
    """mindspore.dataset.vision.ConvertColor(convert_mode): other channels, or another order; an array."""

    def __init__(self, convert_mode: ConvertMode) -> None:
        self.mode = int(of_type("convert_mode", convert_mode, ConvertMode))

    def pixels(self, image: Any) -> Any:
        channels = image.shape[-1] if image.ndim == 3 else 1
        wanted, order = GRAYS.get(self.mode) or (CHANNELS[self.mode], ORDERS[self.mode])
        if channels != wanted or (wanted != 1 and image.ndim != 3):
            raise refusal(self, f"{ConvertMode(self.mode).name} needs {wanted} channels, but got an image of {image.shape}.")
        planes = image if image.ndim == 3 else image[..., None]
        if self.mode in GRAYS:
            return rounded(planes[..., list(order)] @ GRAY, image.dtype)
        full = np.full_like(planes[..., :1], 255 if image.dtype == np.uint8 else 1)
        return np.concatenate([planes, full], -1)[..., [planes.shape[-1] if place == -1 else place for place in order]]


class UniformAugment(Operation):
    """mindspore.dataset.vision.UniformAugment(transforms, num_ops=2): some of the transforms, each as often as a chance that is drawn."""

    def __init__(self, transforms: list[Any], num_ops: int = 2) -> None:
        self.transforms = check_operations(transforms)
        self.num_ops = within("num_ops", of_type("num_ops", num_ops, int), 1, len(self.transforms))

    def apply(self, *values: Any) -> Any:
        chosen = random.sample(self.transforms, self.num_ops)
        return chained([operation for operation in chosen if random.random() < random.random()], values)


class RandomSelectSubpolicy(Operation):
    """mindspore.dataset.vision.RandomSelectSubpolicy(policy): one of several lists of (transform, how often)."""

    def __init__(self, policy: list[Any]) -> None:
        self.policy = []
        for index, part in enumerate(check_list("policy", policy)):
            pairs = check_list(f"policy[{index}]", part)
            operations = check_operations([operation for operation, _ in (of_type(f"policy[{index}]", pair, tuple) for pair in pairs)])
            self.policy.append([(operation, probability(pair[1])) for operation, pair in zip(operations, pairs, strict=True)])

    def apply(self, *values: Any) -> Any:
        return chained([operation for operation, prob in random.choice(self.policy) if random.random() < prob], values)


def check_list(name: str, value: Any) -> list[Any]:
    """A list that is not empty. TypeError and ValueError otherwise."""
    found: list[Any] = of_type(name, value, list)
    within(f"the length of {name}", len(found), 1, 2**31 - 1)
    return found
