"""What the variables of functions may hold, where assignments of one value to one name are all that binds them."""

from __future__ import annotations

import ast

from compat.source.walking import walk


def local_values(tree: ast.AST) -> dict[int, list[ast.expr]]:
    """The values that a variable of a function gets in it, by the identity of each place where it is read; none where it is also bound otherwise."""
    found: dict[int, list[ast.expr]] = {}
    for function in walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        values: dict[str, list[ast.expr]] = {}
        plain: set[int] = set()
        names = []
        for node in walk(function):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                values.setdefault(node.targets[0].id, []).append(node.value)
                plain.add(id(node.targets[0]))
            elif isinstance(node, ast.Name):
                names.append(node)
        other = {node.id for node in names if not isinstance(node.ctx, ast.Load) and id(node) not in plain}
        other |= {one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
        found.update({id(node): values[node.id] for node in names if node.id in values and node.id not in other})
    return found
