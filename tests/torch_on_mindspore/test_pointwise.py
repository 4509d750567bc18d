"""Element-wise functions and comparisons: values, dtypes, gradients and errors are PyTorch's."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
x = torch.tensor([[1.5, -2.25, 0.0], [3.0, -0.5, 2.5]])
y = torch.tensor([[0.5, 2.0, -1.0], [-3.0, 4.0, 2.5]])
i = torch.tensor([[7, -3, 0], [12, 5, -8]])
j = torch.tensor([2, 3, 5])
u = torch.tensor([250, 7, 3], dtype=torch.uint8)
b = torch.tensor([True, False, True])
d = torch.tensor([1.0, float("nan"), float("inf"), -float("inf"), 0.0], dtype=torch.float64)
c = torch.tensor([1 + 2j, -3j, 0j])
h = torch.tensor([1.5, 2.5], dtype=torch.bfloat16)
"""


@pytest.mark.parametrize("expression", [
    "torch.addcmul(x, x, y, value=0.5), torch.addcmul(i, i, j), x.addcmul(j, y)",
    "torch.addcdiv(x, y, y, value=2), torch.addcdiv(x, i, y)",
    "torch.lerp(x, y, 0.25), torch.lerp(x, y, 0.75), torch.lerp(x, y, y)",
    "torch.fmod(x, y), torch.fmod(i, j), torch.fmod(x, 0.7), torch.fmod(i, -3), torch.fmod(u, 4)",
    "torch.atan2(x, y), torch.atan2(i, j), torch.arctan2(x, i), torch.hypot(x, y)",
    "torch.copysign(x, y), torch.copysign(i, -1.0), torch.copysign(x, -0.0)",
    "torch.nextafter(x, y), torch.gcd(i, j), torch.lcm(i, j), torch.gcd(u, u)",
    "torch.bitwise_left_shift(j, j), torch.bitwise_right_shift(i, 1)",
    "torch.float_power(i, 2), torch.float_power(x, 2), torch.float_power(2, j)",
    "torch.ldexp(x, j), torch.frac(x), torch.sgn(x), torch.sgn(c), torch.sign(i), torch.sign(u), torch.sign(b)",
    "torch.signbit(x), torch.signbit(i), torch.positive(x), torch.deg2rad(i), torch.rad2deg(x)",
    "torch.nan_to_num(d), torch.nan_to_num(d, 1.0, 2.0, 3.0), torch.nan_to_num(i), d.nan_to_num(nan=5.0)",
    "torch.clamp_min(x, 0), torch.clamp_max(x, 1.0), x.clamp_min(y), torch.clip(i, 0, 3)",
    "torch.square(x), torch.square(i), torch.square(b), torch.exp2(x), torch.exp2(j)",
    "torch.round(x), torch.round(x, decimals=1), torch.round(i), x.round(decimals=-1), torch.fix(x)",
    "torch.real(c), torch.imag(c), c.real, c.imag, x.real, torch.conj(c).resolve_conj(), torch.angle(c), torch.angle(x)",
    "torch.complex(x, y), torch.polar(torch.abs(x), y), torch.view_as_real(c), torch.view_as_complex(torch.stack([x, y], -1))",
    "torch.maximum(x, y), torch.minimum(x, i), torch.maximum(b, ~b), torch.minimum(b, ~b), torch.max(i, j)",
    "torch.fmax(d, d.flip(0)), torch.fmin(d, d.flip(0)), torch.fmax(i, j), torch.fmin(b, ~b)",
    "torch.heaviside(x, torch.tensor(0.5)), torch.isposinf(d), torch.isneginf(d), torch.isposinf(i), torch.isreal(c), torch.isreal(i)",
    "torch.isin(i, j), torch.isin(i, torch.tensor([7, 12]), invert=True), torch.isin(7, i), torch.isin(i, 7)",
    "torch.isclose(d, d), torch.isclose(d, d, equal_nan=True), torch.allclose(x, x + 1e-9), torch.equal(i, i), torch.equal(i, j)",
    "torch.rsub(x, 2), torch.rsub(i, j, alpha=2), list(torch.frexp(x))",
    "h + 1, torch.sin(h), torch.addcmul(h, h, h), h.sqrt(), torch.maximum(h, h * 2), h.sum(), h.square(), torch.nan_to_num(h.abs())",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "torch.addcmul(x, x, x, value=0.5)", "torch.addcdiv(x, x, x + 4)", "torch.lerp(x, y, 0.3)", "torch.lerp(y, x, 0.8)",
    "torch.lerp(y, y, x)", "torch.fmod(x, 0.7)", "torch.fmod(y, x + 5)", "torch.atan2(x, y)", "torch.hypot(x, y)",
    "torch.copysign(x, y)", "torch.frac(x)", "torch.nan_to_num(x)", "torch.clamp_min(x, 0.0)", "torch.clamp_max(x, 3.0)",
    "torch.square(x)", "torch.exp2(x)", "torch.fmax(x, y)", "torch.fmin(x, y)", "torch.maximum(x, y)",
    "torch.deg2rad(x)", "torch.view_as_real(torch.view_as_complex(x.reshape(3, 2)) * torch.polar(y, y).reshape(-1)[:3])",
    "torch.complex(x, y).abs()", "(1 / torch.complex(x, y)).real", "torch.complex(y, x).angle()",
    "torch.view_as_real(torch.complex(x, y) @ torch.complex(y, x).mT)", "torch.complex(x, y).conj().real", "torch.sgn(torch.complex(x, y)).real",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("statement", [
    "torch.frac(i)", "torch.gcd(x, y)", "torch.hypot(i, i)", "torch.lerp(x, i, 0.5)", "torch.imag(x)", "torch.complex(i, i)",
    "torch.isclose(x, i)", "torch.heaviside(x, i)", "torch.addcdiv(i, i, i)", "torch.sign(c)", "torch.maximum(c, c)", "torch.equal(x, 1)",
    "torch.square('x')", "torch.fmod(i, 0)", "torch.isclose(x, x, rtol=-1)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch.imag(torch.ones(1))")
    check_message("torch.heaviside(torch.ones(1), torch.ones(1, dtype=torch.int64))")
    check_message("torch.ones(2).isclose(torch.ones(2), rtol=-1)")
