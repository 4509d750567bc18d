"""MultiheadAttention."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import functions, init
from compat.torch_on_mindspore.functional.attention import multi_head
from compat.torch_on_mindspore.layers.linear import Linear
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.modules.constructors import name_constructors
from compat.torch_on_mindspore.parameter import Parameter
from compat.torch_on_mindspore.tensor import Tensor


class NonDynamicallyQuantizableLinear(Linear):
    """Linear, under the name that PyTorch shows for the output projection of attention."""


class MultiheadAttention(Module):
    """Attention of several heads, projected from query, key and value; in_proj_weight holds the three projections one below the other."""

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False,
        add_zero_attn: bool = False, kdim: int | None = None, vdim: int | None = None, batch_first: bool = False, device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        if embed_dim <= 0 or num_heads <= 0:
            raise invalid(
                ValueError,
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} instead",
            )
        super().__init__()
        options = {"device": device, "dtype": dtype}
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim, self.vdim = embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise invalid(AssertionError, "embed_dim must be divisible by num_heads")
        sizes = {"q_proj_weight": embed_dim, "k_proj_weight": self.kdim, "v_proj_weight": self.vdim}
        if self._qkv_same_embed_dim:
            self.in_proj_weight = Parameter(functions.empty(3 * embed_dim, embed_dim, **options))
            sizes = dict.fromkeys(sizes, 0)
        for name, size in sizes.items():
            self.register_parameter(name, Parameter(functions.empty(embed_dim, size, **options)) if size else None)
        if not self._qkv_same_embed_dim:
            self.register_parameter("in_proj_weight", None)
        self.register_parameter("in_proj_bias", Parameter(functions.empty(3 * embed_dim, **options)) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **options)
        self.bias_k = self.bias_v = None
        if add_bias_kv:
            self.bias_k = Parameter(functions.empty(1, 1, embed_dim, **options))
            self.bias_v = Parameter(functions.empty(1, 1, embed_dim, **options))
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in self._projections():
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.constant_(self.in_proj_bias, 0.0)
            init.constant_(self.out_proj.bias, 0.0)
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def _projections(self) -> tuple[Any, ...]:
        """One weight for all three projections, or that and one for each."""
        if self._qkv_same_embed_dim:
            return (self.in_proj_weight,)
        return self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight

    def forward(
        self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None,
        average_attn_weights: bool = True, is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        """The result, shaped like `query`, and the weights (N, L, S), or (N, heads, L, S), if they are needed."""
        return multi_head(
            query, key, value, self.embed_dim, self.num_heads, self._projections(), self.in_proj_bias, (self.bias_k, self.bias_v),
            self.add_zero_attn, self.dropout if self.training else 0.0, self.out_proj.weight, self.out_proj.bias, key_padding_mask,
            need_weights, attn_mask, (None, None), average_attn_weights, is_causal, self.batch_first,
            self.training,
        )  # fmt: skip


name_constructors(globals())
