"""What an update in place must do besides the arithmetic: dtypes, views, autograd's versions, and devices without host memory."""

import pytest

from compat.torch_on_mindspore import engine
from tests.torch_on_mindspore.compare import check, exact, ours, outcome, same
from tests.torch_on_mindspore.optim.test_trajectories import SETUP, TRAIN, VARIANTS

OPTIMIZERS = """
SGD(parameters, lr=0.1, momentum=0.9, weight_decay=0.1)
Adam(parameters, lr=0.01, amsgrad=True, weight_decay=0.1)
AdamW(parameters, lr=0.01)
Adamax(parameters, lr=0.01)
NAdam(parameters, lr=0.01)
RAdam(parameters, lr=0.01)
Adagrad(parameters, lr=0.01, initial_accumulator_value=0.5)
Adadelta(parameters)
RMSprop(parameters, lr=0.01, centered=True, momentum=0.5, alpha=0.9)
Rprop(parameters)
ASGD(parameters, lr=0.01, t0=3, lambd=0.1)
Adafactor(parameters, lr=0.1)
""".strip().split("\n")
FIXED = """
torch.manual_seed(0)
parameters = [nn.Parameter(torch.randn(shape).to({dtype})) for shape in ((4, 3), (5,), ())]
optimizer = torch.optim.{optimizer}
torch.manual_seed(1)
for step in range(6):
    for p in parameters:
        p.grad = torch.randn(p.shape).to({dtype})
    optimizer.step()
[parameters, optimizer.state_dict()]
"""


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("dtype", "rtol"), [("torch.float64", 1e-7), ("torch.float16", 1e-2), ("torch.bfloat16", 8e-2)])
def test_dtypes(optimizer: str, dtype: str, rtol: float) -> None:
    """Half precision is computed in float32 here, where PyTorch rounds every intermediate result."""
    check(FIXED.format(optimizer=optimizer, dtype=dtype).strip(), rtol=rtol, atol=rtol)


@pytest.mark.parametrize("optimizer", [one for one in OPTIMIZERS if "Adafactor" not in one])
def test_complex_parameters(optimizer: str) -> None:
    numbers = "torch.tensor(generator.standard_normal(({}, 2)).view(complex)[..., 0])"
    code = FIXED.replace("torch.randn(shape).to({dtype})", numbers.format("*shape"))
    code = code.replace("torch.randn(p.shape).to({dtype})", numbers.format("*p.shape"))
    check("generator = np.random.default_rng(0)" + code.format(optimizer=optimizer).rstrip())


@pytest.mark.parametrize("variant", VARIANTS)
def test_through_operators(variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of devices other than CPU, on tensors instead of arrays, comes to the same."""
    code = f"{SETUP}optimizer = torch.optim.{variant}\n{TRAIN.replace('20', '5')}\n[parameters, optimizer.state_dict()]"
    expected = outcome(ours, code)
    monkeypatch.setattr(engine, "ON_CPU", False)
    assert same(expected, outcome(ours, code), 1e-5, 1e-6)


def test_large_parameters_move_in_pieces() -> None:
    check(
        "torch.manual_seed(0)\np = nn.Parameter(torch.randn(300, 211)); p.grad = torch.randn(211, 300).t()\n"
        "o = torch.optim.AdamW([p], lr=0.1); o.step(); o.step()\n[p, o.state_dict()]"
    )


OF_VIEWS = """
torch.arange(6.0).reshape(2, 3)
torch.arange(6.0).reshape(2, 3).T
torch.arange(12.0).reshape(3, 4)[:, 1:3]
torch.linspace(0, 1, 8)[2:8].view(2, 3)
""".strip().split("\n")


@pytest.mark.parametrize("made", OF_VIEWS)
@pytest.mark.parametrize("optimizer", [*OPTIMIZERS, "Muon(parameters)"])
def test_parameters_made_of_views(made: str, optimizer: str) -> None:
    """Of whose memory NumPy gets a copy: what is written there alone is lost."""
    check(
        f"p = nn.Parameter({made}); parameters = [p]; o = torch.optim.{optimizer}\n"
        "def closure():\n    o.zero_grad(); loss = (p * p).sum() + p.sum(); loss.backward(); return loss\n"
        "for _ in range(3): o.step(closure)\n[p, p.data_ptr() != 0]",
        rtol=1e-4,
        atol=1e-6,
    )


PROGRAMS = """
base = torch.zeros(6); p = nn.Parameter(base[1:4]); p.grad = torch.ones(3); torch.optim.SGD([p], lr=1.0).step(); [base, p]
base = torch.zeros(6); p = base[1:5]; p.grad = torch.ones(4); torch.optim.SGD([p], lr=1.0).step(); [base, p]
base = torch.zeros(4, 3); p = base.t(); p.grad = torch.ones(3, 4); torch.optim.Adam([p], lr=1.0).step(); [base, p]
p = nn.Parameter(torch.zeros(3)); d = p.detach(); p.grad = torch.ones(3); torch.optim.SGD([p], lr=1.0).step(); [d, p]
p = nn.Parameter(torch.zeros(3)); o = torch.optim.Adam([p], lr=1.0); p.grad = torch.ones(3); o.step(); p.data = torch.full((3,), 5.0); o.step(); p
p = nn.Parameter(torch.zeros(3)); o = torch.optim.Adam([p], lr=1.0); p.grad = torch.ones(3); o.step(); o.state[p]["exp_avg"] = torch.full((3,), 5.0); o.step(); [p, o.state_dict()]
p = nn.Parameter(torch.zeros(3)); o = torch.optim.Adam([p], lr=1.0); p.grad = torch.ones(3); o.step(); o.state[p]["exp_avg"].mul_(2); o.state[p]["step"].fill_(7); o.step(); [p, o.state_dict()]
p = nn.Parameter(torch.zeros(3)); o = torch.optim.SGD([p], lr=1.0); y = (p * p).sum(); p.grad = torch.ones(3); o.step(); y.backward()
p = nn.Parameter(torch.zeros(3)); o = torch.optim.SGD([p], lr=1.0); y = (p * 2).sum(); p.grad = torch.ones(3); o.step(); y.backward(); p.grad
p = nn.Parameter(torch.zeros(3)); o = torch.optim.SGD([p], lr=1.0); v = p._version; p.grad = torch.ones(3); o.step(); p._version - v > 0
p = nn.Parameter(torch.zeros(0, 3)); o = torch.optim.Adam([p], lr=1.0); p.grad = torch.zeros(0, 3); o.step(); p
p = nn.Parameter(torch.zeros(3)); o = torch.optim.Adam([p], lr=1.0); p.grad = torch.tensor([float("nan"), float("inf"), 0.0]); o.step(); p
p = nn.Parameter(torch.zeros(3)); o = torch.optim.Adam([p], lr=0.0); p.grad = torch.ones(3); o.step(); p
p = nn.Parameter(torch.ones(4, 3)); o = torch.optim.Adam([p], lr=1.0); p.grad = torch.ones(3).expand(4, 3); o.step(); p
""".strip().split("\n")


@pytest.mark.parametrize("code", PROGRAMS)
def test_programs(code: str) -> None:
    statements, _, last = code.rpartition("; ")
    check(f"{statements}\n{last}")


def test_sums_over_tied_weights() -> None:
    exact("p = nn.Parameter(torch.ones(3)); o = torch.optim.SGD([p], lr=0.5)\n((p * 2).sum() + p.sum()).backward(); o.step()\np")
