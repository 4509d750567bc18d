"""Twenty steps of every optimizer with every option, beside real PyTorch: parameters, state and repr."""

import pytest

from tests.torch_on_mindspore.compare import check

SETUP = """
torch.manual_seed(0)
weight = nn.Parameter(torch.randn(4, 3))
bias = nn.Parameter(torch.randn(4))
scale = nn.Parameter(torch.tensor(1.5))
unused = nn.Parameter(torch.randn(2))
x, y = torch.randn(8, 3), torch.randn(8, 4)
parameters = [weight, bias, scale, unused]
def loss_of():
    return (((x @ weight.t() + bias) * scale - y) ** 2).mean()
"""
TRAIN = """
for step in range(20):
    optimizer.zero_grad()
    loss = loss_of()
    loss.backward()
    optimizer.step()
"""
VARIANTS = """
SGD(parameters)
SGD(parameters, lr=0.1)
SGD(parameters, lr=torch.tensor(0.1))
SGD(parameters, lr=0.1, momentum=0.9)
SGD(parameters, lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.01)
SGD(parameters, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1)
SGD(parameters, lr=0.01, maximize=True, weight_decay=0.1)
SGD(parameters, lr=0.1, momentum=0.9, foreach=True)
SGD(parameters, lr=0.1, momentum=0.9, fused=True)
SGD([{"params": [weight], "lr": 0.05, "momentum": 0.5}, {"params": [bias, scale]}], lr=0.1)
SGD([("w", weight), ("b", bias)], lr=0.1)
Adam(parameters)
Adam(parameters, lr=0.1, betas=(0.8, 0.9), eps=1e-3)
Adam(parameters, lr=torch.tensor(0.1))
Adam(parameters, lr=0.1, betas=(torch.tensor(0.8), torch.tensor(0.9)))
Adam(parameters, lr=0.01, weight_decay=0.1, amsgrad=True)
Adam(parameters, lr=0.01, weight_decay=0.1, decoupled_weight_decay=True)
Adam(parameters, lr=0.01, maximize=True, foreach=True)
Adam(parameters, lr=0.01, fused=True)
AdamW(parameters, lr=0.01)
AdamW(parameters, lr=0.01, weight_decay=0.3, amsgrad=True)
AdamW([{"params": [weight], "weight_decay": 0.5}, {"params": [bias, scale], "weight_decay": 0}], lr=0.01)
Adamax(parameters)
Adamax(parameters, lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1, maximize=True)
NAdam(parameters)
NAdam(parameters, lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1, momentum_decay=0.1)
NAdam(parameters, lr=0.1, weight_decay=0.1, decoupled_weight_decay=True, maximize=True)
RAdam(parameters)
RAdam(parameters, lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1)
RAdam(parameters, lr=0.1, weight_decay=0.1, decoupled_weight_decay=True, maximize=True)
Adagrad(parameters)
Adagrad(parameters, lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-3)
Adagrad(parameters, lr=0.1, maximize=True, fused=True)
Adadelta(parameters)
Adadelta(parameters, lr=0.5, rho=0.5, eps=1e-3, weight_decay=0.1, maximize=True)
RMSprop(parameters)
RMSprop(parameters, lr=0.01, alpha=0.8, eps=1e-3, weight_decay=0.1)
RMSprop(parameters, lr=0.01, momentum=0.9, maximize=True)
RMSprop(parameters, lr=0.01, centered=True, alpha=0.5)
RMSprop(parameters, lr=0.01, centered=True, momentum=0.5, alpha=0.9)
Rprop(parameters)
Rprop(parameters, lr=0.1, etas=(0.3, 2.0), step_sizes=(1e-3, 0.2))
Rprop(parameters, lr=0.001, maximize=True)
ASGD(parameters)
ASGD(parameters, lr=0.1, lambd=0.1, alpha=0.5, t0=5, weight_decay=0.1)
ASGD(parameters, lr=0.001, t0=0, maximize=True)
Adafactor(parameters)
Adafactor(parameters, lr=0.1, beta2_decay=-0.5, eps=(1e-4, 1e-2), d=2.0, weight_decay=0.1)
Adafactor(parameters, lr=0.1, maximize=True)
""".strip().split("\n")


@pytest.mark.parametrize("variant", VARIANTS)
def test_trajectory(variant: str) -> None:
    check(f"{SETUP}optimizer = torch.optim.{variant}\n{TRAIN}\n[parameters, optimizer.state_dict()]", rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("variant", VARIANTS)
def test_repr(variant: str) -> None:
    check(f"{SETUP}optimizer = torch.optim.{variant}\nrepr(optimizer)")
