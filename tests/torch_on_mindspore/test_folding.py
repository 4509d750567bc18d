"""Folding, shuffling and unflattening beside real PyTorch: values, gradients, layers and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

CALLS = [
    ("F.unfold(x, 2)", (2, 3, 4, 5)),
    ("F.unfold(x, (2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2))", (2, 3, 4, 5)),
    ("F.unfold(x, 1)", (2, 3, 4, 5)),
    ("F.unfold(x, 2)", (3, 4, 5)),
    ("F.fold(x, (4, 5), 2)", (2, 12, 12)),
    ("F.fold(x, (4, 5), (2, 3), (2, 1), (1, 0), (1, 2))", (2, 12, 8)),
    ("F.fold(x, (3, 3), 2)", (8, 4)),
    ("F.fold(F.unfold(x, 3, padding=1), (4, 4), 3, padding=1)", (2, 2, 4, 4)),
    ("F.pixel_shuffle(x, 2)", (2, 8, 2, 3)),
    ("F.pixel_shuffle(x, 3)", (9, 2, 3)),
    ("F.pixel_shuffle(x, 2)", (2, 3, 4, 2, 2)),
    ("torch.pixel_unshuffle(x, 2)", (2, 2, 4, 6)),
    ("F.channel_shuffle(x, 2)", (2, 6, 3)),
    ("nn.PixelShuffle(2)(nn.PixelUnshuffle(2)(x))", (1, 2, 4, 4)),
    ("nn.ChannelShuffle(2)(x)", (2, 4, 3)),
    ("nn.Unflatten(1, (2, -1))(x)", (2, 6, 3)),
    ("nn.Fold((4, 4), 2, stride=2)(nn.Unfold(2, stride=2)(x))", (1, 2, 4, 4)),
]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize(("call", "shape"), CALLS)
def test_values_and_gradients(call: str, shape: tuple[int, ...], dtype: str) -> None:
    check(
        f"""
torch.manual_seed(0)
x = torch.randn({shape}).to(torch.{dtype}).requires_grad_()
y = {call}
y.backward(torch.randn(y.shape).to(torch.{dtype}))
y, x.grad
""",
        *((1e-2, 1e-2) if dtype == "float16" else (1e-5, 1e-6)),
    )


EXPRESSIONS = """
F.unfold(torch.zeros(0, 2, 3, 3), 2)
F.fold(torch.zeros(0, 8, 4), (3, 3), 2)
F.unfold(torch.ones(1, 2, 3, 3, dtype=torch.bool), 2, padding=1)
F.pixel_shuffle(torch.arange(8).reshape(1, 8, 1, 1), 2)
F.pixel_shuffle(torch.ones(0, 4, 2, 2), 2)
torch.native_channel_shuffle(torch.arange(12.0).reshape(1, 6, 2), 3)
[repr(m) for m in (nn.Fold((3, 3), 2), nn.Unfold(2, padding=1), nn.PixelShuffle(2), nn.PixelUnshuffle(2), nn.ChannelShuffle(2))]
repr(nn.Unflatten(1, (2, 2))), nn.modules.flatten.Unflatten(1, [2, 2]).unflattened_size
""".strip().split("\n")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression: str) -> None:
    check(expression)


MISTAKES = """
F.fold(torch.ones(1, 7, 4), (3, 3), 2)
F.fold(torch.ones(1, 8, 5), (3, 3), 2)
F.fold(torch.ones(8), (3, 3), 2)
F.fold(torch.ones(1, 8, 4), (3, 3, 3), 2)
F.fold(torch.ones(1, 8, 4).long(), (3, 3), 2)
F.fold(torch.ones(1, 8, 4), (3, 3), 2, dilation=0)
F.unfold(x, 5)
F.unfold(x, (2, 2, 2))
F.unfold(x, 0)
F.unfold(x, 2, stride=0)
F.unfold(x, 2, padding=-1)
F.unfold(x.long(), 2)
F.pixel_shuffle(x, 3)
F.pixel_shuffle(x, 0)
F.pixel_shuffle(torch.ones(2, 2), 2)
F.pixel_unshuffle(x, 3)
F.pixel_unshuffle(x, 0)
F.channel_shuffle(x, 3)
F.channel_shuffle(x, 0)
F.channel_shuffle(torch.ones(2, 4), 2)
nn.Unflatten(1, 3)
nn.Unflatten(1, (2, 2.0))
""".strip().split("\n")


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes(line: str) -> None:
    check_message(f"x = torch.ones(1, 4, 4, 4)\n{line}")
