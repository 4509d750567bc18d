"""Transforms of arrays of numbers and texts."""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.dataset.checks import of_type, within
from compat.mindspore_on_torch.dataset.transforms.operations import OneToOne, Operation, refusal

TEXTS = "SU"
SCALARS = (str, float, bool, int, bytes)


class Relational(enum.IntEnum):
    """mindspore.dataset.transforms.Relational: how Mask compares."""

    EQ = 0
    NE = 1
    GT = 2
    GE = 3
    LT = 4
    LE = 5


COMPARISONS: dict[Relational, Callable[[Any, Any], Any]] = {
    Relational.EQ: operator.eq, Relational.NE: operator.ne, Relational.GT: operator.gt,
    Relational.GE: operator.ge, Relational.LT: operator.lt, Relational.LE: operator.le,
}  # fmt: skip


def is_text(value: Any) -> bool:
    """Whether an array or a scalar is text."""
    return value.dtype.kind in TEXTS if isinstance(value, np.ndarray) else isinstance(value, (str, bytes))


class Concatenate(Operation):
    """mindspore.dataset.transforms.Concatenate(axis=0, prepend=None, append=None): arrays of one axis and one type."""

    def __init__(self, axis: int = 0, prepend: Any = None, append: Any = None) -> None:
        of_type("axis", axis, int)
        if axis not in (0, -1):
            raise errors.invalid(ValueError, "only 1D concatenation supported.")
        for value in (prepend, append):
            if value is not None and of_type("prepend or append", value, np.ndarray).ndim > 1:
                raise errors.invalid(ValueError, "can only prepend/append 1D arrays.")
        self.axis, self.prepend, self.append = axis, prepend, append

    def apply(self, *values: Any) -> Any:
        parts = [value for value in (self.prepend, *values, self.append) if value is not None]
        if any(part.ndim != 1 for part in parts):
            raise refusal(self, "only 1D input supported.")
        if len({part.dtype.kind if is_text(part) else part.dtype for part in parts}) > 1:
            raise refusal(self, f"input datatypes do not match: {[str(part.dtype) for part in parts]}.")
        return np.concatenate(parts)


class Duplicate(OneToOne):
    """mindspore.dataset.transforms.Duplicate(): the array twice, as two columns."""

    def apply(self, *values: Any) -> Any:
        return values[0], values[0].copy()


class Fill(OneToOne):
    """mindspore.dataset.transforms.Fill(fill_value): an array of the same type and shape, full of one value."""

    def __init__(self, fill_value: Any) -> None:
        self.fill_value = of_type("fill_value", fill_value, *SCALARS)

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if is_text(value) != is_text(self.fill_value):
            raise refusal(self, "fill_value and the input tensor must be of the same data type when involving strings or bytes.")
        filled = np.full(value.shape, self.fill_value)
        return filled if is_text(value) else filled.astype(value.dtype)


class Mask(OneToOne):
    """mindspore.dataset.transforms.Mask(operator, constant, dtype=mstype.bool_): where a comparison holds."""

    def __init__(self, operator: Relational, constant: Any, dtype: Any = dtypes.bool_) -> None:
        self.compare = COMPARISONS[of_type("operator", operator, Relational)]
        self.constant = of_type("constant", constant, *SCALARS)
        self.dtype = cast_type("dtype", dtype)

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if is_text(value) != is_text(self.constant):
            raise refusal(self, "constant and the input tensor must be of the same data type when involving strings.")
        return np.asarray(self.compare(value, self.constant)).astype(self.dtype)


class OneHot(OneToOne):
    """mindspore.dataset.transforms.OneHot(num_classes, smoothing_rate=0.0): integers as rows, of the same type; axes of size 1 go away.

    With a smoothing rate r, of float64: 1 - r + r / num_classes in one place, and r / num_classes in the others.
    """

    def __init__(self, num_classes: int, smoothing_rate: float = 0.0) -> None:
        of_type("num_classes", num_classes, int)
        if num_classes < 1:
            raise errors.invalid(ValueError, "Input must be greater than 0.")
        self.num_classes = num_classes
        self.smoothing_rate = within("smoothing_rate", of_type("smoothing_rate", smoothing_rate, int, float), 0.0, 1.0)

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if value.dtype.kind not in "iu":
            raise refusal(self, f"Only support input of int type, but got: {value.dtype}.")
        value = value.squeeze()
        if value.ndim > 1:
            raise refusal(self, f"Only support scalar or 1D input, got rank: {value.ndim}.")
        if value.size and not (value.min() >= 0 and value.max() < self.num_classes):
            raise refusal(self, f"index values should not bigger than num classes: {self.num_classes}, or negative.")
        found = np.eye(self.num_classes, dtype=value.dtype)[value]
        if self.smoothing_rate:
            found = found * (1 - self.smoothing_rate) + self.smoothing_rate / self.num_classes
        return found


