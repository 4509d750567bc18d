"""Losses of class scores against class indices or class probabilities."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.torch_on_mindspore.gathering import picked
from compat.torch_on_mindspore.losses import checks
from compat.torch_on_mindspore.losses.chunking import check_options
from compat.torch_on_mindspore.losses.elementwise import expanded, log_softmax, operand
from compat.torch_on_mindspore.losses.reduction import count, reduced, sum_along, total

mindspore = frameworks.load("mindspore")
ops = frameworks.load("mindspore.ops")

Tensor = Any

PREFIX = "torch.nn.functional."


def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean") -> Tensor:
    """ops.nll_loss takes no uint8 target, is nan beside an ignored -inf, and fails on empty spatial dimensions."""
    api = PREFIX + "nll_loss"
    reduction = _checked(api, input, target, weight, ignore_index, reduction)
    checks.class_indices(api, input, target, weight, ignore_index)
    checks.floating(api, input=input)
    return _negative_log_likelihood(input, target, weight, ignore_index, reduction)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """ops.cross_entropy takes no uint8 and no float64 target, and fails on empty spatial dimensions."""
    api = PREFIX + "cross_entropy"
    reduction = _checked(api, input, target, weight, ignore_index, reduction)
    checks.number(api, label_smoothing=label_smoothing)
    return _cross_entropy(api, input, target, weight, ignore_index, reduction, label_smoothing)


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """MindSpore has no such function; this is PyTorch's own reference, linear followed by cross_entropy."""
    api = PREFIX + "linear_cross_entropy"
    check_options(api, options)
    checks.tensors(api, AttributeError, input=input, linear_weight=linear_weight, target=target)
    if linear_bias is not None:
        checks.tensors(api, AttributeError, linear_bias=linear_bias)
    checks.number(api, label_smoothing=label_smoothing)
    shape = _logits_shape(api, input, linear_weight, linear_bias)
    if ignore_index is not None and tuple(target.shape) == shape:
        raise errors.invalid(RuntimeError, f"{api}: ignore_index does not apply to a target of class probabilities")
    checks.same_dtype(api, input.dtype, linear_weight=linear_weight, linear_bias=linear_bias)
    logits = ops.reshape(_linear(input, linear_weight, linear_bias), shape)
    ignore_index = -100 if ignore_index is None else ignore_index
    reduction = _checked(api, logits, target, weight, ignore_index, reduction)
    return _cross_entropy(api, logits, target, weight, ignore_index, reduction, label_smoothing)


def _checked(api: str, input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str) -> str:
    reduction = checks.reduction(api, reduction)
    checks.tensors(api, input=input, target=target)
    if weight is not None:
        checks.tensors(api, weight=weight)
    if not isinstance(ignore_index, int):
        raise errors.invalid(TypeError, f"{api}: ignore_index must be int, not {type(ignore_index).__name__}")
    return reduction


def _cross_entropy(
    api: str,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Tensor:
    if label_smoothing > 1:
        raise errors.invalid(RuntimeError, f"{api}: label_smoothing must be between 0 and 1, got {label_smoothing}")
    label_smoothing = max(label_smoothing, 0)  # PyTorch takes a negative one for none
    if tuple(target.shape) == tuple(input.shape):
        _check_probabilities(api, input, target, weight, ignore_index)
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing)
    checks.class_indices(api, input, target, weight, ignore_index)
    checks.floating(api, input=input)
    log_probabilities = log_softmax(input, _class_axis(input))
    loss = _negative_log_likelihood(log_probabilities, target, weight, ignore_index, reduction)
    if not label_smoothing:
        return loss
    smooth = _uniform_loss(log_probabilities, target, weight, ignore_index, reduction)
    share = label_smoothing / input.shape[_class_axis(input)]
    return operand(1 - label_smoothing, loss) * loss + operand(share, loss) * smooth


def _negative_log_likelihood(log_probabilities: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str) -> Tensor:
    """-weight[target] * log_probabilities[target], 0 where the target is ignored; the mean is weighted."""
    axis = _class_axis(log_probabilities)
    index, kept, weights = _indices_and_weights(log_probabilities, target, weight, ignore_index)
    column = ops.reshape(index, (1,)) if log_probabilities.ndim == 1 else ops.expand_dims(index, axis)
    of_target = ops.reshape(picked(log_probabilities, axis, column), tuple(target.shape))
    return _weighted(ops.where(kept, -of_target * weights, 0.0), weights, reduction)


