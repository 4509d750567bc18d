"""mindspore.experimental.optim.lr_scheduler: schedulers that set the learning rates in an optimizer's param_groups."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.optim import rates
from compat.mindspore_on_torch.optim.groups import Optimizer
from compat.mindspore_on_torch.tensor import Tensor

torch: Any = frameworks.load("torch")


def typed(owner: str, argument: str, value: Any, kinds: Any) -> Any:
    """The value, or a TypeError if it is none of these types."""
    if not isinstance(value, kinds):
        raise errors.invalid(TypeError, f"For '{owner}', the type of '{argument}' is wrong: {type(value)}.")
    return value


def one_per_group(optimizer: Any, name: str, given: Any) -> list[Any]:
    """A value for each group: the elements of a list or tuple, or one for all. ValueError if there are not as many."""
    count = len(optimizer.param_groups)
    if not isinstance(given, (list, tuple)):
        return [given] * count
    if len(given) != count:
        raise errors.invalid(ValueError, f"Expected {count} {name}, but got {len(given)}")
    return list(given)


class LRScheduler:
    """Base class. A subclass gives `get_lr`, which sees the rates so far in `_last_lr` and the step in `last_epoch`."""

    def __init__(self, optimizer: Any, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise errors.invalid(TypeError, f"{type(optimizer).__name__} is not an Optimizer")
        typed(type(self).__name__, "last_epoch", last_epoch, int)
        if last_epoch < -1:
            raise errors.invalid(ValueError, f"Invalid last_epoch: {last_epoch}")
        for place, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", Tensor(float(group["lr"]), dtypes.float32, device="cpu"))
            elif "initial_lr" not in group:
                reason = f"param 'initial_lr' is not specified in param_groups[{place}] when resuming an optimizer"
                raise errors.invalid(KeyError, reason)
        self.optimizer = optimizer
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.groups_num = len(optimizer.param_groups)
        # The optimizer's own Parameters, so that rates set by others count.
        self._last_lr = optimizer.lrs
        self.last_epoch = rates.on_host(float(last_epoch), f"last_epoch_{type(self).__name__}")
        self.step()

    @property
    def epoch(self) -> int:
        """`last_epoch` as an int."""
        return int(self.last_epoch)

    def get_lr(self) -> list[Any]:
        """The learning rate of each group for this step."""
        raise errors.invalid(NotImplementedError, f"{type(self).__name__} doesn't define get_lr")

    def closed_form(self) -> list[Any]:
        """The learning rate of each group for this step, whatever the rates were before."""
        return self.get_lr()

    def get_last_lr(self) -> list[Any]:
        """The learning rate of each group as it is now."""
        return [rate.value().clone() for rate in self._last_lr]

    def step(self, epoch: Any = None) -> None:
        """Go on to the next step, or to step `epoch`, and set the rates."""
        self.last_epoch.set_data(Tensor(float(self.epoch + 1 if epoch is None else epoch), dtypes.float32, device="cpu"))
        self._set(self.get_lr() if epoch is None else self.closed_form())

    def _set(self, values: Sequence[Any]) -> None:
        for rate, value in zip(self._last_lr, values, strict=True):
            rate.set_data(Tensor(float(value), dtypes.float32, device="cpu"))


class Chainable(LRScheduler):
    """A scheduler that multiplies each rate by a factor of the step: from the step before, or from the initial rate."""

    def get_lr(self) -> list[Any]:
        """The rates so far times the factor of this step."""
        factor = self.factor_at(self.epoch)
        return [float(rate) * factor for rate in self._last_lr]

    def closed_form(self) -> list[Any]:
        """The initial rates times all factors up to this step."""
        factor = self.factor_up_to(self.epoch)
        return [float(base) * factor for base in self.base_lrs]

    def factor_at(self, epoch: int) -> float:
        raise NotImplementedError

    def factor_up_to(self, epoch: int) -> float:
        raise NotImplementedError


class StepLR(Chainable):
    """Multiply by gamma every step_size steps."""

    def __init__(self, optimizer: Any, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = typed("StepLR", "step_size", step_size, int)
        self.gamma = typed("StepLR", "gamma", gamma, float)
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        return self.gamma if epoch and epoch % self.step_size == 0 else 1.0

    def factor_up_to(self, epoch: int) -> float:
        return float(self.gamma ** (epoch // self.step_size))


class MultiStepLR(Chainable):
    """Multiply by gamma at each milestone."""

    def __init__(self, optimizer: Any, milestones: list[int], gamma: float = 0.1, last_epoch: int = -1) -> None:
        for milestone in typed("MultiStepLR", "milestones", milestones, list):
            typed("MultiStepLR", "milestones", milestone, int)
        self.milestones = Counter(milestones)
        self.gamma = typed("MultiStepLR", "gamma", gamma, (float, int))
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        return float(self.gamma ** self.milestones[epoch])

    def factor_up_to(self, epoch: int) -> float:
        return float(self.gamma ** sum(times for milestone, times in self.milestones.items() if milestone <= epoch))


class ConstantLR(Chainable):
    """Multiply by `factor` until step total_iters."""

    def __init__(self, optimizer: Any, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        if not 0.0 <= factor <= 1.0:
            raise errors.invalid(ValueError, "Constant multiplicative factor expected to be between 0 and 1.")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        if epoch == 0:
            return self.factor
        return 1.0 / self.factor if epoch == self.total_iters else 1.0

    def factor_up_to(self, epoch: int) -> float:
        return self.factor if epoch < self.total_iters else 1.0


class LinearLR(Chainable):
    """Multiply by a factor that goes from start_factor to end_factor in total_iters steps."""

    def __init__(
        self, optimizer: Any, start_factor: float = 1.0 / 3, end_factor: float = 1.0, total_iters: int = 5, last_epoch: int = -1,
    ) -> None:  # fmt: skip
        if not 0.0 < start_factor <= 1.0:
            raise errors.invalid(ValueError, "Starting multiplicative factor expected to be in (0, 1].")
        if not 0.0 <= end_factor <= 1.0:
            raise errors.invalid(ValueError, "Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        if epoch == 0:
            return self.start_factor
        if epoch > self.total_iters:
            return 1.0
        rise = self.end_factor - self.start_factor
        return 1.0 + rise / (self.total_iters * self.start_factor + (epoch - 1) * rise)

    def factor_up_to(self, epoch: int) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * min(epoch, self.total_iters) / self.total_iters


class ExponentialLR(Chainable):
    """Multiply by gamma in every step."""

    def __init__(self, optimizer: Any, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = typed("ExponentialLR", "gamma", gamma, float)
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        return self.gamma if epoch else 1.0

    def factor_up_to(self, epoch: int) -> float:
        return float(self.gamma**epoch)


class PolynomialLR(Chainable):
    """Fall to zero in total_iters steps, by (1 - step / total_iters) ** power."""

    def __init__(self, optimizer: Any, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = typed("PolynomialLR", "total_iters", total_iters, int)
        self.power = typed("PolynomialLR", "power", power, (float, int))
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        if epoch == 0 or epoch > self.total_iters:
            return 1.0
        left, before = 1.0 - epoch / self.total_iters, 1.0 - (epoch - 1) / self.total_iters
        return float((left / before) ** self.power)

    def factor_up_to(self, epoch: int) -> float:
        return float((1.0 - min(epoch, self.total_iters) / self.total_iters) ** self.power)


class LambdaLR(LRScheduler):
    """The initial rates times what lr_lambda gives for the step; one function, or one for each group."""

    def __init__(self, optimizer: Any, lr_lambda: Any, last_epoch: int = -1) -> None:
        self.lr_lambdas = one_per_group(optimizer, "lr_lambdas", lr_lambda)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """The initial rates times the factors of this step."""
        return [float(base) * factor(self.epoch) for base, factor in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class MultiplicativeLR(LRScheduler):
    """The rates so far times what lr_lambda gives for the step; one function, or one for each group."""

    def __init__(self, optimizer: Any, lr_lambda: Any, last_epoch: int = -1) -> None:
        self.lr_lambdas = one_per_group(optimizer, "lr_lambdas", lr_lambda)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """The rates so far times the factors of this step; as they are in step 0."""
        if self.epoch == 0:
            return list(self._last_lr)
        return [float(rate) * factor(self.epoch) for rate, factor in zip(self._last_lr, self.lr_lambdas, strict=True)]


class CosineAnnealingLR(LRScheduler):
    """Along half a cosine from the initial rate to eta_min in T_max steps, and back."""

    def __init__(self, optimizer: Any, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = typed("CosineAnnealingLR", "T_max", T_max, int)
        self.eta_min = typed("CosineAnnealingLR", "eta_min", eta_min, (float, int))
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """The next points of the curve from where the rates are."""
        epoch, length, low = self.epoch, self.T_max, self.eta_min
        if epoch == 0:
            return list(self._last_lr)
        if (epoch - 1 - length) % (2 * length) == 0:
            rise = (1 - math.cos(math.pi / length)) / 2
            return [float(rate) + (float(base) - low) * rise for rate, base in zip(self._last_lr, self.base_lrs, strict=True)]
        ratio = (1 + math.cos(math.pi * epoch / length)) / (1 + math.cos(math.pi * (epoch - 1) / length))
        return [ratio * (float(rate) - low) + low for rate in self._last_lr]

    def closed_form(self) -> list[Any]:
        """The points of the curve at this step."""
        share = (1 + math.cos(math.pi * self.epoch / self.T_max)) / 2
        return [self.eta_min + (float(base) - self.eta_min) * share for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine to eta_min in T_0 steps, then again from the start, each cycle T_mult times as long as the last."""

    def __init__(self, optimizer: Any, T_0: int, T_mult: int = 1, eta_min: float = 0, last_epoch: int = -1) -> None:
        for argument, value in (("T_0", T_0), ("T_mult", T_mult)):
            if not isinstance(value, int) or value < 1:
                raise errors.invalid(ValueError, f"{argument} should be an integer and at least 1, but got {value}")
        self.T_0 = self.T_i = T_0
        self.T_mult, self.T_cur = T_mult, float(last_epoch)
        self.eta_min = typed("CosineAnnealingWarmRestarts", "eta_min", eta_min, (float, int))
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """The points of the curve at this place in the cycle."""
        share = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (float(base) - self.eta_min) * share for base in self.base_lrs]

    def step(self, epoch: Any = None) -> None:
        """Go on to the next step, or to `epoch`, which may be fractional. ValueError if it is negative."""
        if epoch is not None and epoch < 0:
            raise errors.invalid(ValueError, f"epoch should be a non-negative integer, but got {epoch}")
        if epoch is None and self.epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult
        else:
            self._go_to(float(epoch))
        self.last_epoch.set_data(Tensor(float(math.floor(epoch)), dtypes.float32, device="cpu"))
        self._set(self.get_lr())

    def _go_to(self, epoch: float) -> None:
        self.T_i, self.T_cur = self.T_0, epoch
        while self.T_cur >= self.T_i:
            self.T_cur -= self.T_i
            self.T_i *= self.T_mult


