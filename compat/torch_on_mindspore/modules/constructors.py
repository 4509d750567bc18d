"""Each layer's own `__init__`: one that is inherited from a shared base is called by the layer's name in errors, as PyTorch's is."""

from __future__ import annotations

from typing import Any

from compat.arguments import renamed
from compat.torch_on_mindspore.module import Module


def name_constructors(module: dict[str, Any]) -> None:
    """Give every layer that a module defines, given as its globals, an `__init__` under its own name."""
    for name, thing in list(module.items()):
        if (
            isinstance(thing, type)
            and issubclass(thing, Module)
            and thing.__module__ == module["__name__"]
            and "__init__" not in vars(thing)
        ):
            inherited: Any = thing.__init__
            if inherited is not Module.__init__:
                thing.__init__ = renamed(inherited, f"{name}.__init__")  # type: ignore[method-assign]
