"""One file → every place where it uses an API: names followed through imports and assignments, receivers as far as they are certain.

Statements are followed in their order. A name that two branches bind to different things is unknown after them; what a loop assigns is
known inside it only if it stays what it was. A function's body is read after what surrounds it, since it runs later. Nothing is guessed:
what isn't certain is unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from compat.source.definitions import Definitions
from compat.source.knowledge import Catalog, Project
from compat.source.sites import Import, Resolved, Scope
from compat.source.values import NONE, OTHER, UNKNOWN, Api, Instance, Native, Object, ProjectClass, Value, merged

# This project's packages, under whose names a ported program has the framework.
IMITATIONS = {f"{package}.{framework}": framework for package in ("compat", "compat.lenient") for framework in ("torch", "mindspore")}


def framework_name(module: str) -> str:
    """A module by the framework's own name for it: compat.torch.nn → torch.nn; any other is itself."""
    if module.startswith("compat."):
        for imitation, framework in IMITATIONS.items():
            if module == imitation or module.startswith(f"{imitation}."):
                return framework + module[len(imitation) :]
    return module


def resolve(tree: ast.Module, module: str, is_package: bool, catalog: Catalog, project: Project, *, bodies: bool = True) -> Resolved:
    """Every use in a parsed file. Without `bodies`, functions are not entered: only what the module exports is known then."""
    reader = _Reader(module, is_package, catalog, project, bodies)
    reader.block(tree.body)
    reader.read_functions()
    reader.let_go()
    return reader.found


