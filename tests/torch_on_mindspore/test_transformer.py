"""Transformer encoders and decoders against PyTorch's: values, gradients, masks, dropout, names and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
def drawn(*shape):
    return torch.tensor(np.random.RandomState(sum(shape)).standard_normal(shape).astype(np.float32), requires_grad=True)
def gradients(m, y, *inputs):
    (y * torch.tensor(np.random.RandomState(7).standard_normal(tuple(y.shape)).astype(np.float32))).sum().backward()
    return y, [one.grad for one in inputs], {name: one.grad for name, one in m.named_parameters()}
T = nn.Transformer.generate_square_subsequent_mask
src, tgt = drawn(5, 2, 8), drawn(4, 2, 8)
padding = torch.arange(5) > torch.tensor([[2], [4]])
torch.manual_seed(5)
"""


@pytest.mark.parametrize(
    "options",
    [
        "8, 2, 16", "8, 2, 16, 0.0, 'gelu'", "8, 2, 16, norm_first=True", "8, 2, 16, bias=False", "8, 2, 16, batch_first=True",
        "8, 1, 16, activation=torch.tanh", "8, 2, 16, 0.3, activation=nn.GELU(), layer_norm_eps=1e-3",
    ],
)  # fmt: skip
@pytest.mark.parametrize("call", ["src", "src, T({0})", "src, src_mask=T({0}), is_causal=True", "src, T({0}), None if {1} else padding"])
def test_encoder_layer(options: str, call: str) -> None:
    first = "batch_first=True" in options
    check(
        f"{SETUP}m = nn.TransformerEncoderLayer({options})\ngradients(m, m({call.format(2 if first else 5, first)}), src)",
        rtol=1e-4,
        atol=2e-5,
    )


@pytest.mark.parametrize(
    "options", ["8, 2, 16", "8, 2, 16, 0.4, 'gelu', norm_first=True", "8, 2, 16, 0.0, bias=False", "8, 4, 16, batch_first=True"]
)
@pytest.mark.parametrize("call", ["tgt, src", "tgt, src, tgt_mask=T(tgt.shape[1 if m.self_attn.batch_first else 0]), tgt_is_causal=True"])
def test_decoder_layer(options: str, call: str) -> None:
    inputs = "tgt, src = drawn(2, 4, 8), drawn(2, 5, 8)\n" if "batch_first" in options else ""
    check(
        f"{SETUP}{inputs}m = nn.TransformerDecoderLayer({options})\ngradients(m, m({call}), tgt, src)",
        rtol=1e-4,
        atol=2e-5,
    )


@pytest.mark.parametrize(
    "code",
    [
        "m = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2, nn.LayerNorm(8))\ngradients(m, m(src, T(5), padding), src)",
        "m = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2)\ngradients(m, m(src, is_causal=False), src)",
        "m = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2, nn.LayerNorm(8))\n"
        "gradients(m, m(tgt, src, T(4), memory_key_padding_mask=padding), src, tgt)",
        "m = nn.Transformer(8, 2, 2, 1, 16)\ngradients(m, m(src, tgt), src, tgt)",
        "m = nn.Transformer(8, 2, 1, 1, 16, 0.0, 'gelu', batch_first=True, norm_first=True)\n"
        "gradients(m, m(src.transpose(0, 1), tgt.transpose(0, 1), tgt_mask=T(4), src_key_padding_mask=padding, memory_key_padding_mask=padding), src)",
        "m = nn.Transformer(8, 2, 1, 1, 16, bias=False).eval()\ngradients(m, m(src[:, 0], tgt[:, 0], tgt_mask=T(4)), src, tgt)",
        "m = nn.Transformer(8, 2, 1, 1, 16, custom_encoder=nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 4, 4), 1))\nm(src, tgt)",
        "m = nn.Transformer(8, 2, 1, 1, 16, dtype=torch.float64).eval()\nm(src.double(), tgt.double())",
        "T(3), T(2, dtype=torch.float64)",
    ],
)
def test_stacks(code: str) -> None:
    check(SETUP + code, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("mask", ["padding", "padding.flip(1)", "None"])
@pytest.mark.parametrize("options", ["batch_first=True", "batch_first=True, norm_first=True", ""])
@pytest.mark.parametrize("more", ["", ", nn.LayerNorm(8)", ", enable_nested_tensor=False"])
def test_evaluation_with_padding(mask: str, options: str, more: str) -> None:
    """Where PyTorch drops the padding in evaluation, its places hold zeros."""
    source = "src.transpose(0, 1)" if "batch_first" in options else "src"
    check(
        f"""{SETUP}m = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, {options}), 2{more}).eval()
with torch.no_grad():
    y = m({source}, src_key_padding_mask={mask})
y""",
        rtol=1e-4,
        atol=2e-5,
    )


@pytest.mark.parametrize(
    "code",
    [
        "m = nn.Transformer(8, 2, 1, 1, 16)\n(repr(m), m.state_dict())",
        "repr(nn.TransformerEncoderLayer(8, 2, activation=nn.ReLU()))",
        "repr(nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, bias=False), 2, nn.LayerNorm(8)))",
        "[nn.TransformerEncoderLayer(8, 2, activation=a).activation_relu_or_gelu for a in ('relu', 'gelu', nn.GELU(), F.relu, torch.tanh)]",
        "m = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 3 - 1, batch_first=True), 1)\n(m.use_nested_tensor, m.mask_check)",
    ],
)
def test_names_and_text(code: str) -> None:
    check(SETUP + code)


@pytest.mark.parametrize(
    "code",
    [
        "nn.TransformerEncoderLayer(8, 2, activation='swish')",
        "nn.TransformerEncoderLayer(8, 3)",
        "nn.Transformer(8, 2, 1, 1, 16)(src, drawn(4, 3, 8))",
        "nn.Transformer(8, 2, 1, 1, 16, batch_first=True)(src, tgt)",
        "nn.Transformer(6, 2, 1, 1, 16)(src, tgt)",
        "nn.TransformerEncoderLayer(8, 2)(src, is_causal=True)",
        "nn.TransformerEncoderLayer(8, 2)(src, torch.zeros(4, 4))",
        "nn.TransformerEncoderLayer(8, 2)(src, torch.zeros(5, 5, dtype=torch.int32))",
    ],
)
def test_mistakes(code: str) -> None:
    check_message(SETUP + code)


def test_warns_where_no_padding_is_dropped() -> None:
    check(
        """import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    _ = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2), 1), nn.TransformerEncoder(nn.TransformerEncoderLayer(9, 3, batch_first=True), 1)
[str(one.message) for one in caught]"""
    )
