"""Statistics: with NaN left out, medians, modes and quantiles, covariance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.arithmetic import div, floating, is_tensor, mul, sub
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.histograms import as_count
from compat.torch_on_mindspore.pointwise import conj
from compat.torch_on_mindspore.products import matmul
from compat.torch_on_mindspore.reductions import Dims, amax, amin, dims_of, mean, std, sum, var
from compat.torch_on_mindspore.return_types import structure
from compat.torch_on_mindspore.shaping import permute, reshape
from compat.torch_on_mindspore.sorting import made, order, picked, taken
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host, normal_dim

ops = mindspore.ops

Median = structure("median", "values indices")
NanMedian = structure("nanmedian", "values indices")
Mode = structure("mode", "values indices")
AMinMax = structure("aminmax", "min max")


def without_nan(input: Any) -> Any:
    """`input` with 0 for NaN, and where there are numbers."""
    absent = ops.isnan(input)
    return as_tensor(ops.where(absent, ops.zeros_like(input), input)), as_tensor(ops.logical_not(absent))


def nansum(input: Any, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum, NaN counting as 0."""
    if input.dtype.category != dtypes.FLOAT:
        return sum(input, dim, keepdim, dtype=dtype)
    return sum(without_nan(input)[0], dim, keepdim, dtype=dtype)


