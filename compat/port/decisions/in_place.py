"""`inplace=True` of an activation: where nobody can see its input afterwards, it changes nothing but where memory comes from.

That is certain where the input is a new tensor that has no other name: what a convolution, a norm or arithmetic gave, and what came of that
by calls that were given nothing else, such as `out = self.bn(out)`, of which each is new or its argument.
"""

from __future__ import annotations

import ast
import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from compat.port.calls.values import has_no_effect
from compat.port.decisions.local_values import local_values
from compat.port.decisions.sequences import runs
from compat.source.sites import Resolved
from compat.source.text import Source
from compat.source.values import Instance, ProjectFunction
from compat.source.walking import walk

NAME = "inplace"
SAID = re.compile(rb"\binplace\s*=\s*(?!\s|False\b)|\(\s*True\b")  # no other text is of interest here
FUNCTIONAL = "torch.nn.functional."
# Layers whose result is a new tensor.
FRESH = frozenset(
    f"torch.nn.{name}"
    for name in ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Linear", "Bilinear", "BatchNorm1d",
                 "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm", "GroupNorm", "LayerNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d",
                 "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "Embedding")
)  # fmt: skip
# Layers of which `inplace` is the first argument.
INPLACE_FIRST = frozenset(f"torch.nn.{name}" for name in ("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid"))
# Functions whose result is.
FRESH_FUNCTIONS = frozenset(
    {"torch.cat", "torch.stack", "torch.add", "torch.mul", "torch.matmul"}
    | {FUNCTIONAL + name for name in ("conv1d", "conv2d", "conv3d", "linear", "batch_norm", "layer_norm", "group_norm", "interpolate")}
)


class InPlace:
    """The calls of a file that may work in place, with `inplace=True` written out or a value that is not known, whose effect nothing sees."""

    def __init__(self, source: Source, resolved: Resolved) -> None:
        self.found: set[int] = set()
        if SAID.search(source.utf8):
            self.apis = {id(site.node): site.api for site in resolved.sites}
            self.names = resolved.names
            self.local: dict[int, list[ast.expr]] = {}
            self._look(source)

    def unobserved(self, call: ast.Call) -> frozenset[str]:
        """The arguments of a call that may be left out: `inplace` or none."""
        return frozenset({NAME}) if id(call) in self.found else frozenset()

    def _look(self, source: Source) -> None:
        places = [found.start() for found in SAID.finditer(source.utf8)]

        def is_said(node: ast.AST) -> bool:
            if not isinstance(node, ast.stmt):
                return False
            span = source.span(node)
            return bisect_left(places, span.start) < bisect_left(places, span.end)

        for node in source.tree.body:
            if is_said(node):
                self.local.update(local_values(node))
        for run in runs(source.tree, self.apis, is_said):
            for before, layer in itertools.pairwise(run):
                if self._is_in_place(layer) and self._is_fresh_layer(before):
                    self.found.add(id(layer))
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and is_said(node):
                self._class(node)

    def _is_in_place(self, call: ast.expr) -> bool:
        """Whether it is a call that may work in place: as `_is_in_place` says, or with `True` of a layer that takes nothing before it."""
        if _is_in_place(call):
            return True
        first = call.args[0] if isinstance(call, ast.Call) and self.apis.get(id(call)) in INPLACE_FIRST and call.args else None
        return isinstance(first, ast.Constant) and first.value is True

    def _class(self, owner: ast.ClassDef) -> None:
        """`self.relu = nn.ReLU(inplace=True)`, when every use of `self.relu` is a harmless call, and functions in the class's methods."""
        made, uses = _attributes(owner)
        layers = frozenset(name for name, values in made.items() if all(self._is_fresh_layer(value) for value in values))
        harmless: set[int] = set()
        for function in owner.body:
            if isinstance(function, ast.FunctionDef):
                for call in _Method(function, layers, self.apis).harmless():
                    harmless.add(id(call.func))
                    if _is_in_place(call) and self.apis.get(id(call), "").startswith(FUNCTIONAL):
                        self.found.add(id(call))
        for name, values in made.items():
            if name in uses and uses[name] <= harmless:
                self.found |= {id(value) for value in values if _is_in_place(value)}

    def _is_fresh_layer(self, value: ast.expr) -> bool:
        """Whether a value is a layer whose result is new: made here, or by a function of the project that says so."""
        if self.apis.get(id(value)) in FRESH:
            return True
        if isinstance(value, ast.Name):
            values = self.local.get(id(value), [])
            return bool(values) and all(not isinstance(one, ast.Name) and self._is_fresh_layer(one) for one in values)
        function = self.names.get(value.func.id) if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else None
        return isinstance(function, ProjectFunction) and isinstance(function.returns, Instance) and function.returns.of in FRESH


@dataclass
class _Variable:
    """What a method does with a local variable: the values that it gets, and the places where it is read; `certain` when that is all."""

    values: list[tuple[ast.stmt, ast.expr]] = field(default_factory=list)
    reads: list[ast.Name] = field(default_factory=list)
    certain: bool = True


