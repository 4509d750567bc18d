"""The Kullback-Leibler divergence of a target distribution from predicted log probabilities."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.losses.common import reduced

torch = frameworks.load("torch")

Tensor = Any


def kl_div(logits: Tensor, labels: Tensor, reduction: str = "mean") -> Tensor:
    """PyTorch sends a gradient to the labels and gives NaN for negative ones; MindSpore treats labels as constants.

    `logits` are log probabilities. A label that is not above 0 costs nothing, even where its logit is infinite.
    `reduction` is also "batchmean": the sum over the length of the first axis.
    """
    target = torch.detach(labels)
    positive = target > 0
    log_target = torch.log(torch.where(positive, target, torch.ones_like(target)))
    loss = torch.where(positive, target * (log_target - logits), torch.zeros_like(target))
    if reduction == "batchmean":
        return torch.sum(loss) / logits.shape[0]
    return reduced(loss, reduction)
