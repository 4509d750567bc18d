"""The base classes of the losses as modules."""

from __future__ import annotations

from typing import Any

from compat.conversions import legacy_reduction
from compat.torch_on_mindspore.module import Module


class _Loss(Module):
    """A loss with a `reduction`: none, mean or sum. `size_average` and `reduce` are PyTorch's older words for it."""

    reduction: str

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        legacy = size_average is not None or reduce is not None
        self.reduction = legacy_reduction(size_average, reduce) if legacy else reduction


class _WeightedLoss(_Loss):
    """A loss with a buffer `weight`, one for each class, or None."""

    weight: Any

    def __init__(self, weight: Any = None, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
