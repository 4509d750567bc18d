"""Norms and distances of vectors."""

from __future__ import annotations

import math
from typing import Any

from compat.torch_on_mindspore import reductions
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.tensor import as_tensor, cast

ops = mindspore.ops


def vector_norm(input: Any, p: float, dim: Any, keepdim: bool = True) -> Any:
    """The p-norm along `dim`, with the gradient 0 where the norm is 0."""
    if p == 0:
        return cast((input != 0).sum(dim, keepdim), input.dtype)
    if p in (math.inf, -math.inf):
        return (reductions.amax if p > 0 else reductions.amin)(input.abs(), dim, keepdim)
    if p == 1:
        return input.abs().sum(dim, keepdim)
    powers = (input * input if p == 2 else input.abs() ** p).sum(dim, keepdim)
    # The root has no gradient at 0: it is taken of 1 there, and the result is 0 all the same.
    nothing = powers == 0
    rooted = ops.where(nothing, ops.ones_like(powers), powers)
    rooted = ops.sqrt(rooted) if p == 2 else ops.pow(rooted, 1 / p)
    return as_tensor(ops.where(nothing, ops.zeros_like(rooted), rooted))
