"""The functions of mindspore.ops on sparse tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.meanings import real_dtype
from compat.mindspore_on_torch.sparse.tensors import (
    COOTensor,
    CSRTensor,
    RowTensor,
    RowTensorInner,
    made_of,
    row_numbers,
    row_starts,
)
from compat.mindspore_on_torch.tensor import attach

torch: Any = frameworks.load("torch")

__all__ = [
    "coo2csr",
    "coo_abs",
    "coo_acos",
    "coo_acosh",
    "coo_add",
    "coo_asin",
    "coo_asinh",
    "coo_atan",
    "coo_atanh",
    "coo_ceil",
    "coo_concat",
    "coo_cos",
    "coo_cosh",
    "coo_exp",
    "coo_expm1",
    "coo_floor",
    "coo_inv",
    "coo_isfinite",
    "coo_isinf",
    "coo_isnan",
    "coo_log",
    "coo_log1p",
    "coo_neg",
    "coo_relu",
    "coo_relu6",
    "coo_round",
    "coo_sigmoid",
    "coo_sin",
    "coo_sinh",
    "coo_softsign",
    "coo_sqrt",
    "coo_square",
    "coo_tan",
    "coo_tanh",
    "coo_tensor_get_dense_shape",
    "coo_tensor_get_indices",
    "coo_tensor_get_values",
    "csr2coo",
    "csr_abs",
    "csr_acos",
    "csr_acosh",
    "csr_add",
    "csr_asin",
    "csr_asinh",
    "csr_atan",
    "csr_atanh",
    "csr_ceil",
    "csr_cos",
    "csr_cosh",
    "csr_div",
    "csr_exp",
    "csr_expm1",
    "csr_floor",
    "csr_gather",
    "csr_inv",
    "csr_isfinite",
    "csr_isinf",
    "csr_isnan",
    "csr_log",
    "csr_log1p",
    "csr_mm",
    "csr_mul",
    "csr_mv",
    "csr_neg",
    "csr_reduce_sum",
    "csr_relu",
    "csr_relu6",
    "csr_round",
    "csr_sigmoid",
    "csr_sin",
    "csr_sinh",
    "csr_softmax",
    "csr_softsign",
    "csr_sqrt",
    "csr_square",
    "csr_tan",
    "csr_tanh",
    "csr_tensor_get_dense_shape",
    "csr_tensor_get_indices",
    "csr_tensor_get_indptr",
    "csr_tensor_get_values",
    "csr_to_coo",
    "csr_to_dense",
    "dense_to_sparse_coo",
    "dense_to_sparse_csr",
    "make_coo_tensor",
    "make_csr_tensor",
    "make_row_tensor",
    "make_row_tensor_inner",
    "make_sparse_tensor",
    "row_tensor_add",
    "row_tensor_get_dense_shape",
    "row_tensor_get_indices",
    "row_tensor_get_values",
    "sparse_segment_mean",
]


def checked(api: str, kind: type, value: Any) -> Any:
    """The sparse tensor; TypeError for anything else."""
    if not isinstance(value, kind):
        raise errors.invalid(TypeError, f"For '{api}', the input must be a {kind.__name__}, but got {type(value).__name__}.")
    return value


def on_values(name: str, function: Callable[[Any], Any]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """`coo_<name>` and `csr_<name>`: the values through `function`, in their places. What has no value stays 0."""

    def coo(x: Any) -> Any:
        return checked(f"coo_{name}", COOTensor, x).like(function(x.values))

    def csr(x: Any) -> Any:
        return checked(f"csr_{name}", CSRTensor, x).like(function(x.values))

    for made in (coo, csr):
        made.__qualname__ = made.__name__ = f"{made.__name__}_{name}"
        made.__doc__ = f"mindspore.ops.{made.__name__}: of each value; TypeError for what is not sparse."
    return coo, csr


coo_abs, csr_abs = on_values("abs", torch.abs)
coo_acos, csr_acos = on_values("acos", torch.acos)
coo_acosh, csr_acosh = on_values("acosh", torch.acosh)
coo_asin, csr_asin = on_values("asin", torch.asin)
coo_asinh, csr_asinh = on_values("asinh", torch.asinh)
coo_atan, csr_atan = on_values("atan", torch.atan)
coo_atanh, csr_atanh = on_values("atanh", torch.atanh)
coo_ceil, csr_ceil = on_values("ceil", torch.ceil)
coo_cos, csr_cos = on_values("cos", torch.cos)
coo_cosh, csr_cosh = on_values("cosh", torch.cosh)
coo_exp, csr_exp = on_values("exp", torch.exp)
coo_expm1, csr_expm1 = on_values("expm1", torch.expm1)
coo_floor, csr_floor = on_values("floor", torch.floor)
coo_inv, csr_inv = on_values("inv", torch.reciprocal)
coo_isfinite, csr_isfinite = on_values("isfinite", torch.isfinite)
coo_isinf, csr_isinf = on_values("isinf", torch.isinf)
coo_isnan, csr_isnan = on_values("isnan", torch.isnan)
coo_log, csr_log = on_values("log", torch.log)
coo_log1p, csr_log1p = on_values("log1p", torch.log1p)
coo_neg, csr_neg = on_values("neg", torch.neg)
coo_relu, csr_relu = on_values("relu", torch.relu)
coo_relu6, csr_relu6 = on_values("relu6", torch.nn.functional.relu6)
coo_round, csr_round = on_values("round", torch.round)
coo_sigmoid, csr_sigmoid = on_values("sigmoid", torch.sigmoid)
coo_sin, csr_sin = on_values("sin", torch.sin)
coo_sinh, csr_sinh = on_values("sinh", torch.sinh)
coo_softsign, csr_softsign = on_values("softsign", torch.nn.functional.softsign)
coo_sqrt, csr_sqrt = on_values("sqrt", torch.sqrt)
coo_square, csr_square = on_values("square", torch.square)
coo_tan, csr_tan = on_values("tan", torch.tan)
coo_tanh, csr_tanh = on_values("tanh", torch.tanh)


def coo_add(x1: Any, x2: Any, thresh: Any) -> Any:
    """The sum of two COOTensors, without the values whose size is below `thresh`."""
    return checked("coo_add", COOTensor, x1).add(checked("coo_add", COOTensor, x2), thresh)


def coo_concat(sp_input: Any, concat_dim: int = 0) -> Any:
    """COOTensors, one behind the other along an axis; the indices in order."""
    if not isinstance(sp_input, (tuple, list)):
        raise errors.invalid(TypeError, f"For 'coo_concat', 'sp_input' must be a tuple of COOTensor, but got {type(sp_input).__name__}.")
    parts = [checked("coo_concat", COOTensor, part) for part in sp_input]
    if len(parts) < 2:
        raise errors.invalid(ValueError, "For 'coo_concat', there must be at least two COOTensors.")
    rank = parts[0].ndim
    if not -rank <= concat_dim < rank:
        raise errors.invalid(ValueError, f"For 'coo_concat', 'concat_dim' must be in [{-rank}, {rank}), but got {concat_dim}.")
    axis, passed, indices = concat_dim % rank, 0, []
    for part in parts:
        if any(one != other for place, (one, other) in enumerate(zip(part.shape, parts[0].shape, strict=True)) if place != axis):
            raise errors.invalid(ValueError, f"For 'coo_concat', the shapes {parts[0].shape} and {part.shape} do not fit.")
        shift = part.indices.new_zeros(rank)
        shift[axis] = passed
        indices.append(part.indices + shift)
        passed += part.shape[axis]
    shape = tuple(passed if place == axis else length for place, length in enumerate(parts[0].shape))
    joined = made_of(COOTensor, indices=torch.cat(indices), values=torch.cat([part.values for part in parts]), shape=shape)
    return sorted_by_index(joined)


def sorted_by_index(tensor: Any) -> Any:
    """The same values with their indices in order; equal ones stay apart."""
    order = torch.arange(tensor.values.shape[0], device=torch.Tensor.device.__get__(tensor.values))
    for column in reversed(tensor.indices.unbind(1)):
        order = order[torch.argsort(column[order], stable=True)]
    return made_of(COOTensor, indices=tensor.indices[order], values=tensor.values[order], shape=tensor.shape)


def csr_add(a: Any, b: Any, alpha: Any, beta: Any) -> Any:
    """alpha·a + beta·b."""
    return checked("csr_add", CSRTensor, a).add(checked("csr_add", CSRTensor, b), alpha, beta)


def csr_mul(x: Any, y: Any) -> Any:
    """Each value times the element of a dense tensor that stands there."""
    return checked("csr_mul", CSRTensor, x) * y


def csr_div(x: Any, y: Any) -> Any:
    """Each value divided by the element of a dense tensor that stands there."""
    return checked("csr_div", CSRTensor, x) / y


def csr_mv(csr_tensor: Any, dense: Any) -> Any:
    """The product with a column [n, 1]."""
    return checked("csr_mv", CSRTensor, csr_tensor).mv(dense)


def csr_mm(a: Any, b: Any, trans_a: bool = False, trans_b: bool = False, adjoint_a: bool = False, adjoint_b: bool = False) -> Any:
    """The product of two CSRTensors; `trans` turns an operand, `adjoint` conjugates it too."""
    checked("csr_mm", CSRTensor, b)
    left = transposed(checked("csr_mm", CSRTensor, a), trans_a, adjoint_a)
    return left.mm(transposed(b, trans_b, adjoint_b))


def transposed(matrix: Any, turned: bool, adjoint: bool) -> Any:
    """The CSRTensor, turned where one of the two says so."""
    if not turned and not adjoint:
        return matrix
    coo = matrix.to_coo()
    values = coo.values.conj() if adjoint else coo.values
    return made_of(COOTensor, indices=coo.indices.flip(1), values=values, shape=(matrix.shape[1], matrix.shape[0])).coalesce().to_csr()


def csr_reduce_sum(csr_tensor: Any, axis: int) -> Any:
    """Sums over the columns (axis 1), as [rows, 1]."""
    return checked("csr_reduce_sum", CSRTensor, csr_tensor).sum(axis)


def csr_softmax(logits: Any, dtype: Any) -> Any:
    """Softmax of the values of each row; what has no value counts as minus infinity."""
    rows = checked("csr_softmax", CSRTensor, logits).rows()
    values = logits.values.to(dtypes.torch_dtype(dtype))
    largest = values.new_full((logits.shape[0],), float("-inf")).scatter_reduce(0, rows, values.detach(), "amax")
    powers = torch.exp(values - largest[rows])
    sums = powers.new_zeros(logits.shape[0]).index_add(0, rows, powers)
    return logits.like(powers / sums[rows])


def csr_gather(indptr: Any, indices: Any, dense: Any, shape: Any) -> Any:
    """The elements of a dense tensor at the places of a CSRTensor."""
    return dense.broadcast_to(tuple(shape))[row_numbers(indptr, indices.shape[0]), indices.long()]


def csr_to_coo(tensor: Any) -> Any:
    """The same values as a COOTensor."""
    return checked("csr_to_coo", CSRTensor, tensor).to_coo()


def csr_to_dense(csr_tensor: Any) -> Any:
    """The whole tensor."""
    return checked("csr_to_dense", CSRTensor, csr_tensor).to_dense()


def coo2csr(row_indices: Any, height: int) -> Any:
    """Where each of `height` rows begins among sorted row numbers."""
    return row_starts(row_indices, height)


def csr2coo(indptr: Any, nnz: int) -> Any:
    """The row of each of `nnz` values."""
    return row_numbers(indptr, nnz).to(real_dtype(indptr))


def dense_to_sparse_coo(tensor: Any) -> Any:
    """The elements that are not 0. TypeError for what is no Tensor, ValueError for a number."""
    check_dense("dense_to_sparse_coo", tensor)
    indices = torch.nonzero(tensor)
    return COOTensor(indices.int(), tensor[tuple(indices.unbind(1))], tuple(tensor.shape))


def dense_to_sparse_csr(tensor: Any) -> Any:
    """The elements of a matrix that are not 0, row by row. TypeError for what is no Tensor."""
    check_dense("dense_to_sparse_csr", tensor)
    if tensor.ndim != 2:
        raise errors.invalid(ValueError, f"For 'dense_to_sparse_csr', the tensor must have 2 dimensions, but has {tensor.ndim}.")
    rows, columns = torch.nonzero(tensor).int().unbind(1)
    values = tensor[rows.long(), columns.long()]
    return made_of(CSRTensor, indptr=row_starts(rows, tensor.shape[0]), indices=columns, values=values, shape=tuple(tensor.shape))


def check_dense(api: str, tensor: Any) -> None:
    """TypeError for what is no Tensor, ValueError for one without axes."""
    if not isinstance(tensor, torch.Tensor):
        raise errors.invalid(TypeError, f"For '{api}', the input must be a Tensor, but got {type(tensor).__name__}.")
    if tensor.ndim == 0:
        raise errors.invalid(ValueError, f"For '{api}', a Tensor without dimensions is not supported.")


def to_coo(self: Any) -> Any:
    """Tensor.to_coo: the elements that are not 0, as a COOTensor."""
    return dense_to_sparse_coo(self)


def to_csr(self: Any) -> Any:
    """Tensor.to_csr: the elements of a matrix that are not 0, as a CSRTensor."""
    return dense_to_sparse_csr(self)


def make_coo_tensor(indices: Any, values: Any, shape: Any) -> Any:
    """COOTensor(indices, values, shape)."""
    return COOTensor(indices, values, shape)


def make_csr_tensor(indptr: Any, indices: Any, values: Any, shape: Any) -> Any:
    """CSRTensor(indptr, indices, values, shape)."""
    return CSRTensor(indptr, indices, values, shape)


def make_sparse_tensor(indices: Any, values: Any, dense_shape: Any) -> Any:
    """COOTensor(indices, values, dense_shape), by its older name."""
    return COOTensor(indices, values, dense_shape)


def make_row_tensor(indices: Any, values: Any, shape: Any) -> Any:
    """RowTensor(indices, values, shape)."""
    return RowTensor(indices, values, shape)


def make_row_tensor_inner(indices: Any, values: Any, shape: Any) -> Any:
    """RowTensor(indices, values, shape), by its inner name."""
    return RowTensorInner(indices, values, shape)


def coo_tensor_get_values(x: Any) -> Any:
    """Its values."""
    return x.values


def coo_tensor_get_indices(x: Any) -> Any:
    """Its indices."""
    return x.indices


def coo_tensor_get_dense_shape(x: Any) -> Any:
    """Its shape."""
    return x.shape


csr_tensor_get_values, csr_tensor_get_indices = coo_tensor_get_values, coo_tensor_get_indices
csr_tensor_get_dense_shape = row_tensor_get_dense_shape = coo_tensor_get_dense_shape
row_tensor_get_values, row_tensor_get_indices = coo_tensor_get_values, coo_tensor_get_indices


def csr_tensor_get_indptr(x: Any) -> Any:
    """Where its rows begin."""
    return x.indptr


def row_tensor_add(x1: Any, x2: Any) -> Any:
    """The rows of both, one behind the other."""
    return type(x1)(torch.cat([x1.indices, x2.indices]), torch.cat([x1.values, x2.values]), x1.dense_shape)


def sparse_segment_mean(x: Any, indices: Any, segment_ids: Any) -> Any:
    """The mean of the rows x[indices] that share a number in `segment_ids`, which is sorted; 0 for a number that is not there."""
    if segment_ids.ndim != 1 or indices.ndim != 1 or segment_ids.shape != indices.shape:
        raise errors.invalid(ValueError, "For 'sparse_segment_mean', 'indices' and 'segment_ids' must be 1-dimensional, of one length.")
    count = int(segment_ids[-1]) + 1 if segment_ids.numel() else 0
    chosen = x[indices.long()]
    sums = chosen.new_zeros((count, *x.shape[1:])).index_add(0, segment_ids.long(), chosen)
    sizes = torch.bincount(segment_ids.long(), minlength=count).clamp(min=1).to(real_dtype(x))
    return sums / sizes.reshape(-1, *[1] * (x.ndim - 1))


attach([to_coo, to_csr])
