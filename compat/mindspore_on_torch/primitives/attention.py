"""ops.flash_attention_score and its kind: attention in the layouts and with the masks of MindSpore's fused kernels, on PyTorch's own.

Layouts: BSH (batch, length, heads * size), SBH, BSND, BNSD, and TND with the lengths of its sequences added up.
"""

from __future__ import annotations

import itertools
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.operation import operation
from compat.mindspore_on_torch.primitives.common import numbers

torch: Any = frameworks.load("torch")
F: Any = frameworks.load("torch.nn.functional")

__all__ = [
    "flash_attention_score", "fused_infer_attention_score", "incre_flash_attention", "multi_scale_deformable_attn_function", "nsa_compress",
    "prompt_flash_attention", "ring_attention_update", "rotary_position_embedding", "speed_fusion_attention",
]  # fmt: skip

FAR = 2147483647
LAYOUTS = ("BSH", "SBH", "BSND", "BNSD", "TND")


def refuse(api: str, known: Any, **given: Any) -> None:
    """UnsupportedArgument for each argument that is not `known`."""
    for argument, value in given.items():
        if value is not known and value != known:
            raise errors.UnsupportedArgument(f"mindspore.ops.{api}", argument, value, repr(known))


def by_head(api: str, x: Any, layout: str, size: int) -> Any:
    """(B, N, S, D), of heads of `size`; ValueError for another layout."""
    if layout not in LAYOUTS:
        raise errors.invalid(ValueError, f"For '{api}', 'input_layout' must be one of {LAYOUTS}, but got {layout!r}.")
    if layout == "BSH":
        return x.unflatten(2, (-1, size)).transpose(1, 2)
    if layout == "SBH":
        return x.unflatten(2, (-1, size)).permute(1, 2, 0, 3)
    return {"BSND": lambda: x.transpose(1, 2), "BNSD": lambda: x, "TND": lambda: x.transpose(0, 1).unsqueeze(0)}[layout]()


def from_heads(x: Any, layout: str) -> Any:
    """The reverse of `by_head`."""
    if layout == "BSH":
        return x.transpose(1, 2).flatten(2)
    if layout == "SBH":
        return x.permute(2, 0, 1, 3).flatten(2)
    return {"BSND": lambda: x.transpose(1, 2), "BNSD": lambda: x, "TND": lambda: x.squeeze(0).transpose(0, 1)}[layout]()


def hidden(api: str, sparse_mode: int, mask: Any, rows: int, columns: int, before: int, after: int, device: Any) -> Any:
    """What must not be seen, as bool that broadcasts to (B, N, rows, columns), or None.

    sparse_mode 0: the mask, and with one, what is more than `before` back or `after` ahead. 1: the mask. 2: all behind the diagonal from the
    upper left. 3: from the lower right. 4: a band around that one. The mask of 2 to 4 holds nothing else and is not read.
    """
    if sparse_mode not in range(5):
        raise errors.UnsupportedArgument(f"mindspore.ops.{api}", "sparse_mode", sparse_mode, "0 to 4")
    if sparse_mode in (2, 3, 4) and mask is None:
        raise errors.invalid(ValueError, f"For '{api}', a mask must be given where 'sparse_mode' is {sparse_mode}.")
    found = None
    if mask is not None and sparse_mode in (0, 1):
        found = mask.to(torch.bool)
        found = found.unsqueeze(1) if found.dim() == 3 else found
    if sparse_mode in (2, 3, 4) or (sparse_mode == 0 and mask is not None and (before < FAR or after < FAR)):
        shift = columns - rows if sparse_mode in (3, 4) else 0
        ahead = torch.arange(columns, device=device) - torch.arange(rows, device=device)[:, None] - shift
        band = ahead > (0 if sparse_mode in (2, 3) else after)
        if sparse_mode in (0, 4):
            band = band | (ahead < -before)
        found = band if found is None else found | band
    return found


def attended(query: Any, key: Any, value: Any, scale: float, bias: Any, mask: Any, dropped: float = 0.0) -> Any:
    """Attention of (B, N, S, D), where several heads may share a key: softmax(scale q k + bias) v without what the mask hides."""
    if bias is not None:
        bias = bias.to(query.dtype)
        allowed = bias if mask is None else bias.masked_fill(mask, -torch.inf)
    else:
        allowed = None if mask is None else ~mask
    grouped = query.shape[1] != key.shape[1]
    return F.scaled_dot_product_attention(query, key, value, allowed, dropped, scale=scale, enable_gqa=grouped)


