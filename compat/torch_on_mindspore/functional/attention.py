"""Attention: weighted sums of values, and their projections in several heads.

Matrices are multiplied in MindSpore's batched products, which take the transpose as an option; masks are repeated to the full shape
before they are added, since MindSpore's broadcasting takes several times as long.
"""

from __future__ import annotations

import functools
import math
import warnings
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, linear_maps, products
from compat.torch_on_mindspore.dtypes import c_name
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.functional.dropout import dropout
from compat.torch_on_mindspore.functional.linear import linear
from compat.torch_on_mindspore.functional.matrices import number
from compat.torch_on_mindspore.functional.softmax import shares_gradient
from compat.torch_on_mindspore.natives import adopt_in
from compat.torch_on_mindspore.second_order import derived
from compat.torch_on_mindspore.tensor import Tensor, as_tensor, cast, host

ops = mindspore.ops
product = ops.operations.BatchMatMul()
scores_of = ops.operations.BatchMatMul(transpose_b=True)
softmax = ops.operations.Softmax(-1)

CAUSAL_AND_MASK = "Explicit attn_mask should not be set when is_causal=True"


# --- masks ---


@functools.lru_cache(maxsize=32)
def allowed_by_order(rows: int, columns: int) -> Any:
    """True where a query may see a key: not after its own place."""
    return np.tri(rows, columns, dtype=bool)


def additive(allowed: Any, kind: Any) -> Any:
    """A NumPy array whose True means `take part` as what is added to the scores."""
    made = mindspore.Tensor(np.where(allowed, np.float32(0), np.float32(-np.inf)))
    return made if kind == dtypes.float32 else ops.cast(made, kind)


def prepared(mask: Any, kind: Any) -> tuple[Any, Any]:
    """A mask, of booleans or to be added, as what is added to the scores; and which queries it leaves any key, None for all.

    The others are given all keys: what becomes of their weights is not left to the softmax of -inf alone, which MindSpore and PyTorch
    do not define alike.
    """
    known = mask if isinstance(mask, np.ndarray) else host(mask)
    found = (known if known.dtype == bool else known > -np.inf).any(-1, keepdims=True)
    whole = bool(found.all())
    if known.dtype == bool:
        return additive(known if whole else known | ~found, kind), None if whole else found
    mask = cast(mask, kind)
    if whole:
        return mask, None
    kept = mindspore.Tensor(np.broadcast_to(found, known.shape).copy())
    return ops.select(kept, mask, ops.zeros_like(mask)), found


