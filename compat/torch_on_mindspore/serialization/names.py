"""Under which name a file knows an object: PyTorch's, never that of the module here that defines it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Any

from compat.torch_on_mindspore import descriptors, dtypes

PACKAGE = "compat.torch"


def name_of(thing: Any) -> tuple[str, str] | None:
    """The module and the name that PyTorch has for one of our classes, functions or dtypes; None for anything else."""
    if isinstance(thing, dtypes.dtype):
        return "torch", thing.name
    module = getattr(thing, "__module__", None) or ""
    if is_of_torch(module):
        return module, thing.__qualname__
    if not module.startswith("compat."):
        return None
    return IN_TENSORS.get(thing) or public_names().get(id(thing))


# what every file of tensors names, for which the whole package need not be imported
IN_TENSORS: dict[Any, tuple[str, str]] = {
    descriptors.Size: ("torch", "Size"),
    descriptors.device: ("torch", "device"),
    descriptors.layout_named: ("torch.serialization", "_get_layout"),
}


@functools.cache
def public_names() -> dict[int, tuple[str, str]]:
    """Every class and function of compat.torch by identity, under the longest of its names, as PyTorch pickles it."""
    package = importlib.import_module(PACKAGE)
    modules = [PACKAGE, *(one.name for one in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."))]
    found: dict[int, tuple[str, str]] = {}
    for module in sorted(modules, key=lambda one: one.count(".")):
        for name, thing in vars(importlib.import_module(module)).items():
            own = getattr(thing, "__name__", None)
            if own is not None and callable(thing) and not name.startswith("__") and (own == name or id(thing) not in found):
                found[id(thing)] = module.removeprefix("compat."), name
    return found


def imported(module: str, name: str) -> Any:
    """What compat.torch has under PyTorch's name; AttributeError or ModuleNotFoundError when it has no such thing."""
    found = importlib.import_module(f"compat.{module}")
    for part in name.split("."):
        found = getattr(found, part)
    return found


def is_of_torch(module: str) -> bool:
    return module == "torch" or module.startswith("torch.")
