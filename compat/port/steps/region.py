"""The forward pass in front of a `backward`: where it begins, and which names go into it and come out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from compat.port.steps.liveness import live
from compat.port.steps.names import Flow, functions_in, inner, outer, read, stored
from compat.port.steps.places import LOOPS, Block
from compat.port.steps.step import Region, Stays
from compat.source.walking import statements, walk

LEAVING = (ast.Return, ast.Yield, ast.YieldFrom, ast.Await)
# Names by which code looks at its own scope.
LOOKING = frozenset({"locals", "globals", "vars", "eval", "exec", "super", "__class__", "dir"})
# Methods that give the same numbers in another place, form or dtype: no weight takes part.
MOVING = frozenset(
    {"to", "cuda", "cpu", "npu", "float", "double", "half", "long", "int", "bool", "view", "reshape", "unsqueeze", "squeeze", "flatten",
     "permute", "transpose", "t", "contiguous", "detach", "requires_grad_", "size", "expand", "repeat", "clone", "type", "pin_memory"}
)  # fmt: skip
# Statements of a call alone that change no value.
SAYING = frozenset({"train", "eval", "zero_grad", "set_description", "set_postfix", "info", "debug", "print", "set_epoch", "update"})


def region(block: Block, place: int, loss: str, optimizer: str, zeroing: list[ast.stmt], tree: ast.Module) -> Region:
    """The forward pass of the loss, whose `backward` stands at `place` of a block; Stays where it can't be a function.

    It begins behind what binds the name `optimizer`, since by then all weights are there.
    """
    made = [number for number, one in enumerate(block.body[:place]) if optimizer in stored([one])]
    first = _first(block, made[-1] + 1 if made else 0, place, loss, zeroing)
    body = [one for one in block.body[first:place] if one not in zeroing]
    if not body or loss not in _flow(body).bound:
        raise Stays(f"{loss} is made elsewhere than right in front of backward()")
    _refuse(body)
    names = stored(body)
    _refuse_shared(names, block, tree)
    flow = _flow(body)
    early = [name for name in names if name in flow.early]
    before = block.bound_before(first)
    needed = live(block, place - 1)
    result = [loss, *(name for name in names if name != loss and name in needed)]
    given = list(early)
    for name in result:
        if name not in flow.bound and name not in given:
            given.append(name)
    for name in given:
        if name not in before:
            raise Stays(f"{name} may not be bound yet where the forward pass begins")
    last = max(number for number in range(first, place) if block.body[number] not in zeroing)
    return Region(first, last, tuple(given), tuple(result))


def _flow(body: list[ast.stmt]) -> Flow:
    flow = Flow()
    flow.block(body)
    return flow


def _first(block: Block, start: int, place: int, loss: str, zeroing: list[ast.stmt]) -> int:
    """The first statement that the loss depends on, but for those that only move its data."""
    body, needed, first = block.body, {loss}, place
    for number in range(place - 1, start - 1, -1):
        statement = body[number]
        if statement in zeroing or not _contributes(statement, needed):
            continue
        needed |= set(read([statement]))
        first = number
    data = set(_targets(block))
    while first < place and (body[first] in zeroing or _is_moving(body[first], data)):
        data |= set(stored([body[first]]))
        first += 1
    return first


def _targets(block: Block) -> Iterator[str]:
    """The names by which the innermost loop has what it goes through."""
    loop = next(iter(block.loops), None)
    if isinstance(loop, ast.For | ast.AsyncFor):
        yield from stored([loop.target])


def _contributes(statement: ast.stmt, needed: set[str]) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return not needed.isdisjoint(stored([statement]))
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return name not in SAYING and not needed.isdisjoint(read([statement]))
    if not needed.isdisjoint(stored([statement])):
        return True
    if hasattr(statement, "body"):
        return any(isinstance(one, ast.stmt) and one is not statement and _contributes(one, needed) for one in statements(statement))
    changes = any(isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store) for node in walk(statement))
    return changes and not needed.isdisjoint(read([statement]))


def _is_moving(statement: ast.stmt, data: set[str]) -> bool:
    """`x = x.to(device)`, `x, y = batch`: of names that are data, in which no weight takes part."""
    if not isinstance(statement, ast.Assign) or not _moves(statement.value, data):
        return False
    return all(isinstance(node, ast.Name | ast.Tuple | ast.List) for target in statement.targets for node in walk(target))


def _moves(node: ast.expr, data: set[str]) -> bool:
    if isinstance(node, ast.Tuple):
        return all(_moves(one, data) for one in node.elts)
    if isinstance(node, ast.Call):
        function = node.func
        if not isinstance(function, ast.Attribute) or function.attr not in MOVING:
            return False
        return function.attr == "detach" or _moves(function.value, data)
    if isinstance(node, ast.Attribute | ast.Subscript):
        return _moves(node.value, data)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in data)


def _refuse(body: list[ast.stmt]) -> None:
    """Stays for statements that mean something else within a function."""
    for statement in body:
        for node in walk(statement):
            if isinstance(node, LEAVING):
                raise Stays(f"{type(node).__name__.lower()} in the forward pass")
            if isinstance(node, ast.Global | ast.Nonlocal | ast.Delete | ast.NamedExpr | ast.Import | ast.ImportFrom):
                raise Stays(f"a name is bound or deleted in the forward pass by {_KINDS[type(node)]}")
            if isinstance(node, ast.Name) and node.id in LOOKING:
                raise Stays(f"{node.id} in the forward pass")
    if any(True for _ in _jumps(body)):
        raise Stays("break or continue in the forward pass")


_KINDS: dict[type[ast.AST], str] = {
    ast.Global: "global", ast.Nonlocal: "nonlocal", ast.Delete: "del", ast.NamedExpr: ":=", ast.Import: "import", ast.ImportFrom: "import",
}  # fmt: skip


def _jumps(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that leave the loop around."""
    for statement in body:
        if isinstance(statement, ast.Break | ast.Continue):
            yield statement
        elif isinstance(statement, LOOPS):
            yield from _jumps(statement.orelse)
        elif not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.stmt):
                    yield from _jumps([child])
                elif isinstance(child, ast.ExceptHandler | ast.match_case):
                    yield from _jumps(child.body)


def _refuse_shared(names: dict[str, None], block: Block, tree: ast.Module) -> None:
    """Stays where a function sees the variables that the forward pass binds, which are other ones within a function."""
    scope = block.scope
    for function in functions_in(scope.body):
        for name in names:
            if name in inner(function):
                raise Stays(f"a function reads {name}, which the forward pass binds")
    within = [scope] if scope is not tree else list(functions_in(tree.body))
    declared = set().union(*(outer([part]) for part in within)) if within else set()
    for name in names:
        if name in declared:
            raise Stays(f"{name}, which the forward pass binds, is global or nonlocal")
