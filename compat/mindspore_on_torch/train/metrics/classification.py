"""Metrics of predicted classes: Accuracy, Precision, Recall, Fbeta and the top-k accuracies."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.layers.layer import check_type, refuse
from compat.mindspore_on_torch.train.metrics.base import (
    CLASSIFICATION,
    EvaluationBase,
    Metric,
    class_indices,
    nothing_seen,
    same_classes,
    takes,
)


class Accuracy(EvaluationBase):
    """The share of samples whose class is right, or, multilabel, whose labels are all right."""

    def __init__(self, eval_type: str = "classification") -> None:
        super().__init__(eval_type)
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._correct_num = 0
        self._total_num = 0
        self._class_num = 0

    @takes("predicted value", "true value")
    def update(self, y_pred: Any, y: Any) -> None:
        """Scores (N, C, …) and classes (N, …) or one-hot (N, C, …); multilabel 0 and 1 (N, C, …) both. ValueError otherwise."""
        if self._type == CLASSIFICATION:
            y = class_indices(y_pred, y)
        self._check_shape(y_pred, y)
        self._check_value(y_pred, y)
        same_classes(self, y_pred.shape[1])
        if self._type == CLASSIFICATION:
            right = y_pred.argmax(axis=1) == y
        else:
            right = (y_pred == y).all(axis=1)
        self._correct_num += int(right.sum())
        self._total_num += right.size

    def eval(self) -> Any:
        """The accuracy; RuntimeError without samples."""
        if not self._total_num:
            raise nothing_seen(self)
        return np.float64(self._correct_num / self._total_num)


class _Positives(EvaluationBase):
    """Counts of true positives and of what they are a share of: by class, or, multilabel, by sample."""

    eps = sys.float_info.min

    def __init__(self, eval_type: str = "classification") -> None:
        super().__init__(eval_type)
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._class_num = 0
        self._true_positives: Any = 0 if self._type == CLASSIFICATION else np.empty(0)
        self._of: Any = self._true_positives

    def whole(self, y_pred: Any, y: Any) -> Any:
        """What the true positives are a share of."""
        raise NotImplementedError

    @takes("predicted value", "true value")
    def update(self, y_pred: Any, y: Any) -> None:
        """Scores (N, C, …) and classes (N, …) or one-hot (N, C, …); multilabel 0 and 1 (N, C, …) both. ValueError otherwise."""
        if self._type == CLASSIFICATION:
            y = class_indices(y_pred, y)
        self._check_shape(y_pred, y)
        self._check_value(y_pred, y)
        same_classes(self, y_pred.shape[1])
        if self._type == CLASSIFICATION:
            y_pred, y = one_hot(self, y_pred, y)
        else:
            y_pred, y = (np.swapaxes(array, 1, 0).reshape(self._class_num, -1) for array in (y_pred, y))
        right, of = (y_pred * y).sum(axis=0), self.whole(y_pred, y).sum(axis=0)
        if self._type == CLASSIFICATION:
            self._true_positives, self._of = self._true_positives + right, self._of + of
        else:
            self._true_positives, self._of = np.append(self._true_positives, right), np.append(self._of, of)

    def eval(self, average: bool = False) -> Any:
        """One value for each class, or, multilabel, each sample; their mean if `average`. RuntimeError without samples."""
        if not self._class_num:
            raise nothing_seen(self)
        result = self._true_positives / (self._of + self.eps)
        check_type(self, bool, average=average)
        return result.mean() if average else result


class Precision(_Positives):
    """The share of what was predicted positive that is."""

    def whole(self, y_pred: Any, y: Any) -> Any:
        """All that was predicted positive."""
        return y_pred


class Recall(_Positives):
    """The share of what is positive that was predicted so."""

    def whole(self, y_pred: Any, y: Any) -> Any:
        """All that is positive."""
        return y


class Fbeta(Metric):
    """The weighted harmonic mean of precision and recall, by class."""

    def __init__(self, beta: float) -> None:
        super().__init__()
        self.eps = sys.float_info.min
        if not beta > 0:
            raise refuse(self, f"the argument 'beta' must be greater than 0, but got {beta}.")
        self.beta = beta
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._true_positives: Any = 0
        self._actual_positives: Any = 0
        self._positives: Any = 0
        self._class_num = 0

    @takes("predicted value", "true value")
    def update(self, y_pred: Any, y: Any) -> None:
        """Scores (N, C, …) and classes (N, …) or one-hot (N, C, …); ValueError if the number of classes is not the same throughout."""
        y = class_indices(y_pred, y)
        same_classes(self, y_pred.shape[1])
        y_pred, y = one_hot(self, y_pred, y)
        self._true_positives = self._true_positives + (y_pred * y).sum(axis=0)
        self._positives = self._positives + y_pred.sum(axis=0)
        self._actual_positives = self._actual_positives + y.sum(axis=0)

    def eval(self, average: bool = False) -> Any:
        """One value for each class, or their mean; RuntimeError without samples."""
        check_type(self, bool, average=average)
        if not self._class_num:
            raise nothing_seen(self)
        squared = self.beta**2
        result = (1.0 + squared) * self._true_positives / (squared * self._actual_positives + self._positives + self.eps)
        return result.mean() if average else result


class F1(Fbeta):
    """The harmonic mean of precision and recall, by class."""

    def __init__(self) -> None:
        super().__init__(1.0)


class TopKCategoricalAccuracy(Metric):
    """The share of samples whose class is among the `k` with the highest scores; of equal scores the first ones count."""

    def __init__(self, k: int) -> None:
        super().__init__()
        if not isinstance(k, int):
            raise refuse(self, f"the type of the argument 'k' should be int, but got {type(k)}.", TypeError)
        if k < 1:
            raise refuse(self, f"the argument 'k' must be at least 1, but got {k}.")
        self.k = k
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._correct_num = 0
        self._samples_num = 0

    @takes("predicted value", "true value")
    def update(self, y_pred: Any, y: Any) -> None:
        """Scores (N, C) and classes (N,) or one-hot (N, C); ValueError if C is less than `k`."""
        y = class_indices(y_pred, y)
        best = np.argsort(-y_pred.astype(np.float64), axis=1, kind="stable")[:, : self.k]
        self._correct_num += int((np.repeat(y.reshape(-1, 1), self.k, axis=1) == best).sum())
        self._samples_num += y.size

    def eval(self) -> Any:
        """The accuracy; RuntimeError without samples."""
        if not self._samples_num:
            raise nothing_seen(self)
        return np.float64(self._correct_num / self._samples_num)


class Top1CategoricalAccuracy(TopKCategoricalAccuracy):
    """The share of samples whose class has the highest score."""

    def __init__(self) -> None:
        super().__init__(1)


class Top5CategoricalAccuracy(TopKCategoricalAccuracy):
    """The share of samples whose class is among the five with the highest scores."""

    def __init__(self) -> None:
        super().__init__(5)


def one_hot(metric: Any, y_pred: Any, y: Any) -> tuple[Any, Any]:
    """The predicted and the true classes as rows of zeros and a one; ValueError for a class that has no score."""
    if y.max() + 1 > metric._class_num:
        reason = f"got predicted value classes {metric._class_num}, true value classes {y.max() + 1}"
        raise errors.invalid(ValueError, f"For '{type(metric).__name__}.update', both should have the same classes, but {reason}.")
    rows = np.eye(metric._class_num)
    return rows[y_pred.argmax(axis=1)].reshape(-1, metric._class_num), rows[y].reshape(-1, metric._class_num)
