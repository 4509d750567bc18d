"""Linear maps and one-hot vectors."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, creation, dtypes, products
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function, once_differentiable
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import as_tensor

ops = mindspore.ops

one_hot = creation.one_hot


class EmptyLinear(Function):
    """A product over nothing, or of nothing, which MindSpore leaves uninitialised, plus bias."""

    @staticmethod
    def forward(ctx: Any, input: Any, weight: Any, bias: Any) -> Any:
        ctx.kinds = [(tuple(one.shape), one.dtype) for one in (input, weight)]
        ctx.bias = None if bias is None else (tuple(bias.shape), bias.dtype)
        shape = (*input.shape[:-1], weight.shape[0])
        nothing = ops.zeros(shape, input.dtype)
        return nothing if bias is None or 0 in shape else ops.add(nothing, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Any) -> Any:
        of_bias = None
        if ctx.bias is not None:
            of_bias = gradient.reshape(-1, gradient.shape[-1]).sum(0) if gradient.numel() else ops.zeros(*ctx.bias)
        return *(ops.zeros(*kind) for kind in ctx.kinds), of_bias


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """input · weightᵀ + bias, for input (…, in), weight (out, in) and bias (out)."""
    if input.dtype != weight.dtype and bias is not None:
        kinds = (one.dtype.tensor_type for one in (input, weight))
        raise invalid(RuntimeError, "mat1 and mat2 must have the same dtype, but got {} and {}".format(*kinds))
    if input.dtype == weight.dtype and input.shape[-1] != weight.shape[-1]:
        rows = input.reshape(-1, input.shape[-1])
        raise invalid(RuntimeError, products.mismatch(rows, weight.t()))
    if bias is not None and weight.ndim != 2:
        raise invalid(RuntimeError, f"mat2 must be a matrix, got {weight.ndim}-D tensor")
    if weight.ndim == 2 and not (input.numel() and weight.numel()):
        return EmptyLinear.apply(input, weight, bias)
    if is_dense(input, weight, bias):
        return derived(as_tensor(ops.dense(input, weight, bias)), dense_gradient, input, weight, bias)
    product = products.matmul(input, weight.t())
    return product if bias is None else arithmetic.add(product, bias)


def dense_gradient(gradient: Any, input: Any, weight: Any, bias: Any) -> tuple[Any, ...]:
    """The gradients of input, weight and bias."""
    rows = gradient.reshape(-1, weight.shape[0])
    of_weight = products.matmul(rows.t(), input.reshape(-1, weight.shape[1]))
    return products.matmul(gradient, weight), of_weight, None if bias is None else rows.sum(0)


def is_dense(input: Any, weight: Any, bias: Any) -> bool:
    """Whether MindSpore's kernel, which takes half the time of product and sum, computes it."""
    kind = input.dtype
    return bool(
        kind == weight.dtype
        and kind in (dtypes.float32, dtypes.float64, dtypes.float16)
        and weight.ndim == 2
        and (bias is None or (bias.dtype == kind and tuple(bias.shape) == (weight.shape[0],)))
    )


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """input1ᵀ · weight · input2 + bias, for input1 (…, in1), input2 (…, in2), weight (out, in1, in2) and bias (out)."""
    if input1.ndim != input2.ndim:
        raise invalid(RuntimeError, f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim}")
    for at, (size, other) in enumerate(zip(input1.shape[:-1], input2.shape[:-1], strict=True)):
        if size != other:
            raise invalid(RuntimeError, f"bilinear(): input batch dimensions do not match at dim {at}: got {size} and {other}")
    outputs, first, second = weight.shape
    for name, size, wanted in (
        ("input1", input1.shape[-1], first),
        ("input2", input2.shape[-1], second),
        ("bias", outputs if bias is None else bias.shape[0], outputs),
    ):
        if size != wanted:
            raise invalid(RuntimeError, f"bilinear(): {name} size does not match weight size: got {size} but expected {wanted}")
    left, right = input1.reshape(-1, first), input2.reshape(-1, second)
    halves = products.matmul(left, weight.permute(1, 0, 2).reshape(first, -1)).reshape(-1, outputs, second)
    product = products.matmul(halves, right.unsqueeze(2)).reshape(*input1.shape[:-1], outputs)
    return product if bias is None else arithmetic.add(product, bias)