def _uniform_loss(log_probabilities: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str) -> Tensor:
    """The loss against every class alike, which label smoothing mixes in, reduced like the likelihood."""
    axis = _class_axis(log_probabilities)
    _, kept, weights = _indices_and_weights(log_probabilities, target, weight, ignore_index)
    if weight is not None:
        log_probabilities = log_probabilities * _along_classes(weight, log_probabilities)
    loss = ops.reshape(-sum_along(log_probabilities, axis), tuple(target.shape))
    return _weighted(ops.where(kept, loss, 0.0), weights, reduction)


def _soft_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, label_smoothing: float) -> Tensor:
    """The cross entropy against class probabilities; the mean is over samples, without the class weights."""
    axis = _class_axis(input)
    classes = input.shape[axis]
    if label_smoothing:
        target = target * operand(1 - label_smoothing, target) + operand(label_smoothing / classes, target)
    loss = log_softmax(input, axis) * target
    if weight is not None:
        loss = loss * _along_classes(weight, input)
    loss = -sum_along(loss, axis)
    samples = count(loss) if classes else 0
    return total(loss) / samples if reduction == "mean" else reduced("", loss, reduction)


def _indices_and_weights(scores: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int) -> tuple[Tensor, Tensor, Tensor]:
    """Class indices safe to gather with, which targets count, and the weight of each target (0 if ignored)."""
    target = ops.cast(target, mindspore.int64)
    kept = target != ignore_index
    index = ops.where(kept, target, 0)
    ones = ops.ones(tuple(target.shape), scores.dtype)
    weights = ones if weight is None else ops.reshape(ops.gather(weight, index, 0), tuple(target.shape))
    return index, kept, ops.where(kept, weights, 0.0)


def _weighted(loss: Tensor, weights: Tensor, reduction: str) -> Tensor:
    return total(loss) / total(weights) if reduction == "mean" else reduced("", loss, reduction)


def _along_classes(weight: Tensor, scores: Tensor) -> Tensor:
    """Class weights (C) shaped to multiply scores (N, C, d...)."""
    shape = [1] * scores.ndim
    shape[_class_axis(scores)] = -1
    shaped = ops.reshape(weight, tuple(shape))
    return expanded(shaped, scores.shape) if 0 in scores.shape else shaped


def _class_axis(scores: Tensor) -> int:
    return 1 if scores.ndim > 1 else 0


def _check_probabilities(api: str, input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int) -> None:
    checks.floating(api, RuntimeError, target=target)
    if input.ndim == 0:
        raise errors.invalid(IndexError, f"{api}: input must have 1 or more dimensions")
    if ignore_index >= 0:
        raise errors.invalid(RuntimeError, f"{api}: ignore_index does not apply to a target of class probabilities")
    classes = input.shape[_class_axis(input)]
    if weight is not None and tuple(weight.shape) != (classes,):
        raise errors.invalid(RuntimeError, f"{api}: weight must have shape [{classes}], not {list(weight.shape)}")
    checks.floating(api, input=input)


def _logits_shape(api: str, input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None) -> tuple[int, ...]:
    """The shape of the logits that `linear_weight` (C, d..., in_features) makes of `input` ([N,] in_features)."""
    features, weights = tuple(input.shape), tuple(linear_weight.shape)
    bias = weights[:-1] if linear_bias is None else tuple(linear_bias.shape)
    fits = len(features) in (1, 2) and len(weights) >= 2 and features[-1] == weights[-1] and bias == weights[:-1]
    if not fits or (len(features) == 1 and len(weights) > 2):
        raise errors.invalid(
            RuntimeError,
            f"{api}: input {list(features)}, linear_weight {list(weights)} and linear_bias {list(bias)} do not fit: "
            "([N,] in_features), (C, d..., in_features), (C, d...) expected, and N if there are d",
        )
    return (*features[:-1], *weights[:-1])


def _linear(input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """input @ weight.T + bias with the leading dimensions of `weight` flattened."""
    outputs, features = math.prod(weight.shape[:-1]), weight.shape[-1]
    if features == 0:  # ops.matmul would return uninitialised memory on CPU
        product = sum_along(ops.expand_dims(input, -2) * ops.reshape(weight, (outputs, features)), -1)
    else:
        product = ops.matmul(input, ops.swapaxes(ops.reshape(weight, (outputs, features)), 0, 1))
    return product if bias is None else product + ops.reshape(bias, (-1,))
