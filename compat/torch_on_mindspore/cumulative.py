"""Running sums, products and extremes, differences, and integrals along a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.arithmetic import div, floating, is_tensor, mul, sub
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.gathering import picked
from compat.torch_on_mindspore.recomposition import recomposed
from compat.torch_on_mindspore.return_types import structure
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.shaping import cat, narrow
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host, normal_dim

ops = mindspore.ops

CumMax = structure("cummax", "values indices")
CumMin = structure("cummin", "values indices")


def accumulated(input: Any, dtype: Any) -> Any:
    """`input` in the dtype in which it adds up: int64 for integers and booleans."""
    return cast(input, dtype or (dtypes.int64 if input.dtype.category < dtypes.FLOAT else input.dtype))


def cumsum(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    """The running sum; integers and booleans add up in int64."""
    x, dim = accumulated(input, dtype), normal_dim(input, dim)
    found: Tensor = as_tensor(ops.cumsum(x, dim)) if x.ndim and x.numel() else x.clone()
    return found


def cumprod(input: Any, dim: int, *, dtype: Any = None) -> Tensor:
    """The running product; integers and booleans multiply in int64.

    Where autograd records a zero, MindSpore's gradient would be NaN: there the factors are multiplied one by one.
    """
    x, dim = accumulated(input, dtype), normal_dim(input, dim)
    if not x.ndim or not x.numel():
        copied: Tensor = x.clone()
        return copied
    if x.requires_grad and bool((host(x) == 0).any()):
        return multiplied(x, dim)
    found: Tensor = derived(cast(as_tensor(ops.cumprod(x, dim)), x.dtype), cumprod_gradient, x, dim)
    return found


def multiplied(x: Any, dim: int) -> Tensor:
    """`cumprod`, factor by factor."""
    parts = [narrow(x, dim, 0, 1)]
    for at in range(1, x.shape[dim]):
        parts.append(mul(parts[-1], narrow(x, dim, at, 1)))
    return cat(parts, dim)


def cumprod_gradient(gradient: Any, x: Any, dim: int) -> tuple[Any, ...]:
    return recomposed(gradient, lambda one: multiplied(one, dim), x)


def running(result: Any, input: Any, dim: int, *, largest: bool) -> Any:
    """(values, indices) of the running extreme, the last of equal ones; NaN stays once met. The places are found on the host."""
    dim = normal_dim(input, dim)
    if not input.ndim:
        return result(input.clone(), input.new_zeros((), dtype=dtypes.int64))
    array = np.moveaxis(host(input), dim, 0)
    where = np.zeros(array.shape, np.int64)
    if array.shape[0]:
        best = array[0].copy()
        for at in range(1, array.shape[0]):
            better = (array[at] >= best) if largest else (array[at] <= best)
            better = (better | np.isnan(array[at])) if array.dtype.kind == "f" else better
            better = (better & ~(np.isnan(best) & ~np.isnan(array[at]))) if array.dtype.kind == "f" else better
            best = np.where(better, array[at], best)
            where[at] = np.where(better, at, where[at - 1])
    indices = as_tensor(mindspore.Tensor(np.ascontiguousarray(np.moveaxis(where, 0, dim))))
    values = picked(input, dim, indices) if input.numel() else input.clone()
    return result(values, indices)


def cummax(input: Any, dim: int) -> Any:
    """(values, indices) of the running maximum."""
    return running(CumMax, input, dim, largest=True)


def cummin(input: Any, dim: int) -> Any:
    """(values, indices) of the running minimum."""
    return running(CumMin, input, dim, largest=False)


def logcumsumexp(input: Any, dim: int) -> Tensor:
    """The logarithm of the running sum of exponentials."""
    if input.dtype.category < dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"logcumsumexp_out_cpu\" not implemented for '{input.dtype.tensor_type}'")
    dim = normal_dim(input, dim)
    if not input.ndim or not input.numel():
        copied: Tensor = input.clone()
        return copied
    size = input.shape[dim]
    # Row i of a square takes the first i + 1 entries: exact where a shift by one common maximum would lose small ones.
    lower = np.tril(np.ones((size, size), np.bool_)).reshape((size, size) + (1,) * (input.ndim - dim - 1))
    spread = ops.where(mindspore.Tensor(lower), ops.expand_dims(input, dim), cast(as_tensor(mindspore.Tensor(-np.inf)), input.dtype))
    found: Tensor = as_tensor(spread).logsumexp(dim + 1)
    return found


def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    """The n-th difference of neighbours; of booleans, where they change."""
    if not input.ndim:
        raise invalid(RuntimeError, "diff expects input to be at least one-dimensional")
    dim = normal_dim(input, dim)
    if n < 0:
        raise invalid(RuntimeError, f"order must be non-negative but got {n}")
    for one in (prepend, append):
        if one is not None and one.ndim != input.ndim:
            raise invalid(RuntimeError, "diff expects prepend or append to be the same dimension as input")
    found = input if prepend is None and append is None else cat([one for one in (prepend, input, append) if one is not None], dim)
    for _ in range(min(n, found.shape[dim])):
        size = found.shape[dim]
        later, earlier = narrow(found, dim, 1, size - 1), narrow(found, dim, 0, size - 1)
        found = later.logical_xor(earlier) if found.dtype == dtypes.bool_ else sub(later, earlier)
    result: Tensor = found.clone() if found is input else found
    return result


def panels(y: Any, x: Any, dx: Any, dim: int) -> Tensor:
    """Twice the area under each panel."""
    size = y.shape[dim]
    heights = floating_sum(narrow(y, dim, 1, size - 1), narrow(y, dim, 0, size - 1))
    if x is None:
        return mul(heights, dx)
    if x.ndim == 1 and x.shape[0] != size:
        raise invalid(RuntimeError, "trapezoid: There must be one `x` value for each sample point")
    widths = diff(x, dim=-1 if x.ndim == 1 else dim)
    if x.ndim == 1:
        widths = widths.reshape((-1,) + (1,) * (y.ndim - dim - 1))
    return mul(heights, widths)


def floating_sum(one: Any, other: Any) -> Any:
    return one + other


def trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Tensor:
    """The integral along `dim` by the trapezoidal rule, with the places `x` or the distance `dx`."""
    dim = normal_dim(y, dim)
    if not y.shape[dim]:
        zeros: Tensor = y.new_zeros(tuple(size for at, size in enumerate(y.shape) if at != dim))
        return zeros
    return div(panels(y, x, dx, dim).sum(dim), 2)


def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Tensor:
    """The running integral along `dim` by the trapezoidal rule."""
    dim = normal_dim(y, dim)
    return div(cumsum(panels(y, x, dx, dim), dim), 2)


def gradient(input: Any, *, spacing: Any = None, dim: int | Sequence[int] | None = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The slope along each dimension by second-order differences; at the edges of order `edge_order`."""
    if edge_order not in (1, 2):
        raise invalid(RuntimeError, "torch.gradient only supports edge_order=1 and edge_order=2.")
    dims = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    dims = tuple(normal_dim(input, one) for one in dims)
    if len(set(dims)) != len(dims):
        raise invalid(RuntimeError, f"dim {next(at for at in dims if dims.count(at) > 1)} appears multiple times in the list of dims")
    spacing = 1 if spacing is None else spacing
    steps = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(dims)
    if len(steps) != len(dims):
        raise invalid(
            RuntimeError, f"torch.gradient expected spacing to be unspecified, a scalar, or a list of length {len(dims)}, got {len(steps)}"
        )
    for at in dims:
        if input.shape[at] < edge_order + 1:
            raise invalid(RuntimeError, "torch.gradient expected each dimension size to be at least edge_order+1")
    return tuple(slope(floating(input), step, at, edge_order) for at, step in zip(dims, steps, strict=True))