def pieces(api: str, query_ends: Any, key_ends: Any) -> list[tuple[slice, slice]]:
    """The sequences of a TND layout, from the sums of their lengths, which are read from a tensor; ValueError without these."""
    if query_ends is None or key_ends is None:
        raise errors.invalid(ValueError, f"For '{api}', the lengths of queries and keys must be given where 'input_layout' is 'TND'.")
    rows, columns = ([0, *numbers(ends)] for ends in (query_ends, key_ends))
    return [(slice(*row), slice(*column)) for row, column in zip(itertools.pairwise(rows), itertools.pairwise(columns), strict=True)]


def scored(
    api: str, query: Any, key: Any, value: Any, head_num: int, layout: str, scale: float, bias: Any, mask: Any, sparse_mode: int,
    before: int, after: int, query_ends: Any, key_ends: Any, key_heads: int = 0,
) -> Any:  # fmt: skip
    """Attention in a layout, sequence by sequence where that is TND."""
    size = query.shape[2] // head_num if layout in ("BSH", "SBH") else query.shape[-1]
    heads = [by_head(api, each, layout, size) for each in (query, key, value)]
    if heads[0].shape[1] != head_num or (key_heads and heads[1].shape[1] != key_heads):
        raise errors.invalid(ValueError, f"For '{api}', {head_num} heads were asked for, but the query has {heads[0].shape[1]}.")

    def one(q: Any, k: Any, v: Any) -> Any:
        masked = hidden(api, sparse_mode, mask, q.shape[2], k.shape[2], before, after, q.device)
        return attended(q, k, v, scale, bias, masked)

    if layout != "TND":
        return from_heads(one(*heads), layout)
    parts = pieces(api, query_ends, key_ends)
    return from_heads(torch.cat([one(heads[0][:, :, q], heads[1][:, :, k], heads[2][:, :, k]) for q, k in parts], 2), layout)


@operation
def flash_attention_score(
    query: Any, key: Any, value: Any, head_num: int, real_shift: Any = None, drop_mask: Any = None, padding_mask: Any = None,
    attn_mask: Any = None, prefix: Any = None, actual_seq_qlen: Any = None, actual_seq_kvlen: Any = None, keep_prob: float = 1.0,
    scalar_value: float = 1.0, pre_tokens: int = FAR, next_tokens: int = FAR, inner_precise: int = 0, input_layout: str = "BSH",
    sparse_mode: int = 0,
) -> Any:  # fmt: skip
    """mindspore.ops.flash_attention_score: softmax(scalar_value q k + real_shift) v; True in attn_mask hides. Dropout is refused."""
    api = "flash_attention_score"
    refuse(api, None, drop_mask=drop_mask, padding_mask=padding_mask, prefix=prefix)
    refuse(api, 1.0, keep_prob=keep_prob)
    return scored(api, query, key, value, head_num, input_layout, scalar_value, real_shift, attn_mask, sparse_mode,
                  pre_tokens, next_tokens, actual_seq_qlen, actual_seq_kvlen)  # fmt: skip


