"""Gradients of gradients, beside real PyTorch; where MindSpore's are not known to be right, an error."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, ours, outcome

# What is cubed, differentiated, squared and differentiated again: so that every path through both gradients shows.
OPERATIONS = """
x+y
x-y
x*y
x/y
x**y
x**3
x**2.5
2.0**x
x+2
2-x
x*2.5
x/3
3/x
torch.maximum(x,y)
torch.minimum(x,y)
torch.where(x>y,x,y)
x.clamp(0.7,1.2)
x.masked_fill(x>1,0.)
x.reshape(3,2)
x.t()
x.permute(1,0)
x.unsqueeze(1)
x.unsqueeze(1).squeeze(1)
x.unsqueeze(0).expand(4,2,3)
x[:, :1].expand(2,5)
x.repeat(2,2)
x[0]
x[:,1:]
x[:,::2]
x[[0,1,1]]
x[x>0.8]
x[None]
x.gather(1,torch.tensor([[0],[1]]))
x.index_select(1,torch.tensor([0,2,2]))
x.flip(0)
torch.stack([x,y])
torch.cat([x,y])
torch.cat([x,y*2],1)
x.split(2,1)[0]
x.unbind(1)[1]
x.sum()
x.sum(0)
x.sum(0,keepdim=True)
x.mean()
x.mean(0)
x.prod()
x.prod(1)
x.var(1)
x.std()
x.amax(1)
x.max(1).values
x.min(1).values
x.max()
x.logsumexp(1)
x.norm()
x.norm(dim=1)
x.cumsum(1)
x.sort(1).values
x.topk(2,1).values
x.softmax(1)
x.log_softmax(1)
x@y.t()
x@c
x@c[0]
torch.bmm(x[None],y.t()[None])
torch.dot(x.reshape(-1),y.reshape(-1))
F.linear(x,y)
F.linear(x,y,y[:,0])
x+y[0]
x*y[0]
x/y[0]
x-y[:,:1]
x*y.sum()
F.gelu(x)
F.mse_loss(x,y)
F.l1_loss(x,y)
F.cross_entropy(x,torch.tensor([0,2]))
F.binary_cross_entropy_with_logits(x,y)
F.smooth_l1_loss(x,y)
x.clone()
x.t().contiguous()
x.double()
(x*1).mul_(y)
(x*1).exp_()
(x * 0.4).exp()
(x * 0.4).log()
(x * 0.4).sqrt()
(x * 0.4).rsqrt()
(x * 0.4).sin()
(x * 0.4).cos()
(x * 0.4).tan()
(x * 0.4).sinh()
(x * 0.4).cosh()
(x * 0.4).tanh()
(x * 0.4).sigmoid()
(x * 0.4).erf()
(x * 0.4).log2()
(x * 0.4).log10()
(x * 0.4).log1p()
(x * 0.4).expm1()
(x * 0.4).reciprocal()
(x * 0.4).square()
(x * 0.4).relu()
(x * 0.4).abs()
(x * 0.4).neg()
(x * 0.4).asin()
(x * 0.4).acos()
(x * 0.4).atan()
(x * 0.4).asinh()
(x * 0.4).atanh()
(x * 0.4).erfc()
(x * 0.4 + 1.5).acosh()
F.layer_norm(x, (3,), y[0], y[1])
F.rms_norm(x, (3,), y[0])
F.tanh(x)
F.relu(x - 1)
F.leaky_relu(x - 1)
F.elu(x - 1)
F.selu(x - 1)
F.celu(x - 1)
F.gelu(x, approximate="tanh")
F.silu(x)
F.mish(x)
F.softplus(x)
F.softsign(x)
F.logsigmoid(x)
F.hardswish(x)
F.softmin(x, 1)
F.softmax(x, 0)
F.embedding(torch.tensor([0, 1, 1]), x)
""".strip().split("\n")

PROGRAM = """
x = torch.tensor([[0.6, 1.4, 0.9], [1.1, 0.7, 1.2]], requires_grad=True)
y = torch.tensor([[1.3, 0.8, 0.5], [0.9, 1.0, 0.65]], requires_grad=True)
c = torch.arange(9.0).reshape(3, 3) / 4
z = {operation}
weights = torch.linspace(0.5, 1.5, z.numel()).reshape(z.shape)
first = torch.autograd.grad(((z**3).float() * weights).sum(), [x, y], create_graph=True, allow_unused=True)
second = sum((one * one).sum() * (number + 1) for number, one in enumerate(first) if one is not None)
torch.autograd.grad(second, [x, y], materialize_grads=True)
"""


@pytest.mark.parametrize("operation", OPERATIONS)
def test_second_order(operation: str) -> None:
    check(PROGRAM.format(operation=operation), rtol=1e-3, atol=1e-4)


def test_third_order() -> None:
    check("""
x = torch.tensor([0.5, 1.5], requires_grad=True)
y = (x.sin() * x.exp() / x).sum()
for _ in range(3):
    (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)
y
""")


def test_gradient_penalty() -> None:
    check(
        """
torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
points = torch.rand(5, 3, requires_grad=True)
(slope,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
((slope.norm(dim=1) - 1) ** 2).mean().backward()
[parameter.grad for parameter in critic.parameters()]
""",
        rtol=1e-4,
    )


def test_unknown_operations_are_refused() -> None:
    found = outcome(ours, "x = torch.ones(2, 3, requires_grad=True)\ntorch.autograd.grad(torch.cumprod(x, 1).sum(), x, create_graph=True)")
    assert type(found).__name__ == "UnsupportedArgument"
    assert "CumProd" in str(found)
