"""Complex arithmetic with a gradient, which MindSpore has not: as in PyTorch, the conjugate of the derivative is multiplied."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.torch_on_mindspore import engine
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.tensor import as_tensor

ops = mindspore.ops


magnitude = ops.ComplexAbs()


def reduced_to(gradient: Any, shape: tuple[int, ...]) -> Any:
    """The gradient summed over the dimensions that broadcasting added or stretched."""
    extra = len(gradient.shape) - len(shape)
    axes = tuple(range(extra)) + tuple(at + extra for at, size in enumerate(shape) if size == 1 != gradient.shape[at + extra])
    found = ops.sum(gradient, axes) if axes else gradient
    return ops.reshape(found, shape)


class Multiplied(Function):
    @staticmethod
    def forward(ctx: Any, input: Any, other: Any) -> Any:
        ctx.save_for_backward(input, other)
        return ops.mul(input, other)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        input, other = ctx.saved_tensors
        return (
            reduced_to(ops.mul(gradient, ops.conj(other)), tuple(input.shape)),
            reduced_to(ops.mul(gradient, ops.conj(input)), tuple(other.shape)),
        )


class Divided(Function):
    @staticmethod
    def forward(ctx: Any, input: Any, other: Any) -> Any:
        found = ops.div(input, other)
        ctx.save_for_backward(input, other, found)
        return found

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        input, other, found = ctx.saved_tensors
        share = ops.div(gradient, ops.conj(other))
        return reduced_to(share, tuple(input.shape)), reduced_to(ops.neg(ops.mul(share, ops.conj(found))), tuple(other.shape))


class MatrixProduct(Function):
    """The product of two complex matrices or batches of the same size."""

    @staticmethod
    def forward(ctx: Any, input: Any, other: Any) -> Any:
        ctx.save_for_backward(input, other)
        return ops.matmul(input, other)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        input, other = ctx.saved_tensors
        left = ops.matmul(gradient, ops.conj(ops.swapaxes(other, -1, -2)))
        right = ops.matmul(ops.conj(ops.swapaxes(input, -1, -2)), gradient)
        return reduced_to(left, tuple(input.shape)), reduced_to(right, tuple(other.shape))


class Length(Function):
    """The absolute value; its gradient at 0 is 0."""

    @staticmethod
    def forward(ctx: Any, input: Any) -> Any:
        found = magnitude(input)
        ctx.save_for_backward(input, found)
        return found

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        input, length = ctx.saved_tensors
        safe = ops.where(ops.equal(length, 0), ops.ones_like(length), length)
        return ops.mul(input, ops.cast(ops.div(gradient, safe), input.dtype))


class Conjugated(Function):
    @staticmethod
    def forward(ctx: Any, input: Any) -> Any:
        return ops.conj(input)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return ops.conj(gradient)


class Part(Function):
    """The real or the imaginary part."""

    @staticmethod
    def forward(ctx: Any, input: Any, imaginary: bool) -> Any:
        ctx.imaginary = imaginary
        return ops.imag(input) if imaginary else ops.real(input)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        zeros = ops.zeros_like(gradient)
        return ops.Complex()(zeros, gradient) if ctx.imaginary else ops.Complex()(gradient, zeros), None


class Joined(Function):
    """real + i · imaginary, of one shape."""

    @staticmethod
    def forward(ctx: Any, real: Any, imaginary: Any) -> Any:
        return ops.Complex()(real, imaginary)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return ops.real(gradient), ops.imag(gradient)


def recorded(*operands: Any) -> bool:
    """Whether autograd records an operation on these."""
    return engine.grad_enabled() and any(isinstance(one, mindspore.Tensor) and engine.requires_grad(one) for one in operands)


def differentiable(native: Any, function: type[Function]) -> Any:
    """`native`, or on complex operands that autograd records `function`, which has the gradient.

    A number becomes a tensor: MindSpore's kernels take none beside a complex tensor.
    """

    def operation(*operands: Any) -> Any:
        first = next(one for one in operands if isinstance(one, mindspore.Tensor))
        tensors = (one if isinstance(one, mindspore.Tensor) else as_tensor(mindspore.Tensor(one, first.dtype)) for one in operands)
        return function.apply(*tensors) if recorded(*operands) else native(*tensors)

    return operation


mul = differentiable(ops.mul, Multiplied)
div = differentiable(ops.div, Divided)
matmul = differentiable(ops.matmul, MatrixProduct)
length = differentiable(magnitude, Length)
conj = differentiable(ops.conj, Conjugated)
joined = differentiable(ops.Complex(), Joined)


def part(input: Any, imaginary: bool) -> Any:
    if 0 in input.shape:  # no kernel takes it
        return ops.zeros(tuple(input.shape), mindspore.float64 if input.dtype == mindspore.complex128 else mindspore.float32)
    return Part.apply(input, imaginary) if recorded(input) else ops.imag(input) if imaginary else ops.real(input)


class NoComplex(Function):
    """No complex numbers, in this shape; MindSpore has no gradient of joining nothing."""

    @staticmethod
    def forward(ctx: Any, real: Any, imag: Any, shape: tuple[int, ...]) -> Any:
        ctx.like = [(tuple(one.shape), one.dtype) for one in (real, imag)]
        return mindspore.Tensor(np.zeros(shape, np.complex128 if real.dtype in (mindspore.float64, mindspore.complex128) else np.complex64))

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return *(ops.zeros(*kind) for kind in ctx.like), None
