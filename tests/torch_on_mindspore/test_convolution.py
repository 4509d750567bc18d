"""Convolutions beside real PyTorch: values, gradients, layers and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

FUNCTION = """
torch.manual_seed(0)
x = torch.randn({input}, dtype=torch.{dtype}, requires_grad=True); w = torch.randn({weight}, dtype=torch.{dtype}, requires_grad=True)
b = torch.randn({bias}, dtype=torch.{dtype}, requires_grad=True)
y = F.{call}
y.backward(torch.randn(y.shape, dtype=torch.{dtype}))
y, x.grad, w.grad, b.grad
"""

CALLS = [
    ("conv1d(x, w, b)", (2, 3, 8), (4, 3, 3), 4),
    ("conv1d(x, w, b, 2, 1, 2)", (2, 3, 9), (4, 3, 3), 4),
    ("conv1d(x, w, b)", (3, 8), (4, 3, 3), 4),
    ("conv1d(x, w, b, padding='same')", (2, 3, 8), (4, 3, 4), 4),
    ("conv2d(x, w, b)", (2, 3, 6, 5), (4, 3, 3, 2), 4),
    ("conv2d(x, w, b, stride=(2, 1), padding=(1, 2), dilation=(1, 2))", (2, 3, 7, 6), (4, 3, 3, 2), 4),
    ("conv2d(x, w, b, groups=2)", (2, 4, 5, 5), (6, 2, 3, 3), 6),
    ("conv2d(x, w, b, padding=1, groups=4)", (2, 4, 5, 5), (8, 1, 3, 3), 8),
    ("conv2d(x, w, b)", (2, 3, 4, 4), (5, 3, 1, 1), 5),
    ("conv2d(x, w, b, stride=2)", (2, 3, 4, 4), (5, 3, 1, 1), 5),
    ("conv2d(x, w, b, padding=1)", (2, 3, 2, 2), (9, 3, 3, 3), 9),
    ("conv2d(x, w, b, padding=1, groups=2)", (2, 4, 2, 2), (12, 2, 3, 3), 12),
    ("conv2d(x, w, b)", (3, 6, 5), (4, 3, 3, 2), 4),
    ("conv2d(x, w, b, padding='valid', stride=2)", (2, 3, 6, 5), (4, 3, 3, 2), 4),
    ("conv2d(x, w, b, padding='same', dilation=(1, 3))", (2, 3, 6, 5), (4, 3, 3, 2), 4),
    ("conv2d(x, w, b)", (0, 3, 6, 5), (4, 3, 3, 2), 4),
    ("conv2d(x.transpose(0, 1), w, b) + F.conv2d(x.transpose(0, 1), w, b, padding=0)", (3, 2, 6, 5), (4, 3, 3, 2), 4),
    ("conv3d(x, w, b)", (2, 2, 4, 5, 4), (3, 2, 2, 3, 2), 3),
    ("conv3d(x, w, b, (2, 1, 1), (1, 0, 1), (1, 2, 1), 2)", (2, 4, 4, 5, 4), (6, 2, 3, 2, 2), 6),
    ("conv3d(x, w, b)", (2, 4, 5, 4), (3, 2, 1, 3, 2), 3),
    ("conv3d(x, w, b, padding='same')", (1, 2, 3, 4, 4), (3, 2, 2, 3, 2), 3),
    ("conv_transpose1d(x, w, b)", (2, 3, 5), (3, 4, 3), 4),
    ("conv_transpose1d(x, w, b, 3, 1, 2, 1, 2)", (2, 3, 5), (3, 4, 3), 4),
    ("conv_transpose2d(x, w, b)", (2, 3, 3, 4), (3, 4, 2, 3), 4),
    ("conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1, groups=2)", (2, 4, 3, 4), (4, 3, 3, 3), 6),
    ("conv_transpose2d(x, w, b, stride=(2, 1), padding=(0, 2), dilation=(1, 2))", (2, 3, 3, 4), (3, 4, 2, 3), 4),
    ("conv_transpose2d(x, w, b, output_padding=(2, 1), dilation=3)", (2, 3, 3, 4), (3, 4, 2, 3), 4),
    ("conv_transpose2d(x, w, b, padding=1, output_padding=(2, 1), dilation=3)", (2, 3, 3, 4), (3, 4, 2, 3), 4),
    ("conv_transpose2d(x, w, b)", (3, 3, 4), (3, 4, 2, 3), 4),
    ("conv_transpose2d(x, w, b)", (0, 3, 3, 4), (3, 4, 2, 3), 4),
    ("conv_transpose2d(x, w, b, stride=2)", (2, 3, 3, 4), (3, 4, 1, 1), 4),
    ("conv_transpose3d(x, w, b)", (2, 2, 3, 2, 3), (2, 3, 2, 3, 2), 3),
    ("conv_transpose3d(x, w, b, (2, 1, 2), (1, 1, 0), (1, 0, 1), 2, (1, 2, 1))", (2, 4, 3, 2, 3), (4, 3, 2, 3, 2), 6),
    ("conv_tbc(x, w, b, 1)", (5, 2, 3), (3, 3, 4), 4),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("call", "input", "weight", "bias"), CALLS)
def test_values_and_gradients(call: str, input: tuple[int, ...], weight: tuple[int, ...], bias: int, dtype: str) -> None:
    check(FUNCTION.format(call=call, input=input, weight=weight, bias=bias, dtype=dtype), 1e-4, 1e-5)


TWICE = """
torch.manual_seed(0)
x, w = torch.randn({input}, dtype=torch.{dtype}, requires_grad=True), torch.randn({weight}, dtype=torch.{dtype}, requires_grad=True)
b = torch.randn({bias}, dtype=torch.{dtype}, requires_grad=True)
y = F.{call}
first = torch.autograd.grad(y.pow(3).sum(), (x, w, b), create_graph=True)
second = torch.autograd.grad(sum(g.square().sum() for g in first), (x, w, b))
first, second
"""


@pytest.mark.parametrize("dtype", ["float32", "float64"])  # by a kernel, and by a product of columns
@pytest.mark.parametrize(("call", "input", "weight", "bias"), [one for one in CALLS if 0 not in one[1]])
def test_gradients_of_gradients(call: str, input: tuple[int, ...], weight: tuple[int, ...], bias: int, dtype: str) -> None:
    check(TWICE.format(call=call, input=input, weight=weight, bias=bias, dtype=dtype), 1e-3, 1e-2 if dtype == "float32" else 1e-6)


HALF = """
torch.manual_seed(0)
x, w, b = (torch.randn(s).to(torch.{dtype}).requires_grad_() for s in ({input}, {weight}, ({bias},)))
y = F.{call}
y.backward(torch.randn(y.shape).to(torch.{dtype}))
y, x.grad, w.grad, b.grad
"""


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(("call", "input", "weight", "bias"), CALLS[5:8] + CALLS[24:26])
def test_half_precision(call: str, input: tuple[int, ...], weight: tuple[int, ...], bias: int, dtype: str) -> None:
    check(HALF.format(call=call, input=input, weight=weight, bias=bias, dtype=dtype), 2e-2, 5e-2)


EXPRESSIONS = """
torch.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 2, 2, 2))
torch.conv1d(torch.arange(6).reshape(1, 1, 6), torch.tensor([[[1, 2, 3]]]))
torch.conv_transpose2d(torch.arange(4).reshape(1, 1, 2, 2), torch.ones(1, 1, 2, 2, dtype=torch.int64))
torch.conv_transpose1d(torch.ones(1, 2, 3), torch.ones(2, 1, 2))
torch.conv3d(torch.ones(1, 1, 2, 2, 2), torch.ones(1, 1, 1, 2, 2))
torch.conv_transpose3d(torch.ones(1, 1, 2, 2, 2), torch.ones(1, 1, 1, 2, 2))
F.conv2d(torch.ones(1, 0, 3, 3), torch.ones(2, 0, 2, 2), torch.ones(2))
F.conv2d(torch.ones(1, 2, 4, 4)[..., ::2], torch.ones(1, 2, 2, 2))
nn.modules.utils._pair(3), nn.modules.utils._triple([1, 2, 3]), nn.modules.utils._ntuple(5)(0)
nn.modules.utils._reverse_repeat_tuple((1, 2), 2), nn.modules.utils._list_with_default([None, 3], [7, 8, 9])
""".strip().split("\n")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression: str) -> None:
    check(expression)


MISTAKES = """
F.conv2d(torch.ones(2, 3), w)
F.conv1d(torch.ones(5), torch.ones(4, 2, 3))
F.conv2d(torch.ones(1, 3, 5, 5), w)
F.conv2d(torch.ones(1, 2, 2, 2), w)
F.conv2d(torch.ones(1, 2, 2, 2), w, dilation=2, padding=1)
F.conv2d(x, w, torch.ones(3))
F.conv2d(x.double(), w)
F.conv2d(x.double(), w, torch.ones(4))
F.conv2d(x, w, stride=0)
F.conv2d(x, w, padding=-1)
F.conv2d(x, w, dilation=0)
F.conv2d(x, w, padding='same', stride=2)
F.conv2d(x, w, padding='foo')
F.conv2d(x, w, stride=(1, 1, 1))
F.conv2d(x, w, groups=3)
F.conv2d(x, w, groups=0)
F.conv2d(x.bool(), w.bool())
F.conv_transpose1d(x[0], torch.ones(5, 3, 3), output_padding=1)
F.conv_transpose2d(x, t, output_padding=1)
F.conv_transpose2d(x, t, output_padding=-1)
F.conv_transpose2d(x, torch.ones(3, 3, 3, 3))
F.conv_transpose2d(x, t, torch.ones(2))
F.conv_transpose2d(x, t, padding=4)
F.conv_transpose2d(x, t, padding='same')
F.conv_transpose2d(torch.ones(5), t)
nn.Conv2d(3, 4, 3, padding='same', stride=2)
nn.Conv2d(3, 4, 3, groups=2)
nn.Conv2d(4, 3, 3, groups=2)
nn.Conv2d(4, 3, 3, groups=0)
nn.ConvTranspose2d(4, 3, 3, padding_mode='reflect')
nn.ConvTranspose2d(2, 3, 3, 2)(x, output_size=(20, 20))
nn.ConvTranspose2d(2, 3, 3, 2)(x, output_size=(12,))
""".strip().split("\n")


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes(line: str) -> None:
    check_message(f"x, w, t = torch.ones(1, 2, 5, 5), torch.ones(4, 2, 3, 3), torch.ones(2, 3, 3, 3)\n{line}")


LAYERS = [
    ("nn.Conv1d(3, 4, 3)", (2, 3, 7)),
    ("nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2, bias=False)", (2, 4, 9)),
    ("nn.Conv1d(3, 4, 3, padding=1, padding_mode='circular')", (2, 3, 7)),
    ("nn.Conv2d(3, 4, (3, 2), padding=(1, 0), dtype=torch.float32)", (2, 3, 5, 5)),
    ("nn.Conv2d(3, 4, 3, padding='same', padding_mode='reflect')", (2, 3, 5, 5)),
    ("nn.Conv2d(3, 4, 2, padding='same', padding_mode='replicate')", (3, 5, 5)),
    ("nn.Conv2d(4, 4, 3, 2, 'valid', 2, 2, False, 'reflect')", (2, 4, 7, 7)),
    ("nn.Conv3d(2, 4, 2, padding=1, padding_mode='reflect')", (1, 2, 3, 4, 3)),
    ("nn.Conv3d(2, 4, (1, 2, 2), (1, 2, 1))", (1, 2, 3, 4, 3)),
    ("nn.ConvTranspose1d(3, 4, 3, 2)", (2, 3, 5)),
    ("nn.ConvTranspose2d(4, 4, 3, 2, 1, 1, 2, False, 1)", (2, 4, 3, 3)),
    ("nn.ConvTranspose3d(2, 3, 2, (1, 2, 1))", (1, 2, 2, 3, 2)),
]


@pytest.mark.parametrize(("layer", "input"), LAYERS)
def test_layers(layer: str, input: tuple[int, ...]) -> None:
    """Equal seeds give equal weights; names, shapes and text are the same, and so are output and gradients."""
    check(
        f"""
torch.manual_seed(3)
m = {layer}; x = torch.randn({input}, requires_grad=True)
y = m(x); y.square().sum().backward()
repr(m), dict(m.state_dict()), y, x.grad, [p.grad for p in m.parameters()], m._reversed_padding_repeated_twice, m.transposed
""",
        1e-4,
        1e-5,
    )


def test_a_weight_used_twice_and_gradients_that_add_up() -> None:
    check(
        """
torch.manual_seed(0)
m = nn.Conv2d(2, 2, 3, padding=1); x = torch.randn(2, 2, 4, 4, requires_grad=True)
for _ in range(2):
    m(torch.relu(m(x))).sum().backward()

x.grad, m.weight.grad, m.bias.grad
""",
        1e-4,
        1e-4,
    )


@pytest.mark.parametrize("size", ["(12, 11)", "[1, 3, 11, 12]"])
def test_output_size(size: str) -> None:
    check(f"torch.manual_seed(0)\nm = nn.ConvTranspose2d(2, 3, 3, 2); m(torch.ones(1, 2, 5, 5), output_size={size})")
