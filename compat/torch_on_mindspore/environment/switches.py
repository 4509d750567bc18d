"""Settings of the whole program that change no result here: threads, determinism, precision; and the default device."""

from __future__ import annotations

import os
import warnings
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.descriptors import HERE, check_device, device


class _State:
    """What was set."""

    threads: int | None = None
    interop_threads: int | None = None
    deterministic = False
    warn_only = False
    precision = "highest"
    device: Any = None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def get_num_threads() -> int:
    """The number that was set, else that of the processors."""
    return _State.threads or _processors()


def set_num_threads(num: int) -> None:
    """Noted; MindSpore goes on choosing the number of its threads itself."""
    _State.threads = _positive("set_num_threads", num)


def get_num_interop_threads() -> int:
    """The number that was set, else that of the processors."""
    return _State.interop_threads or _processors()


def set_num_interop_threads(num: int) -> None:
    """Noted; MindSpore goes on choosing the number of its threads itself."""
    _State.interop_threads = _positive("set_num_interop_threads", num)


def _positive(name: str, number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool):
        raise invalid(TypeError, f"{name} expects an int, but got {type(number).__name__}")
    if number <= 0:
        raise invalid(RuntimeError, f"{name} expects a positive integer")
    return number


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Noted; on CPU an operator gives the same result each time."""
    _State.deterministic, _State.warn_only = bool(mode), bool(warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    return _State.deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    return _State.warn_only


def set_float32_matmul_precision(precision: str) -> None:
    """Noted; products of float32 are computed in float32, the highest precision."""
    if precision not in ("highest", "high", "medium"):
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current setFloat32MatmulPrecision call has no effect.",
            stacklevel=2,
        )
        return
    _State.precision = precision


def get_float32_matmul_precision() -> str:
    return _State.precision


def set_default_device(device: Any = None) -> None:
    """The device of new tensors; anything but the one that MindSpore runs on raises."""
    check_device("torch.set_default_device", device)
    _State.device = device


def get_default_device() -> device:
    return device(HERE) if _State.device is None else device(_State.device)


def set_flush_denormal(mode: bool) -> bool:
    """False: the processor's treatment of denormal numbers can't be changed here."""
    return False


def set_warn_always(b: bool) -> None:
    """Accepted; warnings follow Python's filters."""


def is_here() -> bool:
    """Whether MindSpore runs on CPU here."""
    return HERE == "cpu"


Number = int | float | bool
