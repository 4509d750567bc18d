"""Orders, searches, distinct values."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
x = torch.tensor([[1.5, -2.25, 0.0, 1.5], [3.0, -0.5, 2.5, 0.0]])
i = torch.tensor([[7, -3, 0, 7], [12, 7, -8, 7]], dtype=torch.int32)
n = torch.tensor([1.0, float("nan"), 3.0, 0.5])
b = torch.tensor([True, False, True])
"""


@pytest.mark.parametrize("expression", [
    "list(torch.sort(x)), list(x.sort(0, descending=True)), list(i.sort(stable=True)), list(n.sort()), list(n.sort(descending=True)), list(b.sort())",
    "list(torch.sort(x, stable=True, dim=0)), list(torch.tensor(3.0).sort()), list(torch.zeros(0).sort())",
    "torch.argsort(x, 0), n.argsort(descending=True), i.argsort(stable=True), torch.msort(x)",
    "list(torch.topk(x[1], 2)), list(x.topk(1, dim=0, largest=False)), list(n.topk(2))",
    "list(torch.kthvalue(x[:, :3], 2)), list(x.kthvalue(1, 0, keepdim=True))",
    "[list(torch.kthvalue(t, k)) for t in (torch.arange(40) * 7 % 5, torch.arange(33).reshape(3, 11) % 3, torch.zeros(4), torch.tensor([2.0, float('nan'), 2.0, float('nan')])) for k in range(1, t.shape[-1] + 1)]",
    "list(torch.kthvalue((torch.arange(60) * 11 % 4).reshape(3, 5, 4), 3, 1, keepdim=True))",
    "torch.unique(i), list(torch.unique(i, return_inverse=True, return_counts=True)), torch.unique(i, dim=1), list(x.unique(return_counts=True))",
    "list(torch.unique_consecutive(i.flatten(), return_inverse=True, return_counts=True)), torch.unique_consecutive(i, dim=0)",
    "torch.searchsorted(torch.tensor([1.0, 3.0, 5.0]), x), torch.searchsorted(torch.tensor([1, 3, 5]), 3, right=True), torch.searchsorted(x.sort().values, x)",
    "torch.bucketize(x, torch.tensor([0.0, 1.0, 2.0])), torch.bucketize(i, torch.tensor([0, 7]), out_int32=True, right=True)",
    "torch.sort(x).values.shape, torch.sort(x)[1].dtype, str(torch.sort(torch.tensor([2, 1])))",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", ["x.sort(1).values", "x.topk(2, 0)[0]", "x[:, :3].kthvalue(2).values", "x.msort()"])
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("statement", [
    "x.topk(5)", "x.kthvalue(0)", "x.sort(2)", "torch.bucketize(x, x)", "torch.searchsorted(x, n)", "torch.searchsorted(n, x, side='left', right=True)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch.zeros(2).topk(3)")
    check_message("torch.zeros(2).sort(3)")
