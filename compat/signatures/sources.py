"""Python sources and stubs read without running them: what a name of a module is bound to, in a folder or inside a wheel.

Only what decides on a signature is followed: definitions, imports, star imports, and assignments of one name to another.
"""

from __future__ import annotations

import ast
import functools
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Function:
    """The definitions of one name, more than one where it is overloaded."""

    definitions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]


@dataclass(frozen=True, eq=False)
class Class:
    """A class and the module that it stands in."""

    node: ast.ClassDef
    module: str


@dataclass(frozen=True)
class Module:
    name: str


@dataclass(frozen=True)
class Builtin:
    """A name of an extension module that no stub describes."""

    module: str
    name: str


@dataclass(frozen=True)
class Value:
    """Anything else."""


Bound = Function | Class | Module | Builtin | Value
# Calls that give their first argument, or a named one, another docstring or a choice, and leave its parameters as they are.
TRANSPARENT: dict[str, str | int] = {
    "_add_docstr": 0, "add_docstr": 0, "_make_deprecate": 0, "boolean_dispatch": "if_false", "_overload": 0,
    "_inherit_docs": 0, "staticmethod": 0, "wraps": 0,
}  # fmt: skip


@dataclass
class Scope:
    """The bindings at the top level of a module or class."""

    bindings: dict[str, Any] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    exported: list[str] | None = None
    # Modules whose `__all__` is part of this one's.
    exports_of: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    module: str
    name: str | None


