"""Reductions and statistics."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient

OPERANDS = """
x = torch.tensor([[1.5, -2.25, 0.0, 1.5], [3.0, -0.5, 2.5, 0.0], [4.0, 1.0, -1.0, 7.0]])
i = torch.tensor([[7, -3, 0, 7], [12, 7, -8, 7]])
n = torch.tensor([[1.0, float("nan"), 3.0], [0.5, 2.0, float("nan")]])
b = torch.tensor([[True, False], [True, True]])
u = torch.tensor([1, 0], dtype=torch.uint8)
"""


@pytest.mark.parametrize("expression", [
    "x.nansum(), n.nansum(1), i.nansum(), n.nanmean(), n.nanmean(0, keepdim=True)",
    "x.median(), list(x.median(1)), list(i.median(0, True)), n.median(), list(n.median(1)), n.nanmedian(), list(n.nanmedian(1))",
    "list(x.mode()), list(i.mode(1, keepdim=True)), list(x.mode(0))",
    "[x.quantile(0.3, interpolation=k) for k in ('linear', 'lower', 'higher', 'nearest', 'midpoint')]",
    "x.quantile(torch.tensor([0.0, 0.5, 0.9]), dim=1), x.quantile(0.5, 0, keepdim=True), n.quantile(0.5, 1), n.nanquantile(0.5), n.nanquantile(torch.tensor([0.2]), 1)",
    "list(torch.var_mean(x, 1)), list(torch.std_mean(x)), x.var(0, correction=0), x.std(unbiased=False), torch.var(x, 1, keepdim=True), x.std(1, False)",
    "list(torch.aminmax(x)), list(torch.aminmax(i, dim=1, keepdim=True)), x.amax((0, 1)), b.amax(0), b.amin(1), i.amin()",
    "x.count_nonzero(), torch.count_nonzero(i, dim=1), torch.bincount(torch.tensor([1, 3, 1])), torch.bincount(torch.tensor([1, 3]), torch.tensor([0.5, 2.0]), 6)",
    "torch.histc(x, 4), x.histc(3, -1, 2), torch.histc(torch.ones(3), 2), list(torch.histogram(x, 3)), list(torch.histogram(x, torch.tensor([0.0, 1.0, 9.0])))",
    "torch.cov(x), torch.corrcoef(x), torch.cov(x[0]), torch.cov(x, correction=0, fweights=torch.tensor([1, 2, 1, 3]))",
    "torch.dist(x, x + 1), torch.dist(x, x * 2, 1), torch.norm(x), torch.norm(x, 1, dim=1), x.norm(float('inf')), x.norm(3, 0, True), torch.norm(x, 'nuc'), x.norm(0)",
    "b.all(0), u.all(), u.any(), i.all(1), torch.any(x, 1), torch.all(x, dim=(0, 1)), b.any((0, 1), keepdim=True)",
    "x.logsumexp(1), torch.logsumexp(x, (0, 1), keepdim=True), torch.full((2,), -float('inf')).logsumexp(0), i.logsumexp(0), torch.zeros(0).logsumexp(0)",
    "list(x.max(1)), list(x.min(0, keepdim=True)), b.max(), i.max(), list(i.min(1)), torch.max(x, x * 2), x.argmin(), i.argmax(1, keepdim=True)",
    "torch.cdist(x[:, :2], x[:2, :2]), torch.cdist(x, x, p=1.0), torch.renorm(x, 2, 0, 1.0), x.prod(), i.prod(1), x.sum((0, 1)), i.sum(dtype=torch.float32)",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "x.nansum(1)", "x.nanmean()", "x.median()", "x.median(1).values", "x.quantile(0.3)", "x.quantile(torch.tensor([0.1, 0.6]), 1)", "x.var(1)",
    "torch.std_mean(x, 0)[0]", "torch.aminmax(x, dim=1).max", "x.norm(dim=1)", "(x * 0).norm()", "(x * 0).norm(3)", "x.norm(float('inf'), 1)", "x.norm(1)",
    "torch.norm(x, 'nuc')", "torch.cov(x)", "torch.dist(x, x * 2 + 1)", "x.logsumexp(1)", "x.logsumexp((0, 1))",
    "torch.cdist(x, x[:2] + 1)", "torch.renorm(x, 2, 0, 1.0)", "x.mode(1).values", "x.amax(1)", "x.max()",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("statement", [
    "i.nanmean()", "i.quantile(0.5)", "x.quantile(2.0)", "x.quantile(0.5, interpolation='cubic')", "torch.bincount(i)", "torch.histc(i)", "x.histc(0)",
    "i.var()", "torch.zeros(0).amax()", "torch.zeros(0, 2).amax(0)", "torch.zeros(0).max()", "torch.cov(torch.zeros(1, 1, 1))", "i.norm()", "x.median(3)",
    "torch.cdist(x, i[0])", "x.mean(5)", "i.mean()",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)
