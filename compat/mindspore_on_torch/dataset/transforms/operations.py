"""What transforms share: a call outside of a pipeline, and the chain of operations of a `map`."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch.dataset.checks import of_type

torch: Any = frameworks.load("torch")


class Operation:
    """A transform of arrays. `apply` gets and returns arrays; a call takes also numbers, lists, Tensors and images of PIL."""

    def apply(self, *values: Any) -> Any:
        """The result of arrays of a row: an array, or a tuple of several."""
        raise NotImplementedError

    def __call__(self, *values: Any) -> Any:
        """The result as an array, or a tuple of arrays. RuntimeError for what it can't be applied to, TypeError for what is no data."""
        return self.apply(*(as_input(value) for value in values))


class OneToOne(Operation):
    """A transform of exactly one array."""

    def __call__(self, *values: Any) -> Any:
        if len(values) != 1:
            raise refusal(self, "The op is OneToOne, can only accept one tensor as input.")
        return super().__call__(*values)


def as_input(value: Any) -> Any:
    """What a transform is called with, as an array; an image of PIL stays one."""
    if isinstance(value, np.ndarray) or is_image(value):
        return value
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().as_subclass(torch.Tensor).numpy()
    array = np.array(value) if value is not None else np.array(None)
    if array.dtype.kind not in "biufSU":
        raise errors.invalid(TypeError, f"Invalid user input. Got {type(value)}: {value}, cannot be converted into tensor.")
    return array


def as_inputs(result: Any) -> Any:
    """What operations returned, as arrays."""
    return tuple(map(as_input, result)) if isinstance(result, tuple) else as_input(result)


def is_image(value: Any) -> bool:
    """Whether it is an image of PIL, without importing PIL."""
    return any(kind.__module__ == "PIL.Image" and kind.__name__ == "Image" for kind in type(value).__mro__)


def refusal(operation: Operation, reason: str) -> Exception:
    """What MindSpore raises for data that a transform can't be applied to: RuntimeError."""
    return errors.invalid(RuntimeError, f"{type(operation).__name__}: {reason}")


def check_operations(transforms: Any) -> list[Callable[..., Any]]:
    """A list of transforms and functions. TypeError and ValueError otherwise."""
    of_type("transforms list", transforms, list)
    if not transforms:
        raise errors.invalid(ValueError, "transforms list can not be empty.")
    for index, transform in enumerate(transforms):
        if not callable(transform):
            reason = "is neither a transforms op (TensorOperation) nor a callable pyfunc."
            raise errors.invalid(TypeError, f"transforms[{index}] {reason}")
    return list(transforms)


def chained(operations: list[Callable[..., Any]], values: tuple[Any, ...]) -> Any:
    """One operation after the other; a tuple goes on as several arguments."""
    for operation in operations:
        result = operation(*values)
        values = result if isinstance(result, tuple) else (result,)
    return values if len(values) != 1 else values[0]


def flattened(operations: list[Callable[..., Any]]) -> list[Callable[..., Any]]:
    """The operations with those of a Compose in its place."""
    found: list[Callable[..., Any]] = []
    for operation in operations:
        found.extend(flattened(operation.transforms) if isinstance(operation, Compose) else [operation])
    return found


class Compose(Operation):
    """mindspore.dataset.transforms.Compose(transforms): one after the other."""

    def __init__(self, transforms: list[Any]) -> None:
        self.transforms = check_operations(transforms)

    def __call__(self, *values: Any) -> Any:
        return as_inputs(chained(self.transforms, tuple(as_input(value) for value in values)))


class RandomApply(Operation):
    """mindspore.dataset.transforms.RandomApply(transforms, prob=0.5): all of them, or none."""

    def __init__(self, transforms: list[Any], prob: float = 0.5) -> None:
        self.transforms = check_operations(transforms)
        self.prob = probability(prob)

    def apply(self, *values: Any) -> Any:
        return as_inputs(chained(self.transforms, values) if random.random() < self.prob else chained([], values))


class RandomChoice(Operation):
    """mindspore.dataset.transforms.RandomChoice(transforms): one of them."""

    def __init__(self, transforms: list[Any]) -> None:
        self.transforms = check_operations(transforms)

    def apply(self, *values: Any) -> Any:
        return as_inputs(chained([random.choice(self.transforms)], values))


class RandomOrder(Operation):
    """mindspore.dataset.transforms.RandomOrder(transforms): all of them, in an order that is drawn."""

    def __init__(self, transforms: list[Any]) -> None:
        self.transforms = check_operations(transforms)

    def apply(self, *values: Any) -> Any:
        return chained(random.sample(self.transforms, len(self.transforms)), values)


def probability(value: Any) -> float:
    """A chance between 0 and 1. TypeError and ValueError."""
    of_type("prob", value, float, int)
    if not 0 <= value <= 1:
        raise errors.invalid(ValueError, f"Input prob is not within the required interval of [0, 1], but got {value}.")
    return float(value)
