"""Interpolation beside real PyTorch: values, gradients, layers and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

SIZES = {1: (2, 3, 5), 2: (2, 2, 4, 5), 3: (1, 2, 3, 4, 2)}
TARGETS = {
    1: ("8", "3", "5", "1", "scale_factor=2", "scale_factor=1.3", "scale_factor=0.7, recompute_scale_factor=True"),
    2: ("(7, 3)", "(1, 9)", "4", "scale_factor=(2, 0.6)", "scale_factor=1.7", "scale_factor=1.7, recompute_scale_factor=True"),
    3: ("(4, 2, 5)", "scale_factor=1.5"),
}
MODES = {
    1: ("'nearest'", "'nearest-exact'", "'linear'", "'linear', align_corners=True", "'area'"),
    2: (
        "'nearest'", "'nearest-exact'", "'bilinear'", "'bilinear', align_corners=True", "'bicubic'", "'bicubic', align_corners=True",
        "'area'", "'bilinear', antialias=True", "'bicubic', antialias=True",
    ),
    3: ("'nearest'", "'nearest-exact'", "'trilinear'", "'trilinear', align_corners=True", "'area'"),
}  # fmt: skip
CALLS = [(f"F.interpolate(x, {target}, mode={mode})", rank) for rank in SIZES for target in TARGETS[rank] for mode in MODES[rank]]
PROGRAM = """
torch.manual_seed(0)
x = {data}.to(torch.{dtype}).requires_grad_()
y = {call}
y.backward(torch.randn(y.shape).to(torch.{dtype}))
y, x.grad
"""


def program(call: str, rank: int, dtype: str, data: str = "torch.randn({})") -> str:
    return PROGRAM.format(call=call, data=data.format(SIZES[rank]), dtype=dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("call", "rank"), CALLS)
def test_values_and_gradients(call: str, rank: int, dtype: str) -> None:
    check(program(call, rank, dtype), 1e-4, 1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(("call", "rank"), CALLS[35:42])
def test_half_precision(call: str, rank: int, dtype: str) -> None:
    check(program(call, rank, dtype), 2e-2, 2e-2)


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear"])
def test_infinity_and_nan_stay_where_they_are(mode: str) -> None:
    check(
        f"""
x = torch.arange(20.0).reshape(1, 1, 4, 5); x[0, 0, 1, 2] = float("nan"); x[0, 0, 3, 4] = float("inf"); x.requires_grad_()
y = F.interpolate(x, (7, 9), mode={mode!r}); y.backward(torch.ones(1, 1, 7, 9))
y, x.grad
"""
    )


EXPRESSIONS = """
F.interpolate(torch.arange(6, dtype=torch.uint8).reshape(1, 1, 6), 4)
F.interpolate(torch.ones(0, 2, 3, 3), 2)
F.interpolate(torch.randn(1, 2, 4, 3).transpose(2, 3), scale_factor=2, mode="bilinear")
F.interpolate(torch.randn(1, 1, 3, 3), (3, 3), mode="bicubic")
F.upsample(torch.randn(1, 1, 3, 3), 2)
F.upsample_nearest(torch.randn(1, 1, 3, 3), scale_factor=2)
F.upsample_bilinear(torch.randn(1, 1, 3, 3), scale_factor=2)
[repr(m) for m in (nn.Upsample(2), nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), nn.Upsample(scale_factor=(1.5, 2)))]
repr(nn.UpsamplingNearest2d(2)), repr(nn.UpsamplingBilinear2d(scale_factor=2)), nn.Upsample(2).name, nn.Upsample(scale_factor=2).scale_factor
nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)(torch.randn(1, 1, 3, 3))
nn.Upsample((4, 2), mode="nearest")(torch.randn(1, 1, 3, 3)), nn.UpsamplingNearest2d(scale_factor=2)(torch.randn(1, 1, 3, 3))
nn.UpsamplingBilinear2d(5)(torch.randn(1, 1, 3, 3)), nn.Upsample(scale_factor=1.7, recompute_scale_factor=True)(torch.randn(1, 1, 3, 3))
""".strip().split("\n")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression: str) -> None:
    check(f"torch.manual_seed(0)\n{expression}")


MISTAKES = """
F.interpolate(x)
F.interpolate(x, 2, 2)
F.interpolate(x, (2, 2, 2))
F.interpolate(x, scale_factor=(2, 2, 2))
F.interpolate(x, 2, mode="foo")
F.interpolate(x, 2, mode="linear")
F.interpolate(torch.ones(1, 2, 3), 2, mode="bilinear")
F.interpolate(torch.ones(1, 2, 3), 2, mode="trilinear")
F.interpolate(torch.ones(1, 2, 3), 2, mode="bicubic")
F.interpolate(torch.ones(2, 3), 2)
F.interpolate(x, 2, align_corners=True)
F.interpolate(x, 2, mode="area", align_corners=False)
F.interpolate(x, size=2, recompute_scale_factor=True)
F.interpolate(x, size=2, antialias=True)
F.interpolate(x, 0)
F.interpolate(x, scale_factor=0.1)
F.interpolate(torch.zeros(1, 0, 3, 3), 2)
F.interpolate(torch.zeros(1, 2, 0, 3), 2)
F.interpolate(x, size=(2.0, 2))
""".strip().split("\n")


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes(line: str) -> None:
    check_message(f"x = torch.ones(1, 4, 4, 4)\n{line}")
