"""What the functions of mindspore.numpy take: tensors, array-likes, data types, axes; and how each of them runs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.meanings import dtype_set
from compat.mindspore_on_torch.tensor import run_plain

torch: Any = frameworks.load("torch")

# Python's numbers and lists of them become tensors of 32 bits.
NUMBERS = {int: torch.int32, float: torch.float32, bool: torch.bool}
NARROW = {"b": torch.bool, "i": torch.int32, "u": torch.int32, "f": torch.float32}
BY_NAME = {"int": dtypes.int32, "uint": dtypes.uint32, "float": dtypes.float32, "bool": dtypes.bool_}
BY_PYTHON = {int: dtypes.int32, float: dtypes.float32, bool: dtypes.bool_}
INTEGERS = dtype_set("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
BYTES = dtype_set("bool", "int8", "uint8")
KNOWN = INTEGERS | dtype_set("bool", "float16", "float32", "float64")


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The public function: its body is plain PyTorch, its results are Tensors, its errors have MindSpore's types.

    What PyTorch refuses for the shapes is a ValueError, what it has no kernel for a TypeError.
    """
    api = f"mindspore.numpy.{function.__name__}"

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return run_plain(function, *args, **kwargs)
        except (TypeError, NotImplementedError) as error:
            raise errors.at_boundary(api, error, TypeError) from error
        except (RuntimeError, IndexError, ValueError) as error:
            raise errors.at_boundary(api, error, ValueError) from error

    return call


def tensors(*values: Any) -> None:
    """TypeError unless each is a Tensor."""
    for value in values:
        if not isinstance(value, torch.Tensor):
            raise errors.invalid(TypeError, f"expect Tensor, but got {type(value).__name__}")


def array(value: Any, device: Any = None, dtype: Any = None) -> Any:
    """A tensor as it is; a number or a nested list of numbers or tensors as a new one, in `dtype` or else of 32 bits.

    An integer that int32 can't hold makes it int64; MindSpore wraps it around. TypeError for anything else, NumPy's arrays
    among it; ValueError for rows of different lengths.
    """
    if isinstance(value, torch.Tensor):
        return value
    if type(value) in NUMBERS:
        return torch.tensor(value, dtype=dtype or kind_of(NUMBERS[type(value)], value), device=device)
    if not isinstance(value, (bool, int, float, list, tuple)):
        raise errors.invalid(TypeError, f"expect an array-like: int, float, bool, list, tuple or Tensor, but got {type(value).__name__}")
    if isinstance(value, (list, tuple)) and has_tensor(value):
        parts = common(*(array(item, device) for item in value))
        if len({tuple(part.shape) for part in parts}) > 1:
            raise errors.invalid(ValueError, f"the elements have different shapes: {[tuple(part.shape) for part in parts]}")
        return narrow(torch.stack(parts))[0]
    numbers = np.asarray(value)
    if numbers.dtype.kind not in NARROW:
        raise errors.invalid(TypeError, f"expect numbers, but got {value!r}")
    kind = NARROW[numbers.dtype.kind]
    if dtype is None and kind is torch.int32 and numbers.size:
        kind = kind_of(kind, int(numbers.min()), int(numbers.max()))
    return torch.tensor(numbers, dtype=dtype or kind, device=device)


def kind_of(kind: Any, *values: Any) -> Any:
    """int64 in the place of int32 where that can't hold one of these."""
    return torch.int64 if kind is torch.int32 and not all(-(2**31) <= value < 2**31 for value in values) else kind


def wide(value: Any) -> Any:
    """As `array`, with Python's integers as int64."""
    found = array(value)
    return found.long() if found is not value and found.dtype is torch.int32 else found


def narrow(*values: Any) -> tuple[Any, ...]:
    """int64 as int32 and float64 as float32, which is what MindSpore makes of tensors in a list."""
    kinds = {torch.int64: torch.int32, torch.float64: torch.float32}
    return tuple(value.to(kinds.get(value.dtype, value.dtype)) for value in values)


def has_tensor(values: Any) -> bool:
    """Whether a nested list holds a tensor."""
    return any(isinstance(item, torch.Tensor) or (isinstance(item, (list, tuple)) and has_tensor(item)) for item in values)


def arrays(*values: Any) -> tuple[Any, ...]:
    """Each as a tensor, on the device of the first that is one."""
    device = next((value.device for value in values if isinstance(value, torch.Tensor)), None)
    return tuple(array(value, device) for value in values)


