"""nn.MultiheadAttention and the layers of nn.Transformer."""

from __future__ import annotations

import copy
import math
from typing import Any

from compat import frameworks
from compat.mindspore_on_torch import dtypes, elementwise
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.containers import CellList
from compat.mindspore_on_torch.initializers import HeUniform, Uniform, XavierNormal, XavierUniform, initializer
from compat.mindspore_on_torch.layers.basic import Dense
from compat.mindspore_on_torch.layers.dropout import Dropout
from compat.mindspore_on_torch.layers.layer import Layer, computed, new_parameter, refuse
from compat.mindspore_on_torch.layers.normalization import LayerNorm

torch: Any = frameworks.load("torch")


class MultiheadAttention(Layer):
    """nn.MultiheadAttention. The result is always a tuple: (output, weights), or (output,) with need_weights=False."""

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, has_bias: bool = True, add_bias_kv: bool = False,
        add_zero_attn: bool = False, kdim: int | None = None, vdim: int | None = None, batch_first: bool = False,
        dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        dtype = dtypes.float32 if dtype is None else dtype
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim, self.vdim = embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
        self.head_dim, self.add_zero_attn = embed_dim // num_heads, add_zero_attn
        if self.head_dim * num_heads != embed_dim:
            raise refuse(self, "the init argument 'embed_dim' must be divisible by 'num_heads'.")
        self.packed = self.kdim == embed_dim and self.vdim == embed_dim
        widths = {} if self.packed else {"q": embed_dim, "k": self.kdim, "v": self.vdim}
        self.in_proj_weight: Any = None
        for letter in "qkv":
            name, width = f"{letter}_proj_weight", widths.get(letter)
            setattr(self, name, width and new_parameter(name, XavierUniform(), (embed_dim, width), dtype))
        if self.packed:
            self.in_proj_weight = new_parameter("in_proj_weight", XavierUniform(), (3 * embed_dim, embed_dim), dtype)
        self.in_proj_bias: Any = new_parameter("in_proj_bias", "zeros", 3 * embed_dim, dtype) if has_bias else None
        self.out_proj = dense(embed_dim, embed_dim, embed_dim, dtype, has_bias)
        self.bias_k: Any = new_parameter("bias_k", XavierNormal(), (1, 1, embed_dim), dtype) if add_bias_kv else None
        self.bias_v: Any = new_parameter("bias_v", XavierNormal(), (1, 1, embed_dim), dtype) if add_bias_kv else None

    @computed
    def construct(
        self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None,
        average_attn_weights: bool = True,
    ) -> Any:  # fmt: skip
        check_padding_mask(self, key_padding_mask)
        if attn_mask is not None and attn_mask.dtype == torch.uint8:
            attn_mask = attn_mask.bool()
        if key_padding_mask is not None and attn_mask is not None and key_padding_mask.dtype != attn_mask.dtype:
            key_padding_mask, attn_mask = additive(key_padding_mask, query.dtype), additive(attn_mask, query.dtype)
        swapped = self.batch_first and query.dim() == 3
        if swapped:
            query, key, value = (tensor.transpose(0, 1) for tensor in (query, key, value))
        output, weights = torch.nn.functional.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k, self.bias_v,
            self.add_zero_attn, float(self.dropout), self.out_proj.weight, self.out_proj.bias, self.training, key_padding_mask,
            need_weights, attn_mask, not self.packed, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight,
            average_attn_weights=average_attn_weights,
        )  # fmt: skip
        output = output.transpose(0, 1) if swapped else output
        return (output, weights) if need_weights else (output,)


def dense(inputs: int, outputs: int, fan_in: int, dtype: Any, has_bias: bool = True) -> Dense:
    """A Dense that starts with He's uniform weights and a bias uniform in ± 1/sqrt(fan_in)."""
    return Dense(inputs, outputs, HeUniform(math.sqrt(5)), Uniform(1 / math.sqrt(fan_in)), has_bias, None, dtype)


def check_padding_mask(layer: Cell, mask: Any) -> None:
    """ValueError for a mask of integers."""
    if mask is not None and mask.dtype != torch.bool and not mask.is_floating_point():
        raise refuse(layer, "only bool and floating types of key_padding_mask are supported")


def additive(mask: Any, dtype: Any) -> Any:
    """A mask as numbers that are added to the scores: -∞ where a bool mask is True."""
    return torch.zeros_like(mask, dtype=dtype).masked_fill(mask, -math.inf) if mask.dtype == torch.bool else mask


ACTIVATIONS = {"relu": elementwise.relu, "gelu": elementwise.gelu}


