"""One file → every place where it uses an API: names followed through imports and assignments, receivers as far as they are certain.

Statements are followed in their order. A name that two branches bind to different things is unknown after them; what a loop assigns is
known inside it only if it stays what it was. A function's body is read after what surrounds it, since it runs later. Nothing is guessed:
what isn't certain is unknown.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from compat.source.annotations import annotated
from compat.source.values import (
    NONE,
    NUMBER,
    OTHER,
    TEXT,
    UNKNOWN,
    Api,
    Instance,
    Many,
    Method,
    Object,
    Plain,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Several,
    Value,
    merged,
)

Use = Literal["call", "value"]
How = Literal["name", "inferred", "unknown"]
Scope = dict[str, Value]
Function = ast.FunctionDef | ast.AsyncFunctionDef
BUILTINS = frozenset(dir(builtins))


class Catalog(Protocol):
    """What is known of a framework's API."""

    def is_root(self, name: str) -> bool:
        """Whether it is the framework's top package."""

    def is_class(self, api: str) -> bool: ...

    def called(self, api: str) -> Value:
        """What a call of a function or class gives."""

    def invoked(self, of: str) -> Value:
        """What a call of an instance gives: a layer's output."""

    def gives_receiver(self, api: str) -> bool:
        """Whether a method gives the object that it is called on."""

    def operated(self, of: str) -> Value:
        """What an operator gives, one side of which is such an instance."""

    def attribute(self, of: str, name: str) -> Value:
        """What an attribute of an instance is: a value, or a Method."""

    def item(self, of: str) -> Value:
        """What an instance gives when it is indexed or iterated over."""

    def is_method(self, name: str) -> bool:
        """Whether some class of the framework has a method of this name, so that a call of it on an unknown receiver may be its."""

    def exported(self, module: str) -> Iterable[str]:
        """The names that `from MODULE import *` binds."""


class Project(Protocol):
    """The other files of the project."""

    def module(self, name: str) -> ProjectModule | None:
        """The module of that absolute name, if it is one of the project."""

    def exported(self, module: str, name: str) -> Value:
        """What a name of a module of the project stands for."""

    def exported_names(self, module: str) -> Iterable[str]: ...


@dataclass(slots=True)
class Site:
    """A use of an API: the whole call or, where it isn't called, the name. `api` is empty where the receiver is unknown."""

    node: ast.expr
    api: str
    use: Use
    how: How
    method: str = ""
    inside: str = ""  # the function or class it stands in, dotted


@dataclass(slots=True)
class Import:
    """An import statement that binds something of the framework."""

    node: ast.Import | ast.ImportFrom
    inside: str = ""


@dataclass(slots=True)
class Resolved:
    """What was found in one file; `names` are the module's own at its end."""

    sites: list[Site] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    names: Scope = field(default_factory=dict)


def resolve(tree: ast.Module, module: str, is_package: bool, catalog: Catalog, project: Project, *, bodies: bool = True) -> Resolved:
    """Every use in a parsed file. Without `bodies`, functions are not entered: only what the module exports is known then."""
    reader = _Reader(module, is_package, catalog, project, bodies)
    reader.module_body(tree)
    return reader.found


