"""Callbacks that save: ModelCheckpoint with its CheckpointConfig, and BackupAndRestore."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import Any

from compat import errors, frameworks
from compat.mindspore_on_torch.cell import Cell
from compat.mindspore_on_torch.layers.layer import refuse
from compat.mindspore_on_torch.serialization import checks, load_checkpoint, save_checkpoint, saving
from compat.mindspore_on_torch.train.callbacks.base import Callback, whole

torch: Any = frameworks.load("torch")

COUNTED = ("epoch_num", "step_num")
APPENDED = (int, float, bool, str, torch.Tensor, torch.Generator)
Namer = str | Callable[[Any], str]


class CheckpointConfig:
    """When ModelCheckpoint saves, how many files it keeps, and how it writes them.

    Steps win over seconds, the number of files over the minutes. ValueError when nothing of these is asked for.
    """

    def __init__(
        self, save_checkpoint_steps: int | None = 1, save_checkpoint_seconds: int | None = 0, keep_checkpoint_max: int | None = 5,
        keep_checkpoint_per_n_minutes: int | None = 0, integrated_save: bool = True, async_save: bool | str = False,
        saved_network: Any = None, append_info: list[Any] | None = None, enc_key: bytes | None = None, enc_mode: str = checks.CIPHER,
        exception_save: bool = False, crc_check: bool = False, remove_redundancy: bool = False, format: str = "ckpt", **kwargs: Any,
    ) -> None:  # fmt: skip
        numbers = {
            "save_checkpoint_steps": save_checkpoint_steps,
            "save_checkpoint_seconds": save_checkpoint_seconds,
            "keep_checkpoint_max": keep_checkpoint_max,
            "keep_checkpoint_per_n_minutes": keep_checkpoint_per_n_minutes,
        }
        for name, value in numbers.items():
            if value is not None:
                whole(name, value)
        if saved_network is not None and not isinstance(saved_network, Cell):
            raise refuse(self, f"the type of 'saved_network' must be None or Cell, but got {type(saved_network)}.", TypeError)
        if not any(numbers.values()):
            raise refuse(self, f"the input arguments {list(numbers)} can't be all None or 0.")
        self.exception_save = checks.switch("exception_save", exception_save)
        self.save_checkpoint_steps = save_checkpoint_steps
        self.save_checkpoint_seconds = None if save_checkpoint_steps else save_checkpoint_seconds
        self.keep_checkpoint_max = keep_checkpoint_max if keep_checkpoint_max or keep_checkpoint_per_n_minutes else 1
        self.keep_checkpoint_per_n_minutes = None if keep_checkpoint_max else keep_checkpoint_per_n_minutes
        self.integrated_save = checks.switch("integrated_save", integrated_save)
        saving.check_async(async_save)
        self.async_save = async_save
        self.saved_network = saved_network
        self.append_dict = self._appended(append_info)
        self.crc_check = checks.option("crc_check", crc_check, bool)
        self.format = checks.option("format", format, str)
        self.remove_redundancy = checks.option("remove_redundancy", remove_redundancy, bool)
        self.map_param_inc = kwargs.get("incremental", False)
        checks.no_cipher("CheckpointConfig", format, "enc", enc_key, enc_mode)
        self.enc_key, self.enc_mode = enc_key, enc_mode
        if format == "safetensors" and (crc_check or exception_save or self.map_param_inc):
            raise refuse(self, "when format is 'safetensors', crc_check, exception_save and incremental must be at their defaults.")

    def _appended(self, append_info: Any) -> dict[str, Any] | None:
        """What is saved beside the parameters: counts of epochs and steps, which begin at 0, and the entries of a dict."""
        if append_info is None or append_info == []:
            return None
        if not isinstance(append_info, list):
            raise refuse(self, f"the type of 'append_info' must be list, but got {type(append_info)}.", TypeError)
        dicts = [item for item in append_info if isinstance(item, dict)]
        if len(dicts) > 1 or not all(isinstance(item, (str, dict)) for item in append_info):
            raise refuse(self, "the elements of 'append_info' must be str, and one dict at most.", TypeError)
        for item in append_info:
            if isinstance(item, str) and item not in COUNTED:
                raise refuse(self, f"the value of element in the argument 'append_info' must be in {COUNTED}, but got {item}.")
        found: dict[str, Any] = {name: 0 for name in COUNTED if name in append_info}
        for name, value in (dicts[0] if dicts else {}).items():
            if not isinstance(name, str) or not isinstance(value, APPENDED):
                reason = f"must have string keys and values of int, float, bool, str or Tensor, but got {type(name)}, {type(value)}"
                raise refuse(self, f"the dict of 'append_info' {reason}.", TypeError)
            found[name] = value
        return found

    def get_checkpoint_policy(self) -> dict[str, Any]:
        """When it saves, how many files it keeps, and which network."""
        names = (
            "save_checkpoint_steps",
            "save_checkpoint_seconds",
            "keep_checkpoint_max",
            "keep_checkpoint_per_n_minutes",
            "saved_network",
        )
        return {name: getattr(self, name) for name in names}


class ModelCheckpoint(Callback):
    """Saves the training network in files `PREFIX-EPOCH_STEP.ckpt`, and once more after the last step.

    A prefix that the directory knows from an earlier run becomes `PREFIX_1`, `PREFIX_2`, …; a callable prefix is the whole
    name. There is no file of the graph, which MindSpore writes in graph mode. ValueError for a prefix that is no file name,
    TypeError for another type of directory or config.
    """

    def __init__(self, prefix: Namer = "CKP", directory: Namer | None = None, config: CheckpointConfig | None = None) -> None:
        super().__init__()
        if not callable(prefix):
            self._check_prefix(prefix)
        if config is not None and not isinstance(config, CheckpointConfig):
            raise refuse(self, f"the type of argument 'config' should be 'CheckpointConfig', but got {type(config)}.", TypeError)
        self._prefix: Any = prefix
        self._exception_prefix: Any = prefix
        self._prefix_func = prefix if callable(prefix) else None
        self._directory_func = directory if callable(directory) else None
        self._directory: Any = os.getcwd() if directory is None or callable(directory) else folder(directory)
        self._config = config or CheckpointConfig()
        if not callable(prefix) and not callable(directory):
            self._prefix = unused_prefix(self._directory, prefix)
        self._append_dict = self._config.append_dict or {}
        self._counted_before = {name: self._append_dict[name] for name in COUNTED if name in self._append_dict}
        self._latest_ckpt_file_name = ""
        self._last_time = self._last_time_for_keep = time.time()
        self._last_triggered_step = 0

    def _check_prefix(self, prefix: Any) -> None:
        if not isinstance(prefix, str) or "/" in prefix:
            raise refuse(self, f"the argument 'prefix' must be callable or a string that does not contain '/', but got {prefix}.")

    @property
    def latest_ckpt_file_name(self) -> str:
        """The path of the last file; empty before the first."""
        return self._latest_ckpt_file_name

    def step_end(self, run_context: Any) -> None:
        """Save if it is time to."""
        known = run_context.original_args()
        if self._prefix_func:
            self._prefix = self._prefix_func(known)
            self._check_prefix(self._prefix)
        if self._directory_func:
            self._directory = folder(self._directory_func(known))
        self._save(known, self._is_time(known.cur_step_num))

    def end(self, run_context: Any) -> None:
        """Save what the last step gave, and wait for what is being written."""
        self._save(run_context.original_args(), True)
        saving.wait_for_writers()

    def _is_time(self, step: int) -> bool:
        if self._config.save_checkpoint_steps:
            return step >= self._last_triggered_step + self._config.save_checkpoint_steps
        now = time.time()
        if not self._config.save_checkpoint_seconds or now - self._last_time <= self._config.save_checkpoint_seconds:
            return False
        self._last_time = now
        return True

    def _save(self, known: Any, wanted: bool) -> None:
        step = known.cur_step_num
        if (
            not wanted
            or step == self._last_triggered_step
            or not (self._config.save_checkpoint_steps or self._config.save_checkpoint_seconds)
        ):
            return
        name = self._prefix if self._prefix_func else f"{self._prefix}-{known.cur_epoch_num}_{(step - 1) % known.batch_num + 1}"
        self._drop_old_files()
        self._last_time_for_keep = time.time()
        self._last_triggered_step = step
        self.write(f"{name}.{self._config.format}", known.train_network, known.cur_epoch_num, step)

    def write(self, name: str, network: Any, epoch: int, step: int) -> None:
        """Save the network, or that of the config, under this name in the directory."""
        config = self._config
        if config.remove_redundancy:
            reason = "for saving checkpoint can only be used in parallel scenarios, but got 'stand_alone'."
            raise errors.invalid(TypeError, f"The deduplication feature {reason}")
        for counter, value in (("epoch_num", epoch), ("step_num", step)):
            if counter in self._counted_before:
                self._append_dict[counter] = self._counted_before[counter] + value
        path = os.path.join(self._directory, name)
        save_checkpoint(
            network if config.saved_network is None else config.saved_network, path, config.integrated_save, config.async_save,
            self._append_dict, crc_check=config.crc_check, format=config.format, incremental=config.map_param_inc,
        )  # fmt: skip
        self._latest_ckpt_file_name = path

    def _drop_old_files(self) -> None:
        """Make room for one more file: remove the oldest, or all but the oldest of the last minutes."""
        config = self._config
        mine = sorted(earlier_files(self._directory, self._prefix, config.format), key=os.path.getmtime)
        if config.keep_checkpoint_max:
            removed = mine[: 1 if len(mine) >= config.keep_checkpoint_max else 0]
        else:
            now, seconds = time.time(), (config.keep_checkpoint_per_n_minutes or 0) * 60
            recent = [path for path in mine if now - os.path.getmtime(path) < seconds]
            removed = recent[1:] if now - self._last_time_for_keep < seconds else []
        for path in removed:
            os.remove(path)


class BackupAndRestore(Callback):
    """Saves the training network every `save_freq` epochs in `backup_dir`, and starts a training from what it finds there.

    `delete_checkpoint`: the file is removed after the training.
    """

    def __init__(self, backup_dir: str, save_freq: Any = "epoch", delete_checkpoint: bool = True) -> None:
        super().__init__()
        self.backup_file = os.path.join(folder(backup_dir), "backup.ckpt")
        self.save_freq = 1 if save_freq == "epoch" else whole("save_freq", save_freq, 1)
        self.delete_checkpoint = checks.switch("delete_checkpoint", delete_checkpoint)

    def on_train_begin(self, run_context: Any) -> None:
        """Load the file, if there is one."""
        if os.path.exists(self.backup_file):
            load_checkpoint(self.backup_file, net=run_context.original_args().train_network)

    def on_train_epoch_end(self, run_context: Any) -> None:
        """Write the file."""
        known = run_context.original_args()
        if known.cur_epoch_num % self.save_freq == 0:
            save_checkpoint(known.train_network, self.backup_file)

    def on_train_end(self, run_context: Any) -> None:
        """Remove the file."""
        if self.delete_checkpoint and os.path.exists(self.backup_file):
            os.remove(self.backup_file)


def folder(path: Any) -> str:
    """The directory, made if it is not there; TypeError for another type than str, ValueError for a blank one."""
    if not isinstance(path, str):
        raise errors.invalid(TypeError, "The path is invalid, the type should be string.")
    if not path.strip():
        raise errors.invalid(ValueError, "The path is invalid, it should be non-blank.")
    os.makedirs(path, exist_ok=True)
    return os.path.realpath(path)


def unused_prefix(directory: str, prefix: str, ending: str = r"(?<!_breakpoint)\.(?:ckpt|safetensors)") -> str:
    """The prefix, with a number behind it if files of an earlier run with it are in the directory."""
    known = re.compile(rf"{re.escape(prefix)}(?:_(\d+))?-.*{ending}")
    found = [int(match[1] or 0) for match in map(known.fullmatch, os.listdir(directory)) if match]
    return f"{prefix}_{max(found) + 1}" if found else prefix


def earlier_files(directory: str, prefix: str, format: str) -> list[str]:
    """The files of this run: those named by the prefix and numbers."""
    mine = re.compile(rf"{re.escape(prefix)}-[^a-zA-Z]*\.{format}")
    return [os.path.join(directory, name) for name in os.listdir(directory) if mine.fullmatch(name)]
