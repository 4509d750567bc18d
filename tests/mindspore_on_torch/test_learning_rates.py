"""Lists of learning rates, schedules and the schedulers of mindspore.experimental give MindSpore's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

LISTS = [
    "piecewise_constant_lr([2, 5, 10], [0.1, 0.05, 0.01])",
    "piecewise_constant_lr([2, 2], [0.1, 0.05])",
    "exponential_decay_lr(0.1, 0.9, 12, 2, 2)",
    "exponential_decay_lr(0.1, 0.9, 12, 2, 2, True)",
    "natural_exp_decay_lr(0.1, 0.9, 12, 2, 2)",
    "natural_exp_decay_lr(0.1, 0.9, 12, 2, 2, True)",
    "inverse_decay_lr(0.1, 0.5, 12, 2, 2)",
    "inverse_decay_lr(0.1, 0.5, 12, 2, 2, True)",
    "cosine_decay_lr(0.01, 0.1, 12, 2, 4)",
    "polynomial_decay_lr(0.1, 0.01, 14, 2, 3, 0.5)",
    "polynomial_decay_lr(0.1, 0.01, 14, 2, 3, 0.5, True)",
    "warmup_lr(0.1, 12, 2, 4)",
]

SCHEDULES = [
    "ExponentialDecayLR(0.1, 0.9, 4)",
    "ExponentialDecayLR(0.1, 0.9, 4, True)",
    "NaturalExpDecayLR(0.1, 0.9, 4)",
    "NaturalExpDecayLR(0.1, 0.9, 4, True)",
    "InverseDecayLR(0.1, 0.9, 4)",
    "InverseDecayLR(0.1, 0.9, 4, True)",
    "CosineDecayLR(0.01, 0.1, 5)",
    "PolynomialDecayLR(0.1, 0.01, 4, 0.5)",
    "PolynomialDecayLR(0.1, 0.01, 4, 0.5, True)",
    "WarmUpLR(0.1, 4)",
]

RAISED = [
    "nn.piecewise_constant_lr([0, 2], [0.1, 0.05])",
    "nn.piecewise_constant_lr([2, 3], [0.1])",
    "nn.piecewise_constant_lr([2, 3], [0.1, 1])",
    "nn.piecewise_constant_lr([2.0], [0.1])",
    "nn.piecewise_constant_lr(2, [0.1])",
    "nn.exponential_decay_lr(1, 0.9, 12, 2, 2)",
    "nn.exponential_decay_lr(0.1, 0.9, 0, 2, 2)",
    "nn.exponential_decay_lr(0.1, 0.9, 2.0, 2, 2)",
    "nn.exponential_decay_lr(0.1, 0.9, 12, 2, 2, 1)",
    "nn.cosine_decay_lr(0.1, 0.1, 12, 2, 4)",
    "nn.polynomial_decay_lr(0.1, -0.1, 14, 2, 3, 2.0)",
    "nn.warmup_lr(0.1, 12, 2, -1)",
    "nn.ExponentialDecayLR(0.1, 0.9, 0)",
    "nn.ExponentialDecayLR(0.1, 1, 4)",
    "nn.CosineDecayLR(0.1, 0.01, 5)",
    "nn.PolynomialDecayLR(0.1, 0.01, 4, 0.0)",
    "nn.WarmUpLR(1, 4)",
    "s.LRScheduler(3)",
    "s.StepLR(o, 2, last_epoch=3)",
    "s.StepLR(o, 2, last_epoch=-2)",
    "s.StepLR(o, 2, last_epoch=1.0)",
    "s.StepLR(o, 2.0)",
    "s.StepLR(o, 2, 'a')",
    "s.LinearLR(o, 0.0)",
    "s.LinearLR(o, 0.5, 1.1)",
    "s.ExponentialLR(o, 1)",
    "s.MultiplicativeLR(o, [lambda e: 0.5])",
    "s.ConstantLR(o, 1.5)",
    "s.MultiStepLR(o, (1, 2))",
    "s.MultiStepLR(o, [1.0])",
    "s.LambdaLR(o, [lambda e: 0.5])",
    "s.SequentialLR(o, [s.StepLR(o, 2)], [2])",
    "s.ReduceLROnPlateau(3)",
    "s.ReduceLROnPlateau(o, factor=1.0)",
    "s.ReduceLROnPlateau(o, mode='a')",
    "s.ReduceLROnPlateau(o, min_lr=[0.1])",
    "s.CyclicLR(o, [0.1], 0.5)",
    "s.CyclicLR(o, 0.1, 0.5, mode='a')",
    "s.CosineAnnealingWarmRestarts(o, 0)",
    "s.CosineAnnealingWarmRestarts(o, 2, 1.5)",
    "s.CosineAnnealingWarmRestarts(o, 2).step(-1)",
    "s.CosineAnnealingLR(o, 2.0)",
]

SCHEDULERS = [
    "StepLR(o, 3, 0.5)",
    "ConstantLR(o, 0.5, 3)",
    "LinearLR(o, 0.2, 0.8, 4)",
    "ExponentialLR(o, 0.9)",
    "PolynomialLR(o, 4, 2.0)",
    "LambdaLR(o, [lambda e: 0.9**e, lambda e: 1 / (1 + e)])",
    "MultiplicativeLR(o, lambda e: 0.9)",
    "CosineAnnealingLR(o, 3, 0.01)",
    "CosineAnnealingWarmRestarts(o, 3)",
    "CyclicLR(o, [0.1, 0.2], [0.5, 0.6], 3, 2)",
    "CyclicLR(o, 0.1, 0.5, 2, 2, 'triangular2')",
    "CyclicLR(o, 0.1, 0.5, 2, 1, 'exp_range', 0.9)",
    "CyclicLR(o, 0.1, 0.5, 2, 1, scale_fn=lambda x: 0.8**x, scale_mode='iterations')",
]
IN_A_ROW = [
    "SequentialLR(o, [s.ConstantLR(o, 0.1, 2), s.ExponentialLR(o, 0.9)], [3])",
    "SequentialLR(o, [s.LinearLR(o, 0.2, 1.0, 3), s.CosineAnnealingLR(o, 4), s.StepLR(o, 2)], [3, 7])",
]
PLATEAUS = [
    "ReduceLROnPlateau(o, patience=1)",
    "ReduceLROnPlateau(o, 'max', patience=0, cooldown=2, factor=0.5)",
    "ReduceLROnPlateau(o, 'min', 0.5, 0, 0.1, 'abs', 0, [0.05, 0.2])",
    "ReduceLROnPlateau(o, 'min', 0.5, 0, 0.1, eps=0.1)",
]
MEASURED = [1.0, 0.99, 0.99, 1.2, 0.5, 0.5, 0.5, 0.45, 0.6, 0.6, 0.6, 0.6]


def names(ms: Any) -> dict[str, Any]:
    """What the texts above call."""
    first, second = (ms.Parameter(ms.Tensor([1.0]), name=name) for name in "ab")
    optimizer = ms.optim.SGD([{"params": [first], "lr": 0.3}, {"params": [second]}], 0.8)
    return {"nn": ms.nn, "s": ms.lr_scheduler, "o": optimizer}


def path(ms: Any, text: str, moved: bool) -> Any:
    """The learning rates at each step; `moved` sets one from outside in between, and goes to a step by its number."""
    known = names(ms)
    scheduler, optimizer = eval(f"s.{text}", known), known["o"]
    path = [scheduler.get_last_lr()]
    for step, measured in enumerate(MEASURED):
        scheduler.step(*([measured] if "Plateau" in text else []))
        path.append(scheduler.get_last_lr())
        if moved and step in (1, 5):
            optimizer.param_groups[0]["lr"].set_data(ms.Tensor(2.0 + step))
    if moved:
        scheduler.step(4)
        path.append(scheduler.get_last_lr())
    return [path, [group["lr"].value() for group in optimizer.param_groups]]


@pytest.mark.parametrize("text", LISTS)
def test_list(text: str, compare: Any) -> None:
    compare(lambda ms: [ms.Tensor(np.array(eval(f"ms.nn.{text}", {"ms": ms})))], tolerance=1e-9)


@pytest.mark.parametrize("text", SCHEDULES)
def test_schedule(text: str, compare: Any) -> None:
    def case(ms: Any) -> Any:
        schedule = eval(f"ms.nn.{text}", {"ms": ms})
        return [*(schedule(ms.Tensor(step, ms.int32)) for step in range(11)), schedule(ms.Tensor([3], ms.int32))]

    compare(case)


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("text", SCHEDULERS)
def test_scheduler(text: str, moved: bool, compare: Any) -> None:
    compare(lambda ms: path(ms, text, moved))


@pytest.mark.parametrize("text", [*IN_A_ROW, *PLATEAUS])
def test_scheduler_of_another_kind(text: str, compare: Any) -> None:
    compare(lambda ms: path(ms, text, False))


def test_several_milestones(ours: Any) -> None:
    """By definition: get_last_lr of MindSpore 2.10's MultiStepLR is right, and its `step(4)` an AttributeError."""
    rates, _ = path(ours, "MultiStepLR(o, [5, 2, 2], 0.5)", True)
    np.testing.assert_allclose([float(at[1]) for at in rates], [0.8] * 2 + [0.2] * 3 + [0.1] * 8 + [0.2], rtol=1e-6)


@pytest.mark.parametrize("text", RAISED)
def test_errors(text: str, compare_errors: Any) -> None:
    compare_errors(lambda ms: eval(text, names(ms)))


def test_a_scheduler_of_ones_own(compare: Any) -> None:
    def case(ms: Any) -> Any:
        class Halved(ms.lr_scheduler.LRScheduler):
            def get_lr(self) -> Any:
                if self.last_epoch == 0:
                    return [rate * 1.0 for rate in self._last_lr]
                return [rate * 0.5 for rate in self._last_lr]

        scheduler = Halved(names(ms)["o"])
        scheduler.step()
        return [scheduler.get_last_lr(), scheduler.base_lrs]

    compare(case)
