"""ops.SpaceToBatchND, DepthToSpace, Im2Col, PadV3 and their kind: the same elements in other places."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.convolutions import each, same_padding
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.primitives.common import by_axis, check_rank, filled, numbers

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = [
    "BatchToSpace", "BatchToSpaceND", "BatchToSpaceNDV2", "ChannelShuffle", "Col2Im", "DepthToSpace", "ExtractImagePatches",
    "ExtractVolumePatches", "Im2Col", "Pad", "PadV3", "SpaceToBatch", "SpaceToBatchND", "SpaceToDepth",
    "batch_to_space_nd", "channel_shuffle", "col2im", "mirror_pad", "padding", "space_to_batch_nd",
]  # fmt: skip


def blocks(name: str, block: Any, amounts: Any) -> tuple[list[int], list[tuple[int, int]]]:
    """The length of a block along each of the last axes, and the two numbers of each; ValueError unless as many and none too small."""
    given = [tuple(numbers(pair)) for pair in numbers(amounts)]
    lengths = [block] * len(given) if isinstance(block, int) else numbers(block)
    if len(lengths) != len(given) or min(lengths) < 1 or any(len(pair) != 2 or min(pair) < 0 for pair in given):
        raise errors.invalid(ValueError, f"For '{name}', blocks {block} and {amounts} must have as many entries, none negative.")
    return lengths, given


def to_batch(name: str, x: Any, block: Any, paddings: Any) -> Any:
    """The last axes, padded, cut into blocks; the place in a block becomes part of the batch, in front."""
    lengths, given = blocks(name, block, paddings)
    wide = filled(x, given)
    count = len(lengths)
    kept = wide.shape[: wide.dim() - count]
    sizes = wide.shape[wide.dim() - count :]
    if any(size % length for size, length in zip(sizes, lengths, strict=True)):
        raise errors.invalid(RuntimeError, f"For '{name}', padded axes {tuple(sizes)} must be divisible by the blocks {lengths}.")
    split = wide.reshape(*kept, *(part for size, length in zip(sizes, lengths, strict=True) for part in (size // length, length)))
    first = len(kept)
    within, outer = range(first + 1, first + 2 * count, 2), range(first, first + 2 * count, 2)
    moved = split.permute(*within, *range(first), *outer)
    return moved.reshape(math.prod(lengths) * kept[0], *kept[1:], *(size // length for size, length in zip(sizes, lengths, strict=True)))


def from_batch(name: str, x: Any, block: Any, crops: Any) -> Any:
    """The reverse of `to_batch`: cut by `crops` in the end."""
    lengths, given = blocks(name, block, crops)
    count = len(lengths)
    if x.shape[0] % math.prod(lengths):
        raise errors.invalid(ValueError, f"For '{name}', the batch {x.shape[0]} must be divisible by the product of {lengths}.")
    kept = (x.shape[0] // math.prod(lengths), *x.shape[1 : x.dim() - count])
    sizes = x.shape[x.dim() - count :]
    split = x.reshape(*lengths, *kept, *sizes)
    first = count + len(kept)
    order = [axis for place in range(count) for axis in (first + place, place)]
    whole = split.permute(*range(count, first), *order).reshape(*kept, *(s * length for s, length in zip(sizes, lengths, strict=True)))
    return filled(whole, [(-before, -after) for before, after in given])


@primitive
def SpaceToBatch(input_x: Any, *, block_size: int, paddings: Any) -> Any:
    """Of (N, C, H, W)."""
    return to_batch("SpaceToBatch", input_x, block_size, paddings)


@primitive
def SpaceToBatchND(input_x: Any, *, block_shape: Any, paddings: Any) -> Any:
    """Of the last axes, as many as `paddings` has pairs."""
    return to_batch("SpaceToBatchND", input_x, block_shape, paddings)


@primitive
def BatchToSpace(input_x: Any, *, block_size: int, crops: Any) -> Any:
    """The reverse of SpaceToBatch."""
    return from_batch("BatchToSpace", input_x, block_size, crops)


@primitive
def BatchToSpaceND(input_x: Any, *, block_shape: Any, crops: Any) -> Any:
    """The reverse of SpaceToBatchND."""
    return from_batch("BatchToSpaceND", input_x, block_shape, crops)


@primitive
def BatchToSpaceNDV2(input_x: Any, block_shape: Any, crops: Any) -> Any:
    """The reverse of SpaceToBatchND, with blocks and crops in the call."""
    return from_batch("BatchToSpaceNDV2", input_x, block_shape, crops)


@operation
def space_to_batch_nd(input_x: Any, block_size: Any, paddings: Any) -> Any:
    """mindspore.ops.space_to_batch_nd: the last axes cut into blocks, whose places become part of the batch."""
    return to_batch("space_to_batch_nd", input_x, block_size, paddings)


@operation
def batch_to_space_nd(input_x: Any, block_shape: Any, crops: Any) -> Any:
    """mindspore.ops.batch_to_space_nd: the reverse of space_to_batch_nd."""
    return from_batch("batch_to_space_nd", input_x, block_shape, crops)


def check_block(name: str, block_size: Any) -> None:
    """TypeError unless it is an int, ValueError unless it is at least 2."""
    if not isinstance(block_size, int) or isinstance(block_size, bool):
        raise errors.invalid(TypeError, f"For '{name}', the type of 'block_size' must be int, but got {type(block_size).__name__}.")
    if block_size < 2:
        raise errors.invalid(ValueError, f"For '{name}', 'block_size' must be at least 2, but got {block_size}.")


@primitive
def SpaceToDepth(x: Any, *, block_size: int) -> Any:
    """Of (N, C, H, W): the place in a block counts before the channel."""
    check_block("SpaceToDepth", block_size)
    check_rank("SpaceToDepth", x, 4)
    batch, channels, height, width = x.shape
    split = x.reshape(batch, channels, height // block_size, block_size, width // block_size, block_size)
    return split.permute(0, 3, 5, 1, 2, 4).reshape(batch, -1, height // block_size, width // block_size)


@primitive
def DepthToSpace(x: Any, *, block_size: int) -> Any:
    """The reverse of SpaceToDepth."""
    check_block("DepthToSpace", block_size)
    check_rank("DepthToSpace", x, 4)
    batch, channels, height, width = x.shape
    split = x.reshape(batch, block_size, block_size, channels // block_size**2, height, width)
    return split.permute(0, 3, 4, 1, 5, 2).reshape(batch, -1, height * block_size, width * block_size)


def shuffled(x: Any, groups: int) -> Any:
    """The channels, axis -3, of all groups in turn."""
    if not isinstance(groups, int) or groups < 1 or x.dim() < 3 or x.shape[-3] % groups:
        raise errors.invalid(ValueError, f"For 'channel_shuffle', the channels of {tuple(x.shape)} must fall into {groups} groups.")
    return x.unflatten(-3, (groups, -1)).transpose(-4, -3).flatten(-4, -3)


@primitive
def ChannelShuffle(x: Any, *, group: int) -> Any:
    """Of (..., C, H, W): the channels of all groups in turn."""
    return shuffled(x, group)


@operation
def channel_shuffle(x: Any, groups: int) -> Any:
    """mindspore.ops.channel_shuffle of (..., C, H, W): the channels of all groups in turn."""
    return shuffled(x, groups)


@primitive
def Im2Col(x: Any, *, ksizes: Any, strides: Any = 1, dilations: Any = 1, pads: Any = 0) -> Any:
    """The windows of (N, C, H, W) as columns (N, C, KH KW, L)."""
    given = {"ksizes": ksizes, "strides": strides, "dilations": dilations, "pads": pads}
    kernel, stride, dilation, pad = (each(2, "Im2Col", *one) for one in given.items())
    return F.unfold(x, kernel, dilation, pad, stride).unflatten(1, (x.shape[1], -1))


def from_columns(x: Any, output_size: Any, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    """Columns (N, C, KH KW, L) added up in their places of (N, C, H, W)."""
    given = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    options = [each(2, "Col2Im", *one) for one in given.items()]
    return F.fold(x.flatten(1, 2), numbers(output_size), *options)


@primitive
def Col2Im(x: Any, output_size: Any, *, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Columns (N, C, KH KW, L) added up in their places; the size is read from a tensor."""
    return from_columns(x, output_size, kernel_size, dilation, padding, stride)


