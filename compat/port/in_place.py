"""`inplace=True` of an activation: where nobody reads its input afterwards, it changes nothing but where memory comes from."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from compat.source.sites import Resolved
from compat.source.text import Source

NAME = "inplace"
# Layers whose result is a new tensor: what follows one of them in a Sequential may write into it.
FRESH = tuple(
    f"torch.nn.{name}"
    for name in ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Linear", "Bilinear", "BatchNorm1d",
                 "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm", "GroupNorm", "LayerNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d",
                 "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "Embedding")
)  # fmt: skip


class InPlace:
    """The calls of a file with `inplace=True` whose effect nothing sees.

    Shown are two forms: a layer behind one that gives a new tensor, in one Sequential; and a layer or function whose argument is the
    result of a call, or a local variable that gets the result at once, has been given the result of a call before, and is no other name of
    anything (`out = self.bn(out); out = self.relu(out)`).
    """

    def __init__(self, source: Source, resolved: Resolved) -> None:
        self.apis = {id(site.node): site.api for site in resolved.sites}
        self.found: set[int] = set()
        if NAME.encode() in source.utf8:
            self._look(source.tree)

    def unobserved(self, call: ast.Call) -> frozenset[str]:
        """The arguments of a call that may be left out: `inplace` or none."""
        return frozenset({NAME}) if id(call) in self.found else frozenset()

    def _look(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and self.apis.get(id(node)) == "torch.nn.Sequential":
                self._in_sequence(node)
            elif isinstance(node, ast.ClassDef):
                self._attributes(node)
            elif isinstance(node, ast.FunctionDef):
                self.found |= {id(call) for call in _harmless(node, self._is_function)}

    def _is_function(self, call: ast.Call) -> bool:
        """Whether a call is one of a functional activation, in place."""
        return _is_in_place(call) and self.apis.get(id(call), "").startswith("torch.nn.functional.")

    def _in_sequence(self, sequence: ast.Call) -> None:
        for before, layer in zip(sequence.args, sequence.args[1:], strict=False):
            if isinstance(layer, ast.Call) and _is_in_place(layer) and self.apis.get(id(before)) in FRESH:
                self.found.add(id(layer))

    def _attributes(self, owner: ast.ClassDef) -> None:
        """`self.relu = nn.ReLU(inplace=True)`, when every use of `self.relu` in the class is a harmless call."""
        functions = [node for node in owner.body if isinstance(node, ast.FunctionDef)]
        for name, values in _assigned(owner).items():
            if not any(_is_in_place(value) for value in values):
                continue
            harmless = {id(call.func) for function in functions for call in _harmless(function, lambda call, name=name: _of_self(call.func) == name)}  # type: ignore[misc]  # fmt: skip
            uses = [node for node in ast.walk(owner) if _of_self(node) == name and isinstance(getattr(node, "ctx", None), ast.Load)]
            if uses and all(id(use) in harmless for use in uses):
                self.found |= {id(value) for value in values if _is_in_place(value)}


def _assigned(owner: ast.ClassDef) -> dict[str, list[ast.expr]]:
    """What a class assigns to attributes of `self`."""
    made: dict[str, list[ast.expr]] = {}
    for node in ast.walk(owner):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if name := _of_self(target):
                    made.setdefault(name, []).append(node.value)
    return made


def _is_in_place(call: ast.expr) -> bool:
    """Whether it is a call in which `inplace=True` is written out."""
    return isinstance(call, ast.Call) and any(
        keyword.arg == NAME and isinstance(keyword.value, ast.Constant) and keyword.value.value is True for keyword in call.keywords
    )


def _of_self(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return node.attr
    return ""


def _harmless(function: ast.FunctionDef, is_meant: Callable[[ast.Call], bool]) -> Iterator[ast.Call]:
    """The calls that are meant whose first argument nobody reads afterwards."""
    parameters = {one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
    aliased = {name.id for node in ast.walk(function) for name in _shared(node)}
    assigned = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call | ast.BinOp)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        value = node.value if isinstance(node, ast.Assign) else None
        for call in _calls(node):
            if not call.args or not is_meant(call):
                continue
            argument = call.args[0]
            if isinstance(argument, ast.Call):
                yield call  # what a call gave has no other name here
            elif isinstance(argument, ast.Name) and value is call and isinstance(node, ast.Assign):
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                if names == [argument.id] and argument.id in assigned - aliased - parameters:
                    yield call


def _calls(node: ast.AST) -> list[ast.Call]:
    """The calls in a statement's own expressions."""
    if not isinstance(node, ast.stmt) or isinstance(node, ast.FunctionDef | ast.ClassDef):
        return []
    inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return [found for child in inner for found in ast.walk(child) if isinstance(found, ast.Call)]


def _shared(node: ast.AST) -> list[ast.Name]:
    """Variables that get another name, or are kept somewhere: `identity = x`, `features.append(x)`, `[x, y]`, `self.last = x`."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        return [node.value] if isinstance(node.value, ast.Name) else []
    if isinstance(node, ast.List | ast.Tuple | ast.Set) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return [one for one in node.elts if isinstance(one, ast.Name)]
    if isinstance(node, ast.Dict):
        return [one for one in node.values if isinstance(one, ast.Name)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("append", "insert", "add", "setdefault"):
        return [one for one in node.args if isinstance(one, ast.Name)]
    if isinstance(node, ast.Yield | ast.Starred):
        return [node.value] if isinstance(node.value, ast.Name) else []
    return []
