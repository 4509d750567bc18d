"""Under which name a file knows an object: PyTorch's, never that of the module here that defines it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
from typing import Any

from compat.torch_on_mindspore import dtypes

PACKAGE = "compat.torch"


def name_of(thing: Any) -> tuple[str, str] | None:
    """The module and the name that PyTorch has for one of our classes, functions or dtypes; None for anything else."""
    if isinstance(thing, dtypes.dtype):
        return "torch", thing.name
    return public_names().get(id(thing))


@functools.cache
def public_names() -> dict[int, tuple[str, str]]:
    """Every class and function of compat.torch by identity: where it says it is from, or else under its longest public name."""
    root = importlib.import_module(PACKAGE)
    for module in pkgutil.walk_packages(root.__path__, f"{PACKAGE}."):
        importlib.import_module(module.name)
    found: dict[int, tuple[str, str]] = {}
    packages = (one for one in sys.modules if one == PACKAGE or one.startswith(f"{PACKAGE}."))
    for package in sorted(packages, key=lambda one: one.count(".")):
        for name, thing in vars(sys.modules[package]).items():
            own = getattr(thing, "__name__", None)
            if own is not None and callable(thing) and not name.startswith("__") and (own == name or id(thing) not in found):
                found[id(thing)] = (thing.__module__ if is_of_torch(thing.__module__) else package.removeprefix("compat."), name)
    return found


def imported(module: str, name: str) -> Any:
    """What compat.torch has under PyTorch's name; AttributeError or ModuleNotFoundError when it has no such thing."""
    found = importlib.import_module(f"compat.{module}")
    for part in name.split("."):
        found = getattr(found, part)
    return found


def is_of_torch(module: str) -> bool:
    return module == "torch" or module.startswith("torch.")