class _Reader(Definitions):
    """Reads statements."""

    def block(self, body: Iterable[ast.stmt]) -> bool:
        """Read statements; whether the last of them leaves the function, so that nothing comes after them."""
        ended = False
        for statement in body:
            ended = bool(STATEMENTS[type(statement)](self, statement))
        return ended

    def branches(self, *bodies: Callable[[], bool]) -> bool:
        """Each from where it began; what they bind differently is unknown afterwards. Whether all of them leave the function."""
        before, ends = dict(self.scope), []
        for body in bodies:
            self.scope.clear()
            self.scope.update(before)
            if not body():
                ends.append(dict(self.scope))
        if not ends:
            return True
        self.join(ends)
        return False

    def join(self, ends: list[Scope]) -> None:
        self.scope.clear()
        first, *others = ends
        self.scope.update(first)
        for end in others:
            for name, value in end.items():
                known = self.scope.get(name)
                self.scope[name] = value if known is None else known if known is value else merged(known, value)
        for name in self.scope:
            if "." in name and any(name not in end for end in ends):
                self.scope[name] = UNKNOWN  # an attribute that only one of them has used

    def repeated(self, body: Callable[[], None]) -> None:
        """A loop's body: read again with less known, until what it leaves behind is what it was read with."""
        for _ in range(3):
            before, found = dict(self.scope), self.found
            noted: tuple[list[Any], ...] = (found.sites, found.imports, found.foreign, self.later)
            marks = [len(each) for each in noted]
            body()
            after = dict(self.scope)
            self.join([before, after])
            if all(self.scope[name] is value or self.scope[name] == value for name, value in before.items()):
                return
            # It changed something: what it is at the start of a later round is what both have in common.
            for each, mark in zip(noted, marks, strict=True):
                del each[mark:]
            for name in after.keys() - before.keys():
                del self.scope[name]
        for name in [name for name, value in before.items() if self.scope[name] != value]:
            self.scope[name] = UNKNOWN
        body()

    def s_expr(self, node: ast.Expr) -> None:
        self.value(node.value)

    def s_assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        if len(node.targets) > 1 or type(node.value) is ast.Name:
            value = self.shared(node.value, value)
        if node.type_comment:
            value = self.said_in_text(node.type_comment) or value
        for target in node.targets:
            self.bind(target, value)

    def s_annotated(self, node: ast.AnnAssign) -> None:
        self.value(node.annotation)
        value = self.value(node.value) if node.value else UNKNOWN
        said = self.said(node.annotation)
        self.bind(node.target, value if said is UNKNOWN else said)
        if said is not UNKNOWN:
            self.promise(node.target, said)

    def promise(self, target: ast.expr, said: Value) -> None:
        """What an annotation says of an attribute holds whatever is assigned to it."""
        owner: ProjectClass | None = None
        if isinstance(target, ast.Name) and self.body is None:
            owner, name = self.owner, target.id
        elif isinstance(target, ast.Attribute) and isinstance(receiver := self.referred(target.value), Object):
            owner, name = receiver.of, target.attr
            self.borrow(owner)
        if owner is not None:
            owner.attributes[name] = said
            owner.promised.add(name)

    def s_augmented(self, node: ast.AugAssign) -> None:
        value = self.value(node.value)
        target = node.target
        if isinstance(target, ast.Name):
            self.scope[target.id] = self.combined(self.lookup(target.id), value, node.op)
        elif isinstance(target, ast.Attribute):
            self.bind(target, self.combined(self.value(target), value, node.op))
        else:
            self.bind(target, UNKNOWN)

    def s_return(self, node: ast.Return) -> bool:
        self.returned.values.append(self.value(node.value) if node.value else NONE)
        return True

    def s_raise(self, node: ast.Raise) -> bool:
        self.s_values(node)
        return True

    def s_assert(self, node: ast.Assert) -> None:
        self.s_values(node)
        self.scope.update(self.narrowed(node.test)[0])

    def s_if(self, node: ast.If) -> bool:
        self.value(node.test)
        true, false = self.narrowed(node.test)

        def then() -> bool:
            self.scope.update(true)
            return self.block(node.body)

        def otherwise() -> bool:
            self.scope.update(false)
            return self.block(node.orelse)

        return self.branches(then, otherwise)

    def s_for(self, node: ast.For | ast.AsyncFor) -> None:
        item = self.item_of(self.value(node.iter))

        def body() -> None:
            self.bind(node.target, item)
            self.block(node.body)

        self.repeated(body)
        self.block(node.orelse)

    def s_while(self, node: ast.While) -> None:
        def body() -> None:
            self.value(node.test)
            self.scope.update(self.narrowed(node.test)[0])
            self.block(node.body)

        self.repeated(body)
        self.block(node.orelse)

    def s_with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value if isinstance(value, Instance) else UNKNOWN)
        self.block(node.body)

    def s_try(self, node: ast.Try | ast.TryStar) -> bool:
        before = dict(self.scope)
        ended = self.block(node.body)
        middle = dict(self.scope)

        def handler(one: ast.ExceptHandler) -> bool:
            self.join([before, middle])  # it begins anywhere within the body
            if one.type:
                self.value(one.type)
            if one.name:
                self.scope[one.name] = OTHER
            return self.block(one.body)

        ended = self.branches(lambda: self.block(node.orelse) or ended, *(lambda one=one: handler(one) for one in node.handlers))
        return self.block(node.finalbody) or ended

    def s_match(self, node: ast.Match) -> None:
        self.value(node.subject)

        def case(one: ast.match_case) -> bool:
            for part in ast.walk(one.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self.scope[name] = UNKNOWN
                if isinstance(part, (ast.MatchValue, ast.MatchClass)):
                    self.value(part.value if isinstance(part, ast.MatchValue) else part.cls)
            if one.guard:
                self.value(one.guard)
            return self.block(one.body)

        self.branches(*(lambda one=one: case(one) for one in node.cases), lambda: False)

    def s_values(self, node: ast.stmt) -> None:
        """Statements of which only the expressions matter: raise, assert."""
        for child in ast.iter_child_nodes(node):
            self.value(child)  # type: ignore[arg-type]

    def s_delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.scope[target.id] = UNKNOWN
            else:
                self.value(target)

    def s_nothing(self, node: ast.stmt) -> None:
        """pass, break, continue."""

    def s_outer(self, node: ast.Global | ast.Nonlocal) -> None:
        """A name that a function binds outside of itself is certain nowhere."""
        for name in node.names:
            for scope in self.scopes:
                if scope.get(name, UNKNOWN) is not UNKNOWN:
                    scope[name] = UNKNOWN
                    self.read_again()
            self.scope[name] = UNKNOWN

    def s_import(self, node: ast.Import) -> None:
        ours = foreign = False
        for alias in node.names:
            top = alias.name.partition(".")[0]
            value = self.module_value(alias.name if alias.asname else top)
            self.scope[alias.asname or top] = value
            ours = ours or isinstance(value, Api)
            foreign = foreign or value is OTHER
        self.note_import(node, ours, foreign)

    def note_import(self, node: ast.Import | ast.ImportFrom, ours: bool, foreign: bool) -> None:
        if ours:
            self.found.imports.append(Import(node, ".".join(self.place)))
        if foreign:
            self.found.foreign.append(Import(node, ".".join(self.place)))

    def module_value(self, module: str) -> Value:
        name = framework_name(module)
        if self.catalog.is_root(name.partition(".")[0]):
            return Api(name)
        return self.project.module(name) or OTHER

    def s_import_from(self, node: ast.ImportFrom) -> None:
        base = framework_name(self.absolute(node))
        ours = self.catalog.is_root(base.partition(".")[0])
        for alias in node.names:
            if alias.name == "*":
                for name in self.catalog.exported(base) if ours else self.project.exported_names(base):
                    self.scope[name] = self.imported(base, name, ours)
            else:
                self.scope[alias.asname or alias.name] = self.imported(base, alias.name, ours)
        self.note_import(node, ours, not (ours or node.level) and self.project.module(base.partition(".")[0]) is None)

    def imported(self, base: str, name: str, ours: bool) -> Value:
        if ours:
            return Api(f"{base}.{name}")
        if base == "compat" and self.catalog.is_root(name):
            return Api(name)
        if base == "compat.native":
            return Native(name)
        return self.project.module(f"{base}.{name}") or self.project.exported(base, name)

    def absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        parts = parts[: len(parts) - (node.level - 1)] if node.level > 1 else parts
        return ".".join([*(part for part in parts if part), *([node.module] if node.module else [])])


STATEMENTS: dict[type[ast.stmt], Callable[[_Reader, Any], bool | None]] = {
    ast.Expr: _Reader.s_expr, ast.Assign: _Reader.s_assign, ast.AnnAssign: _Reader.s_annotated, ast.AugAssign: _Reader.s_augmented,
    ast.Return: _Reader.s_return, ast.If: _Reader.s_if, ast.For: _Reader.s_for, ast.AsyncFor: _Reader.s_for, ast.While: _Reader.s_while,
    ast.With: _Reader.s_with, ast.AsyncWith: _Reader.s_with, ast.Try: _Reader.s_try, ast.TryStar: _Reader.s_try,
    ast.Match: _Reader.s_match, ast.Raise: _Reader.s_raise, ast.Assert: _Reader.s_assert, ast.Delete: _Reader.s_delete,
    ast.Pass: _Reader.s_nothing, ast.Break: _Reader.s_nothing, ast.Continue: _Reader.s_nothing, ast.Global: _Reader.s_outer,
    ast.Nonlocal: _Reader.s_outer, ast.Import: _Reader.s_import, ast.ImportFrom: _Reader.s_import_from,
    ast.FunctionDef: _Reader.s_function, ast.AsyncFunctionDef: _Reader.s_function, ast.ClassDef: _Reader.s_class,
}  # fmt: skip
