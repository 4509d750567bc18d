"""Views as copies, pieces, and what else is copied with a change: values, gradients, errors, and that no storage is shared."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
x = torch.arange(12.0).reshape(3, 1, 4) / 4 - 1
m = torch.arange(6.0).reshape(2, 3)
i = torch.arange(6).reshape(2, 3)
k = torch.tensor([[0, 2, 9]]), torch.tensor([[1], [-7], [0]])
mask = torch.tensor([[True, False, False], [False, False, False], [True, True, False]])
"""
COPIES = (
    "torch.alias_copy(x)", "torch.as_strided_copy(x, (2, 2), (1, 2), 1)", "torch.detach_copy(x * 1)", "torch.diagonal_copy(m, 1)", "torch.expand_copy(x, (3, 2, 4))",
    "torch.permute_copy(x, (2, 0, 1))", "torch.select_copy(x, 0, 1)", "torch.slice_copy(x, 2, 1, -1, 2)", "torch.split_copy(x, 2)[1]",
    "torch.split_with_sizes_copy(x, [1, 2])[1]", "torch.squeeze_copy(x)", "torch.squeeze_copy(x, 1)", "torch.t_copy(m)", "torch.transpose_copy(x, 0, 2)",
    "torch.unbind_copy(x, 2)[3]", "torch.unfold_copy(x, 2, 3, 1)", "torch.unsqueeze_copy(x, 1)", "torch.view_copy(x, (4, 3))", "torch.unsafe_chunk(x, 2)[0]",
    "torch.unsafe_split(x, 2)[0]", "x.unsafe_split_with_sizes([2, 1])[1]", "x.unsafe_chunk(3, 2)[1]",
)  # fmt: skip


@pytest.mark.parametrize("expression", COPIES)
def test_copies_share_nothing(expression):
    check(f"{OPERANDS}found = {expression}\nbefore = found.clone()\nx.zero_(), m.zero_()\nfound, before, found.is_contiguous()")


@pytest.mark.parametrize("expression", [one for one in COPIES if "(m" not in one and "detach" not in one])
def test_gradients_of_copies(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("expression", [
    "type(torch.unbind_copy(m)).__name__, type(torch.unsafe_split(m, 1)).__name__, torch.view_copy(m, torch.int32)",
    "torch._chunk_cat([m, m], 0, 3), torch._chunk_cat([m, m], 1, 2), torch._chunk_cat([m, i.float()], -1, 2), torch._chunk_cat([torch.zeros(2, 3, 2), m], 0, 2)",
    "torch.fill(m, torch.tensor(2.0)), torch.fill(i, 2.7), torch.fill(m > 1, 3), torch.fill(torch.zeros(0, 2), 1), m",
    "torch._unsafe_masked_index(m, mask, k[::-1], -5.0), torch._unsafe_masked_index(i, mask, k[::-1], 7), torch._unsafe_masked_index_put_accumulate(m, mask, k[::-1], torch.ones(3, 3))",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize(
    "expression",
    [
        "torch.fill(x, 3.0)",
        "torch.fill(torch.zeros(2, 2), x.sum())",
        "torch._unsafe_masked_index(x[:, 0], mask, k, 2.0)",
        "torch._unsafe_masked_index_put_accumulate(m, mask, k[::-1], x[:, 0, :3])",
    ],
)
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("statement", [
    "torch.fill(m, torch.ones(2))", "torch.fill(m, 'a')", "torch._chunk_cat([m], 0, 0)", "torch._chunk_cat([], 0, 1)", "torch.expand_copy(m, (3, 3))", "torch.permute_copy(m, 1, 0)",
    "torch.view_copy(m, (4, 2))", "torch.split_with_sizes_copy(m, [1, 2])", "torch.select_copy(m, 0, 2)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch._chunk_cat([torch.zeros(1)], 0, 0)")
    check_message("torch.fill(torch.zeros(1), torch.zeros(1))")
