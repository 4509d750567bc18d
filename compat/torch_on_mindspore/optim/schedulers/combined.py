"""Schedulers made of schedulers: one after the other, and all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.optim.base import Optimizer
from compat.torch_on_mindspore.optim.schedulers.base import LRScheduler, options, set_option
from compat.torch_on_mindspore.optim.schedulers.plateau import ReduceLROnPlateau


class Combined(LRScheduler):
    """What both share: the schedulers, their checks, and a state dict that holds theirs."""

    unsaved = ("optimizer", "_schedulers")
    _schedulers: Sequence[LRScheduler]

    def _check(self, schedulers: Sequence[Any], optimizer: Any) -> None:
        name = type(self).__name__
        for number, one in enumerate(schedulers):
            if not hasattr(one, "optimizer"):
                raise invalid(TypeError, f"{name} at index {number} should have `optimizer` as its attribute.")
            if isinstance(one, ReduceLROnPlateau):
                raise invalid(
                    ValueError,
                    f"{name} does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs to be specified when "
                    f"calling `step`, but got one at index {number} in the given schedulers sequence.",
                )
            if optimizer is not one.optimizer:
                raise invalid(
                    ValueError,
                    f"{name} expects all schedulers to belong to the same optimizer, but got scheduler {type(one).__name__} at index "
                    f"{number} has {one.optimizer}, which is different from {type(optimizer).__name__}.",
                )

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "_schedulers": [one.state_dict() for one in self._schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.__dict__.update({name: value for name, value in state_dict.items() if name != "_schedulers"})
        for one, saved in zip(self._schedulers, state_dict["_schedulers"], strict=False):
            one.load_state_dict(saved)


class SequentialLR(Combined):
    """Each scheduler from its milestone on, as if it started there."""

    def __init__(self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1) -> None:
        if not schedulers:
            raise invalid(ValueError, f"{type(self).__name__} expects at least one scheduler, but got no scheduler.")
        self._check(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise invalid(
                ValueError,
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but "
                f"got number of schedulers {len(schedulers)} and the number of milestones to be equal to {len(milestones)}",
            )
        self._schedulers, self._milestones = schedulers, milestones
        self.last_epoch = last_epoch + 1
        self.optimizer = optimizer
        # Each scheduler took its first step when it was made: that is undone, and the one that begins takes its own.
        for group in optimizer.param_groups:
            set_option(group, "lr", group["initial_lr"])
        self.recursive_undo()
        first = schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def recursive_undo(self, sched: Any = None) -> None:
        """Take one epoch back from `sched`, or from all, and from those that they are made of."""
        at = self if sched is None else sched
        if hasattr(at, "_schedulers"):
            for one in at._schedulers:
                self.recursive_undo(one)
        elif hasattr(at, "last_epoch"):
            at.last_epoch -= 1

    def step(self) -> None:  # type: ignore[override]
        self.last_epoch += 1
        number = bisect_right(self._milestones, self.last_epoch)
        active = self._schedulers[number]
        if number and self._milestones[number - 1] == self.last_epoch:
            active._update_lr(0)
        else:
            active.step()
        self._last_lr = active.get_last_lr()


class ChainedScheduler(Combined):
    """All schedulers at every step, each on what the one before it left."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if not schedulers:
            raise invalid(ValueError, f"{type(self).__name__} expects at least one scheduler to be chained, but got no scheduler.")
        optimizer = optimizer or schedulers[0].optimizer
        self._check(schedulers, optimizer)
        self._schedulers = schedulers
        self.optimizer = optimizer
        self._last_lr = options(schedulers[-1].optimizer, "lr")

    def step(self) -> None:  # type: ignore[override]
        for one in self._schedulers:
            one.step()
        self._last_lr = options(self._schedulers[-1].optimizer, "lr")
