"""Schedulers that raise the rate again: cycles, one cycle, and warm restarts. The first two cycle momentum against it."""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from functools import partial
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.optim.base import Optimizer
from compat.torch_on_mindspore.optim.schedulers.base import LRScheduler, check_optimizer, for_each_group, set_option


class WithMomentum(LRScheduler):
    """A scheduler that also sets the momentum of SGD, or the first beta of Adam."""

    cycle_momentum: bool
    use_beta1: bool

    def _prepare_momentum(self, base_momentum: Any, max_momentum: Any, fresh: bool) -> tuple[list[Any], list[Any]]:
        """The bounds for each parameter group, which start at the upper one if `fresh`; ValueError without a momentum."""
        defaults = self.optimizer.defaults
        if "momentum" not in defaults and "betas" not in defaults:
            raise invalid(ValueError, "optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        self.use_beta1 = "betas" in defaults
        lower = for_each_group("base_momentum", self.optimizer, base_momentum)
        upper = for_each_group("max_momentum", self.optimizer, max_momentum)
        if fresh:
            for most, least, group in zip(upper, lower, self.optimizer.param_groups, strict=True):
                self._set_momentum(group, most)
                group["max_momentum"], group["base_momentum"] = most, least
        return lower, upper

    def _set_momentum(self, group: dict[str, Any], momentum: float) -> None:
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


class CyclicLR(WithMomentum):
    """Up and down between `base_lr` and `max_lr`, in cycles that `mode` or `scale_fn` makes smaller."""

    unsaved = ("optimizer", "_scale_fn_ref", "_scale_fn_custom")

    def __init__(
        self, optimizer: Optimizer, base_lr: Any, max_lr: Any, step_size_up: int = 2000, step_size_down: int | None = None,
        mode: str = "triangular", gamma: float = 1.0, scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle", cycle_momentum: bool = True, base_momentum: Any = 0.8, max_momentum: Any = 0.9,
        last_epoch: int = -1,
    ) -> None:  # fmt: skip
        check_optimizer(optimizer)
        self.optimizer = optimizer
        base_lrs = for_each_group("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for rate, group in zip(base_lrs, optimizer.param_groups, strict=True):
                set_option(group, "lr", rate)
        self.max_lrs = for_each_group("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        self.total_size = up + down
        self.step_ratio = up / self.total_size
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise invalid(ValueError, "mode is invalid and scale_fn is None")
        self.mode, self.gamma = mode, gamma
        self._scale_fn_ref: Callable[[float], float]
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        self._init_scale_fn()
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.base_momentums, self.max_momentums = self._prepare_momentum(base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def _init_scale_fn(self) -> None:
        if self._scale_fn_custom is None:
            self._scale_fn_ref = partial(SCALES[self.mode], self.gamma)
            self.scale_mode = "iterations" if self.mode == "exp_range" else "cycle"

    def scale_fn(self, x: float) -> float:
        """What is left of the height in cycle `x`, or at epoch `x`, as `scale_mode` says."""
        return (self._scale_fn_custom or self._scale_fn_ref)(x)

    def get_lr(self) -> list[Any]:
        """The rates; the momentum is set besides."""
        self._warn_outside_step()
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        place = 1.0 + self.last_epoch / self.total_size - cycle
        height = place / self.step_ratio if place <= self.step_ratio else (place - 1) / (self.step_ratio - 1)
        at = cycle if self.scale_mode == "cycle" else self.last_epoch
        rates = []
        for low, high in zip(self.base_lrs, self.max_lrs, strict=True):
            part = (high - low) * height
            rates.append(low + part * self.scale_fn(at))
        if self.cycle_momentum:
            momentums = []
            for low, high in zip(self.base_momentums, self.max_momentums, strict=True):
                part = (high - low) * height
                momentums.append(high - part * self.scale_fn(at))
            for group, momentum in zip(self.optimizer.param_groups, momentums, strict=True):
                self._set_momentum(group, momentum)
        return rates

    def state_dict(self) -> dict[str, Any]:
        """A plain function is not saved; of a callable object, its attributes are."""
        given = self._scale_fn_custom
        saved = None if given is None or isinstance(given, types.FunctionType) else given.__dict__.copy()
        return {**super().state_dict(), "_scale_fn_custom": saved}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        saved = state_dict.pop("_scale_fn_custom")
        super().load_state_dict(state_dict)
        if saved is not None:
            self._scale_fn_custom.__dict__.update(saved)
        self._init_scale_fn()


# functions of `gamma` and of the cycle, or the epoch
SCALES: dict[str, Callable[[float, float], float]] = {
    "triangular": lambda _gamma, _cycle: 1.0,
    "triangular2": lambda _gamma, cycle: 1 / (2.0 ** (cycle - 1)),
    "exp_range": lambda gamma, epoch: gamma**epoch,
}


class OneCycleLR(WithMomentum):
    """Up to `max_lr` and down far below the first rate, once."""

    def __init__(
        self, optimizer: Optimizer, max_lr: Any, total_steps: int | None = None, epochs: int | None = None,
        steps_per_epoch: int | None = None, pct_start: float = 0.3, anneal_strategy: str = "cos", cycle_momentum: bool = True,
        base_momentum: Any = 0.85, max_momentum: Any = 0.95, div_factor: float = 25.0, final_div_factor: float = 1e4,
        three_phase: bool = False, last_epoch: int = -1,
    ) -> None:  # fmt: skip
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.total_steps = steps_in_all(total_steps, epochs, steps_per_epoch)
        self._schedule_phases = phases(self.total_steps, pct_start, three_phase)
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            raise invalid(ValueError, f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ANNEALING:
            raise invalid(ValueError, f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_func_type = anneal_strategy
        highest = for_each_group("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for rate, group in zip(highest, optimizer.param_groups, strict=True):
                group["initial_lr"] = rate / div_factor
                group["max_lr"] = rate
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._prepare_momentum(base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """The rates; the momentum is set besides. ValueError when the cycle is over."""
        self._warn_outside_step()
        step = self.last_epoch
        if step > self.total_steps:
            raise invalid(ValueError, f"Tried to step {step} times. The specified number of total steps is {self.total_steps}")
        between = ANNEALING[self._anneal_func_type]
        begin = 0.0
        for phase in self._schedule_phases[:-1]:
            if step <= phase["end_step"]:
                break
            begin = phase["end_step"]
        else:
            phase = self._schedule_phases[-1]
        part = (step - begin) / (phase["end_step"] - begin)
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(between(group[phase["start_lr"]], group[phase["end_lr"]], part))
            if self.cycle_momentum:
                self._set_momentum(group, between(group[phase["start_momentum"]], group[phase["end_momentum"]], part))
        return rates


ANNEALING: dict[str, Callable[[Any, Any, float], Any]] = {
    "cos": lambda start, end, part: end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1),
    "linear": lambda start, end, part: (end - start) * part + start,
}


def steps_in_all(total_steps: Any, epochs: Any, steps_per_epoch: Any) -> int:
    if total_steps is None and (epochs is None or steps_per_epoch is None):
        raise invalid(ValueError, "You must define either total_steps OR (epochs AND steps_per_epoch)")
    given = {"epochs": epochs, "steps_per_epoch": steps_per_epoch} if total_steps is None else {"total_steps": total_steps}
    for name, value in given.items():
        if not isinstance(value, int) or value <= 0:
            raise invalid(ValueError, f"Expected positive integer {name}, but got {value}")
    return math.prod(given.values())


def phases(total_steps: int, pct_start: float, three: bool) -> list[dict[str, Any]]:
    """Where each phase ends, and the options of a parameter group that it leads from and to."""
    up = ("initial_lr", "max_lr", "max_momentum", "base_momentum")
    back = ("max_lr", "initial_lr", "base_momentum", "max_momentum")
    out = ("initial_lr", "min_lr", "max_momentum", "max_momentum")
    down = ("max_lr", "min_lr", "base_momentum", "max_momentum")
    rise, last = float(pct_start * total_steps) - 1, total_steps - 1
    planned = [(rise, up), (float(2 * pct_start * total_steps) - 2, back), (last, out)] if three else [(rise, up), (last, down)]
    names = ("start_lr", "end_lr", "start_momentum", "end_momentum")
    return [{"end_step": end, **dict(zip(names, ends, strict=True))} for end, ends in planned]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Down a cosine to `eta_min`, again and again: in `T_0` epochs first, each time `T_mult` as many."""

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        if T_0 <= 0 or not isinstance(T_0, int):
            raise invalid(ValueError, f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise invalid(ValueError, f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise invalid(ValueError, f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0, self.T_i, self.T_mult, self.eta_min = T_0, T_0, T_mult, eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        height = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (rate - self.eta_min) * height / 2 for rate in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go to the next epoch, or to `epoch`, which may lie between two."""
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            self._go_to(epoch)
        self.last_epoch = math.floor(epoch)
        with self._marked("_get_lr_called_within_step"):
            rates = self.get_lr()
        self._set_rates(rates)

    def _go_to(self, epoch: float) -> None:
        if epoch < 0:
            raise invalid(ValueError, f"Expected non-negative epoch, but got {epoch}")
        if epoch < self.T_0:
            self.T_i, self.T_cur = self.T_0, epoch
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            restarts = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**restarts - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**restarts
