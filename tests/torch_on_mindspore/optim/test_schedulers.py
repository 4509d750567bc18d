"""Thirty steps of every scheduler beside real PyTorch: exactly equal rates, momentum, state dicts, warnings and errors."""

import warnings
from typing import Any

import pytest

from tests.torch_on_mindspore.compare import check_message, exact, ours, real

SETUP = """
import copy
S = torch.optim.lr_scheduler
U = torch.optim.swa_utils
class Halved:
    def __init__(self):
        self.calls = 0
    def __call__(self, epoch):
        self.calls += 1
        return 0.5 ** epoch
def made(**options):
    return nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(2))
first, second = made()
sgd = torch.optim.SGD([{"params": [first], "lr": 0.5}, {"params": [second]}], lr=0.1, momentum=0.9)
adam = torch.optim.Adam([first, second], lr=0.1)
tensor_rate = torch.optim.SGD([first], lr=torch.tensor(0.5))
"""
RUN = """
rates = []
for epoch in range(30):
    scheduler.optimizer.step()
    scheduler.step({argument})
    rates.append([scheduler.get_last_lr(), [g["lr"] for g in scheduler.optimizer.param_groups],
                  [g.get("momentum", g.get("betas")) for g in scheduler.optimizer.param_groups]])
"""
SCHEDULERS = """
S.LambdaLR(sgd, lambda epoch: 0.95 ** epoch)
S.LambdaLR(sgd, [Halved(), lambda epoch: epoch // 30])
S.MultiplicativeLR(sgd, lambda epoch: 0.95)
S.StepLR(sgd, 7)
S.StepLR(sgd, step_size=4, gamma=0.5)
S.MultiStepLR(sgd, [3, 8, 8, 20], gamma=0.3)
S.ConstantLR(sgd)
S.ConstantLR(sgd, factor=0.5, total_iters=10)
S.LinearLR(sgd)
S.LinearLR(sgd, start_factor=0.25, end_factor=0.75, total_iters=12)
S.ExponentialLR(sgd, 0.9)
S.PolynomialLR(sgd)
S.PolynomialLR(sgd, total_iters=20, power=2.5)
S.CosineAnnealingLR(sgd, 10)
S.CosineAnnealingLR(sgd, T_max=7, eta_min=0.01)
S.CosineAnnealingWarmRestarts(sgd, 5)
S.CosineAnnealingWarmRestarts(sgd, T_0=3, T_mult=2, eta_min=0.01)
S.CyclicLR(sgd, 0.01, 0.1, step_size_up=5)
S.CyclicLR(sgd, [0.01, 0.02], [0.1, 0.3], step_size_up=5, step_size_down=3, mode="triangular2")
S.CyclicLR(adam, 0.01, 0.1, step_size_up=5, mode="exp_range", gamma=0.9, base_momentum=0.7, max_momentum=0.95)
S.CyclicLR(sgd, 0.01, 0.1, step_size_up=5, scale_fn=lambda x: 1 / (5 ** x), scale_mode="iterations", cycle_momentum=False)
S.OneCycleLR(sgd, 0.5, total_steps=31)
S.OneCycleLR(sgd, [0.5, 0.1], epochs=8, steps_per_epoch=4, pct_start=0.2, anneal_strategy="linear", div_factor=10.0)
S.OneCycleLR(adam, 0.5, total_steps=40, three_phase=True, final_div_factor=100.0, base_momentum=0.6, max_momentum=0.9)
S.OneCycleLR(adam, 0.5, total_steps=40, cycle_momentum=False)
S.SequentialLR(sgd, [S.ConstantLR(sgd, 0.1, 2), S.ExponentialLR(sgd, 0.9)], milestones=[4])
S.SequentialLR(sgd, [S.LinearLR(sgd, 0.1, total_iters=5), S.CosineAnnealingLR(sgd, 10), S.StepLR(sgd, 3)], milestones=[5, 15])
S.ChainedScheduler([S.ConstantLR(sgd, 0.1, 5), S.ExponentialLR(sgd, 0.9)])
S.ChainedScheduler([S.LinearLR(sgd), S.MultiStepLR(sgd, [5, 9])], optimizer=sgd)
S.StepLR(tensor_rate, 7)
S.CosineAnnealingLR(tensor_rate, 7)
U.SWALR(sgd, swa_lr=0.05)
U.SWALR(sgd, swa_lr=[0.05, 0.01], anneal_epochs=5, anneal_strategy="linear")
U.SWALR(sgd, swa_lr=0.05, anneal_epochs=0)
""".strip().split("\n")
PLATEAU = """
S.ReduceLROnPlateau(sgd)
S.ReduceLROnPlateau(sgd, mode="max", factor=0.5, patience=2, cooldown=1, min_lr=[0.01, 0.001])
S.ReduceLROnPlateau(sgd, patience=1, threshold=0.1, threshold_mode="abs", eps=1e-3, min_lr=1e-3)
S.ReduceLROnPlateau(sgd, "max", patience=3, threshold=0.1, threshold_mode="abs")
""".strip().split("\n")
CASES = [(one, "") for one in SCHEDULERS] + [(one, "1.0 / (1 + epoch // 4) + epoch % 3 / 10") for one in PLATEAU]


@pytest.mark.parametrize(("made", "argument"), CASES)
def test_rates(made: str, argument: str) -> None:
    exact(f"{SETUP}scheduler = {made}\n{RUN.replace('{argument}', argument)}\n[rates, scheduler.optimizer.state_dict()]")


