"""The memory of a tensor as bytes."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.meanings import plain_torch

torch: Any = frameworks.load("torch")


def on_host(tensor: Any) -> Any:
    """A plain tensor in host memory, contiguous and of no graph; the same memory where that is so already."""
    with plain_torch():
        return tensor.detach().cpu().resolve_conj().resolve_neg().contiguous().as_subclass(torch.Tensor)


def host_bytes(tensor: Any) -> memoryview:
    """The bytes of a tensor that `on_host` made; what is written to them is written to the tensor."""
    with plain_torch():
        # A tensor without elements may have a stride of 0, which `view` refuses.
        return memoryview(tensor.reshape(-1).view(torch.uint8).numpy() if tensor.numel() else bytearray())