class Tree:
    """The files below a folder or inside a wheel, as text."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.archive = zipfile.ZipFile(root) if root.is_file() else None
        self.members = set(self.archive.namelist()) if self.archive else set()

    def read(self, path: str) -> str | None:
        if self.archive is not None:
            return self.archive.read(path).decode() if path in self.members else None
        file = self.root / path
        return file.read_text(encoding="utf-8") if file.is_file() else None


class Sources:
    """Answers what a dotted name is; `extensions` are modules whose names exist without a source."""

    def __init__(self, root: Path, extensions: Iterable[str] = ()) -> None:
        self.tree = Tree(root)
        self.extensions = frozenset(extensions)
        self.scope = functools.cache(self._scope)
        self.file = functools.cache(self._file)
        self.own = functools.cache(self._own)
        self.classes: dict[int, Class] = {}
        self.orders: dict[Class, list[Class | None]] = {}

    def find(self, dotted: str) -> Bound | None:
        """What a dotted name is, None when the sources do not say."""
        first, *rest = dotted.split(".")
        bound: Bound | None = Module(first)
        for part in rest:
            bound = self.member(bound, part)
        return bound

    def member(self, bound: Bound | None, name: str, pending: frozenset[tuple[str, str]] = frozenset()) -> Bound | None:
        if isinstance(bound, Module):
            return self._in_module(bound.name, name, pending)
        if isinstance(bound, Class):
            return self._in_class(bound, name)
        return None

    def bases(self, of: Class) -> list[Class | None]:
        """The classes that a class is derived from in the order of method resolution; None stands for those not in the sources."""
        if of not in self.orders:
            self.orders[of] = self._ordered(of)
        return self.orders[of]

    def _ordered(self, of: Class) -> list[Class | None]:
        nearest: list[Class | None] = []
        for base in of.node.bases:
            found = self._value(base.value if isinstance(base, ast.Subscript) else base, of.module, frozenset())
            if isinstance(found, Class):
                nearest.append(found)
            elif ast.unparse(base).partition("[")[0].rpartition(".")[2] not in ("object", "Generic", "Protocol", "ABC"):
                nearest.append(None)
        waiting = [[base, *(self.bases(base) if base else ())] for base in nearest] + [nearest]
        order: list[Class | None] = []
        while waiting := [line for line in waiting if line]:
            heads = (line[0] for line in waiting)
            chosen = next((h for h in heads if not any(h in line[1:] for line in waiting)), waiting[0][0])
            order.append(chosen)
            waiting = [[c for c in line if c is not chosen] for line in waiting]
        return order

    def _own(self, of: Class) -> dict[str, Bound | None]:
        """What a class itself binds."""
        scope = _collected(of.node.body, of.module, is_package=False)
        return {name: self._bound(value, of.module, frozenset()) for name, value in scope.bindings.items()}

    def public(self, module: str) -> list[str]:
        """The names that a module gives out: `__all__`, else what it defines, and what a package imports from its own."""
        scope = self.scope(module)
        if scope is None:
            return []
        names = set(scope.exported or ())
        for other in scope.exports_of:
            bound = self._in_module(module, other, frozenset())
            names.update(self.public(bound.name) if isinstance(bound, Module) else ())
        if scope.exported is None:
            package = self.file(module)[1]
            top = module.partition(".")[0]
            for name, value in scope.bindings.items():
                internal = isinstance(value, Imported) and value.module.partition(".")[0] == top
                if not isinstance(value, Imported) or (package and internal):
                    names.add(name)
            for star in scope.stars:
                names.update(self.public(star))
        return sorted(n for n in names if not n.startswith("_"))

    # --- the files of modules ---

    def _file(self, module: str) -> tuple[str | None, bool]:
        """The text of a module, and whether it is a package; a stub only where there is no source."""
        path = module.replace(".", "/")
        for ending, package in (("/__init__.py", True), (".py", False), ("/__init__.pyi", True), (".pyi", False)):
            text = self.tree.read(path + ending)
            if text is not None:
                return text, package
        return None, False

    def _scope(self, module: str) -> Scope | None:
        text, package = self.file(module)
        return None if text is None else _collected(ast.parse(text).body, module, package)

    # --- names ---

    def _in_module(self, module: str, name: str, pending: frozenset[tuple[str, str]]) -> Bound | None:
        if (module, name) in pending:
            return None
        pending |= {(module, name)}
        scope = self.scope(module)
        if scope is not None and name in scope.bindings:
            found = self._bound(scope.bindings[name], module, pending)
            if found is not None:
                return found
        for star in scope.stars if scope is not None else ():
            found = self._in_module(star, name, pending)
            if found is not None and (not isinstance(found, Module) or name in self.public(star)):
                return found
        if self.file(f"{module}.{name}")[0] is not None or f"{module}.{name}" in self.extensions:
            return Module(f"{module}.{name}")
        return Builtin(module, name) if module in self.extensions else None

    def _in_class(self, of: Class, name: str) -> Bound | None:
        for holder in (of, *self.bases(of)):
            found = self.own(holder).get(name) if holder is not None else None
            if found is not None:
                return found
        return None

    def _bound(self, value: Any, module: str, pending: frozenset[tuple[str, str]]) -> Bound | None:
        if isinstance(value, list):
            return Function(tuple(value))
        if isinstance(value, ast.ClassDef):
            return self.classes.setdefault(id(value), Class(value, module))
        if isinstance(value, Imported):
            if value.name is None:
                return Module(value.module)
            return self._in_module(value.module, value.name, pending)
        return self._value(value, module, pending) or Value()

    def _value(self, value: ast.expr | None, module: str, pending: frozenset[tuple[str, str]]) -> Bound | None:
        """What an expression stands for, None for one that is not followed."""
        if isinstance(value, ast.Name):
            return self._in_module(module, value.id, pending)
        if isinstance(value, ast.Attribute):
            base = self._value(value.value, module, pending)
            if base is None and isinstance(value.value, ast.Name) and value.value.id == module.partition(".")[0]:
                base = Module(value.value.id)
            return self.member(base, value.attr, pending)
        if isinstance(value, ast.Call):
            which = TRANSPARENT.get(ast.unparse(value.func).rpartition(".")[2])
            if isinstance(which, int) and len(value.args) > which:
                return self._value(value.args[which], module, pending)
            named = [k.value for k in value.keywords if k.arg == which]
            return self._value(named[0], module, pending) if named else None
        return None


# --- one file ---


def _collected(body: list[ast.stmt], module: str, is_package: bool) -> Scope:
    scope = Scope()
    _collect(body, module, is_package, scope, weak=False)
    return scope


def _collect(body: list[ast.stmt], module: str, is_package: bool, scope: Scope, weak: bool) -> None:
    """Add the bindings of statements; a weak one, of a branch that is not the usual one, does not replace another."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                _define(node, scope, weak)
            case ast.ClassDef():
                _bind(node.name, node, scope, weak)
            case ast.Assign():
                for target in node.targets:
                    _assign(target, node.value, scope, weak)
            case ast.AnnAssign(target=ast.Name(id=name)):
                _bind(name, node.value, scope, weak)
            case ast.AugAssign(target=ast.Name(id="__all__")):
                _export(node.value, scope)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="__all__")), args=[given])):
                _export(given, scope)
            case ast.Import():
                for alias in node.names:
                    _bind(alias.asname or alias.name.partition(".")[0], _plain_import(alias), scope, weak)
            case ast.ImportFrom():
                _import(node, module, is_package, scope, weak)
            case ast.If():
                checking = "TYPE_CHECKING" in ast.unparse(node.test) and not isinstance(node.test, ast.UnaryOp)
                _collect(node.body, module, is_package, scope, weak or checking)
                _collect(node.orelse, module, is_package, scope, weak or not checking)
            case ast.Try():
                _collect(node.body, module, is_package, scope, weak)
                for part in (*(h.body for h in node.handlers), node.orelse, node.finalbody):
                    _collect(part, module, is_package, scope, weak=True)
            case ast.With():
                _collect(node.body, module, is_package, scope, weak)
            case ast.Delete():
                for target in node.targets:
                    scope.bindings.pop(getattr(target, "id", ""), None)


