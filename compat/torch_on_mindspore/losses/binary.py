"""Losses of probabilities and binary logits, and the Kullback-Leibler divergence."""

from __future__ import annotations

import warnings
from typing import Any

from compat import errors, frameworks
from compat.torch_on_mindspore import elementary
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.losses import checks
from compat.torch_on_mindspore.losses.elementwise import broadcast_operands, softplus, without_scalar_promotion
from compat.torch_on_mindspore.losses.reduction import accumulated, reduced, sum_along

mindspore = frameworks.load("mindspore")
ops = frameworks.load("mindspore.ops")

Tensor = Any

PREFIX = "torch.nn.functional."


def binary_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean") -> Tensor:
    """ops.binary_cross_entropy reads past a broadcast weight and past 0-d input, clamps the logarithm elsewhere than at
    -100, and takes no float64."""
    api = PREFIX + "binary_cross_entropy"
    reduction = checks.reduction(api, reduction)
    checks.tensors(api, AttributeError, input=input, target=target)
    checks.same_shape(api, ValueError, input=input, target=target)
    if input.dtype == target.dtype:
        checks.floating(api, input=input)
    checks.same_dtype(api, input.dtype, target=target)
    _check_probabilities(api, input=input, target=target)
    loss = _binary_cross_entropy(accumulated(input), accumulated(target))
    if weight is not None:
        checks.tensors(api, AttributeError, weight=weight)
        checks.broadcasts_to(api, input.shape, weight=weight)
        loss, weight = broadcast_operands(api, loss, weight)
        loss = loss * weight
    return reduced(api, ops.cast(loss, input.dtype), reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """The gradient of ops.binary_cross_entropy_with_logits with reduction="mean" divides by the size of an earlier
    call; it takes no float64 and no integers."""
    api = PREFIX + "binary_cross_entropy_with_logits"
    reduction = checks.reduction(api, reduction)
    checks.tensors(api, AttributeError, input=input, target=target)
    checks.same_shape(api, ValueError, input=input, target=target)
    checks.floating(api, input=input)
    checks.floating(api, RuntimeError, target=target)
    positive = softplus(-input)
    if pos_weight is not None:
        checks.tensors(api, pos_weight=pos_weight)
        checks.broadcasts_to(api, input.shape, pos_weight=pos_weight)
        positive = ((pos_weight - 1) * target + 1) * positive
    loss = (1 - target) * input + positive
    if weight is not None:
        checks.tensors(api, weight=weight)
        checks.broadcasts_to(api, input.shape, weight=weight)
        loss = loss * weight
    return reduced(api, ops.cast(loss, target.dtype), reduction)


def multilabel_soft_margin_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean") -> Tensor:
    """ops.multilabel_soft_margin_loss overflows for logits beyond 88 and returns garbage for empty input."""
    api = PREFIX + "multilabel_soft_margin_loss"
    checks.tensors(api, input=input)
    checks.floating(api, input=input)
    checks.tensor_or_number(api, target=target)
    if input.ndim == 0:
        raise errors.invalid(IndexError, f"{api}: input must have a class dimension, and is 0-d")
    class_axis, classes = input.ndim - 1, input.shape[-1]
    if isinstance(target, mindspore.Tensor):
        checks.not_bool(api, target=target)
        input, target = broadcast_operands(api, input, target)
    loss = target * softplus(-input) + (1 - target) * softplus(input)
    if weight is not None:
        checks.tensor_or_number(api, weight=weight)
        if isinstance(weight, mindspore.Tensor):
            loss, weight = broadcast_operands(api, loss, weight)
        loss = loss * weight
    loss = sum_along(loss, class_axis) / classes
    return reduced(api, loss, checks.present_reduction(api, reduction, not_text=TypeError))


def soft_margin_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """ops.soft_margin_loss has no kernel on CPU."""
    api = PREFIX + "soft_margin_loss"
    reduction = checks.reduction(api, reduction)
    checks.tensors(api, input=input, target=target)
    checks.floating(api, RuntimeError, input=input)
    checks.broadcasts_to(api, input.shape, target=target)
    input, target = broadcast_operands(api, input, target)
    return reduced(api, ops.cast(softplus(-(target * input)), input.dtype), reduction)


def kl_div(input: Tensor, target: Tensor, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """ops.kl_div gives target no gradient, does not broadcast, and knows no log_target."""
    api = PREFIX + "kl_div"
    batch_mean = reduction == "batchmean"
    if reduction == "mean":
        warnings.warn(f"{api}: reduction='mean' is not the KL divergence, reduction='batchmean' is", stacklevel=3)
    reduction = "sum" if batch_mean else checks.reduction(api, reduction)
    checks.tensors(api, input=input, target=target)
    checks.floating(api, RuntimeError, input=input, target=target)
    input, target = broadcast_operands(api, *without_scalar_promotion(input, target))
    loss = elementary.exp(target) * (target - input) if log_target else _x_log_x(target) - target * input
    loss = reduced(api, loss, reduction)
    return loss / input.shape[0] if batch_mean and input.ndim else loss


def _binary_cross_entropy(input: Tensor, target: Tensor) -> Tensor:
    """-(t log p + (1 - t) log(1 - p)), logarithms at least -100, gradient (p - t) / max(p (1 - p), 1e-12)."""
    edge = (1 - input) * input < 1e-12
    inner = ops.where(edge, 0.5, input)
    loss = -target * elementary.log(inner) - (1 - target) * elementary.log1p(-inner)
    fixed = ops.stop_gradient(input)
    at_edge = _ClampedLoss.apply(target, elementary.log(fixed), elementary.log1p(-fixed))
    slope = ops.stop_gradient((input - target) * 1e12)
    return ops.where(edge, at_edge + (input - fixed) * slope, loss)


class _ClampedLoss(Function):
    """The loss by logarithms of at least -100, whose gradient by the target is that of the logarithms as they are: infinite at 0 and 1."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, target: Tensor, log_p: Tensor, log_q: Tensor) -> Tensor:
        ctx.slope = log_q - log_p
        return -target * _clamped(log_p) - (1 - target) * _clamped(log_q)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return gradient * ctx.slope, None, None


def _clamped(logarithm: Tensor) -> Tensor:
    return ops.where(logarithm < -100, -100.0, logarithm)


def _check_probabilities(api: str, **arguments: Tensor) -> None:
    for name, tensor in arguments.items():
        values = tensor.asnumpy()
        if not ((values >= 0) & (values <= 1)).all():
            raise errors.invalid(RuntimeError, f"{api}: all elements of {name} must be between 0 and 1")


def _x_log_x(x: Tensor) -> Tensor:
    """x log x, 0 at 0; its gradient there is nan, as PyTorch's is."""
    return ops.where(x == 0, 0.0, x * elementary.log(x))
