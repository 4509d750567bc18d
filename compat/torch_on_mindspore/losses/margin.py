"""Losses with a margin: between two scores, between class scores, and between distances."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.torch_on_mindspore.gathering import entries, picked
from compat.torch_on_mindspore.losses import checks
from compat.torch_on_mindspore.losses.elementwise import at_least, broadcast_operands, operand
from compat.torch_on_mindspore.losses.reduction import reduced, sum_along

mindspore = frameworks.load("mindspore")
ops = frameworks.load("mindspore.ops")

Tensor = Any

PREFIX = "torch.nn.functional."


def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, reduction: str = "mean") -> Tensor:
    """ops.hinge_embedding_loss counts a target of 0 as no loss, takes no integers, and its empty mean is garbage."""
    api = PREFIX + "hinge_embedding_loss"
    reduction = checks.reduction(api, reduction)
    checks.tensors(api, input=input, target=target)
    checks.number(api, margin=margin)
    checks.not_bool(api, input=input)
    margin = margin if input.dtype in checks.FLOATING else int(margin)  # PyTorch computes integers in their own dtype
    input, target = broadcast_operands(api, input, target)
    dissimilar = ops.where(target != 1, at_least(operand(margin, input) - input, 0), 0)
    similar = ops.where(target != -1, input, 0)
    return reduced(api, dissimilar + similar, reduction)


def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, reduction: str = "mean") -> Tensor:
    """ops.margin_ranking_loss wants one dtype and a float margin; its empty mean is garbage."""
    api = PREFIX + "margin_ranking_loss"
    reduction = checks.reduction(api, reduction)
    checks.tensors(api, AttributeError, input1=input1, input2=input2, target=target)
    if not input1.ndim == input2.ndim == target.ndim:
        ranks = f"{input1.ndim}, {input2.ndim} and {target.ndim}"
        raise errors.invalid(RuntimeError, f"{api}: input1, input2 and target have {ranks} dimensions")
    checks.number(api, margin=margin)
    input1, input2, target = broadcast_operands(api, input1, input2, target)
    return reduced(api, at_least(-target * (input1 - input2) + operand(float(margin), input1), 0), reduction)


def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, reduction: str = "mean") -> Tensor:
    """ops.cosine_embedding_loss is nan for a zero vector, takes no single sample, and limits margin."""
    api = PREFIX + "cosine_embedding_loss"
    reduction = checks.reduction(api, reduction)
    checks.tensors(api, input1=input1, input2=input2, target=target)
    checks.number(api, margin=margin)
    if target.ndim > 1 or not input1.ndim == input2.ndim == target.ndim + 1:
        raise errors.invalid(
            RuntimeError,
            f"{api}: target of {target.ndim} dimensions with inputs of {input1.ndim} and {input2.ndim}; "
            "target [N] with inputs [N, D], or [] with [D], expected",
        )
    input1, input2 = broadcast_operands(api, input1, input2)
    cosine, target = broadcast_operands(api, _cosine(input1, input2), target)
    similar = ops.where(target == 1, 1 - cosine, 0.0)
    dissimilar = ops.where(target == -1, at_least(cosine - operand(margin, cosine), 0.0), 0.0)
    return reduced(api, similar + dissimilar, reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ops.multi_margin_loss takes an integer margin only and no single sample, and its empty result is garbage."""
    api = PREFIX + "multi_margin_loss"
    reduction = checks.reduction(api, reduction)
    if p not in (1, 2):
        raise errors.invalid(ValueError, f"{api}: p must be 1 or 2, got {p!r}")
    if weight is not None:
        checks.tensors(api, AttributeError, weight=weight)
        if weight.ndim != 1:
            raise errors.invalid(ValueError, f"{api}: weight must be one-dimensional, and is {weight.ndim}-d")
    checks.tensors(api, input=input, target=target)
    checks.number(api, margin=margin)
    _check_classes(api, input, target, weight)
    classes = input.shape[-1] if input.ndim else 1
    scores, index = ops.reshape(input, (-1, classes)), ops.reshape(target, (-1, 1))
    hinge = ops.relu(operand(margin, scores) - picked(scores, 1, index) + scores)
    hinge = ops.square(hinge) if p == 2 else hinge
    if weight is not None:
        hinge = hinge * ops.reshape(entries(weight, ops.reshape(index, (-1,)), 0), (-1, 1))
    loss = sum_along(ops.where(index == ops.arange(classes), 0.0, hinge), 1) / classes
    return reduced(api, ops.reshape(loss, tuple(target.shape)), reduction)


