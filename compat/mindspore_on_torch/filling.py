"""What PyTorch has in place only, and MindSpore as a method that gives a new tensor."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks

torch: Any = frameworks.load("torch")


def cauchy(input: Any, median: float = 0.0, sigma: float = 1.0) -> Any:
    """mindspore.Tensor.cauchy: draws from a Cauchy distribution, in the shape of `input`, which stays as it is."""
    return input.detach().clone().cauchy_(median, sigma)


def log_normal(input: Any, mean: float = 1.0, std: float = 2.0) -> Any:
    """mindspore.Tensor.log_normal: draws whose logarithm has this mean and deviation, in the shape of `input`, which stays as it is."""
    if not (isinstance(mean, float) and isinstance(std, float) and input.is_floating_point()):
        raise errors.invalid(TypeError, f"mindspore.Tensor.log_normal needs floats, but got {input.dtype}, {mean!r} and {std!r}")
    return (torch.randn_like(input) * std + mean).exp()


def uniform(input: Any, from_: float = 0.0, to: float = 1.0, generator: Any = None) -> Any:
    """mindspore.Tensor.uniform: draws from [from_, to), in the shape of `input`, which stays as it is. TypeError for from_ above to."""
    if not (isinstance(from_, (int, float)) and isinstance(to, (int, float)) and input.is_floating_point()):
        raise errors.invalid(TypeError, f"mindspore.Tensor.uniform needs floats, but got {input.dtype}, {from_!r} and {to!r}")
    if from_ > to:
        raise errors.invalid(TypeError, f"mindspore.Tensor.uniform: from_ must not be above to, but is {from_} above {to}")
    return torch.empty_like(input).uniform_(from_, to, generator=generator)


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
