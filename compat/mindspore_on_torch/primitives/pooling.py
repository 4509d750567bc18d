"""ops.MaxPool, AvgPool and their kind: pooling over windows, adaptive, with indices, or of random sizes."""

from __future__ import annotations

import itertools
import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.convolutions import each
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.primitives.common import (
    as_index,
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
    "AdaptiveMaxPool3D", "AvgPool", "AvgPool3D", "FractionalAvgPool", "FractionalMaxPool", "FractionalMaxPool3DWithFixedKsize",
    "FractionalMaxPoolWithFixedKsize", "MaxPool", "MaxPool3D", "MaxPool3DWithArgmax", "MaxPoolWithArgmax", "MaxPoolWithArgmaxV2",
]  # fmt: skip

NONE = [(0, 0), (0, 0)]


@primitive
def MaxPool(x: Any, *, kernel_size: Any = 1, strides: Any = 1, pad_mode: str = "valid", data_format: str = "NCHW") -> Any:
    """Of (N, C, H, W), or (N, H, W, C) with "NHWC"."""
    check_rank("MaxPool", x, 4)
    return channels_first("MaxPool", x, data_format, lambda planes: largest("MaxPool", planes, kernel_size, strides, pad_mode))


@primitive
def MaxPoolWithArgmax(x: Any, *, kernel_size: Any = 1, strides: Any = 1, pad_mode: str = "valid", data_format: str = "NCHW") -> Any:
    """The values of (N, C, H, W) and, as int32, their places in each (C, H, W)."""
    only_layout("MaxPoolWithArgmax", data_format, "NCHW")
    values, places = largest("MaxPoolWithArgmax", x, kernel_size, strides, pad_mode, places=True)
    return values, places.to(torch.int32)


def largest(name: str, x: Any, kernel_size: Any, strides: Any, pad_mode: str, places: bool = False) -> Any:
    """The greatest of each window, and with `places` where it stands in its (C, H, W)."""
    window, step = each(2, name, "kernel_size", kernel_size), each(2, name, "strides", strides)
    padding = padding_of(name, pad_mode, NONE, x.shape[2:], window, step, (1, 1), ())
    wide = filled(x, padding, lowest(x))
    if not places:
        return F.max_pool2d(wide, window, step)
    values, found = F.max_pool2d(wide, window, step, return_indices=True)
    rows, columns = found // wide.shape[3] - padding[0][0], found % wide.shape[3] - padding[1][0]
    channels = torch.arange(x.shape[1], device=x.device)[:, None, None]
    return values, (channels * x.shape[2] + rows) * x.shape[3] + columns


@primitive
def MaxPoolWithArgmaxV2(
    x: Any, *, kernel_size: Any, strides: Any = None, pads: Any = 0, dilation: Any = (1, 1), ceil_mode: bool = False,
    argmax_type: Any = dtypes.int64,
) -> Any:  # fmt: skip
    """The values of (N, C, H, W) and their places in each plane."""
    name = "MaxPoolWithArgmaxV2"
    window, step = by_axis(2, name, "kernel_size", kernel_size), by_axis(2, name, "strides", strides or kernel_size)
    padding, spacing = by_axis(2, name, "pads", pads), by_axis(2, name, "dilation", dilation)
    values, places = F.max_pool2d(x, window, step, padding, spacing, ceil_mode, return_indices=True)
    return values, as_index(places, argmax_type)


@primitive
def MaxPool3D(
    x: Any, *, kernel_size: Any = 1, strides: Any = 1, pad_mode: str = "VALID", pad_list: Any = 0, ceil_mode: bool | None = None,
    data_format: str = "NCDHW",
) -> Any:  # fmt: skip
    """Of (N, C, D, H, W); `pad_list` holds both numbers of each axis, and `ceil_mode` counts with "pad" alone."""
    check_rank("MaxPool3D", x, 5)
    only_layout("MaxPool3D", data_format, "NCDHW")
    window, step = by_axis(3, "MaxPool3D", "kernel_size", kernel_size), by_axis(3, "MaxPool3D", "strides", strides)
    padding = padding_of("MaxPool3D", pad_mode, pairs(3, "MaxPool3D", pad_list), x.shape[2:], window, step, (1, 1, 1))
    return F.max_pool3d(filled(x, padding, lowest(x)), window, step, ceil_mode=bool(ceil_mode and pad_mode.lower() == "pad"))


