"""Builtins of PyTorch that take something else than their stub says: what they name when they refuse an argument.

A test holds each against the installed PyTorch.
"""

from __future__ import annotations

from compat.signatures.text import Signature, parsed

CASTS = ("bfloat16", "bool", "byte", "char", "double", "float", "half", "int", "long", "short")
CORRECTED: dict[str, tuple[str, ...]] = {
    **{f"torch.Tensor.{cast}": ("*, memory_format=None",) for cast in CASTS},
    "torch.Tensor.contiguous": ("*, memory_format=torch.contiguous_format",),
    "torch.Tensor.is_contiguous": ("*, memory_format=torch.contiguous_format",),
    "torch.Tensor.new_tensor": ("data, *, dtype=None, device=None, requires_grad=False",),
    "torch.Tensor.requires_grad_": ("requires_grad=True",),
    "torch.as_tensor": ("data, *, dtype=None, device=None",),
    "torch.device": ("device", "type, index=-1"),
    "torch.finfo": ("type", ""),
    "torch.iinfo": ("type",),
    "torch.nn.functional.gelu": ("input, *, approximate='none'",),
    "torch.nn.functional.one_hot": ("input, num_classes=-1",),
    "torch.nn.functional.scaled_dot_product_attention": (
        "query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None, enable_gqa=False",
    ),
    "torch.numel": ("input",),
    "torch.range": ("start, end, step=1, *, out=None, dtype=None, layout=None, device=None, requires_grad=False",),
    "torch.tensor": ("data, *, dtype=None, device=None, pin_memory=False, requires_grad=False",),
    "torch.to_dlpack": ("data",),
}  # fmt: skip


def corrected(dotted: str) -> list[Signature]:
    """What a builtin takes; empty where its stub says so already."""
    return [parsed(text) for text in CORRECTED.get(dotted, ())]
