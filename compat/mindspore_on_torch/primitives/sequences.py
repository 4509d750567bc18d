"""ops.CTCLoss, CTCGreedyDecoder, RNNTLoss, EditDistance, NoRepeatNGram: what compares or decodes sequences."""

from __future__ import annotations

import itertools
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.primitives.base import primitive
from compat.mindspore_on_torch.primitives.common import numbers

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = ["CTCGreedyDecoder", "CTCLoss", "EditDistance", "NoRepeatNGram", "RNNTLoss"]


@primitive
def CTCLoss(
    x: Any, labels_indices: Any, labels_values: Any, sequence_length: Any, *, preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True, ignore_longer_outputs_than_inputs: bool = False,
) -> Any:  # fmt: skip
    """The loss (N,) of scores (T, N, C), whose last class is the blank, and its gradient for the scores.

    Labels come as a sparse matrix of batch and time. Label sequences are put together on the host.
    """
    if not ctc_merge_repeated:
        raise errors.UnsupportedArgument("mindspore.ops.CTCLoss", "ctc_merge_repeated", False, "True")
    batch = x.shape[1]
    rows: list[list[int]] = [[] for _ in range(batch)]
    for (row, _), label in zip(numbers(labels_indices), numbers(labels_values), strict=True):
        rows[row].append(label)
    if preprocess_collapse_repeated:
        rows = [[label for label, _ in itertools.groupby(row)] for row in rows]
    steps = numbers(sequence_length)
    if not ignore_longer_outputs_than_inputs and any(len(row) > length for row, length in zip(rows, steps, strict=True)):
        raise errors.invalid(RuntimeError, "For 'CTCLoss', a label sequence is longer than its input.")
    targets = torch.tensor(list(itertools.chain(*rows)), dtype=torch.int64, device=x.device)
    sizes = torch.tensor([len(row) for row in rows], device="cpu")

    def loss_of(scores: Any) -> Any:
        log = F.log_softmax(scores.to(torch.float32) if scores.dtype == torch.float16 else scores, 2)
        # PyTorch's other kernels take no blank but 0.
        log = log.roll(1, 2)
        options = torch.tensor(steps, device="cpu"), sizes, 0, "none", ignore_longer_outputs_than_inputs
        return F.ctc_loss(log, (targets + 1) % log.shape[2], *options).to(scores.dtype)

    with torch.enable_grad():
        leaf = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(loss_of(leaf).sum(), leaf)
    return loss_of(x), gradient


@primitive
def CTCGreedyDecoder(inputs: Any, sequence_length: Any, *, merge_repeated: bool = True) -> Any:
    """The likeliest classes of scores (T, N, C) without blanks, the last class, as a sparse matrix: (indices, values, shape) of int64.

    The fourth result (N, 1) is minus the sum of the scores of the likeliest classes.
    """
    steps, batch, classes = inputs.shape
    best, path = inputs.max(2)
    used = torch.arange(steps, device=inputs.device)[:, None] < sequence_length.to(inputs.device)
    kept = used & (path != classes - 1)
    if merge_repeated:
        kept[1:] &= path[1:] != path[:-1]
    kept = kept.t()
    places = torch.cumsum(kept, 1) - 1
    rows = torch.arange(batch, device=inputs.device)[:, None].expand(kept.shape)
    indices = torch.stack([rows[kept], places[kept]], 1)
    longest = kept.sum(1).max() if batch else kept.sum()
    shape = torch.stack([torch.full_like(longest, batch), longest])
    return indices, path.t()[kept], shape, -torch.where(used, best, torch.zeros_like(best)).sum(0)[:, None]


