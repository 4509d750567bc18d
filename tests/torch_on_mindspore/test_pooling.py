"""Pooling beside real PyTorch: values, places, gradients, layers and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

PROGRAM = """
torch.manual_seed(0)
x = {data}.to(torch.{dtype}).requires_grad_()
y = {call}
y, i = y if isinstance(y, tuple) else (y, None)
y.backward(torch.randn(y.shape).to(torch.{dtype}))
y, i, x.grad
"""
SIZES = {1: (2, 3, 9), 2: (2, 3, 7, 6), 3: (2, 2, 5, 6, 4)}
MAXIMA = [
    (f"F.max_pool{rank}d(x, {options}, return_indices={places})", rank)
    for rank, variants in {
        1: ("3", "2, 1, 1", "3, 2, 1, 2", "2, 3, 0, 1, True"),
        2: ("2", "3, 2, 1", "(3, 2), (2, 1), (1, 0), (2, 3)", "3, 2, 1, 1, True", "2, 5, 1, 1, True", "(2, 3), []"),
        3: ("2", "(3, 2, 2), 2, 1, 1, True", "2, 1, 0, (2, 3, 1)"),
    }.items()
    for options in variants
    for places in (False, True)
]
MEANS = [
    (f"F.avg_pool{rank}d(x, {options})", rank)
    for rank, variants in {
        1: ("3", "2, 1, 1", "3, 2, 1, True", "3, 2, 1, True, False"),
        2: (
            "2",
            "3, 2, 1",
            "(3, 2), (2, 1), (1, 0)",
            "3, 2, 1, True",
            "3, 2, 1, True, False",
            "2, divisor_override=3",
            "3, 2, 1, True, True, -2",
        ),
        3: ("2", "(3, 2, 2), 2, 1, True", "3, 2, 1, False, False", "2, 1, divisor_override=5"),
    }.items()
    for options in variants
]
OTHERS = [
    ("F.adaptive_avg_pool1d(x, 4)", 1),
    ("F.adaptive_avg_pool1d(x, (1,))", 1),
    ("F.adaptive_avg_pool2d(x, 1)", 2),
    ("F.adaptive_avg_pool2d(x, (3, 4))", 2),
    ("F.adaptive_avg_pool2d(x, (None, 8))", 2),
    ("F.adaptive_avg_pool3d(x, (3, 4, 1))", 3),
    ("F.adaptive_avg_pool3d(x, (None, 2, 7))", 3),
    ("F.adaptive_max_pool1d(x, 4, True)", 1),
    ("F.adaptive_max_pool2d(x, (3, 4), True)", 2),
    ("F.adaptive_max_pool2d(x, (None, 8))", 2),
    ("F.adaptive_max_pool3d(x, (2, 4, 3), True)", 3),
    ("F.lp_pool1d(x.abs() + 0.1, 3, 2)", 1),
    ("F.lp_pool2d(x.abs() + 0.1, 2.0, 3, 2, True)", 2),
    ("F.lp_pool2d(x.abs() + 0.1, 1.5, (3, 2))", 2),
    ("F.lp_pool3d(x.abs() + 0.1, 2, 2)", 3),
    ("F.max_unpool1d(*F.max_pool1d(x, 2, return_indices=True), 2)", 1),
    ("F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2, output_size=(7, 6))", 2),
    ("F.max_unpool3d(*F.max_pool3d(x, 2, return_indices=True), 2, output_size=x.shape)", 3),
    ("F.max_pool2d(x[0], 2)", 2),
    ("F.max_pool1d(x[0], 2, return_indices=True)", 1),
    ("F.avg_pool3d(x[0], 2)", 3),
    ("F.adaptive_avg_pool2d(x[0], 2)", 2),
    ("F.adaptive_max_pool2d(x[0], 2)", 2),
    ("F.max_pool2d(x.transpose(2, 3), 2)", 2),
    ("F.avg_pool2d(x.transpose(0, 1), 2)", 2),
]
TIES = "torch.randint(-1, 2, {})"
NAN = "torch.randn({}).masked_fill(torch.rand({}) < 0.2, float('nan'))"
DATA = {"normal": "torch.randn({})", "ties": TIES, "nan": NAN, "infinite": NAN.replace("nan", "-inf")}


def program(call: str, rank: int, data: str = "normal", dtype: str = "float32") -> str:
    return PROGRAM.format(call=call, data=DATA[data].replace("{}", str(SIZES[rank])), dtype=dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("call", "rank"), MAXIMA + MEANS + OTHERS)
def test_values_and_gradients(call: str, rank: int, dtype: str) -> None:
    check(program(call, rank, dtype=dtype), 1e-4, 1e-5)


@pytest.mark.parametrize("data", ["ties", "nan", "infinite"])
@pytest.mark.parametrize(("call", "rank"), MAXIMA + OTHERS[7:11])
def test_ties_and_numbers_that_are_none(call: str, rank: int, data: str) -> None:
    check(program(call, rank, data))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(("call", "rank"), [*MAXIMA[8:12], *MEANS[4:8], *OTHERS[:4], *OTHERS[7:9]])
def test_half_precision(call: str, rank: int, dtype: str) -> None:
    check(program(call, rank, dtype=dtype), 1e-2, 1e-2)


EXPRESSIONS = """
F.max_pool2d(torch.arange(16).reshape(1, 4, 4), 2)
F.max_pool3d(torch.arange(64).reshape(1, 4, 4, 4), 2, return_indices=True)
F.avg_pool2d(torch.arange(-8, 8).reshape(1, 4, 4), 2)
F.avg_pool1d(torch.arange(8).reshape(1, 8), 3, 2, 1)
torch.max_pool1d(torch.arange(8.0).reshape(1, 8), 3)
torch.max_pool2d(torch.arange(16.0).reshape(1, 4, 4), 2, 1)
torch.max_pool1d_with_indices(torch.arange(8.0).reshape(1, 8), 3)
F.max_pool2d_with_indices(torch.arange(16.0).reshape(1, 4, 4), 2)
torch.adaptive_max_pool1d(torch.arange(8.0).reshape(1, 8), 3)
torch.adaptive_avg_pool1d(torch.arange(8.0).reshape(1, 8), 3)
torch.avg_pool1d(torch.arange(8.0).reshape(1, 8), 3)
F.lp_pool2d(-torch.ones(1, 4, 4), 3, 2)
F.lp_pool2d(torch.ones(1, 4, 4, dtype=torch.int64), 2, 2)
F.adaptive_avg_pool2d(torch.ones(2, 3, 3, 3), (0, 2))
F.max_pool2d(torch.ones(0, 3, 3, 3, requires_grad=True), 2, return_indices=True)
F.avg_pool2d(torch.ones(0, 3, 3, 3, requires_grad=True), 2)
F.adaptive_avg_pool2d(torch.ones(0, 3, 3, 3, requires_grad=True), 2)
F.adaptive_max_pool2d(torch.ones(0, 3, 3, 3, requires_grad=True), 2, True)
F.fractional_max_pool2d(torch.randn(2, 3, 8, 7), 2, 5, return_indices=True)
F.fractional_max_pool2d(torch.randn(3, 8, 7, dtype=torch.float64), (2, 3), output_ratio=(0.5, 0.7))
F.fractional_max_pool3d(torch.randn(2, 2, 6, 8, 7), (2, 3, 1), (3, 4, 5), return_indices=True)
F.fractional_max_pool2d(torch.randn(1, 2, 8, 7), 2, 5, _random_samples=torch.tensor([[[0.1, 0.9], [0.5, 0.3]]]))
""".strip().split("\n")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression: str) -> None:
    check(f"torch.manual_seed(0)\n{expression}")


LAYERS = [
    ("nn.MaxPool1d(2)", 1),
    ("nn.MaxPool2d(3, 2, 1, ceil_mode=True)", 2),
    ("nn.MaxPool2d(2, return_indices=True)", 2),
    ("nn.MaxPool3d((1, 2, 2))", 3),
    ("nn.AvgPool1d(2)", 1),
    ("nn.AvgPool2d(2, 1, 1, True, False, 3)", 2),
    ("nn.AvgPool3d(2)", 3),
    ("nn.LPPool1d(2, 3)", 1),
    ("nn.LPPool2d(2, 3, stride=1, ceil_mode=True)", 2),
    ("nn.LPPool3d(2, 2)", 3),
    ("nn.AdaptiveAvgPool1d(3)", 1),
    ("nn.AdaptiveAvgPool2d((None, 2))", 2),
    ("nn.AdaptiveAvgPool3d(1)", 3),
    ("nn.AdaptiveMaxPool1d(3)", 1),
    ("nn.AdaptiveMaxPool2d((None, 2), return_indices=True)", 2),
    ("nn.AdaptiveMaxPool3d(1)", 3),
    ("nn.FractionalMaxPool2d(2, 3)", 2),
    ("nn.FractionalMaxPool3d(2, output_ratio=0.5, return_indices=True)", 3),
]


@pytest.mark.parametrize(("layer", "rank"), LAYERS)
def test_layers(layer: str, rank: int) -> None:
    check(f"torch.manual_seed(0)\nm = {layer}; x = torch.randn{SIZES[rank]}\nrepr(m), m(x), m.state_dict()")


def test_unpooling_layers() -> None:
    check(
        """
