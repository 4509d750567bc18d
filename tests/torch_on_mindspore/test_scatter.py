"""Writing and reading at indexed places."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
x = torch.arange(12.0).reshape(3, 4) / 4 - 1
s = torch.tensor([[5.0, 6.0, 7.0], [8.0, 9.0, 10.0]])
i = torch.tensor([[0, 2, 1], [2, 2, 0]])
k = torch.tensor([2, 0])
w = torch.arange(12).reshape(3, 4)
b = torch.tensor([[True, False, True, False]] * 3)
"""


@pytest.mark.parametrize("expression", [
    "x.scatter(0, i, s), torch.scatter(x, 1, i, 9.0), x.scatter(1, i[:1], s), w.scatter(0, i, w), b.scatter(1, i, True)",
    "x.scatter(0, i, s, reduce='add'), x.scatter(0, i, s, reduce='multiply'), x.scatter(0, i, 2.0, reduce='multiply')",
    "x.scatter_add(0, i, s), torch.scatter_add(w, 1, i, w), torch.tensor(1.0).scatter_add(0, torch.tensor([0]), torch.tensor([2.0]))",
    "[x.scatter_reduce(0, i, s, r, include_self=f) for r in ('sum', 'prod', 'mean', 'amax', 'amin') for f in (True, False)]",
    "x.index_add(0, k, x[:2]), x.index_add(1, k, x[:, :2], alpha=-2), x.index_copy(1, k, x[:, :2]), x.index_fill(0, k, -1.0), x.index_fill(1, k - 1, torch.tensor(3.0))",
    "[x.index_reduce(0, k, x[:2], r) for r in ('prod', 'mean', 'amax', 'amin')]",
    "x.index_put((k, k), torch.tensor(9.0)), x.index_put([k], x[:2], accumulate=True), x.index_put((b,), torch.tensor(0.0))",
    "x.put(k, s[0, :2]), x.put(k - 3, s[0, :2], accumulate=True), torch.take(x, torch.tensor([0, -1, 5])), x.take(i)",
    "torch.take_along_dim(x, x.argsort(1), 1), torch.take_along_dim(x, torch.tensor([3, 1])), torch.take_along_dim(x, i[:1, :1], 0)",
    "x.masked_scatter(b, torch.arange(20.0)), x.masked_scatter(b[0], torch.arange(20.0))",
    "torch.select_scatter(x, x[0], 0, -1), torch.slice_scatter(x, x[:, :2], 1, 1, 4, 2), x.diagonal_scatter(torch.zeros(3)), x.diagonal_scatter(torch.zeros(2), -1)",
    "torch.as_strided_scatter(x, torch.zeros(2, 2), (2, 2), (5, 2))",
    "x.gather(0, i), x.gather(1, i), x.index_select(1, k)",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "x.scatter(0, i, s)", "torch.zeros(3, 3).scatter(0, i, x[:2, :3])", "x.scatter_add(0, i, x[:2, :3])", "x.scatter_reduce(0, i, s, 'amax')",
    "torch.ones(3, 3).scatter_reduce(0, i, x[:2, :3], 'prod')", "x.scatter_reduce(0, i, x[:2, :3], 'mean', include_self=False)",
    "torch.zeros(3, 3).scatter_reduce(0, i, x[:2, :3], 'amin')", "x.index_add(0, k, x[:2])", "x.index_copy(1, k, x[:, :2])",
    "x.index_fill(0, k, 1.0)", "x.index_put((k, k), x[0, :2])", "x.put(k, x[1, :2])", "x.take(i)", "x.masked_scatter(b, x.flatten())",
    "x.slice_scatter(x[:, :2] * 2, 1, 0, 2)", "x.select_scatter(x[1] * 3, 0, 0)", "torch.take_along_dim(x, i, 0)",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("statement", [
    "x.scatter(0, i + 5, s)", "x.scatter(0, i - 1, s)", "x.scatter_add(0, i, w)", "x.scatter(0, i.float(), s)", "x.index_add(0, k + 3, x[:2])",
    "x.index_add(0, k, x)", "x.index_copy(0, k, x)", "x.index_fill(0, k + 2, 1.0)", "x.take(torch.tensor([12]))", "x.put(k, s)",
    "x.masked_scatter(b, torch.zeros(2))", "x.masked_scatter(w, x)", "x.select_scatter(x, 0, 0)", "x.scatter(0, i, torch.zeros(1, 1))",
    "x.scatter_reduce(0, i, s, 'median')", "x.gather(0, i + 3)", "x.index_select(0, k + 3)", "torch.take_along_dim(x, k, 0)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


@pytest.mark.parametrize("statement", [
    "x.scatter_(0, i, s)", "x.scatter_add_(1, i, s)", "x.scatter_reduce_(0, i, s, 'amax')", "x.index_add_(0, k, s[:, :1].expand(2, 4))",
    "x.index_copy_(0, k, x[:2] * 2)", "x.index_fill_(1, k, 0.5)", "x.index_put_((k,), torch.tensor(1.0))", "x.masked_scatter_(b, x + 1)", "x.put_(k, s[0, :2])",
])  # fmt: skip
def test_in_place(statement):
    check(f"{OPERANDS}view = x.view(-1)\nsame = {statement} is x\nsame, x, view")


def test_messages():
    check_message("torch.zeros(2, 2).scatter(0, torch.tensor([[3]]), 1.0)")
    check_message("torch.zeros(2).masked_scatter(torch.tensor([True, True]), torch.zeros(1))")
