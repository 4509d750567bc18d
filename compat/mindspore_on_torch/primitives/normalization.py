"""ops.BatchNorm, LayerNorm, RmsNorm, LRN and their kind: results together with the statistics that MindSpore returns."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.base import primitive

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = ["BatchNorm", "LayerNorm", "add_layer_norm", "add_rms_norm", "group_norm", "layer_norm", "lrn", "rms_norm"]


@primitive
def BatchNorm(
    input_x: Any, scale: Any, bias: Any, mean: Any, variance: Any, *, is_training: bool = False, epsilon: float = 1e-5,
    momentum: float = 0.1, data_format: str = "NCHW",
) -> Any:  # fmt: skip
    """The result for (N, C, ...), or (N, ..., C) with "NHWC", and four times statistics (C,).

    In training mean and variance of the batch, which move `mean` and `variance` in place by `momentum`; else those given.
    """
    if data_format not in ("NCHW", "NHWC"):
        raise errors.invalid(ValueError, f"For 'BatchNorm', 'data_format' must be 'NCHW' or 'NHWC', but got {data_format!r}.")
    if not 0 < epsilon <= 1 or not 0 <= momentum <= 1:
        raise errors.invalid(ValueError, f"For 'BatchNorm', epsilon must be in (0, 1] and momentum in [0, 1]: {epsilon}, {momentum}.")
    x = input_x if data_format == "NCHW" else input_x.movedim(-1, 1)
    if is_training:
        axes = [axis for axis in range(x.dim()) if axis != 1]
        with torch.no_grad():
            spread, batch_mean = torch.var_mean(x.to(mean.dtype), axes, correction=0)
            found = batch_mean, spread, batch_mean, spread
        result = F.batch_norm(x, mean.detach(), variance.detach(), scale, bias, True, momentum, epsilon)
    else:
        found = mean.detach(), variance.detach(), mean.detach(), variance.detach()
        result = F.batch_norm(x, mean, variance, scale, bias, False, momentum, epsilon)
    return result if data_format == "NCHW" else result.movedim(1, -1), *found


def normalized(x: Any, axis: int, epsilon: float) -> Any:
    """The result over the axes from `axis` on, with mean and the reciprocal of the standard deviation, in float32 at least."""
    wide = x.to(torch.float32) if x.dtype in (torch.float16, torch.bfloat16) else x
    spread, mean = torch.var_mean(wide, list(range(axis, x.dim())), correction=0, keepdim=True)
    return torch.rsqrt(spread + epsilon), mean


@primitive
def LayerNorm(
    input_x: Any, gamma: Any, beta: Any, *, begin_norm_axis: int = 1, begin_params_axis: int = 1, epsilon: float = 1e-7
) -> Any:  # fmt: skip
    """The result over the axes from `begin_norm_axis` on, their mean, and the reciprocal of their standard deviation."""
    rank = input_x.dim()
    for axis in (begin_norm_axis, begin_params_axis):
        if not -1 <= axis < rank:
            raise errors.invalid(ValueError, f"For 'LayerNorm', an axis must be in [-1, {rank}), but got {axis}.")
    first = begin_norm_axis % rank
    if tuple(input_x.shape[begin_params_axis % rank :]) != tuple(gamma.shape) or gamma.shape != beta.shape:
        shapes = tuple(input_x.shape), tuple(gamma.shape), tuple(beta.shape)
        raise errors.invalid(ValueError, "For 'LayerNorm', gamma and beta must have the input's shape from begin_params_axis on, but "
                                         "the input has {}, gamma {} and beta {}.".format(*shapes))  # fmt: skip
    rstd, mean = normalized(input_x, first, epsilon)
    plain = F.layer_norm(input_x, input_x.shape[first:], None, None, epsilon)
    return plain * gamma.to(plain.dtype) + beta.to(plain.dtype), mean, rstd


def scaled(x: Any, gamma: Any, epsilon: float) -> Any:
    """RMS normalization over the axes of gamma, and the reciprocal of the root, float32."""
    wide = x.to(torch.float32)
    axes = list(range(x.dim() - gamma.dim(), x.dim()))
    rstd = torch.rsqrt((wide * wide).mean(axes, keepdim=True) + epsilon)
    return (wide * rstd).to(x.dtype) * gamma, rstd


@operation
def rms_norm(x: Any, gamma: Any, epsilon: float = 1e-6) -> Any:
    """mindspore.ops.rms_norm: the result, and the reciprocal of the root of the mean square, float32."""
    return scaled(x, gamma, epsilon)


@operation
def add_rms_norm(x1: Any, x2: Any, gamma: Any, epsilon: float = 1e-6) -> Any:
    """mindspore.ops.add_rms_norm: that of a sum, and the sum."""
    total = x1 + x2
    return *scaled(total, gamma, epsilon), total


@operation
def add_layer_norm(x1: Any, x2: Any, gamma: Any, beta: Any, epsilon: float = 1e-5, additional_output: bool = False) -> Any:
    """mindspore.ops.add_layer_norm: of a sum over its last axis, with mean and the reciprocal deviation, float32, and the sum.

    The sum is computed with or without `additional_output`; MindSpore leaves it undefined without.
    """
    total = x1 + x2
    rstd, mean = normalized(total, total.dim() - 1, epsilon)
    return F.layer_norm(total, total.shape[-1:], gamma, beta, epsilon), mean, rstd, total


@operation
def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """mindspore.ops.layer_norm."""
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    return F.layer_norm(input, shape, weight, bias, eps)


@operation
def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """mindspore.ops.group_norm of (N, C, ...)."""
    return F.group_norm(input, num_groups, weight, bias, eps)


def local_response(x: Any, depth_radius: int, bias: float, alpha: float, beta: float, norm_region: str) -> Any:
    """x / (bias + alpha times the sum of squares of 2 depth_radius + 1 channels) ** beta."""
    if norm_region != "ACROSS_CHANNELS":
        raise errors.invalid(ValueError, f"For 'LRN', 'norm_region' must be 'ACROSS_CHANNELS', but got {norm_region!r}.")
    if x.dim() != 4:
        raise errors.invalid(ValueError, f"For 'LRN', the input must have 4 dims, but got {x.dim()}.")
    size = 2 * depth_radius + 1
    squares = F.pad(x * x, (0, 0, 0, 0, depth_radius, depth_radius)).unfold(1, size, 1).sum(-1)
    return x / (bias + alpha * squares) ** beta


@primitive
def LRN(
    x: Any, *, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5, norm_region: str = "ACROSS_CHANNELS"
) -> Any:  # fmt: skip
    """Of (N, C, H, W)."""
    return local_response(x, depth_radius, bias, alpha, beta, norm_region)


@operation
def lrn(
    x: Any, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5, norm_region: str = "ACROSS_CHANNELS"
) -> Any:  # fmt: skip
    """mindspore.ops.lrn: local response normalization of (N, C, H, W)."""
    return local_response(x, depth_radius, bias, alpha, beta, norm_region)
