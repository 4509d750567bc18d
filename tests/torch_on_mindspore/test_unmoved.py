"""Results that no element moves: in the graph as PyTorch's are, with the gradients zeros."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check

OPERANDS = """
x = torch.tensor([[0.25, 0.5, 0.75], [0.1, 0.2, 0.9]], requires_grad=True)
w = torch.tensor([[1.0, -2.0, 3.0], [-1.0, 0.5, 0.9]], requires_grad=True)
q = torch.tensor([0.2, 0.75], requires_grad=True)
none = torch.zeros(0, 3, requires_grad=True)
flat = torch.zeros(0, requires_grad=True)
scalar = torch.tensor(1.5, requires_grad=True)
nowhere = torch.tensor(False)
places = torch.zeros(0, dtype=torch.int64)
"""


@pytest.mark.parametrize("expression", [
    "torch.bernoulli(x), (x,)", "torch.bernoulli(none), (none,)", "torch.normal(x, w.abs()), (x, w)", "torch.normal(2.0, x), (x,)", "torch.copysign(x, w), (x, w)",
    "torch.copysign(x, -1.0), (x,)", "torch.nextafter(x, w), (x, w)", "torch.nextafter(x, x[:1] * 1), (x,)", "torch.cat([flat, flat]), (flat,)", "torch.cat([flat, x]), (flat, x)",
    "torch.cdist(none, x), (none, x)", "torch.pdist(x[:1]), (x,)", "torch.combinations(x[0], 4), (x,)", "F.pad(none, (0, 0, 1, 2), value=2.0), (none,)",
    "none @ w.T, (none, w)", "torch.mm(w.T[:, :0], none[:, :2].T.reshape(0, 2)), (w, none)", "torch.take(x, places), (x,)", "x.put(places, flat), (x, flat)",
    "x.index_put((places,), none), (x, none)", "x.masked_scatter(nowhere, w), (x, w)", "none.clone(), (none,)", "torch.quantile(x, q, 1), (x, q)", "torch.nanquantile(x, q), (x, q)",
    "torch.quantile(x, q, 0, interpolation='midpoint'), (x,)", "torch.as_strided_scatter(x, q, (2,), (3,), 1), (x, q)", "torch.as_strided_scatter(x, scalar, (), (), 2), (x, scalar)",
    "scalar.gather(0, torch.tensor([0, 0])), (scalar,)", "scalar.index_select(0, torch.tensor([0])), (scalar,)", "torch.zeros(0, 3, dtype=torch.complex64, requires_grad=True).imag, ()",
])  # fmt: skip
def test_gradients(expression):
    check(f"""{OPERANDS}torch.manual_seed(0)
found, leaves = {expression}
weights = torch.cos(torch.arange(float(found.numel())) + 0.4).reshape(found.shape)
found, torch.autograd.grad(found, leaves, weights) if leaves else ()""")  # fmt: skip


@pytest.mark.parametrize(
    "statement", ["scalar.index_select(0, torch.tensor([0, 0]))", "x.gather(0, torch.tensor(0))", "scalar.gather(0, torch.tensor(1))"]
)
def test_errors(statement):
    check(OPERANDS + statement)