def added(scores: Any, mask: Any) -> Any:
    """scores + mask, for a mask that broadcasts to the scores."""
    shape, given = tuple(scores.shape), tuple(mask.shape)
    if given != shape:
        given = (1,) * (len(shape) - len(given)) + given
        mask = linear_maps.tile(ops.reshape(mask, given), tuple(size // own if own else 1 for size, own in zip(shape, given, strict=True)))
    return ops.add(scores, mask)


# --- one head, or several side by side ---


def scaled_dot_product_attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0, is_causal: bool = False,
    scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """softmax(query · keyᵀ · scale + mask) · value, for query (…, L, E), key (…, S, E) and value (…, S, V).

    Queries that a mask leaves without any key give zeros. With `enable_gqa`, each head of key and value serves several of the query.
    RuntimeError for fewer than two dimensions, different dtypes, a mask that is neither boolean nor of the dtype of the query, and a
    mask beside `is_causal`.
    """
    check_operands(query, key, value, attn_mask, is_causal)
    if enable_gqa:
        key, value = (shared(one, query.shape[-3]) for one in (key, value))
    several = query.ndim > 2 or key.ndim > 2
    if not several:
        query, key, value = (ops.expand_dims(one, 0) for one in (query, key, value))
    found = as_tensor(weights_and_result(query, key, value, attn_mask, dropout_p, is_causal, scale, zero_rows=True)[1])
    result: Tensor = found if several else found.squeeze(0)
    return result


def check_operands(query: Any, key: Any, value: Any, mask: Any, is_causal: bool) -> None:
    if mask is not None and is_causal:
        raise invalid(RuntimeError, f"scaled_dot_product_attention: {CAUSAL_AND_MASK}")
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise invalid(
            RuntimeError,
            "scaled_dot_product_attention: Expected query, key, and value to all be  at least 2 dimensional, but got query.dim(): "
            f"{query.ndim}, key.dim(): {key.ndim} and value.dim(): {value.ndim} instead.",
        )
    if not query.dtype == key.dtype == value.dtype:
        kinds = (c_name(one) for one in (query, key, value))
        raise invalid(
            RuntimeError,
            "Expected query, key, and value to have the same dtype, but got query.dtype: {} key.dtype: {} and value.dtype: {} instead.".format(
                *kinds
            ),
        )
    if mask is not None and mask.dtype not in (dtypes.bool_, query.dtype, dtypes.float32):
        raise invalid(
            RuntimeError,
            f"Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: {c_name(mask)} and  "
            f"query.dtype: {c_name(query)} instead.",
        )
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise invalid(
            RuntimeError,
            f"Expected query and key to have as many features, and key and value as many entries, but got the shapes "
            f"{list(query.shape)}, {list(key.shape)} and {list(value.shape)}",
        )


def shared(input: Any, heads: int) -> Any:
    """`input` (…, own heads, S, E) with each head as often as makes up `heads`; RuntimeError when they do not divide."""
    own = input.shape[-3]
    if heads % own:
        raise invalid(RuntimeError, "Number of heads in key and value must divide the number of heads in query")
    if heads == own:
        return input
    times = (*(1,) * (input.ndim - 2), heads // own, 1, 1)
    return ops.reshape(linear_maps.tile(ops.expand_dims(input, -3), times), (*input.shape[:-3], heads, *input.shape[-2:]))


def weights_and_result(
    query: Any, key: Any, value: Any, mask: Any, dropout_p: float, is_causal: bool, scale: float | None, zero_rows: bool
) -> tuple[Any, Any]:
    """The weights (…, L, S), after dropout, and the result; without `zero_rows`, a query without keys gets NaN."""
    batches = {tuple(one.shape[:-2]) for one in (query, key, value)}
    if len(batches) > 1:
        batch = np.broadcast_shapes(*batches)
        query, key, value = (
            one if tuple(one.shape[:-2]) == batch else ops.broadcast_to(one, (*batch, *one.shape[-2:])) for one in (query, key, value)
        )
    factor = scale if scale is not None else 1 / math.sqrt(query.shape[-1]) if query.shape[-1] else 1.0
    scaled = query if factor == 1 else ops.mul(query, number(factor, query))
    scores = derived(scores_of(scaled, key), scores_gradient, scaled, key)
    if is_causal:
        mask = allowed_by_order(*scores.shape[-2:])
    attending = None
    if mask is not None:
        mask, attending = prepared(mask, scores.dtype)
        scores = added(scores, mask)
    weights = derived(softmax(scores), shares_gradient, scores, -1)
    if attending is not None:
        weights = ops.mul(weights, ops.cast(mindspore.Tensor(np.where(attending, 1.0, 0.0 if zero_rows else np.nan)), weights.dtype))
    if dropout_p:
        weights = dropout(as_tensor(weights), dropout_p)
    return weights, derived(product(weights, value), product_gradient, weights, value)


def scores_gradient(gradient: Any, query: Any, key: Any) -> tuple[Any, Any]:
    return products.matmul(gradient, as_tensor(key)), products.matmul(gradient.mT, as_tensor(query))


def product_gradient(gradient: Any, weights: Any, value: Any) -> tuple[Any, Any]:
    return products.matmul(gradient, as_tensor(value).mT), products.matmul(as_tensor(weights).mT, gradient)


# --- several heads, projected ---


def canonical_mask(mask: Any, mask_name: str, other_type: Any, other_name: str, target_type: Any, check_other: bool = True) -> Any:
    """A mask whose True means `left out` as what is added to the scores; one of floats stays.

    AssertionError for another dtype, a warning where boolean and float masks are mixed.
    """
    if mask is None:
        return None
    floats = mask.is_floating_point()
    if not floats and mask.dtype != dtypes.bool_:
        raise invalid(AssertionError, f"only bool and floating types of {mask_name} are supported")
    if check_other and other_type is not None and mask.dtype != other_type:
        warnings.warn(f"Support for mismatched {mask_name} and {other_name} is deprecated. Use same type for both instead.", stacklevel=3)
    return mask if floats else as_tensor(additive(~host(mask), target_type))


def check_shapes(query: Any, key: Any, value: Any, key_padding_mask: Any, attn_mask: Any, num_heads: int) -> bool:
    """Whether the inputs are batched; AssertionError for numbers of dimensions that do not go together."""
    if query.ndim not in (2, 3):
        raise invalid(AssertionError, f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor")
    kind, ndim = ("batched (3-D)", 3) if query.ndim == 3 else ("unbatched (2-D)", 2)
    if {key.ndim, value.ndim} != {ndim}:
        raise invalid(
            AssertionError,
            f"For {kind} `query`, expected `key` and `value` to be {ndim}-D but found {key.ndim}-D and {value.ndim}-D tensors respectively",
        )
    if key_padding_mask is not None and key_padding_mask.ndim != ndim - 1:
        raise invalid(
            AssertionError,
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {ndim - 1}-D but found {key_padding_mask.ndim}-D tensor instead",
        )
    if attn_mask is not None and attn_mask.ndim not in (2, 3):
        raise invalid(
            AssertionError,
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.ndim}-D tensor instead",
        )
    if ndim == 2 and attn_mask is not None and attn_mask.ndim == 3:
        expected = (num_heads, query.shape[0], key.shape[0])
        if tuple(attn_mask.shape) != expected:
            raise invalid(AssertionError, f"Expected `attn_mask` shape to be {expected} but got {attn_mask.shape}")
    return ndim == 3


def multi_head_attention_forward(
    query: Any, key: Any, value: Any, embed_dim_to_check: int, num_heads: int, in_proj_weight: Any, in_proj_bias: Any, bias_k: Any,
    bias_v: Any, add_zero_attn: bool, dropout_p: float, out_proj_weight: Any, out_proj_bias: Any, training: bool = True,
    key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None, use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None, k_proj_weight: Any = None, v_proj_weight: Any = None, static_k: Any = None, static_v: Any = None,
    average_attn_weights: bool = True, is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """Attention in `num_heads` heads of the projected inputs (L, N, E), (S, N, …), (S, N, …), or without N; see `multi_head`."""
    weights = (in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else (in_proj_weight,)
    return multi_head(
        query, key, value, embed_dim_to_check, num_heads, weights, in_proj_bias, (bias_k, bias_v), add_zero_attn,
        dropout_p if training else 0.0, out_proj_weight, out_proj_bias, key_padding_mask, need_weights, attn_mask,
        (static_k, static_v), average_attn_weights, is_causal, False, True,
    )  # fmt: skip


def multi_head(
    query: Any, key: Any, value: Any, embed_dim: int, num_heads: int, weights: tuple[Any, ...], bias: Any, extra: tuple[Any, Any],
    add_zero_attn: bool, dropout_p: float, out_weight: Any, out_bias: Any, key_padding_mask: Any, need_weights: bool, attn_mask: Any,
    static: tuple[Any, Any], average_attn_weights: bool, is_causal: bool, batch_first: bool, steps_outside: bool,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """The projected result, and the weights if they are needed; `weights` are one for all three projections, or one for each.

    With `steps_outside`, the result lies in memory step by step, as it always does in PyTorch: dropout draws in that order.
    """
    batched = check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    same = query is key and key is value
    if not batched:
        at = 0 if batch_first else 1
        query, key, value = (query.unsqueeze(at),) * 3 if same else (one.unsqueeze(at) for one in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    check_inputs(query, key, value, embed_dim, num_heads, len(weights) > 1)
    time, where = (1, 0) if batch_first else (0, 1)
    length, batch, entries = query.shape[time], query.shape[where], key.shape[time]
    key_padding_mask = canonical_mask(
        key_padding_mask, "key_padding_mask", None if attn_mask is None else attn_mask.dtype, "attn_mask", query.dtype
    )
    if is_causal and attn_mask is None:
        raise invalid(
            RuntimeError,
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask.",
        )
    causal = is_causal and key_padding_mask is None and not need_weights
    mask = None if causal else canonical_mask(attn_mask, "attn_mask", None, "", query.dtype, False)
    check_mask(mask, batch, num_heads, length, entries)
    check_padding(key_padding_mask, batch, entries)
    heads = in_projected(query, key, value, weights, bias, num_heads, batch_first)
    query, key, value = with_static(heads, static, batch, num_heads)
    key, value, columns = extended(key, value, extra, add_zero_attn, static)
    mask = joined_masks(mask, key_padding_mask, batch, num_heads, columns)
    attention, found = weights_and_result(query, key, value, mask, dropout_p, causal, None, zero_rows=not need_weights)
    if batch_first and not steps_outside:
        result = linear(
            as_tensor(ops.reshape(linear_maps.transpose(found, (0, 2, 1, 3)), (batch, length, embed_dim))), out_weight, out_bias
        )
    else:
        result = linear(
            as_tensor(ops.reshape(linear_maps.transpose(found, (2, 0, 1, 3)), (length, batch, embed_dim))), out_weight, out_bias
        )
        result = result.transpose(0, 1) if batch_first else result
    result = result if batched else result.squeeze(where)
    if not need_weights:
        return result, None
    attention = as_tensor(linear_maps.mean(attention, 1) if average_attn_weights else attention)
    return result, attention if batched else attention.squeeze(0)


def check_inputs(query: Any, key: Any, value: Any, embed_dim: int, num_heads: int, separate: bool) -> None:
    """AssertionError for sizes that do not fit each other or the number of heads."""
    if query.shape[-1] != embed_dim:
        raise invalid(AssertionError, f"was expecting embedding dimension of {embed_dim}, but got {query.shape[-1]}")
    if embed_dim % num_heads:
        raise invalid(AssertionError, f"embed_dim {embed_dim} not divisible by num_heads {num_heads}")
    if separate and key.shape[:2] != value.shape[:2]:
        raise invalid(AssertionError, f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}")
    if not separate and key.shape != value.shape:
        raise invalid(AssertionError, f"key shape {key.shape} does not match value shape {value.shape}")


def check_mask(mask: Any, batch: int, num_heads: int, length: int, entries: int) -> None:
    """RuntimeError unless the mask has the shape of the scores, of all heads or of one."""
    if mask is not None:
        expected = (length, entries) if mask.ndim == 2 else (batch * num_heads, length, entries)
        if tuple(mask.shape) != expected:
            raise invalid(RuntimeError, f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {expected}.")


def in_projected(query: Any, key: Any, value: Any, weights: tuple[Any, ...], bias: Any, num_heads: int, batch_first: bool) -> list[Any]:
    """The projected inputs, each (batch, heads, length, features of a head); inputs that are one tensor take one product."""
    if len(weights) == 1 and query is key and key is value:
        return in_heads(linear(query, weights[0], bias), 3, num_heads, batch_first)
    size = query.shape[-1]
    biases = [None] * 3 if bias is None else list(linear_maps.split(bias, size))
    if len(weights) > 1:
        pairs = zip((query, key, value), weights[1:], biases, strict=True)
        return [one for input, weight, own in pairs for one in in_heads(linear(input, weight, own), 1, num_heads, batch_first)]
    if key is value:
        first, rest = linear_maps.split(weights[0], [size, 2 * size])
        own, others = (None, None) if bias is None else linear_maps.split(bias, [size, 2 * size])
        found = in_heads(linear(query, as_tensor(first), own), 1, num_heads, batch_first)
        return found + in_heads(linear(key, as_tensor(rest), others), 2, num_heads, batch_first)
    pairs = zip((query, key, value), as_tensor(linear_maps.split(weights[0], size)), biases, strict=True)
    return [one for input, weight, own in pairs for one in in_heads(linear(input, weight, own), 1, num_heads, batch_first)]


def in_heads(projected: Any, count: int, num_heads: int, batch_first: bool) -> list[Any]:
    """`count` projections side by side, each as (batch, heads, length, features of a head)."""
    first, second, size = projected.shape
    head = size // (count * num_heads)
    if count == 1:
        split = ops.reshape(projected, (first, second, num_heads, head))
        return [linear_maps.transpose(split, (0, 2, 1, 3) if batch_first else (1, 2, 0, 3))]
    split = ops.reshape(projected, (first, second, count, num_heads, head))
    return list(linear_maps.unbind(linear_maps.transpose(split, (2, 0, 3, 1, 4) if batch_first else (2, 1, 3, 0, 4))))


def with_static(heads: list[Any], static: tuple[Any, Any], batch: int, num_heads: int) -> list[Any]:
    """The projections, of which key and value may be given: (batch · heads, S, features of a head)."""
    head = heads[0].shape[-1]
    found = heads[:1]
    for name, own, given in zip(("static_k", "static_v"), heads[1:], static, strict=True):
        if given is not None:
            for dim, expected in ((0, batch * num_heads), (2, head)):
                if given.shape[dim] != expected:
                    raise invalid(AssertionError, f"expecting {name}.size({dim}) of {expected}, but got {given.shape[dim]}")
        found.append(own if given is None else ops.reshape(given, (batch, num_heads, -1, head)))
    return found


def extended(key: Any, value: Any, extra: tuple[Any, Any], add_zero_attn: bool, static: tuple[Any, Any]) -> tuple[Any, Any, int]:
    """Key and value with a learned entry, and one of zeros, behind the others; and how many entries they have then."""
    batch, heads, _, head = key.shape
    if (extra[0] is None) != (extra[1] is None):
        raise invalid(AssertionError, "bias_k is set but bias_v is None" if extra[1] is None else "bias_v is set but bias_k is None")
    if extra[0] is not None:
        for name, given in zip(("key", "value"), static, strict=True):
            if given is not None:
                raise invalid(AssertionError, f"bias cannot be added to static {name}.")
        more = [linear_maps.tile(ops.reshape(one, (1, heads, 1, head)), (batch, 1, 1, 1)) for one in extra]
        key, value = (linear_maps.cat([one, last], 2) for one, last in zip((key, value), more, strict=True))
    if add_zero_attn:
        key, value = (linear_maps.cat([one, ops.zeros((batch, heads, 1, head), one.dtype)], 2) for one in (key, value))
    return key, value, key.shape[2]


def joined_masks(mask: Any, key_padding_mask: Any, batch: int, num_heads: int, columns: int) -> Any:
    """Both additive masks as one that broadcasts to (batch, heads, L, columns); entries behind the masked ones take part."""
    if mask is not None and mask.ndim == 3:
        mask = ops.reshape(mask, (batch, num_heads, *mask.shape[1:]))
    elif mask is not None:
        mask = ops.reshape(mask, (1, 1, *mask.shape))
    if key_padding_mask is None:
        return None if mask is None else widened(mask, columns)
    padding = widened(ops.reshape(key_padding_mask, (batch, 1, 1, -1)), columns)
    return as_tensor(padding) if mask is None else as_tensor(ops.add(widened(mask, columns), padding))


def check_padding(mask: Any, batch: int, entries: int) -> None:
    """AssertionError unless the mask is (batch, entries)."""
    for dim, size in enumerate((batch, entries)):
        if mask is not None and mask.shape[dim] != size:
            raise invalid(AssertionError, f"Expected key_padded_mask.shape[{dim}] to be {size}, but got {mask.shape[dim]}")


def widened(mask: Any, columns: int) -> Any:
    """The mask with zeros behind its last dimension, up to `columns`."""
    missing = columns - mask.shape[-1]
    return as_tensor(linear_maps.cat([mask, ops.zeros((*mask.shape[:-1], missing), mask.dtype)], -1) if missing else mask)


adopt_in(globals())
