"""mindspore.dataset.config: the seed of shuffles, and switches of MindSpore's pipeline, which keep what they are set to."""

from __future__ import annotations

import enum
import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from compat import errors
from compat.mindspore_on_torch import context
from compat.mindspore_on_torch.dataset.checks import INT32_MAX, of_type

__all__ = [
    "ErrorSamplesMode", "get_auto_num_workers", "get_auto_offload", "get_autotune_interval", "get_callback_timeout", "get_debug_mode",
    "get_dynamic_shape", "get_enable_autotune", "get_enable_shared_mem", "get_enable_watchdog", "get_error_samples_mode",
    "get_fast_recovery", "get_iterator_mode", "get_monitor_sampling_interval", "get_multiprocessing_start_method",
    "get_multiprocessing_timeout_interval", "get_num_parallel_workers", "get_numa_enable", "get_prefetch_size", "get_seed",
    "get_video_backend", "load", "set_auto_num_workers", "set_auto_offload", "set_autotune_interval", "set_callback_timeout",
    "set_debug_mode", "set_dynamic_shape", "set_enable_autotune", "set_enable_shared_mem", "set_enable_watchdog",
    "set_error_samples_mode", "set_fast_recovery", "set_iterator_mode", "set_monitor_sampling_interval",
    "set_multiprocessing_start_method", "set_multiprocessing_timeout_interval", "set_num_parallel_workers", "set_numa_enable",
    "set_prefetch_size", "set_seed", "set_sending_batches", "set_video_backend",
]  # fmt: skip

UINT32_MAX = 2**32 - 1
DEFAULT_SEED = 5489


class ErrorSamplesMode(enum.IntEnum):
    """What becomes of a row that an operation of `map` fails on."""

    RETURN = 0
    REPLACE = 1
    SKIP = 2


# Nothing here runs in threads or watches itself, so these change no result.
settings: dict[str, Any] = {
    "num_parallel_workers": 8, "prefetch_size": 16, "monitor_sampling_interval": 1000, "callback_timeout": 60, "autotune_interval": 0,
    "multiprocessing_timeout_interval": 300, "numa_enable": False, "auto_num_workers": False, "enable_shared_mem": True,
    "enable_watchdog": True, "fast_recovery": True, "enable_autotune": False, "auto_offload": False, "dynamic_shape": False,
    "debug_mode": False, "multiprocessing_start_method": "fork", "video_backend": "CPU", "error_samples_mode": ErrorSamplesMode.RETURN,
    "iterator_mode": {"do_copy": False, "parallel_convert": False},
}  # fmt: skip


def set_seed(seed: int) -> None:
    """mindspore.dataset.config.set_seed: shuffles, random transforms, Python's and NumPy's generators. Other numbers than MindSpore's."""
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise errors.invalid(TypeError, "seed isn't of type int.")
    if not 0 <= seed <= UINT32_MAX:
        raise errors.invalid(ValueError, f"seed given is not within the required range [0, UINT32_MAX({UINT32_MAX})].")
    context.state["dataset_seed"] = seed
    random.seed(seed)
    np.random.seed(seed)


def get_seed() -> int:
    """mindspore.dataset.config.get_seed: what was set here or by mindspore.set_seed, or 5489."""
    found = context.state.get("dataset_seed")
    return DEFAULT_SEED if found is None else int(found)


def generator(seed: int | None = None) -> np.random.Generator:
    """A source of random numbers: of a seed, or of the one that was set, or other numbers each time."""
    return np.random.default_rng(context.state.get("dataset_seed") if seed is None else seed)


def getter(name: str) -> Callable[[], Any]:
    """mindspore.dataset.config.get_NAME."""

    def get() -> Any:
        return settings[name]

    get.__name__ = f"get_{name}"
    return get


def count_setter(name: str, lowest: int = 1) -> Callable[[int], None]:
    """mindspore.dataset.config.set_NAME for a number. TypeError and ValueError for any other value."""

    def set_count(value: int) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise errors.invalid(TypeError, f"{name} isn't of type int.")
        if not lowest <= value <= INT32_MAX:
            raise errors.invalid(ValueError, f"{name} is not within the required range [{lowest}, INT32_MAX({INT32_MAX})].")
        settings[name] = value

    set_count.__name__ = f"set_{name}"
    return set_count


def switch_setter(name: str) -> Callable[[bool], None]:
    """mindspore.dataset.config.set_NAME for a switch. TypeError for any other value."""

    def set_switch(value: bool) -> None:
        if not isinstance(value, bool):
            raise errors.invalid(TypeError, f"{name} must be of type bool.")
        settings[name] = value

    set_switch.__name__ = f"set_{name}"
    return set_switch


