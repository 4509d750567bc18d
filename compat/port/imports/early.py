"""What a file needs of torch while it is imported: `torch.NoSuch` as an annotation or a base class, which compat.torch must not refuse."""

from __future__ import annotations

import ast

from compat.source.published import lacking
from compat.source.sites import Resolved
from compat.source.walking import walk

TESTS = frozenset({"hasattr", "getattr"})


def needed(tree: ast.Module, resolved: Resolved) -> dict[str, str]:
    """Names that the file has imported and through which it reaches something that compat.torch lacks while it runs for the first time.

    None where the file tests for features, by `hasattr` or `except AttributeError`: a placeholder would pass each of these tests.
    """
    found: dict[str, str] = {}
    for site in resolved.sites:
        if site.how == "name" and not site.later and (missing := lacking(site.api)) and (name := _root(site.node)):
            found.setdefault(name, missing)
    return found if found and not any(_is_test(node, found) for node in walk(tree)) else {}


def _root(node: ast.expr) -> str:
    """The name that a dotted one begins with; empty for one that is not dotted, since that was imported as it is."""
    inner = node.func if isinstance(node, ast.Call) else node
    if not isinstance(inner, ast.Attribute):
        return ""
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) else ""


def _is_test(node: ast.AST, names: dict[str, str]) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TESTS and node.args:
        tested = node.args[0]
        return (tested.id if isinstance(tested, ast.Name) else _root(tested)) in names
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        return any(isinstance(one, ast.Name) and one.id == "AttributeError" for one in walk(node.type))
    return False
