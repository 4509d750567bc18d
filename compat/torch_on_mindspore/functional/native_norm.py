"""Normalisation under PyTorch's inner names, which return the statistics too: `torch.native_batch_norm` and its like."""

from __future__ import annotations

import math
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes
from compat.torch_on_mindspore.arithmetic import TABLED, is_tensor
from compat.torch_on_mindspore.emptiness import unmoved
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional import normalization, row_norm
from compat.torch_on_mindspore.functional.channel_norm import Layout
from compat.torch_on_mindspore.reductions import mean, sum
from compat.torch_on_mindspore.tensor import as_tensor, cast

ops = mindspore.ops


def native_batch_norm(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, momentum: float, eps: float
) -> tuple[Any, Any, Any]:
    """batch_norm of (N, C, …), the mean and 1 / √(variance + eps) of the batch; these have no elements unless `training`."""
    kind = next((one.dtype for one in (weight, running_mean) if one is not None), input.dtype)  # of the statistics
    if not training:
        found = normalization.batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
        return found, creation.zeros(0, dtype=kind), creation.zeros(0, dtype=kind)
    shape = tuple(input.shape)
    for name, one in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        normalization.check_length(name, one, shape[1])
    normalization.check_kinds("batch_norm", input, weight, bias, running_mean, running_var)
    layout = Layout(shape[0], shape[1], math.prod(shape[2:]))
    found, average, variance = normalization.by_batch(input, layout, weight, bias, (running_mean, running_var), momentum, eps)
    scale = TABLED["rsqrt"](as_tensor(variance).detach() + eps)
    return found, cast(as_tensor(average).detach(), kind), cast(scale, kind)


def _native_batch_norm_legit(input: Any, weight: Any, bias: Any, *rest: Any, **named: Any) -> tuple[Any, Any, Any]:
    """`native_batch_norm` with (running_mean, running_var, training, momentum, eps), or without running statistics."""
    if len(rest) + len(named) == 3:
        named |= {"running_mean": None, "running_var": None} | dict(zip(("training", "momentum", "eps"), rest, strict=False))
        rest = ()
    return native_batch_norm(input, weight, bias, *rest, **named)


def _batch_norm_with_update(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, momentum: float, eps: float
) -> tuple[Any, Any, Any, Any]:
    """`native_batch_norm` in training, and a tensor that its gradient would need on another device."""
    found = native_batch_norm(input, weight, bias, running_mean, running_var, True, momentum, eps)
    return (*found, creation.zeros(0, dtype=dtypes.uint8))


def native_layer_norm(input: Any, normalized_shape: Any, weight: Any, bias: Any, eps: float) -> tuple[Any, Any, Any]:
    """layer_norm, the mean and 1 / √(variance + eps), which keep the normalised dimensions with one element."""
    if not is_tensor(input):
        raise invalid(TypeError, f"native_layer_norm(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    found = normalization.layer_norm(input, normalized_shape, weight, bias, eps)
    rank = len(normalized_shape)
    shape = (*input.shape[: input.ndim - rank], *(1,) * rank)
    if not input.numel():
        return found, creation.zeros(shape, dtype=input.dtype), creation.zeros(shape, dtype=input.dtype)
    kind = input.dtype if weight is None else weight.dtype  # of the statistics
    matrix, *_ = normalization.widened(normalization.by_rows(input.detach(), normalized_shape))
    _, average, scale = row_norm.LayerNorm.apply(matrix, None, None, eps)
    return found, *(cast(as_tensor(ops.reshape(one, shape)), kind).detach() for one in (average, scale))


def native_group_norm(
    input: Any, weight: Any, bias: Any, N: int, C: int, HxW: int, group: int, eps: float
) -> tuple[Any, Any, Any]:  # fmt: skip
    """group_norm of N·C·HxW elements, the mean and 1 / √(variance + eps) of each group (N, group), all with gradients."""
    normalization.check_kinds("GroupNormKernelImpl", input, weight, bias)
    if not input.numel():
        statistics = (unmoved(creation.zeros((N, group), dtype=input.dtype), input) for _ in range(2))
        return (normalization.Nothing.apply(input, weight, bias), *statistics)
    kind = input.dtype if weight is None else weight.dtype  # of the statistics
    wide, weight, bias = normalization.widened(input, weight, bias)
    rows = as_tensor(wide).reshape(N, group, C // group * HxW)
    average = mean(rows, 2)
    centred = rows - average.unsqueeze(2)
    scale = TABLED["rsqrt"](sum(centred * centred, 2) / (C // group * HxW) + eps)
    found = (centred * scale.unsqueeze(2)).reshape(N, C, HxW)
    if weight is not None:
        found = found * as_tensor(weight).reshape(C, 1)
    if bias is not None:
        found = found + as_tensor(bias).reshape(C, 1)
    return cast(found.reshape(tuple(input.shape)), input.dtype), cast(average, kind), cast(scale, kind)