class CyclicLR(LRScheduler):
    """Up from base_lr to max_lr in step_size_up steps and down again, over and over; max_lr shrinks as `mode` says."""

    def __init__(
        self, optimizer: Any, base_lr: Any, max_lr: Any, step_size_up: int = 2000, step_size_down: int | None = None,
        mode: str = "triangular", gamma: float = 1.0, scale_fn: Callable[[Any], float] | None = None, scale_mode: str = "cycle",
        last_epoch: int = -1,
    ) -> None:  # fmt: skip
        lows = [float(rate) for rate in one_per_group(optimizer, "values for base_lr", base_lr)]
        self.max_lrs = [float(rate) for rate in one_per_group(optimizer, "values for max_lr", max_lr)]
        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise errors.invalid(ValueError, "mode is invalid and scale_fn is None")
        down = step_size_up if step_size_down is None else step_size_down
        self.total_step_size, self.step_up_ratio = float(step_size_up + down), step_size_up / (step_size_up + down)
        self.mode, self.gamma = mode, gamma
        self._custom = scale_fn
        self.scale_mode = "iterations" if scale_fn is None and mode == "exp_range" else scale_mode
        if last_epoch == -1:
            for rate, low in zip(optimizer.lrs, lows, strict=True):
                rate.set_data(Tensor(low, dtypes.float32, device="cpu"))
        super().__init__(optimizer, last_epoch)
        self.base_lrs = [Tensor(low, dtypes.float32, device="cpu") for low in lows]

    def scale_fn(self, x: float) -> float:
        """What max_lr - base_lr is multiplied by, for a cycle or a step."""
        if self._custom is not None:
            return self._custom(x)
        scales: dict[str, float] = {"triangular": 1.0, "triangular2": 0.5 ** (x - 1), "exp_range": math.pow(self.gamma, x)}
        return scales[self.mode]

    def get_lr(self) -> list[Any]:
        """The rates at this place in the cycle."""
        cycle = math.floor(1 + self.epoch / self.total_step_size)
        place = 1.0 + self.epoch / self.total_step_size - cycle
        height = place / self.step_up_ratio if place <= self.step_up_ratio else (place - 1) / (self.step_up_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.epoch)
        pairs = zip(self.base_lrs, self.max_lrs, strict=True)
        return [float(low) + (high - float(low)) * height * scale for low, high in pairs]