def nanmean(input: Any, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the numbers that are not NaN."""
    if input.dtype.category < dtypes.FLOAT:
        raise invalid(RuntimeError, "nanmean(): expected input to have floating point or complex dtype but got " + input.dtype.tensor_type)
    numbers, present = without_nan(input)
    total = sum(numbers, dim, keepdim, dtype=dtype)
    return div(total, cast(sum(present, dim, keepdim), total.dtype))


def whole(result: Any) -> Tensor:
    """The only value of a search through the flattened tensor."""
    found: Tensor = result.values
    return found


def middle(result: Any, input: Any, dim: int | None, keepdim: bool, *, ignore: bool) -> Any:
    """The lower of the two middle elements along `dim`; with `ignore`, of those that are not NaN."""
    if dim is None:
        if not input.numel():
            return input.new_full((), math.nan if input.dtype.category == dtypes.FLOAT else np.iinfo(input.dtype.name).min)
        # Without a dimension, the gradient is shared among the equal elements.
        value = middle(result, reshape(input.detach(), -1), 0, False, ignore=ignore).values
        if not input.requires_grad:
            return value
        same = as_tensor(ops.equal(input, value)) if not math.isnan(value.item()) else as_tensor(ops.isnan(input))
        count = int(host(same).sum())
        chosen = as_tensor(ops.where(same, input, ops.zeros_like(input)))
        return div(sum(chosen), count)
    dim = normal_dim(input, dim)
    if not input.ndim:
        return result(input.clone(), input.new_zeros((), dtype=dtypes.int64))
    size = input.shape[dim]
    if not size:
        raise invalid(IndexError, "median(): Expected reduction dim " + str(dim) + " to have non-zero size.")
    sorted_places = order(input, dim, False)
    place = np.full([1 if at == dim else length for at, length in enumerate(input.shape)], (size - 1) // 2)
    array = host(input)
    if array.dtype.kind == "f":
        absent = np.isnan(array).sum(dim, keepdims=True)
        place = np.maximum(size - absent - 1, 0) // 2 if ignore else np.where(absent > 0, size - absent, place)
    return picked(result, input, np.take_along_axis(sorted_places, place, dim), dim, keepdim)


def median(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower median; with `dim`, (values, indices)."""
    return middle(Median, input, dim, keepdim, ignore=False)


def nanmedian(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower median of the numbers that are not NaN; with `dim`, (values, indices)."""
    return middle(NanMedian, input, dim, keepdim, ignore=True)


def mode(input: Any, dim: int = -1, keepdim: bool = False) -> Any:
    """(values, indices) of the most frequent element along `dim`, the smallest of several; its last place."""
    dim = normal_dim(input, dim)
    if not input.ndim:
        return Mode(input.clone(), input.new_zeros((), dtype=dtypes.int64))
    array = np.moveaxis(host(input), dim, -1)
    where = np.zeros(array.shape[:-1], np.int64)
    for at in np.ndindex(*where.shape):
        values, counts = np.unique(array[at], return_counts=True)
        where[at] = np.flatnonzero(array[at] == values[counts.argmax()])[-1]
    return picked(Mode, input, np.expand_dims(where, dim), dim, keepdim)


INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def quantiles(name: str, input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str, *, ignore: bool) -> Tensor:
    if input.dtype not in (dtypes.float32, dtypes.float64):
        raise invalid(RuntimeError, f"{name}() input tensor must be either float or double dtype")
    if is_tensor(q) and (q.dtype != input.dtype or q.ndim > 1):
        raise invalid(RuntimeError, f"{name}() q tensor must be same dtype as the input tensor" if q.ndim < 2 else
                      f"{name}() q must be a scalar or 1D tensor")  # fmt: skip
    if interpolation not in INTERPOLATIONS:
        raise invalid(
            RuntimeError, f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    if not input.numel():
        raise invalid(RuntimeError, f"{name}() input tensor must be non-empty")
    fractions = np.atleast_1d(host(q) if is_tensor(q) else np.array(q, input.dtype.name))
    if fractions.size and not (fractions.min() >= 0 and fractions.max() <= 1):
        raise invalid(
            RuntimeError,
            f"{name}() q must be in the range [0, 1] but got {q}" if not is_tensor(q) else f"{name}() q values must be in the range [0, 1]",
        )
    x, axis = (reshape(input, -1), 0) if dim is None else (input, normal_dim(input, dim))
    x = x if x.ndim else reshape(x, 1)
    indices = order(x, axis, False)
    absent = np.isnan(host(x)).sum(axis, keepdims=True)
    size = x.shape[axis]
    spread = fractions.astype(input.dtype.name).reshape((-1,) + (1,) * x.ndim)
    if ignore:
        slope = np.maximum(size - absent - 1, 0)
        rank = np.maximum(spread * (size - absent - 1).astype(input.dtype.name), 0)
    else:
        slope = np.where(absent > 0, 0, size - 1)
        rank = np.where(absent > 0, size - 1, spread * np.array(size - 1, input.dtype.name)).astype(input.dtype.name)
    low, high = np.floor(rank), np.ceil(rank)
    if interpolation == "lower":
        rank = high = low
    elif interpolation == "higher":
        rank = low = high
    elif interpolation == "nearest":
        rank = low = high = np.round(rank)
    weight = np.full_like(rank, 0.5) if interpolation == "midpoint" else rank - low
    weight = np.where(low == high, 0, weight) if interpolation == "midpoint" else weight

    def at(place: Any) -> Any:
        """The elements of these ranks: for each fraction one entry of `axis`, fractions first."""
        ranks = np.moveaxis(place.astype(np.int64), 0, -1)  # …, 1, …, fractions
        ranks = np.moveaxis(ranks, axis, -1)[..., 0]
        ranks = np.moveaxis(ranks, -1, axis)
        return taken(x, axis, made(np.take_along_axis(indices, ranks, axis).astype(np.int64)))

    def arranged(array: Any) -> Any:
        """One number for each rank, as `at` arranges the elements."""
        return np.moveaxis(np.moveaxis(np.moveaxis(array, 0, -1), axis, -1)[..., 0], -1, axis).astype(input.dtype.name)

    shares = made(arranged(weight))
    moving = interpolation == "linear" and is_tensor(q) and engine.grad_enabled() and engine.requires_grad(q)
    if moving:
        # The weights are ranks less whole numbers, and a rank is a fraction of what there is.
        slopes = made(arranged(np.broadcast_to(slope, np.broadcast_shapes(slope.shape, rank.shape))))
        along = reshape(q, tuple(-1 if place == axis else 1 for place in range(x.ndim)))
        shares = shares + mul(slopes, sub(along, along.detach()))
    lower = at(low)
    found = lower if np.all(weight == 0) and not moving else lerped(lower, at(high), shares)
    found = permute(found, (axis, *(place for place in range(x.ndim) if place != axis)))  # fractions first
    if keepdim:
        shape = (1,) * input.ndim if dim is None else tuple(1 if place == axis else length for place, length in enumerate(input.shape))
        found = reshape(found, (fractions.size, *shape))
    single = not (is_tensor(q) and q.ndim)
    result: Tensor = found.select(0, 0) if single else found
    return result


def lerped(low: Any, high: Any, weight: Any) -> Any:
    return low + mul(weight, sub(high, low)) if bool((host(weight) < 0.5).all()) else as_tensor(
        ops.where(ops.less(weight, 0.5), low + mul(weight, sub(high, low)), high - mul(sub(1, weight), sub(high, low))))  # fmt: skip


def quantile(input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> Tensor:
    """The values below which fractions `q` of the elements lie; several fractions are a first dimension."""
    return quantiles("quantile", input, q, dim, keepdim, interpolation, ignore=False)


def nanquantile(input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> Tensor:
    """`quantile` of the numbers that are not NaN."""
    return quantiles("nanquantile", input, q, dim, keepdim, interpolation, ignore=True)


def var_mean(input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None) -> Any:
    """(variance, mean)."""
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, None if isinstance(dim, bool) else dim, keepdim)


def std_mean(input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None) -> Any:
    """(standard deviation, mean)."""
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, None if isinstance(dim, bool) else dim, keepdim)


def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """(min, max) along one dimension, or of all elements."""
    return AMinMax(amin(input, dim, keepdim), amax(input, dim, keepdim))


def count_nonzero(input: Any, dim: Dims = None) -> Tensor:
    """How many elements are not 0, as int64."""
    dims = dims_of(input, dim) if input.ndim else ()
    array = host(input)
    return as_count(np.count_nonzero(array, axis=dims) if array.ndim else int(array != 0))


def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Tensor:
    """The covariance of the rows."""
    if input.ndim > 2:
        raise invalid(RuntimeError, f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions")
    if input.dtype == dtypes.bool_:
        raise invalid(RuntimeError, "cov(): bool dtype is not supported for input")
    rows = floating(reshape(input, 1, -1) if input.ndim < 2 else input)
    weights = None
    for name, one in (("fweights", fweights), ("aweights", aweights)):
        if one is not None:
            if (one.dtype.category == dtypes.INTEGER) != (name == "fweights") or one.dtype.category not in (dtypes.INTEGER, dtypes.FLOAT):
                kind = "integral" if name == "fweights" else "floating point"
                raise invalid(
                    RuntimeError, f"cov(): expected {name} to have {kind} dtype but got {name} with {one.dtype.tensor_type} dtype"
                )
            if (host(one) < 0).any():
                raise invalid(RuntimeError, f"cov(): {name} cannot be negative")
            if one.ndim > 1 or one.numel() != rows.shape[1]:
                raise invalid(RuntimeError, "cov(): expected weights to have one or fewer dimensions and one for each observation")
            weights = cast(one, rows.dtype) if weights is None else mul(weights, one)
    total = float(rows.shape[1]) if weights is None else sum(weights)
    if weights is None:
        centred = sub(rows, mean(rows, 1, True))
        factor: Any = max(total - correction, 0)
        product = matmul(centred, conj(permute(centred, (1, 0))))
    else:
        centred = sub(rows, div(sum(mul(rows, weights), 1, True), total))
        squares = total if aweights is None else div(sum(mul(weights, aweights)), 1)
        factor = sub(total, div(mul(squares, correction), total) if aweights is not None else correction)
        product = matmul(mul(centred, weights), conj(permute(centred, (1, 0))))
    found: Tensor = div(product, factor)
    result: Tensor = found.reshape(()) if input.numel() == 0 or found.numel() == 1 else found
    return result


def corrcoef(input: Any) -> Tensor:
    """The correlation coefficients of the rows."""
    covariance = cov(input)
    if not covariance.ndim:
        return div(covariance, covariance)
    spread = covariance.diagonal().sqrt()
    return div(div(covariance, spread.unsqueeze(1)), spread.unsqueeze(0))
