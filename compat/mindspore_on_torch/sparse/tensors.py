"""COOTensor, CSRTensor and RowTensor: values and the tensors that say where they belong."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.meanings import real_dtype

torch: Any = frameworks.load("torch")

__all__ = ["COOTensor", "CSRTensor", "RowTensor", "RowTensorInner", "SparseTensor"]

INDEX_TYPES = (dtypes.int16, dtypes.int32, dtypes.int64)


def check_tensor(kind: str, name: str, value: Any) -> None:
    """TypeError for what is no Tensor."""
    if not isinstance(value, torch.Tensor):
        raise errors.invalid(TypeError, f"For '{kind}', '{name}' must be a Tensor, but got {type(value).__name__}.")


def check_index(kind: str, name: str, value: Any, rank: int) -> None:
    """TypeError for what is no tensor of int16, int32 or int64, ValueError for another rank."""
    check_tensor(kind, name, value)
    if value.ndim != rank:
        raise errors.invalid(ValueError, f"For '{kind}', '{name}' must be a {rank}-dimensional tensor, but got {value.ndim} dimensions.")
    if value.dtype not in INDEX_TYPES:
        raise errors.invalid(TypeError, f"For '{kind}', '{name}' must be int16, int32 or int64, but got {value.dtype}.")


def checked_shape(kind: str, shape: Any) -> tuple[int, ...]:
    """The shape; TypeError for what is no tuple of int, ValueError for a length below 1."""
    if not isinstance(shape, tuple) or any(not isinstance(length, int) for length in shape):
        raise errors.invalid(TypeError, f"For '{kind}', 'shape' must be a tuple of int, but got {shape!r}.")
    if any(length <= 0 for length in shape):
        raise errors.invalid(ValueError, f"For '{kind}', the lengths in 'shape' must be greater than 0, but got {shape}.")
    return shape


def in_brackets(tensor: Any) -> str:
    """The text of a member: as a Tensor's, its values without commas."""
    return f"Tensor(shape={list(tensor.shape)}, dtype={tensor.dtype}, value={values_text(tensor)})"


def values_text(tensor: Any) -> str:
    """The numbers of a Tensor's text."""
    body = repr(tensor).partition("value=")[2][:-1].replace(",", "")
    return body if body.startswith("\n") else body.strip()


class Sparse:
    """What COOTensor and CSRTensor share."""

    values: Any
    shape: tuple[int, ...]

    @property
    def dtype(self) -> Any:
        """The type of the values."""
        return self.values.dtype

    @property
    def size(self) -> int:
        """The number of values."""
        return int(self.values.size)

    @property
    def itemsize(self) -> int:
        """Bytes of one value."""
        return int(self.values.itemsize)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def like(self, values: Any) -> Any:
        """Other values in the same places."""
        raise NotImplementedError

    def to_dense(self) -> Any:
        """The whole tensor, with zeros where there is no value."""
        raise NotImplementedError

    def astype(self, dtype: Any) -> Any:
        """The values in another type."""
        return self.like(self.values.astype(dtype))

    def abs(self) -> Any:
        """Absolute values."""
        return self.like(self.values.abs())

    def __neg__(self) -> Any:
        return self.like(-self.values)

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __div__(self, other: Any) -> Any:
        return self / other


