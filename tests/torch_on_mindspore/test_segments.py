"""Reductions of segments beside real PyTorch."""

from __future__ import annotations

import itertools

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
nan = float("nan")
x = torch.tensor([[1.5, -2.0, 0.0], [2.0, 1.0, -1.0], [0.5, 2.0, 3.0], [-4.0, 0.0, 2.5]])
L, O = torch.tensor([1, 0, 3]), torch.tensor([0, 1, 1, 4])
rows = torch.tensor([[1, 2], [3, 0], [0, 3], [2, 1]])
"""
REDUCES = ("sum", "mean", "prod", "max", "min")


@pytest.mark.parametrize(("reduce", "options"), list(itertools.product(REDUCES, [
    "lengths=L", "lengths=L, initial=1.0", "offsets=O.int()", "lengths=rows, axis=1", "lengths=torch.tensor([1, 1]), unsafe=True", "offsets=O, initial=-9.0",
])))  # fmt: skip
def test_values_and_gradients(reduce, options):
    check_gradient(OPERANDS, f"torch.segment_reduce(x, {reduce!r}, {options})")


@pytest.mark.parametrize("expression", [
    "torch.segment_reduce(x.double()[:, 0], 'sum', lengths=L), torch.segment_reduce(x[:0], 'max', lengths=torch.tensor([0, 0])), torch.segment_reduce(x[:, :0], 'sum', lengths=L)",
    "torch.segment_reduce(torch.tensor([1.0, nan, 2.0]), 'sum', lengths=torch.tensor([1, 2]))", "torch.segment_reduce(x, 'amax', lengths=L, offsets=O)",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("statement", [
    "torch.segment_reduce(x, 'sum')", "torch.segment_reduce(x, 'sum', indices=L)", "torch.segment_reduce(x, 'median', lengths=L)", "torch.segment_reduce(x.long(), 'sum', lengths=L)",
    "torch.segment_reduce(x, 'sum', lengths=L + 1)", "torch.segment_reduce(x, 'sum', lengths=torch.tensor([-1, 5]))", "torch.segment_reduce(x, 'sum', lengths=L, axis=1)",
    "torch.segment_reduce(x, 'sum', lengths=L.float())", "torch.segment_reduce(x, 'sum', offsets=torch.tensor([0, 2, 1]))",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch.segment_reduce(torch.zeros(2), 'sum')")
    check_message("torch.segment_reduce(torch.zeros(2), 'sum', lengths=torch.tensor([1]))")
