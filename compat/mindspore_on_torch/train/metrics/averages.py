"""Metrics that are a mean over samples: MAE, MSE, Loss, Dice and Perplexity; and CosineSimilarity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.layers.layer import check_type, refuse
from compat.mindspore_on_torch.train.metrics.base import Metric, nothing_seen, takes

SMALLEST_PROBABILITY = 1e-10


class MeanError(Metric):
    """The sum of the errors of all elements by the number of samples."""

    def __init__(self) -> None:
        super().__init__()
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._error_sum = 0.0
        self._samples_num = 0

    def error(self, difference: Any) -> Any:
        """The error of each element."""
        raise NotImplementedError

    @takes("predicted value", "true value")
    def update(self, y_pred: Any, y: Any) -> None:
        """Two arrays (N, …) of one shape, ValueError otherwise."""
        self._error_sum += float(self.error(y.reshape(y_pred.shape) - y_pred).sum())
        self._samples_num += y.shape[0]

    def eval(self) -> Any:
        """The mean; RuntimeError without samples."""
        if not self._samples_num:
            raise nothing_seen(self)
        return np.float64(self._error_sum / self._samples_num)


class MAE(MeanError):
    """The sum of absolute errors by the number of samples."""

    def error(self, difference: Any) -> Any:
        """The absolute difference."""
        return np.abs(difference)


class MSE(MeanError):
    """The sum of squared errors by the number of samples."""

    def error(self, difference: Any) -> Any:
        """The squared difference."""
        return np.square(difference)


class Loss(Metric):
    """The mean of the losses, each batch counting once."""

    def __init__(self) -> None:
        super().__init__()
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._sum_loss = 0.0
        self._total_num = 0

    @takes("loss")
    def update(self, loss: Any) -> None:
        """A loss, or the losses (N,) of a batch; ValueError for more dimensions."""
        if loss.ndim > 1:
            raise errors.invalid(ValueError, f"For 'Loss.update', the dimension of your input (loss) must be 1, but got {loss.ndim}.")
        self._sum_loss += float(loss.mean())
        self._total_num += 1

    def eval(self) -> Any:
        """The mean; RuntimeError without batches."""
        if not self._total_num:
            raise nothing_seen(self)
        return np.float64(self._sum_loss / self._total_num)


class Dice(Metric):
    """The Dice coefficient of each batch, summed, by the number of samples."""

    def __init__(self, smooth: float = 1e-5) -> None:
        super().__init__()
        check_type(self, float, smooth=smooth)
        self.smooth = smooth
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._dice_coeff_sum = 0.0
        self._samples_num = 0

    @takes("predicted value", "true value")
    def update(self, y_pred: Any, y: Any) -> None:
        """Two arrays (N, …) of one shape, ValueError otherwise."""
        if y_pred.shape != y.shape:
            reason = f"got predicted value shape: {y_pred.shape}, true value shape: {y.shape}."
            raise errors.invalid(ValueError, f"For 'Dice.update', predicted value and true value should have same shape, but {reason}")
        self._samples_num += y.shape[0]
        y_pred, y = y_pred.ravel(), y.ravel()
        both, union = np.dot(y_pred, y), np.dot(y_pred, y_pred) + np.dot(y, y)
        self._dice_coeff_sum += float(2 * both) / float(union + self.smooth)

    def eval(self) -> float:
        """The coefficient; RuntimeError without samples."""
        if not self._samples_num:
            raise nothing_seen(self)
        return self._dice_coeff_sum / self._samples_num


class Perplexity(Metric):
    """The exponential of the mean negative log-probability of the true labels, those that are `ignore_label` left out."""

    def __init__(self, ignore_label: int | None = None) -> None:
        super().__init__()
        if ignore_label is not None:
            check_type(self, int, ignore_label=ignore_label)
        self.ignore_label = ignore_label
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self._sum_metric = 0.0
        self._num_inst = 0

    @takes("predicted value", "label")
    def update(self, preds: Any, labels: Any) -> None:
        """Probabilities (N, C) and labels (N,); RuntimeError if their numbers differ."""
        if labels.size * preds.shape[-1] != preds.size:
            reason = f"got predicted value shape {preds.shape}, label shape {labels.shape}."
            raise errors.invalid(RuntimeError, f"For 'Perplexity.update', there should be one label for each prediction, but {reason}")
        labels = labels.reshape(-1).astype(np.int64)
        probabilities = preds.reshape(labels.size, -1)[np.arange(labels.size), labels]
        if self.ignore_label is not None:
            probabilities = probabilities[labels != self.ignore_label]
        self._sum_metric -= float(np.log(np.maximum(SMALLEST_PROBABILITY, probabilities)).sum())
        self._num_inst += probabilities.size

    def eval(self) -> float:
        """The perplexity; RuntimeError without labels."""
        if not self._num_inst:
            raise nothing_seen(self)
        return math.exp(self._sum_metric / self._num_inst)


class CosineSimilarity(Metric):
    """The similarity of every two rows of the last batch: the cosine of the angle between them, or their product ("dot")."""

    def __init__(self, similarity: str = "cosine", reduction: str = "none", zero_diagonal: bool = True) -> None:
        super().__init__()
        for name, value, choices in (("similarity", similarity, ["dot", "cosine"]), ("reduction", reduction, ["none", "sum", "mean"])):
            check_type(self, str, **{name: value})
            if value not in choices:
                raise refuse(self, f"the '{name}' must be str and must be in {choices}, but got {value!r}.")
        check_type(self, bool, zero_diagonal=zero_diagonal)
        self.similarity = similarity
        self.reduction = reduction
        self.zero_diagonal = zero_diagonal
        self.clear()

    def clear(self) -> None:
        """Forget what was seen."""
        self.sqr_mtx_res: Any = 0
        self._is_update = False

    def update(self, inputs: Any) -> None:
        """The rows (N, C)."""
        rows = self._convert_data(inputs)
        if self.similarity == "cosine":
            rows = rows / np.linalg.norm(rows, ord=2, axis=1, keepdims=True)
        self.sqr_mtx_res = rows.dot(rows.transpose(1, 0))
        if self.zero_diagonal:
            np.fill_diagonal(self.sqr_mtx_res, 0)
        self._is_update = True

    def eval(self) -> Any:
        """The matrix (N, N), or its mean or sum (N,) over the last dimension; RuntimeError before an update."""
        if not self._is_update:
            raise errors.invalid(RuntimeError, "Please call the 'update' method before calling 'eval' method.")
        return self.sqr_mtx_res if self.reduction == "none" else getattr(self.sqr_mtx_res, self.reduction)(axis=-1)
