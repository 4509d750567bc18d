"""Small questions about nodes of a syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def called(statement: ast.stmt, method: str) -> ast.Call | None:
    """The call of a statement `receiver.METHOD(…)`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == method:
        return call
    return None


def receiver(call: ast.Call) -> ast.expr:
    """What the method of a call is taken from."""
    assert isinstance(call.func, ast.Attribute)
    return call.func.value


def root_name(node: ast.expr) -> str:
    """The name that attributes and calls begin with: `self` of `self.model.parameters()`."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def last_name(node: ast.expr) -> str:
    """The last of the names of an expression: `item` of `loss.item`."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def index(body: Sequence[ast.stmt], statement: ast.AST) -> int:
    """The place of a statement in a list of them."""
    return next(number for number, one in enumerate(body) if one is statement)
