"""Callbacks that act when a monitored value gets no better: EarlyStopping and ReduceLROnPlateau."""

from __future__ import annotations

import copy
import logging
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.layers.layer import check_type, refuse
from compat.mindspore_on_torch.parameter import Parameter
from compat.mindspore_on_torch.serialization import load_param_into_net
from compat.mindspore_on_torch.serialization.checks import switch
from compat.mindspore_on_torch.tensor import Tensor
from compat.mindspore_on_torch.train.callbacks.base import Callback, loss_of, whole

log = logging.getLogger("mindspore")

SMALLER_IS_BETTER = (
    "hausdorff_distance", "mae", "mse", "loss", "perplexity", "mean_surface_distance", "root_mean_square_distance", "eval_loss",
)  # fmt: skip


class Watching(Callback):
    """What both have: the value that is monitored, whether less or more of it is better, and the best so far."""

    def __init__(self, monitor: str, min_delta: float, patience: int, verbose: bool, mode: str) -> None:
        super().__init__()
        check_type(self, str, monitor=monitor, mode=mode)
        check_type(self, (float, int), min_delta=min_delta)
        self.monitor = monitor
        self.min_delta = abs(min_delta)
        self.patience = whole("patience", patience)
        self.verbose = switch("verbose", verbose)
        if mode not in ("auto", "min", "max"):
            raise errors.invalid(ValueError, f"mode should be 'auto', 'min' or 'max', but got {mode}.")
        self.mode = mode
        self.smaller = mode == "min" or (mode == "auto" and monitor in SMALLER_IS_BETTER)
        self.wait = 0
        self.best = np.inf if self.smaller else -np.inf

    def on_train_begin(self, run_context: Any) -> None:
        """Forget what an earlier training gave."""
        self.wait = 0
        self.best = np.inf if self.smaller else -np.inf

    def is_improvement(self, value: Any, best: Any) -> bool:
        """Whether a value is better by more than `min_delta`."""
        return bool(value < best - self.min_delta if self.smaller else value > best + self.min_delta)

    def value(self, known: Any) -> Any:
        """The monitored value, or None, with a warning, when there is none; as MindSpore has it, 0 is none."""
        if self.monitor == "loss":
            found, others = loss_of(known.get("net_outputs")), {}
        else:
            others = known.get("eval_results", {})
            found = others.get(self.monitor)
        if found is None:
            log.warning("%s watches %s, which is not there; there are: %s", type(self).__name__, self.monitor, {"loss", *others})
        if isinstance(found, (np.ndarray, Tensor)) and found.shape != ():
            raise refuse(self, "the monitored value must be a scalar.")
        return float(found) if found else None


class EarlyStopping(Watching):
    """Stops the training after `patience` epochs in which the monitored value got no better.

    `restore_best_weights` brings back the parameters of the best epoch. As in MindSpore 2.10, any `baseline` but None and 0
    counts as `min_delta`.
    """

    def __init__(
        self, monitor: str = "eval_loss", min_delta: float = 0, patience: int = 0, verbose: bool = False, mode: str = "auto",
        baseline: float | None = None, restore_best_weights: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(monitor, min_delta, patience, verbose, mode)
        self.baseline = min_delta if baseline else None
        self.restore_best_weights = switch("restore_best_weights", restore_best_weights)
        self.stopped_epoch = 0
        self.best_weights_param_dict: Any = None

    def on_train_begin(self, run_context: Any) -> None:
        """Forget what an earlier training gave."""
        super().on_train_begin(run_context)
        self.stopped_epoch = 0
        self.best_weights_param_dict = None

    def on_train_epoch_end(self, run_context: Any) -> None:
        """Compare, and ask to stop when the patience is over."""
        known = run_context.original_args()
        current = self.value(known)
        if current is None:
            return
        better = self.is_improvement(current, self.best)
        if self.restore_best_weights and (better or self.best_weights_param_dict is None):
            self.best_weights_param_dict = copy.deepcopy(known.train_network.parameters_dict())
        self.wait += 1
        if better:
            self.best = current
            if self.baseline is None or self.is_improvement(current, self.baseline):
                self.wait = 0
        if self.wait >= self.patience:
            self.stopped_epoch = known.get("cur_epoch_num")
            run_context.request_stop()
            if self.restore_best_weights:
                if self.verbose:
                    print("Restoring model weights from the end of the best epoch.")
                load_param_into_net(known.train_network, self.best_weights_param_dict)

    def on_train_end(self, run_context: Any) -> None:
        """Say, if `verbose`, in which epoch it stopped."""
        if self.stopped_epoch > 0 and self.verbose:
            print(f"Epoch {self.stopped_epoch:05d}: early stopping")


class ReduceLROnPlateau(Watching):
    """Multiplies the learning rate by `factor` after `patience` epochs in which the monitored value got no better.

    ValueError from the training when the learning rate is no Parameter: a schedule, or one for each group.
    """

    def __init__(
        self, monitor: str = "eval_loss", factor: float = 0.1, patience: int = 10, verbose: bool = False, mode: str = "auto",
        min_delta: float = 1e-4, cooldown: int = 0, min_lr: float = 0,
    ) -> None:  # fmt: skip
        super().__init__(monitor, min_delta, patience, verbose, mode)
        check_type(self, float, factor=factor)
        check_type(self, (float, int), min_lr=min_lr)
        if not 0.0 < factor < 1.0:
            raise errors.invalid(ValueError, f"The 'factor' must be in range of (0.0, 1.0), but got {factor}.")
        self.factor = factor
        self.cooldown = whole("cooldown", cooldown)
        self.min_lr = min_lr
        self.cooldown_counter = 0

    def on_train_begin(self, run_context: Any) -> None:
        """Forget what an earlier training gave."""
        super().on_train_begin(run_context)
        self.cooldown_counter = 0

    def on_train_epoch_end(self, run_context: Any) -> None:
        """Compare, and reduce the rate when the patience is over."""
        known = run_context.original_args()
        rate = known.optimizer.learning_rate
        if not isinstance(rate, Parameter):
            raise errors.invalid(ValueError, "ReduceLROnPlateau does not support dynamic learning rate and group learning rate now.")
        current = self.value(known)
        if current is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience:
                self.reduce(rate, known.cur_epoch_num)
                self.cooldown_counter = self.cooldown
                self.wait = 0

    def reduce(self, rate: Any, epoch: int) -> None:
        """Set the rate, but no lower than `min_lr`."""
        if float(rate) > self.min_lr:
            reduced = max(rate.value() * self.factor, self.min_lr)
            rate.set_data(reduced)
            if self.verbose:
                print(f"Epoch {epoch:05d}: ReduceLROnPlateau reducing learning rate to {reduced}.")
