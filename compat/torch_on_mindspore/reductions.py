"""Reductions over some or all dimensions, and the searches that return indices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, engine
from compat.torch_on_mindspore.arithmetic import TABLED, floating, is_tensor
from compat.torch_on_mindspore.comparison import maximum, minimum
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.gathering import picked
from compat.torch_on_mindspore.return_types import structure
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.shaping import stack, unsqueeze
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host, normal_dim

ops = mindspore.ops

Max = structure("max", "values indices")
Min = structure("min", "values indices")
Sorted = structure("sort", "values indices")
TopK = structure("topk", "values indices")

Dims = int | Sequence[int] | None


def dims_of(input: Any, dim: Dims) -> tuple[int, ...]:
    """The dimensions meant by `dim`, counted from the front; None and () mean all."""
    if dim is None or dim == ():
        return tuple(range(input.ndim))
    dims = tuple(normal_dim(input, one) for one in ((dim,) if isinstance(dim, int) else dim))
    if len(set(dims)) != len(dims):
        raise invalid(RuntimeError, f"dim {dims[0]} appears multiple times in the list of dims")
    return dims if input.ndim else ()


def reduced_shape(input: Any, dims: tuple[int, ...], keepdim: bool) -> tuple[int, ...]:
    if keepdim:
        return tuple(1 if at in dims else size for at, size in enumerate(input.shape))
    return tuple(size for at, size in enumerate(input.shape) if at not in dims)


def reduced(
    native: Callable[..., Any], input: Any, dim: Dims, keepdim: bool, empty: float, gradient: Callable[..., Any] | None = None
) -> Tensor:
    """`native` over `dim`; over an empty dimension, where MindSpore leaves garbage, `empty`."""
    dims = dims_of(input, dim)
    if not input.ndim:
        found: Tensor = input.clone()
    elif 0 in input.shape:
        # Joined to the input's no elements, so that the result stays in the graph, as PyTorch's does.
        shape = reduced_shape(input, dims, keepdim)
        filler = cast(as_tensor(mindspore.Tensor(np.full(0 if 0 in shape else math.prod(shape), empty))), input.dtype)
        found = as_tensor(ops.reshape(ops.cat((ops.reshape(input, (-1,)), filler)), shape))
    else:
        found = as_tensor(native(input, dims, keepdim))
        if gradient is not None:
            derived(found, gradient, input, dims, keepdim)
    return found


def spread(gradient: Any, input: Any, dims: tuple[int, ...], keepdim: bool) -> tuple[Any, ...]:
    """The gradient of a sum."""
    return (restored(gradient, dims, keepdim).expand(tuple(input.shape)),)


def restored(reduced: Any, dims: tuple[int, ...], keepdim: bool) -> Any:
    """The result of a reduction, with the dimensions that it lost."""
    if not keepdim:
        for at in sorted(dims):
            reduced = unsqueeze(reduced, at)
    return reduced


def sum_to(input: Any, shape: tuple[int, ...]) -> Any:
    """`input` summed over what broadcasting `shape` to it had added."""
    extra = input.ndim - len(shape)
    dims = tuple(at for at in range(input.ndim) if at < extra or (shape[at - extra] == 1 and input.shape[at] != 1))
    if not dims:
        return input
    found = sum(input, dims, True)
    for _ in range(extra):
        found = found.select(0, 0)
    return found


def spread_evenly(gradient: Any, input: Any, dims: tuple[int, ...], keepdim: bool) -> tuple[Any, ...]:
    """The gradient of a mean."""
    count = math.prod(input.shape[at] for at in dims)
    return (spread(gradient, input, dims, keepdim)[0] / count,)


def to_extremes(native: Callable[..., Any]) -> Callable[..., tuple[Any, ...]]:
    """The gradient of `amax` or `amin`: shared among the elements that are the result."""

    def gradient(incoming: Any, input: Any, dims: tuple[int, ...], keepdim: bool) -> tuple[Any, ...]:
        found = as_tensor(ops.stop_gradient(native(input, dims, True)))
        chosen = cast(input.detach() == found, input.dtype)
        shares = chosen / sum(chosen, dims, True)
        return (shares * restored(incoming, dims, keepdim),)

    return gradient


TO_EXTREMES = {"amax": to_extremes(ops.amax), "amin": to_extremes(ops.amin)}


def sum(input: Any, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum; integers and booleans add up in int64."""
    own = dtypes.of(input)
    kind = dtype or (dtypes.int64 if own.category < dtypes.FLOAT else own)
    if own is kind and kind.category == dtypes.FLOAT and not (engine.requires_grad(input) and engine.grad_enabled()):
        shape = input.shape
        if shape and 0 not in shape:
            found: Tensor = as_tensor(ops.sum(input, None if dim is None else dims_of(input, dim), keepdim))
            return found
    # MindSpore too adds up in int64, whatever the dtype.
    total: Tensor = cast(reduced(lambda x, dims, keep: ops.sum(x, dims, keep), cast(input, kind), dim, keepdim, 0, spread), kind)
    return total