class COOTensor(Sparse):
    """mindspore.COOTensor(indices, values, shape): `dense[indices[i]] = values[i]`; values of equal indices add up when it is dense.

    TypeError for indices that are no integers, ValueError where shapes do not fit or an index lies outside.
    """

    def __init__(self, indices: Any = None, values: Any = None, shape: Any = None, coo_tensor: Any = None) -> None:
        if indices is values is shape is None and coo_tensor is not None:
            if not isinstance(coo_tensor, COOTensor):
                raise errors.invalid(TypeError, "If only one input provided, it must be a COOTensor.")
            indices, values, shape = coo_tensor.to_tuple()
        elif indices is None or values is None or shape is None or coo_tensor is not None:
            raise errors.invalid(TypeError, "Inputs are not as expected, only one COOTensor or (indices, values, shape) is allowed.")
        check_index("COOTensor", "indices", indices, 2)
        check_tensor("COOTensor", "values", values)
        self.indices, self.values, self.shape = indices, values, checked_shape("COOTensor", shape)
        if len(shape) != 2:
            raise errors.invalid(ValueError, f"For 'COOTensor', the length of 'shape' must be 2, but got {shape}.")
        if values.ndim != 1:
            raise errors.invalid(ValueError, f"For 'COOTensor', 'values' must be 1-dimensional, but got {values.ndim} dimensions.")
        if indices.shape[0] != values.shape[0]:
            reason = f"there must be as many indices as values, but got {indices.shape[0]} and {values.shape[0]}"
            raise errors.invalid(ValueError, f"For 'COOTensor', {reason}.")
        if indices.shape[1] != len(shape):
            reason = f"an index must have {len(shape)} numbers, as 'shape' has, but has {indices.shape[1]}"
            raise errors.invalid(ValueError, f"For 'COOTensor', {reason}.")

    def like(self, values: Any) -> Any:
        """Other values in the same places."""
        return made_of(COOTensor, indices=self.indices, values=values, shape=self.shape)

    def to_tuple(self) -> tuple[Any, Any, tuple[int, ...]]:
        """(indices, values, shape)."""
        return self.indices, self.values, self.shape

    def to_dense(self) -> Any:
        """The whole tensor, with zeros where there is no value; values of equal indices add up."""
        dense = self.values.new_zeros(self.shape)
        return dense.index_put(tuple(self.indices.long().unbind(1)), self.values, accumulate=True)

    def coalesce(self) -> Any:
        """Equal indices once, in order, their values added up."""
        places, inverse = torch.unique(self.indices, dim=0, return_inverse=True)
        values = self.values.new_zeros(places.shape[0]).index_add(0, inverse, self.values)
        return made_of(COOTensor, indices=places, values=values, shape=self.shape)

    def to_csr(self) -> Any:
        """The same values row by row."""
        rows, columns = self.indices.unbind(1)
        order = torch.argsort(rows.long(), stable=True)
        pointers = row_starts(rows[order], self.shape[0])
        return made_of(CSRTensor, indptr=pointers, indices=columns[order], values=self.values[order], shape=self.shape)

    def add(self, other: COOTensor, thresh: Any) -> Any:
        """The sum of two. Where both have a value, their sum is left out if its size is below `thresh`."""
        check_same_shape("COOTensor.add", self, other)
        indices = torch.cat([self.indices, other.indices])
        values = torch.cat([self.values, other.values.to(real_dtype(self.values))])
        places, inverse, counts = torch.unique(indices, dim=0, return_inverse=True, return_counts=True)
        sums = values.new_zeros(places.shape[0]).index_add(0, inverse, values)
        kept = (counts == 1) | (sums.abs() >= thresh)
        return made_of(COOTensor, indices=places[kept], values=sums[kept], shape=self.shape)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, COOTensor):
            return self.add(other, 0)
        if isinstance(other, torch.Tensor):
            return self.to_dense() + other
        raise errors.invalid(TypeError, f"COOTensor add with {type(other)} is not supported.")

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, COOTensor):
            raise errors.invalid(TypeError, "COOTensor mul with a COOTensor is not supported.")
        return self.like(self.values * self.beside(other))

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, COOTensor):
            raise errors.invalid(TypeError, "COOTensor div with a COOTensor is not supported.")
        return self.like(self.values / self.beside(other))

    def beside(self, other: Any) -> Any:
        """The elements of a dense tensor of this shape that stand where the values do; a number for all."""
        if not isinstance(other, torch.Tensor):
            return other
        if tuple(other.shape) != self.shape:
            raise errors.invalid(ValueError, f"the tensors must have the same shape, but got {self.shape} and {tuple(other.shape)}.")
        return other[tuple(self.indices.long().unbind(1))]

    def __repr__(self) -> str:
        parts = f"indices={in_brackets(self.indices)}, values={in_brackets(self.values)}"
        return f"COOTensor(shape={list(self.shape)}, dtype={self.dtype}, {parts})"