def _define(node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, weak: bool) -> None:
    """A definition behind its overloads adds to them; `@x.setter` changes nothing."""
    if any(ast.unparse(d).rpartition(".")[2] in ("setter", "deleter") for d in node.decorator_list):
        return
    known = scope.bindings.get(node.name)
    if isinstance(known, list) and overloads(known[-1]):
        known.append(node)
    else:
        _bind(node.name, [node], scope, weak)


def overloads(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a definition is one of several: for type checkers (`overload`) or for TorchScript (`_overload`)."""
    return any(ast.unparse(d).rpartition(".")[2] in ("overload", "_overload", "_overload_method") for d in node.decorator_list)


def _bind(name: str, value: Any, scope: Scope, weak: bool) -> None:
    if not (weak and name in scope.bindings):
        scope.bindings[name] = value


def _assign(target: ast.expr, value: ast.expr, scope: Scope, weak: bool) -> None:
    if isinstance(target, ast.Name):
        if target.id == "__all__" and isinstance(value, (ast.List, ast.Tuple, ast.BinOp)):
            _export(value, scope)
        else:
            _bind(target.id, value, scope, weak)
    elif isinstance(target, ast.Tuple):
        for item in target.elts:
            _assign(item, ast.Constant(None), scope, weak)


def _export(given: ast.expr, scope: Scope) -> None:
    """Add to `__all__` what is written out, and remember the modules whose own is taken over."""
    parts = list(ast.walk(given))
    scope.exported = (scope.exported or []) + [n.value for n in parts if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    scope.exports_of += [
        n.value.id for n in parts if isinstance(n, ast.Attribute) and n.attr == "__all__" and isinstance(n.value, ast.Name)
    ]


def _plain_import(alias: ast.alias) -> Imported:
    return Imported(alias.name if alias.asname else alias.name.partition(".")[0], None)


def _import(node: ast.ImportFrom, module: str, is_package: bool, scope: Scope, weak: bool) -> None:
    base = node.module or ""
    if node.level:
        above = module.split(".")[: len(module.split(".")) - node.level + is_package]
        base = ".".join([*above, *([node.module] if node.module else [])])
    for alias in node.names:
        if alias.name == "*":
            scope.stars.append(base)
        else:
            _bind(alias.asname or alias.name, Imported(base, alias.name), scope, weak)