class _Reader:
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

    # --- scopes -------------------------------------------------------------------------------------------------------

    def module_body(self, tree: ast.Module) -> None:
        self.block(tree.body)
        self.run_later()

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
        self.found.sites.append(Site(node, api, use, how, method, ".".join(self.place)))

    # --- statements ---------------------------------------------------------------------------------------------------

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
            before, marks = dict(self.scope), (len(self.found.sites), len(self.found.imports), len(self.later))
            body()
            after = dict(self.scope)
            self.join([before, after])
            if all(self.scope[name] is value or self.scope[name] == value for name, value in before.items()):
                return
            # It changed something: what it is at the start of a later round is what both have in common.
            del self.found.sites[marks[0] :], self.found.imports[marks[1] :], self.later[marks[2] :]
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

        self.branches(whole, *(lambda one=one: handler(one) for one in node.handlers))  # type: ignore[misc]
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

        self.branches(*(lambda one=one: case(one) for one in node.cases), lambda: None)  # type: ignore[misc]

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
        ours = False
        for alias in node.names:
            top = alias.name.partition(".")[0]
            value = self.module_value(alias.name if alias.asname else top)
            self.scope[alias.asname or top] = value
            ours = ours or isinstance(value, Api)
        if ours:
            self.found.imports.append(Import(node, ".".join(self.place)))

    def module_value(self, name: str) -> Value:
        if self.catalog.is_root(name.partition(".")[0]):
            return Api(name)
        return self.project.module(name) or OTHER

    def s_import_from(self, node: ast.ImportFrom) -> None:
        base = self.absolute(node)
        ours = self.catalog.is_root(base.partition(".")[0])
        for alias in node.names:
            if alias.name == "*":
                for name in self.catalog.exported(base) if ours else self.project.exported_names(base):
                    self.scope[name] = self.imported(base, name, ours)
            else:
                self.scope[alias.asname or alias.name] = self.imported(base, alias.name, ours)
        if ours:
            self.found.imports.append(Import(node, ".".join(self.place)))

    def imported(self, base: str, name: str, ours: bool) -> Value:
        if ours:
            return Api(f"{base}.{name}")
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
        kept = self.scopes, self.scope, self.place, self.owner, self.later
        self.scopes, self.scope, self.place, self.owner, self.later = outer, {}, place, None, []
        body()
        self.run_later()
        self.scopes, self.scope, self.place, self.owner, self.later = kept

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

    # --- expressions --------------------------------------------------------------------------------------------------

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for; every use in it is noted on the way."""
        return EXPRESSIONS[type(node)](self, node)

    def e_constant(self, node: ast.Constant) -> Value:
        kind = type(node.value)
        return TEXT if kind is str else NONE if node.value is None else NUMBER if kind in (int, float, complex, bool) else OTHER

    def e_name(self, node: ast.Name) -> Value:
        found = self.lookup(node.id)
        if type(found) is Api:
            self.use(node, found.name, "value", "name")
        return found

    def e_attribute(self, node: ast.Attribute) -> Value:
        found = self.attribute(node)
        if type(found) is Api:
            self.use(node, found.name, "value", "name")
        elif type(found) is Method:
            self.use(node, f"{found.of}.{found.name}", "value", "inferred", found.name)
        return found

    def attribute(self, node: ast.Attribute) -> Value:
        """What it stands for, without noting it as a use: it may be the beginning of a longer name, or be called."""
        inner = node.value
        kind = type(inner)
        if kind is ast.Name:
            receiver = self.lookup(inner.id)  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            receiver = self.attribute(inner)  # type: ignore[arg-type]
            if type(receiver) is Method:
                self.use(inner, f"{receiver.of}.{receiver.name}", "value", "inferred", receiver.name)
        else:
            receiver = self.value(inner)
        return self.member(receiver, node.attr)

    def member(self, receiver: Value, name: str) -> Value:
        kind = type(receiver)
        if kind is Api:
            return Api(f"{receiver.name}.{name}")  # type: ignore[attr-defined]
        if kind is Instance:
            found = self.catalog.attribute(receiver.of, name)  # type: ignore[attr-defined]
            return Method(found.of, found.name, receiver) if type(found) is Method else found
        if kind is Object:
            found = self.of_class(receiver.of, name)  # type: ignore[attr-defined]
            return Method(found.of, found.name, receiver) if type(found) is Method else found
        if kind is ProjectClass:
            return self.of_class(receiver, name)  # type: ignore[arg-type]
        if kind is ProjectModule:
            inner = self.project.module(f"{receiver.name}.{name}")  # type: ignore[attr-defined]
            return inner or self.project.exported(receiver.name, name)  # type: ignore[attr-defined]
        return OTHER if isinstance(receiver, Plain) else UNKNOWN

    def of_class(self, owner: ProjectClass, name: str, depth: int = 0) -> Value:
        """An attribute or method of a class of the project, its own or that of a base."""
        if name in owner.attributes:
            return owner.attributes[name]
        if name in owner.methods:
            return owner.methods[name]
        for base in owner.bases:
            if isinstance(base, ProjectClass) and depth < 20:
                found = self.of_class(base, name, depth + 1)
            elif isinstance(base, Api):
                found = self.catalog.attribute(base.name, name)
            else:
                found = UNKNOWN
            if found is not UNKNOWN:
                return found
        return UNKNOWN

    def framework_base(self, owner: ProjectClass, depth: int = 0) -> str:
        """The class of the framework that a class of the project derives from, empty if there is none."""
        for base in owner.bases:
            if isinstance(base, Api):
                return base.name
            if isinstance(base, ProjectClass) and depth < 20 and (found := self.framework_base(base, depth + 1)):
                return found
        return ""

    def e_call(self, node: ast.Call) -> Value:
        func = node.func
        kind = type(func)
        if kind is ast.Name:
            target = self.lookup(func.id)  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            target = self.attribute(func)  # type: ignore[arg-type]
        else:
            target = self.value(func)
        first = self.arguments(node)
        found = type(target)
        if found is Api:
            self.use(node, target.name, "call", "name")  # type: ignore[attr-defined]
            return self.catalog.called(target.name)  # type: ignore[attr-defined]
        if found is Method:
            self.use(node, f"{target.of}.{target.name}", "call", "inferred", target.name)  # type: ignore[attr-defined]
            return self.of_method(target)  # type: ignore[arg-type]
        if target is UNKNOWN:
            if kind is ast.Attribute and self.catalog.is_method(func.attr):  # type: ignore[attr-defined]
                self.use(node, "", "call", "unknown", func.attr)  # type: ignore[attr-defined]
            return UNKNOWN
        if found is Plain and kind is ast.Name:
            return self.builtin(func.id, node, first)  # type: ignore[attr-defined]
        return self.of_project(target)

    def of_method(self, method: Method) -> Value:
        api = f"{method.of}.{method.name}"
        return method.receiver if method.receiver is not None and self.catalog.gives_receiver(api) else self.catalog.called(api)

    def arguments(self, node: ast.Call) -> Value:
        """Read the arguments; what the first of them is."""
        first: Value = UNKNOWN
        for index, argument in enumerate(node.args):
            value = self.value(argument)
            if not index:
                first = value
        for keyword in node.keywords:
            self.value(keyword.value)
        return first

    def of_project(self, target: Value) -> Value:
        if isinstance(target, ProjectClass):
            return Object(target)
        if isinstance(target, ProjectFunction):
            return target.returns
        if isinstance(target, Instance):
            return self.catalog.invoked(target.of)
        if isinstance(target, Object):
            forward = self.of_class(target.of, "forward")
            return forward.returns if isinstance(forward, ProjectFunction) else UNKNOWN
        return UNKNOWN

    def builtin(self, name: str, node: ast.Call, first: Value) -> Value:
        if name == "super" and isinstance(own := self.lookup("self"), Object):
            return Object(ProjectClass(own.of.module, own.of.name, own.of.bases))
        if name in ("list", "tuple", "sorted", "reversed", "iter", "set") and node.args:
            return first if isinstance(first, (Several, Many)) else Many(self.item_of(first))
        if name == "enumerate" and node.args:
            return Many(Several((NUMBER, self.item_of(first))))
        if name == "next" and node.args:
            return self.item_of(first)
        return OTHER if name in ("len", "int", "float", "bool", "str", "range", "print", "isinstance", "round", "open", "dict") else UNKNOWN

    def combined(self, left: Value, right: Value) -> Value:
        """What an operator gives: a tensor, if one of the two is one."""
        for side in (left, right):
            if type(side) is Instance and (found := self.catalog.operated(side.of)) is not UNKNOWN:
                return found
        if isinstance(left, Plain) and isinstance(right, Plain):
            return NUMBER if left is NUMBER and right is NUMBER else OTHER
        return UNKNOWN

    def e_binary(self, node: ast.BinOp) -> Value:
        return self.combined(self.value(node.left), self.value(node.right))

    def e_unary(self, node: ast.UnaryOp) -> Value:
        found = self.value(node.operand)
        return OTHER if isinstance(node.op, ast.Not) else self.combined(found, found)

    def e_compare(self, node: ast.Compare) -> Value:
        found = self.value(node.left)
        for one, operator in zip(node.comparators, node.ops, strict=True):
            other = self.value(one)
            found = OTHER if isinstance(operator, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) else self.combined(found, other)
        return found

    def e_boolean(self, node: ast.BoolOp) -> Value:
        values = [self.value(one) for one in node.values]
        found = values[0]
        for other in values[1:]:
            found = merged(found, other)
        return found

    def e_choice(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        return merged(self.value(node.body), self.value(node.orelse))

    def e_sequence(self, node: ast.Tuple | ast.List) -> Value:
        items = [self.value(one) for one in node.elts]
        if any(isinstance(one, ast.Starred) for one in node.elts):
            return Many(UNKNOWN)
        return Several(tuple(items))

    def e_subscript(self, node: ast.Subscript) -> Value:
        found = self.value(node.value)
        self.value(node.slice)
        if isinstance(found, Several):
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int) and -len(found.items) <= node.slice.value < len(found.items):
                return found.items[node.slice.value]
            return Many(self.item_of(found)) if isinstance(node.slice, ast.Slice) else self.item_of(found)
        if isinstance(found, Many):
            return found if isinstance(node.slice, ast.Slice) else found.item
        if isinstance(found, Instance):
            return self.catalog.item(found.of)
        return found if isinstance(found, Api) else UNKNOWN  # a generic: Tensor[...]

    def e_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        kept = self.scopes, self.scope
        self.scopes, self.scope = [*self.scopes, self.scope], {}
        for generator in node.generators:
            self.bind(generator.target, self.item_of(self.value(generator.iter)))
            for condition in generator.ifs:
                self.value(condition)
        if isinstance(node, ast.DictComp):
            self.value(node.key)
            self.value(node.value)
            item: Value = OTHER
        else:
            item = self.value(node.elt)
        self.scopes, self.scope = kept
        return OTHER if isinstance(node, ast.DictComp) else Many(item)

    def e_lambda(self, node: ast.Lambda) -> Value:
        kept = self.scopes, self.scope
        self.scopes, self.scope = [*self.scopes, self.scope], {}
        arguments = node.args
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d)):
            self.value(default)
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if one:
                self.scope[one.arg] = UNKNOWN
        self.value(node.body)
        self.scopes, self.scope = kept
        return UNKNOWN

    def e_named(self, node: ast.NamedExpr) -> Value:
        found = self.value(node.value)
        self.scope[node.target.id] = found
        return found

    def e_parts(self, node: ast.expr) -> Value:
        """An expression of which only the parts matter: a dict, a set, a formatted text, await, yield, a slice."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return TEXT if isinstance(node, ast.JoinedStr) else OTHER if isinstance(node, (ast.Dict, ast.Set, ast.Slice)) else UNKNOWN

    def lookup_dotted(self, dotted: str) -> Value:
        """What a dotted name stands for, as an annotation in quotes has it."""
        first, *rest = dotted.split(".")
        found = self.lookup(first)
        for name in rest:
            found = self.member(found, name)
        return found


