"""Elements added around a tensor, or taken off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes
from compat.torch_on_mindspore.emptiness import nothing, unmoved
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.gathering import entries
from compat.torch_on_mindspore.linear_maps import cat, linear
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

ops = mindspore.ops

MODES = ("constant", "reflect", "replicate", "circular")


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """`input` with pad[0] elements before and pad[1] after the last dimension, pad[2] and pad[3] around the one before it …

    A negative number takes elements off. "constant" takes any dimensions and puts `value`, or 0; "reflect", "replicate" and
    "circular" take the last one, two or three of an input with one or two dimensions more.
    """
    sides = tuple(int(one) for one in pad)
    if len(sides) % 2:
        raise invalid(RuntimeError, "Padding length must be divisible by 2")
    if len(sides) > 2 * input.ndim:
        raise invalid(RuntimeError, f"Padding length should be less than or equal to two times the input dimension but got padding length {len(sides)} and input of dimension {input.ndim}")  # fmt: skip
    if mode == "constant":
        return constant_pad_nd(input, sides, 0 if value is None else value)
    if value is not None and value != 0:
        raise invalid(RuntimeError, f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in MODES:
        raise invalid(NotImplementedError, f"Unrecognised padding mode {mode}")
    if input.ndim - len(sides) // 2 not in (1, 2) or not 0 < len(sides) <= 6:
        raise invalid(NotImplementedError, f"Padding size {len(sides)} is not supported for {input.ndim}D input tensor.")
    check(input, sides, mode)
    shape = padded_shape(input, sides)
    if 0 in shape:
        empty: Tensor = nothing(shape, input)
        return empty
    found: Tensor = as_tensor(repeated(input, sides, mode))
    return found


def padded_shape(input: Any, sides: tuple[int, ...]) -> tuple[int, ...]:
    shape = list(input.shape)
    for back in range(len(sides) // 2):
        shape[-1 - back] += sides[2 * back] + sides[2 * back + 1]
    return tuple(shape)


def repeated(input: Any, sides: tuple[int, ...], mode: str) -> Any:
    """`input` continued by its own elements, or without some of them."""
    if min(sides) < 0 or input.dtype == dtypes.bool_:  # of which MindSpore's Pad has no kernel
        return picked(input, sides, mode)
    if input.ndim == len(sides) // 2 + 1:  # MindSpore would add the dimension itself, in operators of its own
        found = repeated(ops.reshape(input, (1, *input.shape)), sides, mode)
        return ops.reshape(found, tuple(found.shape[1:]))
    if mode != "reflect" or len(sides) < 6:
        return linear(lambda x: ops.pad(x, sides, mode), input)
    # MindSpore reflects two dimensions at most: the plane first, then the depth.
    *leading, depth, height, width = input.shape
    plane = linear(lambda x: ops.pad(x, sides[:4], mode), ops.reshape(input, (-1, depth, height, width)))
    height, width = (int(one) for one in plane.shape[2:])
    found = linear(lambda x: ops.pad(x, (0, 0, *sides[4:]), mode), ops.reshape(plane, (-1, 1, depth, height * width)))
    return ops.reshape(found, (*leading, -1, height, width))


def picked(input: Any, sides: tuple[int, ...], mode: str) -> Any:
    """`repeated` by gathering: MindSpore's Pad takes off less than PyTorch's."""
    for back in range(len(sides) // 2):
        dim = input.ndim - 1 - back
        size, (before, after) = int(input.shape[dim]), sides[2 * back : 2 * back + 2]
        places = np.arange(-before, size + after)
        if mode == "replicate":
            places = np.clip(places, 0, size - 1)
        elif mode == "reflect":
            places = size - 1 - np.abs(size - 1 - np.abs(places))
        else:
            start, left = max(-before, 0), size + min(before, 0) + min(after, 0)
            if max(before, after) > left:
                raise invalid(RuntimeError, "Padding value causes wrapping around more than once.")
            places = start + (places - start) % left
        input = entries(input, mindspore.Tensor(places), dim)
    return input


def check(input: Any, sides: tuple[int, ...], mode: str) -> None:
    """RuntimeError, in PyTorch's words, where the elements of `input` don't suffice."""
    shape, spatial = list(input.shape), len(sides) // 2
    if 0 in (shape[-spatial:] if input.ndim == spatial + 1 else shape[1:]):
        raise invalid(
            RuntimeError,
            f"Expected {spatial + 1}D or {spatial + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
            f"input, but got: {shape}",
        )
    for back in range(spatial):
        dim, (before, after) = input.ndim - 1 - back, sides[2 * back : 2 * back + 2]
        size = shape[dim]
        if mode == "reflect" and max(before, after) >= size:
            raise invalid(
                RuntimeError,
                f"Argument #{4 + 2 * back}: Padding size should be less than the corresponding input dimension, but got: padding "
                f"({before}, {after}) at dimension {dim} of input {shape}",
            )
        if mode == "circular" and max(before, after) > size:
            raise invalid(RuntimeError, "Padding value causes wrapping around more than once.")
        if size + before + after < 0:
            raise invalid(RuntimeError, "Negative padding value is resulting in an empty dimension")


def constant_pad_nd(input: Any, pad: Sequence[int], value: Any = 0) -> Tensor:
    """`pad` with a constant."""
    sides = tuple(int(one) for one in pad)
    if len(sides) % 2:
        raise invalid(RuntimeError, f"Length of pad must be even but instead it equals {len(sides)}")
    shape = padded_shape(input, sides)
    if min(padded_shape(input, tuple(min(one, 0) for one in sides)), default=0) < 0:
        raise invalid(RuntimeError, "narrow(): length must be non-negative.")
    if 0 in input.shape:
        filled: Tensor = unmoved(creation.full(shape, value, dtype=input.dtype), input)
        return filled
    if 0 in shape:
        empty: Tensor = nothing(shape, input)
        return empty
    found = input
    for back in range(len(sides) // 2):
        found = extended(found, input.ndim - 1 - back, sides[2 * back], sides[2 * back + 1], value)
    result: Tensor = found.clone() if found is input else found
    return result


def extended(input: Any, dim: int, before: int, after: int, value: Any) -> Any:
    """One dimension with `value` added, or elements taken off, at its ends: joining takes MindSpore half as long as its Pad."""
    if before < 0 or after < 0:
        start, stop = max(-before, 0), input.shape[dim] - max(-after, 0)
        if start >= stop:
            left = (*input.shape[:dim], input.shape[dim] + before + after, *input.shape[dim + 1 :])
            return nothing(left, input) + value
        input = as_tensor(input[(slice(None),) * dim + (slice(start, stop),)])
    added = [
        creation.full((*input.shape[:dim], width, *input.shape[dim + 1 :]), value, dtype=input.dtype) if width > 0 else None
        for width in (before, after)
    ]
    parts = [one for one in (added[0], input, added[1]) if one is not None]
    return input if len(parts) == 1 else as_tensor(cat(parts, dim))


adopt_in(globals())
