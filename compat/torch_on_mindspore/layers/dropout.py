"""Dropout layers."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.functional import dropout
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors


class _DropoutNd(Module):
    """Drops with probability p while training."""

    p: float
    inplace: bool

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise invalid(ValueError, f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """Zeroes elements."""

    def forward(self, input: Any) -> Any:
        return dropout.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """Zeroes channels of (N, C, L) or (C, L)."""

    def forward(self, input: Any) -> Any:
        return dropout.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """Zeroes channels of (N, C, H, W)."""

    def forward(self, input: Any) -> Any:
        return dropout.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """Zeroes channels of (N, C, D, H, W) or (C, D, H, W)."""

    def forward(self, input: Any) -> Any:
        return dropout.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """Dropout that keeps the mean and the variance of what SELU gives; never in place, as in PyTorch."""

    def forward(self, input: Any) -> Any:
        return dropout.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """AlphaDropout of whole channels."""

    def forward(self, input: Any) -> Any:
        return dropout.feature_alpha_dropout(input, self.p, self.training)


name_constructors(globals())
