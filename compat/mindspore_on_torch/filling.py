"""What PyTorch has in place only, and MindSpore as a method that gives a new tensor."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks

torch: Any = frameworks.load("torch")


def cauchy(input: Any, median: float = 0.0, sigma: float = 1.0) -> Any:
    """mindspore.Tensor.cauchy: draws from a Cauchy distribution, in the shape of `input`, which stays as it is."""
    return input.detach().clone().cauchy_(median, sigma)


def fill_diagonal(input: Any, fill_value: float, wrap: bool = False) -> Any:
    """mindspore.Tensor.fill_diagonal: a copy with this value on the main diagonal; `wrap` begins a new one in a tall matrix."""
    return input.clone().fill_diagonal_(fill_value, wrap)


def fill(input: Any, value: Any) -> Any:
    """mindspore.Tensor.fill: a new tensor of this number, in the shape and dtype of `input`. TypeError for what is no number."""
    if not isinstance(value, (int, float)):
        raise errors.invalid(TypeError, f"mindspore.Tensor.fill: value must be a number, but got {type(value).__name__}")
    return torch.full_like(input, value)


def fills(input: Any, value: Any) -> Any:
    """mindspore.Tensor.fills: as fill, of a number or a tensor without axes. TypeError for others, ValueError for a tensor with axes."""
    if not isinstance(value, torch.Tensor):
        return fill(input, value)
    if value.ndim:
        raise errors.invalid(ValueError, f"mindspore.Tensor.fills: value must have no dimensions, but has {value.ndim}")
    return value.to(input).expand(input.shape).clone()
