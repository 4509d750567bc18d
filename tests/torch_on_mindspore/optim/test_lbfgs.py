"""LBFGS, with and without line search, beside real PyTorch."""

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
