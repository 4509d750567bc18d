"""Transforms that mix the images of a batch, and their labels."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.dataset.checks import of_type
from compat.mindspore_on_torch.dataset.transforms.operations import Operation, probability, refusal
from compat.mindspore_on_torch.dataset.vision.channels import ImageBatchFormat


def positive(alpha: Any) -> float:
    """The parameter of a beta distribution. TypeError and ValueError."""
    if of_type("alpha", alpha, int, float) <= 0:
        raise errors.invalid(ValueError, "Input alpha must be greater than 0.")
    return float(alpha)


class Mixing(Operation):
    """A transform of the columns (images, labels) of a batch: (N, H, W, C) or (N, C, H, W), and one row of labels or more for each."""

    def checked(self, values: tuple[Any, ...]) -> tuple[Any, Any]:
        """Images, and labels as float32. RuntimeError for other shapes."""
        if len(values) != 2:
            raise refusal(self, f"size of input data should be 2 (including images or labels), but got: {len(values)}.")
        images, labels = values
        if images.ndim != 4:
            raise refusal(self, f"rank of image shape should be: 4, but got: {images.ndim}.")
        if labels.ndim not in (2, 3) or len(labels) != len(images):
            raise refusal(self, f"labels must have a shape of NC or NLC for {len(images)} images, but got {labels.shape}.")
        return images, labels.astype(np.float32)


class MixUpBatch(Mixing):
    """mindspore.dataset.vision.MixUpBatch(alpha=1.0): each image and its labels mixed with those of another, by a share that is drawn."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = positive(alpha)

    def apply(self, *values: Any) -> Any:
        images, labels = self.checked(values)
        share, other = random.betavariate(self.alpha, self.alpha), random.sample(range(len(images)), len(images))
        mixed = share * images.astype(np.float32) + (1 - share) * images[other].astype(np.float32)
        return mixed.astype(images.dtype), (share * labels + (1 - share) * labels[other]).astype(np.float32)


class CutMixBatch(Mixing):
    """mindspore.dataset.vision.CutMixBatch(image_batch_format, alpha=1.0, prob=1.0): a part of each image is that of another one."""

    def __init__(self, image_batch_format: ImageBatchFormat, alpha: float = 1.0, prob: float = 1.0) -> None:
        self.format: ImageBatchFormat = of_type("image_batch_format", image_batch_format, ImageBatchFormat)
        self.alpha, self.prob = positive(alpha), probability(prob)

    def apply(self, *values: Any) -> Any:
        images, labels = self.checked(values)
        found, mixed = images.copy(), labels.copy()
        planes, sources = (x if self.format is ImageBatchFormat.NHWC else x.transpose(0, 2, 3, 1) for x in (found, images))
        height, width = planes.shape[1:3]
        for index, other in enumerate(random.sample(range(len(images)), len(images))):
            if random.random() >= self.prob:
                continue
            side = (1 - random.betavariate(self.alpha, self.alpha)) ** 0.5
            y, x = random.randrange(height), random.randrange(width)
            half = int(height * side) // 2, int(width * side) // 2
            rows, columns = slice(max(0, y - half[0]), min(height, y + half[0])), slice(max(0, x - half[1]), min(width, x + half[1]))
            planes[index, rows, columns] = sources[other, rows, columns]
            share = 1 - (rows.stop - rows.start) * (columns.stop - columns.start) / (height * width)
            mixed[index] = share * labels[index] + (1 - share) * labels[other]
        return found, mixed
