"""What generated functions ask of their arguments that is too long to stand inline: older spellings, broadcasting, dtype names; and
what Python calls a function whose arguments do not fit."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from compat.errors import invalid


class _Missing:
    """The default of a required parameter that also has an older spelling."""

    def __repr__(self) -> str:
        return "<required>"


MISSING: Any = _Missing()


def older_names(api: str, older: dict[str, Any], spellings: dict[str, str], **current: Any) -> tuple[Any, ...]:
    """The values of the parameters in `current`, taken from their older spellings where a program used those.

    `older` holds the keyword arguments that today's signature does not know, `spellings` old name → today's. Raises TypeError
    as Python would: for an unknown keyword, a value given under both names, or a required parameter that is not given.
    """
    for name, value in older.items():
        if name not in spellings:
            raise invalid(TypeError, f"{api}() got an unexpected keyword argument {name!r}")
        today = spellings[name]
        if current[today] is not MISSING:
            raise invalid(TypeError, f"{api}() got multiple values for argument {today!r} ({name!r} is its older spelling)")
        current[today] = value
    absent = [name for name, value in current.items() if value is MISSING]
    if absent:
        raise invalid(TypeError, f"{api}() missing required argument: {', '.join(map(repr, absent))}")
    return tuple(current.values())


def broadcasts(*shapes: tuple[int, ...]) -> bool:
    """Whether the shapes broadcast together, right-aligned, sizes equal or 1."""
    for sizes in zip(*(reversed(_padded(shape, max(map(len, shapes)))) for shape in shapes), strict=True):
        if len(set(sizes) - {1}) > 1:
            return False
    return True


def _padded(shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    return (1,) * (rank - len(shape)) + tuple(shape)


def dtype_name(tensor: Any) -> str:
    """The dtype's name in either framework: "float32" for torch.float32 and for MindSpore's Float32."""
    return str(tensor.dtype).rpartition(".")[2].lower()


def broadcasts_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether `shape` broadcasts to exactly `target`."""
    return len(shape) <= len(target) and all(size in (1, wanted) for size, wanted in zip(reversed(shape), reversed(target), strict=False))


def changed(**given: tuple[Any, Any]) -> dict[str, Any]:
    """The arguments that are not at their default, from name=(value, default): the others are to be left out."""
    return {name: value for name, (value, default) in given.items() if value is not default and (default is None or value != default)}


def renamed(function: Any, name: str) -> Any:
    """The same function under another name, by which Python calls it where the arguments of a call do not fit."""
    copy = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__, copy.__annotations__, copy.__doc__ = function.__kwdefaults__, function.__annotations__, function.__doc__
    copy.__qualname__ = name
    return copy
