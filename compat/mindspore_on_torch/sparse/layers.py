"""nn.SparseToDense and nn.SparseTensorDenseMatmul, and the operators of the same names."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.sparse.functions import transposed
from compat.mindspore_on_torch.sparse.tensors import COOTensor

torch: Any = frameworks.load("torch")

__all__ = ["SparseTensorDenseMatmul", "SparseToDense"]


class SparseToDense(Cell):
    """nn.SparseToDense: a COOTensor as a whole Tensor. TypeError for anything else."""

    def construct(self, sparse_tensor: Any) -> Any:
        if not isinstance(sparse_tensor, COOTensor):
            raise errors.invalid(TypeError, f"For 'SparseToDense', the input must be a COOTensor, but got {type(sparse_tensor).__name__}.")
        return sparse_tensor.to_dense()


class SparseTensorDenseMatmul(Cell):
    """nn.SparseTensorDenseMatmul: a sparse matrix, as (indices, values, shape), times a dense one; `adjoint` turns an operand."""

    def __init__(self, adjoint_st: bool = False, adjoint_dt: bool = False) -> None:
        super().__init__()
        for name, value in (("adjoint_st", adjoint_st), ("adjoint_dt", adjoint_dt)):
            if not isinstance(value, bool):
                raise errors.invalid(TypeError, f"For 'SparseTensorDenseMatmul', '{name}' must be bool, but got {type(value).__name__}.")
        self.adjoint_st, self.adjoint_dt = adjoint_st, adjoint_dt

    def construct(self, indices: Any, values: Any, sparse_shape: Any, dense: Any) -> Any:
        return product(indices, values, sparse_shape, dense, self.adjoint_st, self.adjoint_dt)


def product(indices: Any, values: Any, sparse_shape: Any, dense: Any, adjoint_st: bool, adjoint_dt: bool) -> Any:
    """A sparse matrix, as a tuple, times a dense one."""
    sparse = transposed(COOTensor(indices, values, lengths(sparse_shape)).to_csr(), False, adjoint_st)
    return sparse.mm(dense.mH if adjoint_dt else dense)


def lengths(shape: Any) -> tuple[int, ...]:
    """A shape that may be a tensor."""
    return tuple(shape.tolist()) if isinstance(shape, torch.Tensor) else tuple(shape)


def whole(indices: Any, values: Any, sparse_shape: Any) -> Any:
    """ops.SparseToDense: the whole tensor of indices, values and shape."""
    return COOTensor(indices, values, lengths(sparse_shape)).to_dense()


def multiplied(indices: Any, values: Any, sparse_shape: Any, dense: Any, *, adjoint_st: bool = False, adjoint_dt: bool = False) -> Any:
    """ops.SparseTensorDenseMatmul: a sparse matrix times a dense one; `adjoint` turns an operand."""
    return product(indices, values, sparse_shape, dense, adjoint_st, adjoint_dt)


def added(x1_indices: Any, x1_values: Any, x1_shape: Any, x2: Any) -> Any:
    """ops.SparseTensorDenseAdd: the sum of a sparse tensor and a dense one, which is dense."""
    return whole(x1_indices, x1_values, x1_shape) + x2


whole.__name__, multiplied.__name__, added.__name__ = "SparseToDense", "SparseTensorDenseMatmul", "SparseTensorDenseAdd"
ToDense, DenseMatmul, DenseAdd = primitive(whole), primitive(multiplied), primitive(added)
