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
add_bias = ops.operations.BiasAdd()
KINDS = (dtypes.float32, dtypes.float64, dtypes.float16)


def linear(input: Any, weight: Any, bias: Any = None) -> Tensor:
    """input · weightᵀ + bias, for input (…, in), weight (out, in) and bias (out)."""
    if input.dtype != weight.dtype and bias is not None:
        kinds = (one.dtype.tensor_type for one in (input, weight))
        raise invalid(RuntimeError, "mat1 and mat2 must have the same dtype, but got {} and {}".format(*kinds))
    if input.dtype == weight.dtype and input.shape[-1] != weight.shape[-1]:
        rows = input.reshape(-1, input.shape[-1])
        raise invalid(RuntimeError, products.mismatch(rows, weight.t()))
    if weight.ndim == 2 and input.dtype in KINDS and input.dtype == weight.dtype and input.numel() and weight.numel():
        return rows_times(input, weight, bias)
    found = products.matmul(input, weight.t())
    return found if bias is None else arithmetic.add(found, bias)


def rows_times(input: Any, weight: Any, bias: Any) -> Tensor:
    shape = tuple(input.shape)
    rows = input if len(shape) == 2 else ops.reshape(input, (-1, shape[-1]))
    found = product(rows, weight)
    fits = bias is not None and bias.dtype == input.dtype and tuple(bias.shape) == tuple(weight.shape[:1])
    if fits:
        found = add_bias(found, bias)
    if len(shape) != 2:
        found = ops.reshape(found, (*shape[:-1], weight.shape[0]))
    result: Tensor = as_tensor(found)
    return result if fits or bias is None else arithmetic.add(result, bias)
