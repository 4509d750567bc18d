"""ops.EmbeddingLookup, UniqueWithPad, SparseToDense, inplace_add and their kind: rows by index, and sparse matrices in coordinates."""

from __future__ import annotations

import math
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.primitives.common import numbers

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = [
    "EmbeddingLookup", "LogUniformCandidateSampler", "SparseTensorDenseAdd", "SparseTensorDenseMatmul", "SparseToDense",
    "UniformCandidateSampler", "embedding", "inplace_add", "inplace_index_add", "inplace_sub", "inplace_update",
    "unique_with_pad",
]  # fmt: skip


@primitive
def EmbeddingLookup(input_params: Any, input_indices: Any, offset: int) -> Any:
    """Rows of a table by index minus `offset`; zeros for an index outside of it."""
    places = input_indices.long() - offset
    inside = (places >= 0) & (places < input_params.shape[0])
    rows = input_params[torch.where(inside, places, 0)]
    return rows * inside.reshape(*inside.shape, *(1,) * (input_params.dim() - 1)).to(rows.dtype)


@operation
def embedding(
    input: Any, weight: Any, padding_idx: int | None = None, max_norm: float | None = None, norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
) -> Any:  # fmt: skip
    """mindspore.ops.embedding: rows of `weight`; with `max_norm` too long ones are shortened in place before."""
    return F.embedding(input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq)


@operation
def unique_with_pad(x: Any, pad_num: Any) -> Any:
    """mindspore.ops.unique_with_pad: the elements of a vector in the order of their first places, filled up, and the index of each."""
    if x.dim() != 1:
        raise errors.invalid(ValueError, f"For 'UniqueWithPad', the input must have 1 dim, but got {x.dim()}.")
    values, inverse = torch.unique(x, return_inverse=True)
    counted = torch.arange(len(x), device=x.device)
    first = torch.full_like(values, len(x), dtype=torch.int64).scatter_reduce(0, inverse, counted, "amin")
    place = torch.argsort(torch.argsort(first))[inverse]
    found = torch.full_like(x, 0) + pad_num
    return found.to(x.dtype).scatter(0, place, x), place.to(x.dtype)


def dense(indices: Any, values: Any, shape: Any) -> Any:
    """A tensor of `shape` with `values` at `indices` (N, rank), which add up."""
    return torch.zeros(shape, dtype=values.dtype, device=values.device).index_put(tuple(indices.long().t()), values, accumulate=True)


@primitive
def SparseToDense(indices: Any, values: Any, sparse_shape: Any) -> Any:
    """A sparse tensor in coordinates as a dense one."""
    return dense(indices, values, numbers(sparse_shape))


@primitive
def SparseTensorDenseAdd(x1_indices: Any, x1_values: Any, x1_shape: Any, x2: Any) -> Any:
    """The sum of a sparse tensor in coordinates and a dense one."""
    return x2.index_put(tuple(x1_indices.long().t()), x1_values, accumulate=True)


@primitive
def SparseTensorDenseMatmul(
    indices: Any, values: Any, sparse_shape: Any, dense: Any, *, adjoint_st: bool = False, adjoint_dt: bool = False
) -> Any:  # fmt: skip
    """The product of a sparse matrix in coordinates and a dense one, each transposed (conjugated) on demand."""
    rows, columns = indices.long().t()
    height, _ = numbers(sparse_shape)
    if adjoint_st:
        rows, columns, height = columns, rows, numbers(sparse_shape)[1]
        values = values.conj()
    right = dense.conj().t() if adjoint_dt else dense
    return right.new_zeros(height, right.shape[1]).index_add(0, rows, values[:, None] * right[columns])


def rows(indices: Any, device: Any) -> Any:
    """An index, several, or a tensor of them as a vector on `device`."""
    if isinstance(indices, torch.Tensor):
        return indices.long().reshape(-1)
    return torch.tensor([indices] if isinstance(indices, int) else indices, device=device)


@operation
def inplace_add(x: Any, v: Any, indices: Any) -> Any:
    """mindspore.ops.inplace_add: a copy of `x` with `v` added to its rows `indices`. MindSpore's leaves `x` as it was, too."""
    return x.index_add(0, rows(indices, x.device), v)


@operation
def inplace_sub(x: Any, v: Any, indices: Any) -> Any:
    """mindspore.ops.inplace_sub: a copy of `x` with `v` subtracted from its rows `indices`."""
    return x.index_add(0, rows(indices, x.device), v, alpha=-1)


@operation
def inplace_update(x: Any, v: Any, indices: Any) -> Any:
    """mindspore.ops.inplace_update: a copy of `x` with `v` for its rows `indices`."""
    return x.index_copy(0, rows(indices, x.device), v)


@operation
def inplace_index_add(var: Any, indices: Any, updates: Any, axis: int) -> Any:
    """mindspore.ops.inplace_index_add: adds to the slices `indices` of an axis of a Parameter or Tensor, in place."""
    with torch.no_grad():
        return var.index_add_(axis, indices.long(), updates).detach()


def seeded(seed: int) -> Any:
    """A generator of that seed, of a drawn one for 0."""
    made = torch.Generator()
    made.manual_seed(seed or int(torch.randint(1, 2**62, (), device="cpu")))
    return made


@primitive
def UniformCandidateSampler(
    true_classes: Any, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int = 0,
    remove_accidental_hits: bool = False,
) -> Any:  # fmt: skip
    """`num_sampled` classes below `range_max`, drawn on the host, and how often each true and each drawn class is to be expected."""
    if unique and num_sampled > range_max:
        raise errors.invalid(ValueError, f"For 'UniformCandidateSampler', {num_sampled} of {range_max} classes can't all differ.")
    device, generator = true_classes.device, seeded(seed)
    barred = set(true_classes.flatten().tolist()) if remove_accidental_hits else set()
    allowed = torch.tensor([item for item in range(range_max) if item not in barred], device="cpu")
    if unique:
        drawn = allowed[torch.randperm(len(allowed), generator=generator, device="cpu")[:num_sampled]]
    else:
        drawn = allowed[torch.randint(len(allowed), (num_sampled,), generator=generator, device="cpu")]
    share = num_sampled / range_max
    expected = torch.full(true_classes.shape, share, device=device), torch.full((num_sampled,), share, device=device)
    return drawn.to(true_classes.dtype).to(device), *expected


@primitive
def LogUniformCandidateSampler(
    true_classes: Any, *, num_true: int = 1, num_sampled: int = 5, unique: bool = True, range_max: int = 5, seed: int = 0
) -> Any:  # fmt: skip
    """The same with a share of log((c + 2) / (c + 1)) for class c."""
    if unique and num_sampled > range_max:
        raise errors.invalid(ValueError, f"For 'LogUniformCandidateSampler', {num_sampled} of {range_max} classes can't all differ.")
    generator = seeded(seed)
    drawn: list[int] = []
    tries = 0
    while len(drawn) < num_sampled:
        tries += 1
        value = min(int(math.exp(float(torch.rand((), generator=generator, device="cpu")) * math.log(range_max + 1)) - 1), range_max - 1)
        if not unique or value not in drawn:
            drawn.append(value)
    sampled = torch.tensor(drawn, dtype=true_classes.dtype, device=true_classes.device)

    def expected(classes: Any) -> Any:
        share = torch.log((classes + 2.0) / (classes + 1.0)) / math.log(range_max + 1)
        return -torch.expm1(tries * torch.log1p(-share)) if unique else share * num_sampled

    return sampled, expected(true_classes), expected(sampled)
