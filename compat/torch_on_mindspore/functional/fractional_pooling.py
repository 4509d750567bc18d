"""Max pooling over regions of one size that begin at random places, by PyTorch's stream."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes, random
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.functional.regions import Regions, largest
from compat.torch_on_mindspore.functional.tuples import _ntuple
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.tensor import host

AXES = {2: ("height", "width"), 3: ("time", "height", "width")}


def fractional_max_pool2d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:
    """Of (N, C, H, W) or (C, H, W); `_random_samples` (N, C, 2) in [0, 1), the first for the width, says where regions begin."""
    return fractional(2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional_max_pool3d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:
    """Of (N, C, D, H, W) or (C, D, H, W); `_random_samples` (N, C, 3) in [0, 1) says where regions begin."""
    return fractional(3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional(rank: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any, return_indices: bool, samples: Any) -> Any:
    """What both functions return."""
    name = f"fractional_max_pool{rank}d"
    if output_size is None and output_ratio is None:
        raise invalid(ValueError, f"{name} requires specifying either an output_size or an output_ratio")
    sizes, kernel = tuple(input.shape[-rank:]), _ntuple(rank)(kernel_size)
    if output_size is None:
        ratios = output_ratio if rank == 2 else _ntuple(rank)(output_ratio)  # in two dimensions PyTorch takes no single number
        if len(ratios) > rank:
            raise invalid(ValueError, f"{name} requires output_ratio to either be a single Int or tuple of Ints.")
        output_size = tuple(int(size * ratio) for size, ratio in zip(sizes, ratios, strict=True))
    outer = _ntuple(rank)(output_size)
    if input.ndim not in (rank + 1, rank + 2) or 0 in input.shape[-rank - 1 :]:
        raise invalid(
            RuntimeError,
            f"{name}(): Expected {rank + 1}D or {rank + 2}D tensor with optional 0 dim batch size, but got: {list(input.shape)}",
        )
    for axis, size, count, length in zip(AXES[rank], sizes, outer, kernel, strict=True):
        if count + length - 1 > size:
            raise invalid(RuntimeError, f"{name}(): pool {axis} {length} too large relative to input {axis} {size}")
    batched = input if input.ndim == rank + 2 else input.unsqueeze(0)
    if samples is None:
        samples = random.uniform_numbers((batched.shape[0], batched.shape[1], rank), input.dtype, 0.0, 1.0, None)
    if samples.ndim != 3:
        raise invalid(RuntimeError, f"Expect _random_samples to have 3 dimensions, got {samples.ndim}")
    images, channels = batched.shape[:2]
    if samples.shape[0] < images:
        raise invalid(RuntimeError, "Expect _random_samples.size(0) no less then input batch size.")
    if samples.shape[1] != channels:
        raise invalid(RuntimeError, "Expect _random_samples.size(1) equals to input channel size.")
    if samples.shape[2] != rank:
        raise invalid(RuntimeError, f"Expect _random_samples.size(2) equals to {rank}; got {samples.shape[2]}.")
    if not batched.shape[0]:
        shape = (0, batched.shape[1], *outer)
        none = nothing(shape, input)
        return (none, creation.zeros(shape, dtype=dtypes.int64)) if return_indices else none
    drawn = host(samples)[:images]
    regions = [
        Regions(begins(drawn[:, :, rank - 1 - dim if rank == 2 else dim], size, count, length), np.full(1, length))
        for dim, (size, count, length) in enumerate(zip(sizes, outer, kernel, strict=True))
    ]
    found, indices = largest(batched, regions)
    if batched is not input:
        found, indices = found.squeeze(0), indices.squeeze(0)
    return (found, indices) if return_indices else found


def begins(samples: Any, size: int, count: int, length: int) -> Any:
    """Where `count` regions begin in each channel; the last one ends with the input."""
    found = np.full((*samples.shape, count), size - length)
    if count > 1:
        number = samples.dtype.type
        ratio = number(size - length) / number(count - 1)
        steps = np.arange(count - 1, dtype=samples.dtype) + samples[..., None]
        found[..., :-1] = (steps * ratio).astype(np.int64) - (samples[..., None] * ratio).astype(np.int64)
    return found


adopt_in(globals())
