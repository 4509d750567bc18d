"""Argument checks that raise what PyTorch raises, where MindSpore would raise another type or silently return a number.

A check on values (class indices, probabilities, lengths) reads them on the host; on CPU that copies nothing.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from compat import errors, frameworks

mindspore = frameworks.load("mindspore")

Tensor = Any

FLOATING = (mindspore.float16, mindspore.bfloat16, mindspore.float32, mindspore.float64)
REDUCTIONS = ("none", "mean", "sum")


def tensors(api: str, kind: type[Exception] = TypeError, **arguments: object) -> None:
    """Refuse anything but a tensor with `kind`: PyTorch's C++ raises TypeError, its Python AttributeError.

    That Python calls `size()`, which an array has as a number: another TypeError.
    """
    for name, value in arguments.items():
        if not isinstance(value, mindspore.Tensor):
            kind = TypeError if isinstance(value, np.ndarray) else kind
            raise errors.invalid(kind, f"{api}: {name} must be a Tensor, not {type(value).__name__}")


def number(api: str, **arguments: object) -> None:
    """Refuse anything but a Python number with TypeError."""
    for name, value in arguments.items():
        if not isinstance(value, (int, float)):
            raise errors.invalid(TypeError, f"{api}: {name} must be a number, not {type(value).__name__}")


def tensor_or_number(api: str, **arguments: object) -> None:
    """Refuse with TypeError what arithmetic with a tensor would refuse."""
    for name, value in arguments.items():
        if not isinstance(value, (mindspore.Tensor, int, float)):
            raise errors.invalid(TypeError, f"{api}: {name} must be a Tensor or a number, not {type(value).__name__}")


def reduction(api: str, value: str) -> str:
    """`value` if it names a reduction, its present name if PyTorch has deprecated it; ValueError otherwise."""
    if value == "elementwise_mean":
        warnings.warn(f"{api}: reduction='elementwise_mean' is deprecated, use reduction='mean'", stacklevel=4)
        return "mean"
    return present_reduction(api, value)


def present_reduction(api: str, value: str, not_text: type[Exception] = ValueError) -> str:
    """`value` if it is one of REDUCTIONS; ValueError otherwise, and `not_text` if it is no text at all."""
    if value not in REDUCTIONS:
        kind = ValueError if isinstance(value, str) else not_text
        raise errors.invalid(kind, f"{api}: reduction={value!r} is not one of {', '.join(map(repr, REDUCTIONS))}")
    return value


def floating(api: str, kind: type[Exception] = NotImplementedError, **arguments: Tensor) -> None:
    """Refuse integer and bool tensors with `kind`."""
    for name, value in arguments.items():
        if value.dtype not in FLOATING:
            raise errors.invalid(kind, f"{api}: {name} must be a floating point tensor, not {value.dtype}")


def not_bool(api: str, **arguments: Tensor) -> None:
    """Refuse bool tensors, which PyTorch does not subtract or negate, with RuntimeError."""
    for name, value in arguments.items():
        if value.dtype == mindspore.bool_:
            raise errors.invalid(RuntimeError, f"{api}: {name} must not be a bool tensor")


def not_half(api: str, **arguments: Tensor) -> None:
    """Refuse float16 tensors where PyTorch has no CPU kernel for them, with NotImplementedError."""
    for name, value in arguments.items():
        if value.dtype == mindspore.float16:
            raise errors.invalid(NotImplementedError, f"{api}: not implemented for {name} of float16")


def same_dtype(api: str, dtype: Any, **arguments: Tensor | None) -> None:
    """Refuse a tensor whose dtype is not `dtype` with RuntimeError."""
    for name, value in arguments.items():
        if value is not None and value.dtype != dtype:
            raise errors.invalid(RuntimeError, f"{api}: {name} must be {dtype}, not {value.dtype}")


def same_shape(api: str, kind: type[Exception], **arguments: Tensor) -> None:
    """Refuse a second tensor whose shape differs from the first's with `kind`."""
    (first, expected), (second, given) = arguments.items()
    if tuple(expected.shape) != tuple(given.shape):
        raise errors.invalid(kind, f"{api}: {second} shape {list(given.shape)} differs from {first} shape {list(expected.shape)}")


