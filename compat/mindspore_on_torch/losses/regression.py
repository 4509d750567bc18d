"""Losses of a prediction against a real-valued target: absolute, squared, Huber, Gaussian and Poisson."""

from __future__ import annotations

import math
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.losses.common import aligned, cast, floating, reduced

torch = frameworks.load("torch")
F = frameworks.load("torch.nn.functional")

Tensor = Any


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """PyTorch refuses the mean of integers and warns when it broadcasts; MindSpore does both, and keeps integers.

    Shapes broadcast. The result has the promoted dtype of `input` and `target`.
    """
    input, target = aligned(input, target)
    return reduced(torch.abs(input - target), reduction)


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """PyTorch has no squared error of integers and warns when it broadcasts; `ops.mse_loss` of integers is float32.

    Shapes broadcast. The result has the promoted dtype of `input` and `target`, or float32 if that is an integer.
    """
    input, target = aligned(input, target)
    return F.mse_loss(floating(input), floating(target), reduction=reduction)


def mse_loss_module(logits: Tensor, labels: Tensor, reduction: str = "mean") -> Tensor:
    """`nn.MSELoss` of integers is an integer, unlike `ops.mse_loss` and unlike PyTorch, which refuses it."""
    loss = mse_loss(logits, labels, reduction)
    dtype = torch.promote_types(logits.dtype, labels.dtype)
    return cast(loss, dtype)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """PyTorch returns the input's dtype for mixed dtypes and then fails in the backward; MindSpore promotes.

    Shapes broadcast. The result has the promoted dtype of `input` and `target`, or float32 if that is an integer.
    """
    input, target = aligned(input, target)
    return F.huber_loss(floating(input), floating(target), reduction=reduction, delta=delta)


def gaussian_nll_loss(x: Tensor, target: Tensor, var: Tensor, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> Tensor:
    """PyTorch refuses a negative or broadcast `var` and gives a clamped `var` a gradient; MindSpore does neither.

    `var` broadcasts against `x`, after a trailing axis is added if its shape is `x`'s without the last axis.
    """
    if x.shape != var.shape and x.shape[:-1] == var.shape:
        var = torch.unsqueeze(var, -1)
    variance = torch.clamp(floating(var), min=eps)
    loss = 0.5 * (torch.log(variance) + torch.square(x - target) / variance)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-08,
    reduction: str = "mean",
) -> Tensor:
    """PyTorch promotes the dtypes and gives a target of 0 a NaN gradient; MindSpore casts `target` to `input`'s dtype.

    Shapes broadcast. With `full`, Stirling's approximation is added where the target is above 1.
    """
    target = cast(target, input.dtype)
    loss = torch.exp(input) - target * input if log_input else input - target * torch.log(input + eps)
    if full:
        large = target > 1
        # Not torch.where on the result alone: log(0) would still reach the gradient.
        count = torch.where(large, target, torch.ones_like(target))
        stirling = (count + 0.5) * torch.log(count) - count + 0.5 * math.log(2 * math.pi)
        loss = loss + torch.where(large, stirling, torch.zeros_like(target))
    return reduced(loss, reduction)
