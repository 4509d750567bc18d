"""OcclusionSensitivity: which parts of an image a prediction depends on."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.layers.layer import check_type, refuse
from compat.mindspore_on_torch.tensor import Tensor
from compat.mindspore_on_torch.train.metrics.base import Metric, takes


class OcclusionSensitivity(Metric):
    """How much the score of a label falls when the surroundings of a pixel are painted over, pixel by pixel."""

    def __init__(self, pad_val: float = 0.0, margin: int | list[int] = 2, n_batch: int = 128, b_box: list[int] | None = None) -> None:
        super().__init__()
        check_type(self, float, pad_val=pad_val)
        check_type(self, (int, list), margin=margin)
        check_type(self, int, n_batch=n_batch)
        if b_box is not None:
            check_type(self, list, b_box=b_box)
        self.pad_val = pad_val
        self.margin = margin
        self.n_batch = n_batch
        self.b_box = b_box
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._baseline: Any = 0
        self._sensitivity_im: Any = 0
        self._is_update = False

    @takes("classification model", "predicted value", "label", raw=("classification model",))
    def update(self, model: Any, image: Any, label: Any) -> None:
        """A Cell, an image (1, …) and its label. RuntimeError for more images or labels, ValueError for a bad `b_box`."""
        check_type(self, Cell, model=model)
        if image.shape[0] != 1 or label.size != 1:
            reason = f"it needs one image and its label, but got {image.shape[0]} and {label.size}"
            raise errors.invalid(RuntimeError, f"For 'OcclusionSensitivity.update', {reason}.")
        chosen = int(label.item())
        shape = np.array(image.shape[1:])
        first, last = self.box(shape)
        margin = np.broadcast_to(np.asarray(self.margin), shape.shape)
        centres = np.stack(np.unravel_index(np.arange(np.prod(last - first + 1)), last - first + 1), axis=1) + first
        scores = [
            model(Tensor(occluded(image, part, margin, self.pad_val))).asnumpy()[:, chosen]
            for part in np.split(centres, range(self.n_batch, len(centres), self.n_batch))
        ]
        self._baseline = model(Tensor(image)).asnumpy()[0, chosen].item()
        self._sensitivity_im = np.concatenate(scores).reshape(last - first + 1)
        self._is_update = True

    def box(self, shape: Any) -> tuple[Any, Any]:
        """The first and the last pixel of the part of the image that is examined."""
        if self.b_box is None:
            return np.zeros_like(shape), shape - 1
        if len(self.b_box) != 2 * len(shape):
            raise refuse(self, f"'b_box' must have a lower and an upper bound for {len(shape)} dimensions, but got {self.b_box}.")
        first, last = np.maximum(self.b_box[::2], 0), np.array(self.b_box[1::2])
        last = np.where(last < 0, shape - 1, last)
        if np.any(last >= shape) or np.any(first > last):
            raise refuse(self, f"'b_box' must lie in the image, its minimum below its maximum, but got {self.b_box}.")
        return first, last

    def eval(self) -> Any:
        """The fall of the score at every pixel, without dimensions of length 1; RuntimeError before an update."""
        if not self._is_update:
            raise errors.invalid(RuntimeError, "Please call the 'update' method before calling 'eval' method.")
        return self._baseline - np.squeeze(self._sensitivity_im)


def occluded(image: Any, centres: Any, margin: Any, value: float) -> Any:
    """Copies of the image (1, …), in each of which the pixels from `margin` before a centre up to `margin` behind it, exclusive,
    have the value."""
    copies = np.repeat(image, len(centres), axis=0)
    for copy, centre in zip(copies, centres, strict=True):
        copy[tuple(slice(max(0, at - by), at + by) for at, by in zip(centre, margin, strict=True))] = value
    return copies