def slope(input: Any, step: Any, dim: int, edge_order: int) -> Tensor:
    size = input.shape[dim]

    def at(start: int, length: int = 1) -> Any:
        return narrow(input, dim, start, length)

    if is_tensor(step):
        return uneven_slope(input, step, dim, edge_order)
    inner = div(sub(at(2, size - 2), at(0, size - 2)), 2.0 * step)
    if edge_order == 1:
        first, last = div(sub(at(1), at(0)), step), div(sub(at(size - 1), at(size - 2)), step)
    else:
        first = div(at(0) * -1.5 + at(1) * 2.0 - at(2) * 0.5, step)
        last = div(at(size - 1) * 1.5 - at(size - 2) * 2.0 + at(size - 3) * 0.5, step)
    return cat([first, inner, last], dim)


def uneven_slope(input: Any, places: Any, dim: int, edge_order: int) -> Tensor:
    """The slope over places at different distances."""
    size = input.shape[dim]
    widths = diff(places).reshape((-1,) + (1,) * (input.ndim - dim - 1))

    def at(start: int, length: int = 1) -> Any:
        return narrow(input, dim, start, length)

    def width(start: int, length: int = 1) -> Any:
        return narrow(widths, 0, start, length)

    left, right = width(0, size - 2), width(1, size - 2)
    inner = (
        at(0, size - 2) * (-right / (left * (left + right)))
        + at(1, size - 2) * ((right - left) / (left * right))
        + at(2, size - 2) * (left / (right * (left + right)))
    )
    if edge_order == 1:
        first, last = sub(at(1), at(0)) / width(0), sub(at(size - 1), at(size - 2)) / width(size - 2)
    else:
        a, b = width(0), width(1)
        first = at(0) * (-(2.0 * a + b) / (a * (a + b))) + at(1) * ((a + b) / (a * b)) - at(2) * (a / (b * (a + b)))
        a, b = width(size - 3), width(size - 2)
        last = at(size - 3) * (b / (a * (a + b))) - at(size - 2) * ((a + b) / (a * b)) + at(size - 1) * ((a + 2.0 * b) / (b * (a + b)))
    return cat([first, inner, last], dim)
