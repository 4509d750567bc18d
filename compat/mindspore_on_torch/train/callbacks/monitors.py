"""Callbacks that print or record: LossMonitor, TimeMonitor, History; and LambdaCallback and LearningRateScheduler."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch import dtypes
from compat.mindspore_on_torch.serialization.checks import switch
from compat.mindspore_on_torch.tensor import Tensor
from compat.mindspore_on_torch.train.callbacks.base import HOOKS, Callback, loss_of, whole

Hook = Callable[[Any], Any] | None


class LossMonitor(Callback):
    """Prints the loss every `per_print_times` steps (0: never), and the metrics of an evaluation.

    ValueError from the training when the loss is NaN or infinite.
    """

    def __init__(self, per_print_times: int = 1) -> None:
        super().__init__()
        self._per_print_times = whole("per_print_times", per_print_times)
        self._last_print_time = 0

    def step_end(self, run_context: Any) -> None:
        """Print the loss."""
        known = run_context.original_args()
        epoch, step = known.get("cur_epoch_num", 1), (known.cur_step_num - 1) % known.batch_num + 1
        loss = loss_of(known.net_outputs)
        if isinstance(loss, float) and not math.isfinite(loss):
            raise errors.invalid(ValueError, f"In epoch: {epoch} step: {step}, loss is NAN or INF, training process cannot continue.")
        if not self._per_print_times:
            return
        if known.cur_step_num <= self._last_print_time:
            # A second run with the same monitor: go back as far as its first steps, in whole periods.
            period = max(self._per_print_times, known.batch_num if known.dataset_sink_mode else 1)
            self._last_print_time -= period * ((self._last_print_time - known.cur_step_num) // period + 1)
        if known.cur_step_num - self._last_print_time >= self._per_print_times:
            self._last_print_time = known.cur_step_num
            print(f"epoch: {epoch} step: {step}, loss is {loss}", flush=True)

    def on_train_epoch_end(self, run_context: Any) -> None:
        """Print the metrics, if the epoch ended with an evaluation."""
        known = run_context.original_args()
        metrics = known.get("metrics")
        if metrics:
            print(f"Eval result: epoch {known.cur_epoch_num}, metrics: {metrics}")


class TimeMonitor(Callback):
    """Prints how long an epoch took, and each of its steps: `data_size` of them where the run doesn't know how many.

    With `data_time`, also how long a step waited for its data. TypeError from the run without a number of steps.
    """

    def __init__(self, data_size: int | None = None, data_time: bool = False) -> None:
        super().__init__()
        self.data_size = data_size
        self.epoch_time = time.time()
        self.data_time = switch("data_time", data_time)
        self.data_time_sum = 0.0
        self.data_time_start = 0.0

    def on_train_step_begin(self, run_context: Any) -> None:
        """The data has come."""
        self.data_time_sum += time.time() - self.data_time_start

    def on_train_step_end(self, run_context: Any) -> None:
        """The wait for data begins."""
        self.data_time_start = time.time()

    def epoch_begin(self, run_context: Any) -> None:
        """Both clocks start."""
        self.epoch_time = self.data_time_start = time.time()
        self.data_time_sum = 0.0

    def epoch_end(self, run_context: Any) -> None:
        """Print the times, in milliseconds."""
        milliseconds = (time.time() - self.epoch_time) * 1000
        known = run_context.original_args()
        steps = known.batch_num
        if not isinstance(steps, int) or steps <= 0:
            steps = self.data_size
        whole("data_size", steps, 1)
        line = f"{known.get('mode', '').title()} epoch time: {milliseconds:5.3f} ms, per step time: {milliseconds / steps:5.3f} ms"
        if self.data_time:
            line += f" (data time: {self.data_time_sum * 1000 / steps:5.3f} ms)"
        print(line, flush=True)


class History(Callback):
    """Records the outputs and metrics at the end of each epoch: `epoch` {"epoch": […]} and `history` {name: […]}."""

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: dict[str, list[int]] | None = None

    def begin(self, run_context: Any) -> None:
        """Start a new list of epochs."""
        self.epoch = {"epoch": []}

    def epoch_end(self, run_context: Any) -> None:
        """Record the epoch, the mean of the (first) output and the metrics."""
        known = run_context.original_args()
        (self.epoch or {}).setdefault("epoch", []).append(known.get("cur_epoch_num", 1))
        output = known.net_outputs
        if isinstance(output, (tuple, list)) and isinstance(output[0], Tensor):
            output = output[0]
        if isinstance(output, Tensor):
            output = np.mean(output.asnumpy())
        for name, value in {"net_output": output, **(known.get("metrics") or {})}.items():
            self.history.setdefault(name, []).append(value)


class LambdaCallback(Callback):
    """A callback out of functions, each called with the run context."""

    def __init__(
        self, on_train_epoch_begin: Hook = None, on_train_epoch_end: Hook = None, on_train_step_begin: Hook = None,
        on_train_step_end: Hook = None, on_train_begin: Hook = None, on_train_end: Hook = None, on_eval_epoch_begin: Hook = None,
        on_eval_epoch_end: Hook = None, on_eval_step_begin: Hook = None, on_eval_step_end: Hook = None, on_eval_begin: Hook = None,
        on_eval_end: Hook = None,
    ) -> None:  # fmt: skip
        given = locals()
        super().__init__()
        self.__dict__.update((hook, given[hook]) for hook in HOOKS if given[hook])


class LearningRateScheduler(Callback):
    """Sets the optimizer's learning rate after each step: to `learning_rate_function(rate, step)`."""

    def __init__(self, learning_rate_function: Callable[[float, int], float]) -> None:
        super().__init__()
        self.learning_rate_function = learning_rate_function

    def step_end(self, run_context: Any) -> None:
        """Ask for the rate and set it."""
        known = run_context.original_args()
        held = known.optimizer.learning_rate
        rate = float(str(held.asnumpy()))  # the shortest number that is this float32: 0.1, not 0.10000000149
        wanted = self.learning_rate_function(rate, known.cur_step_num)
        if not math.isclose(rate, wanted, rel_tol=1e-10):
            held.set_data(Tensor(wanted, dtypes.float32))
