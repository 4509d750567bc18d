"""Sampling of images and volumes at the places that a grid gives, and the grids of affine maps."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes, linear_maps
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.linear_maps import linear
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast

ops = mindspore.ops

MODES = ("bilinear", "nearest", "bicubic")
PADDING_MODES = ("zeros", "border", "reflection")
CORNERS_CHANGED = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if "
    "the old behavior is desired. See the documentation of grid_sample for details."
)


def grid_sample(input: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None) -> Tensor:
    """(N, C, *sizes) at the places (N, *outer, 2 or 3) in [-1, 1], the last dimension first, as (N, C, *outer).

    UnsupportedArgument for the mode "bicubic".
    """
    api = "nn.functional.grid_sample()"
    if mode not in MODES:
        raise invalid(ValueError, f"{api}: expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in PADDING_MODES:
        raise invalid(ValueError, f"{api}: expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'")
    if align_corners is None:
        warnings.warn(CORNERS_CHANGED, stacklevel=2)
    check(input, grid, mode)
    if mode == "bicubic":
        raise UnsupportedArgument("torch.nn.functional.grid_sample", "mode", mode, "'bilinear' and 'nearest'")
    if 0 in grid.shape or 0 in input.shape:
        empty: Tensor = nothing((*input.shape[:2], *grid.shape[1:-1]), input, grid)
        return empty
    kind = input.dtype
    if kind in (dtypes.float16, dtypes.bfloat16):
        input, grid = cast(input, dtypes.float32), cast(grid, dtypes.float32)
    found: Tensor = cast(as_tensor(ops.grid_sample(input, grid, mode, padding_mode, bool(align_corners))), kind)
    return found


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
