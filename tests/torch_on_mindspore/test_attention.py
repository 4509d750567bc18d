"""scaled_dot_product_attention and MultiheadAttention against PyTorch's: values, gradients, masks, dropout and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SETUP = """
def drawn(*shape, seed=0):
    return torch.tensor(np.random.RandomState(seed + sum(shape)).standard_normal(shape).astype(np.float32), requires_grad=True)
def leaves(*inputs):
    return [one.grad for one in inputs]
def weighed(output):
    output = output.double()
    return (output * torch.tensor(np.random.RandomState(7).standard_normal(tuple(output.shape)))).sum()
q, k, v = drawn(2, 4, 5, 6), drawn(2, 4, 3, 6), drawn(2, 4, 3, 7)
seen = torch.tensor([[1, 1, 0], [0, 1, 0], [0, 0, 0], [1, 1, 1], [0, 0, 1]], dtype=torch.bool)
padded = torch.tensor([[False, True, True], [False, False, False]])
torch.manual_seed(5)
"""


@pytest.mark.parametrize(
    "call",
    [
        "F.scaled_dot_product_attention(q, k, v)",
        "F.scaled_dot_product_attention(q, k, v, seen)",
        "F.scaled_dot_product_attention(q, k, v, ~padded[:, None, None, :])",
        "F.scaled_dot_product_attention(q, k, v, torch.zeros(5, 3).masked_fill(~seen, float('-inf')))",
        "F.scaled_dot_product_attention(q, k, v, torch.tensor(np.arange(15, dtype=np.float32).reshape(5, 3)))",
        "F.scaled_dot_product_attention(q, k, v, is_causal=True)",
        "F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=0.3)",
        "F.scaled_dot_product_attention(q, k, v, scale=1)",
        "F.scaled_dot_product_attention(q, k, v, dropout_p=0.4)",
        "F.scaled_dot_product_attention(q, k, v, seen, 0.25)",
        "F.scaled_dot_product_attention(q[0], k[0], v[0], seen)",
        "F.scaled_dot_product_attention(q[0, 0], k[0, 0], v[0, 0], seen)",
        "F.scaled_dot_product_attention(q[0], k[0, :1], v[0, :1])",
        "F.scaled_dot_product_attention(q, k[:, :2], v[:, :2], enable_gqa=True)",
        "F.scaled_dot_product_attention(q.transpose(1, 2), k.reshape(2, 3, 4, 6)[:, :1].expand(2, 5, 4, 6), drawn(2, 5, 4, 7))",
        "F.scaled_dot_product_attention(q.double(), k.double(), v.double(), is_causal=True)",
    ],
)
def test_scaled_dot_product(call: str) -> None:
    check(f"{SETUP}y = {call}\nweighed(y).backward()\n(y, leaves(q, k, v))", rtol=1e-4, atol=1e-5)


def test_gradient_of_a_mask() -> None:
    check(f"{SETUP}m = drawn(5, 3)\nweighed(F.scaled_dot_product_attention(q, k, v, m)).backward()\nleaves(m, q)", rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "code",
    [
        "F.scaled_dot_product_attention(q, k, v, seen, is_causal=True)",
        "F.scaled_dot_product_attention(q[0, 0, 0], k, v)",
        "F.scaled_dot_product_attention(q, k.double(), v)",
        "F.scaled_dot_product_attention(q, k, v, seen.long())",
        "F.scaled_dot_product_attention(q, k[..., :4], v)",
        "F.scaled_dot_product_attention(q, k, v[:, :, :2])",
        "F.scaled_dot_product_attention(q, k[:, :3], v[:, :3], enable_gqa=True)",
    ],
)
def test_scaled_dot_product_refuses(code: str) -> None:
    check(SETUP + code)


SELF = "m = nn.MultiheadAttention({})\nx = drawn(5, 2, 8)\ny, w = m(x, x, x{})\nweighed(y).backward()\n"
CROSS = "m = nn.MultiheadAttention({})\nx, mem, val = drawn(4, 2, 8), drawn(3, 2, {}), drawn(3, 2, {}, seed=1)\n"
RESULT = "(y, w, x.grad, {name: one.grad for name, one in m.named_parameters()})"


@pytest.mark.parametrize("options", ["8, 2", "8, 1", "8, 4, bias=False", "8, 2, add_bias_kv=True", "8, 2, add_zero_attn=True"])
@pytest.mark.parametrize(
    "call",
    [
        "",
        ", need_weights=False",
        ", average_attn_weights=False",
        ", attn_mask=torch.ones(5, 5).triu(1).bool()",
        ", attn_mask=nn.Transformer.generate_square_subsequent_mask(5), is_causal=True, need_weights=False",
        ", key_padding_mask=torch.arange(5) > torch.tensor([[2], [4]])",
        ", key_padding_mask=torch.arange(5) > torch.tensor([[2], [4]]), attn_mask=torch.ones(5, 5).triu(1) > 0, need_weights=False",
    ],
)
def test_self_attention(options: str, call: str) -> None:
    check(f"{SETUP}{SELF.format(options, call)}{RESULT}", rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("weights", ["", ", need_weights=False"])
@pytest.mark.parametrize(
    ("options", "features", "call"),
    [
        ("8, 2", (8, 8), "m(x, mem, mem{})"),
        ("8, 2", (8, 8), "m(x, mem, val{})"),
        ("8, 2, kdim=5, vdim=6", (5, 6), "m(x, mem, val{})"),
        ("8, 2, kdim=5, vdim=6, bias=False, add_bias_kv=True, add_zero_attn=True", (5, 6), "m(x, mem, val{})"),
        ("8, 2, dropout=0.5", (8, 8), "m(x, mem, val{})"),
        ("8, 2, batch_first=True", (8, 8), "m(x.transpose(0, 1), *[one.transpose(0, 1) for one in (mem, val)]{})"),
        ("8, 2", (8, 8), "m(x[:, 0], mem[:, 0], val[:, 0]{})"),
        ("8, 2, batch_first=True", (8, 8), "m(x[:, 0], mem[:, 0], mem[:, 0]{})"),
        ("8, 2", (8, 8), "m(x[:, 0], mem[:, 0], val[:, 0], attn_mask=torch.zeros(2, 4, 3){})"),
        ("8, 2", (8, 8), "m(x, mem, val, attn_mask=torch.ones(4, 4, 3).triu(1).bool(){})"),
        ("8, 2", (8, 8), "m(x, mem, val, attn_mask=drawn(4, 3).detach(), key_padding_mask=padded.float(){})"),
    ],
)
def test_attention_to_memory(options: str, features: tuple[int, int], call: str, weights: str) -> None:
    check(
        f"{SETUP}{CROSS.format(options, *features)}y, w = {call.format(weights)}\nweighed(y).backward()\n"
        "(y, w, mem.grad, val.grad, " + RESULT[7:],
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize(
    "code",
    [
        "m = nn.MultiheadAttention(8, 2)\n(repr(m), m.state_dict())",
        "m = nn.MultiheadAttention(8, 2, bias=False, add_bias_kv=True, kdim=3)\n(repr(m), m.state_dict(), m.head_dim, m.vdim)",
        "m = nn.MultiheadAttention(8, 2, dropout=0.9).eval()\nx = drawn(5, 2, 8)\nm(x, x, x)",
        "m = nn.MultiheadAttention(8, 2, batch_first=True).eval()\nx = drawn(5, 2, 8)\nwith torch.no_grad():\n    y = m(x, x, x)\ny",
        "m = nn.MultiheadAttention(8, 2, dtype=torch.float64)\nx = drawn(5, 2, 8).double()\nm(x, x, x)",
        "m = nn.MultiheadAttention(8, 2)\nx = drawn(5, 2, 8)\nm(x, x, x, attn_mask=torch.ones(5, 5).bool())",
        "S = torch.nn.attention.SDPBackend\nwith torch.nn.attention.sdpa_kernel([S.MATH, S.FLASH_ATTENTION]):\n    y = F.scaled_dot_product_attention(q, k, v)\ny",
        "S = torch.nn.attention.SDPBackend\nrepr(S.MATH), S.MATH.name, int(S.CUDNN_ATTENTION), S.MATH == S.MATH",
        "F.multi_head_attention_forward(q[0, 0, :, None], q[0, 0, :, None], q[0, 0, :, None], 6, 2, drawn(18, 6), None, None, None, False, 0.0, "
        "drawn(6, 6), None, static_k=drawn(2, 3, 3), static_v=drawn(2, 3, 3))",
    ],
)
def test_variants(code: str) -> None:
    check(SETUP + code, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "code",
    [
        "nn.MultiheadAttention(0, 2)",
        "nn.MultiheadAttention(8, 3)",
        "nn.MultiheadAttention(8, 2)(drawn(5, 2, 7), drawn(5, 2, 7), drawn(5, 2, 7))",
        "nn.MultiheadAttention(8, 2)(drawn(8), drawn(8), drawn(8))",
        "nn.MultiheadAttention(8, 2)(drawn(5, 2, 8), drawn(5, 8), drawn(5, 8))",
        "nn.MultiheadAttention(8, 2)(drawn(5, 8), drawn(5, 2, 8), drawn(5, 8))",
        "nn.MultiheadAttention(8, 2)(drawn(5, 2, 8), drawn(5, 2, 8), drawn(4, 2, 8))",
        "nn.MultiheadAttention(8, 2, kdim=3)(drawn(5, 2, 8), drawn(5, 2, 3), drawn(4, 2, 8))",
        "nn.MultiheadAttention(8, 2)(*[drawn(5, 2, 8)] * 3, is_causal=True)",
        "nn.MultiheadAttention(8, 2)(*[drawn(5, 2, 8)] * 3, attn_mask=torch.zeros(4, 5))",
        "nn.MultiheadAttention(8, 2)(*[drawn(5, 2, 8)] * 3, attn_mask=torch.zeros(2, 5, 5))",
        "nn.MultiheadAttention(8, 2)(*[drawn(5, 2, 8)] * 3, attn_mask=torch.zeros(5))",
        "nn.MultiheadAttention(8, 2)(*[drawn(5, 2, 8)] * 3, key_padding_mask=torch.zeros(5, 2))",
        "nn.MultiheadAttention(8, 2)(*[drawn(5, 2, 8)] * 3, key_padding_mask=torch.zeros(2, 4))",
        "nn.MultiheadAttention(8, 2)(*[drawn(5, 2, 8)] * 3, key_padding_mask=torch.zeros(5))",
        "nn.MultiheadAttention(8, 2)(*[drawn(5, 2, 8)] * 3, attn_mask=torch.zeros(5, 5, dtype=torch.int64))",
        "torch.nn.attention.sdpa_kernel('math').__enter__()",
    ],
)
def test_mistakes(code: str) -> None:
    check_message(SETUP + code)