@primitive
def MaxPool3DWithArgmax(
    x: Any, *, ksize: Any, strides: Any, pads: Any, dilation: Any = (1, 1, 1), ceil_mode: bool = False, data_format: str = "NCDHW",
    argmax_type: Any = dtypes.int64,
) -> Any:  # fmt: skip
    """The values of (N, C, D, H, W) and their places in each volume."""
    name = "MaxPool3DWithArgmax"
    only_layout(name, data_format, "NCDHW")
    given = {"ksize": ksize, "strides": strides, "pads": pads, "dilation": dilation}
    window, step, padding, spacing = (by_axis(3, name, *one) for one in given.items())
    values, places = F.max_pool3d(x, window, step, padding, spacing, ceil_mode, return_indices=True)
    return values, as_index(places, argmax_type)


@primitive
def AvgPool(x: Any, *, kernel_size: Any = 1, strides: Any = 1, pad_mode: str = "VALID", data_format: str = "NCHW") -> Any:
    """Of (N, C, H, W), or (N, H, W, C) with "NHWC"; what "SAME" pads does not count."""
    check_rank("AvgPool", x, 4)
    window, step = each(2, "AvgPool", "kernel_size", kernel_size), each(2, "AvgPool", "strides", strides)

    def averaged(planes: Any) -> Any:
        padding = padding_of("AvgPool", pad_mode, NONE, planes.shape[2:], window, step, (1, 1), ())
        result = F.avg_pool2d(filled(planes, padding), window, step)
        return result / F.avg_pool2d(filled(torch.ones_like(planes), padding), window, step) if any(map(any, padding)) else result

    return channels_first("AvgPool", x, data_format, averaged)


