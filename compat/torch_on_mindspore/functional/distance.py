"""Norms, distances and similarities of vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import arithmetic, dtypes, reductions
from compat.torch_on_mindspore.arithmetic import unbroadcastable
from compat.torch_on_mindspore.emptiness import nothing
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.operands import not_tensor
from compat.torch_on_mindspore.tensor import as_tensor, cast, normal_dim

ops = mindspore.ops

COMPUTE_MODES = ("use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist")


def vector_norm(input: Any, p: float, dim: Any, keepdim: bool = True) -> Any:
    """The p-norm along `dim`, with the gradient 0 where the norm is 0."""
    if p == 0:
        flat = ops.relu(ops.neg(ops.abs(input)))  # 0 with the gradient 0
        return (cast(input != 0, input.dtype) + as_tensor(flat)).sum(dim, keepdim)
    if p in (math.inf, -math.inf):
        return (reductions.amax if p > 0 else reductions.amin)(input.abs(), dim, keepdim)
    if p == 1:
        return input.abs().sum(dim, keepdim)
    powers = (input * input if p == 2 else input.abs() ** p).sum(dim, keepdim)
    # The root has no gradient at 0: it is taken of 1 there, and the result is 0 all the same.
    zero = powers == 0
    rooted = ops.where(zero, ops.ones_like(powers), powers)
    rooted = ops.sqrt(rooted) if p == 2 else as_tensor(rooted) ** (1 / p)
    return as_tensor(ops.where(zero, ops.zeros_like(rooted), rooted))


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """The product of x1 and x2, broadcast and each divided by its norm, summed along `dim`; a norm counts as at least eps."""
    kind = dtypes.result_type(x1, x2)
    if kind.category != dtypes.FLOAT:
        raise invalid(RuntimeError, f"expected common dtype to be floating point, yet common dtype is {kind.tensor_type}")
    x1, x2 = matched(cast(x1, kind), cast(x2, kind))
    dim = normal_dim(x1, dim)
    first, second = (one / at_least(vector_norm(one, 2, dim), eps) for one in (x1, x2))
    return (first * second).sum(dim)


def at_least(norm: Any, eps: float) -> Any:
    """`norm`, or eps where that is larger, with the gradient of `norm` in either case."""
    known = norm.detach()
    return norm + (arithmetic.clamp(known, min=eps) - known)


def matched(x1: Any, x2: Any) -> tuple[Any, Any]:
    """Both in their common shape."""
    reason = unbroadcastable(x1, x2)
    if reason is not None:
        raise invalid(RuntimeError, reason)
    shape = np.broadcast_shapes(tuple(x1.shape), tuple(x2.shape))
    return x1.expand(shape), x2.expand(shape)


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """The p-norm of x1 - x2 + eps along the last dimension."""
    for place, one in enumerate((x1, x2)):
        if not isinstance(one, mindspore.Tensor):
            raise not_tensor("pairwise_distance", place, one)
    return vector_norm(x1 - x2 + eps, p, -1, keepdim)


def pdist(input: Any, p: float = 2) -> Any:
    """The p-norm distance of each pair of rows of (N, M), in the order of the upper triangle: N · (N - 1) / 2."""
    if input.ndim != 2:
        raise invalid(RuntimeError, f"pdist only supports 2D tensors, got: {input.ndim}D")
    if input.dtype.category != dtypes.FLOAT:
        raise invalid(RuntimeError, "pdist only supports floating-point dtypes")
    if p < 0:
        raise invalid(RuntimeError, "pdist only supports non-negative p values")
    first, second = (as_tensor(mindspore.Tensor(one)) for one in np.triu_indices(input.shape[0], 1))
    if not first.numel() or not input.shape[1]:
        return nothing((first.numel(),), input)
    return vector_norm(input[first] - input[second], p, 1, False)


def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: str = COMPUTE_MODES[0]) -> Any:
    """The p-norm distance of each row of x1 (…, P, M) to each of x2 (…, R, M): (…, P, R)."""
    if compute_mode not in COMPUTE_MODES:
        raise invalid(ValueError, f"{compute_mode} is not a valid value for compute_mode")
    for name, one in (("X1", x1), ("X2", x2)):
        if one.ndim < 2:
            raise invalid(RuntimeError, f"cdist only supports at least 2D tensors, {name} got: {one.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise invalid(RuntimeError, f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    for name, one in (("X1", x1), ("X2", x2)):
        if one.dtype.category != dtypes.FLOAT:
            raise invalid(RuntimeError, f"cdist only supports floating-point dtypes, {name} got: {one.dtype.tensor_type}")
    if x1.dtype != x2.dtype:
        raise invalid(RuntimeError, f"expected scalar type {x1.dtype.tensor_type} but found {x2.dtype.tensor_type}")
    if p < 0:
        raise invalid(RuntimeError, "cdist only supports non-negative p values")
    reason = unbroadcastable(x1[..., 0, 0], x2[..., 0, 0]) if x1.numel() and x2.numel() else None
    if reason is not None:
        raise invalid(RuntimeError, reason)
    batch = np.broadcast_shapes(tuple(x1.shape[:-2]), tuple(x2.shape[:-2]))
    shape = (*batch, x1.shape[-2], x2.shape[-2])
    if not x1.numel() or not x2.numel():
        return nothing(shape, x1, x2)
    return vector_norm(x1.unsqueeze(-2) - x2.unsqueeze(-3), p, -1, False)


adopt_in(globals())