def mean(input: Any, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean; RuntimeError for integers and booleans."""
    input = input if dtype is None else cast(input, dtype)
    if input.dtype.category < dtypes.FLOAT:
        raise invalid(
            RuntimeError,
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {input.dtype.tensor_type}",
        )
    return reduced(lambda x, dims, keep: ops.mean(x, dims, keep), input, dim, keepdim, float("nan"), spread_evenly)


def prod(input: Any, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    kind = dtype or (dtypes.int64 if input.dtype.category < dtypes.FLOAT else input.dtype)
    return reduced(lambda x, dims, keep: ops.prod(x, dims, keep), cast(input, kind), dim, keepdim, 1, product_shares)


def product_shares(gradient: Any, input: Any, dims: tuple[int, ...], keepdim: bool) -> tuple[Any, ...]:
    """The gradient of a product: for each element the product of all others, zeros among them or not."""
    if len(dims) > 1:  # of all elements
        (flat,) = product_shares(gradient.reshape(()), input.reshape(-1), (0,), False)
        return (flat.reshape(tuple(input.shape)),)
    parts = input.unbind(dims[0])
    before, after = [restored(gradient, dims, keepdim).select(dims[0], 0)], [parts[0] * 0 + 1]
    for one, last in zip(parts[:-1], reversed(parts[1:]), strict=True):
        before.append(before[-1] * one)
        after.append(after[-1] * last)
    return (stack([one * other for one, other in zip(before, reversed(after), strict=True)], dims[0]),)


def var(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:  # fmt: skip
    """The variance with `correction` degrees of freedom taken off, 1 unless told."""
    if input.dtype.category < dtypes.FLOAT:
        raise invalid(RuntimeError, "std and var, std_mean and var_mean, only support floating point and complex dtypes")
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None and correction is not None:
        raise invalid(TypeError, "var(), std(), var_mean() and std_mean() take either unbiased or correction")
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    dims = dims_of(input, dim)
    count = 1
    for at in dims:
        count *= input.shape[at]
    centred = input - mean(input, dims, True)
    total = sum(centred * centred, dims, keepdim)
    left = count - correction
    found: Tensor = cast(total / left if left > 0 else total * float("nan"), total.dtype)
    return found


def std(
    input: Any, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:  # fmt: skip
    """The square root of `var`."""
    found: Tensor = TABLED["sqrt"](var(input, dim, unbiased, keepdim, correction=correction))
    return found


def all(input: Any, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true; of uint8, as uint8."""
    return truth(ops.all, input, dim, keepdim, True)


def any(input: Any, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether any element is true; of uint8, as uint8."""
    return truth(ops.any, input, dim, keepdim, False)


def truth(native: Any, input: Any, dim: Dims, keepdim: bool, empty: bool) -> Tensor:
    found = reduced(native, cast(input, dtypes.bool_), dim, keepdim, empty)
    result: Tensor = cast(found, dtypes.uint8) if input.dtype == dtypes.uint8 else found
    return result


def amax(input: Any, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """The largest element; the gradient is shared among equal ones."""
    return outermost("amax", ops.amax, input, dim, keepdim)


def amin(input: Any, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """The smallest element; the gradient is shared among equal ones."""
    return outermost("amin", ops.amin, input, dim, keepdim)


def outermost(name: str, native: Any, input: Any, dim: Dims, keepdim: bool) -> Tensor:
    check_reducible(name, input, dim)
    if input.dtype == dtypes.bool_:
        return reduced(ops.any if name == "amax" else ops.all, input, dim, keepdim, 0)
    recorded = engine.grad_enabled() and engine.requires_grad(input)
    array = host(input) if engine.ON_CPU and input.dtype.category == dtypes.FLOAT else None
    if array is None or (recorded and not math.isnan(array.sum())):
        return reduced(native, input, dim, keepdim, 0, TO_EXTREMES[name])
    # MindSpore passes over NaN; NumPy, whose result has no gradient, gives NaN as PyTorch does.
    extreme = (np.max if name == "amax" else np.min)(array, axis=dims_of(input, dim), keepdims=keepdim)
    value = cast(as_tensor(mindspore.Tensor(np.asarray(extreme))), input.dtype)
    if not recorded:
        return value  # type: ignore[no-any-return]
    found: Tensor = as_tensor(ops.where(ops.isnan(value), value, reduced(native, input, dim, keepdim, 0, TO_EXTREMES[name])))
    return found


def check_reducible(name: str, input: Any, dim: Dims) -> None:
    """An error when there is nothing to choose from."""
    if 0 not in input.shape:
        return
    if dim is None or dim == ():
        raise invalid(
            RuntimeError,
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.",
        )
    for at in dims_of(input, dim):
        if not input.shape[at]:
            raise invalid(IndexError, f"{name}(): Expected reduction dim {at} to have non-zero size.")


def max(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The largest element; with `dim`, (values, indices); with another tensor, the larger of both."""
    if is_tensor(dim) or other is not None:
        larger: Tensor = maximum(input, dim if other is None else other)
        return larger
    return outermost_of_all(amax, input) if dim is None else extreme(Max, input, dim, keepdim, largest=True)


def min(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The smallest element; with `dim`, (values, indices); with another tensor, the smaller of both."""
    if is_tensor(dim) or other is not None:
        smaller: Tensor = minimum(input, dim if other is None else other)
        return smaller
    return outermost_of_all(amin, input) if dim is None else extreme(Min, input, dim, keepdim, largest=False)


def outermost_of_all(outermost: Callable[..., Tensor], input: Any) -> Tensor:
    """The largest or smallest element; where it is nan, all elements that are share the gradient."""
    found = outermost(input)
    recorded = input.dtype.category == dtypes.FLOAT and engine.grad_enabled() and engine.requires_grad(input)
    if not recorded or not math.isnan(found.item()):
        return found
    shared: Tensor = input[as_tensor(ops.isnan(input))].mean()
    return shared


def extreme(result: Any, input: Any, dim: int, keepdim: bool, *, largest: bool) -> Any:
    """(values, indices) along `dim`; the values are gathered, so that their gradient goes to one element each."""
    dim = normal_dim(input, dim)
    check_reducible(result.__name__, input, dim)
    if not input.ndim:
        return result(input.clone(), input.new_zeros((), dtype=dtypes.int64))
    where = (argmax if largest else argmin)(input, dim, True)
    values = picked(input, dim, where)
    return result(values, where) if keepdim else result(values.squeeze(dim), where.squeeze(dim))


def argmax(input: Any, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The index of the largest element, as int64; of the flattened input when `dim` is None."""
    return index_of(ops.argmax, input, dim, keepdim)


def argmin(input: Any, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The index of the smallest element, as int64; of the flattened input when `dim` is None."""
    return index_of(ops.argmin, input, dim, keepdim)


def index_of(native: Any, input: Any, dim: int | None, keepdim: bool) -> Tensor:
    if not input.numel() and (dim is None or not input.shape[dim]):
        raise invalid(
            IndexError, f"{native.__name__}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
            "reduction dim with the 'dim' argument."
        )  # fmt: skip
    if not input.ndim:
        if dim is not None:
            normal_dim(input, dim)
        zero: Tensor = input.new_zeros((), dtype=dtypes.int64)
        return zero
    if engine.ON_CPU:
        # MindSpore's kernel passes over NaN, and takes floating-point numbers only.
        search = np.argmax if native is ops.argmax else np.argmin
        place = None if dim is None else normal_dim(input, dim)
        where = np.asarray(search(host(input), place), np.int64)
        made: Tensor = as_tensor(mindspore.Tensor(where.reshape(reduced_shape(input, dims_of(input, dim), True)) if keepdim else where))
        return made
    if input.dtype.category < dtypes.FLOAT:
        # MindSpore searches floating-point numbers only; float64 holds integers up to 2**53.
        input = cast(input, dtypes.float64)
    place = dim if dim is None else normal_dim(input, dim)
    found: Tensor = cast(as_tensor(native(input.reshape(-1), 0) if place is None else native(input, place)), dtypes.int64)
    if keepdim:
        found = found.reshape(reduced_shape(input, dims_of(input, dim), True))
    return found


def logsumexp(input: Any, dim: Dims, keepdim: bool = False) -> Tensor:
    """The logarithm of the sum of exponentials; -∞ over nothing, or over nothing but -∞."""
    x = floating(input)
    if not x.numel():
        return TABLED["log"](sum(x, dim, keepdim))  # type: ignore[no-any-return]
    top = outermost("amax", ops.amax, x.detach(), dim, True)
    top = as_tensor(ops.where(ops.isfinite(top), top, ops.zeros_like(top)))
    found = TABLED["log"](sum(TABLED["exp"](x - top), dim, keepdim))
    shift: Tensor = found + (top if keepdim or not x.ndim else top.reshape(tuple(found.shape)))
    return shift
