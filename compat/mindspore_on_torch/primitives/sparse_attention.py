"""ops.lightning_indexer, sparse_flash_attention, nsa_select_attention: attention to some of the keys, which are picked for each query."""

from __future__ import annotations

import itertools
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.attention import refuse
from compat.mindspore_on_torch.primitives.common import numbers

torch: Any = frameworks.load("torch")

__all__ = ["lightning_indexer", "nsa_select_attention", "sparse_flash_attention"]

FAR = 2**63 - 1


def paged(keys: Any, block_table: Any) -> Any:
    """Keys (B, S, N, D) out of pages (blocks, size, N, D), by the table (B, pages of each)."""
    return keys[block_table.long()].flatten(1, 2)


def only(api: str, **given: tuple[Any, tuple[Any, ...]]) -> None:
    """UnsupportedArgument unless each argument has one of its values."""
    for argument, (value, known) in given.items():
        if value not in known:
            raise errors.UnsupportedArgument(f"mindspore.ops.{api}", argument, value, " or ".join(map(repr, known)))


def visible(rows: int, columns: int, row_ends: Any, column_ends: Any, causal: bool, device: Any) -> Any:
    """Which keys a query may see, (B or 1, rows, columns): those within the lengths, and with `causal` none behind its own place.

    The last query stands at the last key.
    """
    row, column = torch.arange(rows, device=device)[:, None], torch.arange(columns, device=device)
    last_row = torch.tensor([rows], device=device) if row_ends is None else torch.as_tensor(row_ends, device=device)
    last = torch.tensor([columns], device=device) if column_ends is None else torch.as_tensor(column_ends, device=device)
    seen = column < last.reshape(-1, 1, 1)
    return seen & (column <= row + (last - last_row).reshape(-1, 1, 1)) if causal else seen.expand(-1, rows, -1)


@operation
def lightning_indexer(
    query: Any, key: Any, weights: Any, *, actual_seq_lengths_query: Any = None, actual_seq_lengths_key: Any = None,
    block_table: Any = None, layout_query: str = "BSND", layout_key: str = "BSND", sparse_count: int = 2048, sparse_mode: int = 3,
    pre_tokens: int = FAR, next_tokens: int = FAR, return_value: bool = False,
) -> Any:  # fmt: skip
    """mindspore.ops.lightning_indexer: for each query the keys with the greatest sum over heads of weight * relu(q k).

    Indices (B, S, 1, sparse_count) int32, -1 where fewer keys are seen, and with `return_value` their sums, else an empty tensor.
    Layouts BSND, and PA_BSND for keys.
    """
    only("lightning_indexer", layout_query=(layout_query, ("BSND",)), layout_key=(layout_key, ("BSND", "PA_BSND")),
         sparse_mode=(sparse_mode, (0, 3)), pre_tokens=(pre_tokens, (FAR,)), next_tokens=(next_tokens, (FAR,)))  # fmt: skip
    keys = paged(key, block_table) if layout_key == "PA_BSND" else key
    # One head of queries at a time: all scores at once would take heads times the memory.
    total = sum(
        torch.relu(query[:, :, n].float() @ keys[:, :, 0].float().mT) * weights[:, :, n, None].float() for n in range(query.shape[2])
    )
    sizes = query.shape[1], keys.shape[1], actual_seq_lengths_query, actual_seq_lengths_key
    total = torch.where(visible(*sizes, sparse_mode == 3, query.device), total, -torch.inf)
    count = min(sparse_count, keys.shape[1])
    values, places = total.topk(count, -1)
    places = torch.where(values == -torch.inf, -1, places)
    places = torch.nn.functional.pad(places, (0, sparse_count - count), value=-1).to(torch.int32)[:, :, None]
    if not return_value:
        return places, query.new_empty(0)
    values = torch.nn.functional.pad(values, (0, sparse_count - count), value=-torch.inf)
    return places, values.to(query.dtype)[:, :, None]


def softmaxed(scores: Any, value: Any, equation: str) -> tuple[Any, Any, Any]:
    """The weighted values, with maximum and sum of the softmax; 0 for a query that sees nothing."""
    greatest = scores.amax(-1, keepdim=True)
    grown = torch.exp(scores - greatest.clamp(min=torch.finfo(scores.dtype).min))
    total = grown.sum(-1, keepdim=True)
    return torch.einsum(equation, grown / total.clamp(min=torch.finfo(scores.dtype).tiny), value), greatest[..., 0], total[..., 0]