def common(*values: Any) -> tuple[Any, ...]:
    """The tensors in their common type, to which one without dimensions counts as much as any other."""
    kinds = [value.dtype for value in values]
    try:
        kind = functools.reduce(torch.promote_types, kinds)
    except RuntimeError as error:  # wide unsigned types, which MindSpore doesn't mix with others either
        raise errors.invalid(TypeError, f"{', '.join(map(str, kinds))} have no common type") from error
    if kinds.count(kind) == len(kinds):
        return values
    return tuple(value.to(kind) for value in values)


def floating(value: Any) -> Any:
    """Integers and bool as float32."""
    return value if value.is_floating_point() else value.float()


def single(value: Any) -> Any:
    """float32, or float64 as it is."""
    return value if value.dtype is torch.float64 else value.float()


def only_floating(value: Any) -> Any:
    """A tensor of floating point; TypeError for any other."""
    if not value.is_floating_point():
        raise errors.invalid(TypeError, f"a floating point tensor is needed, but got {dtypes.FROM_TORCH[value.dtype]}")
    return value


def no_bool(value: Any) -> Any:
    """A tensor of numbers; TypeError for bool."""
    if value.dtype is torch.bool:
        raise errors.invalid(TypeError, "bool is not supported")
    return value


def trigonometric(value: Any) -> Any:
    """Bytes and bool as float16, wider integers as float32: what MindSpore computes angles of integers in."""
    if value.is_floating_point():
        return value
    return value.half() if value.dtype in BYTES else value.float()


def data_type(value: Any) -> Any:
    """PyTorch's type for a data type or its name, where `int` and `float` mean 32 bits. TypeError for what NumPy lacks."""
    if isinstance(value, str) and value in BY_NAME:
        return BY_NAME[value].torch
    found = BY_PYTHON.get(value) if isinstance(value, type) else None
    found = found or dtypes.find(value)
    if found is None or found.torch not in KNOWN:
        raise errors.invalid(TypeError, f"a data type of mindspore.numpy or its name is needed, but got {value!r}")
    return found.torch


def cast(value: Any, dtype: Any) -> Any:
    """The result in the type that the caller asked for, if any; a name is a TypeError, as it is for the element-wise functions."""
    return value if dtype is None else value.to(dtypes.torch_dtype(dtype))


def named(value: Any, dtype: Any) -> Any:
    """The result in the type, or the type of the name, that the caller asked for, if any."""
    return value if dtype is None else value.to(data_type(dtype))


def one_axis(axis: Any, ndim: int) -> int:
    """The axis counted from the front. TypeError unless it is an int, ValueError if there is no such axis."""
    if not isinstance(axis, int):
        raise errors.invalid(TypeError, f"axes should be integers, not {type(axis).__name__}")
    if not -ndim <= axis < ndim:
        raise errors.invalid(ValueError, f"axis {axis} is out of bounds for array of dimension {ndim}")
    return axis % ndim


def some_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """All axes for None, else those given, counted from the front; ValueError for one that is named twice."""
    if axis is None:
        return tuple(range(ndim))
    found = tuple(one_axis(one, ndim) for one in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    if len(set(found)) < len(found):
        raise errors.invalid(ValueError, f"duplicate axes in {axis}")
    return found


def flag(name: str, value: Any) -> bool:
    """TypeError unless it is a bool."""
    if not isinstance(value, bool):
        raise errors.invalid(TypeError, f"{name} must be a bool, but got {type(value).__name__}")
    return value


def integer(name: str, value: Any) -> int:
    """TypeError unless it is an int."""
    if not isinstance(value, int):
        raise errors.invalid(TypeError, f"{name} must be an int, but got {type(value).__name__}")
    return value


def one_of(name: str, value: Any, choices: Iterable[Any]) -> None:
    """ValueError unless it is one of these."""
    if value not in choices:
        raise errors.invalid(ValueError, f"{name} must be one of {list(choices)}, but got {value!r}")


def lengths(shape: Any) -> tuple[int, ...]:
    """A shape from an int, a tuple, a list, or a Tensor of integers. TypeError for others, ValueError for a negative length."""
    if isinstance(shape, torch.Tensor):
        shape = shape.tolist()
    if not isinstance(shape, (int, tuple, list)):
        raise errors.invalid(TypeError, f"only int, tuple, list and tensor are allowed for shape, but got {type(shape).__name__}")
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    for size in sizes:
        if integer("each entry in shape", size) < 0:
            raise errors.invalid(ValueError, f"each entry in shape should be no less than 0, but got {sizes}")
    return sizes
