"""The body of a function that waits to be read, or was: functions run later than what surrounds them, and are read when it is known."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from compat.source.sites import Resolved, Scope
from compat.source.values import UNKNOWN, ProjectClass, Value

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(eq=False, slots=True)
class Body:
    """What reading a body has found: the uses in it, the functions defined in it, what it returns, and who relied on that.

    `ready` says that what surrounds it has been read to its end. `rounds` counts how often it was read: it is read again when something that
    it relied on turns out to be less certain, or if it was `asked` for when too many others were being read to begin with it.
    """

    node: Function
    owner: ProjectClass | None
    outer: list[Scope]
    place: tuple[str, ...]
    state: Literal["waiting", "reading", "read"] = "waiting"
    ready: bool = False
    rounds: int = 0
    found: Resolved = field(default_factory=Resolved)
    inner: list[Body] = field(default_factory=list)
    returns: Value = UNKNOWN
    guessed: bool = False
    asked: bool = False
    readers: set[Body] = field(default_factory=set)
    written: list[tuple[ProjectClass, str]] = field(default_factory=list)


@dataclass(slots=True)
class Returned:
    """What the return statements of the body that is being read give, and whether it is a generator."""

    values: list[Value] = field(default_factory=list)
    yields: bool = False
