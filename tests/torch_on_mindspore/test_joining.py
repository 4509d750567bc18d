"""Joining, splitting, rearranging, diagonals: values, views, gradients and errors."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, check_gradient, check_message

OPERANDS = """
x = torch.arange(12.0).reshape(3, 4)
v = torch.tensor([1, 2, 3])
t = torch.arange(24.0).reshape(2, 3, 4)
s = torch.tensor(5.0)
"""


@pytest.mark.parametrize("expression", [
    "torch.cat([x, x.long()], 1), torch.concat((v, v)), torch.concatenate([x, x], dim=-1), torch.stack([v, v], -1)",
    "torch.hstack([v, v]), torch.hstack([x, x]), torch.vstack([v, v]), torch.dstack([v, v]), torch.column_stack([v, v]), torch.row_stack([x, x[:1]])",
    "torch.atleast_1d(s), torch.atleast_2d(v), torch.atleast_3d(v), torch.atleast_3d(x), list(torch.atleast_2d(s, v))",
    "list(x.tensor_split(3, 1)), list(torch.tensor_split(x, (1, 2))), list(x.hsplit(2)), list(x.vsplit([1])), list(t.dsplit(2)), list(v.hsplit(3))",
    "list(x.split_with_sizes([1, 2])), list(x.split([1, 3], dim=1)), list(x.chunk(2, 1)), list(v.tensor_split(torch.tensor([1, 2])))",
    "torch.broadcast_shapes((2, 1), 3), torch.broadcast_shapes((2, 1, 3), (4, 1)), list(torch.broadcast_tensors(v, x[:, :1])), v.broadcast_to((2, 3))",
    "list(torch.meshgrid(v, v[:2], indexing='ij')), list(torch.meshgrid([v, v[:2]], indexing='xy')), list(torch.meshgrid(v, s.long()))",
    "torch.cartesian_prod(v, v[:2]), torch.cartesian_prod(v), torch.combinations(v), torch.combinations(v, 3, True), torch.combinations(v, 4)",
    "torch.block_diag(x, v, s), torch.block_diag(torch.zeros(1, 0), x)",
    "x.flip(0), torch.flip(t, (0, -1)), torch.flip(t, dims=[1]), x.fliplr(), x.flipud()",
    "x.roll(1), torch.roll(x, (1, -1), (0, 1)), x.roll(5, 1), x.rot90(), torch.rot90(t, 3, (1, 2)), x.rot90(2)",
    "x.repeat_interleave(2), torch.repeat_interleave(x, torch.tensor([1, 0, 2]), dim=0), torch.repeat_interleave(v), x.repeat_interleave(2, 1, output_size=8), s.repeat_interleave(3)",
    "x.tile((2,)), x.tile(2, 1, 1), torch.tile(v, dims=(2, 2)), x.repeat(1, 2), x.repeat(0, 1)",
    "x.unfold(1, 2, 1), t.unfold(0, 2, 1), x.unfold(-1, 3, 2), x.as_strided((2, 2), (1, 2), 1), x.T.unfold(0, 2, 2)",
    "t.swapaxes(0, 2), t.swapdims(0, 1), t.moveaxis(0, -1), t.moveaxis((0, 1), (1, 0)), x.ravel(), x.adjoint(), x.H, t.mH, x.narrow_copy(1, 1, 2)",
    "x.diagonal(), x.diagonal(1), t.diagonal(0, 1, 2), torch.diag(v), torch.diag(x, -1), torch.diag(v, 1), torch.diagflat(x[:1]), torch.diag_embed(x, 1, 0, 2)",
    "x.tril(), x.triu(1), t.tril(-1), torch.triu(t, -1), v.reshape(1, 3).tril(), (x > 3).triu(), torch.tril_indices(3, 4, 1), torch.triu_indices(3, 3), torch.trace(x)",
    "torch.vander(v), torch.vander(v, 2, True), torch.permute(t, dims=(2, 0, 1)), torch.squeeze(t[:1], dim=0), x.narrow(1, -2, 1), torch.unflatten(x, 1, (2, -1))",
    "x.sum(axis=1, keepdims=True), torch.flip(x, [0]), torch.argmax(x, axis=1), torch.stack([v, v], axis=1), torch.squeeze(t[:1], axis=0)",
])  # fmt: skip
def test_values(expression):
    check(OPERANDS + expression)


@pytest.mark.parametrize("expression", [
    "torch.cat([x, x[:1]], 0)", "torch.hstack([x, x])", "torch.roll(x, 1, 1)", "torch.rot90(x)", "x.repeat_interleave(2, 0)", "x.unfold(1, 2, 1)",
    "x.as_strided((2, 2), (1, 2), 1)", "x.diagonal(1)", "torch.diag_embed(x)", "x.tril()", "torch.trace(x)", "torch.block_diag(x, x)", "x.flip(1)",
    "x.tensor_split(3, 1)[1]", "torch.meshgrid(x[0], x[1], indexing='xy')[0]", "torch.combinations(x[0])", "x.unbind(1)[2]", "x.select(0, 1)",
    "x.T.unfold(0, 2, 1)", "x.tile(2, 1)",
])  # fmt: skip
def test_gradients(expression):
    check_gradient(OPERANDS, expression)


@pytest.mark.parametrize("view", [
    "x.diagonal()", "x.unfold(1, 2, 2)", "x.as_strided((2, 2), (1, 2), 1)", "x.swapaxes(0, 1)", "x.moveaxis(0, 1)", "x.ravel()", "x.tensor_split(2)[1]",
    "x.broadcast_to((2, 3, 4))[1]", "torch.atleast_3d(x)", "x.H",
])  # fmt: skip
def test_views(view):
    check(
        f"{OPERANDS}view = {view}\nview.mul_(2.0) if view is not x and view.numel() < 12 or view.is_contiguous() else x.add_(1.0)\nx, view"
    )


@pytest.mark.parametrize("statement", [
    "torch.cat([])", "torch.stack([x, v])", "x.tensor_split(0)", "x.hsplit(3)", "v.dsplit(1)", "torch.broadcast_shapes((2,), (3,))", "torch.meshgrid(x)",
    "torch.meshgrid(v, x[0])", "torch.cartesian_prod(x)", "torch.block_diag(t)", "x.roll((1, 2), 0)", "x.rot90(1, (0, 0))", "v.fliplr()", "x.flip(0, 0)",
    "x.repeat_interleave(-1)", "x.repeat_interleave(v, 1)", "x.unfold(1, 5, 1)", "x.unfold(1, 2, 0)", "x.as_strided((9, 9), (4, 1))", "x.diagonal(0, 1, 1)",
    "t.diag()", "v.tril()", "t.trace()", "torch.vander(x)", "t.H", "torch.combinations(x)", "x.select(0, 3)", "x.narrow(0, 2, 2)",
])  # fmt: skip
def test_errors(statement):
    check(OPERANDS + statement)


def test_messages():
    check_message("torch.zeros(2, 3, 4).H")
    check_message("torch.zeros(3).unfold(0, 4, 1)")
    check_message("torch.zeros(2, 3).hsplit(2)")
