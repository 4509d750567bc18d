"""Channels exchanged for space, or for other channels."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import linear_maps
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

ops = mindspore.ops


def check_rank(name: str, input: Any, what: str, factor: int) -> None:
    if input.ndim < 3:
        raise invalid(RuntimeError, f"{name} expects input to have at least 3 dimensions, but got input with {input.ndim} dimension(s)")
    if factor <= 0:
        raise invalid(RuntimeError, f"{name} expects a positive {what}, but got {factor}")


def pixel_shuffle(input: Any, upscale_factor: int) -> Tensor:
    """(…, C · r², H, W) as (…, C, H · r, W · r)."""
    factor = int(upscale_factor)
    check_rank("pixel_shuffle", input, "upscale_factor", factor)
    *leading, channels, height, width = input.shape
    if channels % factor**2:
        raise invalid(
            RuntimeError,
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={channels} is not divisible by {factor**2}",
        )
    found = linear_maps.transpose(ops.reshape(input, (-1, factor, factor, height, width)), (0, 3, 1, 4, 2))
    result: Tensor = as_tensor(ops.reshape(found, (*leading, channels // factor**2, height * factor, width * factor)))
    return result


def pixel_unshuffle(input: Any, downscale_factor: int) -> Tensor:
    """(…, C, H · r, W · r) as (…, C · r², H, W)."""
    factor = int(downscale_factor)
    check_rank("pixel_unshuffle", input, "downscale_factor", factor)
    *leading, channels, height, width = input.shape
    for axis, at, size in (("height", -2, height), ("width", -1, width)):
        if size % factor:
            raise invalid(
                RuntimeError,
                f"pixel_unshuffle expects {axis} to be divisible by downscale_factor, but input.size({at})={size} is not divisible by "
                f"{factor}",
            )
    found = linear_maps.transpose(ops.reshape(input, (-1, height // factor, factor, width // factor, factor)), (0, 2, 4, 1, 3))
    result: Tensor = as_tensor(ops.reshape(found, (*leading, channels * factor**2, height // factor, width // factor)))
    return result


def channel_shuffle(input: Any, groups: int) -> Tensor:
    """The channels of (N, C, …) in the order: the first of each group, the second of each …"""
    if input.ndim < 3:
        raise invalid(RuntimeError, f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    if groups <= 0:
        raise invalid(RuntimeError, f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    batch, channels, *sizes = input.shape
    if channels % groups:
        raise invalid(RuntimeError, f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups.")
    found = linear_maps.transpose(ops.reshape(input, (batch, groups, channels // groups, -1)), (0, 2, 1, 3))
    result: Tensor = as_tensor(ops.reshape(found, (batch, channels, *sizes)))
    return result


native_channel_shuffle = channel_shuffle


adopt_in(globals())
