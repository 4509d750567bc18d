"""What PyTorch has in place only, and MindSpore as a method that gives a new tensor."""

from __future__ import annotations

from typing import Any


def cauchy(input: Any, median: float = 0.0, sigma: float = 1.0) -> Any:
    """mindspore.Tensor.cauchy: draws from a Cauchy distribution, in the shape of `input`, which stays as it is."""
    return input.detach().clone().cauchy_(median, sigma)


def fill_diagonal(input: Any, fill_value: float, wrap: bool = False) -> Any:
    """mindspore.Tensor.fill_diagonal: a copy with this value on the main diagonal; `wrap` begins a new one in a tall matrix."""
    return input.clone().fill_diagonal_(fill_value, wrap)