class TransformerLayer(Layer):
    """What the layers of encoder and decoder share: the feed-forward part, and the arguments that a stack of them is made from."""

    attentions: tuple[str, ...] = ()

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = "relu",
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        if isinstance(activation, str) and activation not in ACTIVATIONS:
            raise refuse(self, f"The activation must be relu/gelu, but get {activation}")
        if not isinstance(activation, str) and getattr(activation, "__name__", "") not in ACTIVATIONS:
            raise refuse(self, f"The argument 'activation' must be ops.relu or ops.gelu instance, but get {activation}.")
        # MindSpore keeps the arguments under these names, too.
        self.arguments = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, dtype)
        self.d_model, self.nhead, self.dim_feedforward, self.batch_first = d_model, nhead, dim_feedforward, batch_first
        self.norm_first = norm_first
        for name in self.attentions:
            setattr(self, name, MultiheadAttention(d_model, nhead, dropout, batch_first=batch_first, dtype=dtype))
        self.dense1 = dense(d_model, dim_feedforward, d_model, dtype)
        self.dropout = Dropout(p=dropout)
        self.dense2 = dense(dim_feedforward, d_model, dim_feedforward, dtype)
        parts = range(1, len(self.attentions) + 2)
        for part in parts:
            setattr(self, f"norm{part}", LayerNorm((d_model,), epsilon=layer_norm_eps, dtype=dtype))
        for part in parts:
            setattr(self, f"dropout{part}", Dropout(p=dropout))
        self.activation = ACTIVATIONS[activation] if isinstance(activation, str) else activation

    def run(self, x: Any, *parts: Any) -> Any:
        """The parts one after the other, each with what it got added, normalised before or after."""
        for number, part in enumerate(parts, 1):
            norm, drop = getattr(self, f"norm{number}"), getattr(self, f"dropout{number}")
            x = x + drop(part(norm(x))) if self.norm_first else norm(x + drop(part(x)))
        return x

    def feed_forward(self, x: Any) -> Any:
        """Two Dense layers with the activation between them."""
        return self.dense2(self.dropout(self.activation(self.dense1(x))))


class TransformerEncoderLayer(TransformerLayer):
    """nn.TransformerEncoderLayer: attention of a sequence to itself, then the feed-forward part."""

    attentions = ("self_attn",)

    def construct(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None) -> Any:
        def attend(x: Any) -> Any:
            return self.self_attn(x, x, x, src_key_padding_mask, False, src_mask)[0]

        return self.run(src, attend, self.feed_forward)


class TransformerDecoderLayer(TransformerLayer):
    """nn.TransformerDecoderLayer: attention of a sequence to itself and to a memory, then the feed-forward part."""

    attentions = ("self_attn", "multihead_attn")

    def construct(
        self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
    ) -> Any:  # fmt: skip
        def attend(x: Any) -> Any:
            return self.self_attn(x, x, x, tgt_key_padding_mask, False, tgt_mask)[0]

        def remember(x: Any) -> Any:
            return self.multihead_attn(x, memory, memory, memory_key_padding_mask, False, memory_mask)[0]

        return self.run(tgt, attend, remember, self.feed_forward)


class Stack(Layer):
    """What encoder and decoder share: `num_layers` new layers with the arguments of the given one, all with the same first values."""

    def __init__(self, layer: TransformerLayer, num_layers: int, norm: Any = None) -> None:
        super().__init__()
        first = type(layer)(*layer.arguments)
        self.layers = CellList([copy.deepcopy(first) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm

    def through(self, x: Any, *others: Any) -> Any:
        """The layers one after the other, then the normalisation."""
        for layer in self.layers:
            x = layer(x, *others)
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(Stack):
    """nn.TransformerEncoder."""

    def __init__(self, encoder_layer: TransformerEncoderLayer, num_layers: int, norm: Any = None) -> None:
        super().__init__(encoder_layer, num_layers, norm)

    def construct(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None) -> Any:
        return self.through(src, src_mask, src_key_padding_mask)


class TransformerDecoder(Stack):
    """nn.TransformerDecoder."""

    def __init__(self, decoder_layer: TransformerDecoderLayer, num_layers: int, norm: Any = None) -> None:
        super().__init__(decoder_layer, num_layers, norm)

    def construct(
        self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
    ) -> Any:  # fmt: skip
        return self.through(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask)


class Transformer(Layer):
    """nn.Transformer: encoder and decoder; every matrix starts with Xavier's uniform values."""

    def __init__(
        self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6,
        dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = "relu", custom_encoder: Any = None,
        custom_decoder: Any = None, layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False,
        dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        super().__init__()
        arguments = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, dtype)

        def norm() -> LayerNorm:
            return LayerNorm((d_model,), epsilon=layer_norm_eps, dtype=dtype)

        self.encoder = custom_encoder or TransformerEncoder(TransformerEncoderLayer(*arguments), num_encoder_layers, norm())
        self.decoder = custom_decoder or TransformerDecoder(TransformerDecoderLayer(*arguments), num_decoder_layers, norm())
        for parameter in self.get_parameters():
            if parameter.ndim > 1:
                parameter.set_data(initializer("xavier_uniform", parameter.shape, parameter.dtype))
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def construct(
        self, src: Any, tgt: Any, src_mask: Any = None, tgt_mask: Any = None, memory_mask: Any = None,
        src_key_padding_mask: Any = None, tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None,
    ) -> Any:  # fmt: skip
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise refuse(self, "The number of features for 'src' and 'tgt' must be equal to `d_model`.")
        memory = self.encoder(src, src_mask, src_key_padding_mask)
        return self.decoder(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask)
