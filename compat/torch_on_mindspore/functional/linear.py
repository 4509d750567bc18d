"""Linear maps and one-hot vectors."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, creation, dtypes, products
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.natives import adopt_in, entrance
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import as_tensor

ops = mindspore.ops
product = ops.operations.MatMul(transpose_b=True)  # a · bᵀ
bias_added = ops.operations.BiasAdd()

one_hot = entrance("torch.nn.functional.one_hot", creation.one_hot)


def add_bias(rows: Any, bias: Any) -> Any:
    """rows + bias. The view of the bias is for one whose dtype was changed: MindSpore's operator would take it to have the old one."""
    return derived(bias_added(rows, ops.reshape(bias, (-1,))), bias_gradient)


def bias_gradient(gradient: Any) -> tuple[Any, Any]:
    return gradient, gradient.sum(0)


class EmptyLinear(Function):
    """A product over nothing, or of nothing, which MindSpore leaves uninitialised, plus bias."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, input: Any, weight: Any, bias: Any) -> Any:
        ctx.kinds = [(tuple(one.shape), one.dtype) for one in (input, weight)]
        ctx.bias = None if bias is None else (tuple(bias.shape), bias.dtype)
        shape = (*input.shape[:-1], weight.shape[0])
        nothing = ops.zeros(shape, input.dtype)
        return nothing if bias is None or 0 in shape else ops.add(nothing, bias)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        of_bias = None
        if ctx.bias is not None:
            of_bias = gradient.reshape(-1, gradient.shape[-1]).sum(0) if gradient.numel() else ops.zeros(*ctx.bias)
        return *(ops.zeros(*kind) for kind in ctx.kinds), of_bias


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """input · weightᵀ + bias, for input (…, in), weight (out, in) and bias (out)."""
    if not input.ndim:
        raise invalid(RuntimeError, f"both arguments to linear need to be at least 1D, but they are 0D and {weight.ndim}D")
    if input.dtype != weight.dtype and bias is not None:
        kinds = (one.dtype.tensor_type for one in (input, weight))
        raise invalid(RuntimeError, "mat1 and mat2 must have the same dtype, but got {} and {}".format(*kinds))
    if input.dtype == weight.dtype and input.shape[-1] != weight.shape[-1]:
        rows = input.reshape(-1, input.shape[-1])
        raise invalid(RuntimeError, products.mismatch(rows, weight.t()))
    if bias is not None and weight.ndim != 2:
        raise invalid(RuntimeError, f"mat2 must be a matrix, got {weight.ndim}-D tensor")
    if bias is not None and bias.dtype != weight.dtype:
        kinds = (one.dtype.tensor_type for one in (bias, weight))
        raise invalid(RuntimeError, "self and mat2 must have the same dtype, but got {} and {}".format(*kinds))
    if weight.ndim == 2 and not (input.numel() and weight.numel()):
        return EmptyLinear.apply(input, weight, bias)
    if is_dense(input, weight, bias):
        return as_tensor(dense(input, weight, bias))
    found = products.matmul(input, weight.t())
    return found if bias is None else arithmetic.add(found, bias)


def dense(input: Any, weight: Any, bias: Any) -> Any:
    """The map of rows, in the operators that are fastest on CPU: `ops.dense` takes up to five times as long."""
    shape = tuple(input.shape)
    rows = input if len(shape) == 2 else ops.reshape(input, (-1, shape[-1]))
    found = derived(product(rows, weight), product_gradient, rows, weight)
    found = found if bias is None else add_bias(found, bias)
    return found if len(shape) == 2 else ops.reshape(found, (*shape[:-1], weight.shape[0]))


def product_gradient(gradient: Any, rows: Any, weight: Any) -> tuple[Any, Any]:
    return products.matmul(gradient, weight), products.matmul(gradient.t(), as_tensor(rows))


def is_dense(input: Any, weight: Any, bias: Any) -> bool:
    """Whether `dense` computes it."""
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
    found = products.matmul(halves, right.unsqueeze(2)).reshape(*input1.shape[:-1], outputs)
    return found if bias is None else arithmetic.add(found, bias)


adopt_in(globals())