class CSRTensor(Sparse):
    """mindspore.CSRTensor(indptr, indices, values, shape): the values of row i are those from indptr[i] to indptr[i + 1].

    `indices` are their columns; values may have more axes behind the first. TypeError for indices that are no integers.
    """

    def __init__(self, indptr: Any = None, indices: Any = None, values: Any = None, shape: Any = None, csr_tensor: Any = None) -> None:
        if indptr is indices is values is shape is None and csr_tensor is not None:
            if not isinstance(csr_tensor, CSRTensor):
                raise errors.invalid(TypeError, "If only one input provided, it must be a CSRTensor.")
            indptr, indices, values, shape = csr_tensor.to_tuple()
        elif indptr is None or indices is None or values is None or shape is None or csr_tensor is not None:
            raise errors.invalid(
                TypeError, "Inputs are not as expected, only one CSRTensor or (indptr, indices, values, shape) is allowed."
            )
        check_index("CSRTensor", "indptr", indptr, 1)
        check_index("CSRTensor", "indices", indices, 1)
        check_tensor("CSRTensor", "values", values)
        self.indptr, self.indices, self.values, self.shape = indptr, indices, values, checked_shape("CSRTensor", shape)
        if indptr.shape[0] != shape[0] + 1:
            reason = f"'indptr' must hold {shape[0] + 1} numbers for {shape[0]} rows, but holds {indptr.shape[0]}"
            raise errors.invalid(ValueError, f"For 'CSRTensor', {reason}.")
        if indices.shape[0] != values.shape[0]:
            reason = f"there must be as many indices as values, but got {indices.shape[0]} and {values.shape[0]}"
            raise errors.invalid(ValueError, f"For 'CSRTensor', {reason}.")
        if values.ndim + 1 != len(shape) or tuple(values.shape[1:]) != shape[2:]:
            reason = f"'values' of shape {values.shape} do not fit the shape {shape}"
            raise errors.invalid(ValueError, f"For 'CSRTensor', {reason}.")

    def like(self, values: Any) -> Any:
        """Other values in the same places."""
        return made_of(CSRTensor, indptr=self.indptr, indices=self.indices, values=values, shape=self.shape)

    def rows(self) -> Any:
        """The row of each value."""
        return row_numbers(self.indptr, self.values.shape[0])

    def to_tuple(self) -> tuple[Any, Any, Any, tuple[int, ...]]:
        """(indptr, indices, values, shape)."""
        return self.indptr, self.indices, self.values, self.shape

    def to_dense(self) -> Any:
        """The whole tensor, with zeros where there is no value."""
        return self.values.new_zeros(self.shape).index_put((self.rows(), self.indices.long()), self.values, accumulate=True)

    def to_coo(self) -> Any:
        """The same values with their indices; ValueError unless it is a matrix."""
        if len(self.shape) != 2:
            raise errors.invalid(ValueError, f"Currently only support 2-D CSRTensor when converting to COOTensor, but got {self.shape}.")
        indices = torch.stack([self.rows().to(real_dtype(self.indices)), self.indices], 1)
        return made_of(COOTensor, indices=indices, values=self.values, shape=self.shape)

    def add(self, b: CSRTensor, alpha: Any, beta: Any) -> Any:
        """alpha·self + beta·b."""
        check_same_shape("CSRTensor.add", self, b)
        left, right = self.like(self.values * alpha).to_coo(), b.like(b.values * beta).to_coo()
        return left.add(right, -1).to_csr()

    def mv(self, dense_vector: Any) -> Any:
        """The product with a column [n, 1]; ValueError for anything else."""
        if dense_vector.ndim != 2 or dense_vector.shape[1] != 1:
            raise errors.invalid(ValueError, f"For 'CSRTensor.mv', the vector must have the shape [n, 1], but has {dense_vector.shape}.")
        return self.mm(dense_vector)

    def mm(self, matrix: Any) -> Any:
        """The product with a dense matrix, a Tensor; with a CSRTensor, a CSRTensor."""
        if isinstance(matrix, CSRTensor):
            return product(self, matrix)
        if self.shape[1] != matrix.shape[0]:
            reason = f"the columns of the CSRTensor must be the rows of the other, but got {self.shape} and {matrix.shape}"
            raise errors.invalid(ValueError, f"For 'CSRTensor.mm', {reason}.")
        terms = self.values[:, None] * matrix[self.indices.long()]
        return terms.new_zeros((self.shape[0], matrix.shape[1])).index_add(0, self.rows(), terms)

    def sum(self, axis: int) -> Any:
        """Sums over the columns (axis 1 or -1), as [rows, 1]; ValueError for another axis."""
        if axis not in (1, 1 - self.ndim):
            raise errors.invalid(ValueError, f"For 'CSRTensor.sum', 'axis' must be 1, but got {axis}.")
        return self.values.new_zeros((self.shape[0], *self.values.shape[1:])).index_add(0, self.rows(), self.values).unsqueeze(1)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, CSRTensor):
            return self.add(other, 1, 1)
        raise errors.invalid(TypeError, f"CSRTensor add with {type(other)} is not supported.")

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, CSRTensor):
            raise errors.invalid(TypeError, "CSRTensor mul with a CSRTensor is not supported.")
        return self.like(self.values * self.beside(other)) if dense(other) else self.values * other

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, CSRTensor):
            raise errors.invalid(TypeError, "CSRTensor div with a CSRTensor is not supported.")
        return self.like(self.values / self.beside(other)) if dense(other) else self.values / other

    def beside(self, other: Any) -> Any:
        """The elements of a dense tensor that stand where the values do."""
        return other.broadcast_to(self.shape)[self.rows(), self.indices.long()]

    def __repr__(self) -> str:
        parts = f"indptr={in_brackets(self.indptr)}, indices={in_brackets(self.indices)}, values={in_brackets(self.values)}"
        return f"CSRTensor(shape={list(self.shape)}, dtype={self.dtype}, {parts})"


