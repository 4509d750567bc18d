"""The table: which small models of which packages are built, and what they are fed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any


def images(*shape: int) -> Array:
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def tokens(*shape: int, words: int = 32) -> Array:
    return np.random.default_rng(0).integers(0, words, shape)


def itself(found: Any) -> Any:
    return found


@dataclass(frozen=True)
class Case:
    """A model with random weights; `read` is the tensor that is compared, of what the model returns."""

    name: str
    build: Callable[[], Any]
    input: Array
    read: Callable[[Any], Any] = itself

    @property
    def package(self) -> str:
        return self.name.partition("/")[0]


# --- einops ---


def einops_layers() -> Any:
    from einops.layers.torch import EinMix, Rearrange, Reduce
    from torch import nn

    return nn.Sequential(
        Rearrange("b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4),
        EinMix("b t c -> b t d", weight_shape="c d", bias_shape="d", c=48, d=16),
        nn.GELU(),
        EinMix("b t c -> b s c", weight_shape="t s", bias_shape="s", t=16, s=8),
        Reduce("b (s two) c -> b s c", "max", two=2),
        Reduce("b s c -> b c", "mean"),
        nn.Linear(16, 5),
    )


def einops_functions() -> Any:
    import torch
    from einops import einsum, pack, rearrange, reduce, repeat, unpack
    from torch import nn

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.token = nn.Parameter(torch.randn(1, 1, 48))
            self.project = nn.Linear(48, 48)

        def forward(self, image: Any) -> Any:
            x = rearrange(image, "b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4)
            x, shapes = pack([repeat(self.token, "1 1 d -> b 1 d", b=len(x)), x], "b * d")
            q, k, v = rearrange(self.project(x), "b t (three h d) -> three b h t d", three=3, h=2)
            weights = einsum(q, k, "b h i d, b h j d -> b h i j").softmax(-1)
            token, rest = unpack(rearrange(weights @ v, "b h t d -> b t (h d)"), shapes, "b * d")
            return rearrange(token, "b 1 d -> b d") + reduce(rest, "b t d -> b d", "sum")

    return Attention()


# --- vit-pytorch ---

SMALL = {"image_size": 32, "patch_size": 8, "num_classes": 5, "dim": 32, "depth": 2, "heads": 2, "mlp_dim": 32}


def vit(module: str, name: str, **settings: Any) -> Callable[[], Any]:
    def build() -> Any:
        return getattr(__import__(f"vit_pytorch.{module}", fromlist=[name]), name)(**settings)

    return build


# --- x-transformers ---


def x_decoder() -> Any:
    from x_transformers import Decoder, TransformerWrapper

    layers = Decoder(dim=32, depth=2, heads=2, attn_dim_head=16, rotary_pos_emb=True, attn_flash=False)
    return TransformerWrapper(num_tokens=32, max_seq_len=16, attn_layers=layers)


def x_encoder() -> Any:
    from x_transformers import Encoder, TransformerWrapper

    layers = Encoder(dim=32, depth=2, heads=2, attn_dim_head=16, use_rmsnorm=True, ff_glu=True)
    return TransformerWrapper(num_tokens=32, max_seq_len=16, attn_layers=layers)


# --- torchvision ---


def vision(name: str, **settings: Any) -> Callable[[], Any]:
    def build() -> Any:
        from torchvision import models

        return getattr(models, name)(**settings)

    return build


def swin() -> Any:
    from torchvision.models.swin_transformer import SwinTransformer

    return SwinTransformer([2, 2], 16, [1, 1], [2, 2], [4, 4], stochastic_depth_prob=0.0, num_classes=5)


# --- timm ---


def pytorch_image_model(name: str, **settings: Any) -> Callable[[], Any]:
    def build() -> Any:
        import timm

        return timm.create_model(name, pretrained=False, num_classes=5, **settings)

    return build


# --- transformers ---

TEXT = {"vocab_size": 32, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}


def hugging_face(model: str, config: str, **settings: Any) -> Callable[[], Any]:
    def build() -> Any:
        import transformers

        return getattr(transformers, model)(getattr(transformers, config)(**settings))

    return build


def logits(found: Any) -> Any:
    return found.logits


def last_hidden_state(found: Any) -> Any:
    return found.last_hidden_state


# The gradient through a batch norm of two values a channel is a difference of nearly equal numbers, so nets with batch norm get eight images.
CASES = (
    Case("einops/layers", einops_layers, images(2, 3, 16, 16)),
    Case("einops/functions", einops_functions, images(2, 3, 16, 16)),
    Case("vit-pytorch/ViT", vit("vit", "ViT", **SMALL), images(2, 3, 32, 32)),
    Case("vit-pytorch/SimpleViT", vit("simple_vit", "SimpleViT", **SMALL), images(2, 3, 32, 32)),
    Case("vit-pytorch/CaiT", vit("cait", "CaiT", **SMALL, cls_depth=1), images(2, 3, 32, 32)),
    Case("vit-pytorch/DeepViT", vit("deepvit", "DeepViT", **SMALL), images(2, 3, 32, 32)),
    Case(
        "vit-pytorch/CCT",
        vit("cct", "CCT", img_size=32, embedding_dim=32, n_conv_layers=1, kernel_size=7, stride=2, padding=3, pooling_kernel_size=3,
            pooling_stride=2, pooling_padding=1, num_layers=2, num_heads=2, mlp_ratio=2.0, num_classes=5, positional_embedding="learnable",
            dropout_rate=0.0, attention_dropout=0.0, stochastic_depth_rate=0.0),
        images(2, 3, 32, 32),
    ),
    Case(
        "vit-pytorch/MobileViT",
        vit("mobile_vit", "MobileViT", image_size=(32, 32), dims=[16, 24, 32], channels=[8, 8, 16, 16, 24, 24, 32, 32, 40, 40, 64], num_classes=5,
            depths=(1, 1, 1), patch_size=(1, 1)),
        images(8, 3, 32, 32),
    ),
    Case("x-transformers/decoder", x_decoder, tokens(2, 12)),
    Case("x-transformers/encoder", x_encoder, tokens(2, 12)),
    Case("torchvision/resnet18", vision("resnet18", num_classes=5, zero_init_residual=True), images(8, 3, 32, 32)),
    Case(
        "torchvision/mobilenet_v2",
        vision("mobilenet_v2", num_classes=5, width_mult=0.5, dropout=0.0, inverted_residual_setting=[[1, 16, 1, 1], [6, 24, 2, 2]]),
        images(8, 3, 32, 32),
    ),
    Case("torchvision/swin", swin, images(2, 3, 32, 32)),
    Case(
        "timm/vit_tiny",
        pytorch_image_model("vit_tiny_patch16_224", img_size=32, patch_size=8, embed_dim=32, depth=2, num_heads=2),
        images(2, 3, 32, 32),
    ),
    Case("timm/convnext", pytorch_image_model("convnext_atto", depths=(1, 1, 1, 1), dims=(8, 16, 24, 32)), images(2, 3, 32, 32)),
    Case(
        "transformers/BERT",
        hugging_face("BertModel", "BertConfig", **TEXT, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0),
        tokens(2, 12),
        last_hidden_state,
    ),
    Case(
        "transformers/GPT-2",
        hugging_face("GPT2LMHeadModel", "GPT2Config", vocab_size=32, n_positions=16, n_embd=32, n_layer=2, n_head=2, resid_pdrop=0.0,
                     embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=1),
        tokens(2, 12),
        logits,
    ),
    Case(
        "transformers/Llama",
        hugging_face("LlamaForCausalLM", "LlamaConfig", **TEXT, num_key_value_heads=1, max_position_embeddings=16, bos_token_id=0, eos_token_id=1),
        tokens(2, 12),
        logits,
    ),
)  # fmt: skip


def nms() -> Any:
    import torch
    from torchvision.ops import nms

    return nms(torch.zeros(1, 4), torch.zeros(1), 0.5)


# What needs compiled operators, which are code for PyTorch's own tensors, and the words with which it must say so
REFUSED = {"torchvision.ops.nms": (nms, "Couldn't load custom C++ ops")}