class PadEnd(OneToOne):
    """mindspore.dataset.transforms.PadEnd(pad_shape, pad_value=None): cut off or filled up, at the ends, to a shape."""

    def __init__(self, pad_shape: list[int | None], pad_value: Any = None) -> None:
        for size in of_type("pad_shape", pad_shape, list):
            if size is not None:
                within("pad_shape", of_type("pad_shape", size, int), 1, 2**63 - 1)
        self.pad_shape = pad_shape
        self.pad_value = pad_value if pad_value is None else of_type("pad_value", pad_value, *SCALARS)

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if value.ndim != len(self.pad_shape):
            raise refusal(self, f"invalid pad shape, as rank of input is: {value.ndim}, and rank of pad value: {len(self.pad_shape)}.")
        fill = ("" if is_text(value) else 0) if self.pad_value is None else self.pad_value
        if is_text(value) != is_text(fill):
            raise refusal(self, "can not pad numeric and string tensors together.")
        shape = [have if size is None else size for size, have in zip(self.pad_shape, value.shape, strict=True)]
        kind = np.result_type(value.dtype, np.array(fill, value.dtype.kind).dtype) if is_text(value) else value.dtype
        found = np.full(shape, fill, kind)
        part = tuple(slice(min(sizes)) for sizes in zip(shape, value.shape, strict=True))
        found[part] = value[part]
        return found


class Slice(OneToOne):
    """mindspore.dataset.transforms.Slice(*slices): for each axis an index, a list of them, a slice, or None, True or ... for all.

    No axis goes away.
    """

    def __init__(self, *slices: Any) -> None:
        for item in slices:
            if item is not None:
                of_type("slice", item, int, list, slice, bool, type(Ellipsis))
        self.slices = slices

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if len(self.slices) > value.ndim:
            raise refusal(self, f"{len(self.slices)} slices for {value.ndim} axes.")
        for axis, item in enumerate(self.slices):
            if isinstance(item, slice):
                value = value[(slice(None),) * axis + (item,)]
            elif not (item is None or item is True or item is Ellipsis):
                wanted = [int(item)] if isinstance(item, int) else list(item)
                if any(not -value.shape[axis] <= index < value.shape[axis] for index in wanted):
                    raise refusal(self, f"Index {wanted} is out of bounds.")
                value = value.take(wanted, axis)
        return value


class TypeCast(OneToOne):
    """mindspore.dataset.transforms.TypeCast(data_type): numbers in another type."""

    def __init__(self, data_type: Any) -> None:
        self.data_type = cast_type("data_type", data_type)

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if is_text(value):
            raise refusal(self, f"TypeCast does not support cast from string to {self.data_type}.")
        return value.astype(self.data_type)


def cast_type(name: str, value: Any) -> np.dtype[Any]:
    """A type of MindSpore or NumPy, or its name, as NumPy's. TypeError for any other value."""
    found = dtypes.find(value) if isinstance(value, (dtypes.Type, str, type, np.dtype)) else None
    if found is None or found.numpy is None:
        raise errors.invalid(TypeError, f"Argument {name} with value {value!r} is not a data type of NumPy.")
    return np.dtype(found.numpy)


class Unique(OneToOne):
    """mindspore.dataset.transforms.Unique(): the values in the order in which they come, the place of each element's, and their counts.

    The array has two axes or more, and is read as one. The last two are int32.
    """

    def apply(self, *values: Any) -> Any:
        (value,) = values
        if value.ndim < 2:
            raise refusal(self, f"input must be at least 2-D in order to do unique op, got rank:{value.ndim}.")
        found, first, places, counts = np.unique(value.ravel(), return_index=True, return_inverse=True, return_counts=True)
        order = np.argsort(first)
        return found[order], np.argsort(order)[places.ravel()].astype(np.int32), counts[order].astype(np.int32)


def not_random(function: Callable[..., Any]) -> Callable[..., Any]:
    """mindspore.dataset.transforms.not_random: marks a function as one that draws nothing; nothing here caches its results."""
    function.random = False  # type: ignore[attr-defined]
    return function
