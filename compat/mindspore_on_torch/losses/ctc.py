"""Connectionist temporal classification: the loss, and the forward variables that MindSpore returns with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.losses.common import cast, reduced

torch = frameworks.load("torch")
F = frameworks.load("torch.nn.functional")

Tensor = Any
Lengths = Any  # a rank-1 integer Tensor, or a tuple of int


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> tuple[Tensor, Tensor]:
    """PyTorch returns the loss only; MindSpore returns it with log alpha, (N, T, 2S + 1), -inf where no path passes.

    `log_probs` is (T, N, C), `targets` (N, S). Lengths that don't fit raise RuntimeError, and labels outside
    [0, C) raise ValueError.
    """
    inputs, labels = _integers(input_lengths), _integers(target_lengths)
    _check_lengths(inputs, labels, log_probs.shape[0], targets.shape[1])
    _check_labels(targets, labels, log_probs.shape[2])
    # The operator behind F.ctc_loss: it alone returns log alpha.
    loss, log_alpha = torch.ops.aten._ctc_loss(log_probs, cast(targets, torch.int64), inputs, labels, blank, zero_infinity)
    if zero_infinity:
        loss = torch.where(torch.isinf(loss), torch.zeros_like(loss), loss)
    if reduction == "mean":
        loss = loss / torch.tensor([max(length, 1) for length in labels], dtype=loss.dtype, device=loss.device)
    return reduced(loss, reduction), _log_alpha(log_alpha, inputs, labels, targets.shape[1])


def ctc_loss_module(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """`nn.CTCLoss` returns the loss alone, and takes one unbatched sequence: (T, C), with targets (S) or (1, S)."""
    if log_probs.ndim != 2:
        return ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity)[0]
    if targets.ndim > 2 or (targets.ndim == 2 and targets.shape[0] != 1):
        raise errors.invalid(ValueError, f"mindspore.nn.CTCLoss: targets of one sequence are (S) or (1, S), not {tuple(targets.shape)}")
    for name, lengths in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        if isinstance(lengths, torch.Tensor) and lengths.ndim != 1:
            raise errors.invalid(ValueError, f"mindspore.nn.CTCLoss: the dimension of {name} must be 1, not {lengths.ndim}")
    batch, labels = torch.unsqueeze(log_probs, 1), torch.reshape(targets, (1, -1))
    loss, _ = ctc_loss(batch, labels, input_lengths, target_lengths, blank, reduction, zero_infinity)
    return torch.reshape(loss, ())


def _integers(lengths: Lengths) -> Sequence[int]:
    return tuple(torch.Tensor.tolist(lengths) if isinstance(lengths, torch.Tensor) else lengths)


def _check_lengths(inputs: Sequence[int], labels: Sequence[int], steps: int, width: int) -> None:
    for name, lengths, longest in (("input_lengths", inputs, steps), ("target_lengths", labels, width)):
        if any(not 0 <= length <= longest for length in lengths):
            raise errors.invalid(RuntimeError, f"mindspore.ops.ctc_loss: {name} must be between 0 and {longest}, not {list(lengths)}")


def _check_labels(targets: Tensor, lengths: Sequence[int], classes: int) -> None:
    """Neither framework looks: both read past the end of `log_probs`, and PyTorch can crash. Padding is free."""
    used = torch.arange(targets.shape[1], device=targets.device) < torch.tensor(lengths, device=targets.device)[:, None]
    if torch.any(used & ((targets < 0) | (targets >= classes))):
        raise errors.invalid(ValueError, f"mindspore.ops.ctc_loss: targets must be classes from 0 to {classes - 1}")


def _log_alpha(log_alpha: Tensor, inputs: Sequence[int], labels: Sequence[int], longest: int) -> Tensor:
    """`log_alpha` as wide as the longest possible target; what PyTorch leaves uninitialised becomes -inf."""
    log_alpha = torch.detach(log_alpha)
    width = 2 * longest + 1
    log_alpha = F.pad(log_alpha, (0, width - log_alpha.shape[2]))
    device = log_alpha.device
    steps = torch.arange(log_alpha.shape[1], device=device)[None, :, None]
    states = torch.arange(width, device=device)[None, None, :]
    used_steps = torch.tensor(inputs, device=device)[:, None, None]
    used_states = 2 * torch.tensor(labels, device=device)[:, None, None] + 1
    used = (steps < used_steps) & (states < used_states)
    return torch.where(used, log_alpha, float("-inf"))
