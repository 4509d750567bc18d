"""Products of matrices, and products with an addend, which MindSpore defines otherwise than PyTorch."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.reductions import check_tensor

torch: Any = frameworks.load("torch")


def addr(x: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """mindspore.ops.addr: beta · x + alpha · vec1 vec2ᵀ. A beta or alpha of 0 is multiplied like any other, so that NaN stays."""
    check_tensor("addr", x)
    return beta * x + alpha * torch.outer(vec1, vec2)


def addr_method(self: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """mindspore.Tensor.addr: as mindspore.ops.addr, with beta and alpha by place too."""
    return addr(self, vec1, vec2, beta=beta, alpha=alpha)


def bmm(input: Any, mat2: Any) -> Any:
    """mindspore.ops.bmm: of matrices, or of any axes of matrices that are alike in both; ValueError otherwise, TypeError for two dtypes."""
    if input.dtype != mat2.dtype:
        raise errors.invalid(TypeError, f"the matrices must have one dtype, but have {input.dtype} and {mat2.dtype}")
    if input.ndim < 2 or input.shape[:-2] != mat2.shape[:-2]:
        raise errors.invalid(ValueError, f"shapes {list(input.shape)} and {list(mat2.shape)} must be alike but for their last two axes")
    return torch.matmul(input, mat2)


def baddbmm(input: Any, batch1: Any, batch2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """mindspore.ops.baddbmm: beta · input + alpha · bmm(batch1, batch2). TypeError for two dtypes, or fractions times integers."""
    kinds = int if not (input.is_floating_point() or input.is_complex()) else (int, float)
    if input.dtype != batch1.dtype or not (isinstance(beta, kinds) and isinstance(alpha, kinds)):
        raise errors.invalid(TypeError, "the tensors must have one dtype; beta and alpha must be numbers, whole ones for whole numbers")
    return _plus(beta, input, alpha, bmm(batch1, batch2))


def addbmm(input: Any, batch1: Any, batch2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """mindspore.ops.addbmm: beta · input + alpha · (bmm(batch1, batch2) summed over its first axis); integers give int64."""
    if not (isinstance(beta, (int, float)) and isinstance(alpha, (int, float))):
        raise errors.invalid(TypeError, f"beta and alpha must be numbers, but are {beta!r} and {alpha!r}")
    return _plus(beta, input, alpha, bmm(batch1, batch2).sum(0))


def _plus(beta: Any, input: Any, alpha: Any, product: Any) -> Any:
    """A factor of 0 is multiplied like any other, so that NaN stays; a factor of 1 is not."""
    return (input if beta == 1 else beta * input) + (product if alpha == 1 else alpha * product)


def addcmul(input: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Any:
    """mindspore.ops.addcmul: input + value · tensor1 · tensor2; `value` may be a tensor that broadcasts."""
    if not isinstance(value, torch.Tensor):
        return torch.addcmul(input, tensor1, tensor2, value=value)
    return (input + value * (tensor1 * tensor2)).to(input.dtype)


def addcdiv(input: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Any:
    """mindspore.ops.addcdiv: input + value · tensor1 / tensor2; `value` may be a tensor that broadcasts."""
    if not isinstance(value, torch.Tensor):
        return torch.addcdiv(input, tensor1, tensor2, value=value)
    return (input + value * (tensor1 / tensor2)).to(input.dtype)


def einsum(equation: Any, operands: Any) -> Any:
    """mindspore.ops.einsum: a sum over every axis has shape (1,). Instead of an equation, each operand may be followed by its axes."""
    found = torch.einsum(equation, *operands)
    return found if found.ndim else found.reshape(1)


def vecdot(x: Any, y: Any, axis: int = -1) -> Any:
    """mindspore.ops.vecdot: the conjugate of x times y, summed over an axis; integers and bool give int64."""
    if not x.is_floating_point() or x.dtype != y.dtype:
        return torch.sum(torch.conj(x) * y, axis)
    return torch.linalg.vecdot(x, y, dim=axis)
