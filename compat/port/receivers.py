"""Where an object was made that a method is called of, as far as the function around tells without doubt: `self.body`, or a variable, bound once."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from compat.source.walking import walk

Key = tuple[str, str]  # "self" and an attribute, or "" and a variable


def made(tree: ast.Module) -> dict[int, ast.Call]:
    """By the identity of the receiver of a call of a method: the call that made the object, earlier in the same function, and alone."""
    found: dict[int, ast.Call] = {}
    for function in walk(tree):
        if isinstance(function, ast.FunctionDef):
            found.update(_in_function(function))
    return found


def _in_function(function: ast.FunctionDef) -> Iterator[tuple[int, ast.Call]]:
    bound: dict[Key, list[ast.expr | None]] = {}
    for node in walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            key = key_of(targets[0]) if len(targets) == 1 else None
            if key is not None:
                bound.setdefault(key, []).append(node.value)
    single = {
        key: values[0]
        for key, values in bound.items()
        if len(values) == 1 and isinstance(values[0], ast.Call) and _stores(function, key) == 1
    }
    for node in walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            value = single.get(key_of(node.func.value) or ("", ""))
            if value is not None and (value.end_lineno or value.lineno) < node.lineno:
                yield id(node.func.value), value


def _stores(function: ast.FunctionDef, key: Key) -> int:
    """How often a name or attribute is bound or deleted, in whatever way."""
    arguments = function.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    count = sum(one is not None and key == ("", one.arg) for one in parameters)
    for node in walk(function):
        if isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            count += key_of(node) == key
        elif isinstance(node, ast.Global | ast.Nonlocal):
            count += key[1] in node.names
    return count


def key_of(node: ast.expr) -> Key | None:
    if isinstance(node, ast.Name):
        return "", node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return "self", node.attr
    return None
