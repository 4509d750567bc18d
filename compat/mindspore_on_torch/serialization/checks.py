"""What both directions refuse, as MindSpore does: a wrong type of an option is a ValueError, of a switch a TypeError."""

from __future__ import annotations

from typing import Any

from compat import errors

FORMATS = ("ckpt", "safetensors")
CIPHER = "AES-GCM"


def option(name: str, value: Any, *kinds: type) -> Any:
    """`value`, if it is of one of the types; ValueError otherwise."""
    if not isinstance(value, kinds):
        raise errors.invalid(ValueError, f"The parameter {name!r} must be isinstance of {kinds}, but got {value!r}.")
    return value


def switch(name: str, value: Any) -> bool:
    """`value`, if it is True or False; TypeError otherwise."""
    if not isinstance(value, bool):
        raise errors.invalid(TypeError, f"The input value of {name!r} must be a bool, but got {type(value).__name__}.")
    return value


def no_cipher(api: str, format: str, prefix: str, key: Any, mode: Any) -> None:
    """Encryption: refused by MindSpore for safetensors, and here for checkpoints, since PyTorch brings no AES or SM4."""
    option(f"{prefix}_key", key, type(None), bytes)
    option(f"{prefix}_mode", mode, str)
    if format == "safetensors":
        for name, value, default in ((f"{prefix}_key", key, None), (f"{prefix}_mode", mode, CIPHER)):
            if value != default:
                reason = f"when format is 'safetensors', the parameter {name!r} must be {default!r}, but got {value!r}."
                raise errors.invalid(ValueError, f"For '{api}', {reason}")
    elif key is not None:
        raise errors.UnsupportedArgument(f"mindspore.{api}", f"{prefix}_key", "bytes", "None: checkpoints are not encrypted")


def prefixes(value: Any) -> tuple[str, ...] | None:
    """`filter_prefix` or `specify_prefix` as a tuple of texts that aren't empty."""
    if value is None:
        return None
    if not isinstance(value, (str, list, tuple)):
        reason = f"must be string, list[string] or tuple[string], but got {type(value)}."
        raise errors.invalid(TypeError, f"For 'load_checkpoint', the type of 'specify_prefix' or 'filter_prefix' {reason}")
    found = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(prefix, str) for prefix in found):
        raise errors.invalid(TypeError, f"For 'load_checkpoint', 'specify_prefix' or 'filter_prefix' must hold strings, but got {value!r}.")
    if not found or "" in found:
        raise errors.invalid(ValueError, "For 'load_checkpoint', 'specify_prefix' or 'filter_prefix' can't be empty.")
    return found
