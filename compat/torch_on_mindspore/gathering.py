"""The two operators that pick elements by index, with gradients that can be differentiated again."""

from __future__ import annotations

from typing import Any

from compat.torch_on_mindspore import dtypes
from compat.torch_on_mindspore.dtypes import BFLOAT16_MET
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast

ops = mindspore.ops


def picked(input: Any, dim: int, index: Any) -> Tensor:
    """out[i][j] = input[index[i][j]][j] for dim 0, and so on; the index, integers, is not checked."""
    if 0 in index.shape:
        empty: Tensor = nothing(tuple(index.shape), input)
        return empty
    if BFLOAT16_MET and dtypes.of(input) is dtypes.bfloat16:
        narrow: Tensor = cast(picked(cast(input, dtypes.float32), dim, index), dtypes.bfloat16)
        return narrow
    found: Tensor = derived(as_tensor(ops.gather_elements(input, dim, index)), picked_gradient, dim, index, tuple(input.shape))
    return found


def picked_gradient(gradient: Any, dim: int, index: Any, shape: tuple[int, ...]) -> tuple[Any]:
    return (Scattered.apply(gradient, dim, index, shape),)


class Scattered(Function):
    """Zeros, to which the elements are added at the places that `picked` takes them from."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, elements: Any, dim: int, index: Any, shape: tuple[int, ...]) -> Any:
        ctx.dim, ctx.index = dim, index
        return ops.tensor_scatter_elements(ops.zeros(shape, elements.dtype), index, elements, dim, "add")

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return picked(gradient, ctx.dim, ctx.index), None, None, None


def entries(input: Any, index: Any, dim: int) -> Tensor:
    """The slices `index`, of any shape, of `dim`; the index, integers, is not checked."""
    if 0 in index.shape:
        empty: Tensor = nothing((*input.shape[:dim], *index.shape, *input.shape[dim + 1 :]), input)
        return empty
    if BFLOAT16_MET and dtypes.of(input) is dtypes.bfloat16:
        narrow: Tensor = cast(entries(cast(input, dtypes.float32), index, dim), dtypes.bfloat16)
        return narrow
    found: Tensor = derived(as_tensor(ops.gather(input, index, dim)), entries_gradient, index, dim, tuple(input.shape))
    return found


def entries_gradient(gradient: Any, index: Any, dim: int, shape: tuple[int, ...]) -> tuple[Any]:
    return (Gathered.apply(gradient, index, dim, shape),)


class Gathered(Function):
    """Zeros, to which the slices are added at the places that `entries` takes them from."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, slices: Any, index: Any, dim: int, shape: tuple[int, ...]) -> Any:
        ctx.index, ctx.dim = index, dim
        flat = ops.reshape(slices, (*shape[:dim], -1, *shape[dim + 1 :]))
        places = ops.reshape(index, (*(1,) * dim, -1, *(1,) * (len(shape) - dim - 1)))
        return ops.tensor_scatter_elements(ops.zeros(shape, slices.dtype), ops.broadcast_to(places, tuple(flat.shape)), flat, dim, "add")

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return entries(gradient, ctx.index, ctx.dim), None, None, None