x = torch.arange(36.0).reshape(1, 1, 6, 6)
y, i = nn.MaxPool2d(2, stride=2, return_indices=True)(x); m = nn.MaxUnpool2d(2, stride=2)
repr(m), m(y, i), m(y, i, output_size=(7, 7)), repr(nn.MaxUnpool1d(2, 3, 1)), repr(nn.MaxUnpool3d(2))
"""
    )


MISTAKES = """
F.max_pool2d(torch.ones(2, 2), 2)
F.max_pool1d(torch.ones(3), 2)
F.max_pool3d(torch.ones(3, 3, 3), 2)
F.max_pool2d(x, 6)
F.max_pool1d(x[0], 6)
F.max_pool2d(x, 2, padding=2)
F.max_pool1d(x[0], 2, padding=2)
F.max_pool2d(x, 2, padding=-1)
F.max_pool2d(x, 2, stride=0)
F.max_pool1d(x[0], 0)
F.max_pool2d(x, (2, 2, 2))
F.max_pool1d(x[0], (2, 2))
F.max_pool2d(x.bool(), 2)
F.max_pool1d(x[0].long(), 2)
F.max_pool2d(torch.zeros(2, 0, 4, 4), 2)
F.avg_pool2d(x, 6)
F.avg_pool2d(x, 2, padding=2)
F.avg_pool2d(x, 2, divisor_override=0)
F.avg_pool2d(x.bool(), 2)
F.avg_pool2d(torch.ones(2, 2), 2)
F.avg_pool1d(torch.ones(3), 2)
F.avg_pool2d(x, (2, 2, 2))
F.adaptive_avg_pool2d(x, (2, 2, 2))
F.adaptive_avg_pool2d(x, -1)
F.adaptive_avg_pool2d(x.long(), 2)
F.adaptive_avg_pool2d(torch.ones(3, 3), 2)
F.adaptive_avg_pool1d(torch.ones(3), 2)
F.adaptive_avg_pool1d(torch.ones(3, 3), None)
F.adaptive_avg_pool2d(torch.zeros(1, 3, 0, 3), 2)
F.adaptive_max_pool2d(torch.ones(3, 3), 2)
F.adaptive_max_pool2d(x.long(), 2)
F.max_unpool2d(x, x.int(), 2)
F.max_unpool2d(x, x.long() * 1000, 2)
F.max_unpool2d(x, x.long()[:, :1], 2)
F.max_unpool2d(torch.ones(5, 5), torch.ones(5, 5).long(), 2)
F.max_unpool2d(x, x.long(), 2, output_size=(13, 11))
F.max_unpool2d(x, x.long(), 2, output_size=(13,))
F.lp_pool2d(x, 0, 2)
F.fractional_max_pool2d(x, 2)
F.fractional_max_pool2d(x, 2, output_size=6)
F.fractional_max_pool2d(x, 2, output_size=3, _random_samples=torch.ones(2, 2))
F.fractional_max_pool2d(x, 2, output_size=3, _random_samples=torch.ones(0, 2, 2))
F.fractional_max_pool2d(x, 2, output_size=3, _random_samples=torch.ones(9, 9, 2))
nn.FractionalMaxPool2d(2)
nn.FractionalMaxPool2d(2, 3, 0.5)
nn.FractionalMaxPool2d(2, output_ratio=1.5)
""".strip().split("\n")


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes(line: str) -> None:
    check_message(f"x = torch.ones(1, 2, 5, 5)\n{line}")
