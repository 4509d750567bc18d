"""Faults in the source of an adapter: a parsed function → one change of its syntax at a time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
EXCHANGED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
SYMMETRIC = {
    "add", "mul", "maximum", "minimum", "max", "min", "equal", "not_equal", "logical_and", "logical_or", "logical_xor", "isinstance", "getattr",
    "hasattr", "print", "result_type", "unbroadcastable", "broadcast_shapes", "eq", "ne", "zip", "super", "invalid", "setattr",
}  # fmt: skip


@dataclass
class Change:
    """Another value for one field of a syntax node; made and undone in place, since a copy of a module is slow."""

    kind: str
    line: int
    text: str
    node: Any
    field: str
    value: Any

    @property
    def column(self) -> int:
        return int(getattr(self.node, "col_offset", 0))

    def exchange(self) -> None:
        """Make the change, or undo it."""
        old = getattr(self.node, self.field)
        setattr(self.node, self.field, self.value)
        self.value = old


def changes(function: ast.AST) -> Iterator[Change]:
    """Every change of a function: inner functions included; what only words an error is left alone."""
    if isinstance(function, ast.FunctionDef):
        yield from _ignored_arguments(function)
    for node in _reached(function):
        for rule in RULES:
            yield from rule(node)


def _reached(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "defaults", "kw_defaults", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, (ast.Raise, ast.JoinedStr, ast.Assert)) and not _is_text(child):
                yield from _reached(child)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _change(kind: str, node: Any, field: str, value: Any) -> Change:
    old = getattr(node, field)
    change = Change(kind, node.lineno, "", node, field, value)
    before = _shown(node, old)
    change.exchange()
    change.text = f"{before} → {_shown(node, value)}"
    change.exchange()
    return change


def _shown(node: Any, value: Any) -> str:
    text = ast.unparse(node) if isinstance(node, ast.expr) else ast.unparse(value) if isinstance(value, ast.AST) else f"{value!r:.60}"
    line = text.partition("\n")[0]
    return line if len(line) <= 110 else line[:107] + "..."


def _ignored_arguments(function: ast.FunctionDef) -> Iterator[Change]:
    """A parameter with a default has it, whatever the caller gave."""
    places, keywords = function.args, function.args.kwonlyargs
    with_default = list(zip(reversed([*places.posonlyargs, *places.args]), reversed(places.defaults), strict=False))
    with_default += [(name, value) for name, value in zip(keywords, places.kw_defaults, strict=True) if value is not None]
    for parameter, default in with_default:
        ignored = ast.parse(f"{parameter.arg} = {ast.unparse(default)}").body[0]
        for each in ast.walk(ignored):
            ast.copy_location(each, function.body[0])
        change = Change("dropped argument", function.lineno, f"{function.name}({parameter.arg}) ignored", function, "body", None)
        change.value = [ignored, *function.body]
        yield change


def _constants(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Constant) or node.value is None or isinstance(node.value, (str, bytes)) or node.value is Ellipsis:
        return
    value = node.value
    if isinstance(value, bool):
        yield _change("constant", node, "value", not value)
    elif isinstance(value, int):
        yield _change("constant", node, "value", value + 1)
    elif isinstance(value, float):
        yield _change("constant", node, "value", value * 1.5 + 0.25)


def _calls(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Call):
        return
    called = ast.unparse(node.func).rpartition(".")[2]
    for index, keyword in enumerate(node.keywords):
        if keyword.arg:
            yield _change("dropped keyword", node, "keywords", node.keywords[:index] + node.keywords[index + 1 :])
    if called in SYMMETRIC or any(isinstance(a, ast.Starred) for a in node.args):
        return
    for index in range(len(node.args) - 1):
        left, right = node.args[index : index + 2]
        if not isinstance(left, ast.Constant) and not isinstance(right, ast.Constant) and ast.unparse(left) != ast.unparse(right):
            yield _change("swapped arguments", node, "args", [*node.args[:index], right, left, *node.args[index + 2 :]])
    if len(node.args) > 1:
        yield _change("dropped argument", node, "args", node.args[:-1])


def _operators(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BinOp) and type(node.op) in EXCHANGED:
        yield _change("arithmetic", node, "op", EXCHANGED[type(node.op)]())
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and not _is_type(node.left):
        yield _change("comparison", node, "ops", [FLIPPED[type(node.ops[0])]()])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield _change("arithmetic", node, "op", ast.UAdd())


def _is_type(node: ast.AST) -> bool:
    """`type(x) is not Tensor` stands before `isinstance` for speed."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type"


def _conditions(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.If) and not node.orelse and all(isinstance(each, ast.Raise) for each in node.body):
        yield _change("check removed", node, "test", ast.copy_location(ast.Constant(False), node.test))
    elif isinstance(node, ast.IfExp):
        yield _change("condition", node, "test", ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test))
        ast.fix_missing_locations(node)
    elif isinstance(node, ast.If):
        for value in (False, True):
            yield _change("condition", node, "test", ast.copy_location(ast.Constant(value), node.test))


def _statements(node: ast.AST) -> Iterator[Change]:
    """A statement for its effect is left out: a check, or a write."""
    for name in ("body", "orelse"):
        block = getattr(node, name, None)
        if not isinstance(block, list):
            continue
        for index, each in enumerate(block):
            if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):
                without = [*block[:index], ast.copy_location(ast.Pass(), each), *block[index + 1 :]]
                change = Change("statement removed", each.lineno, f"{_shown(each.value, each.value)} removed", node, name, without)
                yield change


RULES = (_constants, _calls, _operators, _conditions, _statements)
