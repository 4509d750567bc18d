"""ops.NLLLoss, SoftmaxCrossEntropyWithLogits and their kind: losses together with what else MindSpore returns."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.losses.classification import multi_margin_loss, multilabel_margin_loss
from compat.mindspore_on_torch.losses.common import reduced
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.base import primitive

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = [
    "MultiMarginLoss", "MultilabelMarginLoss", "NLLLoss", "NthElement", "SigmoidCrossEntropyWithLogits",
    "SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits", "TripletMarginLoss", "intopk",
]  # fmt: skip


@primitive
def NLLLoss(logits: Any, labels: Any, weight: Any, *, reduction: str = "mean", ignore_index: int = -100) -> Any:
    """The loss of log probabilities (N, C) or (C,), and the sum of the weights of the labels."""
    labels = labels.long()
    loss = F.nll_loss(logits, labels, weight.to(logits.dtype), ignore_index=ignore_index, reduction=reduction)
    counted = labels != ignore_index
    weights = weight[torch.where(counted, labels, 0)] * counted
    return loss, weights.sum().to(weight.dtype)


@primitive
def MultiMarginLoss(x: Any, target: Any, weight: Any = None, *, p: int = 1, margin: float = 1.0, reduction: str = "mean") -> Any:
    """The hinge loss of one class in (N, C)."""
    if p not in (1, 2):
        raise errors.invalid(ValueError, f"For 'MultiMarginLoss', 'p' must be 1 or 2, but got {p}.")
    return multi_margin_loss(x, target, p, margin, weight, reduction)


@primitive
def MultilabelMarginLoss(x: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The hinge loss of several classes, (N, C) or (C,), and 1 where a class is among them, int32."""
    found = torch.zeros((*target.shape[:-1], target.shape[-1] + 1), dtype=torch.int32, device=target.device)
    counted = torch.cumprod((target >= 0).to(torch.int64), -1)
    found = found.scatter(-1, torch.where(counted > 0, target.long(), target.shape[-1]), 1)
    return multilabel_margin_loss(x, target, reduction), found[..., :-1].contiguous()


@primitive
def SigmoidCrossEntropyWithLogits(logits: Any, label: Any) -> Any:
    """The binary cross entropy of each element."""
    return F.binary_cross_entropy_with_logits(logits, label, reduction="none")


@primitive
def SoftmaxCrossEntropyWithLogits(logits: Any, labels: Any) -> Any:
    """The cross entropy (N,) of logits and probabilities (N, C), and the gradient of its sum for the logits."""
    if logits.dim() != 2 or logits.shape != labels.shape:
        shapes = f"{tuple(logits.shape)} and {tuple(labels.shape)}"
        raise errors.invalid(
            ValueError, f"For 'SoftmaxCrossEntropyWithLogits', logits and labels must have one shape (N, C), not {shapes}."
        )
    log = F.log_softmax(logits, 1)
    return -(labels * log).sum(1), (log.exp() - labels).detach()


@primitive
def SparseSoftmaxCrossEntropyWithLogits(logits: Any, labels: Any, *, is_grad: bool = False) -> Any:
    """The mean cross entropy of logits (N, C) and classes (N,), or its gradient for the logits."""
    if not is_grad:
        return F.cross_entropy(logits, labels.long())
    return (F.softmax(logits, 1) - F.one_hot(labels.long(), logits.shape[1])) / logits.shape[0]


@primitive
def TripletMarginLoss(
    x: Any, positive: Any, negative: Any, margin: Any, *, p: int = 2, swap: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:  # fmt: skip
    """By how much `x` is not nearer to `positive` than to `negative`, by the p-norm over the last axis."""
    near, far = F.pairwise_distance(x, positive, p, eps), F.pairwise_distance(x, negative, p, eps)
    if swap:
        far = torch.minimum(far, F.pairwise_distance(positive, negative, p, eps))
    return reduced(torch.clamp(near - far + margin, min=0), reduction)


@operation
def intopk(x1: Any, x2: Any, k: int) -> Any:
    """mindspore.ops.intopk: whether labels (N,) are among the `k` greatest of (N, C), fewer than `k` of the row above it.

    TypeError unless (N, C) is float16 or float32, and the labels int32.
    """
    if x1.dtype not in (torch.float16, torch.float32) or x2.dtype != torch.int32:
        raise errors.invalid(TypeError, f"For 'InTopK', x1 must be float16 or float32 and x2 int32, but got {x1.dtype} and {x2.dtype}.")
    chosen = x1.gather(1, x2.long()[:, None])
    return ((x1 > chosen).sum(1) < k) & chosen[:, 0].isfinite()


@primitive
def NthElement(input: Any, n: Any, *, reverse: bool = False) -> Any:
    """The element of the last axis that has `n` smaller ones, or with `reverse` greater ones."""
    ordered = torch.sort(input, -1, descending=reverse).values
    return ordered[..., n] if isinstance(n, int) else ordered.index_select(-1, n.reshape(1)).squeeze(-1)
