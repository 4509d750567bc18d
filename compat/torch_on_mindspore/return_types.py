"""The classes of `torch.return_types`: tuples with named entries, one class for each function that returns one."""

from __future__ import annotations

from collections import namedtuple
from typing import Any


def structure(name: str, fields: str) -> Any:
    """The class `torch.return_types.name` with these entries; it takes them one by one, or, as PyTorch's does, in one sequence."""
    base: Any = namedtuple(name, fields)  # type: ignore[misc]

    def new(cls: Any, *values: Any) -> Any:
        given = values[0] if len(values) == 1 and isinstance(values[0], (tuple, list)) else values
        if len(given) != len(base._fields):
            raise TypeError(f"torch.return_types.{name}() takes a {len(base._fields)}-sequence ({len(given)}-sequence given)")
        return tuple.__new__(cls, given)

    def text(self: Any) -> str:
        entries = ",\n".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
        return f"torch.return_types.{name}(\n{entries})"

    return type(name, (base,), {"__slots__": (), "__new__": new, "__repr__": text, "__module__": "torch.return_types"})
