"""ops.Conv2D and its kind: convolutions, transposed, of moved samples; grayscale dilation, patches, and a bias on channels."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.convolutions import CONVOLUTIONS
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.primitives.common import (
    Pairs,
    by_axis,
    channels_first,
    check_rank,
    filled,
    lowest,
    numbers,
    only_layout,
    padding_of,
    pairs,
)

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = [
    "BiasAdd", "Conv2D", "Conv2DBackpropInput", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "DeformableOffsets",
    "DepthwiseConv2dNative", "Dilation2D", "bias_add", "deformable_conv2d",
]  # fmt: skip

TRANSPOSED = {2: F.conv_transpose2d, 3: F.conv_transpose3d}


def convolved(
    rank: int, name: str, x: Any, weight: Any, bias: Any, kernel_size: Any, pad_mode: str, pad: Any, stride: Any, dilation: Any, group: int
) -> Any:  # fmt: skip
    """ValueError for another rank, or a weight that is not of the kernel's size."""
    check_rank(name, x, rank + 2)
    kernel = by_axis(rank, name, "kernel_size", kernel_size)
    if tuple(weight.shape[2:]) != kernel:
        raise errors.invalid(ValueError, f"For '{name}', 'kernel_size' is {kernel}, but the weight has {tuple(weight.shape[2:])}.")
    step, spacing = by_axis(rank, name, "stride", stride), by_axis(rank, name, "dilation", dilation)
    padding = padding_of(name, pad_mode, pairs(rank, name, pad), x.shape[2:], kernel, step, spacing)
    if all(before == after for before, after in padding):
        return CONVOLUTIONS[rank](x, weight, bias, step, [before for before, _ in padding], spacing, group)
    return CONVOLUTIONS[rank](filled(x, padding), weight, bias, step, 0, spacing, group)


@primitive
def Conv2D(
    x: Any, weight: Any, bias: Any = None, *, out_channel: int, kernel_size: Any, mode: int = 1, pad_mode: str = "valid", pad: Any = 0,
    stride: Any = 1, dilation: Any = 1, group: int = 1, data_format: str = "NCHW",
) -> Any:  # fmt: skip
    """Of (N, C, H, W) by (out, C / group, KH, KW); with "NHWC" of (N, H, W, C) by (out, KH, KW, C / group)."""
    check_channels("Conv2D", weight, out_channel)
    weight = weight if data_format == "NCHW" else weight.permute(0, 3, 1, 2)
    options = kernel_size, pad_mode, pad, stride, dilation, group
    return channels_first("Conv2D", x, data_format, lambda planes: convolved(2, "Conv2D", planes, weight, bias, *options))


@primitive
def Conv3D(
    x: Any, weight: Any, bias: Any = None, *, out_channel: int, kernel_size: Any, mode: int = 1, pad_mode: str = "valid", pad: Any = 0,
    stride: Any = 1, dilation: Any = 1, group: int = 1, data_format: str = "NCDHW",
) -> Any:  # fmt: skip
    """Of (N, C, D, H, W) by (out, C / group, KD, KH, KW)."""
    only_layout("Conv3D", data_format, "NCDHW")
    check_channels("Conv3D", weight, out_channel)
    return convolved(3, "Conv3D", x, weight, bias, kernel_size, pad_mode, pad, stride, dilation, group)


def check_channels(name: str, weight: Any, out_channel: int) -> None:
    """RuntimeError unless the weight makes that many channels."""
    if weight.shape[0] != out_channel:
        raise errors.invalid(RuntimeError, f"For '{name}', 'out_channel' is {out_channel}, but the weight makes {weight.shape[0]}.")


@primitive
def DepthwiseConv2dNative(
    x: Any, weight: Any, *, channel_multiplier: int, kernel_size: Any, mode: int = 3, pad_mode: str = "valid", pad: Any = 0,
    stride: Any = 1, dilation: Any = 1, group: int = 1,
) -> Any:  # fmt: skip
    """Of (N, C, H, W) by (channel_multiplier, C, KH, KW): each channel gives `channel_multiplier` of the result, side by side."""
    check_channels("DepthwiseConv2dNative", weight, channel_multiplier)
    single = weight.transpose(0, 1).reshape(-1, 1, *weight.shape[2:])
    return convolved(2, "DepthwiseConv2dNative", x, single, None, kernel_size, pad_mode, pad, stride, dilation, x.shape[1])


