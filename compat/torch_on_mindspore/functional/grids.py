"""Sampling of images and volumes at the places that a grid gives, and the grids of affine maps."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, linear_maps
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.gathering import picked
from compat.torch_on_mindspore.linear_maps import linear
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.shaping import stack
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

ops = mindspore.ops

MODES = ("bilinear", "nearest", "bicubic")
PADDING_MODES = ("zeros", "border", "reflection")
CORNERS_CHANGED = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if "
    "the old behavior is desired. See the documentation of grid_sample for details."
)


def grid_sample(input: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None) -> Tensor:
    """(N, C, *sizes) at the places (N, *outer, 2 or 3) in [-1, 1], the last dimension first, as (N, C, *outer)."""
    api = "nn.functional.grid_sample()"
    if mode not in MODES:
        raise invalid(ValueError, f"{api}: expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in PADDING_MODES:
        raise invalid(ValueError, f"{api}: expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'")
    if align_corners is None:
        warnings.warn(CORNERS_CHANGED, stacklevel=2)
    check(input, grid, mode)
    if 0 in grid.shape or 0 in input.shape:
        empty: Tensor = nothing((*input.shape[:2], *grid.shape[1:-1]), input, grid)
        return empty
    kind = input.dtype
    if kind in (dtypes.float16, dtypes.bfloat16):
        input, grid = cast(input, dtypes.float32), cast(grid, dtypes.float32)
    if mode == "bicubic":
        smooth: Tensor = cast(bicubic(input, grid, padding_mode, bool(align_corners)), kind)
        return smooth
    found: Tensor = cast(as_tensor(ops.grid_sample(input, grid, mode, padding_mode, bool(align_corners))), kind)
    return found


def bicubic(input: Any, grid: Any, padding_mode: str, align_corners: bool) -> Tensor:
    """Images (N, C, H, W) at the places (N, P, Q, 2): the weighted sum of the 16 elements around each."""
    batch, channels, *sizes = (int(one) for one in input.shape)
    outer = tuple(grid.shape[1:-1])
    count = outer[0] * outer[1]
    rows, weights, present = [], [], []
    for axis, size in ((1, sizes[0]), (0, sizes[1])):
        place = grid.select(-1, axis).reshape(batch, count)
        place = (place + 1) * ((size - 1) / 2) if align_corners else ((place + 1) * size - 1) / 2
        low = np.floor(host(place))
        weights.append(cubic_weights(place - as_tensor(mindspore.Tensor(low))))
        known = np.clip(np.nan_to_num(low.astype(np.float64), nan=-LARGE), -LARGE, LARGE)
        around = padded(known[..., None] + np.arange(-1, 3), size, padding_mode, align_corners)
        present.append((around >= 0) & (around < size))
        rows.append(np.clip(around, 0, size - 1).astype(np.int64))
    places = (rows[0][..., :, None] * sizes[1] + rows[1][..., None, :]).reshape(batch, 1, count * 16)
    index = as_tensor(mindspore.Tensor(np.broadcast_to(places, (batch, channels, count * 16)).copy()))
    elements = picked(input.reshape(batch, channels, sizes[0] * sizes[1]), 2, index).reshape(batch, channels, count, 4, 4)
    inside = present[0][..., :, None] & present[1][..., None, :]
    if not inside.all():
        outside = mindspore.Tensor(np.broadcast_to(~inside[:, None], (batch, channels, count, 4, 4)).copy())
        elements = as_tensor(ops.where(outside, ops.zeros_like(elements), elements))
    by_row = (elements * weights[1].reshape(batch, 1, count, 1, 4)).sum(-1)
    found: Tensor = (by_row * weights[0].reshape(batch, 1, count, 4)).sum(-1).reshape(batch, channels, *outer)
    return found


LARGE = 2.0**40  # farther out than any place in memory
SHARPNESS = -0.75  # of the cubic convolution kernel


def cubic_weights(part: Any) -> Any:
    """The weights of the elements at -1, 0, 1 and 2 for a place at `part` in [0, 1), in a new last dimension."""
    found = []
    for distance, near in ((part + 1, False), (part, True), (1 - part, True), (2 - part, False)):
        if near:
            found.append(((SHARPNESS + 2) * distance - (SHARPNESS + 3)) * distance * distance + 1)
        else:
            found.append(((distance - 5) * distance + 8) * distance * SHARPNESS - 4 * SHARPNESS)
    return stack(found, -1)


def padded(places: Any, size: int, padding_mode: str, align_corners: bool) -> Any:
    """Whole places brought into 0 … size-1 as the padding mode says; those of "zeros" stay outside."""
    if padding_mode == "reflection":
        low, high = (0.0, size - 1.0) if align_corners else (-0.5, size - 0.5)
        span = high - low
        distance = np.abs(places - low)
        turns, rest = (np.floor(distance / span), np.fmod(distance, span)) if span else (places * 0, places * 0)
        places = np.where(turns % 2 == 0, rest + low, span - rest + low)
    return places if padding_mode == "zeros" else np.clip(places, 0, size - 1)


def sampler(rank: int) -> Any:
    """`torch.grid_sampler` and its like: grid_sample with numbers for the modes."""

    def function(input: Any, grid: Any, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
        if rank and input.ndim != rank + 2:
            raise invalid(RuntimeError, f"grid_sampler_{rank}d(): expected {rank + 2}D input, but got {input.ndim}D")
        return grid_sample(input, grid, MODES[interpolation_mode], PADDING_MODES[padding_mode], align_corners)

    function.__name__ = function.__qualname__ = f"grid_sampler_{rank}d" if rank else "grid_sampler"
    return function


grid_sampler, grid_sampler_2d, grid_sampler_3d = sampler(0), sampler(2), sampler(3)


def check(input: Any, grid: Any, mode: str) -> None:
    """RuntimeError, in PyTorch's words, for an input and a grid that don't fit together."""
    shape, places = list(input.shape), list(grid.shape)
    if input.ndim not in (4, 5) or input.ndim != grid.ndim:
        raise invalid(
            RuntimeError,
            f"grid_sampler(): expected {'4D or 5D' if input.ndim not in (4, 5) else f'{input.ndim}D'} input and grid with same number of "
            f"dimensions, but got input with sizes {shape} and grid with sizes {places}",
        )
    if shape[0] != places[0]:
        raise invalid(
            RuntimeError,
            f"grid_sampler(): expected grid and input to have same batch size, but got input with sizes {shape} and grid with sizes {places}",
        )
    if places[-1] != input.ndim - 2:
        raise invalid(
            RuntimeError,
            f"grid_sampler(): expected grid to have size {input.ndim - 2} in last dimension, but got grid with sizes {places}",
        )
    for dim, size in enumerate(shape[2:], 2):
        if not size:
            raise invalid(
                RuntimeError,
                f"grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {shape} with dimension {dim} "
                "being empty",
            )
    if mode == "bicubic" and input.ndim == 5:
        raise invalid(RuntimeError, "grid_sampler(): bicubic interpolation only supports 4D input")
    if input.dtype != grid.dtype:
        raise invalid(RuntimeError, f"expected scalar type {input.dtype.tensor_type} but found {grid.dtype.tensor_type}")


def affine_grid(theta: Any, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The grid for `grid_sample` of the affine maps theta (N, 2, 3) or (N, 3, 4), and a result of `size` (N, C, *sizes)."""
    if theta.dtype.category != dtypes.FLOAT:
        raise invalid(ValueError, f"Expected theta to have floating point type, but got {theta.dtype}")
    wanted = tuple(int(one) for one in size)
    rank = len(wanted) - 2
    if rank not in (2, 3):
        raise invalid(
            NotImplementedError,
            f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {size}.",
        )
    if theta.ndim != 3 or tuple(theta.shape[1:]) != (rank, rank + 1):
        raise invalid(
            ValueError,
            f"Expected a batch of {rank}D affine matrices of shape Nx{rank}x{rank + 1} for size {size}. Got {theta.shape}.",
        )
    if align_corners is None:
        warnings.warn(CORNERS_CHANGED, stacklevel=2)
        align_corners = False
    if min(wanted) <= 0:
        raise invalid(ValueError, f"Expected non-zero, positive output size. Got {size}")
    if theta.shape[0] != wanted[0]:
        raise invalid(
            RuntimeError,
            f"Expected size for first two dimensions of batch2 tensor to be: [{wanted[0]}, {rank + 1}] but got: "
            f"[{theta.shape[0]}, {rank + 1}].",
        )
    wide = cast(theta, dtypes.float32) if theta.dtype in (dtypes.float16, dtypes.bfloat16) else theta
    places = base_places(wanted[2:], align_corners).astype(wide.dtype.name)
    repeated = mindspore.Tensor(np.broadcast_to(places, (wanted[0], *places.shape)).copy())
    found = linear(lambda x: ops.operations.BatchMatMul()(repeated, x), linear_maps.transpose(wide, (0, 2, 1)))
    result: Tensor = cast(as_tensor(ops.reshape(found, (wanted[0], *wanted[2:], rank))), theta.dtype)
    return result


def base_places(sizes: tuple[int, ...], align_corners: bool) -> Any:
    """The places of the elements in [-1, 1], the last dimension first, each followed by 1."""
    ends = [1.0 if align_corners else (size - 1) / size for size in sizes]
    axes = [np.linspace(-end, end, size) if size > 1 else np.zeros(1) for end, size in zip(ends, sizes, strict=True)]
    mesh = np.meshgrid(*axes, indexing="ij")
    return np.stack([*reversed(mesh), np.ones(sizes)], -1).reshape(-1, len(sizes) + 1)


adopt_in(globals())
