"""torch.optim.swa_utils: averages of a model's parameters over training, and the learning rate for it."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore import creation, dtypes
from compat.torch_on_mindspore.autograd import no_grad
from compat.torch_on_mindspore.module import Module
from compat.torch_on_mindspore.optim.base import Optimizer
from compat.torch_on_mindspore.optim.schedulers.base import LRScheduler, for_each_group

Average = Callable[[Any, Any, Any], Any]
Averages = Callable[[Sequence[Any], Sequence[Any], Any], None]


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """A function that moves each of a list of averages by the share 1 - `decay` towards the present values."""
    check_decay(decay)

    def ema_update(ema_param_list: Sequence[Any], current_param_list: Sequence[Any], _: Any) -> None:
        with no_grad():
            for average, present in zip(ema_param_list, current_param_list, strict=True):
                move(average, present, 1 - decay)

    return ema_update


def get_swa_multi_avg_fn() -> Averages:
    """A function that takes the present values into a list of equally weighted averages."""

    def swa_update(averaged_param_list: Sequence[Any], current_param_list: Sequence[Any], num_averaged: Any) -> None:
        with no_grad():
            for average, present in zip(averaged_param_list, current_param_list, strict=True):
                move(average, present, 1 / (int(num_averaged) + 1))

    return swa_update


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """A function that returns the average moved by the share 1 - `decay` towards the present value."""
    check_decay(decay)

    def ema_update(ema_param: Any, current_param: Any, num_averaged: Any) -> Any:
        with no_grad():
            return ema_param * decay + current_param * (1 - decay)

    return ema_update


def get_swa_avg_fn() -> Average:
    """A function that returns the equally weighted average with the present value taken in."""

    def swa_update(averaged_param: Any, current_param: Any, num_averaged: Any) -> Any:
        with no_grad():
            return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def check_decay(decay: float) -> None:
    if decay < 0.0 or decay > 1.0:
        raise invalid(ValueError, f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def move(average: Any, present: Any, share: float) -> None:
    """Write the average moved by `share` towards `present`; an integer one is cut off."""
    if dtypes.OF[average.dtype].category >= dtypes.FLOAT:
        average.add_((present - average) * share)
    else:
        average.copy_(average * (1 - share) + present * share)


class AveragedModel(Module):
    """A copy of `model` whose parameters are averages over the calls of `update_parameters`."""

    def __init__(
        self, model: Any, device: Any = None, avg_fn: Average | None = None, multi_avg_fn: Averages | None = None,
        use_buffers: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise invalid(AssertionError, "Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model) if device is None else copy.deepcopy(model).to(device)
        self.register_buffer("n_averaged", creation.tensor(0, dtype=dtypes.int64, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Any) -> None:
        """Take the parameters of `model`, and with `use_buffers` its buffers, into the averages; the first time they are copied."""
        with no_grad():
            mine, theirs = (
                [one.detach() for one in itertools.chain(part.parameters(), part.buffers() if self.use_buffers else ())]
                for part in (self.module, model)
            )
            if int(self.n_averaged) == 0:
                for average, present in zip(mine, theirs, strict=True):
                    average.copy_(present)
            elif self.avg_fn is None:
                update = self.multi_avg_fn or get_swa_multi_avg_fn()
                for kind in {average.dtype: None for average in mine}:
                    chosen = [pair for pair in zip(mine, theirs, strict=True) if pair[0].dtype == kind]
                    update([one for one, _ in chosen], [one for _, one in chosen], self.n_averaged)
            else:
                for average, present in zip(mine, theirs, strict=True):
                    average.copy_(self.avg_fn(average, present, self.n_averaged))
            if not self.use_buffers:
                for buffer, present in zip(self.module.buffers(), model.buffers(), strict=True):
                    buffer.copy_(present)
            self.n_averaged.add_(1)


def update_bn(loader: Iterable[Any], model: Any, device: Any = None) -> None:
    """Compute the running statistics of the batch normalisation layers of `model` anew, each batch of `loader` counting the same."""
    with no_grad():
        momenta = {one: one.momentum for one in model.modules() if is_batch_norm(one)}
        for one in momenta:
            one.reset_running_stats()
        if not momenta:
            return
        was_training = model.training
        model.train()
        for one in momenta:
            one.momentum = None
        for batch in loader:
            first = batch[0] if isinstance(batch, (list, tuple)) else batch
            model(first if device is None else first.to(device))
        for one, momentum in momenta.items():
            one.momentum = momentum
        model.train(was_training)


def is_batch_norm(module: Any) -> bool:
    """Whether `module` is a batch normalisation layer, by the name of the base that they share in PyTorch."""
    return any(kind.__name__ == "_BatchNorm" for kind in type(module).__mro__)


class SWALR(LRScheduler):
    """From the present rate to `swa_lr` in `anneal_epochs`, and constant from there."""

    def __init__(
        self, optimizer: Optimizer, swa_lr: Any, anneal_epochs: int = 10, anneal_strategy: str = "cos", last_epoch: int = -1,
    ) -> None:  # fmt: skip
        for rate, group in zip(for_each_group("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ANNEALED:
            raise invalid(ValueError, f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_strategy = anneal_strategy
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise invalid(ValueError, f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = (ANNEALED[self._anneal_strategy](max(0, min(1, one / max(1, self.anneal_epochs)))) for one in (step - 1, step))
        rates = []
        for group in self.optimizer.param_groups:
            target = group["swa_lr"]
            start = target if before == 1 else (group["lr"] - before * target) / (1 - before)
            rates.append(target * now + start * (1 - now))
        return rates


# how far the rate has come, by the share of the epochs that have passed
ANNEALED: dict[str, Callable[[float], float]] = {
    "cos": lambda share: (1 - math.cos(math.pi * share)) / 2,
    "linear": lambda share: share,
}
