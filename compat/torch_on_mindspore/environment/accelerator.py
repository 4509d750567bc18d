"""torch.accelerator, as PyTorch without an accelerator shows it."""

from __future__ import annotations

import importlib
from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.descriptors import device as Device

MODULES = ("cpu", "cuda", "mps", "xpu")
NONE = "Cannot access accelerator device when none is available."


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def _get_accelerator(check: bool | None = None) -> Any:
    """The CPU, there being no accelerator; RuntimeError if one is insisted on."""
    if check:
        raise invalid(RuntimeError, NONE)
    return get_accelerator()


def current_accelerator(check_available: bool = False) -> Any:
    """None."""
    return None


def get_accelerator() -> Any:
    """The CPU; `torch._C._get_accelerator`."""
    return Device("cpu")


def set_device_index(device: Any) -> None:
    """Nothing for a negative index; RuntimeError for any other."""
    if not isinstance(device, int) or device >= 0:
        raise invalid(RuntimeError, NONE)


def refused(*_args: Any, **_kwargs: Any) -> Any:
    """RuntimeError: there is no device to ask or to set."""
    raise invalid(RuntimeError, NONE)


def get_device_module(device: Any = None) -> Any:
    """The module of a type of device, torch.cpu or torch.cuda, that of the CPU when none is given; RuntimeError for a type without one."""
    if not isinstance(device, (str, Device, type(None))):
        raise invalid(RuntimeError, f"Invalid value of device '{device}', expect torch.device, str, or None")
    kind = "cpu" if device is None else Device(device).type
    if kind not in MODULES:
        raise invalid(RuntimeError, f"Device '{kind}' does not have a corresponding module registered as 'torch.{kind}'.")
    return importlib.import_module(f"compat.torch.{kind}")
