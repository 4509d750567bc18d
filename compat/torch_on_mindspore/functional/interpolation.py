"""Images, signals and volumes in another size."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.functional import average_pooling, resampling
from compat.torch_on_mindspore.functional.resampling import Taps
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.tensor import Tensor, cast

RANKS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
MODES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"
SMOOTH: dict[str, tuple[Callable[[Any], Any], int]] = {
    "bilinear": (resampling.triangle, 1),
    "bicubic": (resampling.sharp_cubic, 2),
}


def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """(N, C, *sizes) with one, two or three sizes, resampled to `size`, or to the sizes times `scale_factor`.

    Modes "nearest", "nearest-exact" and "area" take any of these, "linear" one size, "bilinear" and "bicubic" two, "trilinear"
    three; `antialias` is for "bilinear" and "bicubic". The gradient is that of the values; PyTorch's is not, where "nearest" with a
    fractional factor gives the same or twice the size.
    """
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise invalid(
                ValueError,
                "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear",
            )
    elif mode == "lanczos":
        raise UnsupportedArgument("torch.nn.functional.interpolate", "mode", mode, MODES.replace("lanczos | ", ""))
    rank = input.ndim - 2
    outer, factors = sizes_and_factors(input, rank, size, scale_factor, recompute_scale_factor)
    if antialias and not (mode in SMOOTH and rank == 2):
        raise invalid(
            ValueError, "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    check_mode(mode, rank, input.ndim)
    check_sizes(input, outer)
    check_dtype(mode, rank, input)
    if mode == "area":
        pools = {1: average_pooling.adaptive_avg_pool1d, 2: average_pooling.adaptive_avg_pool2d, 3: average_pooling.adaptive_avg_pool3d}
        return pools[rank](input, outer)
    if not input.shape[0]:
        empty: Tensor = nothing((*input.shape[:2], *outer), input)
        return empty
    wide = cast(input, dtypes.float32) if input.dtype in (dtypes.float16, dtypes.bfloat16) else input
    number = "float64" if wide.dtype == dtypes.float64 else "float32"
    found = wide
    for dim in reversed(range(rank)):
        found = resampling.along(
            found, dim + 2, taps(mode, antialias, int(input.shape[dim + 2]), outer[dim], bool(align_corners), factors[dim], number)
        )
    result: Tensor = cast(found, input.dtype)
    return result.clone() if result is input else result


@functools.lru_cache(maxsize=256)
def taps(mode: str, antialias: bool, size: int, count: int, align_corners: bool, factor: float | None, kind: str) -> Taps:
    """What each of `count` results along one dimension is made of."""
    number = np.dtype(kind).type
    if mode.startswith("nearest"):
        return resampling.nearest(size, count, factor, mode == "nearest-exact")
    if size == count and (antialias or factor is None or factor == 1 or align_corners):
        return Taps(np.arange(size)[:, None])
    if antialias:
        return resampling.smoothed(*SMOOTH[mode], size, count, align_corners, factor, number)
    return (resampling.cubic if mode == "bicubic" else resampling.linear)(size, count, align_corners, factor, number)


def sizes_and_factors(
    input: Any, rank: int, size: Any, scale_factor: Any, recompute: bool | None
) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """The new sizes, and the factors that say where the sources lie, None where the sizes say it."""
    if size is None and scale_factor is None:
        raise invalid(ValueError, "either size or scale_factor should be defined")
    if size is not None and scale_factor is not None:
        raise invalid(ValueError, "only one of size or scale_factor should be defined")
    spatial = list(input.shape[2:])
    name, given = ("size", size) if size is not None else ("scale_factor", scale_factor)
    if isinstance(given, Sequence) and len(given) != rank:
        if size is not None:
            raise invalid(
                ValueError,
                f"Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of {spatial} and "
                f"output size of {given}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) "
                "format.",
            )
        raise invalid(
            ValueError,
            f"Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of {spatial} and "
            f"scale_factor of shape {given}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in "
            "(s1, s2, ...,sK) format.",
        )
    values = tuple(given) if isinstance(given, Sequence) else (given,) * rank
    if name == "size":
        if not all(isinstance(one, (int, np.integer)) for one in values):
            raise invalid(
                TypeError,
                "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size with types "
                f"{[type(one) for one in values]}",
            )
        if recompute:
            raise invalid(ValueError, "recompute_scale_factor is not meaningful with an explicit size.")
        return tuple(int(one) for one in values), (None,) * rank
    if not all(isinstance(one, (int, float)) for one in values):
        raise invalid(TypeError, f"interpolate(): argument 'scale_factor' must be numbers, not {scale_factor!r}")
    outer = tuple(math.floor(float(one) * factor) for one, factor in zip(spatial, values, strict=True))
    return outer, (None,) * rank if recompute else tuple(float(one) for one in values)


def check_mode(mode: str, rank: int, ndim: int) -> None:
    if mode in RANKS and 1 <= rank <= 3 and RANKS[mode] != rank and mode != "bicubic":
        raise invalid(NotImplementedError, f"Got {ndim}D input, but {mode} mode needs {RANKS[mode] + 2}D input")
    if not 1 <= rank <= 3 or mode not in MODES.split(" | ") or RANKS.get(mode, rank) != rank:
        raise invalid(
            NotImplementedError,
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {ndim}D) for the modes: {MODES} (got {mode})",
        )


def check_sizes(input: Any, outer: tuple[int, ...]) -> None:
    sizes = tuple(input.shape[2:])
    if min(*sizes, *outer, 1) < 1:
        axes = "DHW"[-len(sizes) :]
        before, after = (", ".join(f"{axis}: {one}" for axis, one in zip(axes, some, strict=True)) for some in (sizes, outer))
        raise invalid(RuntimeError, f"Input and output sizes should be greater than 0, but got input ({before}) output ({after})")
    if not input.shape[1]:
        raise invalid(RuntimeError, f"Non-empty {input.ndim}D data tensor expected but got a tensor with sizes {list(input.shape)}")


def check_dtype(mode: str, rank: int, input: Any) -> None:
    """Floating point everywhere; uint8 for the nearest element, since PyTorch rounds its other modes in a way of their own."""
    if input.dtype.category == dtypes.FLOAT or (input.dtype == dtypes.uint8 and mode.startswith("nearest")):
        return
    if input.dtype in (dtypes.uint8, dtypes.complex64, dtypes.complex128):
        raise UnsupportedArgument("torch.nn.functional.interpolate", "input", input.dtype, "floating-point dtypes")
    name = {"linear": "linear1d", "bilinear": "bilinear2d", "bicubic": "bicubic2d", "trilinear": "trilinear3d"}.get(mode, f"{mode}{rank}d")
    raise invalid(NotImplementedError, f"\"upsample_{name}\" not implemented for '{input.dtype.tensor_type}'")


def _deprecated(name: str) -> None:
    warnings.warn(f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3)


def upsample(input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None) -> Tensor:
    """The older name of `interpolate`."""
    _deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` by the nearest element."""
    _deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Tensor:
    """Bilinear `interpolate` with aligned corners."""
    _deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, "bilinear", True)


adopt_in(globals())
