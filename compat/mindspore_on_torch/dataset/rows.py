"""A row: what sources and functions of the user return, as arrays; and what comes out of iterators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")

Row = list[Any]

NUMBERS, TEXTS = "biuf", "SU"


def called(what: str, function: Callable[..., Any], *args: Any) -> Any:
    """A call of the user's code; what it raises becomes RuntimeError, as in MindSpore, with the original as its cause."""
    try:
        return function(*args)
    except (errors.CompatError, StopIteration):
        raise
    except Exception as error:
        raise failed(what, f"{type(error).__name__}: {error}") from error


def failed(what: str, message: str) -> Exception:
    """What MindSpore raises for a failure in the user's code: RuntimeError."""
    return errors.invalid(RuntimeError, f"Exception thrown from user defined Python function in dataset: {what}: {message}")


def as_array(value: Any, what: str) -> Any:
    """A value as an array of numbers or texts, with its own memory; a dict stays one, of such arrays. RuntimeError for others."""
    if isinstance(value, dict):
        return {key: as_array(item, what) for key, item in value.items()}
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        array = np.array(value.float() if value.dtype == torch.bfloat16 else value.as_subclass(torch.Tensor).numpy())
    elif value is None:
        raise failed(what, "Got None from Python object.")
    else:
        try:
            array = np.array(value)
        except ValueError as error:
            raise failed(what, str(error)) from error
    if array.dtype.kind not in NUMBERS + TEXTS:
        raise failed(what, f"Invalid data type: expected numbers or text, but got {type(value).__name__} of type {array.dtype}.")
    return array


def as_row(value: Any, what: str) -> Row:
    """What a source returned for one row: a tuple or list has a value for each column."""
    return [as_array(item, what) for item in (value if isinstance(value, (tuple, list)) else (value,))]


def as_output(array: Any, numpy: bool, copy: bool) -> Any:
    """A value of a row as an iterator gives it: an array or Tensor; texts are arrays always."""
    if isinstance(array, dict):
        return {key: as_output(item, numpy, copy) for key, item in array.items()}
    if numpy or array.dtype.kind in TEXTS:
        return array.copy() if copy else array
    if not array.flags.writeable or any(step < 0 for step in array.strides):
        array = array.copy()
    tensor = torch.from_numpy(array)
    return as_tensor((tensor.clone() if copy else tensor).to(torch.get_default_device()))


def stacked(column: str, values: list[Any]) -> Any:
    """The values of a column as one array with a new first axis. RuntimeError unless they have one shape and type."""
    if isinstance(values[0], dict):
        return {key: stacked(column, [value[key] for value in values]) for key in values[0]}
    first = values[0]
    for value in values:
        if value.shape != first.shape:
            raise mixed(column, "shape", first.shape, value.shape)
        if value.dtype != first.dtype and (value.dtype.kind != first.dtype.kind or value.dtype.kind not in TEXTS):
            raise mixed(column, "type", first.dtype, value.dtype)
    return np.stack(values)


def mixed(column: str, what: str, first: Any, other: Any) -> Exception:
    """The error for rows that don't fit into a batch."""
    reason = f"Cannot batch tensors with different {what}s in column {column}: {first} and {other}"
    return errors.invalid(RuntimeError, f"Exception thrown from dataset pipeline. {reason}.")
