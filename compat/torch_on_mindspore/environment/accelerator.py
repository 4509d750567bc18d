"""torch.accelerator, as PyTorch without an accelerator shows it."""

from __future__ import annotations

from typing import Any

from compat.errors import invalid

NONE = "Cannot access accelerator device when none is available."


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> Any:
    """None."""
    return None


def refused(*_args: Any, **_kwargs: Any) -> Any:
    """RuntimeError: there is no device to ask or to set."""
    raise invalid(RuntimeError, NONE)
