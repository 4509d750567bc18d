"""Losses of class scores: cross entropy, negative log likelihood, and the multi-class and multi-label margins."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.losses.common import cast, floating, promoted, reduced

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
    """PyTorch refuses int32 class indices, a weight of another dtype, and `ignore_index` next to probabilities.

    `input` is (C), (N, C) or (N, C, d1, ...); `target` holds class indices without the
    class axis, or probabilities with it.
    A class index outside [0, C) that is not `ignore_index` raises RuntimeError.
    """
    input, weight = _scores(input, weight)
    if target.dtype.is_floating_point:
        target = cast(target, input.dtype)
        return F.cross_entropy(input, target, weight, reduction=reduction, label_smoothing=label_smoothing)
    try:
        return F.cross_entropy(
            input,
            cast(target, torch.int64),
            weight,
            ignore_index=ignore_index,
            reduction=reduction,
            label_smoothing=label_smoothing,
        )
    except IndexError as error:
        raise _out_of_range("cross_entropy", error) from error


def cross_entropy_module(
    logits: Tensor,
    labels: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """`nn.CrossEntropyLoss` takes only int32 class indices, and which dtype is right depends on the rank of `labels`.

    Raises TypeError for a wrong dtype of `labels`, ValueError for a wrong rank or shape.
    """
    api = "mindspore.nn.CrossEntropyLoss"
    shape = tuple(logits.shape)
    allowed: tuple[Any, ...]
    if labels.ndim == logits.ndim:
        allowed, expected = (torch.float16, torch.float32), shape
    elif labels.ndim == logits.ndim - 1:
        allowed, expected = (torch.int32,), shape[:1] * bool(labels.ndim) + shape[2:]
    else:
        raise errors.invalid(ValueError, f"{api}: labels must have the rank of logits, {logits.ndim}, or one less")
    if labels.dtype not in allowed:
        raise errors.invalid(TypeError, f"{api}: labels of rank {labels.ndim} must be {_names(allowed)}, not {labels.dtype}")
    if tuple(labels.shape) != expected:
        raise errors.invalid(ValueError, f"{api}: labels must have shape {expected}, not {tuple(labels.shape)}")
    return cross_entropy(logits, labels, weight, ignore_index, reduction, label_smoothing)


def nll_loss(
    inputs: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """PyTorch has no `label_smoothing` here, and refuses int32 class indices and a weight of another dtype.

    `inputs` are log probabilities, (C), (N, C) or (N, C, d1, ...); `target` holds class indices without the class axis.
    A class index outside [0, C) that is not `ignore_index` raises RuntimeError.
    """
    inputs, weight = _scores(inputs, weight)
    labels = cast(target, torch.int64)
    try:
        loss = F.nll_loss(inputs, labels, weight, ignore_index=ignore_index, reduction=reduction)
    except IndexError as error:
        raise _out_of_range("nll_loss", error) from error
    if label_smoothing == 0:
        return loss
    class_axis = 0 if inputs.ndim == 1 else 1
    uniform = _uniform_loss(inputs, labels, weight, ignore_index, reduction, class_axis)
    return (1.0 - label_smoothing) * loss + label_smoothing / inputs.shape[class_axis] * uniform


def _uniform_loss(inputs: Tensor, labels: Tensor, weight: Tensor | None, ignore_index: int, reduction: str, class_axis: int) -> Tensor:
    """The loss summed over all classes, as if each were the label; "mean" divides by the weights of the real labels."""
    ignored = labels == ignore_index
    counted = cast(torch.logical_not(ignored), inputs.dtype)
    if weight is not None:
        inputs = inputs * torch.reshape(weight, [-1] + [1] * (inputs.ndim - 1 - class_axis))
        counted = counted * weight[torch.where(ignored, 0, labels)]
    loss = torch.where(ignored, torch.zeros_like(counted), -torch.sum(inputs, class_axis))
    if reduction == "mean":
        return torch.sum(loss) / torch.sum(counted)
    return reduced(loss, reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1,
    weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """PyTorch has no float16 kernel on the CPU, no gradient for `weight`, and an uninitialised mean of an empty batch.

    MindSpore treats `weight` as a constant.
    """
    constant = None if weight is None else torch.detach(_wide(weight))
    loss = F.multi_margin_loss(_wide(input), target, p, float(margin), constant, reduction="none")
    return cast(reduced(loss, reduction), input.dtype)


def multi_margin_loss_module(
    x: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    p: int = 1,
    margin: float = 1.0,
    reduction: str = "mean",
    constructor_weight: Tensor | None = None,
) -> Tensor:
    """MindSpore's module takes `weight` twice: the constructor's counts, and the call's only if that is None."""
    chosen = weight if constructor_weight is None else constructor_weight
    return multi_margin_loss(x, target, p, margin, chosen, reduction)


def multilabel_margin_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """PyTorch wants int64 class indices, MindSpore int32; float16 and an empty mean are as in `multi_margin_loss`."""
    loss = F.multilabel_margin_loss(_wide(input), cast(target, torch.int64), reduction="none")
    return cast(reduced(loss, reduction), input.dtype)


def _scores(input: Tensor, weight: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Scores and class weights in one floating dtype."""
    input = floating(input)
    if weight is None or weight.dtype == input.dtype:
        return input, weight
    input, weight = promoted(input, weight)
    return input, weight


def _wide(tensor: Tensor | None) -> Tensor | None:
    return cast(tensor, torch.float32) if tensor is not None and tensor.dtype == torch.float16 else tensor


def _out_of_range(name: str, error: Exception) -> Exception:
    return errors.invalid(RuntimeError, f"mindspore.ops.{name}: {error}")


def _names(dtypes: tuple[Any, ...]) -> str:
    return " or ".join(str(dtype).removeprefix("torch.") for dtype in dtypes)
