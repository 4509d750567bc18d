"""Gradients of gradients, beside real PyTorch; where MindSpore's are not known to be right, an error."""

from __future__ import annotations

import pytest

from tests.torch_on_mindspore.compare import check, ours, outcome, real, same

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
F.embedding(torch.tensor([0, 1, 1]), x, padding_idx=0)
F.prelu(x - 1, y[0, :1])
F.prelu((x - 1).t()[None], y[0])
F.glu(x, 0)
F.glu(torch.cat([x, y], 1))
F.hardtanh(x * 2 - 2)
F.relu6(x * 5)
F.softshrink(x)
F.hardshrink(x)
F.tanhshrink(x)
F.threshold(x, 1, 0.5)
F.normalize(x)
F.cosine_similarity(x, y)
F.pairwise_distance(x, y)
F.avg_pool1d(x[None], 2, 1)
F.avg_pool1d(x[None], 2, 1, 1, count_include_pad=False)
F.avg_pool2d(x[None], 2, 1)
F.avg_pool2d(torch.stack([x, y])[None], 2, 1, ceil_mode=True)
F.avg_pool3d(torch.stack([x, y])[None], 2, 1)
F.max_pool1d(x[None], 2, 1)
F.max_pool1d(x[None], 2, 1, return_indices=True)[0]
F.max_pool2d(torch.stack([x, y])[None], 2, 1)
F.max_pool2d(torch.stack([x, y])[None], 2, 1, 1, ceil_mode=True)
F.max_pool3d(torch.stack([x, y])[None], 2, 1)
F.lp_pool1d(x[None], 3, 2, 1)
F.lp_pool2d(torch.stack([x, y])[None], 2, 2, 1)
F.adaptive_avg_pool1d(x[None], 2)
F.adaptive_avg_pool2d(torch.stack([x, y])[None], (1, 2))
F.adaptive_avg_pool3d(torch.stack([x, y])[None], (1, 2, 2))
F.adaptive_max_pool1d(x[None], 2)
F.adaptive_max_pool2d(torch.stack([x, y])[None], (1, 2))
F.adaptive_max_pool3d(torch.stack([x, y])[None], (1, 2, 2))
F.max_unpool1d(x[None], torch.tensor([[[0, 2, 4], [1, 3, 5]]]), 2)
F.batch_norm(x, None, None, y[0], y[1], True)
F.batch_norm(x, y[0].detach(), y[1].detach(), y[0], y[1])
F.batch_norm(torch.stack([x, y])[None], None, None, y[0, :2], y[1, :2], True)
F.batch_norm(x.double(), None, None, None, None, True)
F.instance_norm(torch.stack([x, y]), None, None, y[0, :2], y[1, :2])
F.group_norm(torch.stack([x, y]), 1, y[0, :2], y[1, :2])
F.local_response_norm(torch.stack([x, y]), 2)
F.pad(x, (1, 2), value=0.5)
F.pad(x, (1, -1))
F.pad(x, (1, 2), mode="reflect")
F.pad(x[None, None], (1, 2, 1, 1), mode="replicate")
F.pad(x[None], (1, 1), mode="circular")
F.pad(torch.stack([x, y])[None], (1, 1, 1, 1, 1, 1), mode="reflect")
F.interpolate(x[None], scale_factor=2)
F.interpolate(torch.stack([x, y])[None], (4, 4), mode="bilinear")
F.interpolate(torch.stack([x, y])[None], (4, 4), mode="bicubic", align_corners=True)
F.pixel_shuffle(torch.stack([x, y, x * y, x + y])[None], 2)
F.pixel_unshuffle(x[None, :, :2], 2)
F.channel_shuffle(torch.stack([x, y], 1), 2)
F.affine_grid(x[None], (1, 1, 2, 2), align_corners=True)
F.scaled_dot_product_attention(x, y, x * y)
F.scaled_dot_product_attention(x[None], y[None], x[None], is_causal=True)
F.triplet_margin_loss(x, y, x * y)
F.margin_ranking_loss(x, y, torch.ones(2, 3))
F.kl_div(x.log(), y.softmax(1), reduction="batchmean")
F.huber_loss(x, y)
F.cosine_embedding_loss(x, y, torch.tensor([1, -1]))
F.nll_loss(x.log_softmax(1), torch.tensor([0, 2]))
F.gaussian_nll_loss(x, y, x * y)
F.bilinear(x, y, torch.ones(2, 3, 3))
torch.atan2(x, y)
torch.hypot(x, y)
torch.logaddexp(x, y)
torch.fmax(x, y)
torch.lerp(x, y, 0.3)
torch.addcmul(x, x, y)
torch.xlogy(x, y)
torch.nan_to_num(x)
x.tril()
x.triu(1)
x.diagonal()
x.diag()
x[0].diag()
torch.diag_embed(x)
torch.einsum("ij,kj->ik", x, y)
torch.roll(x, 1, 1)
torch.cumprod(x, 1)
torch.cumprod(x - 0.6, 1)
torch.logcumsumexp(x, 1)
torch.combinations(x[0])
x.scatter(1, torch.tensor([[0], [1]]), y[:, :1])
x.scatter_add(1, torch.tensor([[0], [1]]), y[:, :1])
x.index_add(1, torch.tensor([0, 0]), y[:, :2])
x.index_copy(1, torch.tensor([2]), y[:, :1])
x.index_put((torch.tensor([0]), torch.tensor([1])), y[0, 0])
x.masked_scatter(y > 0.8, y * 2)
x.take(torch.tensor([0, 4]))
torch.select_scatter(x, y[0], 0, 1)
x.as_strided((2, 2), (1, 2))
torch.linalg.inv(x @ y.t())
torch.linalg.solve(x @ y.t(), x)
torch.linalg.det(x @ y.t())
torch.linalg.slogdet(x @ y.t())[1]
torch.linalg.cholesky(x @ x.t())
torch.linalg.eigvalsh(x @ x.t())
torch.linalg.svdvals(x)
torch.linalg.pinv(x)
torch.linalg.matrix_norm(x, "nuc")
torch.lgamma(x)
torch.digamma(x)
torch.polygamma(1, x)
torch.erfinv(x * 0.4)
torch.sinc(x)
torch.i0(x)
torch.special.i1(x)
torch.special.i0e(x)
torch.special.i1e(x)
torch.special.erfcx(x)
torch.special.ndtr(x)
torch.special.ndtri(x * 0.4)
torch.special.log_ndtr(x)
torch.special.entr(x)
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


