"""Losses that compare embeddings with each other: ranking, cosine and triplets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.losses.common import floating, reduced
from compat.mindspore_on_torch.meanings import callers_meanings
from compat.mindspore_on_torch.tensor import as_tensor

torch = frameworks.load("torch")
F = frameworks.load("torch.nn.functional")

Tensor = Any


def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: str = "mean") -> Tensor:
    """PyTorch wants the same number of axes in all three tensors; MindSpore broadcasts them."""
    return reduced(torch.clamp(-target * (input1 - input2) + margin, min=0), reduction)


def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: str = "mean") -> Tensor:
    """PyTorch takes at most two axes and adds an epsilon to the norms; MindSpore reduces axis 1 and adds none.

    `target` has the shape of `input1` without axis 1; a value other than 1 and -1 costs nothing. A zero vector: NaN.
    """
    first, second = floating(input1), floating(input2)
    if first.ndim < 2:
        raise errors.invalid(ValueError, "mindspore.ops.cosine_embedding_loss: input1 and input2 need an axis 1")
    norms = torch.sqrt(torch.sum(torch.square(first), 1)) * torch.sqrt(torch.sum(torch.square(second), 1))
    cosine = torch.sum(first * second, 1) / norms
    zero = torch.zeros_like(cosine)
    similar = torch.where(target == 1, 1.0 - cosine, zero)
    dissimilar = torch.where(target == -1, torch.clamp(cosine - float(margin), min=0), zero)
    return reduced(similar + dissimilar, reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float | Tensor = 1.0,
    p: int = 2,
    eps: float = 1e-06,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """PyTorch takes no Tensor as `margin`, and none that is 0 or less; MindSpore takes any number or 0-d Tensor.

    Distances are over the last axis: p-norm of the difference plus `eps`. The tensors broadcast, one has a batch axis.
    """
    if max(anchor.ndim, positive.ndim, negative.ndim) < 2:
        raise errors.invalid(ValueError, "mindspore.ops.triplet_margin_loss: one of the tensors must have a batch axis")
    anchor, positive, negative = floating(anchor), floating(positive), floating(negative)
    near = F.pairwise_distance(anchor, positive, p, eps)
    far = F.pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = torch.minimum(far, F.pairwise_distance(positive, negative, p, eps))
    return reduced(torch.clamp(near - far + margin, min=0), reduction)


def triplet_margin_loss_module(
    x: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float | Tensor = 1.0,
    *,
    p: int = 2,
    swap: bool = False,
    eps: float = 1e-06,
    reduction: str = "mean",
    constructor_margin: float = 1.0,
) -> Tensor:
    """MindSpore's module takes `margin` twice: the constructor's counts unless it is 1.0, and then the call's does."""
    chosen = margin if constructor_margin == 1.0 else constructor_margin
    return triplet_margin_loss(x, positive, negative, chosen, p, eps, swap, reduction)


def _of_caller(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A function of the caller's, which expects MindSpore's meanings of its tensors."""

    def called(*tensors: Tensor) -> Tensor:
        with callers_meanings():
            return function(*map(as_tensor, tensors))

    return called


def _euclidean_distance(x: Tensor, y: Tensor) -> Tensor:
    api = "mindspore.nn.TripletMarginWithDistanceLoss"
    difference = x - y
    if not difference.dtype.is_floating_point:
        raise errors.invalid(TypeError, f"{api}: the default distance needs floating-point inputs")
    if difference.ndim < 2:
        raise errors.invalid(ValueError, f"{api}: inputs need an axis 1, but have shape {tuple(x.shape)}")
    return torch.linalg.vector_norm(difference, dim=1)


def triplet_margin_with_distance_loss(
    x: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    swap: bool = False,
    reduction: str = "mean",
    margin: float = 1.0,
) -> Tensor:
    """PyTorch's default distance is over the last axis and adds 1e-6; MindSpore's is over axis 1 and adds nothing.

    A callable `distance_function` gets and returns tensors of the caller's own kind.
    """
    distance = _euclidean_distance if distance_function is None else _of_caller(distance_function)
    near, far = distance(x, positive), distance(x, negative)
    if swap:
        far = torch.minimum(far, distance(positive, negative))
    return reduced(torch.clamp(near - far + margin, min=0), reduction)