class _Method:
    """One method, in which `layers` are the attributes of self that are layers whose results are new."""

    def __init__(self, function: ast.FunctionDef, layers: frozenset[str], apis: dict[int, str]) -> None:
        self.function, self.layers, self.apis = function, layers, apis
        self.nodes = list(walk(function))
        self.variables: dict[str, _Variable] = {}
        self.chained: set[int] = set()  # reads that give a variable what comes of it, and reads of arithmetic
        self.looped = {id(inner) for node in self.nodes if isinstance(node, ast.For | ast.While | ast.FunctionDef | ast.Lambda) and node is not function for inner in walk(node)}  # fmt: skip
        self._read()

    def _read(self) -> None:
        for node in self.nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                self._of(name).values.append((node, node.value))
                if (read := _sole(node.value)) is not None and read.id == name:
                    self.chained.add(id(read))
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self._of(node.id).reads.append(node)
            elif isinstance(node, ast.BinOp):
                self.chained |= {id(side) for side in (node.left, node.right)}
            elif isinstance(node, ast.AugAssign):
                self.chained.add(id(node.value))
        plain = {id(target) for variable in self.variables.values() for node, _ in variable.values for target in node.targets}  # type: ignore[attr-defined]
        augmented = {id(node.target) for node in self.nodes if isinstance(node, ast.AugAssign)}
        for node in self.nodes:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and id(node) not in plain | augmented:
                self._of(node.id).certain = False
        arguments = self.function.args
        self.parameters = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}

    def _of(self, name: str) -> _Variable:
        return self.variables.setdefault(name, _Variable())

    def harmless(self) -> Iterator[ast.Call]:
        """The calls whose first argument nothing else can see, provided that they give it back."""
        for node in self.nodes:
            if isinstance(node, ast.Call) and node.args and self._is_new(node.args[0]):
                yield node  # what a call gave has no name at all
            value = node.value if isinstance(node, ast.Assign | ast.Return) else None
            if isinstance(value, ast.Call) and value.args and isinstance(read := value.args[0], ast.Name):
                back = isinstance(node, ast.Return) or (isinstance(node, ast.Assign) and _named(node) == read.id)
                if back and self._has_no_other_name(read):
                    yield value

    def _is_new(self, value: ast.expr) -> bool:
        """Whether an expression gives a tensor that nothing else holds."""
        if isinstance(value, ast.BinOp):
            return True
        if not isinstance(value, ast.Call):
            return False
        if _of_self(value.func) in self.layers or self.apis.get(id(value)) in FRESH_FUNCTIONS:
            return True
        return bool(_of_self(value.func)) and len(value.args) == 1 and not value.keywords and self._is_new(value.args[0])

    def _has_no_other_name(self, read: ast.Name) -> bool:
        """Whether a variable holds, where it is read, a tensor that nothing else holds."""
        variable = self.variables[read.id]
        if (start := self._latest(variable, read)) is not None:
            values = [(node, value) for node, value in variable.values if start.lineno < node.lineno < read.lineno]
            reads = [one for one in variable.reads if start.lineno < one.lineno and _is_before(one, read)]
            inner = [one for one in variable.reads if id(one) in self.looped]
            chained = all(self._is_new(value) or self._is_chain(value, read.id) for _, value in values)
            return variable.certain and chained and all(id(one) in self.chained for one in (*reads, *inner))
        starts = [node for node, value in variable.values if self._is_new(value)]
        if not variable.certain or not all(node in starts or self._is_chain(value, read.id) for node, value in variable.values):
            return False
        if read.id in self.parameters and not any(node in self.function.body and node.lineno < read.lineno for node in starts):
            return False
        before = [one for one in variable.reads if id(read) in self.looped or _is_before(one, read)]
        first = min((node.lineno for node in starts), default=0)
        return all(id(one) in self.chained or one is read or (read.id in self.parameters and one.lineno <= first) for one in before)

    def _latest(self, variable: _Variable, read: ast.Name) -> ast.stmt | None:
        """The last statement before a place, run once and always, that gives a variable a new tensor: what it was until then is gone."""
        if id(read) in self.looped:
            return None
        found = [
            node for node, value in variable.values if node in self.function.body and _last_line(node) < read.lineno and self._is_new(value)
        ]
        return max(found, key=lambda node: node.lineno, default=None)

    def _is_chain(self, value: ast.expr, name: str) -> bool:
        """Whether a value is what a layer of self made of the variable alone, or what writes into it gave back."""
        read = _sole(value)
        return read is not None and read.id == name


def _sole(value: ast.expr) -> ast.Name | None:
    """The variable that is all a call of an attribute of self, or of a function that may write into it, is given."""
    if not isinstance(value, ast.Call) or len(value.args) != 1 or not isinstance(value.args[0], ast.Name):
        return None
    only = all(keyword.arg == NAME for keyword in value.keywords)
    return value.args[0] if only and (_of_self(value.func) or _is_in_place(value)) else None


def _attributes(owner: ast.ClassDef) -> tuple[dict[str, list[ast.expr]], dict[str, set[int]]]:
    """What is assigned to each attribute of self in a class, and where each is read."""
    made: dict[str, list[ast.expr]] = {}
    uses: dict[str, set[int]] = {}
    for node in walk(owner):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if name := _of_self(target):
                    made.setdefault(name, []).append(node.value)
        elif (name := _of_self(node)) and isinstance(getattr(node, "ctx", None), ast.Load):
            uses.setdefault(name, set()).add(id(node))
    return made, uses


def _is_in_place(call: ast.expr) -> bool:
    """Whether it is a call in which `inplace` may be true: it is written out, or a name."""
    return isinstance(call, ast.Call) and any(
        keyword.arg == NAME
        and has_no_effect(keyword.value)
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is not True)
        for keyword in call.keywords
    )


def _is_before(one: ast.expr, other: ast.expr) -> bool:
    return (one.lineno, one.col_offset) < (other.lineno, other.col_offset)


def _last_line(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _named(node: ast.Assign) -> str:
    target = node.targets[0]
    return target.id if len(node.targets) == 1 and isinstance(target, ast.Name) else ""


def _of_self(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return node.attr
    return ""