set_num_parallel_workers = count_setter("num_parallel_workers")
set_prefetch_size = count_setter("prefetch_size")
set_monitor_sampling_interval = count_setter("monitor_sampling_interval")
set_callback_timeout = count_setter("callback_timeout")
set_autotune_interval = count_setter("autotune_interval", 0)
set_multiprocessing_timeout_interval = count_setter("multiprocessing_timeout_interval")
set_numa_enable = switch_setter("numa_enable")
set_auto_num_workers = switch_setter("auto_num_workers")
set_enable_shared_mem = switch_setter("enable_shared_mem")
set_enable_watchdog = switch_setter("enable_watchdog")
set_fast_recovery = switch_setter("fast_recovery")
set_auto_offload = switch_setter("auto_offload")
set_dynamic_shape = switch_setter("dynamic_shape")

get_num_parallel_workers = getter("num_parallel_workers")
get_prefetch_size = getter("prefetch_size")
get_monitor_sampling_interval = getter("monitor_sampling_interval")
get_callback_timeout = getter("callback_timeout")
get_autotune_interval = getter("autotune_interval")
get_multiprocessing_timeout_interval = getter("multiprocessing_timeout_interval")
get_numa_enable = getter("numa_enable")
get_auto_num_workers = getter("auto_num_workers")
get_enable_shared_mem = getter("enable_shared_mem")
get_enable_watchdog = getter("enable_watchdog")
get_fast_recovery = getter("fast_recovery")
get_enable_autotune = getter("enable_autotune")
get_auto_offload = getter("auto_offload")
get_dynamic_shape = getter("dynamic_shape")
get_debug_mode = getter("debug_mode")
get_multiprocessing_start_method = getter("multiprocessing_start_method")
get_video_backend = getter("video_backend")
get_error_samples_mode = getter("error_samples_mode")
get_iterator_mode = getter("iterator_mode")


def set_enable_autotune(enable: bool, filepath_prefix: str | None = None) -> None:
    """mindspore.dataset.config.set_enable_autotune: kept; there is nothing to tune, and so nothing to write to a file."""
    if filepath_prefix is not None:
        raise errors.UnsupportedArgument("mindspore.dataset.config.set_enable_autotune", "filepath_prefix", filepath_prefix, "None")
    switch_setter("enable_autotune")(enable)


def set_debug_mode(debug_mode_flag: bool, debug_hook_list: list[Any] | None = None) -> None:
    """mindspore.dataset.config.set_debug_mode: kept; pipelines always run in this thread, where a debugger stops."""
    if not isinstance(debug_mode_flag, bool):
        raise errors.invalid(TypeError, "debug_mode_flag isn't of type boolean.")
    if debug_hook_list:
        raise errors.UnsupportedArgument("mindspore.dataset.config.set_debug_mode", "debug_hook_list", debug_hook_list, "None")
    settings["debug_mode"] = debug_mode_flag


def set_error_samples_mode(error_samples_mode: ErrorSamplesMode) -> None:
    """mindspore.dataset.config.set_error_samples_mode: whether a row that `map` fails on raises, is left out or is replaced."""
    settings["error_samples_mode"] = of_type("error_samples_mode", error_samples_mode, ErrorSamplesMode)


def set_multiprocessing_start_method(start_method: str = "fork") -> None:
    """mindspore.dataset.config.set_multiprocessing_start_method: of the worker processes of a GeneratorDataset."""
    of_type("start_method", start_method, str)
    if start_method not in ("fork", "spawn"):
        raise errors.invalid(ValueError, "Input start_method is not within the valid set of ['fork', 'spawn'].")
    settings["multiprocessing_start_method"] = start_method


def set_video_backend(backend: str) -> None:
    """mindspore.dataset.config.set_video_backend: "CPU"."""
    of_type("backend", backend, str)
    if backend not in ("CPU", "Ascend"):
        raise errors.invalid(ValueError, "Input backend is not within the valid set of ['CPU', 'Ascend'].")
    if backend != "CPU":
        raise errors.UnsupportedArgument("mindspore.dataset.config.set_video_backend", "backend", backend, "'CPU'")


def set_iterator_mode(do_copy: bool = False, parallel_convert: bool = False) -> None:
    """mindspore.dataset.config.set_iterator_mode: whether iterators copy; converting takes no time that threads could save."""
    of_type("do_copy", do_copy, bool)
    of_type("parallel_convert", parallel_convert, bool)
    settings["iterator_mode"] = {"do_copy": do_copy, "parallel_convert": parallel_convert}


def set_sending_batches(batch_num: int) -> None:
    """mindspore.dataset.config.set_sending_batches: nothing to do; it limits what is sent ahead to an Ascend device."""
    of_type("batch_num", batch_num, int)


def load(file: str) -> None:
    """mindspore.dataset.config.load: settings from a JSON file. RuntimeError for one that can't be read."""
    try:
        with open(file, encoding="utf-8") as opened:
            found = json.load(opened)
    except (OSError, ValueError) as error:
        raise errors.invalid(RuntimeError, f"Invalid file, failed to parse the config file: {file}: {error}") from error
    names = {"numParallelWorkers": "num_parallel_workers", "monitorSamplingInterval": "monitor_sampling_interval"}
    for key, value in found.items():
        if key == "seed":
            set_seed(value)
        elif key in names:
            count_setter(names[key])(value)
