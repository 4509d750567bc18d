"""ops.Mish, FastGeLU, Softplus and their kind, dropout, and the norms that MindSpore has as operators."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.primitives.common import numbers
from compat.mindspore_on_torch.sampling import generator

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = [
    "Dropout", "Dropout2D", "Dropout3D", "DropoutDoMask", "DropoutGenMask", "EuclideanNorm", "FastGeLU", "FastGelu", "L2Loss",
    "LogSoftmaxExt", "LpNorm", "Mish", "NuclearNorm", "SeLU", "Softplus", "dropout1d", "fast_gelu", "inplace_sigmoid", "mish",
    "soft_shrink", "softplus", "swiglu",
]  # fmt: skip


def quick_gelu(x: Any) -> Any:
    """x times the sigmoid of 1.702 x."""
    return x * torch.sigmoid(1.702 * x)


def of(name: str, function: Any) -> Any:
    """The operator without a constructor that computes a function of one tensor."""

    def compute(x: Any) -> Any:
        return function(x)

    compute.__name__, compute.__doc__ = name, f"mindspore.ops.{name}."
    return primitive(compute)


FastGeLU, FastGelu, Mish = of("FastGeLU", quick_gelu), of("FastGelu", quick_gelu), of("Mish", F.mish)
Softplus = of("Softplus", F.softplus)
L2Loss = of("L2Loss", lambda x: (x * x).sum() / 2)
# MindSpore takes integers too, and cuts the result to one.
SeLU = of("SeLU", lambda x: F.selu(x) if x.is_floating_point() else F.selu(x.to(torch.float32)).to(x.dtype))


@operation
def fast_gelu(x: Any) -> Any:
    """mindspore.ops.fast_gelu."""
    return quick_gelu(x)


@operation
def mish(x: Any) -> Any:
    """mindspore.ops.mish: x tanh(softplus(x))."""
    return F.mish(x)


@operation
def softplus(input: Any, beta: float = 1, threshold: float = 20) -> Any:
    """mindspore.ops.softplus: `input` itself where beta times it is above the threshold. TypeError unless it is of floating point."""
    if not input.is_floating_point():
        raise errors.invalid(TypeError, f"For 'softplus', the input must be of floating point, but got {input.dtype}.")
    return F.softplus(input, beta, threshold)


@operation
def soft_shrink(input: Any, lambd: float = 0.5) -> Any:
    """mindspore.ops.soft_shrink."""
    return F.softshrink(input, lambd)


@operation
def swiglu(input: Any, dim: int = -1) -> Any:
    """mindspore.ops.swiglu: silu of the first half of axis `dim`, times the second half."""
    if input.shape[dim] % 2:
        raise errors.invalid(ValueError, f"For 'swiglu', axis {dim} must be of even length, but has {input.shape[dim]}.")
    gate, value = input.chunk(2, dim)
    return F.silu(gate) * value


@operation
def inplace_sigmoid(input: Any) -> Any:
    """mindspore.ops.inplace_sigmoid: the sigmoid, in place."""
    return torch.sigmoid_(input)


@primitive
def LogSoftmaxExt(input: Any, dim: int | None = None, dtype: Any = None) -> Any:
    """The logarithm of softmax; without `dim`, axis 0 of 0, 1 or 3 axes, else 1."""
    axis = (0 if input.dim() in (0, 1, 3) else 1) if dim is None else dim
    return F.log_softmax(input, axis, dtype=None if dtype is None else dtypes.torch_dtype(dtype))


def kept(name: str, keep_prob: float) -> float:
    """ValueError unless it is within [0, 1]."""
    if not 0 <= keep_prob <= 1:
        raise errors.invalid(ValueError, f"For '{name}', 'keep_prob' must be in [0, 1], but got {keep_prob}.")
    return keep_prob


def masked(x: Any, mask: Any, keep_prob: float) -> Any:
    """`x` where the mask is not 0, scaled by 1 / keep_prob."""
    return x * mask / keep_prob if keep_prob else torch.zeros_like(x)


@primitive
def Dropout(x: Any, *, keep_prob: float = 0.5, Seed0: int = 0, Seed1: int = 0) -> Any:
    """`x` with elements set to 0 and the others scaled, and the mask in the dtype of `x`. The same seeds give the same mask in each call."""
    if not 0 < keep_prob <= 1:
        raise errors.invalid(RuntimeError, f"For 'Dropout', 'keep_prob' must be in (0, 1], but got {keep_prob}.")
    drawn = torch.rand(x.shape, generator=generator(Seed0, Seed1, like=x), device=x.device)
    mask = (drawn < keep_prob).to(x.dtype)
    return masked(x, mask, keep_prob), mask


def channel_dropout(name: str, rank: int) -> Any:
    """The operator that drops whole channels: it returns the result, and the mask as bool, both of the input's shape."""

    def compute(x: Any, *, keep_prob: float = 0.5) -> Any:
        """Of (N, C, ...)."""
        if x.dim() != rank + 2:
            raise errors.invalid(ValueError, f"For '{name}', the input must have {rank + 2} dims, but got {x.dim()}.")
        drawn = torch.rand((*x.shape[:2], *(1,) * rank), device=x.device) < kept(name, keep_prob)
        mask = drawn.expand(x.shape)
        return masked(x, mask, keep_prob), mask.contiguous()

    compute.__name__ = name
    return primitive(compute)


