"""What all schedulers share: the count of steps, writing the rates, warnings, and the state dict."""

from __future__ import annotations

import functools
import warnings
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.engine import mindspore
from compat.torch_on_mindspore.optim.base import Optimizer

HOW_TO = "See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
OVERRIDDEN = (
    "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, make sure to "
    f"call `optimizer.step()` before `lr_scheduler.step()`. {HOW_TO}"
)
TOO_EARLY = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call them in the "
    "opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in PyTorch skipping the "
    f"first value of the learning rate schedule. {HOW_TO}"
)
EPOCH = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed form is "
    "used instead of the new chainable form, where available. Please open an issue if you are unable to replicate your use "
    "case: https://github.com/pytorch/pytorch/issues/new/choose."
)
RESUMED = (
    "param 'initial_lr' is not specified in param_groups[{}] when resuming scheduler with last_epoch >= 0.\n"
    "This typically happens when:\n"
    "1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\n"
    "2. You're using last_epoch >= 0 for a fresh training run (not recommended)"
)


class LRScheduler:
    """Base of the schedulers, the caller's own too: a subclass says in `get_lr` what the rates are at `last_epoch`."""

    _get_lr_called_within_step = False
    _is_initial = False
    unsaved: tuple[str, ...] = ("optimizer",)  # attributes that a state dict leaves out
    _step_count: int
    _last_lr: list[Any]

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", own(group["lr"]))
            elif "initial_lr" not in group:
                raise invalid(KeyError, RESUMED.format(number))
        self.base_lrs = options(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        _watch(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        """Set the rates of the first epoch."""
        self._step_count = 0
        with self._marked("_is_initial"):
            self.step()

    @contextmanager
    def _marked(self, name: str) -> Iterator[None]:
        setattr(self, name, True)
        try:
            yield
        finally:
            setattr(self, name, False)

    def state_dict(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in self.unsaved}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[Any]:
        """The rates that the latest step set, one for each parameter group."""
        return self._last_lr

    def get_lr(self) -> list[Any]:
        """The rates at `last_epoch`; only for use within `step`."""
        raise NotImplementedError

    def step(self, epoch: int | None = None) -> None:
        """Go to the next epoch, or to `epoch`, and set its rates."""
        if self._step_count == 1:
            if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
                warnings.warn(OVERRIDDEN, UserWarning, stacklevel=2)
            elif not getattr(self.optimizer, "_opt_called", False):
                warnings.warn(TOO_EARLY, UserWarning, stacklevel=2)
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        compute = self.get_lr if epoch is None else getattr(self, "_get_closed_form_lr", self.get_lr)
        with self._marked("_get_lr_called_within_step"):
            rates = compute()
        self._set_rates(rates)

    def _set_rates(self, rates: Sequence[Any]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            set_option(group, "lr", rate)
        self._last_lr = options(self.optimizer, "lr")

    def _warn_outside_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn("To get the last learning rate computed by the scheduler, please use `get_last_lr()`.", UserWarning, stacklevel=3)

    def _scaled(self, factor: float) -> list[Any]:
        """The present rates, each times `factor`."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _unchanged(self) -> list[Any]:
        return options(self.optimizer, "lr")


class _LRScheduler(LRScheduler):
    """The name that the base class had before."""


def check_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise invalid(TypeError, f"{type(optimizer).__name__} is not an Optimizer")


def _watch(optimizer: Any) -> None:
    """Have the optimizer remember that its `step` was called: a scheduler's first step must come after it."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    function, reference = optimizer.step.__func__, weakref.ref(optimizer)

    @functools.wraps(function)
    def step(*args: Any, **kwargs: Any) -> Any:
        watched: Any = reference()
        watched._opt_called = True
        return function.__get__(watched, type(watched))(*args, **kwargs)

    step._wrapped_by_lr_sched = True  # type: ignore[attr-defined]
    optimizer.step = step


def own(value: Any) -> Any:
    """`value`, copied if it is a tensor, which the optimizer may write to."""
    return value.clone() if isinstance(value, mindspore.Tensor) else value


def options(optimizer: Any, name: str) -> list[Any]:
    """The option `name` of each parameter group."""
    return [own(group[name]) for group in optimizer.param_groups]


def set_option(group: dict[str, Any], name: str, value: Any) -> None:
    """Set an option of a group; one that is a tensor keeps being that tensor."""
    if isinstance(group[name], mindspore.Tensor):
        group[name].fill_(value)
    else:
        group[name] = value


def for_each_group(name: str, optimizer: Any, given: Any) -> list[Any]:
    """`given` as a list with one value for each parameter group; ValueError when it has another length."""
    groups = len(optimizer.param_groups)
    if not isinstance(given, (list, tuple)):
        return [own(given) for _ in range(groups)]
    if len(given) != groups:
        raise invalid(
            ValueError,
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(given)} values, param_groups has {groups}.",
        )
    return [own(one) for one in given]