@operation
def speed_fusion_attention(
    query: Any, key: Any, value: Any, head_num: int, input_layout: str, *, pse: Any = None, padding_mask: Any = None,
    atten_mask: Any = None, scale: float = 1.0, keep_prob: float = 1.0, pre_tokens: int = FAR, next_tokens: int = FAR,
    inner_precise: int = 0, prefix: Any = None, actual_seq_qlen: Any = None, actual_seq_kvlen: Any = None, sparse_mode: int = 0,
    gen_mask_parallel: bool = True, sync: bool = False, pse_type: int = 1, q_start_idx: Any = None, kv_start_idx: Any = None,
) -> Any:  # fmt: skip
    """mindspore.ops.speed_fusion_attention: the attention, maximum and sum of its softmax, an empty tensor, and three 0 for dropout.

    The second and third are (B, N, S, 8) float32 and outside of the graph. Dropout and the layout TND are refused.
    """
    api = "speed_fusion_attention"
    refuse(api, None, padding_mask=padding_mask, prefix=prefix, q_start_idx=q_start_idx, kv_start_idx=kv_start_idx)
    refuse(api, 1.0, keep_prob=keep_prob)
    if pse_type not in (0, 1):
        raise errors.UnsupportedArgument(f"mindspore.ops.{api}", "pse_type", pse_type, "0 and 1")
    if input_layout == "TND":
        raise errors.UnsupportedArgument(f"mindspore.ops.{api}", "input_layout", input_layout, "BSH, SBH, BSND and BNSD")

    bias = pse * scale if pse is not None and pse_type == 1 else pse
    output = scored(api, query, key, value, head_num, input_layout, scale, bias, atten_mask, sparse_mode, pre_tokens, next_tokens,
                    actual_seq_qlen, actual_seq_kvlen)  # fmt: skip
    with torch.no_grad():
        size = query.shape[2] // head_num if input_layout in ("BSH", "SBH") else query.shape[-1]
        q, k = (by_head(api, each, input_layout, size).to(torch.float32) for each in (query, key))
        scores = q @ k.repeat_interleave(q.shape[1] // k.shape[1], 1).transpose(2, 3) * scale
        scores = scores if bias is None else scores + bias
        masked = hidden(api, sparse_mode, atten_mask, q.shape[2], k.shape[2], pre_tokens, next_tokens, q.device)
        scores = scores if masked is None else scores.masked_fill(masked, -torch.inf)
        greatest = scores.amax(3, keepdim=True)
        total = torch.exp(scores - greatest).sum(3, keepdim=True)
        wide = greatest.expand(-1, -1, -1, 8).contiguous(), total.expand(-1, -1, -1, 8).contiguous()
    return output, *wide, query.new_empty(0), 0, 0, 0


def beyond(mask: Any, lengths: Any, columns: int, device: Any) -> Any:
    """The mask, and all keys behind the length of each sequence."""
    if lengths is None:
        return mask
    ends = lengths if isinstance(lengths, torch.Tensor) else torch.tensor(numbers(lengths), device=device)
    late = (torch.arange(columns, device=device) >= ends.reshape(-1, 1).to(device))[:, None, None]
    return late if mask is None else mask | late


@operation
def prompt_flash_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, actual_seq_lengths: Any = None, actual_seq_lengths_kv: Any = None,
    pse_shift: Any = None, deq_scale1: Any = None, quant_scale1: Any = None, deq_scale2: Any = None, quant_scale2: Any = None,
    quant_offset2: Any = None, num_heads: int = 1, scale_value: float = 1.0, pre_tokens: int = FAR, next_tokens: int = 0,
    input_layout: str = "BSH", num_key_value_heads: int = 0, sparse_mode: int = 0, inner_precise: int = 1,
) -> Any:  # fmt: skip
    """mindspore.ops.prompt_flash_attention: softmax(scale_value q k + pse_shift) v; 0 for queries behind their length. No quantization."""
    api = "prompt_flash_attention"
    refuse(api, None, deq_scale1=deq_scale1, quant_scale1=quant_scale1, deq_scale2=deq_scale2, quant_scale2=quant_scale2,
           quant_offset2=quant_offset2)  # fmt: skip
    return inferred(api, query, key, value, num_heads, num_key_value_heads, input_layout, scale_value, pse_shift, attn_mask,
                    sparse_mode, pre_tokens, next_tokens, actual_seq_lengths, actual_seq_lengths_kv)  # fmt: skip


def inferred(
    api: str, query: Any, key: Any, value: Any, heads: int, key_heads: int, layout: str, scale: float, bias: Any, mask: Any,
    sparse_mode: int, before: int, after: int, query_lengths: Any, key_lengths: Any,
) -> Any:  # fmt: skip
    """Attention without a gradient's needs, over sequences cut to their lengths."""
    size = query.shape[2] // heads if layout in ("BSH", "SBH") else query.shape[-1]
    q, k, v = (by_head(api, each, layout, size) for each in (query, key, value))
    if q.shape[1] != heads or k.shape[1] != (key_heads or heads):
        raise errors.invalid(
            ValueError, f"For '{api}', the heads are {heads} and {key_heads or heads}, but got {q.shape[1]}, {k.shape[1]}."
        )
    masked = hidden(api, sparse_mode, mask, q.shape[2], k.shape[2], before, after, q.device)
    masked = beyond(masked, key_lengths, k.shape[2], q.device)
    output = attended(q, k, v, scale, None if bias is None else bias[..., : q.shape[2], : k.shape[2]], masked)
    if query_lengths is not None:
        output = output.masked_fill(beyond(None, query_lengths, q.shape[2], q.device).transpose(2, 3), 0)
    return from_heads(output, layout)


