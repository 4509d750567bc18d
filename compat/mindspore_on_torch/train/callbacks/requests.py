"""OnRequestExit: end a training or evaluation by a signal or a file, and keep what was learnt."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

from compat import errors
from compat.mindspore_on_torch.context import get_context
from compat.mindspore_on_torch.serialization import checks, load_checkpoint, save_checkpoint
from compat.mindspore_on_torch.train.callbacks.base import Callback
from compat.mindspore_on_torch.train.callbacks.checkpoints import folder

KEY = "GracefulExit"


class OnRequestExit(Callback):
    """Stops after the step in which the signal arrives, or in which `config_file` holds {"GracefulExit": 1}.

    The parameters go to `DIRECTORY/rank_ID/FILE_NAME_train.ckpt` (or `_eval.ckpt`), from which the next run starts. There is no
    MindIR on PyTorch, so `save_mindir` must be False. ValueError for another type and for a signal that can't be caught.
    """

    def __init__(
        self, save_ckpt: bool = True, save_mindir: bool = True, file_name: str = "Net", directory: str | None = "./",
        config_file: str | None = None, sig: int = signal.SIGTERM,
    ) -> None:  # fmt: skip
        super().__init__()
        self.save_ckpt = checks.option("save_ckpt", save_ckpt, bool)
        if checks.option("save_mindir", save_mindir, bool):
            raise errors.UnsupportedArgument("mindspore.train.OnRequestExit", "save_mindir", True, "False: PyTorch has no MindIR")
        self.sig = checks.option("sig", sig, int)
        if sig == getattr(signal, "SIGKILL", None):
            raise errors.invalid(ValueError, "Not support send exit request by signal SIGKILL.")
        self.config_file = config_file
        self.exit = False
        if save_ckpt:
            place = folder(os.path.join(directory or os.getcwd(), f"rank_{get_context('device_id')}"))
            self.train_name, self.eval_name = (os.path.join(place, f"{file_name}_{mode}.ckpt") for mode in ("train", "eval"))

    def _begin(self, network: Any, *files: str) -> None:
        signal.signal(self.sig, lambda *_: setattr(self, "exit", True))
        found = [path for path in files if os.path.isfile(path)]
        if found:
            load_checkpoint(found[0], net=network)

    def _step_end(self, run_context: Any) -> None:
        if self.exit or self._asked_by_file():
            self.exit = True
            run_context.request_stop()

    def _asked_by_file(self) -> bool:
        if self.config_file is None or not os.path.exists(self.config_file):
            return False
        with open(self.config_file, encoding="utf-8") as file:
            try:
                return bool(json.load(file).get(KEY) == 1)
            except json.JSONDecodeError:
                return False  # it is being written: asked again after the next step

    def on_train_begin(self, run_context: Any) -> None:
        """Listen to the signal, and load what an earlier run left."""
        files = [self.train_name] if self.save_ckpt else []
        self._begin(run_context.original_args().train_network, *files)

    def on_train_step_end(self, run_context: Any) -> None:
        """Ask to stop, if asked to."""
        self._step_end(run_context)

    def on_train_end(self, run_context: Any) -> None:
        """Save, if it was stopped."""
        if self.exit and self.save_ckpt:
            save_checkpoint(run_context.original_args().train_network, self.train_name)

    def on_eval_begin(self, run_context: Any) -> None:
        """Listen to the signal, and load what an earlier run left."""
        files = [self.eval_name, self.train_name] if self.save_ckpt else []
        self._begin(run_context.original_args().eval_network, *files)

    def on_eval_step_end(self, run_context: Any) -> None:
        """Ask to stop, if asked to."""
        self._step_end(run_context)

    def on_eval_end(self, run_context: Any) -> None:
        """Save, if it was stopped."""
        if self.exit and self.save_ckpt:
            save_checkpoint(run_context.original_args().eval_network, self.eval_name)