class RowTensorInner:
    """Rows of a larger tensor: `dense[indices[i]] = values[i]`."""

    def __init__(self, indices: Any = None, values: Any = None, shape: Any = None, row_tensor: Any = None) -> None:
        if row_tensor is not None:
            indices, values, shape = row_tensor.indices, row_tensor.values, row_tensor.dense_shape
        check_index("RowTensor", "indices", indices, 1)
        check_tensor("RowTensor", "values", values)
        self.indices, self.values, self.dense_shape = indices, values, checked_shape("RowTensor", shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the whole tensor."""
        return self.dense_shape

    def __repr__(self) -> str:
        parts = f"indices={in_brackets(self.indices)}, values={in_brackets(self.values)}"
        return f"RowTensor(shape={list(self.shape)}, dtype={self.values.dtype}, {parts})"


class RowTensor(RowTensorInner):
    """mindspore.RowTensor(indices, values, shape): rows of a larger tensor, `dense[indices[i]] = values[i]`."""


class SparseTensor(COOTensor):
    """mindspore.SparseTensor(indices, values, shape): the older name of COOTensor."""

    def __init__(self, indices: Any, values: Any, shape: Any) -> None:
        super().__init__(indices, values, shape)


def made_of(kind: Any, **members: Any) -> Any:
    """A sparse tensor of members that are known to fit."""
    made = kind.__new__(kind)
    made.__dict__.update(members)
    return made


def dense(value: Any) -> bool:
    """Whether it is a tensor with axes. Of a product with a number MindSpore gives the values alone."""
    return isinstance(value, torch.Tensor) and value.ndim > 0


def row_starts(rows: Any, count: int) -> Any:
    """Where each of `count` rows begins among sorted row numbers, and where the last one ends; in their type."""
    lengths = torch.bincount(rows.long(), minlength=count)
    return torch.cat([lengths.new_zeros(1), lengths.cumsum(0)]).to(real_dtype(rows))


def row_numbers(indptr: Any, count: int) -> Any:
    """The row of each of `count` values."""
    lengths = (indptr[1:] - indptr[:-1]).long()
    return torch.repeat_interleave(torch.arange(lengths.shape[0], device=torch_device(indptr)), lengths, output_size=count)


def torch_device(tensor: Any) -> Any:
    """PyTorch's device of a tensor."""
    return torch.Tensor.device.__get__(tensor)


def check_same_shape(api: str, left: Any, right: Any) -> None:
    """TypeError for another kind, ValueError for another shape."""
    if type(right) is not type(left):
        raise errors.invalid(TypeError, f"For '{api}', both must be a {type(left).__name__}, but got {type(right).__name__}.")
    if left.shape != right.shape:
        raise errors.invalid(ValueError, f"For '{api}', the shapes must be the same, but got {left.shape} and {right.shape}.")


def product(left: CSRTensor, right: CSRTensor) -> Any:
    """The product of two sparse matrices, by way of every pair of values that meet."""
    if left.shape[1] != right.shape[0]:
        raise errors.invalid(ValueError, f"For 'CSRTensor.mm', the shapes {left.shape} and {right.shape} do not fit.")
    columns = left.indices.long()
    starts, ends = right.indptr.long()[columns], right.indptr.long()[columns + 1]
    mine = torch.repeat_interleave(torch.arange(columns.shape[0], device=torch_device(columns)), ends - starts)
    offsets = torch.arange(mine.shape[0], device=torch_device(columns)) - ((ends - starts).cumsum(0) - (ends - starts))[mine]
    theirs = starts[mine] + offsets
    indices = torch.stack([left.rows()[mine], right.indices.long()[theirs]], 1).to(real_dtype(left.indices))
    values = left.values[mine] * right.values[theirs]
    shape = (left.shape[0], right.shape[1])
    return made_of(COOTensor, indices=indices, values=values, shape=shape).coalesce().to_csr()
