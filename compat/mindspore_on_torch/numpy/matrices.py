"""mindspore.numpy: diagonals, triangles and their indices, and the matrix of powers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import reductions
from compat.mindspore_on_torch.dtypes import float32
from compat.mindspore_on_torch.numpy import operands
from compat.mindspore_on_torch.numpy.operands import data_type, plain

torch: Any = frameworks.load("torch")

__all__ = [
    "diag", "diag_indices", "diagflat", "diagonal", "trace", "tri", "tril", "tril_indices", "tril_indices_from", "triu",
    "triu_indices", "triu_indices_from", "vander",
]  # fmt: skip


def tensor_method(value: Any, name: str) -> Any:
    """AttributeError for what is no Tensor, since MindSpore calls its method; TypeError for NumPy's arrays, which have it."""
    if not isinstance(value, torch.Tensor):
        kind = TypeError if isinstance(value, (np.ndarray, np.generic)) else AttributeError
        raise errors.invalid(kind, f"mindspore.numpy.{name}: {type(value).__name__!r} object has no attribute {name!r}")
    return value


@plain
def diag(v: Any, k: int = 0) -> Any:
    """The diagonal `k` of a matrix, or the matrix with a vector on it. ValueError for other numbers of axes."""
    operands.tensors(v)
    if v.ndim not in (1, 2):
        raise errors.invalid(ValueError, f"v must have 1 or 2 dimensions, but has {v.ndim}")
    return torch.diag(v, k)


@plain
def diagflat(v: Any, k: int = 0) -> Any:
    """The matrix with all elements of `v` on diagonal `k`."""
    operands.tensors(v)
    return torch.diagflat(v, k)


@plain
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The diagonals of the matrices that two axes span, along a new last axis."""
    return torch.diagonal(tensor_method(a, "diagonal"), offset, axis1, axis2)


@plain
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """The sums of the diagonals of the matrices that two axes span; int64 for integers."""
    return reductions.trace(tensor_method(a, "trace"), offset, axis1, axis2, dtype)


@plain
def diag_indices(n: int, ndim: int = 2) -> tuple[Any, ...]:
    """`ndim` times the indices from 0 up to n: those of the main diagonal."""
    count = operands.integer("ndim", ndim)
    if operands.integer("n", n) < 1:
        raise errors.invalid(ValueError, f"n must be positive, but got {n}")
    return (torch.arange(n, dtype=torch.int32),) * count


@plain
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = float32) -> Any:
    """N × M (N × N) ones on and below diagonal `k`, zeros above it."""
    rows, columns = operands.lengths(operands.integer("N", N)), operands.lengths(operands.integer("M", N if M is None else M))
    return torch.ones(rows + columns, dtype=data_type(dtype)).tril(k)


def square(m: Any) -> Any:
    """The operand with two axes at least: a vector is repeated as rows."""
    found = operands.array(m)
    if not found.ndim:
        raise errors.invalid(ValueError, "m must have at least one dimension")
    return found.expand(found.shape[0], found.shape[0]) if found.ndim == 1 else found


@plain
def tril(m: Any, k: int = 0) -> Any:
    """The elements on and below diagonal `k`, zeros above it."""
    return torch.tril(square(m), k)


@plain
def triu(m: Any, k: int = 0) -> Any:
    """The elements on and above diagonal `k`, zeros below it."""
    return torch.triu(square(m), k)


def triangle(n: Any, k: Any, m: Any, upper: bool) -> tuple[Any, ...]:
    """The places on that side of diagonal `k`, row by row, as int32."""
    for name, value in (("n", n), ("k", k), ("m", n if m is None else m)):
        if not isinstance(value, (int, float)):
            raise errors.invalid(TypeError, f"{name} must be a number, but got {type(value).__name__}")
    rows, columns = torch.arange(math.ceil(n)), torch.arange(math.ceil(n if m is None else m))
    offset = columns - rows.unsqueeze(1)
    return tuple(torch.nonzero(offset >= k if upper else offset <= k).int().unbind(1))


@plain
def triu_indices(n: Any, k: Any = 0, m: Any = None) -> tuple[Any, ...]:
    """The rows and the columns on and above diagonal `k` of a matrix of n × m (n × n)."""
    return triangle(n, k, m, upper=True)


@plain
def tril_indices(n: Any, k: Any = 0, m: Any = None) -> tuple[Any, ...]:
    """The rows and the columns on and below diagonal `k` of a matrix of n × m (n × n)."""
    return triangle(n, k, m, upper=False)


def sides(arr: Any) -> tuple[int, int]:
    found = operands.array(arr)
    if found.ndim != 2:
        raise errors.invalid(ValueError, f"arr must have 2 dimensions, but has {found.ndim}")
    return found.shape[0], found.shape[1]


@plain
def triu_indices_from(arr: Any, k: Any = 0) -> tuple[Any, ...]:
    """The rows and the columns on and above diagonal `k` of a matrix like `arr`."""
    rows, columns = sides(arr)
    return triangle(rows, k, columns, upper=True)


@plain
def tril_indices_from(arr: Any, k: Any = 0) -> tuple[Any, ...]:
    """The rows and the columns on and below diagonal `k` of a matrix like `arr`."""
    rows, columns = sides(arr)
    return triangle(rows, k, columns, upper=False)


@plain
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of a vector's elements as rows: N of them (as many as elements, also for 0), the highest first unless `increasing`."""
    if not isinstance(x, (list, tuple, torch.Tensor)):
        raise errors.invalid(TypeError, f"x must be a list, tuple or Tensor, but got {type(x).__name__}")
    found = operands.array(x)
    if found.ndim != 1:
        raise errors.invalid(ValueError, f"x must have 1 dimension, but has {found.ndim}")
    count = operands.integer("N", N or found.shape[0])
    if count < 0:
        raise errors.invalid(ValueError, f"N must be positive, but got {N}")
    exponents = torch.arange(count, device=found.device)
    powers = torch.pow(found.unsqueeze(1), exponents if operands.flag("increasing", increasing) else exponents.flip(0))
    return powers.to(found.dtype)
