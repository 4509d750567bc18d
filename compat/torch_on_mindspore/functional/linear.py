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
