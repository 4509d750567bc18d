"""Every node of a syntax tree, as `ast.walk` gives them, in a quarter of the time: neither in its order, nor with contexts and operators."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
SKIPPED = frozenset({"identifier", "int", "string", "constant", "expr_context", "operator", "boolop", "unaryop", "cmpop", "type_ignore"})
FIELD = re.compile(r"(\w+)([*?]?) (\w+)")


def _below(kind: type[ast.AST]) -> tuple[tuple[str, bool], ...]:
    """The fields of a kind of node that hold nodes, and whether that is a list. Python's grammar has them, in the text of each class."""
    return tuple((name, mark == "*") for of, mark, name in FIELD.findall(kind.__doc__ or "") if of not in SKIPPED)


BELOW = {kind: _below(kind) for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST) and kind._fields}


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, parents first."""
    waiting: list[ast.AST | None] = [node]
    while waiting:
        one = waiting.pop()
        if one is None:  # `**more` in a dictionary is a value without a key
            continue
        yield one
        for name, is_list in BELOW.get(type(one), ()):
            if is_list:
                waiting += getattr(one, name)
            else:
                waiting.append(getattr(one, name))


def statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Every statement, also in functions and classes, without a look at expressions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.stmt):
            yield one
        for name in BODIES:
            waiting += getattr(one, name, ())
