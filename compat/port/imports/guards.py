"""Which imports an author is prepared to see fail: what `except ImportError` and `suppress(ImportError)` enclose."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

ANY_IMPORT = frozenset({"ImportError", "Exception", "BaseException"})
NO_MODULE = ANY_IMPORT | {"ModuleNotFoundError"}


class Guards:
    """The guarded imports of a file, found when something asks for them."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree

    def catches(self, node: ast.stmt, *, every_module: bool) -> bool:
        """Whether the error of this import is caught: an ImportError where there is `every_module`, and only a name is missing."""
        wanted = ANY_IMPORT if every_module else NO_MODULE
        return bool(wanted & self.caught.get(id(node), frozenset()))

    @cached_property
    def caught(self) -> dict[int, frozenset[str]]:
        """By statement, the names of the exceptions that are caught around it."""
        found: dict[int, frozenset[str]] = {}
        for node in ast.walk(self.tree):
            names = frozenset(_names(node))
            if names:
                for one in _run_there(node.body):  # type: ignore[attr-defined]
                    found[id(one)] = found.get(id(one), frozenset()) | names
        return found


def _names(node: ast.AST) -> Iterator[str]:
    """The exceptions for which a statement has an answer other than another exception."""
    if isinstance(node, ast.Try):
        for handler in node.handlers:
            if not isinstance(handler.body[-1], ast.Raise):
                yield from _exceptions(handler.type)
    elif isinstance(node, ast.With):
        for call in (item.context_expr for item in node.items):
            if isinstance(call, ast.Call) and _last(call.func) == "suppress":
                for argument in call.args:
                    yield from _exceptions(argument)


def _exceptions(kind: ast.expr | None) -> Iterator[str]:
    if kind is None:
        yield "BaseException"
    elif isinstance(kind, ast.Tuple):
        yield from map(_last, kind.elts)
    else:
        yield _last(kind)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _run_there(body: list[ast.AST]) -> Iterator[ast.AST]:
    """The statements in a body, and in those in it, that run while it runs: not those of a function that it defines."""
    for statement in body:
        yield statement
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for name in ("body", "orelse", "handlers", "finalbody", "cases"):
                yield from _run_there(getattr(statement, name, []))