Dropout2D, Dropout3D = channel_dropout("Dropout2D", 2), channel_dropout("Dropout3D", 3)


@primitive
def DropoutGenMask(shape: Any, keep_prob: Any, *, Seed0: int = 0, Seed1: int = 0) -> Any:
    """A mask for DropoutDoMask: uint8, eight elements a byte, filled up to a multiple of 128 elements."""
    count = 1
    for length in numbers(shape):
        count *= length
    device = keep_prob.device if isinstance(keep_prob, torch.Tensor) else torch.get_default_device()
    bits = (
        torch.rand(-(-count // 128) * 16, 8, device=device, generator=generator(Seed0, Seed1, like=torch.empty(0, device=device)))
        < keep_prob
    )
    return (bits * 2 ** torch.arange(8, device=device)).sum(1).to(torch.uint8)


@primitive
def DropoutDoMask(input_x: Any, mask: Any, keep_prob: Any) -> Any:
    """The elements whose bit in a mask of DropoutGenMask is set, scaled, and 0 elsewhere."""
    bits = (mask[:, None] >> torch.arange(8, device=mask.device, dtype=torch.uint8)) & 1
    return input_x * bits.reshape(-1)[: input_x.numel()].reshape(input_x.shape) / keep_prob


@operation
def dropout1d(input: Any, p: float = 0.5, training: bool = True) -> Any:
    """mindspore.ops.dropout1d: whole channels of (N, C, L) or (C, L)."""
    if not isinstance(p, float):
        raise errors.invalid(TypeError, f"For 'dropout1d', the type of 'p' must be float, but got {type(p)}.")
    if not 0 <= p <= 1:
        raise errors.invalid(ValueError, f"For 'dropout1d', the 'p' must be a number in range [0, 1], but got {p}.")
    if input.ndim not in (2, 3):
        raise errors.invalid(ValueError, f"For 'dropout1d', the input must be a 2D or 3D tensor, but got {input.ndim} dims.")
    return F.dropout1d(input, p, training)


@primitive
def LpNorm(input: Any, *, axis: Any, p: int = 2, keep_dims: bool = False, epsilon: float = 1e-12) -> Any:
    """The p-norm over axes, at least `epsilon`."""
    axes = [axis] if isinstance(axis, int) else list(axis)
    return torch.linalg.vector_norm(input, p, axes, keep_dims).clamp(min=epsilon)


@primitive
def EuclideanNorm(x: Any, axes: Any, *, keep_dims: bool = False) -> Any:
    """The 2-norm over axes, which are read from a tensor; of integers, cut to one."""
    found = numbers(axes) if isinstance(axes, (torch.Tensor, tuple, list)) else [axes]
    norm = torch.linalg.vector_norm(x if x.is_floating_point() or x.is_complex() else x.double(), 2, found, keep_dims)
    return norm.to(x.dtype)


@primitive
def NuclearNorm(x: Any, *, dim: Any = None, keepdim: bool = False) -> Any:
    """The sum of singular values of a matrix, or of those that two axes hold."""
    if dim is None:
        if x.dim() != 2:
            raise errors.invalid(ValueError, f"For 'NuclearNorm', the input must have 2 dims where 'dim' is None, but got {x.dim()}.")
        dim = (0, 1)
    return torch.linalg.matrix_norm(x, "nuc", tuple(dim), keepdim)
