"""The class losses of `mindspore.mint`, which follow PyTorch except in the dtypes they take."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.losses.common import cast

torch = frameworks.load("torch")
F = frameworks.load("torch.nn.functional")

Tensor = Any


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """PyTorch takes int64 class indices only, and an empty batch; mint takes int32 too, and refuses an empty batch."""
    if input.ndim == 0 or input.shape[0] == 0:
        api = "mindspore.mint.nn.functional.cross_entropy"
        raise errors.invalid(ValueError, f"{api}: input must not be 0-d or an empty batch, but has shape {tuple(input.shape)}")
    weight = _in_dtype_of(input, weight)
    if target.dtype.is_floating_point:  # probabilities, which PyTorch does not take next to an ignore_index
        return F.cross_entropy(input, target, weight, reduction=reduction, label_smoothing=label_smoothing)
    labels = cast(target, torch.int64)
    return F.cross_entropy(input, labels, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing)


def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean") -> Tensor:
    """PyTorch takes int64 class indices and a weight of the input's dtype; mint takes int32 and any float weight."""
    labels = cast(target, torch.int64)
    return F.nll_loss(input, labels, _in_dtype_of(input, weight), ignore_index=ignore_index, reduction=reduction)


def _in_dtype_of(input: Tensor, weight: Tensor | None) -> Tensor | None:
    return None if weight is None else cast(weight, input.dtype)
