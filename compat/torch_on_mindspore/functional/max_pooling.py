"""Max pooling over windows and over adaptive regions, and its inverse."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes, engine
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.functional.columns import Window
from compat.torch_on_mindspore.functional.maxima import maxima, of_maxima
from compat.torch_on_mindspore.functional.regions import (
    Regions,
    adaptive_regions,
    checked_counts,
    largest,
    window_of,
    window_regions,
)
from compat.torch_on_mindspore.functional.tuples import _list_with_default, _ntuple
from compat.torch_on_mindspore.gathering import picked
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.recomposition import recomposed
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, host

ops = mindspore.ops

FLOATING = (dtypes.float16, dtypes.float32, dtypes.float64)


def max_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of (N, C, L) or (C, L); with `return_indices` also its place, as int64."""
    return max_pooled("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of (N, C, H, W) or (C, H, W); with `return_indices` also its place, as int64."""
    return max_pooled("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of (N, C, D, H, W) or (C, D, H, W); with `return_indices` also its place, as int64."""
    return max_pooled("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@functools.lru_cache(maxsize=512)
def native_pool(kernel: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...], ceil_mode: bool) -> Any:
    sides = tuple(one for pad in padding for one in (pad, pad))
    return ops.operations.MaxPool3D(kernel, stride, "pad", sides, ceil_mode)


def max_pooled(
    name: str, rank: int, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool, return_indices: bool
) -> Any:
    """What max_pool1d, max_pool2d and max_pool3d return."""
    if input.ndim not in (rank + 1, rank + 2):
        if rank == 1:
            raise invalid(
                RuntimeError,
                f"max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:{list(input.shape)}",
            )
        raise invalid(RuntimeError, f"non-empty {rank + 1}D or {rank + 2}D (batch mode) tensor expected for input")
    window = window_of(name, rank, kernel_size, stride, padding, dilation)
    if input.dtype == dtypes.bool_ or (rank == 1 and input.dtype.category < dtypes.FLOAT and not return_indices):
        kernel = "max_pool1d_impl" if rank == 1 else name
        raise invalid(NotImplementedError, f"\"{kernel}\" not implemented for '{input.dtype.tensor_type}'")
    outer = checked_counts(name, input, window, ceil_mode)
    batched = input if input.ndim == rank + 2 else input.unsqueeze(0)
    found, indices = pooled(batched, window, outer, ceil_mode, return_indices)
    if batched is not input:
        found, indices = found.squeeze(0), indices.squeeze(0) if return_indices else None
    return (found, indices) if return_indices else found


def pooled(input: Any, window: Window, outer: tuple[int, ...], ceil_mode: bool, return_indices: bool) -> tuple[Any, Any]:
    """Pooling of (N, C, *sizes), and the places, or None."""
    batch, channels, *sizes = (int(one) for one in input.shape)
    shape = (batch, channels, *outer)
    if not batch:
        return nothing(shape, input), creation.empty(shape, dtype=dtypes.int64)
    if engine.ON_CPU and not return_indices and input.dtype in FLOATING:
        return MaxPool.apply(input, window, outer), None
    if not engine.ON_CPU and not return_indices and {*window.dilation} == {1} and input.dtype in FLOATING:
        thin = 3 - len(sizes)
        pool = native_pool((1,) * thin + window.kernel, (1,) * thin + window.stride, (0,) * thin + window.padding, ceil_mode)
        found = pool(ops.reshape(input, (batch, channels, *(1,) * thin, *sizes)))
        found = ops.reshape(derived(found, chosen_gradient, input, window, outer, tuple(found.shape)), shape)
        # The gradient needs the result, of which the reshape is a view; PyTorch's does not, so a program may write to it.
        return as_tensor(found.copy() if engine.requires_grad(found) else found), None
    return largest(input, regions_of(sizes, outer, window))


class MaxPool(Function):
    """The largest element of each window of (N, C, *sizes), on the host."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, input: Any, window: Window, outer: tuple[int, ...]) -> Any:
        ctx.save_for_backward(input)
        ctx.window, ctx.outer = window, outer
        return mindspore.Tensor.from_numpy(maxima(host(input), window, outer))

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (input,) = ctx.saved_tensors
        if engine.grad_enabled():
            return *chosen_gradient(gradient, input, ctx.window, ctx.outer, tuple(gradient.shape)), None, None
        spread = of_maxima(host(input), host(gradient), ctx.window, ctx.outer)
        return mindspore.Tensor.from_numpy(np.ascontiguousarray(spread)), None, None


def chosen_gradient(gradient: Any, input: Any, window: Window, outer: tuple[int, ...], shape: tuple[int, ...]) -> tuple[Any]:
    """The gradient of pooling without places, for an operator whose operand and result are `input` and the result in another shape."""

    def chosen(x: Any) -> Any:
        found, _ = largest(x, regions_of(tuple(x.shape[2:]), outer, window))
        return ops.reshape(found, shape)

    (found,) = recomposed(gradient, chosen, input)
    thin = len(shape) - input.ndim
    return (ops.reshape(found, (*input.shape[:2], *(1,) * thin, *input.shape[2:])),)


def regions_of(sizes: Sequence[int], outer: tuple[int, ...], window: Window) -> list[Regions]:
    return [window_regions(*one) for one in zip(sizes, outer, *window, strict=True)]


# --- adaptive ---


def adaptive_max_pool1d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest element of each of output_size regions of (N, C, L) or (C, L); with `return_indices` also its place."""
    return adaptive("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest element of each of output_size regions of (N, C, H, W) or (C, H, W); with `return_indices` also its place."""
    return adaptive("adaptive_max_pool2d", 2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest element of each of output_size regions of (N, C, D, H, W) or (C, D, H, W); with `return_indices` also its place."""
    return adaptive("adaptive_max_pool3d", 3, input, output_size, return_indices)


def adaptive_sizes(name: str, rank: int, input: Any, output_size: Any, colon: str = "") -> tuple[int, ...]:
    """The number of regions in each dimension, checked with the input; None is the size of the input."""
    shape = list(input.shape)
    if rank > 1 and isinstance(output_size, Sequence) and input.ndim <= len(output_size):
        raise invalid(ValueError, f"Input dimension should be at least {len(output_size) + 1}")
    if input.ndim not in (rank + 1, rank + 2):
        raise invalid(
            RuntimeError,
            f"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 'self' (while checking arguments for {name})"
            if rank == 1
            else f"{name}(): Expected {rank + 1}D or {rank + 2}D tensor, but got{colon} {shape}",
        )
    given = output_size if isinstance(output_size, Sequence) else (output_size,) * rank
    if len(given) != rank:
        raise invalid(RuntimeError, f"{name}: output_size must be {rank}")
    wanted = tuple(int(one) for one in _list_with_default(given, shape))
    if min(wanted) < 0:
        shown = ", ".join(map(str, wanted))
        raise invalid(RuntimeError, f"{name}: elements of output_size must be greater than or equal to 0 but received {{{shown}}}")
    for dim in range(input.ndim - rank - 1 + (input.ndim == rank + 1), input.ndim):
        if dim and not shape[dim]:
            raise invalid(
                RuntimeError,
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes {shape} with dimension "
                f"{dim} being empty",
            )
    if input.dtype.category != dtypes.FLOAT:
        raise invalid(NotImplementedError, f"\"{name}\" not implemented for '{input.dtype.tensor_type}'")
    return wanted


def adaptive(name: str, rank: int, input: Any, output_size: Any, return_indices: bool) -> Any:
    """What the adaptive max pools return."""
    outer = adaptive_sizes(name, rank, input, output_size, ":")
    shape = (*input.shape[: input.ndim - rank], *outer)
    if 0 in shape:
        found, indices = nothing(shape, input), creation.empty(shape, dtype=dtypes.int64)
    else:
        batched = input if input.ndim == rank + 2 else input.unsqueeze(0)
        found, indices = largest(batched, [adaptive_regions(*one) for one in zip(batched.shape[2:], outer, strict=True)])
        if batched is not input:
            found, indices = found.squeeze(0), indices.squeeze(0)
    return (found, indices) if return_indices else found


# --- the inverse ---


def unpooled_rows(zeros: Any, at: Any, elements: Any) -> Any:
    return derived(ops.tensor_scatter_elements(zeros, at, elements, 1), unpooled_gradient, at)


def unpooled_gradient(gradient: Any, at: Any) -> tuple[None, None, Any]:
    return None, None, picked(gradient, 1, at)


def max_unpool1d(input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Tensor:
    """Zeros, with the elements of (N, C, L) or (C, L) at the places that max_pool1d returned."""
    return unpooled("max_unpooling1d", 1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Tensor:
    """Zeros, with the elements of (N, C, H, W) or (C, H, W) at the places that max_pool2d returned."""
    return unpooled("max_unpooling2d", 2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Tensor:
    """Zeros, with the elements of (N, C, D, H, W) or (C, D, H, W) at the places that max_pool3d returned."""
    return unpooled("max_unpooling3d", 3, input, indices, kernel_size, stride, padding, output_size)


def unpooled_sizes(
    sizes: Sequence[int], kernel: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...], output_size: Any
) -> tuple[int, ...]:
    """The sizes before pooling; ValueError for an `output_size` that pooling would not turn into `sizes`."""
    usual = tuple((size - 1) * step + one - 2 * pad for size, step, one, pad in zip(sizes, stride, kernel, padding, strict=True))
    if output_size is None:
        return usual
    rank, wanted = len(kernel), tuple(output_size)
    if len(wanted) == rank + 2:
        wanted = wanted[2:]
    if len(wanted) != rank:
        raise invalid(
            ValueError, f"output_size should be a sequence containing {rank} or {rank + 2} elements, but it has a length of '{len(wanted)}'"
        )
    for dim, (size, expected, step) in enumerate(zip(wanted, usual, stride, strict=True)):
        if not expected - step < size < expected + step:
            raise invalid(ValueError, f'invalid output_size "{wanted}" (dim {dim} must be between {expected - step} and {expected + step})')
    return wanted


def unpooled(name: str, rank: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any) -> Tensor:
    """What the max_unpool functions return."""
    each = _ntuple(rank)
    kernel = each(kernel_size)
    outer = unpooled_sizes(tuple(input.shape[-rank:]), kernel, kernel if stride is None else each(stride), each(padding), output_size)
    if indices.dtype != dtypes.int64:
        raise invalid(RuntimeError, f"elements in indices should be type int64 but got: {indices.dtype.tensor_type}")
    if input.ndim not in (rank + 1, rank + 2):
        raise invalid(
            RuntimeError,
            f"Input to {name} should be a {rank + 1}d or {rank + 2}d Tensor, but got a tensor with {input.ndim} dimensions.",
        )
    if tuple(indices.shape) != tuple(input.shape):
        raise invalid(
            RuntimeError,
            f"Expected shape of indices to be same as that of the input tensor ({list(input.shape)}) but got indices tensor with shape: "
            f"{list(indices.shape)}",
        )
    shape = (*input.shape[:-rank], *outer)
    if 0 in input.shape:
        empty: Tensor = nothing(shape, input)
        return empty
    rows, volume = math.prod(input.shape[:-rank]), math.prod(outer)
    places = host(indices)
    wrong = places[(places < 0) | (places >= volume)]
    if wrong.size:
        raise invalid(RuntimeError, f"Found an invalid max index: {int(wrong[0])} (output volumes are of size {'x'.join(map(str, outer))})")
    at = mindspore.Tensor(np.ascontiguousarray(places.reshape(rows, -1)))
    zeros = creation.zeros((rows, volume), dtype=input.dtype)
    found: Tensor = as_tensor(ops.reshape(unpooled_rows(zeros, at, ops.reshape(input, (rows, -1))), shape))
    return found


adopt_in(globals())
