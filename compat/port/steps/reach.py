"""What the functions of a file may call, by name."""

from __future__ import annotations

import ast
from functools import cached_property

from compat.source.walking import walk


class Reach:
    """The functions of one file."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree

    def of(self, scope: ast.AST) -> set[str]:
        """The names of all that a function may call, itself or through other functions of the file."""
        found: set[str] = set()
        waiting = [scope]
        while waiting:
            for node in walk(waiting.pop()):
                name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
                if name and name not in found:
                    found.add(name)
                    waiting += self.functions.get(name, ())
        return found

    @cached_property
    def functions(self) -> dict[str, list[ast.AST]]:
        """The functions and methods by name."""
        found: dict[str, list[ast.AST]] = {}
        for node in walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.setdefault(node.name, []).append(node)
        return found
