"""Linear maps and one-hot vectors."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, creation, dtypes, products
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

ops = mindspore.ops
one_hot = creation.one_hot

# On CPU, rows times a transposed matrix plus a bias take a third of the time in these two that they take in `matmul` and `add`.
product = ops.operations.MatMul(transpose_b=True)
bias_added = ops.operations.BiasAdd()
KINDS = (dtypes.float32, dtypes.float64, dtypes.float16)


def add_bias(rows: Any, bias: Any) -> Any:
    """rows + bias. The view of the bias is for one whose dtype was changed: MindSpore's operator would take it to have the old one."""
    return bias_added(rows, ops.reshape(bias, (-1,)))


def linear(input: Any, weight: Any, bias: Any = None) -> Tensor:
    """input · weightᵀ + bias, for input (…, in), weight (out, in) and bias (out)."""
    if not input.ndim:
        raise invalid(RuntimeError, f"both arguments to linear need to be at least 1D, but they are 0D and {weight.ndim}D")
    if input.dtype != weight.dtype and bias is not None:
        kinds = (one.dtype.tensor_type for one in (input, weight))
        raise invalid(RuntimeError, "mat1 and mat2 must have the same dtype, but got {} and {}".format(*kinds))
    if input.dtype == weight.dtype and input.shape[-1] != weight.shape[-1]:
        rows = input.reshape(-1, input.shape[-1])
        raise invalid(RuntimeError, products.mismatch(rows, weight.t()))
    if bias is not None and bias.dtype != weight.dtype:
        kinds = (one.dtype.tensor_type for one in (bias, weight))
        raise invalid(RuntimeError, "self and mat2 must have the same dtype, but got {} and {}".format(*kinds))
    if weight.ndim == 2 and input.dtype in KINDS and input.dtype == weight.dtype and input.numel() and weight.numel():
        return rows_times(input, weight, bias)
    found = products.matmul(input, weight.t())
    return found if bias is None else arithmetic.add(found, bias)


def rows_times(input: Any, weight: Any, bias: Any) -> Tensor:
    shape = tuple(input.shape)
    rows = input if len(shape) == 2 else ops.reshape(input, (-1, shape[-1]))
    found = product(rows, weight)
    fits = bias is not None and tuple(bias.shape) == tuple(weight.shape[:1])
    if fits:
        found = add_bias(found, bias)
    if len(shape) != 2:
        found = ops.reshape(found, (*shape[:-1], weight.shape[0]))
    result: Tensor = as_tensor(found)
    return result if fits or bias is None else arithmetic.add(result, bias)


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
