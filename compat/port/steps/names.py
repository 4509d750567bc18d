"""The names that code binds and reads, as Python's scopes have them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from compat.source.walking import walk

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


def stored(nodes: Iterable[ast.AST]) -> dict[str, None]:
    """The names that these nodes bind in the scope that they stand in, in the order of the text."""
    found: dict[str, None] = {}
    for node in nodes:
        _store(node, found, comprehension=False)
    return found


def _store(node: ast.AST, found: dict[str, None], *, comprehension: bool) -> None:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load) and not comprehension:
            found[node.id] = None
        return
    if isinstance(node, ast.NamedExpr):
        found[node.target.id] = None
        _store(node.value, found, comprehension=comprehension)
        return
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        if not isinstance(node, ast.Lambda):
            found[node.name] = None
        return
    if isinstance(node, ast.alias):
        found[(node.asname or node.name).partition(".")[0]] = None
    for field in ("name", "rest"):  # what an except clause or a pattern binds
        name = getattr(node, field, None)
        if isinstance(name, str) and isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.MatchMapping):
            found[name] = None
    inside = comprehension or isinstance(node, COMPREHENSIONS)
    for child in ast.iter_child_nodes(node):
        _store(child, found, comprehension=inside)


def read(nodes: Iterable[ast.AST]) -> dict[str, None]:
    """The names that these nodes, and the functions and comprehensions in them, read from the scope that they stand in or from around it."""
    found: dict[str, None] = {}
    for node in nodes:
        found.update(_read(node))
    return found


def _read(node: ast.AST) -> dict[str, None]:
    if isinstance(node, ast.Name):
        return {} if isinstance(node.ctx, ast.Store) else {node.id: None}
    if isinstance(node, FUNCTIONS):
        return _read_by_function(node)
    if isinstance(node, COMPREHENSIONS):
        own = stored(generator.target for generator in node.generators)
        return {name: None for name in read(ast.iter_child_nodes(node)) if name not in own} | _read(node.generators[0].iter)
    found = read(ast.iter_child_nodes(node))
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        found[node.target.id] = None
    return found


def _read_by_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> dict[str, None]:
    arguments = node.args
    outside: list[ast.AST] = [*arguments.defaults, *(one for one in arguments.kw_defaults if one), *getattr(node, "decorator_list", [])]
    outside += [one.annotation for one in parameters(node) if one.annotation is not None]
    return read(outside) | dict.fromkeys(inner(node))


def inner(node: ast.AST) -> set[str]:
    """The names that the body of a function or class reads and does not bind itself."""
    body: Sequence[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body  # type: ignore[attr-defined]
    own = set() if isinstance(node, ast.ClassDef) else set(stored(body)) | {one.arg for one in parameters(node)}
    return set(read(body)) - (own - outer(body))


def outer(body: Iterable[ast.AST]) -> set[str]:
    """The names that a function declares global or nonlocal, or another one in it."""
    return {name for part in body for node in walk(part) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}


def parameters(node: ast.AST) -> list[ast.arg]:
    """The parameters of a function; a module has none."""
    arguments = getattr(node, "args", None)
    if not isinstance(arguments, ast.arguments):
        return []
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [one for one in every if one is not None]


def functions_in(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The functions and classes right in these nodes, none of which is in another one."""
    for node in nodes:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node
        else:
            yield from functions_in(ast.iter_child_nodes(node))


class Flow:
    """Statements read in their order: what is bound in any case after them (`bound`), and what may be read before they bind it (`early`)."""

    def __init__(self, bound: Iterable[str] = ()) -> None:
        self.bound = set(bound)
        self.early: dict[str, None] = {}

    def block(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.If):
            self.reads(node.test)
            self.either(node.body, node.orelse)
        elif isinstance(node, ast.For | ast.AsyncFor):
            self.reads(node.iter)
            self.either(node.body, node.orelse, stored([node.target]))
        elif isinstance(node, ast.While):
            self.reads(node.test)
            self.either(node.body, node.orelse)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                self.reads(item.context_expr)
                self.binds(item.optional_vars)
            self.block(node.body)
        elif isinstance(node, ast.Try | ast.TryStar | ast.Match):
            self.reads(node)
        else:
            self.reads(node)
            self.bound |= set(stored([node]))

    def either(self, one: Iterable[ast.stmt], other: Iterable[ast.stmt], first: Iterable[str] = ()) -> None:
        """Two bodies of which one runs; `first` is bound in front of the first."""
        before, ends = self.bound, []
        for body, given in ((one, set(first)), (other, set())):
            self.bound = before | given
            self.block(body)
            ends.append(self.bound)
        self.bound = ends[0] & ends[1]

    def binds(self, target: ast.expr | None) -> None:
        if target is not None:
            self.reads(target)
            self.bound |= set(stored([target]))

    def reads(self, node: ast.AST) -> None:
        self.early.update({name: None for name in read([node]) if name not in self.bound})