@pytest.mark.parametrize(("made", "argument"), CASES)
def test_state_dict_round_trip(made: str, argument: str) -> None:
    """A scheduler that loads the state of another goes on like it, and both states have PyTorch's entries."""
    run = RUN.replace("{argument}", argument)
    again = f"kept, options = copy.deepcopy(scheduler.state_dict()), scheduler.optimizer.state_dict()\nscheduler = {made}\n"
    load = "scheduler.load_state_dict(kept)\nscheduler.optimizer.load_state_dict(options)\n"
    exact(f"{SETUP}scheduler = {made}\n{run.replace('30', '7')}\n{again}{load}{run.replace('30', '15')}\n[rates, scheduler.state_dict()]")


CLOSED = [one for one in SCHEDULERS if not one.startswith(("S.Seq", "S.Chained", "S.OneCycle", "S.Multiplicative"))]


@pytest.mark.parametrize("made", CLOSED)
def test_given_epoch(made: str) -> None:
    exact(
        f"{SETUP}scheduler = {made}\nrates = []\nfor epoch in (3, 9, 2, 14):\n    scheduler.step(epoch); rates.append(scheduler.get_last_lr())\nrates"
    )


@pytest.mark.parametrize(
    "made",
    ["S.StepLR(sgd, 4, last_epoch=5)", "S.CosineAnnealingLR(sgd, 9, last_epoch=5)", "S.LambdaLR(sgd, lambda e: 0.9 ** e, last_epoch=5)"],
)
def test_resumed(made: str) -> None:
    exact(f"{SETUP}for g in sgd.param_groups: g['initial_lr'] = 0.3\nscheduler = {made}\n{RUN.replace('{argument}', '')}\nrates")


ERRORS = """
S.StepLR(None, 3)
S.StepLR(sgd, 3, last_epoch=2)
S.LambdaLR(sgd, [lambda e: 1])
S.MultiplicativeLR(sgd, 0.5)
S.ConstantLR(sgd, factor=2)
S.LinearLR(sgd, start_factor=0)
S.LinearLR(sgd, end_factor=2)
S.CosineAnnealingWarmRestarts(sgd, 0)
S.CosineAnnealingWarmRestarts(sgd, 5, T_mult=0)
S.CosineAnnealingWarmRestarts(sgd, 5, eta_min="low")
S.CosineAnnealingWarmRestarts(sgd, 5).step(-1)
S.CyclicLR(None, 0.1, 1.0)
S.CyclicLR(sgd, [0.1], 1.0)
S.CyclicLR(sgd, 0.1, 1.0, mode="square")
S.CyclicLR(torch.optim.Adagrad([first]), 0.1, 1.0)
S.OneCycleLR(sgd, 0.1)
S.OneCycleLR(sgd, 0.1, total_steps=0)
S.OneCycleLR(sgd, 0.1, epochs=2.5, steps_per_epoch=3)
S.OneCycleLR(sgd, 0.1, epochs=2, steps_per_epoch=0)
S.OneCycleLR(sgd, 0.1, total_steps=5, pct_start=2.0)
S.OneCycleLR(sgd, 0.1, total_steps=5, anneal_strategy="square")
S.OneCycleLR(torch.optim.Adagrad([first]), 0.1, total_steps=5)
[s.step() for s in [S.OneCycleLR(sgd, 0.1, total_steps=2)] * 5]
S.ReduceLROnPlateau(sgd, factor=1.0)
S.ReduceLROnPlateau(None)
S.ReduceLROnPlateau(sgd, mode="low")
S.ReduceLROnPlateau(sgd, threshold_mode="low")
S.ReduceLROnPlateau(sgd, min_lr=[0.1])
S.SequentialLR(sgd, [], [])
S.SequentialLR(sgd, [S.StepLR(sgd, 3)], [4])
S.SequentialLR(sgd, [3], [])
S.SequentialLR(sgd, [S.ReduceLROnPlateau(sgd)], [])
S.ChainedScheduler([])
S.ChainedScheduler([S.StepLR(sgd, 3), S.ReduceLROnPlateau(sgd)])
S.ChainedScheduler([S.StepLR(sgd, 3), S.StepLR(adam, 3)])
S.LRScheduler(sgd)
S._LRScheduler(sgd)
U.SWALR(sgd, 0.1, anneal_strategy="square")
U.SWALR(sgd, 0.1, anneal_epochs=-1)
U.SWALR(sgd, [0.1])
""".strip().split("\n")


@pytest.mark.parametrize("code", ERRORS)
def test_errors(code: str) -> None:
    check_message(SETUP + code)


WARNED = """
s = torch.optim.lr_scheduler.StepLR(o, 3); s.step()
s = torch.optim.lr_scheduler.StepLR(o, 3); o.step(); s.step()
s = torch.optim.lr_scheduler.StepLR(o, 3); o.step = lambda: None; s.step()
s = torch.optim.lr_scheduler.StepLR(o, 3); o.step(); s.step(4)
s = torch.optim.lr_scheduler.StepLR(o, 3); s.get_lr()
s = torch.optim.swa_utils.SWALR(o, 0.1); s.get_lr()
s = torch.optim.lr_scheduler.ReduceLROnPlateau(o); s.step(1.0, 4)
""".strip().split("\n")


def warned(torch: Any, code: str) -> list[tuple[str, str]]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(2))], lr=0.1)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        exec(code, {"torch": torch, "o": optimizer})
    return [(one.category.__name__, str(one.message)) for one in found]


@pytest.mark.parametrize("code", WARNED)
def test_warnings(code: str) -> None:
    assert warned(ours, code) == warned(real, code)


def test_metric_as_a_tensor() -> None:
    exact(f"{SETUP}s = S.ReduceLROnPlateau(sgd, patience=0)\nfor _ in range(3): s.step(torch.tensor(1.0))\ns.get_last_lr()")
