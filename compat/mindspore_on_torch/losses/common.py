"""What several losses share: one dtype for all tensors, one shape for two, and MindSpore's reduction."""

from __future__ import annotations

from typing import Any

from compat import frameworks

torch = frameworks.load("torch")

Tensor = Any


def cast(tensor: Tensor, dtype: Any) -> Tensor:
    """`tensor` in `dtype`; the same object when it has that dtype already."""
    # Through the class: on a MindSpore tensor the method may have another meaning.
    return tensor if tensor.dtype == dtype else torch.Tensor.to(tensor, dtype)


def promoted(*tensors: Tensor) -> tuple[Tensor, ...]:
    """All tensors in their common dtype. A 0-d tensor counts as much as any other: MindSpore's rule, not PyTorch's."""
    dtype = tensors[0].dtype
    for tensor in tensors[1:]:
        dtype = torch.promote_types(dtype, tensor.dtype)
    return tuple(cast(tensor, dtype) for tensor in tensors)


def floating(tensor: Tensor) -> Tensor:
    """`tensor` itself, or an integer tensor as float32."""
    return tensor if tensor.dtype.is_floating_point else cast(tensor, torch.float32)


def aligned(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both tensors in one dtype and one shape. MindSpore broadcasts without a word where PyTorch warns."""
    input, target = promoted(input, target)
    if input.shape != target.shape:
        input, target = torch.broadcast_tensors(input, target)
    return input, target


def reduced(loss: Tensor, reduction: str) -> Tensor:
    """`loss` reduced and in its own dtype: MindSpore takes the mean of integers in float32 and casts it back."""
    if reduction == "none":
        return loss
    total = torch.mean(floating(loss)) if reduction == "mean" else torch.sum(floating(loss))
    return cast(total, loss.dtype)
