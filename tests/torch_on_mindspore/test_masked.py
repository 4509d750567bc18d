"""torch.masked: what a mask leaves out counts as the identity of the operation."""

from __future__ import annotations

import pytest

import compat.torch as torch
from compat.errors import UnsupportedAPI
from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
inf = float("inf")
M = torch.masked
x = torch.tensor([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
i = torch.tensor([[1, -2, 3], [4, 5, -6]])
m = torch.tensor([[True, False, True], [False, False, False]])
some = torch.tensor([[True, False, True], [False, True, False]])
"""
REDUCTIONS = "sum prod amax amin argmax argmin mean median logsumexp norm var std"
NORMALISATIONS = "cumsum cumprod softmax log_softmax softmin"


@pytest.mark.parametrize("name", REDUCTIONS.split())
@pytest.mark.parametrize("arguments", [
    "x, dim=1, mask=m", "x, dim=0, keepdim=True, mask=m", "x, dim=1", "x, mask=some[0]", "x, dim=1, dtype=torch.float64, mask=m.float()",
])  # fmt: skip
def test_reductions(name, arguments):
    check(f"{OPERANDS}M.{name}({arguments})")


@pytest.mark.parametrize("name", NORMALISATIONS.split())
@pytest.mark.parametrize(
    "arguments", ["x, 1, mask=m", "x, 0, mask=some", "x, -1", "x, 1, dtype=torch.float64, mask=some", "torch.tensor(2.0), 0"]
)
def test_normalisations(name, arguments):
    check(f"{OPERANDS}M.{name}({arguments})", atol=5e-6)  # MindSpore's kernel of log_softmax is off by 3e-6


@pytest.mark.parametrize("expression", [
    "[f(i.to(kind), 1, mask=m) for f in (M.sum, M.prod, M.amax, M.amin, M.argmax, M.cumsum, M.cumprod, M.var, M.logsumexp) for kind in (torch.int8, torch.uint8, torch.int64)]",
    "M.sum(i > 0, 1, mask=m), M.prod(i > 0, 1, mask=m), M.median(i, 1, mask=some), M.mean(i, 0, dtype=torch.float32, mask=m), M.prod(x, 0, dtype=torch.int32, mask=m)",
    "[M.norm(x, p, 1, mask=m) for p in (2, 1, 0, 3, -1, inf, -inf)], [M.normalize(x, p, 1, mask=m) for p in (2.0, 1.0)]",
    "M.logaddexp(x, x * 2, input_mask=m, other_mask=~m), M.logaddexp(x, x, dtype=torch.float64)",
    "M.sum(x, (0, 1), keepdim=True, mask=m), M.var(x, (0, 1), unbiased=False, mask=m), M.std(x, 1, correction=2), M.median(x, (0, 1), mask=m), M.cumsum(x, (0, 1))",
    "M.amax(torch.zeros(0, 3), 1), M.prod(torch.zeros(0, 3), 0), M.mean(torch.zeros(0, 3), 0), M.sum(torch.tensor(2.0), 0, mask=torch.tensor(False))",
    "M.median(i, 1, dtype=torch.float64, mask=some), M.median(x.double(), 0, dtype=torch.float32), M.median(i, 1, dtype=torch.int32, mask=some)",
    "M.is_masked_tensor(x), callable(M.masked_tensor), isinstance(M.MaskedTensor, type)",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "M.sum(x, 1, mask=some)", "M.prod(x, 1, mask=some)", "M.amax(x, 1, mask=some)", "M.mean(x, 1, mask=some)", "M.median(x, 1, mask=some)",
    "M.var(x, 1, correction=0, mask=some)", "M.std(x, mask=some)", "M.norm(x, 3.0, 1, mask=some)", "M.normalize(x, 2.0, 1, mask=some)", "M.softmax(x, 1, mask=some)",
    "M.log_softmax(x, 0, mask=some)[0]", "M.cumprod(x, 1, mask=some)", "M.logsumexp(x, 1, mask=some)", "M.logaddexp(x, x, input_mask=some)", "M.softmax(x, 1, mask=m)",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("statement", [
    "M.mean(i, 1)", "M.median(i, 1, mask=m)", "M.amax(i > 0, 1, mask=m)", "M.sum(x, 0, mask=m[None])", "M.sum(x, 0, mask=m[:, :2])", "M.sum(x, (0, 0))",
    "M.argmax(x, (0, 1))", "M.norm(x, 'fro', (0, 1))", "M.sum(x, 2)", "M.amax(torch.zeros(0, 3), 0)", "M.softmax(i, 1)", "M.norm(i, 2, 1)", "M.cumsum(x)",
    "M.amax(x.to(torch.complex64), 1, mask=m)", "M.var(i > 0, 1)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch.masked.mean(torch.tensor([1]), 0)")
    check_message("torch.masked.sum(torch.zeros(2), mask=torch.ones(1, 2))")
    check_message("torch.masked.argmax(torch.zeros(2, 2), (0, 1))")


def test_tensors_that_carry_a_mask_are_refused():
    with pytest.raises(UnsupportedAPI):
        torch.masked.masked_tensor(torch.zeros(2), torch.tensor([True, False]))


@pytest.mark.parametrize("function", ["softmax", "log_softmax"])
@pytest.mark.parametrize("dim", [0, 1])
def test_softmax_beside_rows_of_minus_infinity(function, dim):
    """MindSpore's kernel gets the rows that follow one of -∞ wrong."""
    code = "x = torch.arange(35.0).reshape(7, 5).sin()\nx[1:3] = x[5] = x[:, 2] = -torch.inf\n" + f"torch.{function}(x, {dim})"
    check(code)
