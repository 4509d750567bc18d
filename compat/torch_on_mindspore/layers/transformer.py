"""Transformer: its encoder and decoder, and their layers."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from compat.errors import invalid
from compat.torch_on_mindspore import dtypes, engine, init, random
from compat.torch_on_mindspore.descriptors import check_device
from compat.torch_on_mindspore.functional.activations import gelu, relu
from compat.torch_on_mindspore.functional.attention import canonical_mask
from compat.torch_on_mindspore.indexing import masked_fill
from compat.torch_on_mindspore.layers.activations import GELU, ReLU
from compat.torch_on_mindspore.layers.attention import MultiheadAttention
from compat.torch_on_mindspore.layers.dropout import Dropout
from compat.torch_on_mindspore.layers.linear import Linear
from compat.torch_on_mindspore.layers.normalization import LayerNorm
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors
from compat.torch_on_mindspore.modules.containers import ModuleList
from compat.torch_on_mindspore.tensor import Tensor, host

ACTIVATIONS: dict[str, Any] = {"relu": relu, "gelu": gelu}


def causal_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
    """(sz, sz) with -inf above the diagonal and 0 elsewhere."""
    check_device("torch.nn.Transformer.generate_square_subsequent_mask", device)
    kind = dtypes.get_default_dtype() if dtype is None else dtypes.OF[dtype]
    return random.stored(np.triu(np.full((sz, sz), -np.inf, np.float32), 1), (sz, sz), kind)


def is_causal_mask(mask: Any, is_causal: bool | None, size: int) -> bool:
    """What the caller says of the mask; if nothing, whether it is the causal one."""
    if is_causal is not None or mask is None:
        return is_causal is True
    return tuple(mask.shape) == (size, size) and bool((host(mask) == np.triu(np.full((size, size), -np.inf), 1)).all())


def length(input: Any, batch_first: bool) -> int:
    return int(input.shape[1 if batch_first and input.ndim > 2 else 0])


class _Layer(Module):
    """What both layers share: attention to the input itself, and the two linear maps."""

    def __init__(
        self, attentions: tuple[str, ...], d_model: int, nhead: int, dim_feedforward: int, dropout: float, activation: Any,
        layer_norm_eps: float, batch_first: bool, norm_first: bool, bias: bool, device: Any, dtype: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        options = {"bias": bias, "device": device, "dtype": dtype}
        for name in attentions:
            setattr(self, name, MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=batch_first, **options))
        self.linear1 = Linear(d_model, dim_feedforward, **options)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **options)
        self.norm_first = norm_first
        numbers = range(1, len(attentions) + 2)
        for number in numbers:
            setattr(self, f"norm{number}", LayerNorm(d_model, eps=layer_norm_eps, **options))
        for number in numbers:
            setattr(self, f"dropout{number}", Dropout(dropout))
        if isinstance(activation, str) and activation not in ACTIVATIONS:
            raise invalid(RuntimeError, f"activation should be relu/gelu, not {activation}")
        self.activation = ACTIVATIONS[activation] if isinstance(activation, str) else activation

    def _sa_block(self, x: Any, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False) -> Any:
        found = self.self_attn(x, x, x, attn_mask=attn_mask, key_padding_mask=key_padding_mask, need_weights=False, is_causal=is_causal)
        return self.dropout1(found[0])

    def _ff_block(self, x: Any, dropped: Any) -> Any:
        return dropped(self.linear2(self.dropout(self.activation(self.linear1(x)))))

    def _through(self, x: Any, blocks: tuple[Callable[[Any], Any], ...]) -> Any:
        """x plus each block of it in turn, normalised before the block or after the sum."""
        for number, block in enumerate(blocks, 1):
            norm = getattr(self, f"norm{number}")
            x = x + block(norm(x)) if self.norm_first else norm(x + block(x))
        return x


class TransformerEncoderLayer(_Layer):
    """Self-attention and two linear maps, each added to its input and normalised."""

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = relu,
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            ("self_attn",), d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias,
            device, dtype,
        )  # fmt: skip
        known = self.activation
        is_relu, is_gelu = known is relu or isinstance(known, ReLU), known is gelu or isinstance(known, GELU)
        self.activation_relu_or_gelu = 1 if is_relu else 2 if is_gelu else 0

    def forward(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Any:
        padding, mask = both_masks(src, src_mask, "src_mask", src_key_padding_mask)
        return self._through(
            src, (lambda x: self._sa_block(x, mask, padding, is_causal=is_causal), lambda x: self._ff_block(x, self.dropout2))
        )


def both_masks(src: Any, mask: Any, name: str, padding: Any) -> tuple[Any, Any]:
    """The padding mask and the mask of an encoder as what is added to the scores."""
    other = None if mask is None else mask.dtype
    padding = canonical_mask(padding, "src_key_padding_mask", other, name, src.dtype)
    return padding, canonical_mask(mask, name, None, "", src.dtype, False)


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to `memory`, and two linear maps, each added to its input and normalised."""

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = relu,
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            ("self_attn", "multihead_attn"), d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first,
            norm_first, bias, device, dtype,
        )  # fmt: skip

    def forward(
        self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None, tgt_is_causal: bool = False, memory_is_causal: bool = False,
    ) -> Any:  # fmt: skip
        blocks = (
            lambda x: self._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal),
            lambda x: self._mha_block(x, memory, memory_mask, memory_key_padding_mask, memory_is_causal),
            lambda x: self._ff_block(x, self.dropout3),
        )
        return self._through(tgt, blocks)

    def _mha_block(self, x: Any, mem: Any, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False) -> Any:
        found = self.multihead_attn(
            x, mem, mem, attn_mask=attn_mask, key_padding_mask=key_padding_mask, is_causal=is_causal, need_weights=False
        )
        return self.dropout2(found[0])


