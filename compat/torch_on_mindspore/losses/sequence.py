"""The connectionist temporal classification loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.torch_on_mindspore.losses import checks
from compat.torch_on_mindspore.losses.reduction import reduced

mindspore = frameworks.load("mindspore")
ops = frameworks.load("mindspore.ops")

Tensor = Any
Lengths = Any  # a Tensor of integers, or a sequence of int
HostLengths = Any  # an int64 numpy.ndarray, one length per sample

API = "torch.nn.functional.ctc_loss"


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """ops.ctc_loss has PyTorch's values and gradients, but takes no concatenated targets, no lengths in a tuple and no
    single sample, fails where a target is longer than its input, and returns a pair."""
    reduction = checks.reduction(API, reduction)
    checks.tensors(API, log_probs=log_probs, targets=targets)
    _check_options(blank, zero_infinity)
    if log_probs.ndim == 2:
        loss = _ctc_loss(ops.expand_dims(log_probs, 1), targets, input_lengths, target_lengths, blank, reduction, zero_infinity)
        return ops.reshape(loss, ())
    return _ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity)


def _ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int,
    reduction: str,
    zero_infinity: bool,
) -> Tensor:
    _check_tensors(log_probs, targets, blank)
    steps, samples, classes = log_probs.shape
    inputs = _host_lengths("input_lengths", input_lengths, samples, longest=steps)
    wanted = _host_lengths("target_lengths", target_lengths, samples)
    _check_targets(targets, wanted, samples)
    labels = _padded(targets, wanted, samples)
    _check_labels(labels, wanted, classes)
    impossible, nothing = wanted > inputs, (wanted == 0) & (inputs == 0)
    refused = impossible | nothing  # by the operator, which computes the loss of an empty target there instead
    asked_inputs = mindspore.Tensor(np.where(inputs == 0, steps, inputs))
    asked_targets = mindspore.Tensor(np.where(refused, 0, wanted))
    loss, _ = ops.ctc_loss(log_probs, labels, asked_inputs, asked_targets, blank, "none", zero_infinity)
    if refused.any():
        known = mindspore.Tensor(np.where(impossible, np.inf, 0), loss.dtype)
        nan_gradient = mindspore.Tensor(impossible & (inputs > 0) & (not zero_infinity))
        infinite = _infinite(loss, nan_gradient)
        loss = ops.where(nan_gradient, infinite, ops.where(mindspore.Tensor(refused), known, loss))
    if zero_infinity:
        loss = ops.where(loss == np.inf, 0.0, loss)
    if reduction == "mean":
        loss = loss / mindspore.Tensor(np.maximum(wanted, 1), loss.dtype)
    return reduced(API, loss, reduction)


def _infinite(loss: Tensor, where: Tensor) -> Tensor:
    """Infinity with a nan gradient, which is what PyTorch has for an impossible sample, at `where`."""
    return -ops.log(ops.where(where, 0 * loss, 1.0))


def _padded(targets: Tensor, lengths: HostLengths, samples: int) -> Tensor:
    """The targets as (N, S) int64, S at least 1, from (N, S) or from the concatenation of all targets."""
    targets = ops.cast(targets, mindspore.int64)
    longest = int(lengths.max(initial=0))
    if 0 in targets.shape or longest == 0:
        return ops.zeros((samples, 1), mindspore.int64)
    if targets.ndim == 2:
        return targets
    starts = np.cumsum(lengths) - lengths
    index = np.minimum(starts[:, None] + np.arange(longest), targets.shape[0] - 1)
    return ops.gather(targets, mindspore.Tensor(index), 0)


def _host_lengths(name: str, lengths: Lengths, samples: int, longest: int | None = None) -> HostLengths:
    """The lengths as an int64 array, checked to be one per sample, none negative and none above `longest`."""
    if isinstance(lengths, mindspore.Tensor):
        values = lengths.asnumpy()
        if values.dtype.kind not in "iu":
            raise errors.invalid(RuntimeError, f"{API}: {name} must be integers, not {lengths.dtype}")
    elif isinstance(lengths, (tuple, list)) and all(isinstance(length, int) for length in lengths):
        values = np.array(lengths, np.int64)
    else:
        raise errors.invalid(TypeError, f"{API}: {name} must be a Tensor or a tuple of int, not {lengths!r}")
    if values.size != samples:
        raise errors.invalid(RuntimeError, f"{API}: {name} must hold {samples} lengths, one per sample, not {values.size}")
    values = values.reshape(-1).astype(np.int64)
    outside = values < 0 if longest is None else (values < 0) | (values > longest)
    if outside.any():
        limit = "" if longest is None else f" and at most {longest}"
        raise errors.invalid(RuntimeError, f"{API}: {name} must be at least 0{limit}, got {values[outside][0]}")
    return values


def _check_targets(targets: Tensor, lengths: HostLengths, samples: int) -> None:
    given = tuple(targets.shape)
    longest, together = int(lengths.max(initial=0)), int(lengths.sum())
    fits = given[0] == samples and given[1] >= longest if len(given) == 2 else given == (together,)
    if not fits:
        expected = f"[{samples}, {longest}] or longer, or [{together}]"
        raise errors.invalid(RuntimeError, f"{API}: targets must have shape {expected}, not {list(given)}")


def _check_labels(labels: Tensor, lengths: HostLengths, classes: int) -> None:
    """PyTorch reads out of bounds where this raises RuntimeError."""
    values = labels.asnumpy()
    read = values[np.arange(values.shape[1]) < lengths[:, None]]
    outside = read[(read < 0) | (read >= classes)]
    if outside.size:
        raise errors.invalid(RuntimeError, f"{API}: targets must be in 0..{classes - 1}, got {outside[0]}")


def _check_options(blank: int, zero_infinity: bool) -> None:
    if not isinstance(blank, int):
        raise errors.invalid(TypeError, f"{API}: blank must be int, not {type(blank).__name__}")
    if not isinstance(zero_infinity, bool):
        raise errors.invalid(TypeError, f"{API}: zero_infinity must be bool, not {type(zero_infinity).__name__}")


def _check_tensors(log_probs: Tensor, targets: Tensor, blank: int) -> None:
    checks.floating(API, log_probs=log_probs)
    checks.not_half(API, log_probs=log_probs)
    if log_probs.ndim != 3:
        raise errors.invalid(RuntimeError, f"{API}: log_probs must be (T, N, C) or (T, C), not {list(log_probs.shape)}")
    if not 0 <= blank < log_probs.shape[2]:
        raise errors.invalid(RuntimeError, f"{API}: blank must be in 0..{log_probs.shape[2] - 1}, got {blank}")
