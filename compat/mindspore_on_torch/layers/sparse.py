"""nn.SparseToDense and SparseTensorDenseMatmul: of places, values and a shape."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.layers.layer import Layer, check_type, computed, refuse
from compat.mindspore_on_torch.tensor import run_plain

torch: Any = frameworks.load("torch")

__all__ = ["SparseTensorDenseMatmul", "SparseToDense"]


def dense_of(indices: Any, values: Any, shape: Any) -> Any:
    """A tensor of `shape` with `values` (n,) at the places `indices` (n, rank); what falls on one place adds up."""
    return torch.zeros(tuple(shape), dtype=values.dtype, device=values.device).index_put(
        tuple(indices.long().unbind(-1)), values, accumulate=True
    )


class SparseToDense(Layer):
    """nn.SparseToDense of a COOTensor."""

    def construct(self, sparse_tensor: Any) -> Any:
        if not all(hasattr(sparse_tensor, name) for name in ("indices", "values", "shape")) or isinstance(sparse_tensor, torch.Tensor):
            raise errors.invalid(TypeError, f"For 'SparseToDense', the input must be a COOTensor, but got {type(sparse_tensor)}.")
        return run_plain(dense_of, sparse_tensor.indices, sparse_tensor.values, sparse_tensor.shape)


class SparseTensorDenseMatmul(Layer):
    """nn.SparseTensorDenseMatmul: a sparse matrix (`indices` (n, 2), `values` (n,), `sparse_shape`) times a dense one; a flag adjoins one."""

    def __init__(self, adjoint_st: bool = False, adjoint_dt: bool = False) -> None:
        super().__init__()
        check_type(self, bool, adjoint_st=adjoint_st, adjoint_dt=adjoint_dt)
        self.adj_st, self.adj_dt = adjoint_st, adjoint_dt

    @computed
    def construct(self, indices: Any, values: Any, sparse_shape: Any, dense: Any) -> Any:
        check_type(self, (tuple, torch.Tensor), sparse_shape=sparse_shape)
        shape = tuple(sparse_shape.tolist()) if isinstance(sparse_shape, torch.Tensor) else sparse_shape
        if len(shape) != 2:
            raise refuse(self, f"the 'sparse_shape' must have 2 numbers, but got {shape}.")
        rows, columns = reversed(indices.long().unbind(-1)) if self.adj_st else indices.long().unbind(-1)
        height, width = reversed(shape) if self.adj_st else shape
        given = dense.mH if self.adj_dt else dense
        if given.shape[0] != width:
            raise refuse(self, f"the matrices ({height}, {width}) and {tuple(given.shape)} can't be multiplied.")
        products = (values.conj() if self.adj_st else values).unsqueeze(-1) * given[columns]
        return products.new_zeros(height, given.shape[1]).index_add(0, rows, products)
