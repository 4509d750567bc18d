"""Products with an addend and random draws, which MindSpore defines otherwise than PyTorch."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.reductions import check_tensor, refuse

torch: Any = frameworks.load("torch")


def addr(x: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """mindspore.ops.addr: beta · x + alpha · vec1 vec2ᵀ. A beta or alpha of 0 is multiplied like any other, so that NaN stays."""
    check_tensor("addr", x)
    return beta * x + alpha * torch.outer(vec1, vec2)


def addr_method(self: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """mindspore.Tensor.addr: as mindspore.ops.addr, with beta and alpha by place too."""
    return addr(self, vec1, vec2, beta=beta, alpha=alpha)


def bernoulli(input: Any, p: Any = 0.5, seed: Any = None) -> Any:
    """mindspore.ops.bernoulli: ones with probability `p`, a number or a tensor of the shape of `input`, whose elements do not count."""
    refuse("mindspore.ops.bernoulli", seed=seed)
    check_tensor("bernoulli", input)
    chances = p if isinstance(p, torch.Tensor) else torch.tensor(float(p))
    return torch.bernoulli(chances.expand(input.shape)).type_as(input)
