"""ConfusionMatrix, and ConfusionMatrixMetric: the rates that follow from true and false positives and negatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.layers.layer import check_type, refuse
from compat.mindspore_on_torch.train.metrics.base import Metric, nothing_seen, takes

# What the matrix is divided by: the sum over these axes.
NORMALIZE: dict[str, Any] = {"no_norm": (), "target": 1, "prediction": 0, "all": (0, 1)}


class ConfusionMatrix(Metric):
    """How often each true class (row) was predicted as each class (column)."""

    def __init__(self, num_classes: int, normalize: str = "no_norm", threshold: float = 0.5) -> None:
        super().__init__()
        check_type(self, int, num_classes=num_classes)
        if normalize not in NORMALIZE:
            raise refuse(self, f"the argument 'normalize' must be in {list(NORMALIZE)}, but got {normalize}.")
        check_type(self, float, threshold=threshold)
        self.num_classes = num_classes
        self.normalize = normalize
        self.threshold = threshold
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self.confusion_matrix = np.zeros((self.num_classes, self.num_classes))
        self._is_update = False

    @takes("predicted value", "true value")
    def update(self, y_pred: Any, y: Any) -> None:
        """Classes, or scores to hold against the threshold, (N, …), or scores (N, C, …); and true classes (N, …). ValueError
        for other shapes or a class that does not exist."""
        if y_pred.ndim == y.ndim + 1:
            y_pred = y_pred.argmax(axis=1)
        elif y_pred.ndim != y.ndim:
            reason = f"the predicted value may have one dimension more, but got {y_pred.ndim} and {y.ndim}"
            raise errors.invalid(ValueError, f"For 'ConfusionMatrix.update', both should have same dimensions, or {reason}.")
        elif y_pred.dtype.kind == "f":
            y_pred = y_pred >= self.threshold
        pairs = (y.ravel() * self.num_classes + y_pred.ravel()).astype(int)
        counts = np.bincount(pairs, minlength=self.num_classes**2)
        self.confusion_matrix += counts.reshape(self.num_classes, self.num_classes)
        self._is_update = True

    def eval(self) -> Any:
        """The matrix, normalized as asked, 0 where there is nothing to divide by; RuntimeError before an update."""
        if not self._is_update:
            raise errors.invalid(RuntimeError, "Please call the 'update' method before calling 'eval' method.")
        matrix = self.confusion_matrix.astype(float)
        if self.normalize == "no_norm":
            return matrix
        whole = matrix.sum(axis=NORMALIZE[self.normalize], keepdims=True)
        return np.divide(matrix, whole, out=np.zeros_like(matrix), where=whole != 0)


def share(part: Any, whole: Any) -> Any:
    """The quotient, NaN where there is nothing to divide by."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole != 0)


def prevalence_threshold(tp: Any, fp: Any, tn: Any, fn: Any) -> Any:
    """(√(TPR·FPR) - FPR) / (TPR - FPR)."""
    tpr, fpr = share(tp, tp + fn), 1 - share(tn, tn + fp)
    return share(np.sqrt(tpr * fpr) - fpr, tpr - fpr)


# The rates: of true positives, false positives, true negatives and false negatives.
RATES: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "tpr": lambda tp, fp, tn, fn: share(tp, tp + fn),
    "tnr": lambda tp, fp, tn, fn: share(tn, tn + fp),
    "ppv": lambda tp, fp, tn, fn: share(tp, tp + fp),
    "npv": lambda tp, fp, tn, fn: share(tn, tn + fn),
    "fnr": lambda tp, fp, tn, fn: share(fn, tp + fn),
    "fpr": lambda tp, fp, tn, fn: share(fp, tn + fp),
    "fdr": lambda tp, fp, tn, fn: share(fp, tp + fp),
    "for": lambda tp, fp, tn, fn: share(fn, tn + fn),
    "pt": prevalence_threshold,
    "ts": lambda tp, fp, tn, fn: share(tp, tp + fn + fp),
    "acc": lambda tp, fp, tn, fn: share(tp + tn, tp + fp + tn + fn),
    "ba": lambda tp, fp, tn, fn: (share(tp, tp + fn) + share(tn, tn + fp)) / 2,
    "f1": lambda tp, fp, tn, fn: share(2 * tp, 2 * tp + fn + fp),
    "mcc": lambda tp, fp, tn, fn: share(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
    "fm": lambda tp, fp, tn, fn: np.sqrt(share(tp, tp + fp) * share(tp, tp + fn)),
    "bm": lambda tp, fp, tn, fn: share(tp, tp + fn) + share(tn, tn + fp) - 1,
    "mk": lambda tp, fp, tn, fn: share(tp, tp + fp) + share(tn, tn + fn) - 1,
}
OTHER_NAMES = {
    "sensitivity": "tpr", "recall": "tpr", "hit_rate": "tpr", "true_positive_rate": "tpr",
    "specificity": "tnr", "selectivity": "tnr", "true_negative_rate": "tnr",
    "precision": "ppv", "positive_predictive_value": "ppv", "negative_predictive_value": "npv",
    "miss_rate": "fnr", "false_negative_rate": "fnr", "fall_out": "fpr", "false_positive_rate": "fpr",
    "false_discovery_rate": "fdr", "false_omission_rate": "for", "prevalence_threshold": "pt",
    "threat_score": "ts", "critical_success_index": "ts", "csi": "ts", "accuracy": "acc", "balanced_accuracy": "ba", "f1_score": "f1",
    "matthews_correlation_coefficient": "mcc", "fowlkes_mallows_index": "fm",
    "informedness": "bm", "bookmaker_informedness": "bm", "markedness": "mk", "deltap": "mk",
}  # fmt: skip
# How the rates (N, C) of a batch become one value: the axes, and whether their mean or their sum is taken.
DECREASE: dict[str, tuple[tuple[int, ...], bool]] = {
    "none": ((), False),
    "mean": ((1, 0), True),
    "sum": ((0, 1), False),
    "mean_batch": ((0,), True),
    "sum_batch": ((0,), False),
    "mean_channel": ((1,), True),
    "sum_channel": ((1,), False),
}


