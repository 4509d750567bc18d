"""Operators on single elements, and products, that no function of MindSpore is."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.arithmetic import log_beta
from compat.mindspore_on_torch.elementwise import both_tensors, promoted
from compat.mindspore_on_torch.primitives.base import primitive

torch: Any = frameworks.load("torch")

__all__ = [
    "Addcdiv", "Addcmul", "Betainc", "CheckNumerics", "CompareAndBitpack", "Complex", "ComplexAbs", "DivNoNan", "Identity", "IdentityN",
    "Imag", "L2Normalize", "LogicalXor", "Logit", "MulNoNan", "RealDiv", "Reusing", "SquareSumAll", "SquaredDifference", "identity", "tensor_div",
]  # fmt: skip

FRACTIONS = 200  # terms of the continued fraction, of which float64 needs fewer for a, b below 10,000


@primitive
def Addcmul(input: Any, tensor1: Any, tensor2: Any, value: Any) -> Any:
    """input + value · tensor1 · tensor2, with a tensor as `value`."""
    return input + checked(value) * tensor1 * tensor2


@primitive
def Addcdiv(input: Any, tensor1: Any, tensor2: Any, value: Any) -> Any:
    """input + value · tensor1 / tensor2, with a tensor as `value`."""
    return input + checked(value) * tensor1 / tensor2


def checked(value: Any) -> Any:
    """A tensor, or TypeError."""
    if not isinstance(value, torch.Tensor):
        raise errors.invalid(TypeError, f"value must be a Tensor, but is {type(value).__name__}")
    return value


@primitive
def RealDiv(x: Any, y: Any) -> Any:
    """The quotient; that of integers is rounded towards zero and stays one."""
    left, right = promoted(x, y)
    kind = torch.result_type(left, right)
    return torch.div(left, right, rounding_mode=None if kind.is_floating_point or kind.is_complex else "trunc")


@primitive
def DivNoNan(x1: Any, x2: Any) -> Any:
    """The quotient, 0 where `x2` is 0."""
    left, right = both_tensors(*promoted(x1, x2))
    nothing = right == 0
    return torch.where(nothing, 0, left / torch.where(nothing, 1, right)).to(torch.result_type(x1, x2))


@primitive
def MulNoNan(x: Any, y: Any) -> Any:
    """The product, 0 where `y` is 0."""
    left, right = both_tensors(*promoted(x, y))
    return torch.where(right == 0, 0, left * right)


@primitive
def SquaredDifference(x: Any, y: Any) -> Any:
    """(x - y)²."""
    left, right = promoted(x, y)
    return (left - right) ** 2


@primitive
def SquareSumAll(x: Any, y: Any) -> Any:
    """(sum of x², sum of y²)."""
    return (x * x).sum(), (y * y).sum()


@primitive
def L2Normalize(x: Any, *, axis: Any = 0, epsilon: float = 1e-4) -> Any:
    """x / √max(Σ x², epsilon) over one axis."""
    axes = [axis] if isinstance(axis, int) else list(axis)
    if len(axes) != 1:
        raise errors.invalid(TypeError, f"axis must be one axis, but is {axis}")
    return x / (x * x).sum(axes, keepdim=True).clamp(min=epsilon).sqrt()


@primitive
def LogicalXor(input: Any, other: Any) -> Any:
    """Whether exactly one is true, of tensors or one and a bool."""
    return torch.logical_xor(*both_tensors(input, other))


@primitive
def Logit(input: Any, *, eps: float = -1.0) -> Any:
    """log(x / (1 - x)), with x moved into [eps, 1 - eps] unless eps is negative."""
    return torch.logit(input, None if eps < 0 else eps)


@primitive
def Complex(real: Any, imag: Any) -> Any:
    """real + i · imag."""
    return torch.complex(real, imag)


@primitive
def ComplexAbs(x: Any) -> Any:
    """The absolute value, a real number."""
    return x.abs()


@primitive
def Imag(input: Any) -> Any:
    """The imaginary part, 0 of real numbers."""
    return input.imag if input.is_complex() else torch.zeros_like(input)


@primitive
def Identity(input_x: Any) -> Any:
    """A tensor with the same values."""
    return input_x.clone()


@primitive
def IdentityN(x: Any) -> Any:
    """A tuple of tensors with the same values."""
    return tuple(each.clone() for each in x)


@primitive
def Reusing(x: Any) -> Any:
    """The argument itself."""
    return x


@primitive
def CheckNumerics(x: Any) -> Any:
    """The tensor; RuntimeError for NaN or infinity in it."""
    if not bool(torch.isfinite(x).all()):
        raise errors.invalid(RuntimeError, "the tensor has NaN or infinite values")
    return x.clone()


@primitive
def CompareAndBitpack(x: Any, threshold: Any) -> Any:
    """Whether x > threshold, eight of the last axis in one uint8, the first as its highest bit."""
    if not isinstance(threshold, torch.Tensor) or threshold.dtype != x.dtype:
        raise errors.invalid(TypeError, f"threshold must be a Tensor of {x.dtype}")
    if threshold.ndim or not x.ndim or x.shape[-1] % 8:
        raise errors.invalid(ValueError, "threshold must have no axis, and the last axis of x a multiple of 8 elements")
    bits = (x > threshold).reshape(*x.shape[:-1], -1, 8)
    return (bits * torch.tensor([128, 64, 32, 16, 8, 4, 2, 1], device=x.device)).sum(-1).to(torch.uint8)


class _Betainc(torch.autograd.Function):
    """The regularized incomplete beta function, and its derivative by x."""

    @staticmethod
    def forward(context: Any, a: Any, b: Any, x: Any) -> Any:
        context.save_for_backward(a, b, x)
        return incomplete_beta(a.double(), b.double(), x.double()).to(x.dtype)

    @staticmethod
    def backward(context: Any, gradient: Any) -> Any:
        if any(context.needs_input_grad[:2]):
            raise errors.UnsupportedAPI("mindspore.ops.Betainc: it has a derivative by x only")
        a, b, x = context.saved_tensors
        logarithm = torch.xlogy(a - 1, x) + torch.special.xlog1py(b - 1, -x) - log_beta(a, b)
        return None, None, gradient * logarithm.exp()


def incomplete_beta(a: Any, b: Any, x: Any) -> Any:
    """By the continued fraction for x below (a + 1) / (a + b + 2), and by the symmetry in a, b and 1 - x above."""
    swap = x > (a + 1) / (a + b + 2)
    a, b, x = torch.where(swap, b, a), torch.where(swap, a, b), torch.where(swap, 1 - x, x)
    tiny = torch.finfo(x.dtype).tiny
    numerator, denominator = torch.ones_like(x), torch.zeros_like(x)
    value = torch.ones_like(x)
    for step in range(FRACTIONS):
        half = step // 2
        if step == 0:
            term = torch.ones_like(x)
        elif step % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        denominator = 1 + term * denominator
        denominator = 1 / torch.where(denominator.abs() < tiny, tiny, denominator)
        numerator = 1 + term / numerator
        numerator = torch.where(numerator.abs() < tiny, tiny, numerator)
        value = value * numerator * denominator
    front = torch.exp(torch.xlogy(a, x) + torch.special.xlog1py(b, -x) - log_beta(a, b)) / a
    found = front * (value - 1)
    return torch.where(swap, 1 - found, found)


@primitive
def Betainc(a: Any, b: Any, x: Any) -> Any:
    """The regularized incomplete beta function; tensors of one shape and type, float32 or float64."""
    if a.dtype not in (torch.float32, torch.float64) or not a.dtype == b.dtype == x.dtype:
        raise errors.invalid(TypeError, f"a, b and x must be of float32 or float64, but are {a.dtype}, {b.dtype} and {x.dtype}")
    if not a.shape == b.shape == x.shape:
        raise errors.invalid(
            ValueError, f"a, b and x must have one shape, but have {tuple(a.shape)}, {tuple(b.shape)} and {tuple(x.shape)}"
        )
    return _Betainc.apply(a, b, x)


tensor_div, identity = RealDiv(), Identity()