def multilabel_margin_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """ops.multilabel_margin_loss has no kernel on CPU."""
    api = PREFIX + "multilabel_margin_loss"
    reduction = checks.reduction(api, reduction)
    checks.tensors(api, input=input, target=target)
    _check_labels(api, input, target)
    classes = input.shape[-1] if input.ndim else 1
    scores, labels = ops.reshape(input, (-1, classes)), ops.reshape(target, (-1, classes))
    listed = ops.cumsum(ops.cast(labels < 0, mindspore.int32), 1) == 0
    labels = ops.where(listed, labels, 0)
    chosen = (ops.expand_dims(labels, 2) == ops.arange(classes)) & ops.expand_dims(listed, 2)
    is_label = ops.expand_dims(ops.sum(ops.cast(chosen, mindspore.int32), 1) > 0, 1)
    gap = 1 - ops.expand_dims(picked(scores, 1, labels), 2) + ops.expand_dims(scores, 1)
    counted = ops.expand_dims(listed, 2) & ~is_label
    hinge = ops.relu(ops.where(counted, gap, 0.0))
    loss = sum_along(sum_along(hinge, 2), 1) / classes
    return reduced(api, ops.reshape(loss, tuple(input.shape[:-1])), reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """ops.triplet_margin_loss has no kernel on CPU."""
    api = PREFIX + "triplet_margin_loss"
    reduction = checks.reduction(api, reduction)
    _check_margin(api, margin)
    checks.tensors(api, anchor=anchor, positive=positive, negative=negative)
    checks.number(api, p=p, eps=eps)
    _check_ranks(api, anchor, positive, negative)
    return _triplet(api, anchor, positive, negative, lambda a, b: _distance(api, a, b, p, eps), margin, swap, reduction)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """MindSpore has no such function."""
    api = PREFIX + "triplet_margin_with_distance_loss"
    reduction = checks.present_reduction(api, reduction)
    _check_margin(api, margin)
    checks.tensors(api, AttributeError, anchor=anchor, positive=positive, negative=negative)
    _check_ranks(api, anchor, positive, negative)
    distance = distance_function or (lambda a, b: _distance(api, a, b, 2.0, 1e-6))
    return _triplet(api, anchor, positive, negative, distance, margin, swap, reduction)


def _triplet(
    api: str,
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance: Callable[[Tensor, Tensor], Tensor],
    margin: float,
    swap: bool,
    reduction: str,
) -> Tensor:
    to_positive, to_negative = distance(anchor, positive), distance(anchor, negative)
    if swap:
        to_negative = ops.minimum(to_negative, distance(positive, negative))
    to_positive, to_negative = broadcast_operands(api, to_positive, to_negative)
    return reduced(api, at_least(operand(margin, to_positive) + to_positive - to_negative, 0.0), reduction)


def _distance(api: str, a: Tensor, b: Tensor, p: float, eps: float) -> Tensor:
    """The p-norm of a - b + eps over the last axis; its gradient is 0 where the norm is 0, as PyTorch's is."""
    a, b = broadcast_operands(api, a, b)
    difference = a - b
    difference = difference + operand(eps, difference)
    checks.floating(api, RuntimeError, input=difference)
    size = ops.abs(difference if difference.ndim else ops.reshape(difference, (1,)))
    if p == 0:
        return sum_along(ops.cast(size != 0, size.dtype), -1)
    if math.isinf(p):
        if size.shape[-1] == 0:
            raise errors.invalid(RuntimeError, f"{api}: p={p} has no norm over an empty dimension")
        return ops.amax(size, -1) if p > 0 else ops.amin(size, -1)
    if p == 1:
        return sum_along(size, -1)
    zero = size == 0
    powers = ops.where(zero, 0.0, ops.pow(ops.where(zero, 1.0, size), operand(p, size)))
    power_sum = sum_along(powers, -1)
    no_distance = power_sum == 0
    return ops.where(no_distance, 0.0, ops.pow(ops.where(no_distance, 1.0, power_sum), operand(1 / p, power_sum)))


def _cosine(a: Tensor, b: Tensor) -> Tensor:
    """The cosine of the angle along the last axis, with PyTorch's 1e-12 under the root."""
    product = sum_along(a * b, -1)
    return product / ops.sqrt((sum_along(a * a, -1) + 1e-12) * (sum_along(b * b, -1) + 1e-12))


def _check_margin(api: str, margin: float) -> None:
    checks.number(api, margin=margin)
    if margin <= 0:
        raise errors.invalid(ValueError, f"{api}: margin must be greater than 0, got {margin}")


def _check_ranks(api: str, anchor: Tensor, positive: Tensor, negative: Tensor) -> None:
    if not anchor.ndim == positive.ndim == negative.ndim:
        ranks = f"{anchor.ndim}, {positive.ndim} and {negative.ndim}"
        raise errors.invalid(RuntimeError, f"{api}: anchor, positive and negative have {ranks} dimensions")


def _check_scores(api: str, input: Tensor) -> None:
    if input.ndim > 2 or (input.ndim and input.shape[-1] == 0):
        raise errors.invalid(RuntimeError, f"{api}: input must be [N, C], [C] or [] with C > 0, not {list(input.shape)}")
    checks.floating(api, input=input)
    checks.not_half(api, input=input)


def _check_classes(api: str, input: Tensor, target: Tensor, weight: Tensor | None) -> None:
    _check_scores(api, input)
    samples = input.shape[0] if input.ndim == 2 else 1
    fits = tuple(target.shape) == (samples,) or (target.ndim == 0 and samples == 1)
    if not fits:
        raise errors.invalid(RuntimeError, f"{api}: target must have shape [{samples}], not {list(target.shape)}")
    classes = input.shape[-1] if input.ndim else 1
    if weight is not None and tuple(weight.shape) != (classes,):
        raise errors.invalid(RuntimeError, f"{api}: weight must have shape [{classes}], not {list(weight.shape)}")
    checks.same_dtype(api, mindspore.int64, target=target)
    checks.same_dtype(api, input.dtype, weight=weight)
    checks.in_range(api, RuntimeError, target, 0, classes - 1)


def _check_labels(api: str, input: Tensor, target: Tensor) -> None:
    _check_scores(api, input)
    if tuple(target.shape) != tuple(input.shape) and not (input.ndim <= 1 and target.ndim <= 1 and _one(input, target)):
        raise errors.invalid(RuntimeError, f"{api}: target shape {list(target.shape)} differs from input shape {list(input.shape)}")
    checks.same_dtype(api, mindspore.int64, target=target)
    checks.in_range(api, RuntimeError, target, -1, (input.shape[-1] if input.ndim else 1) - 1)


def _one(*tensors: Tensor) -> bool:
    return all(tuple(tensor.shape) in ((), (1,)) for tensor in tensors)