class ConfusionMatrixMetric(Metric):
    """A rate that follows from a confusion matrix, for one-hot predictions (N, C, …).

    With `calculation_method` the rate of every sample and class is computed and decreased, and its mean over the batches
    is the result; else the counts of all of them are added up first. As in MindSpore, it is `skip_channel=False` that
    leaves out the first class.
    """

    def __init__(
        self, skip_channel: bool = True, metric_name: str = "sensitivity", calculation_method: bool = False, decrease: str = "mean"
    ) -> None:
        super().__init__()
        check_type(self, bool, skip_channel=skip_channel, calculation_method=calculation_method)
        check_type(self, str, metric_name=metric_name, decrease=decrease)
        if decrease not in DECREASE:
            raise refuse(self, f"the 'decrease' must be str and must be in {list(DECREASE)}, but got {decrease!r}.")
        self.skip_channel = skip_channel
        self.calculation_method = calculation_method
        self.metric_name = metric_name
        self.decrease = decrease
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._total_num = 0.0
        self._class_num = 0.0
        self._counts = np.zeros(4)

    @takes("predicted value", "true value")
    def update(self, y_pred: Any, y: Any) -> None:
        """Zeros and ones (N, C, …), both of one shape. ValueError for other shapes, and with `calculation_method` for a
        decrease that leaves more than one value or for a classification (N, C)."""
        if y_pred.ndim < 2 or y.shape != y_pred.shape:
            reason = f"both inputs must be (N, C, …) and of one shape, but got {y_pred.shape} and {y.shape}"
            raise errors.invalid(ValueError, f"For 'ConfusionMatrixMetric.update', {reason}.")
        counts = counted(y_pred, y, self.skip_channel or y_pred.shape[1] == 1)
        if not self.calculation_method:
            self._counts += counts.sum(axis=(1, 2))
            return
        if y_pred.ndim == 2 or y_pred.shape[2:] == (1,):
            raise errors.invalid(ValueError, "For 'ConfusionMatrixMetric', 'calculation_method' must be False for a classification.")
        value, known = decreased(self.rate(counts), self.decrease)
        self._total_num += value.item() * known.item()
        self._class_num += known.item()

    def rate(self, counts: Any) -> Any:
        """The rate of these counts (4, …); NotImplementedError for a name that is none."""
        name = self.metric_name.replace(" ", "_").lower()
        name = OTHER_NAMES.get(name, name)
        if name not in RATES:
            raise errors.invalid(NotImplementedError, f"The metric {self.metric_name!r} is not implemented.")
        return RATES[name](*counts)

    def eval(self) -> Any:
        """The rate, NaN where there is nothing to divide by; with `calculation_method` RuntimeError without a sample that has it."""
        if not self.calculation_method:
            return self.rate(self._counts[:, np.newaxis])
        if not self._class_num:
            raise nothing_seen(self)
        return self._total_num / self._class_num


def counted(y_pred: Any, y: Any, all_classes: bool) -> Any:
    """(4, N, C): true positives, false positives, true negatives and false negatives by sample and class."""
    y_pred, y = (array[:, 0 if all_classes else 1 :].reshape(*array.shape[:1], -1, array[0, 0].size) for array in (y_pred, y))
    right = (y_pred + y == 2).sum(axis=2), (y_pred + y == 0).sum(axis=2)
    positive = y.sum(axis=2)
    negative = y.shape[2] - positive
    return np.stack([right[0], negative - right[1], right[1], positive - right[0]]).astype(float)


def decreased(rates: Any, decrease: str) -> tuple[Any, Any]:
    """The rates (N, C), one axis after the other by mean or all by sum, NaN left out; and how many went into the last step."""
    axes, by_mean = DECREASE[decrease]
    known = ~np.isnan(rates)
    value = np.where(known, rates, 0.0)
    if not by_mean:
        return value.sum(axis=axes), known.sum(axis=axes)
    count = known
    for axis in axes:
        count = known.sum(axis=axis)
        value = np.divide(value.sum(axis=axis), count, out=np.zeros(count.shape), where=count > 0)
        known = count > 0
    return value, count
