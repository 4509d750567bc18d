"""Learning rates: what an optimizer reads at each step, and mindspore.nn's schedules."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.optim.checks import count, flags, number
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.tensor import Tensor, as_tensor, run_plain

torch: Any = frameworks.load("torch")


def on_host(value: Any, name: str, dtype: Any = dtypes.float32) -> Any:
    """A Parameter in host memory: an optimizer reads it at each step, and must not wait for a device to do so."""
    return Parameter(Tensor(value, dtype, device="cpu"), name, device="cpu")


class LearningRateSchedule(Cell):
    """Base class of schedules: construct(global_step) gives the learning rate of that step."""


class FixedRate(LearningRateSchedule):
    """One learning rate for every step, where other groups have schedules."""

    def __init__(self, value: Any, name: str) -> None:
        super().__init__(auto_prefix=False)
        self.learning_rate = on_host(value, name)

    def construct(self, global_step: Any) -> Any:
        return self.learning_rate.value()


class RateList(LearningRateSchedule):
    """One learning rate per step; RuntimeError in the step after the last, as MindSpore raises on CPU."""

    def __init__(self, values: Any, name: str) -> None:
        super().__init__(auto_prefix=False)
        self.learning_rate = on_host(np.asarray(values, np.float32), name)

    def construct(self, global_step: Any) -> Any:
        step = int(global_step)
        if step >= len(self.learning_rate):
            reason = f"the list 'learning_rate' has {len(self.learning_rate)} values and this is step {step + 1}"
            raise errors.invalid(RuntimeError, f"For 'Optimizer', {reason}.")
        return self.learning_rate.value()[step]


def prepared(owner: str, value: Any) -> Any:
    """A learning rate in one of three forms: a float, a list of numbers, or a schedule."""
    if isinstance(value, LearningRateSchedule):
        return value
    if isinstance(value, (int, float)):
        return number(owner, "learning_rate", value, least=0.0, integers=True)
    if isinstance(value, torch.Tensor):
        if value.ndim > 1:
            reason = f"the dimension of 'learning_rate' should be 0 or 1, but got {value.ndim}."
            raise errors.invalid(ValueError, f"For '{owner}', {reason}")
        return [float(item) for item in value.asnumpy()] if value.ndim else float(value)
    if isinstance(value, Iterable):
        return numbers(owner, value)
    kinds = "int, float, Tensor, Iterable or LearningRateSchedule"
    raise errors.invalid(TypeError, f"For '{owner}', the argument 'learning_rate' must be {kinds}, but got {type(value)}.")


def numbers(owner: str, values: Iterable[Any]) -> list[float]:
    """The values as floats; ValueError for one that is no number."""
    found = list(values)
    try:
        return [float(item) for item in found]
    except (TypeError, ValueError) as error:
        raise errors.invalid(ValueError, f"For '{owner}', 'learning_rate' must hold numbers, but got {found!r}.") from error


def source(value: Any, name: str, scheduled: bool = False) -> Any:
    """What is read at each step for a value of `prepared`: a Parameter or a schedule; a schedule if `scheduled`."""
    if isinstance(value, float):
        return FixedRate(value, name) if scheduled else on_host(value, name)
    return RateList(value, name) if isinstance(value, list) else value


class Decay(LearningRateSchedule):
    """A schedule that is a formula of the step; a subclass gives `at`, on a float32 tensor."""

    def construct(self, global_step: Any) -> Any:
        """The learning rate of the step, float32, with the shape of `global_step`."""
        step = run_plain(torch.as_tensor, global_step, dtype=torch.float32)
        return run_plain(self.at, step)

    def at(self, step: Any) -> Any:
        raise NotImplementedError


class Stepped(Decay):
    """The arguments that the exponential, natural and inverse decays have in common."""

    def __init__(self, learning_rate: float, decay_rate: float, decay_steps: int, is_stair: bool = False) -> None:
        super().__init__()
        name = type(self).__name__
        self.learning_rate = number(name, "learning_rate", learning_rate, above=0.0)
        self.decay_rate = number(name, "decay_rate", decay_rate, above=0.0)
        self.decay_steps = count(name, "decay_steps", decay_steps)
        flags(name, is_stair=is_stair)
        self.is_stair = is_stair

    def decays(self, step: Any) -> Any:
        """How many times the rate has decayed by this step."""
        times = step / self.decay_steps
        return times.floor() if self.is_stair else times


class ExponentialDecayLR(Stepped):
    """learning_rate * decay_rate ** (step / decay_steps); the exponent is rounded down if is_stair."""

    def at(self, step: Any) -> Any:
        return self.learning_rate * torch.pow(self.decay_rate, self.decays(step))


class NaturalExpDecayLR(Stepped):
    """learning_rate * exp(-decay_rate * step), as MindSpore 2.10 computes it; its manual divides the step by decay_steps.

    With is_stair, of the last step that is a multiple of decay_steps.
    """

    def at(self, step: Any) -> Any:
        return self.learning_rate * torch.exp(-self.decay_rate * self.decay_steps * self.decays(step))


class InverseDecayLR(Stepped):
    """learning_rate / (1 + decay_rate * step / decay_steps); the quotient is rounded down if is_stair."""

    def at(self, step: Any) -> Any:
        return self.learning_rate / (1 + self.decay_rate * self.decays(step))


class CosineDecayLR(Decay):
    """From max_lr to min_lr along half a cosine of decay_steps steps, and min_lr after them."""

    def __init__(self, min_lr: float, max_lr: float, decay_steps: int) -> None:
        super().__init__()
        self.min_lr = number("CosineDecayLR", "min_lr", min_lr, least=0.0)
        self.max_lr = number("CosineDecayLR", "max_lr", max_lr, above=0.0)
        self.decay_steps = count("CosineDecayLR", "decay_steps", decay_steps)
        if self.min_lr >= self.max_lr:
            raise errors.invalid(ValueError, f"For 'CosineDecayLR', 'min_lr' {min_lr} must be less than 'max_lr' {max_lr}.")

    def at(self, step: Any) -> Any:
        angle = step.clamp(max=self.decay_steps) * (math.pi / self.decay_steps)
        return self.min_lr + 0.5 * (self.max_lr - self.min_lr) * (1 + torch.cos(angle))


class PolynomialDecayLR(Decay):
    """From learning_rate to end_learning_rate by (1 - step / decay_steps) ** power; decay_steps may grow with the step."""

    def __init__(
        self, learning_rate: float, end_learning_rate: float, decay_steps: int, power: float, update_decay_steps: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.learning_rate = number("PolynomialDecayLR", "learning_rate", learning_rate, above=0.0)
        self.end_learning_rate = number("PolynomialDecayLR", "end_learning_rate", end_learning_rate, least=0.0)
        self.decay_steps = count("PolynomialDecayLR", "decay_steps", decay_steps)
        self.power = number("PolynomialDecayLR", "power", power, above=0.0)
        flags("PolynomialDecayLR", update_decay_steps=update_decay_steps)
        self.update_decay_steps = update_decay_steps

    def at(self, step: Any) -> Any:
        if self.update_decay_steps:
            length = self.decay_steps * (step / self.decay_steps).ceil().clamp(min=1)
        else:
            length, step = self.decay_steps, step.clamp(max=self.decay_steps)
        left = (1 - step / length) ** self.power
        return (self.learning_rate - self.end_learning_rate) * left + self.end_learning_rate


class WarmUpLR(Decay):
    """From 0 to learning_rate in warmup_steps steps, and learning_rate after them."""

    def __init__(self, learning_rate: float, warmup_steps: int) -> None:
        super().__init__()
        self.learning_rate = number("WarmUpLR", "learning_rate", learning_rate, above=0.0)
        self.warmup_steps = count("WarmUpLR", "warmup_steps", warmup_steps)

    def at(self, step: Any) -> Any:
        return self.learning_rate * step.clamp(max=self.warmup_steps) / self.warmup_steps


def current(schedule: Cell, global_step: Any) -> Any:
    """A Cell's value at this step, as a tensor of no dimensions."""
    return given(schedule, global_step).reshape(())


def given(schedule: Cell, global_step: Any) -> Any:
    """A Cell's value at this step, a tensor; the step is where the caller's new tensors are."""
    if not isinstance(schedule, (Decay, FixedRate, RateList)):
        global_step = global_step.to(torch.get_default_device())
    value = schedule(as_tensor(global_step.detach()))
    return value if isinstance(value, torch.Tensor) else Tensor(value, dtypes.float32)
