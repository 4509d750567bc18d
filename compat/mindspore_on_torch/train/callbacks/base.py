"""Callback and what the hooks get: RunContext, and the dict of what is known of the run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch.tensor import Tensor

STAGES = ("begin", "epoch_begin", "epoch_end", "step_begin", "step_end", "end")
HOOKS = tuple(f"on_{mode}_{stage}" for mode in ("train", "eval") for stage in STAGES)


class InternalCallbackParam(dict[str, Any]):
    """A dict whose keys are attributes too; KeyError for one it lacks."""

    def __getattr__(self, key: str) -> Any:
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value


class RunContext:
    """What a hook gets: the dict of what is known of the run, and the request to stop it. TypeError for another type."""

    def __init__(self, original_args: dict[str, Any]) -> None:
        if not isinstance(original_args, dict):
            reason = f"The argument 'original_args' of RunContext should be dict type, but got {type(original_args)}."
            raise errors.invalid(TypeError, reason)
        self._original_args = original_args
        self._stop_requested = False

    def original_args(self) -> Any:
        """The dict of what is known of the run, such as `cur_step_num` and `net_outputs`."""
        return self._original_args

    def request_stop(self) -> None:
        """Stop after the hooks of this step or epoch."""
        self._stop_requested = True

    def get_stop_requested(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop_requested


class Callback:
    """The base of callbacks: a context manager whose hooks Model calls.

    A subclass overrides hooks of training (`on_train_…`) and of evaluation (`on_eval_…`); what it leaves alone calls the
    older hook without a prefix, which is for both.
    """

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *err: Any) -> Any:
        pass

    def begin(self, run_context: Any) -> None:
        """Before the first step."""

    def epoch_begin(self, run_context: Any) -> None:
        """Before an epoch."""

    def epoch_end(self, run_context: Any) -> None:
        """After an epoch."""

    def step_begin(self, run_context: Any) -> None:
        """Before a step."""

    def step_end(self, run_context: Any) -> None:
        """After a step."""

    def end(self, run_context: Any) -> None:
        """After the last step."""

    def on_train_begin(self, run_context: Any) -> None:
        """Before training."""
        self.begin(run_context)

    def on_train_epoch_begin(self, run_context: Any) -> None:
        """Before an epoch of training."""
        self.epoch_begin(run_context)

    def on_train_epoch_end(self, run_context: Any) -> None:
        """After an epoch of training, and after its evaluation."""
        self.epoch_end(run_context)

    def on_train_step_begin(self, run_context: Any) -> None:
        """Before a step of training."""
        self.step_begin(run_context)

    def on_train_step_end(self, run_context: Any) -> None:
        """After a step of training."""
        self.step_end(run_context)

    def on_train_end(self, run_context: Any) -> None:
        """After training."""
        self.end(run_context)

    def on_eval_begin(self, run_context: Any) -> None:
        """Before an evaluation."""
        self.begin(run_context)

    def on_eval_epoch_begin(self, run_context: Any) -> None:
        """Before the steps of an evaluation."""
        self.epoch_begin(run_context)

    def on_eval_epoch_end(self, run_context: Any) -> None:
        """After the steps of an evaluation."""
        self.epoch_end(run_context)

    def on_eval_step_begin(self, run_context: Any) -> None:
        """Before a step of evaluation."""
        self.step_begin(run_context)

    def on_eval_step_end(self, run_context: Any) -> None:
        """After a step of evaluation."""
        self.step_end(run_context)

    def on_eval_end(self, run_context: Any) -> None:
        """After an evaluation, when its metrics are known."""
        self.end(run_context)


class CallbackManager(Callback):
    """Several callbacks as one: a Callback, a list of them or None; TypeError for anything else."""

    def __init__(self, callbacks: Any) -> None:
        if callbacks is not None and not isinstance(callbacks, (Callback, list)):
            raise errors.invalid(TypeError, "The 'callbacks' is not a Callback or a list of Callback.")
        self._callbacks = [callbacks] if isinstance(callbacks, Callback) else list(callbacks or [])
        if not all(isinstance(callback, Callback) for callback in self._callbacks):
            raise errors.invalid(TypeError, "When the 'callbacks' is a list, its elements must be Callbacks.")
        self._stack = ExitStack()

    def __enter__(self) -> CallbackManager:
        entered = [self._stack.enter_context(callback) for callback in self._callbacks]
        self._callbacks = [new if isinstance(new, Callback) else old for new, old in zip(entered, self._callbacks, strict=True)]
        return self

    def __exit__(self, *err: Any) -> Any:
        return self._stack.__exit__(*err)


def for_all(hook: str) -> Callable[[Any, Any], None]:
    """The hook of a CallbackManager: that of each of its callbacks, in order."""

    def call(self: Any, run_context: Any) -> None:
        for callback in self._callbacks:
            getattr(callback, hook)(run_context)

    call.__name__ = hook
    return call


for name in (*STAGES, *HOOKS):
    setattr(CallbackManager, name, for_all(name))


def loss_of(outputs: Any) -> Any:
    """What a training step gave, as its loss: of a tuple the first Tensor, of a Tensor its mean as a float."""
    if isinstance(outputs, (tuple, list)):
        return outputs[0] if isinstance(outputs[0], Tensor) else outputs
    return float(np.mean(outputs.asnumpy())) if isinstance(outputs, Tensor) else outputs


def whole(name: str, value: Any, least: int = 0) -> int:
    """An int of at least so much: TypeError for another type, a bool too, ValueError for less."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise errors.invalid(TypeError, f"The '{name}' must be int, but got '{type(value).__name__}'.")
    if value < least:
        raise errors.invalid(ValueError, f"The '{name}' must be int and must >= {least}, but got '{value}'.")
    return value
