"""LBFGS, Muon and weight averaging beside real PyTorch."""

import pytest

from tests.torch_on_mindspore.compare import check
from tests.torch_on_mindspore.optim.test_trajectories import SETUP

DRAWN = """
generator = np.random.default_rng(0)
def drawn(*shape):
    return torch.tensor(generator.standard_normal(shape))
"""
CLOSURE = """
calls = []
def closure():
    optimizer.zero_grad()
    loss = loss_of()
    loss.backward()
    calls.append(1)
    return loss
losses = [optimizer.step(closure) for _ in range({steps})]
"""
LBFGS = """
LBFGS(parameters, max_iter=6)
LBFGS(parameters, lr=0.1, max_iter=12)
LBFGS(parameters, lr=torch.tensor(0.5), max_iter=3)
LBFGS(parameters, lr=0.5, history_size=2, max_iter=8, max_eval=5)
LBFGS(parameters, tolerance_grad=0.5)
LBFGS(parameters, tolerance_change=0.1)
LBFGS(parameters, line_search_fn="strong_wolfe", max_iter=7)
LBFGS(parameters, lr=5.0, line_search_fn="strong_wolfe", max_iter=6)
LBFGS(parameters, lr=0.01, line_search_fn="strong_wolfe", max_eval=7)
""".strip().split("\n")


@pytest.mark.parametrize("made", LBFGS)
def test_lbfgs(made: str) -> None:
    """In float64 and few iterations: the curvature estimate magnifies differences of rounding."""
    double = SETUP.replace("torch.randn(", "drawn(").replace("torch.tensor(1.5)", "torch.tensor(1.5).double()")
    run = CLOSURE.format(steps=2).rstrip()
    state = "{k: v for k, v in sorted(optimizer.state_dict()['state'][0].items()) if k not in ('t', 'al')}"
    check(f"{DRAWN}{double}optimizer = torch.optim.{made}\n{run}\n[losses, len(calls), parameters, {state}]", rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("made", LBFGS[:2] + LBFGS[6:7])
def test_lbfgs_in_float32(made: str) -> None:
    check(f"{SETUP}optimizer = torch.optim.{made}\n{CLOSURE.format(steps=1).rstrip()}\n[losses, float(loss_of().detach())]", rtol=1e-4)


def test_lbfgs_on_rosenbrock() -> None:
    code = """
p = nn.Parameter(torch.tensor([-1.5, 2.0], dtype=torch.float64))
optimizer = torch.optim.LBFGS([p], line_search_fn="strong_wolfe", max_iter=40)
def loss_of():
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
"""
    check(f"{code}{CLOSURE.format(steps=2).rstrip()}\n[losses, len(calls), p]", rtol=1e-6)


MUON = """
Muon([weight, wide])
Muon([weight, wide], lr=0.1, weight_decay=0.3, momentum=0.5, nesterov=False)
Muon([weight, wide], lr=0.1, adjust_lr_fn="match_rms_adamw", ns_steps=3)
Muon([weight, wide], lr=0.1, ns_coefficients=(2.0, -1.5, 0.5), eps=1e-3)
""".strip().split("\n")


@pytest.mark.parametrize("made", MUON)
def test_muon(made: str) -> None:
    """The step is only as exact as bfloat16, in which PyTorch computes it."""
    code = f"""
torch.manual_seed(0)
weight, wide = nn.Parameter(torch.randn(6, 4)), nn.Parameter(torch.randn(3, 7))
optimizer = torch.optim.{made}
for step in range(20):
    for p in (weight, wide):
        p.grad = torch.randn(p.shape)
    optimizer.step()
"""
    check(f"{code.rstrip()}\n[optimizer.state_dict()]", rtol=1e-5)
    check(f"{code.rstrip()}\n[weight, wide]", rtol=2e-2, atol=2e-2)


AVERAGED = """
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2))
model.register_buffer("seen", torch.zeros(2)); model.register_buffer("count", torch.tensor(0))
U = torch.optim.swa_utils
averaged = U.AveragedModel(model{options})
for step in range(5):
    for p in model.parameters():
        p.data.add_(torch.randn(p.shape))
    model.seen.add_(1.0)
    model.count.add_(3)
    averaged.update_parameters(model)
"""


@pytest.mark.parametrize(
    "options",
    [
        "",
        ", use_buffers=True",
        ", avg_fn=U.get_ema_avg_fn(0.9)",
        ", multi_avg_fn=U.get_ema_multi_avg_fn(0.9), use_buffers=True",
        ", avg_fn=U.get_swa_avg_fn()",
        ", multi_avg_fn=U.get_swa_multi_avg_fn()",
        ", device='cpu', avg_fn=lambda average, new, count: average * count + new",
    ],
)
def test_averaged_model(options: str) -> None:
    check(f"{AVERAGED.format(options=options).rstrip()}\n[dict(averaged.state_dict()), averaged(torch.ones(1, 3))]")


def test_update_bn() -> None:
    code = """
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
data = [torch.randn(5, 3) for _ in range(4)]
model(data[0])
model.eval()
torch.optim.swa_utils.update_bn([(one, 1) for one in data], model)
"""
    check(f"{code.rstrip()}\n[model.training, model[1].momentum, dict(model.state_dict())]")
