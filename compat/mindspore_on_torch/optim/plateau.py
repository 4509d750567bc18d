"""mindspore.experimental.optim.lr_scheduler.ReduceLROnPlateau."""

from __future__ import annotations

from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.optim.groups import Optimizer
from compat.mindspore_on_torch.optim.lr_scheduler import one_per_group
from compat.mindspore_on_torch.tensor import Tensor


class ReduceLROnPlateau:
    """Multiply the rates by `factor` when a measured value has not become better for `patience` steps."""

    def __init__(
        self, optimizer: Any, mode: str = "min", factor: float = 0.1, patience: int = 10, threshold: float = 1e-4,
        threshold_mode: str = "rel", cooldown: int = 0, min_lr: Any = 0, eps: float = 1e-8,
    ) -> None:  # fmt: skip
        if not factor < 1.0:
            raise errors.invalid(ValueError, "The lr factor should be less than 1.0.")
        if not isinstance(optimizer, Optimizer):
            raise errors.invalid(TypeError, f"Expected an `Optimizer`, but got type {type(optimizer).__name__}")
        for argument, value, known in (("mode", mode, ("min", "max")), ("threshold_mode", threshold_mode, ("rel", "abs"))):
            if value not in known:
                raise errors.invalid(ValueError, f"`{argument}` should be one of {known}, but got {value}.")
        self.optimizer, self.factor = optimizer, factor
        self.min_lrs = one_per_group(optimizer, "min_lrs", min_lr)
        self.mode, self.patience, self.threshold, self.threshold_mode = mode, patience, threshold, threshold_mode
        self.cooldown, self.eps = cooldown, eps
        self.best = float("inf") if mode == "min" else float("-inf")
        self.cooldown_counter = self.num_bad_epochs = self.last_epoch = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether the rates have been reduced lately."""
        return self.cooldown_counter > 0

    def step(self, metrics: Any) -> None:
        """Look at the measured value, and reduce the rates if it is time."""
        measured = float(metrics)
        self.last_epoch += 1
        if self._better(measured):
            self.best, self.num_bad_epochs = measured, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def _better(self, measured: float) -> bool:
        margin = self.threshold if self.threshold_mode == "abs" else self.threshold * self.best
        if self.threshold_mode == "rel" and abs(self.best) == float("inf"):
            margin = 0.0
        return measured < self.best - margin if self.mode == "min" else measured > self.best + margin

    def _reduce(self) -> None:
        for rate, low in zip(self.optimizer.lrs, self.min_lrs, strict=True):
            old = float(rate)
            new = max(old * self.factor, float(low))
            # In single precision, as the rates are.
            if np.float32(old - new) > np.float32(self.eps):
                rate.set_data(Tensor(new, dtypes.float32, device="cpu"))

    def get_last_lr(self) -> list[Any]:
        """The learning rate of each group as it is now."""
        return [rate.value().clone() for rate in self.optimizer.lrs]