def clones(module: Module, count: int) -> ModuleList:
    return ModuleList([copy.deepcopy(module) for _ in range(count)])


class TransformerEncoder(Module):
    """`num_layers` copies of a layer, one after the other, and a normalisation behind them."""

    def __init__(
        self, encoder_layer: Any, num_layers: int, norm: Any = None, enable_nested_tensor: bool = True, mask_check: bool = True
    ) -> None:
        super().__init__()
        self.layers = clones(encoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm
        self.enable_nested_tensor, self.mask_check = enable_nested_tensor, mask_check
        reason = not_nested(encoder_layer)
        self.use_nested_tensor = enable_nested_tensor and not reason
        if enable_nested_tensor and reason:
            warnings.warn(f"enable_nested_tensor is True, but self.use_nested_tensor is False because {reason}", stacklevel=2)

    def forward(self, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool | None = None) -> Any:
        """The encoded sequence. Where PyTorch leaves the padding out in evaluation, its places hold zeros here too."""
        padding, mask = both_masks(src, mask, "mask", src_key_padding_mask)
        left_out = self._left_out(src, mask, padding)
        causal = is_causal_mask(mask, is_causal, length(src, self.layers[0].self_attn.batch_first))
        output = src
        for layer in self.layers:
            output = layer(output, src_mask=mask, is_causal=causal, src_key_padding_mask=padding)
        if left_out is not None:
            output = masked_fill(output, left_out, 0.0)
        return output if self.norm is None else self.norm(output)

    def _left_out(self, src: Any, mask: Any, padding: Any) -> Any:
        """Where PyTorch's inference path, which drops the padding, leaves zeros: (batch, steps, 1); None where it is not taken."""
        first = self.layers[0]
        if not self.use_nested_tensor or first.training or src.ndim != 3 or padding is None or mask is not None:
            return None
        if engine.grad_enabled() and any(engine.requires_grad(one) for one in (src, *first.parameters())):
            return None
        masked = host(padding) != 0
        if self.mask_check and (np.diff(masked.astype(np.int8), axis=1) < 0).any():
            return None
        return random.stored(masked[:, :, None], (*masked.shape, 1), dtypes.bool_)


def not_nested(layer: Any) -> str:
    """Why PyTorch has no path that leaves the padding out for copies of this layer; empty when it has."""
    if not isinstance(layer, TransformerEncoderLayer):
        return "encoder_layer was not TransformerEncoderLayer"
    attention = layer.self_attn
    reasons = (
        (layer.norm_first, "norm_first was True"),
        (not attention.batch_first, "self_attn.batch_first was not True(use batch_first for better inference performance)"),
        (not attention._qkv_same_embed_dim, "self_attn._qkv_same_embed_dim was not True"),
        (attention.in_proj_bias is None, "self_attn was passed bias=False"),
        (not layer.activation_relu_or_gelu, "activation_relu_or_gelu was not True"),
        (layer.norm1.eps != layer.norm2.eps, "norm1.eps was not equal to encoder_layer.norm2.eps"),
        (attention.num_heads % 2 == 1, "self_attn.num_heads is odd"),
    )
    return next((f"encoder_layer.{reason}" for holds, reason in reasons if holds), "")


class TransformerDecoder(Module):
    """`num_layers` copies of a layer, one after the other, and a normalisation behind them."""

    def __init__(self, decoder_layer: Any, num_layers: int, norm: Any = None) -> None:
        super().__init__()
        self.layers = clones(decoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None, tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Any:  # fmt: skip
        causal = is_causal_mask(tgt_mask, tgt_is_causal, length(tgt, self.layers[0].self_attn.batch_first))
        output = tgt
        for layer in self.layers:
            output = layer(
                output, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=causal, memory_is_causal=memory_is_causal,
            )  # fmt: skip
        return output if self.norm is None else self.norm(output)


class Transformer(Module):
    """An encoder of the source, and a decoder of the target that attends to it."""

    def __init__(
        self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6,
        dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = relu, custom_encoder: Any = None,
        custom_decoder: Any = None, layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False,
        bias: bool = True, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        options = {"device": device, "dtype": dtype}
        shape = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)

        def norm() -> LayerNorm:
            return LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **options)

        self.encoder = custom_encoder
        if custom_encoder is None:
            self.encoder = TransformerEncoder(TransformerEncoderLayer(*shape, **options), num_encoder_layers, norm())
        self.decoder = custom_decoder
        if custom_decoder is None:
            self.decoder = TransformerDecoder(TransformerDecoderLayer(*shape, **options), num_decoder_layers, norm())
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def _reset_parameters(self) -> None:
        for parameter in self.parameters():
            if parameter.dim() > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self, src: Any, tgt: Any, src_mask: Any = None, tgt_mask: Any = None, memory_mask: Any = None,
        src_key_padding_mask: Any = None, tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None,
        src_is_causal: bool | None = None, tgt_is_causal: bool | None = None, memory_is_causal: bool = False,
    ) -> Any:  # fmt: skip
        batch = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[batch] != tgt.shape[batch]:
            raise invalid(RuntimeError, "the batch number of src and tgt must be equal")
        if {src.shape[-1], tgt.shape[-1]} != {self.d_model}:
            raise invalid(RuntimeError, "the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal, memory_is_causal=memory_is_causal,
        )  # fmt: skip

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        return causal_mask(sz, device, dtype)


name_constructors(globals())