@operation
def sparse_flash_attention(
    query: Any, key: Any, value: Any, sparse_indices: Any, scale_value: float, *, block_table: Any = None,
    actual_seq_lengths_query: Any = None, actual_seq_lengths_kv: Any = None, query_rope: Any = None, key_rope: Any = None,
    sparse_block_size: int = 1, layout_query: str = "BSND", layout_kv: str = "BSND", sparse_mode: int = 3, pre_tokens: int = FAR,
    next_tokens: int = FAR, attention_mode: int = 0, return_softmax_lse: bool = False,
) -> Any:  # fmt: skip
    """mindspore.ops.sparse_flash_attention: attention of (B, S, N, D) to the keys of one head that `sparse_indices` (B, S, 1, K) picks.

    Returns it with maximum and sum of its softmax, (B, 1, S, N) float32, empty unless `return_softmax_lse`. An index of -1 picks none.
    attention_mode 2, with ropes added to the products, layouts BSND and for keys PA_BSND, and blocks of one key.
    """
    api = "sparse_flash_attention"
    only(api, attention_mode=(attention_mode, (2,)), sparse_block_size=(sparse_block_size, (1,)), layout_query=(layout_query, ("BSND",)),
         layout_kv=(layout_kv, ("BSND", "PA_BSND")), sparse_mode=(sparse_mode, (0, 3)), pre_tokens=(pre_tokens, (FAR,)),
         next_tokens=(next_tokens, (FAR,)))  # fmt: skip
    if query_rope is None or key_rope is None:
        raise errors.invalid(ValueError, f"For '{api}', query_rope and key_rope must be given where attention_mode is 2.")
    keys, values, ropes = (paged(each, block_table) if layout_kv == "PA_BSND" else each for each in (key, value, key_rope))
    places = sparse_indices[:, :, 0].long()
    picked = places.clamp(min=0)
    sizes = query.shape[1], keys.shape[1], actual_seq_lengths_query, actual_seq_lengths_kv
    seen = visible(*sizes, sparse_mode == 3, query.device).expand(len(query), -1, -1).gather(2, picked) & (places >= 0)
    batch = torch.arange(len(query), device=query.device)[:, None, None]
    chosen, chosen_values, chosen_ropes = (each[batch, picked, 0] for each in (keys, values, ropes))
    scores = torch.einsum("bsnd,bskd->bsnk", query, chosen) + torch.einsum("bsnd,bskd->bsnk", query_rope, chosen_ropes)
    scores = (scores.float() * scale_value).masked_fill(~seen[:, :, None], -torch.inf)
    output, greatest, total = softmaxed(scores, chosen_values.float(), "bsnk,bskd->bsnd")
    rest = (greatest[:, None], total[:, None]) if return_softmax_lse else (scores.new_empty(0), scores.new_empty(0))
    return output.to(query.dtype), *rest


@operation
def nsa_select_attention(
    query: Any, key: Any, value: Any, topk_indices: Any, scale_value: float, head_num: int, select_block_size: int,
    select_block_count: int, *, atten_mask: Any = None, actual_seq_qlen: Any, actual_seq_kvlen: Any,
) -> Any:  # fmt: skip
    """mindspore.ops.nsa_select_attention: attention of (T, N, D) to the blocks of keys that `topk_indices` (T, key heads, blocks) lists.

    Sequences follow each other; the sums of their lengths tell them apart. With maximum and sum of the softmax, (T, N, 8) float32.
    """
    refuse("nsa_select_attention", None, atten_mask=atten_mask)
    if query.shape[1] != head_num or topk_indices.shape[2] != select_block_count:
        raise errors.invalid(RuntimeError, f"For 'nsa_select_attention', {head_num} heads and {select_block_count} blocks are asked for.")
    group = head_num // key.shape[1]
    parts = []
    ends = ([0, *numbers(each)] for each in (actual_seq_qlen, actual_seq_kvlen))
    for (start, end), (first, last) in zip(*(itertools.pairwise(each) for each in ends), strict=True):
        places = topk_indices[start:end].long()[..., None] * select_block_size + torch.arange(select_block_size, device=key.device)
        places = places.flatten(2)
        inside = places < last - first
        heads = torch.arange(key.shape[1], device=key.device)[None, :, None]
        chosen, values = (each[first:last][places.clamp(max=last - first - 1), heads] for each in (key, value))
        grouped = query[start:end].unflatten(1, (-1, group))
        scores = torch.einsum("tngd,tnkd->tngk", grouped, chosen).float() * scale_value
        output, *rest = softmaxed(scores.masked_fill(~inside[:, :, None], -torch.inf), values.float(), "tngk,tnkd->tngd")
        parts.append((output.flatten(1, 2).to(query.dtype), *(each.flatten(1, 2)[..., None].expand(-1, -1, 8) for each in rest)))
    return tuple(torch.cat(each) for each in zip(*parts, strict=True))
