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
    waiting = [(node, False) for node in reversed([*nodes])]
    while waiting:
        node, within = waiting.pop()  # a comprehension, whose targets are its own
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load) and not within:
                found[node.id] = None
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            if not isinstance(node, ast.Lambda):
                found[node.name] = None
        else:
            if (name := _bound_by(node)) is not None:
                found[name] = None
            inside = within or isinstance(node, COMPREHENSIONS)
            waiting += [(child, inside) for child in reversed([*ast.iter_child_nodes(node)])]
    return found


def _bound_by(node: ast.AST) -> str | None:
    """The name that a node binds which is no variable in the tree: of an import, an except clause, a pattern, and what `:=` binds anywhere."""
    if isinstance(node, ast.NamedExpr):
        return node.target.id
    if isinstance(node, ast.alias):
        return (node.asname or node.name).partition(".")[0]
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return node.name
    return node.rest if isinstance(node, ast.MatchMapping) else None


def read(nodes: Iterable[ast.AST]) -> dict[str, None]:
    """The names that these nodes, and the functions and comprehensions in them, read from the scope that they stand in or from around it."""
    found: dict[str, None] = {}
    waiting = [*nodes][::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Store):
                found[node.id] = None
        elif isinstance(node, FUNCTIONS):
            found |= _read_by_function(node)
        elif isinstance(node, COMPREHENSIONS):
            own = stored(generator.target for generator in node.generators)
            found |= {name: None for name in read(ast.iter_child_nodes(node)) if name not in own} | read([node.generators[0].iter])
        else:
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                found[node.target.id] = None
            waiting += [*ast.iter_child_nodes(node)][::-1]
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
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node
        else:
            waiting += ast.iter_child_nodes(node)


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
