"""What a convolution or a pooling adds around its input, on each side, in both frameworks' ways of saying it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from compat.models.classes import base_of

Pads = tuple[tuple[int, int], ...]
WINDOWED = ("Conv1d", "Conv2d", "Conv3d", "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d")


def pads_of(module: Any, family: str, size: Sequence[int]) -> Pads | None:
    """How much is added before and after each of the last axes of an input of shape `size`; None where that is not known."""
    kind = base_of(type(module))
    if kind not in WINDOWED:
        return None
    rank = int(kind[-2])
    if len(size) < rank:
        return None
    held = {name: _each(getattr(module, name, 1), rank) for name in ("kernel_size", "stride", "dilation")}
    if None in held.values():
        return None
    sizes = list(size)[-rank:]
    return _of_mindspore(module, sizes, held) if family == "mindspore" and hasattr(module, "pad_mode") else _of_torch(module, rank, held)


def _of_torch(module: Any, rank: int, held: dict[str, Any]) -> Pads | None:
    padding = getattr(module, "padding", 0)
    if padding == "valid":
        return ((0, 0),) * rank
    if padding == "same":
        totals = [d * (k - 1) for d, k in zip(held["dilation"], held["kernel_size"], strict=True)]
        return tuple((total // 2, total - total // 2) for total in totals)
    each = _each(padding, rank)
    return None if each is None else tuple((p, p) for p in each)


def _of_mindspore(module: Any, sizes: list[int], held: dict[str, Any]) -> Pads | None:
    mode, rank = str(module.pad_mode).lower(), len(sizes)
    if mode == "valid":
        return ((0, 0),) * rank
    if mode == "same":
        return tuple(map(_same, sizes, held["kernel_size"], held["stride"], held["dilation"]))
    padding = getattr(module, "padding", 0)
    if isinstance(padding, (tuple, list)) and len(padding) == 2 * rank:
        return tuple((padding[2 * axis], padding[2 * axis + 1]) for axis in range(rank))
    each = _each(padding, rank)
    return None if each is None else tuple((p, p) for p in each)


def _same(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """As much as makes ceil(size / stride) windows, the odd one after."""
    total = max((math.ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


def _each(value: Any, rank: int) -> tuple[int, ...] | None:
    """One number for each of the last axes. MindSpore's operators have leading ones besides."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return (value,) * rank
    if isinstance(value, (tuple, list)) and len(value) == 1:
        return (int(value[0]),) * rank
    return tuple(int(each) for each in value[-rank:]) if isinstance(value, (tuple, list)) and len(value) >= rank else None
