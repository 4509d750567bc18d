"""Metric, the base of all metrics, and what each asks of its inputs. Metrics compute on the host, in NumPy, as MindSpore's do."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.tensor import Tensor

Update = Callable[..., None]
CLASSIFICATION, MULTILABEL = "classification", "multilabel"


class Metric(ABC):
    """The base of a metric: `clear`, then `update` batch by batch, then `eval`."""

    def __init__(self) -> None:
        self._indexes: list[int] | None = None

    def _convert_data(self, data: Any) -> Any:
        """A Tensor, list or array as an array; TypeError for anything else."""
        if isinstance(data, Tensor):
            return data.asnumpy()
        if isinstance(data, list):
            return np.array(data)
        if isinstance(data, np.ndarray):
            return data
        reason = "the input data type must be tensor, list or numpy.ndarray"
        raise errors.invalid(TypeError, f"For 'Metric' and its derived classes, {reason}, but got {type(data)}.")

    @property
    def indexes(self) -> list[int] | None:
        """Which inputs of `update` are used, in which order; None for all of them as they come."""
        return getattr(self, "_indexes", None)

    def set_indexes(self, indexes: list[int]) -> Metric:
        """Choose and order the inputs of `update`; ValueError for what is no list of int."""
        if not isinstance(indexes, list) or not all(isinstance(index, int) for index in indexes):
            raise errors.invalid(ValueError, "For 'set_indexes', the argument 'indexes' must be a list of int.")
        self._indexes = indexes
        return self

    @abstractmethod
    def clear(self) -> None:
        """Forget what was seen."""

    @abstractmethod
    def eval(self) -> Any:
        """The value over what was seen."""

    @abstractmethod
    def update(self, *inputs: Any) -> None:
        """Take in a batch."""


class EvaluationBase(Metric):
    """A metric for one label a sample ("classification") or several ("multilabel")."""

    def __init__(self, eval_type: str) -> None:
        super().__init__()
        if eval_type not in (CLASSIFICATION, MULTILABEL):
            reason = f"must be in {{'{CLASSIFICATION}', '{MULTILABEL}'}}, but got {eval_type}"
            raise errors.invalid(TypeError, f"The argument 'eval_type' {reason}")
        self._type = eval_type

    def _check_shape(self, y_pred: Any, y: Any) -> None:
        if self._type == CLASSIFICATION:
            if y_pred.ndim != y.ndim + 1 or y.shape != (y_pred.shape[0], *y_pred.shape[2:]):
                reason = "the shape of the true value should be that of the predicted value without its second dimension"
                raise errors.invalid(ValueError, f"In classification case, {reason}, but got {y_pred.shape} and {y.shape}.")
        elif y_pred.shape != y.shape:
            reason = "predicted value and true value should have one shape"
            raise errors.invalid(ValueError, f"In multilabel case, {reason}, but got {y_pred.shape} and {y.shape}.")

    def _check_value(self, y_pred: Any, y: Any) -> None:
        if self._type == MULTILABEL and not (is_binary(y_pred) and is_binary(y)):
            raise errors.invalid(ValueError, "In multilabel case, all elements of predicted value and true value should be 0 or 1.")


def rearrange_inputs(func: Callable[..., Any]) -> Callable[..., Any]:
    """A method that gets the inputs which `self.indexes` names, in that order."""

    @functools.wraps(func)
    def wrapper(self: Any, *inputs: Any) -> Any:
        return func(self, *rearranged(self, inputs))

    return wrapper


def rearranged(metric: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The inputs that `metric.indexes` names; all of them without indexes."""
    return tuple(inputs[index] for index in metric.indexes) if metric.indexes else inputs


def takes(*words: str, raw: tuple[str, ...] = ()) -> Callable[[Update], Update]:
    """An `update` of these inputs: rearranged, counted (ValueError), and made arrays but for those in `raw`."""

    def decorator(update: Update) -> Update:
        @functools.wraps(update)
        def wrapper(self: Metric, *inputs: Any) -> None:
            given = rearranged(self, inputs)
            if len(given) != len(words):
                reason = f"it needs {len(words)} inputs ({', '.join(words)}), but got {len(given)}."
                raise errors.invalid(ValueError, f"For '{type(self).__name__}.update', {reason}")
            update(self, *(item if word in raw else self._convert_data(item) for word, item in zip(words, given, strict=True)))

        return wrapper

    return decorator


def nothing_seen(metric: Metric) -> Exception:
    """The RuntimeError of an `eval` before any sample."""
    reason = "the number of samples is 0: the inputs are empty, or update was not called before eval"
    return errors.invalid(RuntimeError, f"The '{type(metric).__name__}' can not be calculated, because {reason}.")


def is_binary(array: Any) -> bool:
    """Whether all elements are 0 or 1."""
    return bool(np.all((array == 0) | (array == 1)))


def class_indices(y_pred: Any, y: Any) -> Any:
    """The true classes as indices, whether they come so or one-hot."""
    one_hot = y_pred.ndim == y.ndim and is_binary(y) and bool(np.all(y.sum(axis=1) == 1))
    return y.argmax(axis=1) if one_hot else y


def same_classes(metric: Any, number: int) -> None:
    """Remember the number of classes; ValueError if an earlier batch had another."""
    if metric._class_num not in (0, number):
        reason = f"last input predicted data contain {metric._class_num} classes, but current predicted data contain {number} classes"
        raise errors.invalid(ValueError, f"For '{type(metric).__name__}.update', class number not match, {reason}.")
    metric._class_num = number