def back(
    rank: int, dout: Any, weight: Any, size: Any, padding: Pairs, stride: Any, dilation: Any, group: int
) -> Any:  # fmt: skip
    """The transposed convolution, with an axis of each `size`: without padding, then cut in front and cut or filled behind."""
    whole = TRANSPOSED[rank](dout, weight, None, stride, 0, 0, group, dilation)
    spare = zip(size, whole.shape[2:], padding, strict=True)
    return filled(whole, [(-before, length + before - full) for length, full, (before, _) in spare])


def input_gradient(name: str) -> Any:
    """The operator that gives the gradient of a Conv2D for its input."""

    def compute(
        dout: Any, weight: Any, input_size: Any, *, out_channel: int, kernel_size: Any, pad_mode: str = "valid", pad: Any = 0,
        pad_list: Any = None, mode: int = 1, stride: Any = 1, dilation: Any = 1, group: int = 1, data_format: str = "NCHW",
    ) -> Any:  # fmt: skip
        """Of (N, out, H, W) by the weight (out, C / group, KH, KW), as large as `input_size`, which is read from a tensor."""
        size = numbers(input_size)
        weight = weight if data_format == "NCHW" else weight.permute(0, 3, 1, 2)
        planes = size[2:] if data_format == "NCHW" else size[1:3]
        kernel, step = by_axis(2, name, "kernel_size", kernel_size), by_axis(2, name, "stride", stride)
        spacing = by_axis(2, name, "dilation", dilation)
        given = pairs(2, name, pad if pad_list is None else pad_list)
        padding = padding_of(name, pad_mode, given, planes, kernel, step, spacing)
        return channels_first(name, dout, data_format, lambda each: back(2, each, weight, planes, padding, step, spacing, group))

    compute.__name__ = name
    return primitive(compute)


Conv2DTranspose, Conv2DBackpropInput = input_gradient("Conv2DTranspose"), input_gradient("Conv2DBackpropInput")


