"""Layers that run one behind the other: what stands in a Sequential, written into it, named in an OrderedDict, gathered in a list first, or
assigned to attributes of one."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

from compat.source.walking import BODIES, walk

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
            base = apis.get(id(node.bases[0]), "") if len(node.bases) == 1 else ""
            own = any(isinstance(one, ast.FunctionDef) and one.name == "forward" for one in node.body)
            yield from runs(node, apis, is_of_interest, "" if own else base)
        else:
            for call in walk(node):
                if isinstance(call, ast.Call) and apis.get(id(call)) == SEQUENTIAL:
                    yield from _written(call)


def _in_function(function: ast.FunctionDef | ast.AsyncFunctionDef, apis: Mapping[int, str], inside: str) -> Iterator[Run]:
    lists: dict[str, list[Run]] = _appended(function)
    if inside == SEQUENTIAL:
        yield from _assigned(function)
    uses: dict[str, int] = {}  # how often a name is read, less those that only add to a list or give it to a Sequential
    gathered: set[str] = set()
    for node in walk(function):
        if isinstance(node, ast.Call) and (apis.get(id(node)) == SEQUENTIAL or (inside == SEQUENTIAL and _is_super_init(node))):
            yield from _written(node)
            if name := _list_of(node):
                gathered.add(name)
                uses[name] = uses.get(name, 0) - 1
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
        yield _named(only.args[0].elts)


def _named(elements: Run) -> Run:
    """The layers of pairs of a name and a layer; what stands there is itself where there are none."""
    pairs = [one for one in elements if isinstance(one, ast.Tuple) and len(one.elts) == 2]
    return [pair.elts[1] for pair in pairs] if len(pairs) == len(elements) else elements


def _list_of(call: ast.Call) -> str:
    """The list that a Sequential is made of: `Sequential(*layers)`, `Sequential(OrderedDict(layers))`."""
    only = call.args[0] if len(call.args) == 1 else None
    if isinstance(only, ast.Call) and _last(only.func) == "OrderedDict" and len(only.args) == 1:
        only = only.args[0]
    elif isinstance(only, ast.Starred):
        only = only.value
    else:
        return ""
    return only.id if isinstance(only, ast.Name) else ""


def _appended(function: ast.AST) -> dict[str, list[Run]]:
    """What statements that follow each other append to a list, by its name; another statement that mentions the list ends a run."""
    found: dict[str, list[Run]] = {}
    for body in _bodies(function):
        open_runs: dict[str, list[ast.expr]] = {}
        for statement in body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            name, layer = _appending(call)
            if layer is not None:
                if name not in open_runs:
                    open_runs[name] = []
                    found.setdefault(name, []).append(open_runs[name])
                open_runs[name].append(layer)
                continue
            mentioned = {node.id for node in walk(statement) if isinstance(node, ast.Name)}
            for one in mentioned & open_runs.keys():
                del open_runs[one]
    return {name: [_named(run) for run in found[name]] for name in found}


def _appending(call: ast.expr | None) -> tuple[str, ast.expr | None]:
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "append"):
        return "", None
    owner = call.func.value
    return (owner.id, call.args[0]) if isinstance(owner, ast.Name) and len(call.args) == 1 and not call.keywords else ("", None)


def _assigned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Run]:
    """The layers that statements of a Sequential's own `__init__`, which follow each other, give to attributes of it, or add by a name."""
    if function.name != "__init__":
        return
    run: list[ast.expr] = []
    names = [name for node in walk(function) if isinstance(node, ast.stmt) and (name := _given(node)[0])]
    for statement in function.body:
        name, layer = _given(statement)
        if layer is not None and names.count(name) == 1:  # one that is given anew keeps its place
            run.append(layer)
            continue
        if any(isinstance(node, ast.Name) and node.id == "self" for node in walk(statement)):
            yield run
            run = []
    yield run


def _given(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    """The name under which a statement gives self a layer, and the layer."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(target := statement.targets[0], ast.Attribute):
        return (target.attr, statement.value) if _last(target.value) == "self" else ("", None)
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "add_module" and len(call.args) == 2:
        name = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
        return (name, call.args[1]) if isinstance(name, str) and _last(call.func.value) == "self" else ("", None)
    return "", None


def _bodies(function: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in walk(function):
        for name in BODIES:
            body = getattr(node, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield body


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
        return target.id, _named(value.elts)
    return "", []


def _is_super_init(call: ast.Call) -> bool:
    function = call.func
    return isinstance(function, ast.Attribute) and function.attr == "__init__" and isinstance(function.value, ast.Call) and _last(function.value.func) == "super"  # fmt: skip


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
