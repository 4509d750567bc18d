"""Expressions that can only be tensors of bool: comparisons, what `isnan` and its like give, and what `~`, `&` and an index make of such."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

NAMES = ("isnan", "isinf", "isfinite", "isneginf", "isposinf", "eq", "ne", "lt", "le", "gt", "ge", "isclose", "logical_and", "logical_or",
         "logical_not", "logical_xor")  # fmt: skip
GIVING = frozenset({f"{module}.{name}" for module in ("torch", "torch.Tensor") for name in NAMES} | {"torch.Tensor.bool"})
COMPARING = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
JOINING = (ast.BitAnd, ast.BitOr, ast.BitXor)


def is_bool(node: ast.expr, apis: Mapping[int, str], values: Mapping[int, Sequence[ast.expr]], depth: int = 8) -> bool:
    """Whether an expression that is a tensor is one of bool. `apis` tells what calls are, `values` what a variable may hold, both by identity."""

    def certain(one: ast.expr) -> bool:
        return depth > 0 and is_bool(one, apis, values, depth - 1)

    if isinstance(node, ast.Compare):
        return len(node.ops) == 1 and isinstance(node.ops[0], COMPARING)
    if isinstance(node, ast.Call):
        return apis.get(id(node)) in GIVING
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Invert) and certain(node.operand)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, JOINING) and certain(node.left) and certain(node.right)
    if isinstance(node, ast.Subscript):
        return certain(node.value)
    held = values.get(id(node), ()) if isinstance(node, ast.Name) else ()
    return bool(held) and all(map(certain, held))