@primitive
def Conv3DTranspose(
    dout: Any, weight: Any, bias: Any = None, *, in_channel: int, out_channel: int, kernel_size: Any, mode: int = 1,
    pad_mode: str = "valid", pad: Any = 0, stride: Any = 1, dilation: Any = 1, group: int = 1, output_padding: Any = 0,
    data_format: str = "NCDHW",
) -> Any:  # fmt: skip
    """Of (N, in, D, H, W) by (in, out / group, KD, KH, KW); a bias is refused, as MindSpore refuses it."""
    name = "Conv3DTranspose"
    only_layout(name, data_format, "NCDHW")
    if bias is not None:
        raise errors.invalid(ValueError, f"For '{name}', 'bias' must be None.")
    kernel, step = by_axis(3, name, "kernel_size", kernel_size), by_axis(3, name, "stride", stride)
    spacing, more = by_axis(3, name, "dilation", dilation), by_axis(3, name, "output_padding", output_padding)
    given = pairs(3, name, pad)
    full = [(size - 1) * s + d * (k - 1) + 1 for size, s, d, k in zip(dout.shape[2:], step, spacing, kernel, strict=True)]
    if pad_mode.lower() == "same":
        size = [length * s for length, s in zip(dout.shape[2:], step, strict=True)]
        padding = [(max(d * (k - 1) + 1 - s, 0) // 2, 0) for s, d, k in zip(step, spacing, kernel, strict=True)]
    else:
        padding = padding_of(name, pad_mode, given, (), kernel, step, spacing)
        size = [length - sum(pair) + extra for length, pair, extra in zip(full, padding, more, strict=True)]
    if pad_mode.lower() == "valid":
        size = [max(length, short * s) for length, short, s in zip(size, dout.shape[2:], step, strict=True)]
    return back(3, dout, weight, size, padding, step, spacing, group)


def moved_samples(
    name: str, x: Any, offsets: Any, ksize: Any, strides: Any, pads: Any, dilations: Any, deformable_groups: int, modulated: bool
) -> Any:  # fmt: skip
    """Samples (N, C, H' KH, W' KW) of (N, C, H, W) where each window's points are moved by (x, y) and, in time, multiplied by a mask.

    `offsets` (N, 3 groups KH KW, H', W') has all x, then all y, then all masks. Outside of the planes is 0.
    """
    if not modulated:
        raise errors.invalid(ValueError, f"For '{name}', 'modulated' must be True.")
    (kh, kw), (sh, sw), (dh, dw) = ksize, strides[2:], dilations[2:]
    top, _, left, _ = pads
    batch, channels, height, width = x.shape
    rows, columns = offsets.shape[2:]
    parts = offsets.reshape(batch, 3, deformable_groups, kh, kw, rows, columns)
    device, kind = x.device, x.dtype

    def grid(count: int, stride: int, before: int, kernel: int, spacing: int) -> Any:
        starts = torch.arange(count, device=device, dtype=kind) * stride - before
        return torch.arange(kernel, device=device, dtype=kind)[:, None] * spacing + starts

    y = parts[:, 1] + grid(rows, sh, top, kh, dh)[:, None, :, None]
    across = parts[:, 0] + grid(columns, sw, left, kw, dw)[None, :, None, :]
    # grid_sample counts from -1 to 1 between the outer edges of the planes; points outside of them are 0.
    places = torch.stack([(2 * across + 1) / width - 1, (2 * y + 1) / height - 1], -1)
    groups = x.reshape(batch * deformable_groups, -1, height, width)
    sampled = F.grid_sample(groups, places.reshape(batch * deformable_groups, kh * kw * rows, columns, 2), align_corners=False)
    sampled = sampled.reshape(batch, deformable_groups, -1, kh, kw, rows, columns) * parts[:, 2].unsqueeze(2)
    return sampled.permute(0, 1, 2, 5, 3, 6, 4).reshape(batch, channels, rows * kh, columns * kw)


@primitive
def DeformableOffsets(
    x: Any, offsets: Any, *, strides: Any, pads: Any, ksize: Any, dilations: Any = (1, 1, 1, 1), data_format: str = "NCHW",
    deformable_groups: int = 1, modulated: bool = True,
) -> Any:  # fmt: skip
    """The moved samples of a deformable convolution, (N, C, H' KH, W' KW)."""
    only_layout("DeformableOffsets", data_format, "NCHW")
    return moved_samples("DeformableOffsets", x, offsets, ksize, strides, pads, dilations, deformable_groups, modulated)


@operation
def deformable_conv2d(
    x: Any, weight: Any, offsets: Any, kernel_size: Any, strides: Any, padding: Any, bias: Any = None, dilations: Any = (1, 1, 1, 1),
    groups: int = 1, deformable_groups: int = 1, modulated: bool = True,
) -> Any:  # fmt: skip
    """mindspore.ops.deformable_conv2d: a convolution of moved samples; strides and dilations have four numbers, those of N and C first."""
    options = kernel_size, strides, padding, dilations, deformable_groups, modulated
    sampled = moved_samples("deformable_conv2d", x, offsets, *options)
    return F.conv2d(sampled, weight, bias, tuple(kernel_size), 0, 1, groups)


@primitive
def Dilation2D(x: Any, filter: Any, *, stride: Any, dilation: Any, pad_mode: str = "SAME", data_format: str = "NCHW") -> Any:
    """The greatest sum of (N, C, H, W) and the filter (C, KH, KW) over each window; what is padded never is it."""
    only_layout("Dilation2D", data_format, "NCHW")
    step, spacing = by_axis(2, "Dilation2D", "stride", stride), by_axis(2, "Dilation2D", "dilation", dilation)
    kernel = tuple(filter.shape[1:])
    padding = padding_of("Dilation2D", pad_mode, [(0, 0), (0, 0)], x.shape[2:], kernel, step, spacing, ())
    wide = filled(x, padding, lowest(x))
    extents = [d * (k - 1) + 1 for d, k in zip(spacing, kernel, strict=True)]
    windows = wide.unfold(2, extents[0], step[0]).unfold(3, extents[1], step[1])[..., :: spacing[0], :: spacing[1]]
    return (windows + filter[None, :, None, None]).amax((-2, -1))


@primitive
def BiasAdd(input_x: Any, bias: Any, *, data_format: str = "NCHW") -> Any:
    """`input_x` of 2 to 5 axes plus the bias of its channels, axis 1, or the last with "NHWC"."""
    check_rank("BiasAdd", input_x, 2, 3, 4, 5)
    if data_format not in ("NCHW", "NHWC", "NCDHW"):
        raise errors.invalid(ValueError, f"For 'BiasAdd', 'data_format' must be 'NCHW', 'NHWC' or 'NCDHW', but got {data_format!r}.")
    axis = -1 if data_format == "NHWC" else 1
    if bias.dim() != 1 or bias.shape[0] != input_x.shape[axis]:
        raise errors.invalid(ValueError, f"For 'BiasAdd', 'bias' must have shape ({input_x.shape[axis]},), but got {tuple(bias.shape)}.")
    return input_x + (bias if axis == -1 else bias.reshape(-1, *(1,) * (input_x.dim() - 2)))


def bias_add(input_x: Any, bias: Any) -> Any:
    """mindspore.ops.bias_add: a bias on axis 1."""
    return ADD(input_x, bias)


ADD = BiasAdd()
