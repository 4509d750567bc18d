"""Layers that run one behind the other: what stands in a Sequential, written into it, named in an OrderedDict, or gathered in a list first."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

from compat.source.walking import walk

SEQUENTIAL = "torch.nn.Sequential"
ADDING = frozenset({"append", "extend", "insert"})
Run = Sequence[ast.expr]


def runs(scope: ast.AST, apis: Mapping[int, str], is_of_interest: Callable[[ast.AST], bool], inside: str = "") -> Iterator[Run]:
    """The runs of neighbours in a module, class or function, as far as they are certain, where they are of interest.

    `apis` tells by identity what calls and bases are; `inside` is that of the base of the class around.
    """
    for node in ast.iter_child_nodes(scope):
        if not is_of_interest(node):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _in_function(node, apis, inside)
        elif isinstance(node, ast.ClassDef):
            yield from runs(node, apis, is_of_interest, apis.get(id(node.bases[0]), "") if len(node.bases) == 1 else "")
        else:
            for call in walk(node):
                if isinstance(call, ast.Call) and apis.get(id(call)) == SEQUENTIAL:
                    yield from _written(call)


def _in_function(function: ast.FunctionDef | ast.AsyncFunctionDef, apis: Mapping[int, str], inside: str) -> Iterator[Run]:
    lists: dict[str, list[Run]] = {}
    uses: dict[str, int] = {}  # how often a name is read, less those that only add to a list or give it to a Sequential
    gathered: set[str] = set()
    for node in walk(function):
        if isinstance(node, ast.Call) and (apis.get(id(node)) == SEQUENTIAL or (inside == SEQUENTIAL and _is_super_init(node))):
            yield from _written(node)
            if len(node.args) == 1 and isinstance(node.args[0], ast.Starred) and isinstance(node.args[0].value, ast.Name):
                gathered.add(node.args[0].value.id)
                uses[node.args[0].value.id] = uses.get(node.args[0].value.id, 0) - 1
        name, elements = _added(node)
        if name:
            lists.setdefault(name, []).append(elements)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ADDING and isinstance(node.func.value, ast.Name):  # fmt: skip
            uses[node.func.value.id] = uses.get(node.func.value.id, 0) - 1
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            uses[node.id] = uses.get(node.id, 0) + 1
    for name in gathered:
        if uses[name] == 0:
            yield from lists.get(name, ())


def _written(call: ast.Call) -> Iterator[Run]:
    if not any(isinstance(one, ast.Starred) for one in call.args):
        yield call.args
    only = call.args[0] if len(call.args) == 1 else None
    if isinstance(only, ast.Call) and _last(only.func) == "OrderedDict" and len(only.args) == 1 and isinstance(only.args[0], ast.List):
        pairs = [one for one in only.args[0].elts if isinstance(one, ast.Tuple) and len(one.elts) == 2]
        if len(pairs) == len(only.args[0].elts):
            yield [pair.elts[1] for pair in pairs]


def _added(node: ast.AST) -> tuple[str, Run]:
    """The list that a statement makes or adds to, and the neighbours that it gets: `layers = [a, b]`, `layers += [a, b]`, `.extend([a, b])`."""
    target: ast.expr | None = None
    value: ast.expr | None = None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        target, value = node.target, node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "extend" and len(node.args) == 1:
        target, value = node.func.value, node.args[0]
    if isinstance(target, ast.Name) and isinstance(value, ast.List) and not any(isinstance(one, ast.Starred) for one in value.elts):
        return target.id, value.elts
    return "", []


def _is_super_init(call: ast.Call) -> bool:
    function = call.func
    return isinstance(function, ast.Attribute) and function.attr == "__init__" and isinstance(function.value, ast.Call) and _last(function.value.func) == "super"  # fmt: skip


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
