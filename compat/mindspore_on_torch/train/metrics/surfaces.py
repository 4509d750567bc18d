"""Distances between the surfaces of two segmentations: HausdorffDistance, MeanSurfaceDistance, RootMeanSquareDistance."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch.layers.layer import check_type, refuse
from compat.mindspore_on_torch.train.metrics.base import Metric, takes

torch: Any = frameworks.load("torch")

# The norm of each distance.
NORMS = {"euclidean": 2.0, "chessboard": float("inf"), "taxicab": 1.0}
ROWS = 4096  # so many points of a surface at a time: what is held is their distances to all points of the other


class SurfaceMetric(Metric):
    """A metric of the cells at the edge of a label, in the prediction and in the truth of the last batch."""

    label_error: type[Exception] = ValueError

    def __init__(self, distance_metric: str) -> None:
        super().__init__()
        check_type(self, str, distance_metric=distance_metric)
        if distance_metric not in NORMS:
            raise refuse(self, f"the 'distance_metric' must be str and must be in {list(NORMS)}, but got {distance_metric!r}.")
        self.distance_metric = distance_metric

    def clear(self) -> None:
        """Forget what was seen."""
        self._y_pred_edges: Any = 0
        self._y_edges: Any = 0
        self._is_update = False

    @takes("predicted value", "true value", "label index", raw=("label index",))
    def update(self, y_pred: Any, y: Any, label_idx: Any) -> None:
        """Two images of one shape and the label that is looked at; ValueError for other shapes or a label that is in neither."""
        place = f"For '{type(self).__name__}.update',"
        if not isinstance(label_idx, (int, float)):
            raise errors.invalid(self.label_error, f"{place} the label index must be int or float, but got {type(label_idx)}.")
        if not y_pred.size or y_pred.shape != y.shape:
            reason = f"both images must have one shape that is not empty, but got {y_pred.shape} and {y.shape}"
            raise errors.invalid(ValueError, f"{place} {reason}.")
        predicted, true = y_pred == label_idx, y == label_idx
        if not (predicted.any() or true.any()):
            raise errors.invalid(ValueError, f"{place} the label index must be in predicted value or true value, but {label_idx} is not.")
        self._y_pred_edges, self._y_edges = edges(predicted), edges(true)
        self._is_update = True

    def distances(self, back: bool = False) -> Any:
        """From each edge cell of the prediction to the nearest of the truth, or `back`; inf if either has none.

        RuntimeError before an update.
        """
        if not self._is_update:
            raise errors.invalid(RuntimeError, "Please call the 'update' method before calling 'eval' method.")
        here, there = (np.argwhere(cells) for cells in (self._y_pred_edges, self._y_edges))
        return nearest(there, here, self.distance_metric) if back else nearest(here, there, self.distance_metric)


class HausdorffDistance(SurfaceMetric):
    """The largest distance from the edge of the one segmentation to the other's, or its `percentile`.

    `crop` changes nothing in the distance.
    """

    def __init__(
        self, distance_metric: str = "euclidean", percentile: float | None = None, directed: bool = False, crop: bool = True
    ) -> None:
        super().__init__(distance_metric)
        if percentile is not None:
            check_type(self, float, percentile=percentile)
        check_type(self, bool, directed=directed, crop=crop)
        self.percentile = percentile
        self.directed = directed
        self.crop = crop
        self.clear()

    def eval(self) -> Any:
        """The distance; RuntimeError before an update, ValueError for a percentile that is none."""
        there = self.furthest(self.distances())
        return there if self.directed else max(there, self.furthest(self.distances(back=True)))

    def furthest(self, distances: Any) -> Any:
        """The largest distance, or the percentile."""
        if self.percentile is None:
            return distances.max()
        if not 0 <= self.percentile <= 100:
            raise refuse(self, f"the value of the argument 'percentile' should be [0, 100], but got {self.percentile}.")
        return np.percentile(distances, self.percentile)


class MeanSurfaceDistance(SurfaceMetric):
    """The mean distance from the edge of the prediction to the true edge; `symmetric`: the mean of that and of the way back."""

    def __init__(self, symmetric: bool = False, distance_metric: str = "euclidean") -> None:
        super().__init__(distance_metric)
        check_type(self, bool, symmetric=symmetric)
        self.symmetric = symmetric
        self.clear()

    def eval(self) -> Any:
        """The mean; RuntimeError before an update."""
        there = self.distances().mean()
        return np.mean([there, self.distances(back=True).mean()]) if self.symmetric else there


class RootMeanSquareDistance(SurfaceMetric):
    """The mean square distance from the edge of the prediction to the true edge; `symmetric`: the root of the mean of that and of the way back.

    As in MindSpore, whose documents speak of a root in both cases.
    """

    label_error = TypeError

    def __init__(self, symmetric: bool = False, distance_metric: str = "euclidean") -> None:
        super().__init__(distance_metric)
        check_type(self, bool, symmetric=symmetric)
        self.symmetric = symmetric
        self.clear()

    def eval(self) -> Any:
        """The mean; RuntimeError before an update."""
        there = np.square(self.distances()).mean()
        return np.sqrt(np.mean([there, np.square(self.distances(back=True)).mean()])) if self.symmetric else there


def edges(mask: Any) -> Any:
    """The cells of the mask that have a neighbour outside of it, by one step along an axis; outside of the image is outside."""
    padded = np.pad(mask, 1)
    inner = (slice(1, -1),) * mask.ndim
    surrounded = np.ones_like(mask)
    for axis in range(mask.ndim):
        for step in (1, -1):
            surrounded &= np.roll(padded, step, axis=axis)[inner]
    return mask & ~surrounded


def nearest(here: Any, there: Any, distance_metric: str) -> Any:
    """The distance from each of the points (N, D) to the nearest of the others (M, D): float64, or int32 unless euclidean."""
    if not len(here) or not len(there):
        return np.full(max(len(here), 1), np.inf)
    points, others = (torch.from_numpy(array.astype(np.float64)) for array in (here, there))
    mode = "donot_use_mm_for_euclid_dist"  # exact: a distance of 0 is 0
    parts = [torch.cdist(part, others, p=NORMS[distance_metric], compute_mode=mode).amin(1) for part in points.split(ROWS)]
    found = torch.cat(parts).numpy()
    return found if distance_metric == "euclidean" else found.astype(np.int32)
