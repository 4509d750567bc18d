"""Reductions over axes, shared by `mindspore.ops` and the methods of Tensor."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.dtypes import torch_dtype
from compat.mindspore_on_torch.meanings import dtype_set

torch: Any = frameworks.load("torch")

Axis = int | tuple[int, ...] | list[int] | None
NARROW = dtype_set("bool", "int8", "int16", "uint8", "uint16")
SPELLINGS = {"dim": "axis", "keepdim": "keepdims", "keep_dims": "keepdims"}


def either_spelling(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take `dim` for `axis`, and `keepdim` or `keep_dims` for `keepdims`, as MindSpore's overloads do."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **{SPELLINGS.get(name, name): value for name, value in kwargs.items()})

    return wrapper


def axes(input: Any, axis: Axis, name: str = "Reduce") -> list[int]:
    """`axis` as a list; None and the empty tuple mean every axis. ValueError for an axis that there is not."""
    if axis is None or axis == ():
        return list(range(input.ndim))
    found = list(axis) if isinstance(axis, (tuple, list)) else [axis]
    bound = input.ndim or 1
    for one in found:
        if isinstance(one, int) and not -bound <= one < bound:
            raise errors.invalid(ValueError, f"For {name}, the axis value must be in [{-bound},{bound}), but got {one}.")
    return found


def check_tensor(name: str, input: Any, kind: type[Exception] = TypeError) -> None:
    """Raise what MindSpore raises for an input that is no tensor."""
    if not isinstance(input, torch.Tensor):
        raise errors.invalid(kind, f"mindspore.ops.{name}: input must be a Tensor, but got {type(input).__name__}")


@either_spelling
def sum(input: Any, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, initial: Any = None) -> Any:
    """Sum over `axis`; integers and bool give int64."""
    check_tensor("sum", input)
    total = torch.sum(input, axes(input, axis), keepdim=keepdims, dtype=torch_dtype(dtype))
    return total if initial is None else total + initial


def nansum(input: Any, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None) -> Any:
    """mindspore.ops.nansum: the sum, NaN counting as 0. Integers add up in their own dtype, and bool in int64."""
    total = torch.nansum(input, axes(input, axis), keepdim=keepdims, dtype=torch_dtype(dtype))
    whole = dtype is None and not input.dtype.is_floating_point and input.dtype != torch.bool
    return total.to(input.dtype) if whole else total


@either_spelling
def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Mean over `axis`. Integers stay integers, rounded towards zero, which is what MindSpore does on CPU."""
    check_tensor("mean", x)
    if x.is_floating_point() or x.is_complex():
        return torch.mean(x, axes(x, axis), keepdim=keepdims)
    exact = torch.mean(x.double(), axes(x, axis), keepdim=keepdims)
    return torch.trunc(exact).type_as(x)


@either_spelling
def mean_method(input: Any, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None) -> Any:
    """Tensor.mean: the mean over `axis`, of the elements as `dtype` if that is given."""
    return mean(input if dtype is None else input.to(torch_dtype(dtype)), axis, keepdims)


