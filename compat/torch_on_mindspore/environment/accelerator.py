"""torch.accelerator, as PyTorch without an accelerator shows it."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid
from compat.torch_on_mindspore.descriptors import device

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
    return device("cpu")


def set_device_index(device: Any) -> None:
    """Nothing for a negative index; RuntimeError for any other."""
    if not isinstance(device, int) or device >= 0:
        raise invalid(RuntimeError, NONE)


def refused(*_args: Any, **_kwargs: Any) -> Any:
    """RuntimeError: there is no device to ask or to set."""
    raise invalid(RuntimeError, NONE)