@operation
def incre_flash_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, actual_seq_lengths: Any = None, pse_shift: Any = None,
    dequant_scale1: Any = None, quant_scale1: Any = None, dequant_scale2: Any = None, quant_scale2: Any = None, quant_offset2: Any = None,
    antiquant_scale: Any = None, antiquant_offset: Any = None, block_table: Any = None, num_heads: int = 1, input_layout: str = "BSH",
    scale_value: float = 1.0, num_key_value_heads: int = 0, block_size: int = 0, inner_precise: int = 1, kv_padding_size: Any = None,
) -> Any:  # fmt: skip
    """mindspore.ops.incre_flash_attention: the attention of one query each to all keys before; key and value are lists of one tensor.

    Quantization, pages of keys, and padding in front are refused.
    """
    api = "incre_flash_attention"
    refuse(api, None, dequant_scale1=dequant_scale1, quant_scale1=quant_scale1, dequant_scale2=dequant_scale2, quant_scale2=quant_scale2,
           quant_offset2=quant_offset2, antiquant_scale=antiquant_scale, antiquant_offset=antiquant_offset, block_table=block_table,
           kv_padding_size=kv_padding_size)  # fmt: skip
    keys, values = (each[0] if isinstance(each, (tuple, list)) else each for each in (key, value))
    mask = attn_mask if attn_mask is None else attn_mask.reshape((attn_mask.shape[0], 1, 1, attn_mask.shape[-1]))
    return inferred(api, query, keys, values, num_heads, num_key_value_heads, input_layout, scale_value, pse_shift, mask, 1,
                    FAR, FAR, None, actual_seq_lengths)  # fmt: skip


@operation
def fused_infer_attention_score(
    query: Any, key: Any, value: Any, *, pse_shift: Any = None, atten_mask: Any = None,
    actual_seq_lengths: Any = None, actual_seq_lengths_kv: Any = None, dequant_scale1: Any = None, quant_scale1: Any = None,
    dequant_scale2: Any = None, quant_scale2: Any = None, quant_offset2: Any = None, antiquant_scale: Any = None,
    antiquant_offset: Any = None, key_antiquant_scale: Any = None, key_antiquant_offset: Any = None, value_antiquant_scale: Any = None,
    value_antiquant_offset: Any = None, block_table: Any = None, query_padding_size: Any = None, kv_padding_size: Any = None,
    key_shared_prefix: Any = None, value_shared_prefix: Any = None, actual_shared_prefix_len: Any = None, num_heads: int = 1,
    scale: float = 1.0, pre_tokens: int = FAR, next_tokens: int = FAR, input_layout: str = "BSH", num_key_value_heads: int = 0,
    sparse_mode: int = 0, inner_precise: int = 1, block_size: int = 0, antiquant_mode: int = 0, key_antiquant_mode: int = 0,
    value_antiquant_mode: int = 0, softmax_lse_flag: bool = False,
) -> Any:  # fmt: skip
    """mindspore.ops.fused_infer_attention_score: the attention, and an empty tensor for the logarithm of its softmax's sum, which is refused.

    Quantization, pages of keys, shared beginnings and padding in front are refused, too; key and value are lists of one tensor.
    """
    api = "fused_infer_attention_score"
    given = dict(locals())
    other = ("query", "key", "value", "pse_shift", "atten_mask", "actual_seq_lengths", "actual_seq_lengths_kv", "api")
    refuse(api, None, **{name: each for name, each in given.items() if name not in other and each is not None and not isinstance(
        each, (int, float, str, bool))})  # fmt: skip
    refuse(api, False, softmax_lse_flag=softmax_lse_flag)
    keys, values = (each[0] if isinstance(each, (tuple, list)) else each for each in (key, value))
    output = inferred(api, query, keys, values, num_heads, num_key_value_heads, input_layout, scale, pse_shift, atten_mask,
                      sparse_mode, pre_tokens, next_tokens, actual_seq_lengths, actual_seq_lengths_kv)  # fmt: skip
    return output, query.new_empty(0, dtype=torch.float32)


