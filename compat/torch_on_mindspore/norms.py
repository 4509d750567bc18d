"""Norms of vectors and matrices. At zero, where MindSpore's gradient would be NaN, it is 0 as in PyTorch."""

from __future__ import annotations

import math
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.arithmetic import constant, pow
from compat.torch_on_mindspore.emptiness import unmoved
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.reductions import Dims, amax, amin, dims_of, reduced_shape, sum
from compat.torch_on_mindspore.shaping import movedim, reshape
from compat.torch_on_mindspore.spectra import svdvals
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

ops = mindspore.ops


def in_dtype(name: str, input: Any, dtype: Any) -> Any:
    """`input` in the dtype of the computation; RuntimeError for integers."""
    x = input if dtype is None else cast(input, dtype)
    if x.dtype.category < dtypes.FLOAT:
        raise invalid(RuntimeError, f"{name}: Expected a floating point or complex tensor as input. Got {x.dtype.tensor_type}")
    return x


def rooted(total: Any, degree: float) -> Any:
    """The root of a sum of powers; the gradient at 0 is 0."""
    if engine.ON_CPU and bool(host(total).all()):
        return as_tensor(ops.sqrt(total) if degree == 2 else ops.pow(total, constant(1.0 / degree, total.dtype)))
    zero = ops.equal(total, 0)
    safe = ops.where(zero, ops.ones_like(total), total)
    root = ops.sqrt(safe) if degree == 2 else ops.pow(safe, constant(1.0 / degree, total.dtype))
    return as_tensor(ops.where(zero, ops.zeros_like(total), root))


def vector_norm(input: Any, ord: float = 2, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The p-norm of the elements along `dim`, or of all; `ord` may be 0, ±inf or any number."""
    values = in_dtype("linalg.vector_norm", input, dtype)
    degree = float(ord)
    if 0 in values.shape and (degree < 0 or math.isinf(degree)):
        dims = dims_of(values, dim)
        if any(not values.shape[at] for at in dims):
            raise invalid(RuntimeError, f"linalg.vector_norm cannot compute the {ord} norm on an empty tensor because the operation "
                          "does not have an identity")  # fmt: skip
    if degree == 2 and values.dtype.category == dtypes.FLOAT:
        total: Tensor = rooted(sum(as_tensor(ops.mul(values, values)), dim, keepdim), 2)
        return total
    size = values.abs()
    if degree == math.inf:
        return amax(size, dim, keepdim)
    if degree == -math.inf:
        return amin(size, dim, keepdim)
    if degree == 0:
        count: Tensor = unmoved(sum(cast(as_tensor(ops.not_equal(size, 0)), size.dtype), dim, keepdim), input)
        return count
    if degree == 1:
        return sum(size, dim, keepdim)
    if degree < 0:
        inverse: Tensor = pow(sum(pow(size, degree), dim, keepdim), 1.0 / degree)
        return inverse
    if degree == 2:
        powers = as_tensor(ops.mul(size, size))
    else:
        zero = ops.equal(size, 0)
        powers = as_tensor(ops.where(zero, ops.zeros_like(size), ops.pow(ops.where(zero, ops.ones_like(size), size), degree)))
    found: Tensor = rooted(sum(powers, dim, keepdim), degree)
    return found


def matrix_norm(input: Any, ord: float | str = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The norm of the matrices in two dimensions: "fro", "nuc", ±inf, ±1, ±2."""
    if input.ndim < 2:
        raise invalid(RuntimeError, "linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    values = in_dtype("linalg.matrix_norm", input, dtype)
    pair = dims_of(values, tuple(dim))
    if len(pair) != 2:
        raise invalid(RuntimeError, "linalg.matrix_norm: dim must be a 2-tuple. Got " + str(dim).replace("(", "").replace(")", ""))
    if ord == "fro":
        return vector_norm(values, 2, pair, keepdim)
    shape = reduced_shape(values, pair, keepdim)
    if ord in ("nuc", 2, -2):
        spectrum = svdvals(movedim(values, pair, (-2, -1)))
        found = sum(spectrum, -1) if ord == "nuc" else amax(spectrum, -1) if ord == 2 else amin(spectrum, -1)
        shaped: Tensor = reshape(found, shape)
        return shaped
    if isinstance(ord, str) or ord not in (1, -1, math.inf, -math.inf):
        raise invalid(RuntimeError, f"linalg.matrix_norm: Order {ord} not supported.")
    along, other = pair if ord in (1, -1) else pair[::-1]
    totals = sum(values.abs(), along, True)
    extreme: Tensor = reshape((amax if ord > 0 else amin)(totals, other, True), shape)
    return extreme


def linalg_norm(input: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The vector norm of one dimension, or the matrix norm of two; without `ord`, the 2-norm of all elements."""
    if dim is not None:
        matrix = not isinstance(dim, int) and len(dim) == 2
        if not isinstance(dim, int) and len(dim) > 2:
            raise invalid(RuntimeError, f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}")
    else:
        if ord is not None and input.ndim not in (1, 2):
            raise invalid(RuntimeError, "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
                          f"{input.ndim}D.")  # fmt: skip
        matrix = input.ndim == 2
    if ord is not None and matrix:
        return matrix_norm(input, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    if isinstance(ord, str):
        raise invalid(RuntimeError, f"linalg.norm: Order {ord} not supported.")
    return vector_norm(input, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


def norm(input: Any, p: Any = "fro", dim: Dims = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The vector p-norm over `dim`; "fro" is p=2, "nuc" the nuclear norm of the matrices in two dimensions."""
    if p == "nuc":
        return matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim, dtype=dtype)


def dist(input: Any, other: Any, p: float = 2) -> Tensor:
    """The p-norm of the difference."""
    return vector_norm(input - other, p)


def renorm(input: Any, p: float, dim: int, maxnorm: float) -> Tensor:
    """The slices of `dim` whose p-norm is above `maxnorm` scaled down to it."""
    if input.ndim < 2:
        raise invalid(RuntimeError, f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    if p <= 0:
        raise invalid(RuntimeError, "renorm: non-positive-norm not supported")
    (place,) = dims_of(input, dim)
    sizes = vector_norm(input, p, tuple(at for at in range(input.ndim) if at != place), True)
    scale = ops.where(
        ops.greater(sizes, maxnorm),
        ops.div(constant(maxnorm, sizes.dtype), ops.add(sizes, constant(1e-7, sizes.dtype))),
        ops.ones_like(sizes),
    )
    found: Tensor = as_tensor(ops.mul(input, scale))
    return found