STATEMENTS: dict[type[ast.stmt], Callable[[_Reader, ast.stmt], None]] = {
    ast.Expr: _Reader.s_expr, ast.Assign: _Reader.s_assign, ast.AnnAssign: _Reader.s_annotated, ast.AugAssign: _Reader.s_augmented,
    ast.Return: _Reader.s_return, ast.If: _Reader.s_if, ast.For: _Reader.s_for, ast.AsyncFor: _Reader.s_for, ast.While: _Reader.s_while,
    ast.With: _Reader.s_with, ast.AsyncWith: _Reader.s_with, ast.Try: _Reader.s_try, ast.TryStar: _Reader.s_try,
    ast.Match: _Reader.s_match, ast.Raise: _Reader.s_values, ast.Assert: _Reader.s_values, ast.Delete: _Reader.s_delete,
    ast.Pass: _Reader.s_nothing, ast.Break: _Reader.s_nothing, ast.Continue: _Reader.s_nothing, ast.Global: _Reader.s_outer,
    ast.Nonlocal: _Reader.s_outer, ast.Import: _Reader.s_import, ast.ImportFrom: _Reader.s_import_from,
    ast.FunctionDef: _Reader.s_function, ast.AsyncFunctionDef: _Reader.s_function, ast.ClassDef: _Reader.s_class,
}  # type: ignore[dict-item]  # fmt: skip
EXPRESSIONS: dict[type[ast.expr], Callable[[_Reader, ast.expr], Value]] = {
    ast.Constant: _Reader.e_constant, ast.Name: _Reader.e_name, ast.Attribute: _Reader.e_attribute, ast.Call: _Reader.e_call,
    ast.BinOp: _Reader.e_binary, ast.UnaryOp: _Reader.e_unary, ast.Compare: _Reader.e_compare, ast.BoolOp: _Reader.e_boolean,
    ast.IfExp: _Reader.e_choice, ast.Tuple: _Reader.e_sequence, ast.List: _Reader.e_sequence, ast.Subscript: _Reader.e_subscript,
    ast.ListComp: _Reader.e_comprehension, ast.SetComp: _Reader.e_comprehension, ast.GeneratorExp: _Reader.e_comprehension,
    ast.DictComp: _Reader.e_comprehension, ast.Lambda: _Reader.e_lambda, ast.NamedExpr: _Reader.e_named,
    **{kind: _Reader.e_parts for kind in (
        ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue, ast.Await, ast.Yield, ast.YieldFrom, ast.Slice, ast.Starred)},
}  # type: ignore[dict-item]  # fmt: skip
