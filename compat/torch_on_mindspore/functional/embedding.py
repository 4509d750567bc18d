"""Rows of a table looked up by index, and sums, means and maxima of bags of them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from compat.errors import UnsupportedArgument, invalid
from compat.torch_on_mindspore import autograd, dtypes, storage
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.function import Function
from compat.torch_on_mindspore.functional.distance import vector_norm
from compat.torch_on_mindspore.gathering import entries
from compat.torch_on_mindspore.linear_maps import linear
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

ops = mindspore.ops

NOWHERE = -1  # what ops.unsorted_segment_sum leaves out


class Lookup(Function):
    """The rows of a table; the row `padding` gets no gradient, and `by_frequency` divides each by how often it was looked up."""

    twice_differentiable = True

    @staticmethod
    def forward(ctx: Any, weight: Any, indices: Any, padding: int, by_frequency: bool) -> Any:
        # PyTorch's gradient of a gradient leaves the frequencies out.
        ctx.twice_differentiable = not by_frequency
        ctx.rows, ctx.indices, ctx.padding, ctx.by_frequency = weight.shape[0], indices, padding, by_frequency
        return ops.gather(weight, indices, 0)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        gradient = ops.reshape(gradient, (-1, gradient.shape[-1]))
        numbers = host(ctx.indices).reshape(-1)
        if ctx.by_frequency:
            shares = 1 / np.bincount(numbers, minlength=ctx.rows)[numbers]
            gradient = ops.mul(gradient, ops.cast(mindspore.Tensor(shares[:, None]), gradient.dtype))
        kept = mindspore.Tensor(np.where(numbers == ctx.padding, NOWHERE, numbers))
        return linear(lambda x: ops.unsorted_segment_sum(x, kept, ctx.rows), gradient), None, None, None


def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """weight[input], for weight (rows, size); IndexError for an index that is no row.

    `max_norm` first shrinks, in place, the rows looked up that are longer.
    """
    check_dense("torch.nn.functional.embedding", sparse)
    if weight.ndim != 2:
        raise invalid(RuntimeError, "'weight' must be 2-D")
    padding = padding_row(padding_idx, weight.shape[0])
    check_indices("embedding", input)
    if input.numel():
        numbers = host(input)
        if numbers.min() < 0 or numbers.max() >= weight.shape[0]:
            raise invalid(IndexError, "index out of range in self")
    if max_norm is not None:
        renormalize(weight, input, max_norm, norm_type)
    found: Tensor = looked_up(weight, input, padding, scale_grad_by_freq)
    return found


def looked_up(weight: Any, indices: Any, padding: int, by_frequency: bool) -> Any:
    if weight.requires_grad and (padding != NOWHERE or by_frequency) and indices.numel():
        return Lookup.apply(weight, indices, padding, by_frequency)
    return entries(weight, indices, 0)


def check_dense(api: str, sparse: bool) -> None:
    if sparse:
        raise UnsupportedArgument(api, "sparse", sparse, "False: there are no sparse gradients on MindSpore")


def check_indices(name: str, *tensors: Any) -> None:
    for one in tensors:
        if one.dtype not in (dtypes.int64, dtypes.int32):
            raise invalid(
                RuntimeError,
                "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
                f"torch.{one.dtype.tensor_type}Tensor instead (while checking arguments for {name})",
            )


def padding_row(padding_idx: int | None, rows: int) -> int:
    """`padding_idx` counted from the front, NOWHERE for None; AssertionError when there is no such row."""
    if padding_idx is None:
        return NOWHERE
    if not -rows <= padding_idx < rows:
        raise invalid(AssertionError, "Padding_idx must be within num_embeddings")
    return padding_idx % rows


def renormalize(weight: Any, indices: Any, max_norm: float, norm_type: float) -> None:
    """Shrink the rows looked up that are longer than `max_norm` to that length, in place."""
    with autograd.no_grad():
        rows = as_tensor(mindspore.Tensor(np.unique(host(indices))))
        if not rows.numel():
            return
        chosen = entries(weight, rows, 0)
        norms = vector_norm(chosen, norm_type, 1)
        shrunk = chosen * (max_norm / (norms + 1e-7))
        fitting: Any = ops.where(norms > max_norm, shrunk, chosen)
        storage.write(weight, as_tensor(ops.tensor_scatter_update(weight, ops.reshape(rows, (-1, 1)), fitting)))


def embedding_bag(
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or maximum of the rows of each bag: (bags, size).

    Each row of a 2-D `input` is a bag; of a 1-D one, `offsets` says where each bag begins. The index `padding_idx` counts for nothing.
    """
    if weight.dtype in (dtypes.int64, dtypes.int32) and input.dtype.is_floating_point:
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is deprecated, "
            "and should now be `embedding_bag(input, weight, ...)`.",
            stacklevel=2,
        )
        input, weight = weight, input
    api = "torch.nn.functional.embedding_bag"
    check_dense(api, sparse)
    if mode not in ("sum", "mean", "max"):
        raise invalid(ValueError, "mode has to be one of sum, mean or max")
    if scale_grad_by_freq and mode == "max":
        raise invalid(ValueError, "max mode does not support scaling the gradient by the frequency")
    if scale_grad_by_freq:
        raise UnsupportedArgument(api, "scale_grad_by_freq", True, "False: PyTorch's gradient divides by the frequency of other rows")
    check_sample_weights(input, weight, per_sample_weights, mode)
    starts = bag_starts(input, offsets)
    if include_last_offset and len(starts) and starts[-1] != input.numel():
        raise UnsupportedArgument(api, "offsets", offsets, f"a last offset of {input.numel()}, the end of the input")
    check_indices("embedding_bag", input, *(() if offsets is None else (offsets,)))
    indices, rows = host(input).reshape(-1), weight.shape[0]
    wrong = np.flatnonzero((indices < 0) | (indices >= rows))
    if wrong.size:
        raise invalid(
            RuntimeError, f"Index {wrong[0]} of input takes value {indices[wrong[0]]} which is not in the valid range [0, {rows})"
        )
    if padding_idx is not None and not -rows <= padding_idx < rows:
        raise invalid(
            RuntimeError, f"padding_idx must be within the number of embeddings, {-rows} through {rows - 1}, but got {padding_idx}"
        )
    if max_norm is not None:
        renormalize(weight, input, max_norm, norm_type)
    count = len(starts) - 1 if include_last_offset else len(starts)
    bags = np.searchsorted(starts[:count], np.arange(indices.size), side="right") - 1
    kept = np.ones(indices.size, bool) if padding_idx is None else indices != padding_idx % rows
    places = np.flatnonzero(kept)
    weights = None if per_sample_weights is None else per_sample_weights.reshape(-1)
    return pooled_bags(weight, indices[places], bags[places], count, mode, weights if weights is None else weights[tensor_of(places)])