# What PyTorch can't differentiate twice, beside the same in operations that it can.
BEYOND = {
    "F.embedding_bag(torch.tensor([0, 1, 1, 0]), x, torch.tensor([0, 3]))": "torch.stack([x[[0, 1, 1]].mean(0), x[0]])",
    'F.embedding_bag(torch.tensor([0, 1, 1]), x, torch.tensor([0, 1]), mode="max")': "torch.stack([x[0], x[1]])",
    'F.embedding_bag(torch.tensor([[0, 1]]), x, mode="sum", per_sample_weights=y[:1, :2])': "x[:1] * y[0, 0] + x[1:] * y[0, 1]",
    "F.hardsigmoid(x)": "x / 6 + 0.5",
    "torch.cdist(x, y)": "(x[:, None] - y).norm(dim=2)",
    "F.multi_margin_loss(x, torch.tensor([0, 2]))": "torch.stack([1 + x[0, 1:] - x[0, 0], 1 + x[1, :2] - x[1, 2]]).relu().sum() / 6",
}


@pytest.mark.parametrize("operation", BEYOND)
def test_beyond_pytorch(operation: str) -> None:
    expected, found = outcome(real, PROGRAM.format(operation=BEYOND[operation])), outcome(ours, PROGRAM.format(operation=operation))
    assert same(expected, found, 1e-3, 1e-4)


MODULES = """
nn.RNN(3, 2)
nn.RNN(3, 2, nonlinearity="relu", bidirectional=True)
nn.LSTM(3, 2)
nn.LSTM(3, 2, 2, bidirectional=True)
nn.LSTM(3, 2, proj_size=1)
nn.LSTM(3, 2, bias=False).double()
nn.GRU(3, 2, 2)
nn.MultiheadAttention(3, 1)
nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 4), nn.LeakyReLU(0.2), nn.LayerNorm(4), nn.PReLU(), nn.GLU())
""".strip().split("\n")

