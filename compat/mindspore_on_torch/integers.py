"""Gradients of integers. PyTorch has none; MindSpore's is zero where they only choose, and more where they are computed with."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.nesting import tensors

torch: Any = frameworks.load("torch")

# Through these no gradient reaches an index or a label, whatever comes out.
CHOOSING = frozenset(
    {
        "__get__", "embedding", "gather", "index_select", "take", "take_along_dim", "cross_entropy", "nll_loss", "one_hot",
        "argmax", "argmin", "argsort", "searchsorted", "bucketize", "nonzero", "bincount", "index_add", "index_copy",
        "index_put", "index_fill", "scatter", "scatter_add", "scatter_reduce", "ctc_loss", "multi_margin_loss", "dim", "size",
        "multilabel_margin_loss", "embedding_bag", "isin", "unique", "item", "tolist", "numpy", "zeros_like", "ones_like",
    }
)  # fmt: skip


def is_differentiable(tensor: Any) -> bool:
    """Whether PyTorch has gradients for its type."""
    return bool(tensor.is_floating_point() or tensor.is_complex())


class Watch(torch.overrides.TorchFunctionMode):
    """Follows integers through a computation, and refuses one that computes floating point with them."""

    def __init__(self, api: str) -> None:
        super().__init__()
        self.api = api
        self.followed: dict[int, Any] = {}
        self.kind = ""

    def follow(self, tensor: Any) -> Any:
        """Watch this object; it is kept, so that no other gets its identity."""
        self.followed[id(tensor)] = tensor
        self.kind = self.kind or str(tensor.dtype)
        return tensor

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        name = getattr(func, "__name__", "")
        given = args[:1] if name == "__getitem__" else (args, kwargs)
        if name not in CHOOSING and any(id(tensor) in self.followed for tensor in tensors(given)):
            for tensor in tensors(result):
                self.look_at(tensor)
        return result

    def look_at(self, tensor: Any) -> None:
        """What an operation made of a followed tensor: refuse floating point, follow integers; truth values end it."""
        if is_differentiable(tensor):
            supported = "a position with floating point; integers only where they choose, as indices and labels do"
            raise errors.UnsupportedArgument(self.api, "grad_position", f"{self.kind} that is computed with", supported)
        if tensor.dtype != torch.bool:
            self.follow(tensor)

    def check_outputs(self, outputs: Any) -> None:
        """Refuse a result that is made of integers by arithmetic: its gradient would not be zero."""
        if any(id(tensor) in self.followed for tensor in tensors(outputs)):
            raise errors.UnsupportedArgument(self.api, "grad_position", f"{self.kind} that is returned", "floating point")