def pooled_bags(weight: Any, indices: Any, bags: Any, count: int, mode: str, weights: Any) -> Tensor:
    """Each of `count` bags reduced; `indices` and `bags` are NumPy arrays that say which row is in which bag."""
    if not count or not indices.size:
        nothing: Tensor = weight[:0].sum() + as_tensor(ops.zeros((count, weight.shape[1]), weight.dtype))
        return nothing
    if mode == "max":
        return largest(weight, indices, bags, count)
    rows = entries(weight, tensor_of(indices), 0)
    if weights is not None:
        rows = rows * weights.unsqueeze(1)
    found: Tensor = as_tensor(linear(lambda x: ops.unsorted_segment_sum(x, tensor_of(bags), count), rows))
    if mode == "mean":
        sizes = np.maximum(np.bincount(bags, minlength=count), 1)[:, None]
        found = found / cast(tensor_of(sizes), weight.dtype)
    return found


def largest(weight: Any, indices: Any, bags: Any, count: int) -> Tensor:
    """The largest elements of each bag, 0 for an empty one; their places are found on the host."""
    table, size = host(weight), weight.shape[1]
    filled = np.unique(bags)
    places = np.stack(
        [members[np.argmax(table[members], axis=0)] * size + np.arange(size) for members in (indices[bags == bag] for bag in filled)]
    )
    rows = entries(weight.reshape(-1), tensor_of(places), 0)
    found: Tensor = as_tensor(linear(lambda x: ops.unsorted_segment_sum(x, tensor_of(filled), count), rows))
    return found


def tensor_of(numbers: Any) -> Any:
    return as_tensor(mindspore.Tensor(np.ascontiguousarray(numbers, np.int64)))


def check_sample_weights(input: Any, weight: Any, per_sample_weights: Any, mode: str) -> None:
    if per_sample_weights is None:
        return
    if mode != "sum":
        raise invalid(
            NotImplementedError,
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' "
            f"(got mode='{mode}'). Please open a feature request on GitHub.",
        )
    if tuple(per_sample_weights.shape) != tuple(input.shape):
        raise invalid(
            ValueError,
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the same shape as "
            f"the input ({input.shape})",
        )
    if per_sample_weights.dtype != weight.dtype:
        raise invalid(
            RuntimeError,
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 'per_sample_weights'; but type "
            f"torch.{weight.dtype.tensor_type}Tensor does not equal torch.{per_sample_weights.dtype.tensor_type}Tensor (while checking "
            "arguments for embedding_bag)",
        )


def bag_starts(input: Any, offsets: Any) -> Any:
    """Where each bag begins, as a NumPy array."""
    if input.ndim == 2:
        if offsets is not None:
            raise invalid(
                ValueError,
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, "
                f"found offsets of type {type(offsets)}",
            )
        if not input.shape[1]:
            raise invalid(RuntimeError, "step must be nonzero")
        return np.arange(0, input.numel(), input.shape[1])
    if input.ndim != 1:
        raise invalid(ValueError, f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if offsets is None:
        raise invalid(ValueError, "offsets has to be a 1D Tensor but got None")
    if offsets.ndim != 1:
        raise invalid(ValueError, "offsets has to be a 1D Tensor")
    starts = host(offsets)
    if starts.size and starts[0] != 0:
        raise invalid(
            RuntimeError,
            f"offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got {starts[0]}",
        )
    if starts.size and starts[-1] > input.numel():
        raise invalid(
            RuntimeError,
            f"offsets[-1] can not be greater than input's length {input.numel()} but got offsets[-1] of {starts[-1]}",
        )
    if (np.diff(starts) < 0).any():
        raise invalid(RuntimeError, "offsets must not decrease")
    return starts


adopt_in(globals())