class SequentialLR:
    """One scheduler after the other: the next takes over at each milestone."""

    def __init__(self, optimizer: Any, schedulers: Sequence[Any], milestones: Sequence[int], last_epoch: int = -1) -> None:
        for place, scheduler in enumerate(schedulers):
            if scheduler.optimizer is not optimizer:
                reason = f"all schedulers must belong to the same optimizer, but the one at {place} doesn't"
                raise errors.invalid(ValueError, f"SequentialLR: {reason}")
        if len(milestones) != len(schedulers) - 1:
            reason = f"there must be one milestone less than schedulers, but got {len(milestones)} and {len(schedulers)}"
            raise errors.invalid(ValueError, f"SequentialLR: {reason}")
        self.optimizer, self._schedulers, self.milestones = optimizer, list(schedulers), list(milestones)
        self.last_epoch = last_epoch + 1
        # The schedulers have all made their first step: only the first one's may count.
        for group in optimizer.param_groups:
            group["lr"].set_data(group["initial_lr"])
        for scheduler in self._schedulers:
            scheduler.last_epoch.set_data(scheduler.last_epoch.value() - 1)
        self._schedulers[0].step()

    @property
    def _last_lr(self) -> list[Any]:
        return self.optimizer.lrs  # type: ignore[no-any-return]

    def step(self) -> None:
        """A step of the scheduler whose turn it is; a new one starts at its step 0."""
        self.last_epoch += 1
        place = bisect_right(self.milestones, self.last_epoch)
        if place and self.milestones[place - 1] == self.last_epoch:
            self._schedulers[place].step(0)
        else:
            self._schedulers[place].step()

    def get_last_lr(self) -> list[Any]:
        """The learning rate of each group as it is now."""
        return [rate.value().clone() for rate in self._last_lr]
