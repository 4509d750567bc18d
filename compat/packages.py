"""What the generated modules share: submodules are imported on first use, and a name that is missing says so."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

BACKENDS = {"torch": "MindSpore", "mindspore": "PyTorch"}


def lazy(package: str, submodules: tuple[str, ...] = (), like: str | None = None) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` for the generated module `package`, "compat.torch.nn".

    As upstream, `torch.nn.functional` is there after `import torch`; but a program that uses no optimizer loads none.
    A module `like` another has its names besides: `mindspore.ops.function` those of `mindspore.ops`.
    """
    api = package.partition(".")[2]
    backend = BACKENDS[api.partition(".")[0]]

    def attribute(name: str) -> Any:
        if name in submodules:
            return importlib.import_module(f"{package}.{name}")
        if like is not None and not name.startswith("__"):
            return getattr(importlib.import_module(f"compat.{like}"), name)
        raise AttributeError(
            f"module {api!r} has no attribute {name!r}: there is no {api}.{name} on {backend} here; see `compat explain {api}.{name}`",
            name=name,
            obj=sys.modules[package],
        )

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *submodules})

    return attribute, names