@primitive
def RNNTLoss(acts: Any, labels: Any, input_lengths: Any, label_lengths: Any, *, blank_label: int = 0) -> Any:
    """The transducer's loss (B,) of scores (B, T, U, V), which go through log softmax, and its gradient for them."""
    steps, outputs = acts.shape[1:3]
    frames, tokens = input_lengths.long(), label_lengths.long()

    def loss_of(scores: Any) -> Any:
        log = F.log_softmax(scores.to(torch.float32), 3)
        blanks = log[..., blank_label]
        emitted = log[:, :, :-1].gather(3, labels.long()[:, None, :, None].expand(-1, steps, -1, 1))[..., 0]
        forward: list[list[Any]] = []
        for t in range(steps):
            row: list[Any] = []
            for u in range(outputs):
                ways = [forward[t - 1][u] + blanks[:, t - 1, u]] if t else []
                ways += [row[u - 1] + emitted[:, t, u - 1]] if u else []
                row.append(torch.logsumexp(torch.stack(ways), 0) if ways else torch.zeros_like(blanks[:, 0, 0]))
            forward.append(row)
        table = torch.stack([torch.stack(row, 1) for row in forward], 1) + blanks
        batch = torch.arange(len(table), device=table.device)
        return -table[batch, frames - 1, tokens]

    with torch.enable_grad():
        leaf = acts.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(loss_of(leaf).sum(), leaf)
    return loss_of(acts).to(acts.dtype), gradient


@primitive
def EditDistance(
    hypothesis_indices: Any, hypothesis_values: Any, hypothesis_shape: Any, truth_indices: Any, truth_values: Any, truth_shape: Any, *,
    normalize: bool = True,
) -> Any:  # fmt: skip
    """Levenshtein's distance of the sequences along the last axis of two sparse tensors, float32; computed on the host.

    With `normalize` it is divided by the length of the truth; infinite where only that is empty.
    """
    shape = [max(pair) for pair in zip(numbers(hypothesis_shape)[:-1], numbers(truth_shape)[:-1], strict=True)]
    mine, theirs = (
        grouped(numbers(indices), numbers(values))
        for indices, values in ((hypothesis_indices, hypothesis_values), (truth_indices, truth_values))
    )
    result = torch.zeros(shape, dtype=torch.float32, device="cpu")
    for key in mine.keys() | theirs.keys():
        truth = theirs.get(key, [])
        edits = float(distance(mine.get(key, []), truth))
        if normalize:
            edits = edits / len(truth) if truth else float("inf") if edits else 0.0
        result[key] = edits
    return result.to(hypothesis_values.device)


def grouped(indices: list[list[int]], values: list[Any]) -> dict[tuple[int, ...], list[Any]]:
    """The values of each sequence, in the order given."""
    found: dict[tuple[int, ...], list[Any]] = {}
    for place, value in zip(indices, values, strict=True):
        found.setdefault(tuple(place[:-1]), []).append(value)
    return found


def distance(first: list[Any], second: list[Any]) -> int:
    """The least number of insertions, deletions and replacements."""
    row = list(range(len(second) + 1))
    for count, item in enumerate(first, 1):
        diagonal, row[0] = row[0], count
        for place, other in enumerate(second, 1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (item != other))
    return row[-1]


@primitive
def NoRepeatNGram(state_seq: Any, log_probs: Any, *, ngram_size: int = 1) -> Any:
    """The lowest number for each word (…, vocabulary) that would repeat `ngram_size` words of the sequence (…, length)."""
    size, length = ngram_size, state_seq.shape[-1]
    if not 0 < size <= length:
        raise errors.invalid(ValueError, f"For 'NoRepeatNGram', 'ngram_size' must be within 1 and the length {length}, but got {size}.")
    grams = state_seq.long().unfold(-1, size, 1)
    last = state_seq.long()[..., length - size + 1 :]
    same = (grams[..., :-1] == last.unsqueeze(-2)).all(-1)
    banned = torch.zeros(log_probs.shape, dtype=torch.int64, device=log_probs.device)
    banned = banned.scatter_add(-1, grams[..., -1], same.to(torch.int64))
    return log_probs.masked_fill(banned > 0, torch.finfo(log_probs.dtype).min)
