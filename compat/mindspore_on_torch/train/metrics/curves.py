"""The ROC curve, and the area under a curve."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.layers.layer import check_type, refuse
from compat.mindspore_on_torch.train.metrics.base import Metric, takes

Curve = tuple[Any, Any, Any]


class ROC(Metric):
    """False and true positive rates at every threshold, of the last batch: of one class, or of each against the rest."""

    def __init__(self, class_num: int | None = None, pos_label: int | None = None) -> None:
        super().__init__()
        for name, value in (("class_num", class_num), ("pos_label", pos_label)):
            if value is not None:
                check_type(self, int, **{name: value})
        self.class_num = class_num
        self.pos_label = pos_label
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self.y_pred: Any = 0
        self.y: Any = 0
        self._is_update = False

    @takes("predicted value", "true value")
    def update(self, y_pred: Any, y: Any) -> None:
        """Scores and classes of one shape, or scores (N, C) and classes (N,); ValueError if they do not fit `class_num`."""
        if y_pred.ndim == y.ndim:
            if self.class_num not in (None, 1):
                raise refuse(self, f"when both inputs have the same shape, the 'class_num' must be 1, but got {self.class_num}.")
            self.pos_label = 1 if self.pos_label is None else self.pos_label
            self.y_pred, self.y = y_pred.ravel(), y.ravel()
        elif y_pred.ndim == y.ndim + 1:
            if self.class_num != y_pred.shape[1]:
                reason = f"the predicted value, but got 'class_num' {self.class_num} and {y_pred.shape[1]} classes"
                raise refuse(self, f"the 'class_num' must equal the number of classes from {reason}.")
            if self.pos_label is not None:
                raise refuse(self, f"with several classes the 'pos_label' must be None, but got {self.pos_label}.")
            self.y_pred, self.y = np.moveaxis(y_pred, 1, -1).reshape(-1, y_pred.shape[1]), y.ravel()
        else:
            reason = f"the predicted value may have one dimension more, but got {y_pred.ndim} and {y.ndim}"
            raise refuse(self, f"both inputs must have same dimensions, or {reason}.")
        self._is_update = True

    def eval(self) -> Any:
        """(fpr, tpr, thresholds), each a list by class if there are several. RuntimeError before an update, ValueError for a
        class without positive or without negative samples."""
        if not self._is_update:
            raise errors.invalid(RuntimeError, "Please call the 'update' method before calling 'eval' method.")
        if self.y_pred.ndim == 1:
            return curve(self.y_pred, self.y == self.pos_label)
        curves = [curve(self.y_pred[:, label], self.y == label) for label in range(self.y_pred.shape[1])]
        return tuple(list(part) for part in zip(*curves, strict=True))


def curve(scores: Any, positive: Any) -> Curve:
    """(fpr, tpr, thresholds): one point for each different score, from the highest down, behind one for a score above all."""
    order = np.argsort(scores, kind="stable")[::-1]
    scores, positive = scores[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(scores)), scores.size - 1)
    true = np.append(0, np.cumsum(positive)[last])
    false = np.append(0, 1 + last) - true
    for count, word in ((true[-1], "positive"), (false[-1], "negative")):
        if count <= 0:
            raise errors.invalid(ValueError, f"For 'ROC.eval', there is no {word} samples in true value, the curve is meaningless.")
    thresholds = np.concatenate([scores[:1] + 1, scores[last]])
    return false / false[-1], true / true[-1], thresholds


def auc(x: Any, y: Any, reorder: bool = False) -> Any:
    """The area under a curve by the trapezoidal rule. TypeError for what is no array; ValueError unless the arrays are (N,)
    with N of at least 2, and `x` is monotonous or is put in order by `reorder`."""
    if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray):
        raise errors.invalid(TypeError, f"For 'auc', the argument 'x' and 'y' must all be np.ndarray, but got {type(x)}, {type(y)}")
    if len(x) != len(y):
        raise errors.invalid(ValueError, f"Found input variables with inconsistent numbers of samples: {[len(x), len(y)]}.")
    x, y = flat(x), flat(y)
    if len(x) < 2:
        raise errors.invalid(ValueError, f"For 'auc', the shape of the argument 'x' in axis 0 must be greater than 2, but got {len(x)}.")
    if reorder:
        order = np.lexsort((y, x))
        x, y = x[order], y[order]
    steps = np.diff(x)
    direction = 1
    if np.any(steps < 0):
        if np.any(steps > 0):
            raise errors.invalid(ValueError, f"For 'auc', the argument 'x' array must be increasing or decreasing, but got 'x': {x}")
        direction = -1
    return direction * np.float64(np.trapz(y, x))


def flat(array: Any) -> Any:
    """(N,) or (N, 1) as (N,); ValueError for another shape."""
    if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1):
        return array.ravel()
    raise errors.invalid(ValueError, f"For 'auc', the input must be a 1-dimensional array, but got shape {array.shape}.")
