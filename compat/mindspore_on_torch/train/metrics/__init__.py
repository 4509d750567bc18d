"""mindspore.train.metrics: the metrics, and what finds them by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors
from compat.mindspore_on_torch.train.metrics.averages import MAE, MSE, CosineSimilarity, Dice, Loss, Perplexity
from compat.mindspore_on_torch.train.metrics.base import Metric, rearrange_inputs
from compat.mindspore_on_torch.train.metrics.classification import (
    F1,
    Accuracy,
    Fbeta,
    Precision,
    Recall,
    Top1CategoricalAccuracy,
    Top5CategoricalAccuracy,
    TopKCategoricalAccuracy,
)
from compat.mindspore_on_torch.train.metrics.confusion import ConfusionMatrix, ConfusionMatrixMetric
from compat.mindspore_on_torch.train.metrics.curves import ROC, auc
from compat.mindspore_on_torch.train.metrics.occlusion import OcclusionSensitivity
from compat.mindspore_on_torch.train.metrics.surfaces import HausdorffDistance, MeanSurfaceDistance, RootMeanSquareDistance
from compat.mindspore_on_torch.train.metrics.text import BleuScore

__all__ = [
    "F1", "MAE", "MSE", "ROC", "Accuracy", "BleuScore", "ConfusionMatrix", "ConfusionMatrixMetric", "CosineSimilarity", "Dice",
    "Fbeta", "HausdorffDistance", "Loss", "MeanSurfaceDistance", "Metric", "OcclusionSensitivity", "Perplexity", "Precision",
    "Recall", "RootMeanSquareDistance", "Top1CategoricalAccuracy", "Top5CategoricalAccuracy", "TopKCategoricalAccuracy", "auc",
    "get_metric_fn", "names", "rearrange_inputs",
]  # fmt: skip

BY_NAME: dict[str, Callable[..., Any]] = {
    "accuracy": Accuracy,
    "acc": Accuracy,
    "precision": Precision,
    "recall": Recall,
    "F1": F1,
    "dice": Dice,
    "roc": ROC,
    "auc": auc,
    "bleu_score": BleuScore,
    "cosine_similarity": CosineSimilarity,
    "occlusion_sensitivity": OcclusionSensitivity,
    "topk": TopKCategoricalAccuracy,
    "hausdorff_distance": HausdorffDistance,
    "top_1_accuracy": Top1CategoricalAccuracy,
    "top_5_accuracy": Top5CategoricalAccuracy,
    "mae": MAE,
    "mse": MSE,
    "loss": Loss,
    "mean_surface_distance": MeanSurfaceDistance,
    "root_mean_square_distance": RootMeanSquareDistance,
    "perplexity": Perplexity,
    "confusion_matrix": ConfusionMatrix,
    "confusion_matrix_metric": ConfusionMatrixMetric,
}


def names() -> list[str]:
    """The names that get_metric_fn takes."""
    return sorted(BY_NAME)


def get_metric_fn(name: str, *args: Any, **kwargs: Any) -> Any:
    """The metric of this name, made with these arguments; KeyError for another name."""
    if name not in BY_NAME:
        raise errors.invalid(KeyError, f"For 'get_metric_fn', unsupported metric {name}.")
    return BY_NAME[name](*args, **kwargs)


def get_metrics(metrics: Any) -> dict[str, Any] | None:
    """Metrics by name: a dict as it is, of a set of names new ones, None as it is. TypeError for anything else."""
    if isinstance(metrics, set):
        return {name: get_metric_fn(name) for name in metrics}
    if metrics is not None and not isinstance(metrics, dict):
        raise errors.invalid(TypeError, f"For 'get_metrics', the argument 'metrics' must be None, dict or set, but got {metrics}")
    for name, metric in (metrics or {}).items():
        if not isinstance(name, str) or not isinstance(metric, Metric):
            reason = f"must be of string and Metric, but got key:{type(name)}, value:{type(metric)}."
            raise errors.invalid(TypeError, f"For 'get_metrics', a dict of 'metrics' {reason}")
    return metrics