def warn_of_broadcast(api: str, input: Tensor, target: Tensor) -> None:
    """Warn, as PyTorch does, that input and target of different shapes broadcast."""
    if tuple(input.shape) != tuple(target.shape):
        warnings.warn(
            f"{api}: target shape {list(target.shape)} differs from input shape {list(input.shape)}; "
            "broadcasting them will likely lead to incorrect results",
            stacklevel=5,
        )


def broadcast_shape(api: str, *tensors: Tensor) -> tuple[int, ...]:
    """The shape that `tensors` broadcast to; RuntimeError if there is none."""
    rank = max(len(tensor.shape) for tensor in tensors)
    padded = [(1,) * (rank - len(tensor.shape)) + tuple(tensor.shape) for tensor in tensors]
    shape = []
    for sizes in zip(*padded, strict=True):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            shapes = " and ".join(str(list(tensor.shape)) for tensor in tensors)
            raise errors.invalid(RuntimeError, f"{api}: the shapes {shapes} do not broadcast")
        shape.append(wide.pop() if wide else 1)
    return tuple(shape)


def broadcasts_to(api: str, shape: tuple[int, ...], **arguments: Tensor | None) -> None:
    """Refuse a tensor that would make `shape` larger with RuntimeError."""
    for name, value in arguments.items():
        if value is not None and not _fits(tuple(value.shape), tuple(shape)):
            raise errors.invalid(RuntimeError, f"{api}: {name} shape {list(value.shape)} does not broadcast to {list(shape)}")


def _fits(small: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    if len(small) > len(shape):
        return False
    return all(size in (1, wanted) for size, wanted in zip(reversed(small), reversed(shape), strict=False))


def class_indices(api: str, input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int) -> None:
    """Check scores (N, C, d...) or (C), class indices (N, d...) or (), class weights (C) as PyTorch's nll_loss does."""
    _class_shapes(api, tuple(input.shape), tuple(target.shape))
    classes = input.shape[1 if input.ndim > 1 else 0]
    if weight is not None and tuple(weight.shape) != (classes,):
        raise errors.invalid(RuntimeError, f"{api}: weight must have shape [{classes}], one per class, not {list(weight.shape)}")
    same_dtype(api, input.dtype, weight=weight)
    short_targets = (mindspore.uint8,) if input.ndim <= 2 else ()
    if target.dtype not in (mindspore.int64, *short_targets):
        raise errors.invalid(RuntimeError, f"{api}: target must be int64, not {target.dtype}")
    in_range(api, IndexError, target, 0, classes - 1, ignored=ignore_index)


def _class_shapes(api: str, scores: tuple[int, ...], target: tuple[int, ...]) -> None:
    if not scores:
        raise errors.invalid(ValueError, f"{api}: input must have 1 or more dimensions")
    if len(scores) == 1:
        if target not in ((), (1,)):
            kind = ValueError if len(target) == 1 else RuntimeError
            raise errors.invalid(kind, f"{api}: input of shape [C] takes a target of shape [], not {list(target)}")
    elif target[:1] != scores[:1]:
        raise errors.invalid(ValueError, f"{api}: input of batch size {scores[0]}, target of shape {list(target)}")
    elif target[1:] != scores[2:]:
        expected = [scores[0], *scores[2:]]
        raise errors.invalid(RuntimeError, f"{api}: target shape must be {expected}, not {list(target)}")


def in_range(api: str, kind: type[Exception], target: Tensor, lowest: int, highest: int, ignored: int | None = None) -> None:
    """Refuse indices outside lowest..highest, except `ignored`, with `kind`."""
    values = target.asnumpy()
    outside = (values < lowest) | (values > highest)
    if ignored is not None:
        outside &= values != ignored
    if outside.any():
        raise errors.invalid(kind, f"{api}: target {values[outside][0]} is out of bounds, 0 to {highest} expected")