MODULE = """
torch.manual_seed(0)
made = {module}
x = torch.rand(4, 2, 3, dtype=next(made.parameters()).dtype, requires_grad=True)
if isinstance(made, nn.Sequential): x = x[0].detach().requires_grad_()
z = made(x, x, x) if isinstance(made, nn.MultiheadAttention) else made(x)
z = z[0] if isinstance(z, tuple) else z
leaves = [x, *made.parameters()]
first = torch.autograd.grad((z**3).sum(), leaves, create_graph=True, materialize_grads=True)
second = sum((one * one).sum() * (number + 1) for number, one in enumerate(first))
torch.autograd.grad(second, leaves, materialize_grads=True)
"""


@pytest.mark.parametrize("module", MODULES)
def test_modules(module: str) -> None:
    check(MODULE.format(module=module), rtol=1e-3, atol=1e-4)


# What programs do with gradients of gradients.
PROGRAMS = {
    "hessian of a network": """
torch.manual_seed(0)
w, v = torch.randn(4, 3), torch.randn(1, 4)
f = lambda x: (v @ {activation}(w @ x)).sum()
x = torch.tensor([0.3, -0.8, 0.5])
[torch.func.hessian(f)(x), torch.autograd.functional.hessian(f, x), torch.func.jacrev(torch.func.jacrev(f))(x)]
""",
    "physics-informed loss": """
torch.manual_seed(0)
u = nn.Sequential(nn.Linear(2, 6), nn.{module}(), nn.Linear(6, 6), nn.{module}(), nn.Linear(6, 1))
at = torch.rand(5, 2, requires_grad=True)
(first,) = torch.autograd.grad(u(at).sum(), at, create_graph=True)
(second,) = torch.autograd.grad(first[:, 0].sum(), at, create_graph=True)
((first[:, 1] - 0.1 * second[:, 0]) ** 2).mean().backward()
given(u.parameters())
""",
    "model-agnostic meta-learning": """
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.{module}(), nn.LayerNorm(4), nn.Linear(4, 3))
fast = dict(model.named_parameters())
data, target = torch.rand(5, 2), torch.tensor([0, 1, 2, 1, 0])
for step in range(2):
    loss = F.cross_entropy(torch.func.functional_call(model, fast, (data,)), target)
    gradients = torch.autograd.grad(loss, list(fast.values()), create_graph=True)
    fast = {{name: one - 0.4 * gradient for (name, one), gradient in zip(fast.items(), gradients)}}
F.cross_entropy(torch.func.functional_call(model, fast, (data,)), target).backward()
[one.grad for one in model.parameters()]
""",
    "gradient penalty of a critic": """
torch.manual_seed(0)
critic = nn.Sequential(nn.Embedding(4, 6), nn.Unflatten(2, (2, 3)), nn.GroupNorm(1, 3), nn.{module}(), nn.AvgPool2d((1, 2), 1), nn.Flatten(), nn.Linear(12, 1))
real = critic[0](torch.tensor([[0, 1, 2], [3, 0, 1]])).detach().requires_grad_()
(slope,) = torch.autograd.grad(critic[1:](real).sum(), real, create_graph=True)
((slope.flatten(1).norm(dim=1) - 1) ** 2).mean().backward()
given(critic[1:].parameters())
""",
}
ACTIVATIONS = {
    "torch.tanh": "Tanh",
    "F.gelu": "GELU",
    "F.silu": "SiLU",
    "F.softplus": "Softplus",
    "torch.sin": "Mish",
    "F.leaky_relu": "LeakyReLU",
}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_programs(program: str, activation: str) -> None:
    # A gradient that is 0 everywhere may be None here, where PyTorch gives zeros.
    given = "given = lambda parameters: [torch.zeros_like(one) if one.grad is None else one.grad for one in parameters]"
    check(given + PROGRAMS[program].format(activation=activation, module=ACTIVATIONS[activation]), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("function", ["F.layer_norm(x, (3,))", "x.softmax(1)", "torch.linalg.inv(x @ x.t())", "F.glu(x.t(), 1)"])
def test_gradgradcheck(function: str) -> None:
    check(f"""
x = torch.tensor([[0.6, 1.4, 0.9], [1.1, 0.7, 1.2]], dtype=torch.float64, requires_grad=True)
torch.autograd.gradgradcheck(lambda x: {function}, (x,))
""")


def test_unknown_operations_are_refused() -> None:
    found = outcome(
        ours, "x = torch.rand(3, 2, requires_grad=True)\ntorch.autograd.grad(torch.linalg.qr(x)[1].sum(), x, create_graph=True)"
    )
    assert type(found).__name__ == "UnsupportedArgument"
    assert "linalg_qr" in str(found)
