"""New tensors: zeros, ones, full, arange and their like; values or copies of a shape."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import float32, int64, torch_dtype
from compat.mindspore_on_torch.tensor import as_tensor

torch: Any = frameworks.load("torch")


def lengths(api: str, shape: Any) -> tuple[int, ...]:
    """A shape from an int, a tuple, a list, or a Tensor of integers; ValueError for a negative size."""
    if isinstance(shape, torch.Tensor):
        shape = shape.tolist()
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if any(size < 0 for size in sizes):
        raise errors.invalid(ValueError, f"{api}: a shape has no negative sizes, but got {sizes}")
    return sizes


def zeros(size: Any, dtype: Any = None) -> Any:
    """mindspore.ops.zeros: float32 unless a dtype is given."""
    return as_tensor(torch.zeros(lengths("mindspore.ops.zeros", size), dtype=torch_dtype(dtype or float32)))


def ones(shape: Any, dtype: Any = None) -> Any:
    """mindspore.ops.ones: float32 unless a dtype is given."""
    return as_tensor(torch.ones(lengths("mindspore.ops.ones", shape), dtype=torch_dtype(dtype or float32)))


def full(size: Any, fill_value: Any, *, dtype: Any = None) -> Any:
    """mindspore.ops.full: int64 unless a dtype is given, whatever the value: a fraction is cut off. `size` is a tuple or list."""
    if not isinstance(size, (tuple, list)):
        raise errors.invalid(TypeError, f"mindspore.ops.full: size must be a tuple or list, but got {type(size).__name__}")
    value = fill_value.item() if isinstance(fill_value, torch.Tensor) else fill_value
    made = torch.full(lengths("mindspore.ops.full", size), int(value.real) if dtype is None else value, dtype=torch_dtype(dtype or int64))
    return as_tensor(made)


def zeros_like(input: Any, *, dtype: Any = None) -> Any:
    """mindspore.ops.zeros_like."""
    return as_tensor(torch.zeros_like(input, dtype=torch_dtype(dtype or input.dtype)))


def ones_like(input: Any, *, dtype: Any = None) -> Any:
    """mindspore.ops.ones_like."""
    return as_tensor(torch.ones_like(input, dtype=torch_dtype(dtype)))


def full_like(input: Any, fill_value: Any, *, dtype: Any = None) -> Any:
    """mindspore.ops.full_like."""
    return as_tensor(torch.full_like(input, fill_value, dtype=torch_dtype(dtype)))


def arange(start: Any = 0, end: Any = None, step: Any = 1, *, dtype: Any = None) -> Any:
    """mindspore.ops.arange: from start up to, not including, end; `arange(n)` starts at 0. Integers give int64."""
    if end is None:
        start, end = 0, start
    try:
        numbers = torch.arange(start, end, step)
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.ops.arange", error, ValueError, start=start, end=end, step=step) from error
    return as_tensor(numbers if dtype is None else numbers.to(torch_dtype(dtype)))


def range(start: Any, end: Any, step: Any, maxlen: int = 1000000) -> Any:
    """mindspore.ops.range: from start up to, not including, end; ValueError for more than `maxlen` numbers."""
    made = torch.arange(start, end, step)
    if made.numel() > maxlen:
        raise errors.invalid(ValueError, f"mindspore.ops.range: {made.numel()} numbers are more than maxlen, {maxlen}")
    return as_tensor(made)


def rank(input_x: Any) -> int:
    """mindspore.ops.rank: the number of dimensions."""
    return int(input_x.ndim)


def size(input_x: Any) -> int:
    """mindspore.ops.size: the number of elements."""
    return int(input_x.numel())


def shape(input_x: Any) -> tuple[int, ...]:
    """mindspore.ops.shape."""
    return tuple(input_x.shape)
