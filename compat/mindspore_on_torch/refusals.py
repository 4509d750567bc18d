"""Names of MindSpore that can't work here: they import, may be base classes, and raise UnsupportedAPI when they are called."""

from __future__ import annotations

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
