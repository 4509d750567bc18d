"""Names and what they stand for, while a file is read: the base of the reader of statements and expressions."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass, replace

from compat.source.bodies import Body, Returned
from compat.source.knowledge import Catalog, Project
from compat.source.sites import How, Resolved, Scope, Site, Use
from compat.source.values import (
    OTHER,
    UNKNOWN,
    Dictionary,
    Either,
    Instance,
    Many,
    Object,
    ProjectClass,
    ProjectFunction,
    Several,
    Value,
    item_of,
    merged,
)

BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Borrowed:
    """What was known of a class of another file."""

    attributes: dict[str, Value]
    written: dict[str, dict[Body | None, Value]]
    promised: set[str]


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
        self.later: list[Body] = []  # functions of the current scope
        self.owner: ProjectClass | None = None
        self.body: Body | None = None  # the function that is read
        self.returned = Returned()
        self.stale: dict[Body, None] = {}  # functions that relied on what has changed since
        self.read_so_far: dict[Body, None] = {}
        self.depth = 0  # functions that are being read, each for another
        self.in_function = False
        self.supposing = 0  # within what is evaluated under a condition alone
        self.guessing = False  # a function is read before its surroundings are complete
        self.classes: set[ProjectClass] = set()  # of this file
        self.functions: list[ProjectFunction] = []
        self.borrowed: dict[ProjectClass, Borrowed] = {}  # classes of other files, as they were

    # --- scopes -------------------------------------------------------------------------------------------------------

    def lookup(self, name: str) -> Value:
        if name in self.scope:
            return self.scope[name]
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return OTHER if name in BUILTINS else UNKNOWN

    def bind(self, target: ast.expr, value: Value) -> None:
        """An assignment to a name, an attribute of self, an item, or several of them."""
        kind = type(target)
        if kind is ast.Name:
            self.scope[target.id] = value  # type: ignore[attr-defined]
            self.forget(f"{target.id}.")  # type: ignore[attr-defined]
        elif kind is ast.Tuple or kind is ast.List:
            self.unpack(target.elts, value)  # type: ignore[attr-defined]
        elif kind is ast.Starred:
            self.bind(target.value, value if isinstance(value, Many) else Many(UNKNOWN))  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            receiver = self.value(target.value)  # type: ignore[attr-defined]
            if isinstance(receiver, Object):
                self.write(receiver.of, target.attr, value)  # type: ignore[attr-defined]
            self.forget(attribute=target.attr)  # type: ignore[attr-defined]
        else:
            self.value(target)
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                self.grow(target.value.id, value)

    def forget(self, beginning: str = "", attribute: str = "") -> None:
        """What is known of attributes by their use, `config.size`, where their names begin so, or one on the way is this one."""
        for path in self.scope:
            if "." in path and path.startswith(beginning) and (not attribute or attribute in path.split(".")[1:]):
                self.scope[path] = UNKNOWN

    def unpack(self, targets: Sequence[ast.expr], value: Value) -> None:
        starred = [place for place, target in enumerate(targets) if isinstance(target, ast.Starred)]
        items: Sequence[Value]
        if isinstance(value, Several) and not starred and len(value.items) == len(targets):
            items = value.items
        elif isinstance(value, Several) and len(starred) == 1 and len(value.items) >= len(targets) - 1:
            first, behind = starred[0], len(targets) - starred[0] - 1
            end = len(value.items) - behind
            middle = item_of(Several(value.items[first:end])) if end > first else UNKNOWN
            items = (*value.items[:first], Many(middle), *value.items[end:])
        else:
            item = self.item_of(value)
            items = [Many(item) if isinstance(target, ast.Starred) else item for target in targets]
        for target, item in zip(targets, items, strict=True):
            self.bind(target, item)

    def item_of(self, value: Value) -> Value:
        """What iterating over a value gives."""
        if isinstance(value, Several | Many):
            return item_of(value)
        if isinstance(value, Instance):
            return self.catalog.item(value.of)
        if isinstance(value, Either):
            return self.each(value, self.item_of)
        return OTHER if isinstance(value, Dictionary) else UNKNOWN

    def each(self, value: Either, asked: object) -> Value:
        """What a question gives for whatever a value may be."""
        assert callable(asked)
        found: Value | None = None
        for one in value.items:
            answer: Value = asked(one)
            found = answer if found is None else merged(found, answer)
        return UNKNOWN if found is None else found

    # --- lists that grow ----------------------------------------------------------------------------------------------

    def grow(self, name: str, item: Value) -> None:
        """Something is put into the list of this name."""
        known = self.scope.get(name)
        if isinstance(known, Several | Many) and known.growing:
            self.scope[name] = Many(item if known == Several((), True) else merged(item_of(known), item), True)

    def shared(self, node: ast.expr, value: Value) -> Value:
        """A value that gets a second holder: what that one puts into a list is not followed, so its items are unknown from now on."""
        if not (isinstance(value, Several | Many) and value.growing):
            return value
        if isinstance(node, ast.Name) and node.id in self.scope:
            self.scope[node.id] = Many(UNKNOWN)
            return Many(UNKNOWN)
        return replace(value, growing=False)

    # --- attributes of the project's objects --------------------------------------------------------------------------

    def write(self, owner: ProjectClass, name: str, value: Value) -> None:
        """An assignment to an attribute, which all other functions have to reckon with."""
        if isinstance(value, Several | Many) and value.growing:
            value = Many(UNKNOWN)
        self.borrow(owner)
        readers = owner.readers.get(name)
        before = self.read(owner, name) if readers else None
        written = owner.written.setdefault(name, {})
        if self.body is not None and self.body not in written:
            self.body.written.append((owner, name))
        written[self.body] = merged(written[self.body], value) if self.body in written else value
        if readers and self.read(owner, name) != before:
            self.stale.update(dict.fromkeys(reader for reader in readers if reader is not self.body))

    def read(self, owner: ProjectClass, name: str) -> Value | None:
        """What an attribute is, None where nothing is known to bind it."""
        found = owner.attributes.get(name)
        if name in owner.promised:
            return found
        for value in owner.written.get(name, {}).values():
            found = value if found is None else merged(found, value)
        return found

    def borrow(self, owner: ProjectClass) -> None:
        """Remember what is known of a class of another file, before this file adds what it sees of it."""
        if owner not in self.classes and owner not in self.borrowed:
            self.borrowed[owner] = Borrowed(
                dict(owner.attributes), {name: dict(by) for name, by in owner.written.items()}, set(owner.promised)
            )

    def let_go(self) -> None:
        """At the end of the file: what is known of its classes stays, and who wrote and read it goes, with the tree that holds it.

        What the file assigns to objects of other files' classes is known in this file alone, whichever is read first.
        """
        for owner in self.classes:
            owner.attributes = {
                name: value for name in (*owner.attributes, *owner.written) if (value := self.read(owner, name)) is not None
            }
            owner.written = {}
            owner.readers = {}
        for owner, before in self.borrowed.items():
            owner.attributes, owner.written, owner.promised = before.attributes, before.written, before.promised
            owner.readers = {}
        for function in self.functions:
            if function.body is not None:
                function.body.readers.clear()
                function.body = None

    def use(self, node: ast.expr, api: str, use: Use, how: How, method: str = "") -> None:
        self.found.sites.append(Site(node, api, use, how, method, ".".join(self.place), later=self.in_function))

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for."""
        raise NotImplementedError
