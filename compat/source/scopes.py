"""Names and what they stand for, while a file is read: the base of the reader of statements and expressions."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Sequence

from compat.source.knowledge import Catalog, Project
from compat.source.sites import How, Resolved, Scope, Site, Use
from compat.source.values import (
    OTHER,
    UNKNOWN,
    Instance,
    Many,
    Object,
    ProjectClass,
    Several,
    Value,
    merged,
)

BUILTINS = frozenset(dir(builtins))


class Scopes:
    """The state of reading one file: the scope that is read, what surrounds it, and what was found."""

    def __init__(self, module: str, is_package: bool, catalog: Catalog, project: Project, bodies: bool) -> None:
        self.module = module
        self.package = module if is_package else module.rpartition(".")[0]
        self.catalog = catalog
        self.project = project
        self.bodies = bodies
        self.found = Resolved()
        self.scopes: list[Scope] = []  # what surrounds the current one, from the module's on
        self.scope = self.found.names
        self.place: tuple[str, ...] = ()
        self.later: list[Callable[[], None]] = []
        self.owner: ProjectClass | None = None
        self.in_function = False

    # --- scopes -------------------------------------------------------------------------------------------------------

    def run_later(self) -> None:
        while self.later:
            waiting, self.later = self.later, []
            for read in waiting:
                read()

    def lookup(self, name: str) -> Value:
        if name in self.scope:
            return self.scope[name]
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return OTHER if name in BUILTINS else UNKNOWN

    def bind(self, target: ast.expr, value: Value) -> None:
        """An assignment to a name, an attribute of self, or several of them."""
        kind = type(target)
        if kind is ast.Name:
            self.scope[target.id] = value  # type: ignore[attr-defined]
        elif kind is ast.Tuple or kind is ast.List:
            self.unpack(target.elts, value)  # type: ignore[attr-defined]
        elif kind is ast.Starred:
            self.bind(target.value, Many(UNKNOWN))  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            receiver = self.value(target.value)  # type: ignore[attr-defined]
            if isinstance(receiver, Object):
                known, name = receiver.of.attributes, target.attr  # type: ignore[attr-defined]
                known[name] = merged(known[name], value) if name in known else value
        else:
            self.value(target)

    def unpack(self, targets: Sequence[ast.expr], value: Value) -> None:
        items: Sequence[Value]
        if isinstance(value, Several) and len(value.items) == len(targets) and not any(isinstance(t, ast.Starred) for t in targets):
            items = value.items
        else:
            items = (self.item_of(value),) * len(targets)
        for target, item in zip(targets, items, strict=True):
            self.bind(target, item)

    def item_of(self, value: Value) -> Value:
        """What iterating over a value gives."""
        if isinstance(value, Many):
            return value.item
        if isinstance(value, Several):
            found: Value = value.items[0] if value.items else UNKNOWN
            for item in value.items[1:]:
                found = merged(found, item)
            return found
        if isinstance(value, Instance):
            return self.catalog.item(value.of)
        return UNKNOWN

    def use(self, node: ast.expr, api: str, use: Use, how: How, method: str = "") -> None:
        self.found.sites.append(Site(node, api, use, how, method, ".".join(self.place), later=self.in_function))

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for."""
        raise NotImplementedError
