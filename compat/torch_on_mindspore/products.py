"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore.dtypes import c_name
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import Tensor, as_tensor

ops = mindspore.ops


def matmul(input: Any, other: Any) -> Tensor:
    """The matrix product; 1-D operands are vectors. RuntimeError when dtypes or inner sizes differ."""
    if input.dtype != other.dtype:
        raise invalid(
            RuntimeError,
            f"expected m1 and m2 to have the same dtype, but got: {c_name(input)} != {c_name(other)}",
        )
    if not (input.ndim and other.ndim):
        raise invalid(RuntimeError, "both arguments to matmul need to be at least 1D, but they are "
                      f"{input.ndim}D and {other.ndim}D")  # fmt: skip
    inner = other.shape[max(other.ndim - 2, 0)]
    if input.shape[-1] != inner:
        raise invalid(RuntimeError, mismatch(input, other))
    if inner == 0:
        return empty_product(input, other)
    found: Tensor = as_tensor(ops.matmul(input, other))
    return found


def mismatch(input: Any, other: Any) -> str:
    if input.ndim == 2 and other.ndim == 1:
        rows, columns = input.shape
        return f"size mismatch, got input ({rows}), mat ({rows}x{columns}), vec ({other.shape[0]})"
    if input.ndim == 2 and other.ndim == 2:
        sizes = ("x".join(map(str, one.shape)) for one in (input, other))
        return "mat1 and mat2 shapes cannot be multiplied ({} and {})".format(*sizes)
    return f"size mismatch, got input ({input.shape[-1]}), other {list(other.shape)}"


def empty_product(input: Any, other: Any) -> Tensor:
    """Zeros: MindSpore leaves the product over an empty dimension uninitialised."""
    batch = np.broadcast_shapes(input.shape[:-2], other.shape[:-2])
    shape = (*batch, *input.shape[-2:-1], *(other.shape[-1:] if other.ndim > 1 else ()))
    found: Tensor = as_tensor(ops.zeros(shape, input.dtype))
    return found


def mm(input: Any, mat2: Any) -> Tensor:
    """The product of two matrices; RuntimeError unless both are 2-D."""
    for name, one in (("self", input), ("mat2", mat2)):
        if one.ndim != 2:
            raise invalid(RuntimeError, f"{name} must be a matrix")
    return matmul(input, mat2)


def bmm(input: Any, mat2: Any) -> Tensor:
    if input.ndim != 3 or mat2.ndim != 3:
        raise invalid(RuntimeError, "batch1 and batch2 must be 3D tensors")
    return matmul(input, mat2)


def dot(input: Any, tensor: Any) -> Tensor:
    if input.ndim != 1 or tensor.ndim != 1:
        raise invalid(RuntimeError, f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors")
    return matmul(input, tensor)
