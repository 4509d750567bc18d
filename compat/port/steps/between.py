"""What may stand between `backward` and `step`: clipping of the optimizer's own gradients, and what looks at none."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from compat.port.steps.nodes import last_name
from compat.port.steps.step import Stays
from compat.source.walking import walk

# PyTorch's function, MindSpore's of a tuple of gradients, and the arguments of both behind the first.
CLIPS = {
    "torch.nn.utils.clip_grad_norm_": ("clip_by_norm", ("max_norm", "norm_type", "error_if_nonfinite")),
    "torch.nn.utils.clip_grad_value_": ("clip_by_value", ("clip_value",)),
}
HARMLESS = frozenset(
    {"print", "float", "int", "len", "max", "min", "round", "str", "format", "range", "abs", "sum", "time", "perf_counter"}
)
# Methods, given no object of the program's, of which none looks at gradients.
METHODS = frozenset(
    {"item", "detach", "append", "update", "numpy", "cpu", "size", "argmax", "eq", "sum", "mean", "add", "write", "tolist", "extend",
     "flush", "set_postfix", "set_description", "numel", "info", "debug", "add_scalar", "clone", "format", "time", "perf_counter"}
)  # fmt: skip


def clips(between: Iterable[ast.stmt], api: Callable[[ast.AST], str], are_its: Callable[[ast.expr], bool]) -> Iterator[ast.Call]:
    """The calls that clip; Stays for other parameters than the optimizer's, and for a statement that may look at gradients."""
    for statement in between:
        call = statement.value if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) else None
        if call is not None and api(call) in CLIPS:
            _check(call, api(call), are_its)
            yield call
        elif isinstance(statement, ast.If) and _is_harmless(statement.test):
            yield from clips([*statement.body, *statement.orelse], api, are_its)
        elif not isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr | ast.Pass) or not _is_harmless(statement):
            raise Stays(f"between backward() and step() stands what may look at gradients, in line {statement.lineno}")


def _check(call: ast.Call, api: str, are_its: Callable[[ast.expr], bool]) -> None:
    name, (_, taken) = api.rpartition(".")[2], CLIPS[api]
    named = {one.arg for one in call.keywords}
    given = len(call.args) + len(call.keywords)
    if (
        not call.args
        or any(isinstance(one, ast.Starred) for one in call.args)
        or not named <= set(taken)
        or not 2 <= given <= 1 + len(taken)
    ):
        raise Stays(f"{name} with these arguments")
    if not are_its(call.args[0]):
        raise Stays(f"it is not certain that {name} clips the gradients of the optimizer's parameters, and no others")


def _is_harmless(part: ast.AST) -> bool:
    for node in walk(part):
        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await | ast.NamedExpr | ast.Lambda):
            return False
        if isinstance(node, ast.Call):
            given = [*node.args, *(one.value for one in node.keywords)]
            plain = isinstance(node.func, ast.Name) and node.func.id in HARMLESS
            if not plain and not (last_name(node.func) in METHODS and not any(isinstance(one, ast.Name | ast.Starred) for one in given)):
                return False
    return True
