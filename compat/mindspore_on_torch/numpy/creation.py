"""mindspore.numpy: new tensors, from data or of one value."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import float32, int32, torch_dtype
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import data_type, lengths, plain

torch: Any = frameworks.load("torch")

__all__ = [
    "array", "asarray", "asfarray", "copy", "empty", "empty_like", "eye", "full", "full_like", "identity", "ones", "ones_like",
    "rand", "randint", "randn", "zeros", "zeros_like",
]  # fmt: skip


def made(obj: Any, dtype: Any) -> Any:
    if dtype is None:
        return operands.array(obj)
    kind = data_type(dtype)
    return operands.array(obj, dtype=kind).to(kind)


@plain
def array(obj: Any, dtype: Any = None, copy: bool = True, ndmin: int = 0) -> Any:
    """A tensor of the data: int32, float32 or bool for Python's numbers; a tensor keeps its type. `ndmin` adds axes in front."""
    found = made(obj, dtype)
    if copy and found is obj:
        found = found.clone()
    return found.reshape([1] * (ndmin - found.ndim) + list(found.shape)) if found.ndim < ndmin else found


@plain
def asarray(a: Any, dtype: Any = None) -> Any:
    """A tensor of the data, as `array`; a tensor is given back as it is."""
    return made(a, dtype)


@plain
def asfarray(a: Any, dtype: Any = float32) -> Any:
    """A tensor of the data in `dtype`, or in float32 where that is no type of floating point; its own type for None."""
    if dtype is None:
        return operands.array(a)
    kind = data_type(dtype)
    return made(a, kind if kind.is_floating_point else torch.float32)


@plain
def copy(a: Any) -> Any:
    """A copy of a tensor, or a tensor of the data."""
    found = operands.array(a)
    return found.clone() if found is a else found


@plain
def empty(shape: Any, dtype: Any = float32) -> Any:
    """A tensor of zeros, which is what MindSpore gives where it promises no values. TypeError for the name of a dtype."""
    return torch.zeros(lengths(shape), dtype=torch_dtype(dtype or float32))


@plain
def ones(shape: Any, dtype: Any = float32) -> Any:
    """A tensor of ones."""
    return torch.ones(lengths(shape), dtype=data_type(dtype))


@plain
def zeros(shape: Any, dtype: Any = float32) -> Any:
    """A tensor of zeros."""
    return torch.zeros(lengths(shape), dtype=data_type(dtype))


def filled(shape: tuple[int, ...], value: Any, dtype: Any, device: Any = None) -> Any:
    """A number in `dtype`; a tensor or list, which is broadcast, in its own type: MindSpore reads no dtype then."""
    if not isinstance(value, (int, float, list, tuple, torch.Tensor)):
        raise errors.invalid(TypeError, f"fill_value must be int, float, bool, list, tuple or Tensor, but got {type(value).__name__}")
    found = operands.array(value, device, dtype if isinstance(value, (int, float)) else None)
    return found.broadcast_to(shape).clone()


@plain
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """A tensor of one number, or of the elements of a list or tensor that is broadcast and keeps its type."""
    return filled(lengths(shape), fill_value, None if dtype is None else data_type(dtype))


def like(prototype: Any, dtype: Any, shape: Any) -> tuple[tuple[int, ...], Any, Any]:
    """Shape, type and device: those of the prototype, unless given."""
    found = operands.array(prototype)
    return tuple(found.shape) if shape is None else lengths(shape), found.dtype if dtype is None else data_type(dtype), found.device


@plain
def empty_like(prototype: Any, dtype: Any = None, shape: Any = None) -> Any:
    """A tensor of zeros, which is what MindSpore gives, in the shape and type of the prototype unless given."""
    sizes, kind, device = like(prototype, None, shape)
    return torch.zeros(sizes, dtype=kind if dtype is None else torch_dtype(dtype), device=device)


@plain
def ones_like(a: Any, dtype: Any = None, shape: Any = None) -> Any:
    """A tensor of ones, in the shape and type of `a` unless given."""
    sizes, kind, device = like(a, dtype, shape)
    return torch.ones(sizes, dtype=kind, device=device)


@plain
def zeros_like(a: Any, dtype: Any = None, shape: Any = None) -> Any:
    """A tensor of zeros, in the shape and type of `a` unless given."""
    sizes, kind, device = like(a, dtype, shape)
    return torch.zeros(sizes, dtype=kind, device=device)


@plain
def full_like(a: Any, fill_value: Any, dtype: Any = None, shape: Any = None) -> Any:
    """A tensor of one number in the shape and type of `a` unless given; a list or tensor is broadcast and keeps its type."""
    sizes, kind, device = like(a, dtype, shape)
    return filled(sizes, fill_value, kind, device)


@plain
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = float32) -> Any:
    """Ones on diagonal `k` of a matrix of N × M (N × N), zeros elsewhere."""
    rows, columns = (lengths(operands.integer(name, size)) for name, size in (("N", N), ("M", N if M is None else M)))
    places = torch.arange(*columns) - torch.arange(*rows).unsqueeze(1)
    return (places == operands.integer("k", k)).to(data_type(dtype))


@plain
def identity(n: int, dtype: Any = float32) -> Any:
    """The identity of n × n."""
    return torch.eye(*lengths(operands.integer("n", n)), dtype=data_type(dtype))


def drawn_shape(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """The sizes one by one, or as one sequence; (1,) for none."""
    return lengths(shape[0] if len(shape) == 1 else shape or (1,))


def floating_type(dtype: Any) -> Any:
    kind = data_type(dtype)
    if not kind.is_floating_point:
        raise errors.invalid(ValueError, f"dtype must be float16, float32 or float64, but got {dtype}")
    return kind


@plain
def rand(*shape: Any, dtype: Any = float32) -> Any:
    """Numbers drawn evenly from [0, 1)."""
    return torch.rand(drawn_shape(shape), dtype=floating_type(dtype))


@plain
def randn(*shape: Any, dtype: Any = float32) -> Any:
    """Numbers drawn from the standard normal distribution."""
    return torch.randn(drawn_shape(shape), dtype=floating_type(dtype))


@plain
def randint(minval: int, maxval: int | None = None, shape: Any = None, dtype: Any = int32) -> Any:
    """Integers drawn from [minval, maxval), or from [0, minval). ValueError where that is empty, or for a dtype of other numbers."""
    low, high = (0, operands.integer("minval", minval)) if maxval is None else (operands.integer("minval", minval), maxval)
    if operands.integer("maxval", high) <= low:
        raise errors.invalid(ValueError, f"no integer lies in [{low}, {high})")
    kind = data_type(dtype)
    if kind not in (torch.int8, torch.int16, torch.int32, torch.int64):
        raise errors.invalid(ValueError, f"dtype must be int8, int16, int32 or int64, but got {dtype}")
    return torch.randint(low, high, (1,) if shape is None else lengths(shape), dtype=kind)
