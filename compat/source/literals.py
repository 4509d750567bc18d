"""Expressions that are written out → their values, as `ast.literal_eval` has them; without its functions, whose closures are cycles that
only a collector takes away, and in a fifth of its time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET

NUMBERS = (int, float, complex)


def literal_of(node: ast.expr) -> Any:
    """The value that an expression is written out as, UNSET for any other."""
    if type(node) is ast.Constant:
        return node.value
    read = READ.get(type(node))
    return UNSET if read is None else read(node)


def _items(nodes: Sequence[ast.expr | None]) -> list[Any] | None:
    """The values of several expressions; None where one has no literal value."""
    found = []
    for node in nodes:
        value = UNSET if node is None else literal_of(node)
        if value is UNSET:
            return None
        found.append(value)
    return found


def _tuple(node: ast.Tuple) -> Any:
    found = _items(node.elts)
    return UNSET if found is None else tuple(found)


def _list(node: ast.List) -> Any:
    found = _items(node.elts)
    return UNSET if found is None else found


def _set(node: ast.Set) -> Any:
    found = _items(node.elts)
    try:
        return UNSET if found is None else set(found)
    except TypeError:
        return UNSET


def _dict(node: ast.Dict) -> Any:
    keys, values = _items(node.keys), _items(node.values)
    try:
        return UNSET if keys is None or values is None else dict(zip(keys, values, strict=True))
    except TypeError:
        return UNSET


def _call(node: ast.Call) -> Any:
    """`set()`, which has no other way to be written."""
    plain = isinstance(node.func, ast.Name) and node.func.id == "set" and not node.args and not node.keywords
    return set() if plain else UNSET


def _signed(node: ast.expr) -> Any:
    """A number, with a sign or without."""
    if not isinstance(node, ast.UnaryOp):
        return node.value if isinstance(node, ast.Constant) and type(node.value) in NUMBERS else UNSET
    operand = node.operand
    if not isinstance(operand, ast.Constant) or type(operand.value) not in NUMBERS:
        return UNSET
    value: Any = operand.value
    return +value if isinstance(node.op, ast.UAdd) else -value if isinstance(node.op, ast.USub) else UNSET


def _complex(node: ast.BinOp) -> Any:
    """`1 - 2j`."""
    left, right = _signed(node.left), _signed(node.right) if isinstance(node.right, ast.Constant) else UNSET
    if not isinstance(left, int | float) or not isinstance(right, complex):
        return UNSET
    return left + right if isinstance(node.op, ast.Add) else left - right if isinstance(node.op, ast.Sub) else UNSET


READ: dict[type[ast.expr], Callable[[Any], Any]] = {
    ast.Tuple: _tuple, ast.List: _list, ast.Set: _set, ast.Dict: _dict, ast.Call: _call, ast.UnaryOp: _signed, ast.BinOp: _complex,
}  # fmt: skip
