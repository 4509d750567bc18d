"""What was found in a file: the uses of APIs, the imports, and what its names stand for."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from compat.source.values import Value

Use = Literal["call", "value"]
How = Literal["name", "inferred", "traced", "unknown"]
Scope = dict[str, Value]


@dataclass(slots=True)
class Site:
    """A use of an API: the whole call or, where it isn't called, the name. `api` is empty where the receiver is unknown.

    `seen` is what a run called there, where that is not one API.
    """

    node: ast.expr
    api: str
    use: Use
    how: How
    method: str = ""
    inside: str = ""  # the function or class it stands in, dotted
    seen: tuple[str, ...] = ()
    later: bool = False  # in a function's body, which does not run while the module is imported


@dataclass(slots=True)
class Import:
    """An import statement, of the framework or of a library."""

    node: ast.Import | ast.ImportFrom
    inside: str = ""


@dataclass(slots=True)
class Resolved:
    """What was found in one file; `names` are the module's own at its end.

    `imports` bind something of the framework, `foreign` something that is neither its nor the project's. `values` is what arguments of calls stand
    for, by the identity of their expressions, where anything is known.
    """

    sites: list[Site] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    foreign: list[Import] = field(default_factory=list)
    names: Scope = field(default_factory=dict)
    values: dict[int, Value] = field(default_factory=dict)
