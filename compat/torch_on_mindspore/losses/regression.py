"""Losses between real numbers: squared, absolute, smooth and Huber error, and the Gaussian and Poisson likelihoods."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.torch_on_mindspore import elementary
from compat.torch_on_mindspore.losses import checks
from compat.torch_on_mindspore.losses.elementwise import (
    as_floating,
    broadcast_operands,
    operand,
    without_scalar_promotion,
)
from compat.torch_on_mindspore.losses.reduction import reduced, total

mindspore = frameworks.load("mindspore")
ops = frameworks.load("mindspore.ops")

Tensor = Any

PREFIX = "torch.nn.functional."


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """ops.mse_loss squares and averages float64 in float32, returns garbage for empty input and takes no weight."""
    api = PREFIX + "mse_loss"
    input, target = _operands(api, input, target)
    if weight is None:
        reduction = checks.reduction(api, reduction)
        _check_one_floating(api, input, target)
        return reduced(api, ops.square(_promoted(input, target) - _promoted(target, input)), reduction)
    return _weighted_by_size(api, ops.square(input - target), input, weight, reduction)


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """ops.l1_loss returns garbage for empty input, sums integers in their own dtype and takes no weight."""
    api = PREFIX + "l1_loss"
    checks.tensors(api, AttributeError, input=input, target=target)
    checks.not_bool(api, input=input, target=target)
    input, target = _operands(api, input, target)
    if weight is None:
        return reduced(api, ops.abs(input - target), checks.reduction(api, reduction))
    return _weighted_by_size(api, ops.abs(input - target), input, weight, reduction)


def smooth_l1_loss(input: Tensor, target: Tensor, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """ops.smooth_l1_loss neither broadcasts nor takes integers, and beta=0 has no kernel on CPU."""
    api = PREFIX + "smooth_l1_loss"
    reduction = checks.reduction(api, reduction)
    checks.number(api, beta=beta)
    if beta == 0:
        return l1_loss(input, target, reduction)
    if beta < 0:
        raise errors.invalid(RuntimeError, f"{api}: beta must not be negative, got {beta}")
    input, target = _operands(api, input, target)
    _check_one_floating(api, input, target)
    error = ops.abs(_promoted(input, target) - _promoted(target, input))
    return reduced(api, _huber(error, beta) / operand(beta, error), reduction)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None) -> Tensor:
    """ops.huber_loss returns garbage for empty input and takes no weight; its dtype is not the input's."""
    api = PREFIX + "huber_loss"
    input, target = _operands(api, input, target)
    checks.number(api, delta=delta)
    if delta <= 0:
        raise errors.invalid(RuntimeError, f"{api}: delta must be positive, got {delta}")
    _check_one_floating(api, input, target)
    checks.floating(api, RuntimeError, input=input)
    loss = ops.cast(_huber(ops.abs(input - _promoted(target, input)), delta), input.dtype)
    if weight is None:
        return reduced(api, loss, checks.reduction(api, reduction))
    _check_weight(api, input, weight)
    return reduced(api, loss * weight, checks.present_reduction(api, reduction))


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """ops.gaussian_nll_loss gives var no gradient below eps, accepts a negative var, and takes no float as var."""
    api = PREFIX + "gaussian_nll_loss"
    checks.tensors(api, AttributeError, input=input)
    variance = _variance(api, input, var)
    reduction = checks.present_reduction(api, reduction, not_text=TypeError)
    if eps is None:
        raise errors.invalid(RuntimeError, f"{api}: eps must be a number, not None")
    # PyTorch clamps without recording it: the gradient is taken at the clamped variance and passes on unchanged.
    lowest = operand(eps, variance)
    variance = variance + ops.stop_gradient(ops.where(variance < lowest, lowest, variance) - variance)
    checks.tensor_or_number(api, target=target)
    if isinstance(target, mindspore.Tensor):
        input, target, variance = broadcast_operands(api, input, target, variance)
    loss = 0.5 * (elementary.log(variance) + ops.square(input - target) / variance)
    if full:
        loss = loss + operand(0.5 * math.log(2 * math.pi), loss)
    return reduced(api, loss, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Tensor:
    """mindspore.ops has no Poisson loss; nn.PoissonNLLLoss takes no integers, and its empty mean is garbage."""
    api = PREFIX + "poisson_nll_loss"
    reduction = checks.present_reduction(api, reduction, not_text=TypeError)
    checks.tensors(api, input=input, target=target)
    input, target = broadcast_operands(api, *without_scalar_promotion(as_floating(input), as_floating(target)))
    loss = elementary.exp(input) - target * input if log_input else input - target * elementary.log(input + operand(eps, input))
    if full:
        loss = loss + _stirling(target)
    return reduced(api, loss, reduction)


def _operands(api: str, input: Tensor, target: Tensor) -> tuple[Tensor, ...]:
    checks.tensors(api, AttributeError, input=input, target=target)
    checks.warn_of_broadcast(api, input, target)
    return broadcast_operands(api, input, target)


def _promoted(one: Tensor, other: Tensor) -> Tensor:
    """A boolean in the other's dtype: PyTorch's kernels promote it, where the `-` of its tensors refuses it."""
    return ops.cast(one, other.dtype) if one.dtype == mindspore.bool_ else one


def _check_one_floating(api: str, input: Tensor, target: Tensor) -> None:
    if target.dtype not in checks.FLOATING:
        checks.floating(api, NotImplementedError, input=input)


def _huber(error: Tensor, delta: float) -> Tensor:
    """Half the square of `error` below `delta`, and from there on the straight line that continues it."""
    delta = operand(delta, error)
    near = ~(error >= delta)  # which nan is, too, so that its gradient is nan
    square = ops.square(ops.where(near, error, 0.0))  # not of a far error: an infinite one would make the gradient nan
    return ops.where(near, 0.5 * square, delta * (error - 0.5 * delta))


def _check_weight(api: str, input: Tensor, weight: Tensor) -> None:
    checks.tensors(api, AttributeError, weight=weight)
    checks.same_shape(api, ValueError, input=input, weight=weight)


def _weighted_by_size(api: str, loss: Tensor, input: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """PyTorch's weighted mean of mse_loss and l1_loss divides by the sum of the weights; huber_loss's does not."""
    _check_weight(api, input, weight)
    reduction = checks.present_reduction(api, reduction)
    weighted = loss * weight
    return total(weighted) / total(weight) if reduction == "mean" else reduced(api, weighted, reduction)


def _variance(api: str, input: Tensor, var: Tensor | float) -> Tensor:
    """`var` as a tensor that broadcasts against `input`, as gaussian_nll_loss accepts it."""
    if not isinstance(var, float):
        checks.tensors(api, var=var)
    if var < 0 if isinstance(var, float) else (var.asnumpy() < 0).any():
        raise errors.invalid(ValueError, f"{api}: var has negative entries")
    if isinstance(var, float):
        return ops.ones_like(input) * operand(var, input)
    checks.floating(api, RuntimeError, var=var)
    wanted, given = tuple(input.shape), tuple(var.shape)
    if given == wanted:
        return var
    if given == wanted[:-1]:
        return ops.expand_dims(var, -1)
    if len(given) == len(wanted):
        differing = [there for here, there in zip(wanted, given, strict=True) if here != there]
        if sum(differing) == 1:
            return var
    raise errors.invalid(ValueError, f"{api}: var shape {list(given)} does not fit input shape {list(wanted)}")


def _stirling(target: Tensor) -> Tensor:
    """Stirling's approximation of log(target!), 0 up to a target of 1; at 0 its gradient is nan, as PyTorch's is."""
    approximation = target * elementary.log(target) - target + 0.5 * elementary.log(operand(2 * math.pi, target) * target)
    return ops.where(target <= 1, 0.0, approximation)
