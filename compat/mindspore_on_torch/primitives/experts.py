"""ops.moe_token_permute and its kind: rows of tokens in the order of the experts that get them, and back."""

from __future__ import annotations

from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = ["moe_init_routing_v2", "moe_token_permute", "moe_token_unpermute"]


@operation
def moe_token_permute(tokens: Any, indices: Any, num_out_tokens: int | None = None, padded_mode: bool = False) -> Any:
    """mindspore.ops.moe_token_permute: tokens (T, H) by their experts (T, K) or (T,), and for each of the T K where it went, int32."""
    if padded_mode:
        raise errors.UnsupportedArgument("mindspore.ops.moe_token_permute", "padded_mode", padded_mode, "False")

    count = 1 if indices.dim() == 1 else indices.shape[1]
    order = torch.argsort(indices.reshape(-1), stable=True)
    return tokens[order[:num_out_tokens] // count], torch.argsort(order).to(torch.int32)


@operation
def moe_token_unpermute(
    permuted_tokens: Any, sorted_indices: Any, probs: Any = None, padded_mode: bool = False, restore_shape: Any = None
) -> Any:  # fmt: skip
    """mindspore.ops.moe_token_unpermute: the tokens back in their places; with `probs` (T, K) the weighted sum of the K of each token."""
    if padded_mode:
        raise errors.UnsupportedArgument("mindspore.ops.moe_token_unpermute", "padded_mode", padded_mode, "False")

    places = sorted_indices.long()
    kept = places < len(permuted_tokens)
    rows = permuted_tokens[torch.where(kept, places, 0)] * kept[:, None].to(permuted_tokens.dtype)
    if probs is None:
        return rows
    return (rows.reshape(*probs.shape, -1) * probs[..., None].to(rows.dtype)).sum(1)


@operation
def moe_init_routing_v2(
    x: Any, expert_idx: Any, active_num: int, expert_capacity: int, expert_num: int, drop_pad_mode: int,
    expert_tokens_count_or_cumsum_flag: int, expert_tokens_before_capacity_flag: bool,
) -> Any:  # fmt: skip
    """mindspore.ops.moe_init_routing_v2: tokens (T, H) in the order of their experts (T, K), where each went, and two counts of tokens.

    With drop_pad_mode 1 the first is (experts, capacity, H), filled up with zeros, and -1 stands for a token that no longer fitted.
    The counts, each (experts,) int32, are sums so far or numbers (flag 1 or 2), and numbers before anything was dropped; zeros unless asked for.
    """
    flat = expert_idx.reshape(-1).long()
    order = torch.argsort(flat, stable=True)
    place = torch.argsort(order)
    counts = torch.zeros(expert_num, dtype=torch.int64, device=x.device)
    if expert_num:
        counts = counts.scatter_add(0, flat.clamp(max=expert_num - 1), torch.ones_like(flat))
    number = torch.zeros(expert_num, dtype=torch.int32, device=x.device)
    before = number
    if drop_pad_mode == 0:
        kept = order[:active_num] if active_num else order
        if expert_tokens_count_or_cumsum_flag:
            number = (torch.cumsum(counts, 0) if expert_tokens_count_or_cumsum_flag == 1 else counts).to(torch.int32)
        return x[kept // expert_idx.shape[1]], place.to(torch.int32), number, before
    if drop_pad_mode != 1:
        raise errors.invalid(ValueError, f"For 'moe_init_routing_v2', 'drop_pad_mode' must be 0 or 1, but got {drop_pad_mode}.")
    rank = place - (torch.cumsum(counts, 0) - counts)[flat]
    fits = rank < expert_capacity
    slot = torch.where(fits, flat * expert_capacity + rank, -1)
    # Those that don't fit are written behind the end, which is cut off.
    target = torch.where(fits, slot, expert_num * expert_capacity)
    source = torch.arange(len(flat), device=x.device) // expert_idx.shape[1]
    rows = x.new_zeros(expert_num * expert_capacity + 1, x.shape[1]).index_copy(0, target, x[source])
    before = counts.to(torch.int32) if expert_tokens_before_capacity_flag else before
    return rows[:-1].reshape(expert_num, expert_capacity, -1), slot.to(torch.int32), number, before
