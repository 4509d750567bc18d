"""`**options`, where a function says once what is in it: `options = {"device": device, "dtype": dtype}`, and does nothing with it but spread it.

What a variable of a function holds is certain where it is assigned once, a dict with texts as its keys, and every other place that names it,
in inner functions too, spreads it over a call or looks an item up.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from compat.source.text import Source
from compat.source.walking import walk

Spread = Mapping[str, ast.expr]  # the value of each key, as it was written
# Without the one text or the other nothing is spread, and no variable is a dict.
SPREADING, ASSIGNED = re.compile(rb"\*\*\s*[^\W\d]"), re.compile(rb"\w\s*=\s*(\{|dict\b)")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def spreads(source: Source) -> dict[int, Spread]:
    """What is spread over a call, by the identity of the keyword that does; only where that is certain."""
    found: dict[int, Spread] = {}
    places = [[one.start() for one in text.finditer(source.utf8)] for text in (SPREADING, ASSIGNED)]
    for function in _outermost(source.tree) if all(places) else ():
        start, end = source.span(function)
        if all(bisect_left(one, start) < bisect_left(one, end) for one in places):
            found |= _in_function(function)
    return found


def _outermost(tree: ast.AST) -> Iterator[ast.AST]:
    """The functions that stand in no other; methods among them."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, FUNCTIONS):
            yield node
        elif isinstance(node, ast.stmt):
            yield from _outermost(node)


def _in_function(function: ast.AST) -> dict[int, Spread]:
    nodes = list(walk(function))
    held: dict[str, Spread] = {}
    harmless: set[int] = set()
    spread: list[tuple[ast.keyword, str]] = []
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(target := node.targets[0], ast.Name):
            if target.id not in held and (items := _items(node.value)) is not None:
                held[target.id] = items
                harmless.add(id(target))
        elif isinstance(node, ast.keyword) and node.arg is None and isinstance(node.value, ast.Name):
            spread.append((node, node.value.id))
            harmless.add(id(node.value))
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            harmless.add(id(node.value))
    others = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in harmless} | _bound_otherwise(nodes)
    return {id(keyword): held[name] for keyword, name in spread if name in held and name not in others}


def _items(value: ast.expr) -> Spread | None:
    """The items of a dict that is written out, None for any other value."""
    if isinstance(value, ast.Dict):
        keys = [key.value for key in value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        return dict(zip(keys, value.values, strict=True)) if len(keys) == len(value.keys) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict" and not value.args:
        names = [keyword.arg for keyword in value.keywords if keyword.arg is not None]
        return dict(zip(names, (keyword.value for keyword in value.keywords), strict=True)) if len(names) == len(value.keywords) else None
    return None


def _bound_otherwise(nodes: list[ast.AST]) -> set[str]:
    """Names that are parameters, functions, classes, imports, or belong to another scope."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)) or (
            isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name
        ):
            found.add(str(node.name))
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
    return found
