"""PyTorch's padding of a convolution or a pooling layer, from MindSpore's `pad_mode` and `padding`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compat.errors import UnsupportedArgument


def torch_padding(api: str, given: Mapping[str, Any]) -> Any:
    """The `padding` that the constructor's arguments stand for; UnsupportedArgument where no padding of PyTorch's is the same.

    MindSpore's "same" has the result's size from the input's and the stride, which PyTorch has for a convolution with stride 1 alone.
    Its `padding` may be a number for each side.
    """
    mode, padding = given["pad_mode"].lower(), given["padding"]
    if mode == "valid":
        return 0
    if mode == "same":
        if "in_channels" not in given or "Transpose" in api or any(step != 1 for step in _sequence(given["stride"])):
            raise UnsupportedArgument(api, "pad_mode", mode, "'valid', and 'pad' with a padding")
        return "same"
    if isinstance(padding, int):
        return padding
    sides, rank = tuple(padding), _rank(api)
    if len(sides) == rank:
        return sides
    if sides[::2] != sides[1::2]:
        raise UnsupportedArgument(api, "padding", padding, "as much before as after each dimension")
    return sides[::2]


def _sequence(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _rank(api: str) -> int:
    """How many dimensions it works on: 2 for mindspore.nn.Conv2dTranspose."""
    return int(api.rpartition(".")[2].removesuffix("Transpose")[-2])
