"""mindspore.mint's functions that no row of the table derives: those that write to their input, and the parts of a synchronised BatchNorm."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.tensor import run_plain

torch: Any = frameworks.load("torch")


def named(api: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run a function as plain PyTorch. TypeError if its first argument is no Tensor; other errors become ValueError with the API's name."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            given = (*args, *kwargs.values())[:1]
            if not given or not isinstance(given[0], torch.Tensor):
                raise errors.invalid(TypeError, f"{api}: input must be a Tensor, but got {given}")
            try:
                return run_plain(function, *args, **kwargs)
            except Exception as error:
                raise errors.at_boundary(api, error, ValueError, input=given[0]) from error

        return run

    return decorate


@named("mindspore.mint.nn.functional.relu_")
def relu_(input: Any) -> Any:
    """mindspore.mint.nn.functional.relu_: max(0, x), written to `input`."""
    return torch.relu_(input)


@named("mindspore.mint.nn.functional.sigmoid_")
def sigmoid_(input: Any) -> Any:
    """mindspore.mint.nn.functional.sigmoid_: 1 / (1 + exp(-x)), written to `input`."""
    return torch.sigmoid_(input)


@named("mindspore.mint.nn.functional.elu_")
def elu_(input: Any, alpha: float = 1.0) -> Any:
    """mindspore.mint.nn.functional.elu_: alpha (exp(x) - 1) for what is below 0, written to `input`."""
    return torch.nn.functional.elu_(input, alpha)


@named("mindspore.mint.nn.functional.hardtanh_")
def hardtanh_(input: Any, min_val: float = -1, max_val: float = 1) -> Any:
    """mindspore.mint.nn.functional.hardtanh_: `input` itself, limited to [min_val, max_val]."""
    return torch.nn.functional.hardtanh_(input, min_val, max_val)


@named("mindspore.mint.nn.functional.threshold_")
def threshold_(input: Any, threshold: float, value: float) -> Any:
    """mindspore.mint.nn.functional.threshold_: `value` written over what is not above `threshold`."""
    return torch.threshold_(input, threshold, value)


@named("mindspore.mint.addr_")
def addr_(input: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    """mindspore.mint.addr_: beta · input + alpha · vec1 vec2ᵀ, written to `input`."""
    return torch.Tensor.addr_(input, vec1, vec2, beta=beta, alpha=alpha)


@named("mindspore.mint.npu_gelu")
def npu_gelu(input: Any, approximate: str = "none") -> Any:
    """mindspore.mint.npu_gelu: gelu by the error function ("none") or by tanh."""
    return torch.nn.functional.gelu(input, approximate=approximate)


@named("mindspore.mint.conv_tbc")
def conv_tbc(input: Any, weight: Any, bias: Any, pad: int = 0) -> Any:
    """mindspore.mint.conv_tbc: convolution of (time, N, C) with a weight (kernel, C, out) and a bias (out,)."""
    return torch.conv_tbc(input, weight, bias, pad)


@named("mindspore.mint.batch_norm_stats")
def batch_norm_stats(input: Any, eps: float) -> tuple[Any, Any]:
    """mindspore.mint.batch_norm_stats: (mean, 1 / sqrt(biased variance + eps)) of each channel of (N, C, ...)."""
    axes = [axis for axis in range(input.dim()) if axis != 1]
    variance, mean = torch.var_mean(input, axes, correction=0)
    return mean, torch.rsqrt(variance + eps)


@named("mindspore.mint.batch_norm_gather_stats_with_counts")
def batch_norm_gather_stats_with_counts(
    input: Any, mean: Any, invstd: Any, running_mean: Any = None, running_var: Any = None, momentum: float = 0.1,
    eps: float = 1e-5, counts: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """mindspore.mint.batch_norm_gather_stats_with_counts: the statistics (parts, C) of several parts as those of the whole.

    `counts` (parts,) says how many elements of a channel each part has. The running statistics are moved in place.
    """
    shares = counts.to(mean.dtype).reshape(-1, 1)
    total = shares.sum()
    whole = (mean * shares).sum(0) / total
    squares = (invstd.pow(-2) - eps + (mean - whole).square()) * shares
    variance = squares.sum(0) / total
    with torch.no_grad():
        if running_mean is not None:
            running_mean.lerp_(whole.to(running_mean.dtype), momentum)
        if running_var is not None:
            running_var.lerp_((squares.sum(0) / (total - 1)).to(running_var.dtype), momentum)
    return whole, torch.rsqrt(variance + eps)


@named("mindspore.mint.batch_norm_elemt")
def batch_norm_elemt(input: Any, weight: Any = None, bias: Any = None, mean: Any = None, invstd: Any = None, eps: float = 1e-5) -> Any:
    """mindspore.mint.batch_norm_elemt: (input - mean) · invstd · weight + bias, channel by channel. `eps` is in `invstd` already."""
    if mean is None or invstd is None:
        raise errors.invalid(TypeError, "mindspore.mint.batch_norm_elemt: mean and invstd must be Tensors")
    shape = [1, -1] + [1] * (input.dim() - 2)
    result = (input - mean.reshape(shape)) * invstd.reshape(shape)
    if weight is not None:
        result = result * weight.reshape(shape)
    return result if bias is None else result + bias.reshape(shape)
