"""Linear maps and one-hot vectors."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, creation, products
from compat.torch_on_mindspore.tensor import Tensor

one_hot = creation.one_hot


def linear(input: Any, weight: Any, bias: Any = None) -> Tensor:
    """input · weightᵀ + bias, for input (…, in), weight (out, in) and bias (out)."""
    if input.dtype != weight.dtype and bias is not None:
        kinds = (one.dtype.tensor_type for one in (input, weight))
        raise invalid(RuntimeError, "mat1 and mat2 must have the same dtype, but got {} and {}".format(*kinds))
    if input.dtype == weight.dtype and input.shape[-1] != weight.shape[-1]:
        rows = input.reshape(-1, input.shape[-1])
        raise invalid(RuntimeError, products.mismatch(rows, weight.t()))
    product = products.matmul(input, weight.t())
    return product if bias is None else arithmetic.add(product, bias)