@operation
def ring_attention_update(
    prev_attn_out: Any, prev_softmax_max: Any, prev_softmax_sum: Any, cur_attn_out: Any, cur_softmax_max: Any, cur_softmax_sum: Any,
    actual_seq_qlen: Any = None, layout: str = "SBH",
) -> Any:  # fmt: skip
    """mindspore.ops.ring_attention_update: the attention over two sets of keys out of those over each, with maximum and sum of the softmax.

    Outputs (S, B, H), maxima and sums (B, N, S, 8).
    """
    if layout != "SBH":
        raise errors.UnsupportedArgument("mindspore.ops.ring_attention_update", "layout", layout, "'SBH'")

    greatest = torch.maximum(prev_softmax_max, cur_softmax_max)
    before = prev_softmax_sum * torch.exp(prev_softmax_max - greatest)
    now = cur_softmax_sum * torch.exp(cur_softmax_max - greatest)
    total = before + now
    size = prev_attn_out.shape[2] // total.shape[1]
    first, second = ((each / total)[..., 0].permute(2, 0, 1).repeat_interleave(size, 2) for each in (before, now))
    return (prev_attn_out * first + cur_attn_out * second).to(prev_attn_out.dtype), greatest, total


@operation
def rotary_position_embedding(x: Any, cos: Any, sin: Any, mode: int = 0) -> Any:
    """mindspore.ops.rotary_position_embedding: x cos + turned(x) sin, where mode 0 turns halves and 1 neighbours of the last axis."""
    if mode == 0:
        first, second = x.chunk(2, -1)
        turned = torch.cat([-second, first], -1)
    elif mode == 1:
        turned = torch.stack([-x[..., 1::2], x[..., ::2]], -1).flatten(-2)
    else:
        raise errors.invalid(ValueError, f"For 'rotary_position_embedding', 'mode' must be 0 or 1, but got {mode}.")
    return x * cos + turned * sin


@operation
def nsa_compress(input: Any, weight: Any, compress_block_size: int, compress_stride: int, *, actual_seq_len: Any) -> Any:
    """mindspore.ops.nsa_compress: sums of windows of each sequence of (T, N, D), weighted by (window, N); the lengths are added up."""
    parts = []
    for start, end in itertools.pairwise([0, *numbers(actual_seq_len)]):
        if end - start >= compress_block_size:
            windows = input[start:end].unfold(0, compress_block_size, compress_stride)
            parts.append(torch.einsum("wndk,kn->wnd", windows, weight))
    return torch.cat(parts) if parts else input[:0]


@operation
def multi_scale_deformable_attn_function(value: Any, shape: Any, offset: Any, locations: Any, weight: Any) -> Any:
    """mindspore.ops.multi_scale_deformable_attn_function: weighted samples of several planes.

    `value` (B, keys, N, D) has the planes one after the other, from `offset` on, of `shape` (L, 2), both read from their device;
    `locations` (B, Q, N, L, P, 2) are x and y from 0 to 1, `weight` (B, Q, N, L, P). The result is (B, Q, N * D).
    """
    batch, _, heads, size = value.shape
    queries = locations.shape[1]
    total = value.new_zeros(batch * heads, size, queries)
    for level, ((height, width), start) in enumerate(zip(numbers(shape), numbers(offset), strict=True)):
        plane = value[:, start : start + height * width].permute(0, 2, 3, 1).reshape(batch * heads, size, height, width)
        grid = (2 * locations[:, :, :, level] - 1).transpose(1, 2).flatten(0, 1)
        sampled = F.grid_sample(plane, grid, align_corners=False)
        total = total + (sampled * weight[:, :, :, level].transpose(1, 2).flatten(0, 1)[:, None]).sum(-1)
    return total.reshape(batch, heads * size, queries).transpose(1, 2).contiguous()
