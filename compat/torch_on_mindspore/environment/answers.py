"""Functions with one answer, or one refusal, whatever they are asked: under PyTorch's name, with PyTorch's parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compat.errors import invalid


def answer(name: str, value: Any, *parameters: str) -> Callable[..., Any]:
    """A function of that name which gives `value`; TypeError for arguments that it doesn't have."""

    def function(*given: Any, **named: Any) -> Any:
        check_arguments(name, parameters, given, named)
        return value

    return _under(name, function)


def refusal(name: str, kind: type[Exception], message: str, *parameters: str) -> Callable[..., Any]:
    """A function of that name which raises; TypeError for arguments that it doesn't have."""

    def function(*given: Any, **named: Any) -> Any:
        check_arguments(name, parameters, given, named)
        raise invalid(kind, message)

    return _under(name, function)


def check_arguments(name: str, parameters: tuple[str, ...], given: tuple[Any, ...], named: dict[str, Any]) -> None:
    if len(given) > len(parameters):
        raise invalid(TypeError, f"{name}() takes {len(parameters)} positional arguments but {len(given)} were given")
    for one in named:
        if one not in parameters[len(given) :]:
            raise invalid(TypeError, f"{name}() got an unexpected keyword argument '{one}'")


def _under(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    return function