@operation
def col2im(input_x: Any, output_size: Any, kernel_size: Any, dilation: Any, padding_value: Any, stride: Any) -> Any:
    """mindspore.ops.col2im: columns (N, C, KH KW, L) added up in their places of (N, C, H, W)."""
    return from_columns(input_x, output_size, kernel_size, dilation, padding_value, stride)


@operation
def fold(input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """mindspore.ops.fold: columns (N, C KH KW, L) added up in their places of (N, C, H, W); the size is read from its tensor."""
    check_rank("fold", input, 3)
    if not isinstance(output_size, torch.Tensor):
        raise errors.invalid(TypeError, f"For 'fold', 'output_size' must be a Tensor, but got {type(output_size).__name__}.")
    given = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    return F.fold(input, numbers(output_size), *(each(2, "fold", *one) for one in given.items()))


@operation
def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """mindspore.Tensor.unfold: the windows of (N, C, H, W) as columns (N, C KH KW, L)."""
    return F.unfold(input, kernel_size, dilation, padding, stride)


@primitive
def ExtractImagePatches(input_x: Any, *, ksizes: Any, strides: Any, rates: Any, padding: str = "VALID") -> Any:
    """The windows of (N, C, H, W) as channels (N, KH KW C, H', W')."""
    return patches("ExtractImagePatches", input_x, 2, ksizes, strides, rates, padding)


@primitive
def ExtractVolumePatches(input_x: Any, *, kernel_size: Any, strides: Any, padding: str) -> Any:
    """The windows of (N, C, D, H, W) as channels (N, KD KH KW C, D', H', W')."""
    return patches("ExtractVolumePatches", input_x, 3, kernel_size, strides, 1, padding)


def patches(name: str, x: Any, rank: int, kernel_size: Any, strides: Any, rates: Any, padding: str) -> Any:
    """ValueError for another padding than "SAME" or "VALID"."""
    check_rank(name, x, rank + 2)
    kernel, stride = by_axis(rank, name, "kernel_size", kernel_size), by_axis(rank, name, "strides", strides)
    rate = by_axis(rank, name, "rates", rates)
    if padding.upper() not in ("SAME", "VALID"):
        raise errors.invalid(ValueError, f"For '{name}', 'padding' must be 'SAME' or 'VALID', but got {padding!r}.")
    windows = x
    if padding.upper() == "SAME":
        windows = filled(x, [same_padding(*one) for one in zip(x.shape[2:], kernel, stride, rate, strict=True)])
    for axis, (size, step, spacing) in enumerate(zip(kernel, stride, rate, strict=True)):
        windows = windows.unfold(2 + axis, spacing * (size - 1) + 1, step)[..., ::spacing]
    places = range(rank + 2, 2 * rank + 2)
    return windows.permute(0, *places, 1, *range(2, rank + 2)).flatten(1, rank + 1)


def by_index(x: Any, pairs: list[tuple[int, int]], mode: str) -> Any:
    """`x` with (before, after) elements more along its last axes, taken from `x`: "reflect", "symmetric", "edge" or "circular"."""
    for axis, (before, after) in enumerate(pairs, x.dim() - len(pairs)):
        if not before and not after:
            continue
        size = x.shape[axis]
        limit = {"reflect": size - 1, "symmetric": size, "circular": size}.get(mode, math.inf)
        if max(before, after) > limit or min(before, after) < 0:
            raise errors.invalid(ValueError, f"padding {(before, after)} of axis {axis} must be within 0 and {limit} in mode {mode!r}")
        places = torch.arange(-before, size + after, device=x.device)
        if mode == "circular":
            places = places % size
        elif mode == "reflect":
            places = (size - 1) - ((size - 1) - places.abs()).abs()
        elif mode == "symmetric":
            places = torch.where(places < 0, -1 - places, torch.where(places >= size, 2 * size - 1 - places, places))
        x = x.index_select(axis, places.clamp(0, size - 1))
    return x


@primitive
def Pad(input_x: Any, *, paddings: Any) -> Any:
    """Zeros before and after each axis."""
    if len(paddings) != input_x.dim() or any(len(pair) != 2 or min(pair) < 0 for pair in paddings):
        raise errors.invalid(ValueError, f"For 'Pad', 'paddings' must have a pair for each axis, none negative, but got {paddings}.")
    return filled(input_x, [tuple(pair) for pair in paddings])


@primitive
def PadV3(x: Any, paddings: Any, constant_value: Any = None, *, mode: str = "constant", paddings_contiguous: bool = True) -> Any:
    """`paddings`, read from a tensor, start with the last axis: (before, after) of each, or all before, then all after."""
    amounts = numbers(paddings)
    if not paddings_contiguous:
        half = len(amounts) // 2
        amounts = [amount for pair in zip(amounts[:half], amounts[half:], strict=True) for amount in pair]
    if mode == "constant":
        if constant_value is None or not isinstance(constant_value, torch.Tensor):
            return F.pad(x, amounts, value=constant_value or 0)
        mask = F.pad(torch.ones_like(x, dtype=torch.bool), amounts)
        return torch.where(mask, F.pad(x, amounts), constant_value.to(x.dtype))
    if mode not in ("reflect", "edge", "circular"):
        raise errors.invalid(ValueError, f"For 'PadV3', 'mode' must be 'constant', 'reflect', 'edge' or 'circular', but got {mode!r}.")
    return by_index(x, list(zip(amounts[::2], amounts[1::2], strict=True))[::-1], mode)


@operation
def mirror_pad(input_x: Any, paddings: Any, mode: str) -> Any:
    """mindspore.ops.mirror_pad: each axis continued by its mirror image, REFLECT without and SYMMETRIC with the edge itself."""
    if mode not in ("REFLECT", "SYMMETRIC"):
        raise errors.invalid(ValueError, f"For 'MirrorPad', 'mode' must be 'REFLECT' or 'SYMMETRIC', but got {mode!r}.")
    return by_index(input_x, [tuple(numbers(pair)) for pair in numbers(paddings)], mode.lower())


@operation
def padding(x: Any, pad_dim_size: int = 8) -> Any:
    """mindspore.ops.padding: the last axis, of length 1, filled up with zeros."""
    if not isinstance(pad_dim_size, int) or isinstance(pad_dim_size, bool):
        raise errors.invalid(TypeError, f"For 'Padding', 'pad_dim_size' must be an int, but got {type(pad_dim_size).__name__}.")
    if pad_dim_size < 1 or x.dim() < 2 or x.shape[-1] != 1:
        raise errors.invalid(
            ValueError, f"For 'Padding', the last of 2 axes or more must be 1, and 'pad_dim_size' positive: {tuple(x.shape)}."
        )
    return F.pad(x, (0, pad_dim_size - 1))
