"""Where an object was made that a method is called of, as far as the function around tells without doubt: `self.body`, or a variable, bound once."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator

from compat.source.walking import walk

Key = tuple[str, str]  # "self" and an attribute, or "" and a variable


def made(functions: Iterable[ast.FunctionDef], asked: Iterable[ast.expr]) -> dict[int, ast.Call]:
    """By the identity of a receiver: the call that made the object, earlier in the same function, and alone.

    Of the `functions` of a file those around the receivers that are `asked` about are looked at.
    """
    lines = sorted({one.lineno for one in asked})
    found: dict[int, ast.Call] = {}
    for function in functions:
        if bisect_left(lines, function.lineno) < bisect_right(lines, function.end_lineno or function.lineno):
            found.update(_in_function(function))
    return found


def _in_function(function: ast.FunctionDef) -> Iterator[tuple[int, ast.Call]]:
    calls: dict[Key, ast.Call] = {}
    receivers: list[tuple[Key, ast.Call, ast.expr]] = []
    stores = Counter(("", name) for name in _parameters(function))  # how often each is bound or deleted, in whatever way
    for node in walk(function):
        if isinstance(node, ast.Name | ast.Attribute):
            if not isinstance(node.ctx, ast.Load) and (key := key_of(node)) is not None:
                stores[key] += 1
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and (key := key_of(node.func.value)) is not None:
                receivers.append((key, node, node.func.value))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if len(targets) == 1 and isinstance(node.value, ast.Call) and (key := key_of(targets[0])) is not None:
                calls[key] = node.value
        elif isinstance(node, ast.Global | ast.Nonlocal):
            stores.update((where, name) for where in ("", "self") for name in node.names)
    for key, node, receiver in receivers:
        call = calls.get(key) if stores[key] == 1 else None
        if call is not None and (call.end_lineno or call.lineno) < node.lineno:
            yield id(receiver), call


def _parameters(function: ast.FunctionDef) -> Iterator[str]:
    arguments = function.args
    for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
        if one is not None:
            yield one.arg


def key_of(node: ast.expr) -> Key | None:
    if isinstance(node, ast.Name):
        return "", node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return "self", node.attr
    return None
