"""How MindSpore lays a weight out that PyTorch has: a closed list, each with its inverse.

Every one keeps the elements in their order, so that a tensor is converted by another shape over the same bytes. The gates of LSTM, GRU and
RNN and the parts of attention's projections are in the same order in both frameworks, which the tests execute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """MindSpore's shape for one of PyTorch, and the reverse; None for a shape that the layout can't have."""

    to_mindspore: Callable[[Shape], Shape | None]
    to_torch: Callable[[Shape], Shape | None]


def _with_height(shape: Shape) -> Shape | None:
    return (*shape[:-1], 1, shape[-1]) if shape else None


def _without_height(shape: Shape) -> Shape | None:
    return (*shape[:-2], shape[-1]) if len(shape) > 1 and shape[-2] == 1 else None


LAYOUTS: Mapping[str, Layout] = {
    "same": Layout(lambda shape: shape, lambda shape: shape),
    # MindSpore's 1-D convolutions are 2-D ones over images of height 1.
    "unit_height": Layout(_with_height, _without_height),
}