@primitive
def AvgPool3D(
    x: Any, *, kernel_size: Any = 1, strides: Any = 1, pad_mode: str = "valid", pad: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int = 0, data_format: str = "NCDHW",
) -> Any:  # fmt: skip
    """Of (N, C, D, H, W); zeros that are padded count with `count_include_pad`."""
    check_rank("AvgPool3D", x, 5)
    only_layout("AvgPool3D", data_format, "NCDHW")
    window, step = by_axis(3, "AvgPool3D", "kernel_size", kernel_size), by_axis(3, "AvgPool3D", "strides", strides)
    padding = padding_of("AvgPool3D", pad_mode, pairs(3, "AvgPool3D", pad), x.shape[2:], window, step, (1, 1, 1))
    kernel = torch.float32 if x.dtype == torch.float16 else x.dtype

    def pooled(values: Any, divisor: int | None = None) -> Any:
        if ceil_mode or any(before != after or before > size // 2 for (before, after), size in zip(padding, window, strict=True)):
            return F.avg_pool3d(filled(values, padding), window, step, 0, ceil_mode, True, divisor)
        return F.avg_pool3d(values, window, step, [before for before, _ in padding], False, True, divisor)

    result = pooled(x.to(kernel), divisor_override or None)
    if not count_include_pad and not divisor_override and any(map(any, padding)):
        result = result / pooled(torch.ones_like(x, dtype=kernel))
    return result.to(x.dtype)


@primitive
def AdaptiveMaxPool3D(x: Any, output_size: Any) -> Any:
    """The values of (C, D, H, W) or (N, C, D, H, W) and their places, int32. Three sizes are read from `output_size`."""
    sizes = numbers(output_size) if isinstance(output_size, (torch.Tensor, tuple, list)) else [output_size] * 3
    values, places = F.adaptive_max_pool3d(x, sizes, return_indices=True)
    return values, places.to(torch.int32)


@primitive
def FractionalMaxPoolWithFixedKsize(
    input_x: Any, random_samples: Any, *, ksize: Any, output_shape: Any, data_format: str = "NCHW"
) -> Any:  # fmt: skip
    """The values of (N, C, H, W) and their places, int64; samples (N, C, 2) in [0, 1) place the windows."""
    only_layout("FractionalMaxPoolWithFixedKsize", data_format, "NCHW")
    window = by_axis(2, "FractionalMaxPoolWithFixedKsize", "ksize", ksize)
    sizes = by_axis(2, "FractionalMaxPoolWithFixedKsize", "output_shape", output_shape)
    return torch.ops.aten.fractional_max_pool2d(input_x, window, sizes, random_samples.to(input_x.dtype))


@primitive
def FractionalMaxPool3DWithFixedKsize(
    x: Any, random_samples: Any, *, ksize: Any, output_shape: Any, data_format: str = "NCDHW"
) -> Any:  # fmt: skip
    """The values of (N, C, D, H, W) and their places, int64; samples (N, C, 3) in [0, 1) place the windows."""
    only_layout("FractionalMaxPool3DWithFixedKsize", data_format, "NCDHW")
    window = by_axis(3, "FractionalMaxPool3DWithFixedKsize", "ksize", ksize)
    sizes = by_axis(3, "FractionalMaxPool3DWithFixedKsize", "output_shape", output_shape)
    return torch.ops.aten.fractional_max_pool3d(x, window, sizes, random_samples.to(x.dtype))


def fractional(name: str, reduce: Any) -> Any:
    """The operator whose windows have random borders: it returns values of (N, H, W, C) and the borders of rows and columns, int64."""

    def compute(
        x: Any, *, pooling_ratio: Any, pseudo_random: bool = False, overlapping: bool = False, deterministic: bool = False,
        seed: int = 0, seed2: int = 0,
    ) -> Any:  # fmt: skip
        """Windows of random size; the borders are drawn with PyTorch's generator."""
        if len(pooling_ratio) < 4 or pooling_ratio[0] != 1 or pooling_ratio[3] != 1 or min(pooling_ratio) < 1:
            raise errors.invalid(ValueError, f"For '{name}', 'pooling_ratio' must be 1, rows, columns, 1, none below 1: {pooling_ratio}.")
        generator = torch.Generator()
        if seed or seed2 or deterministic:
            generator.manual_seed(seed * 2**20 + seed2)
        else:
            generator.manual_seed(int(torch.randint(2**62, (), device="cpu")))
        sizes = [int(x.shape[axis] / pooling_ratio[axis]) for axis in (1, 2)]
        rows, columns = (borders(x.shape[axis], sizes[axis - 1], pseudo_random, generator) for axis in (1, 2))
        more = 1 if overlapping else 0
        bands = [reduce(x[:, start : end + more], 1) for start, end in itertools.pairwise(rows)]
        tall = torch.stack(bands, 1)
        result = torch.stack([reduce(tall[:, :, start : end + more], 2) for start, end in itertools.pairwise(columns)], 2)
        return result.to(x.dtype), *(torch.tensor(cuts, device=x.device) for cuts in (rows, columns))

    compute.__name__ = name
    return primitive(compute)


def borders(length: int, count: int, pseudo_random: bool, generator: Any) -> list[int]:
    """`count` + 1 borders from 0 to `length`: windows of two neighbouring sizes in random order, or, pseudo-random, ceil(ratio (i + u))."""
    small, more = divmod(length, count)
    if pseudo_random and more:
        ratio = length / count
        most = min((small + 2) / ratio - 1, (length + 1 - small) / ratio - (count - 1))
        shift = float(torch.rand((), generator=generator, device="cpu")) * most
        first = math.ceil(ratio * shift)
        return [0, *(math.ceil(ratio * (shift + i)) - first for i in range(1, count)), length]
    order = torch.randperm(count, generator=generator, device="cpu").tolist()
    return [0, *itertools.accumulate(small + (place < more) for place in order)]


# A mean of means is no mean where windows differ, and they don't: each row of windows has one height.
FractionalAvgPool = fractional("FractionalAvgPool", lambda x, axis: torch.mean(x.to(torch.float64), axis))
FractionalMaxPool = fractional("FractionalMaxPool", torch.amax)
