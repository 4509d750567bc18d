"""ops.FusedAdaFactor and FusedAdaFactorWithGlobalNorm: one step of Adafactor, in place."""

from __future__ import annotations

from typing import Any

from compat import frameworks
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.primitives.common import numbers

torch: Any = frameworks.load("torch")

__all__ = ["FusedAdaFactor", "FusedAdaFactorWithGlobalNorm"]


def step(
    epsilon: Any, clip_threshold: Any, beta1: Any, beta2: Any, weight_decay: Any, learning_rate: Any, gradient: Any, param: Any,
    exp_avg: Any, exp_avg_sq_row: Any, exp_avg_sq_col: Any, exp_avg_sq: Any, scaled: bool, moment: bool, decayed: bool,
) -> Any:  # fmt: skip
    """Matrices keep the means of their squared gradients by row and by column, vectors each one."""
    least, least_size = numbers(epsilon)
    with torch.no_grad():
        gradient = gradient.to(torch.float32)
        squares = gradient * gradient + least
        if param.dim() >= 2:
            exp_avg_sq_row.mul_(beta2).add_(squares.mean(-1) * (1 - beta2))
            exp_avg_sq_col.mul_(beta2).add_(squares.mean(-2) * (1 - beta2))
            share = exp_avg_sq_row / exp_avg_sq_row.mean(-1, keepdim=True)
            update = gradient * torch.rsqrt(share[..., None] * exp_avg_sq_col[..., None, :])
        else:
            exp_avg_sq.mul_(beta2).add_(squares * (1 - beta2))
            update = gradient * torch.rsqrt(exp_avg_sq)
        rate = learning_rate
        if scaled:
            rate = rate * torch.sqrt((param * param).mean()).clamp(min=least_size)
        update = update * rate / (torch.sqrt((update * update).mean()) / clip_threshold).clamp(min=1)
        if moment:
            update = exp_avg.mul_(beta1).add_(update * (1 - beta1))
        if decayed:
            param.sub_(param * weight_decay * rate)
        return param.sub_(update).detach()


@primitive
def FusedAdaFactor(
    epsilon: Any, clip_threshold: Any, beta1: Any, beta2: Any, weight_decay: Any, learning_rate: Any, gradient: Any, param: Any,
    exp_avg: Any, exp_avg_sq_row: Any, exp_avg_sq_col: Any, exp_avg_sq: Any, *, enable_scale_parameter: bool = False,
    enable_first_moment: bool = False, enable_weight_decay: bool = False,
) -> Any:  # fmt: skip
    """One step of Adafactor; the pair `epsilon` is read from a tensor."""
    return step(epsilon, clip_threshold, beta1, beta2, weight_decay, learning_rate, gradient, param, exp_avg, exp_avg_sq_row,
                exp_avg_sq_col, exp_avg_sq, enable_scale_parameter, enable_first_moment, enable_weight_decay)  # fmt: skip


@primitive
def FusedAdaFactorWithGlobalNorm(
    epsilon: Any, clip_threshold: Any, beta1: Any, beta2: Any, weight_decay: Any, learning_rate: Any, gradient: Any, param: Any,
    exp_avg: Any, exp_avg_sq_row: Any, exp_avg_sq_col: Any, exp_avg_sq: Any, global_norm: Any, *, enable_scale_parameter: bool = False,
    enable_first_moment: bool = False, enable_weight_decay: bool = False,
) -> Any:  # fmt: skip
    """One step of Adafactor by the gradient divided by `global_norm`."""
    return step(epsilon, clip_threshold, beta1, beta2, weight_decay, learning_rate, gradient / global_norm, param, exp_avg,
                exp_avg_sq_row, exp_avg_sq_col, exp_avg_sq, enable_scale_parameter, enable_first_moment, enable_weight_decay)  # fmt: skip
