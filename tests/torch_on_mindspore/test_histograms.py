"""Counts of elements, and where the elements are that count."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_message

OPERANDS = """
x = torch.tensor([[-2.0, -1.0, 0.0], [1.0, 2.0, 3.0], [0.5, 0.0, 1.5]])
edges = [torch.tensor([-2.0, 0.0, 2.0]), torch.tensor([-1.0, 2.0]), torch.tensor([0.0, 1.5, 2.0, 3.0])]
i = torch.tensor([[3, 7], [0, -1]])
"""


@pytest.mark.parametrize("expression", [
    "list(torch.histogramdd(x, [2, 1, 3])), list(torch.histogramdd(x, 2)), list(torch.histogramdd(x, edges)), list(torch.histogramdd(x.double(), [1, 1, 1]))",
    "list(torch.histogramdd(x, [2, 2, 2], range=[0.0, 1.0, 0.0, 1.0, 0.0, 2.0])), list(torch.histogramdd(x, edges, weight=torch.tensor([1.0, 2.0, 0.5]), density=True))",
    "list(torch.histogramdd(x[:0], [2, 1, 1])), list(torch.histogramdd(x.reshape(3, 1, 3), [2, 2, 2])), list(torch.histogramdd(x, [one.flip(0) for one in edges]))",
    "list(torch.histogramdd(x, [2, 1, 1], [0.0, 1.0, 0.0, 1.0, 0.0, 2.0], None, True)), list(torch.histogram(torch.tensor(0.3), 4)), list(torch.histogram(torch.arange(11) / 10, 10, range=(0.0, 1.0)))",
    "torch.nonzero_static(x, size=2), torch.nonzero_static(i, size=6, fill_value=9), torch.nonzero_static(torch.tensor(3.0), size=2), x.nonzero_static(size=0)",
    "torch.argwhere(torch.tensor(3.0)), torch.argwhere(torch.tensor(0.0)), torch.nonzero(torch.tensor(3.0))",
    "torch.unravel_index(i, (2, 3)), torch.unravel_index(i.int(), 6), torch.unravel_index(i, [2, 2, 2]), torch.unravel_index(i, ())",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("statement", [
    "torch.histogramdd(x, [1, 1])", "torch.histogramdd(x.long(), 2)", "torch.histogramdd(x, 2, weight=torch.ones(2))", "torch.histogramdd(x[0], 2)", "torch.histogramdd(x, [0, 1, 1])",
    "torch.nonzero_static(x, size=-1)", "torch.unravel_index(x, (2, 3))", "torch.unravel_index(i, (2, -3))", "torch.unravel_index(i, i)", "torch.unravel_index(i, (2, 0))", "torch.unravel_index(i, 'a')",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch.histogramdd(torch.zeros(2, 3), [1])")
    check_message("torch.unravel_index(torch.zeros(1), 2)")
