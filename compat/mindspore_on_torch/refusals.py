"""Names of MindSpore that can't work here: they import, may be base classes, and raise UnsupportedAPI when they are called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import Any, NoReturn

from compat import errors


def refused(api: str, reason: str) -> Any:
    """A class or, for a name in lower case, a function that raises UnsupportedAPI with the reason when it is called."""
    name = api.rpartition(".")[2]
    text = f"{api} can't work on PyTorch: {reason}" if reason else f"{api} has no implementation on PyTorch here yet"

    def function(*args: Any, **kwargs: Any) -> NoReturn:
        raise errors.UnsupportedAPI(text)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Raises UnsupportedAPI: {text}."
    return type(name, (), {"__new__": function, "__doc__": function.__doc__}) if name[0].isupper() else function


def refusing(module: str, names: Collection[str], api: str) -> Callable[[str], Any]:
    """The `__getattr__` of a module that holds only names without an implementation: each is made when it is asked for."""

    def attribute(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return vars(sys.modules[module]).setdefault(name, refused(f"{api}.{name}", ""))

    return attribute
