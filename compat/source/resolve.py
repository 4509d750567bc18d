"""One file → every place where it uses an API: names followed through imports and assignments, receivers as far as they are certain.

Statements are followed in their order. A name that two branches bind to different things is unknown after them; what a loop assigns is
known inside it only if it stays what it was. A function's body is read after what surrounds it, since it runs later. Nothing is guessed:
what isn't certain is unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from compat.source.annotations import annotated
from compat.source.expressions import Expressions
from compat.source.knowledge import Catalog, Project
from compat.source.sites import Import, Resolved, Scope
from compat.source.values import (
    OTHER,
    UNKNOWN,
    Api,
    Instance,
    Many,
    Object,
    ProjectClass,
    ProjectFunction,
    Value,
    merged,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
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
    reader.run_later()
    return reader.found


class _Reader(Expressions):
    """Reads statements."""

    def block(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            STATEMENTS[type(statement)](self, statement)

    def branches(self, *bodies: Callable[[], None]) -> None:
        """Each from where it began; what they bind differently is unknown afterwards."""
        before, ends = dict(self.scope), []
        for body in bodies:
            self.scope.clear()
            self.scope.update(before)
            body()
            ends.append(dict(self.scope))
        self.join(ends)

    def join(self, ends: list[Scope]) -> None:
        self.scope.clear()
        first, *others = ends
        self.scope.update(first)
        for end in others:
            for name, value in end.items():
                known = self.scope.get(name)
                self.scope[name] = value if known is None else known if known is value else merged(known, value)

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
        for target in node.targets:
            self.bind(target, value)

    def s_annotated(self, node: ast.AnnAssign) -> None:
        self.value(node.annotation)
        value = self.value(node.value) if node.value else UNKNOWN
        said = annotated(node.annotation, self.lookup_dotted, self.catalog.is_class)
        self.bind(node.target, value if said is UNKNOWN else said)

    def s_augmented(self, node: ast.AugAssign) -> None:
        value = self.value(node.value)
        target = node.target
        if isinstance(target, ast.Name):
            self.scope[target.id] = self.combined(self.lookup(target.id), value)
        else:
            self.value(target)

    def s_return(self, node: ast.Return) -> None:
        if node.value:
            self.value(node.value)

    def s_if(self, node: ast.If) -> None:
        self.value(node.test)
        narrowed = self.narrowed(node.test)

        def then() -> None:
            self.scope.update(narrowed)
            self.block(node.body)

        self.branches(then, lambda: self.block(node.orelse))

    def narrowed(self, test: ast.expr) -> Scope:
        """What `isinstance(name, class)` says of a name."""
        if not (isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "isinstance" and len(test.args) == 2):
            return {}
        subject, kind = test.args
        value = annotated(kind, self.lookup_dotted, self.catalog.is_class)
        return {subject.id: value} if isinstance(subject, ast.Name) and value is not UNKNOWN else {}

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
            self.block(node.body)

        self.repeated(body)
        self.block(node.orelse)

    def s_with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value if isinstance(value, Instance) else UNKNOWN)
        self.block(node.body)

    def s_try(self, node: ast.Try | ast.TryStar) -> None:
        def handler(one: ast.ExceptHandler) -> None:
            if one.type:
                self.value(one.type)
            if one.name:
                self.scope[one.name] = OTHER
            self.block(one.body)

        def whole() -> None:
            self.block(node.body)
            self.block(node.orelse)

        self.branches(whole, *(lambda one=one: handler(one) for one in node.handlers))
        self.block(node.finalbody)

    def s_match(self, node: ast.Match) -> None:
        self.value(node.subject)

        def case(one: ast.match_case) -> None:
            for part in ast.walk(one.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self.scope[name] = UNKNOWN
                if isinstance(part, (ast.MatchValue, ast.MatchClass)):
                    self.value(part.value if isinstance(part, ast.MatchValue) else part.cls)
            if one.guard:
                self.value(one.guard)
            self.block(one.body)

        self.branches(*(lambda one=one: case(one) for one in node.cases), lambda: None)

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
                if name in scope:
                    scope[name] = UNKNOWN
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
        return self.project.module(f"{base}.{name}") or self.project.exported(base, name)

    def absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        parts = parts[: len(parts) - (node.level - 1)] if node.level > 1 else parts
        return ".".join([*(part for part in parts if part), *([node.module] if node.module else [])])

    # --- functions and classes ----------------------------------------------------------------------------------------

    def s_function(self, node: Function) -> None:
        for decorator in node.decorator_list:
            self.value(decorator)
        arguments = node.args
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d)):
            self.value(default)
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
        for annotation in (*(one.annotation for one in every if one), node.returns):
            if annotation:
                self.value(annotation)
        returns = self.said(node.returns)
        function = ProjectFunction(self.module, node.name, returns)
        self.scope[node.name] = function
        owner = self.owner
        if owner is not None:
            owner.methods[node.name] = function
        if self.bodies:
            self.postpone(node, owner)

    def said(self, annotation: ast.expr | None) -> Value:
        return UNKNOWN if annotation is None else annotated(annotation, self.lookup_dotted, self.catalog.is_class)

    def postpone(self, node: Function, owner: ProjectClass | None) -> None:
        """Read the body later, in the scopes that surround it now; a class's names are not seen from its methods."""
        outer = [*self.scopes] if owner is not None else [*self.scopes, self.scope]
        place = (*self.place, node.name)

        def read() -> None:
            self.inside(outer, place, lambda: self.function_body(node, owner))

        self.later.append(read)

    def inside(self, outer: list[Scope], place: tuple[str, ...], body: Callable[[], None]) -> None:
        kept = self.scopes, self.scope, self.place, self.owner, self.later, self.in_function
        self.scopes, self.scope, self.place, self.owner, self.later, self.in_function = outer, {}, place, None, [], True
        body()
        self.run_later()
        self.scopes, self.scope, self.place, self.owner, self.later, self.in_function = kept

    def function_body(self, node: Function, owner: ProjectClass | None) -> None:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args]
        for one in (*every, *arguments.kwonlyargs):
            self.scope[one.arg] = self.said(one.annotation)
        if arguments.vararg:
            self.scope[arguments.vararg.arg] = Many(self.said(arguments.vararg.annotation))
        if arguments.kwarg:
            self.scope[arguments.kwarg.arg] = OTHER
        if owner is not None and every:
            kinds = {decorator.id for decorator in node.decorator_list if isinstance(decorator, ast.Name)}
            if "staticmethod" not in kinds:
                self.scope[every[0].arg] = owner if "classmethod" in kinds else Object(owner)
        self.block(node.body)

    def s_class(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.value(decorator)
        bases = tuple(self.value(base) for base in node.bases)
        for keyword in node.keywords:
            self.value(keyword.value)
        found = ProjectClass(self.module, node.name, bases)
        kept = self.scopes, self.scope, self.place, self.owner, self.later
        if self.owner is None:  # what a class body binds is not seen from the classes and functions in it
            self.scopes = [*self.scopes, self.scope]
        self.scope, self.place, self.owner, self.later = {}, (*self.place, node.name), found, []
        self.block(node.body)
        own, methods = self.scope, self.later
        self.scopes, self.scope, self.place, self.owner, self.later = kept
        found.attributes.update({name: value for name, value in own.items() if name not in found.methods})
        self.scope[node.name] = found
        names = [one.name for one in node.body if isinstance(one, Function)]
        first = [read for name, read in zip(names, methods, strict=False) if name == "__init__"]  # it says what self has
        self.later += [*first, *(read for read in methods if read not in first)]


STATEMENTS: dict[type[ast.stmt], Callable[[_Reader, Any], None]] = {
    ast.Expr: _Reader.s_expr, ast.Assign: _Reader.s_assign, ast.AnnAssign: _Reader.s_annotated, ast.AugAssign: _Reader.s_augmented,
    ast.Return: _Reader.s_return, ast.If: _Reader.s_if, ast.For: _Reader.s_for, ast.AsyncFor: _Reader.s_for, ast.While: _Reader.s_while,
    ast.With: _Reader.s_with, ast.AsyncWith: _Reader.s_with, ast.Try: _Reader.s_try, ast.TryStar: _Reader.s_try,
    ast.Match: _Reader.s_match, ast.Raise: _Reader.s_values, ast.Assert: _Reader.s_values, ast.Delete: _Reader.s_delete,
    ast.Pass: _Reader.s_nothing, ast.Break: _Reader.s_nothing, ast.Continue: _Reader.s_nothing, ast.Global: _Reader.s_outer,
    ast.Nonlocal: _Reader.s_outer, ast.Import: _Reader.s_import, ast.ImportFrom: _Reader.s_import_from,
    ast.FunctionDef: _Reader.s_function, ast.AsyncFunctionDef: _Reader.s_function, ast.ClassDef: _Reader.s_class,
}  # fmt: skip
