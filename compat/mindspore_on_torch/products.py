"""Products with an addend, which MindSpore defines otherwise than PyTorch."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.reductions import check_tensor

torch: Any = frameworks.load("torch")


def addr(x: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """mindspore.ops.addr: beta · x + alpha · vec1 vec2ᵀ. A beta or alpha of 0 is multiplied like any other, so that NaN stays."""
    check_tensor("addr", x)
    return beta * x + alpha * torch.outer(vec1, vec2)


def addr_method(self: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """mindspore.Tensor.addr: as mindspore.ops.addr, with beta and alpha by place too."""
    return addr(self, vec1, vec2, beta=beta, alpha=alpha)
