"""Running sums, products and extremes, differences, integrals."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient

OPERANDS = """
x = torch.tensor([[1.5, -2.25, 0.0, 2.0], [3.0, -0.5, 2.5, 0.0]])
i = torch.tensor([[7, -3, 0], [12, 7, -8]], dtype=torch.int32)
n = torch.tensor([1.0, float("nan"), 3.0, 0.5])
b = torch.tensor([True, False, True])
"""


@pytest.mark.parametrize("expression", [
    "torch.cumsum(x, 1), x.cumsum(0), i.cumsum(-1), b.cumsum(0), torch.cumsum(i, 0, dtype=torch.float64), torch.tensor(2.0).cumsum(0)",
    "torch.cumprod(x, 1), i.cumprod(-1), torch.cumprod(b, 0), torch.zeros(0, 2).cumprod(0)",
    "list(torch.cummax(x, 1)), list(torch.cummin(i, 0)), list(n.cummax(0)), list(n.cummin(0))",
    "torch.logcumsumexp(x, 1), torch.logcumsumexp(torch.tensor([-float('inf'), 1.0]), 0)",
    "torch.diff(x), torch.diff(x, n=2), torch.diff(i, dim=0), torch.diff(b), torch.diff(x, prepend=x[:, :1], append=x[:, :2]), torch.diff(x, n=9)",
    "torch.trapezoid(x), torch.trapz(x, dx=0.5), torch.trapezoid(x, torch.tensor([0.0, 1.0, 3.0, 4.0])), torch.cumulative_trapezoid(x)",
    "list(torch.gradient(x)), list(torch.gradient(x, dim=1, spacing=0.5)), list(torch.gradient(n.nan_to_num(), spacing=(torch.tensor([0., 1., 3., 4.]),)))",
    "list(torch.gradient(x, dim=1, edge_order=2))",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "x.cumsum(1)", "x.cumprod(1)", "(x + 9).cumprod(0)", "x.cummax(1).values", "x.cummin(0)[0]", "x.logcumsumexp(1)", "x.diff(n=2)",
    "torch.trapezoid(x)", "torch.cumulative_trapezoid(x, dx=2.0)", "torch.gradient(x, dim=1)[0]",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("statement", [
    "x.cumsum(2)", "torch.diff(torch.tensor(1.0))", "i.logcumsumexp(0)", "torch.gradient(x, dim=0, edge_order=2)", "x.diff(n=-1)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)
