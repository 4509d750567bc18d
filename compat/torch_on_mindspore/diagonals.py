"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.creation import finished
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.linear_maps import linear
from compat.torch_on_mindspore.places import placed
from compat.torch_on_mindspore.rearranging import seen
from compat.torch_on_mindspore.shaping import reshape
from compat.torch_on_mindspore.storage import view_of
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, normal_dim

ops = mindspore.ops


def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonal of two dimensions, as the last dimension of a view."""
    first, second = normal_dim(input, dim1), normal_dim(input, dim2)
    if first == second:
        raise invalid(RuntimeError, f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return view_of(input, along, offset, first, second)


def along(input: Any, offset: int, first: int, second: int) -> Any:
    if not input.numel():
        return engine.diagonal_view(input, offset, first, second)
    rows, columns = input.shape[first] + min(offset, 0), input.shape[second] - max(offset, 0)
    steps = input.stride()
    kept = [at for at in range(input.ndim) if at not in (first, second)]
    return seen(
        input,
        (*(input.shape[at] for at in kept), max(min(rows, columns), 0)),
        (*(steps[at] for at in kept), steps[first] + steps[second]),
        max(offset, 0) * steps[second] - min(offset, 0) * steps[first],
    )


def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices of zeros, over two new dimensions, with the last dimension of `input` on a diagonal."""
    first, second = normal_dim(input, dim1, 1), normal_dim(input, dim2, 1)
    if first == second:
        raise invalid(RuntimeError, f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    size = input.shape[-1] + abs(offset)
    shape = list(input.shape[:-1])
    for at in sorted((first, second)):
        shape.insert(at, size)
    zeros = input.new_zeros(shape)
    return placed(zeros, np.diagonal(np.arange(zeros.numel()).reshape(shape), offset, first, second), input)


def diag(input: Any, diagonal: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix with this diagonal."""
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim != 2:
        raise invalid(RuntimeError, f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return diagonal_of_matrix(input, diagonal).clone()


diagonal_of_matrix = diagonal


def diagflat(input: Any, offset: int = 0) -> Tensor:
    """The matrix with the elements of `input` on a diagonal."""
    return diag_embed(reshape(input, -1), offset)


def triangle(name: str, native: Any, upper: bool) -> Any:
    """tril or triu: the elements on one side of a diagonal, zeros on the other."""

    def function(input: Any, diagonal: int = 0) -> Any:
        if input.ndim < 2:
            raise invalid(RuntimeError, f"{name}: input tensor must have at least 2 dimensions")
        if input.dtype.category != dtypes.COMPLEX and input.dtype is not dtypes.bfloat16 and input.numel():
            return as_tensor(linear(lambda x: native(x, diagonal), input))
        rows, columns = input.shape[-2:]
        kept = np.tri(rows, columns, diagonal - upper, dtype=np.bool_)
        zero = mindspore.Tensor(np.zeros((), input.dtype.name))
        return as_tensor(ops.where(mindspore.Tensor(~kept if upper else kept), input, zero))

    function.__name__ = function.__qualname__ = name
    return function


tril = triangle("tril", ops.tril, False)
triu = triangle("triu", ops.triu, True)


def triangle_indices(name: str, where: Any) -> Any:
    def function(
        row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None, requires_grad: bool = False,
        pin_memory: bool = False,
    ) -> Any:  # fmt: skip
        """The row indices and the column indices of a triangle, as two rows."""
        if row < 0 or col < 0:
            raise invalid(RuntimeError, f"{'row' if row < 0 else 'col'} must be non-negative, got{min(row, col)}")
        if pin_memory:
            raise UnsupportedArgument(f"torch.{name}", "pin_memory", True, "False")
        kind = dtypes.int64 if dtype is None else dtype
        if kind not in (dtypes.int64, dtypes.int32):
            raise invalid(NotImplementedError, f"\"{name}\" not implemented for '{kind.tensor_type}'")
        places = np.stack(where(row, offset, col)).astype(kind.name)
        return finished(f"torch.{name}", mindspore.Tensor(places), requires_grad, device, layout)

    function.__name__ = function.__qualname__ = name
    return function


tril_indices = triangle_indices("tril_indices", np.tril_indices)
triu_indices = triangle_indices("triu_indices", np.triu_indices)


def trace(input: Any) -> Tensor:
    """The sum of the diagonal of a matrix."""
    if input.ndim != 2:
        raise invalid(RuntimeError, f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    found: Tensor = diagonal(input).sum()
    return found


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of a vector's elements, one element to a row, the highest power first unless `increasing`."""
    if x.ndim != 1:
        raise invalid(RuntimeError, f"vander(): x must be a one-dimensional tensor, but got a tensor with {x.ndim} dimensions")
    return powers(x, x.shape[0] if N is None else N, increasing)


def powers(x: Any, count: int, increasing: bool) -> Tensor:
    if count < 0:
        raise invalid(RuntimeError, "N must be greater than or equal to 0")
    kind = dtypes.int64 if x.dtype.category < dtypes.FLOAT else x.dtype
    order = np.arange(count) if increasing else np.arange(count)[::-1]
    columns = [x.new_ones(x.shape, dtype=kind)]
    for _ in range(1, count):
        columns.append(columns[-1] * x)
    if not count:
        none: Tensor = x.new_zeros((*x.shape, 0), dtype=kind)
        return none
    found: Tensor = as_tensor(ops.stack([columns[at] for at in order], -1))
    return found