@either_spelling
def prod(input: Any, axis: int | None = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """Product over one axis, or over all."""
    if axis is not None:
        return torch.prod(input, axis, keepdim=keepdims, dtype=torch_dtype(dtype))
    product = torch.prod(input, dtype=torch_dtype(dtype))
    return product.reshape([1] * input.ndim) if keepdims else product


def bounded(name: str, input: Any, initial: Any, where: Any) -> Any:
    """What is reduced for the extreme value called `name`. ValueError for `where` alone, TypeError where it isn't of bool."""
    if initial is None:
        if where is not None:
            raise errors.invalid(ValueError, f"mindspore.ops.{name}: initial value must be provided for where masks")
        return input
    if not isinstance(initial, (int, float, complex, torch.Tensor)):
        raise errors.invalid(TypeError, f"mindspore.ops.{name}: initial must be a number, but got {type(initial).__name__}")
    start = torch.as_tensor(initial).type_as(input)
    mask = torch.as_tensor(True if where is None else where)
    if mask.dtype != torch.bool:
        raise errors.invalid(TypeError, f"mindspore.ops.{name}: where must be of bool, but is of {mask.dtype}")
    taken = input if where is None else torch.where(mask, input, start)
    return torch.maximum(taken, start) if name in ("max", "amax") else torch.minimum(taken, start)


@either_spelling
def amax(input: Any, axis: Axis = None, keepdims: bool = False, *, initial: Any = None, where: Any = None) -> Any:
    """The largest value over `axis`; ties share the gradient. `initial` is one more value, and takes the place of what `where` excludes."""
    check_tensor("amax", input)
    return torch.amax(bounded("amax", input, initial, where), axes(input, axis), keepdim=keepdims)


@either_spelling
def amin(input: Any, axis: Axis = None, keepdims: bool = False, *, initial: Any = None, where: Any = None) -> Any:
    """The smallest value over `axis`; ties share the gradient. `initial` is one more value, and takes the place of what `where` excludes."""
    check_tensor("amin", input)
    return torch.amin(bounded("amin", input, initial, where), axes(input, axis), keepdim=keepdims)


@either_spelling
def max(input: Any, axis: int | None = None, keepdims: bool = False, *, initial: Any = None, where: Any = None) -> tuple[Any, Any]:
    """mindspore.ops.max: the largest value and its index; (value, 0) without an axis, whatever `initial` and `where`."""
    return _extreme("max", input, axis, keepdims, initial, where)


@either_spelling
def min(input: Any, axis: int | None = None, keepdims: bool = False, *, initial: Any = None, where: Any = None) -> tuple[Any, Any]:
    """mindspore.ops.min: the smallest value and its index; (value, 0) without an axis, whatever `initial` and `where`."""
    return _extreme("min", input, axis, keepdims, initial, where)


def _extreme(name: str, input: Any, axis: int | None, keepdims: bool, initial: Any, where: Any) -> tuple[Any, Any]:
    check_tensor(name, input, AttributeError)
    try:
        if axis is None:
            value = getattr(torch, name)(input)
            return value, torch.zeros_like(value, dtype=torch.int64)
        value, index = getattr(torch, name)(bounded(name, input, initial, where), axis, keepdim=keepdims)
    except (RuntimeError, IndexError) as error:
        raise errors.at_boundary(f"mindspore.ops.{name}", error, ValueError, input=input) from error
    return value, index


def mint_max(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """mindspore.mint.max: the largest element; with `dim`, (values, indices); with another tensor, the larger of each two."""
    return _any_extreme("max", input, dim, keepdim, other)


def mint_min(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """mindspore.mint.min: the smallest element; with `dim`, (values, indices); with another tensor, the smaller of each two."""
    return _any_extreme("min", input, dim, keepdim, other)


def _any_extreme(name: str, input: Any, dim: Any, keepdim: bool, other: Any) -> Any:
    if not isinstance(input, torch.Tensor):
        raise errors.invalid(TypeError, f"mindspore.mint.{name}: input must be a Tensor, but got {type(input).__name__}")
    pair = dim if isinstance(dim, torch.Tensor) else other
    given = [] if dim is None and pair is None else [dim, keepdim] if pair is None else [pair]
    try:
        found = getattr(torch, name)(input, *given)
    except (RuntimeError, IndexError) as error:
        raise errors.at_boundary(f"mindspore.mint.{name}", error, ValueError, input=input) from error
    return found if isinstance(found, torch.Tensor) else tuple(found)


def running(operation: Callable[..., Any], input: Any, axis: int | None, dtype: Any) -> Any:
    """torch.cumsum or cumprod along an axis, or of all elements in one; int32 for narrower integers.

    The result is cast to `dtype`, not what is added up.
    """
    values = input.reshape(-1) if axis is None else input
    kind = torch_dtype(values.dtype)
    result = operation(values, axes(values, 0 if axis is None else axis)[0], dtype=torch.int32 if kind in NARROW else kind)
    return result if dtype is None else result.to(torch_dtype(dtype))


@either_spelling
def cumsum(input: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """mindspore.Tensor.cumsum: the sums of the elements up to each, along an axis or of all in one; int32 for narrower integers."""
    if axis is not None and not isinstance(axis, int):
        raise errors.invalid(TypeError, f"mindspore.Tensor.cumsum: axis must be an int, but got {type(axis).__name__}")
    return running(torch.cumsum, input, axis, dtype)


def cumulative_sum(x: Any, axis: int, dtype: Any = None) -> Any:
    """mindspore.ops.cumsum: the sums of the elements up to each, of the elements as `dtype`; integers keep their type."""
    if not isinstance(axis, int) or (dtype is None and x.dtype == torch.bool):
        raise errors.invalid(TypeError, f"mindspore.ops.cumsum needs numbers and an int as axis, but got {x.dtype} and {axis!r}")
    return torch.cumsum(x, axis, dtype=x.dtype if dtype is None else torch_dtype(dtype))


def logsumexp(input: Any, dim: Axis, keepdim: bool = False) -> Any:
    """mindspore.ops.logsumexp: the logarithm of the sum of exponentials; over every axis for ()."""
    return torch.logsumexp(input, axes(input, dim) if dim == () else dim, keepdim)


@either_spelling
def ptp(input: Any, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """mindspore.Tensor.ptp: the largest value over `axis` less the smallest. ValueError for an axis that is named twice."""
    if (axis is not None and not isinstance(axis, (int, tuple))) or not isinstance(keepdims, bool) or input.dtype == torch.bool:
        raise errors.invalid(TypeError, "mindspore.Tensor.ptp needs numbers, an int or a tuple as axis and a bool as keepdims")
    try:
        return amax(input, axis, keepdims) - amin(input, axis, keepdims)
    except RuntimeError as error:
        raise errors.at_boundary("mindspore.Tensor.ptp", error, ValueError, input=input, axis=axis) from error


@either_spelling
def argmax(input: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Index of the largest value, int64."""
    check_tensor("argmax", input, AttributeError)
    return torch.argmax(input, axis, keepdim=keepdims)


@either_spelling
def argmin(input: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Index of the smallest value; int32 as in MindSpore, but int64 for a 0-d tensor."""
    check_tensor("argmin", input, AttributeError)
    index = torch.argmin(input, axis, keepdim=keepdims)
    return index.int() if input.ndim else index


@either_spelling
def std(input: Any, axis: Axis = None, ddof: int | bool = 0, keepdims: bool = False) -> Any:
    """Standard deviation, biased unless `ddof` says otherwise."""
    check_tensor("std", input)
    return torch.std(real(input), axes(input, axis), correction=int(ddof), keepdim=keepdims)


@either_spelling
def var(input: Any, axis: Axis = None, ddof: int | bool = 0, keepdims: bool = False) -> Any:
    """Variance, biased unless `ddof` says otherwise."""
    check_tensor("var", input)
    return torch.var(real(input), axes(input, axis), correction=int(ddof), keepdim=keepdims)


def with_correction(function: Callable[..., Any]) -> Callable[..., Any]:
    """The method of Tensor, which takes `correction` for `ddof` as well."""

    @functools.wraps(function)
    def method(self: Any, *args: Any, correction: int | None = None, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs) if correction is None else function(self, *args, ddof=correction, **kwargs)

    return method


def std_mean(input: Any, axis: Axis = None, ddof: int | bool = 0, keepdims: bool = False) -> Any:
    """mindspore.ops.std_mean: (standard deviation, mean), the former biased unless `ddof` says otherwise."""
    check_tensor("std_mean", input)
    return torch.std_mean(real(input), axes(input, axis), correction=int(ddof), keepdim=keepdims)


def var_mean(input: Any, axis: Axis = None, ddof: int | bool = 0, keepdims: bool = False) -> Any:
    """mindspore.ops.var_mean: (variance, mean), the former biased unless `ddof` says otherwise."""
    check_tensor("var_mean", input)
    return torch.var_mean(real(input), axes(input, axis), correction=int(ddof), keepdim=keepdims)


def real(input: Any) -> Any:
    """Integers as float32, anything else as it is."""
    return input if input.is_floating_point() or input.is_complex() else input.float()


@either_spelling
def all(input: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether every element over `axis` is true."""
    check_tensor("all", input)
    return torch.all(input, axes(input, axis, "all"), keepdim=keepdims)


@either_spelling
def any(input: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether some element over `axis` is true."""
    check_tensor("any", input)
    return torch.any(input, axes(input, axis, "any"), keepdim=keepdims)


def trace(input: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """mindspore.Tensor.trace: the sums of the diagonals of the matrices that two axes span; int64 for integers, bool for bool.

    RuntimeError for one axis alone, ValueError for an axis that there is not.
    """
    if input.ndim < 2 or (axis1 - axis2) % input.ndim == 0:
        raise errors.invalid(RuntimeError, f"mindspore.Tensor.trace needs two axes, but got {axis1} and {axis2} of {input.ndim}")
    axes(input, (axis1, axis2), "trace")
    total = torch.diagonal(input, offset, axis1, axis2).sum(-1)
    kind = torch.bool if input.dtype == torch.bool else total.dtype
    return total.to(torch_dtype(kind if dtype is None else dtype))
