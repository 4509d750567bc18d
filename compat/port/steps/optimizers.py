"""What an expression is as an optimizer: certain from its type, or from the calls that make all that it may be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from compat.port.steps.names import parameters, stored
from compat.port.steps.nodes import receiver
from compat.port.steps.places import Places
from compat.source.sites import Resolved, Site
from compat.source.walking import walk

OPTIMIZER = re.compile(r"torch\.optim\.(?!Optimizer$|LBFGS$|SparseAdam$)[A-Z]\w*$")
STEP = re.compile(r"torch\.optim\.[A-Z]\w*\.step$")
SCHEDULER = re.compile(r"torch\.optim\.lr_scheduler\.")
DEEP = 4  # functions that hand an optimizer on


@dataclass(frozen=True)
class Made:
    """A call that makes an optimizer or scheduler, and how the names of the function that it is used in read where it stands."""

    call: ast.Call
    renamed: dict[str, ast.expr]


class Makers:
    """Finds the calls that make what an expression may be, in one file."""

    def __init__(self, places: Places, resolved: Resolved) -> None:
        self.places = places
        self.sites: dict[int, Site] = {id(site.node): site for site in resolved.sites}

    def api(self, node: ast.AST) -> str:
        site = self.sites.get(id(node))
        return site.api if site is not None else ""

    def is_optimizer(self, call: ast.Call) -> bool:
        """Whether `receiver.step()` is certainly that of an optimizer of PyTorch's."""
        if STEP.match(self.api(call)):
            return True
        made = self.made(receiver(call), self.scope(call))
        return bool(made) and all(OPTIMIZER.match(self.api(one.call)) for one in made)

    def is_scheduler(self, call: ast.Call) -> bool:
        """Whether `receiver.step()` is certainly that of a scheduler."""
        if SCHEDULER.match(self.api(call)):
            return True
        made = self.made(receiver(call), self.scope(call))
        return bool(made) and all(SCHEDULER.match(self.api(one.call)) for one in made)

    def scope(self, node: ast.AST) -> ast.AST:
        return self.places.scopes[id(node)]

    def made(self, value: ast.expr, scope: ast.AST, depth: int = DEEP) -> list[Made]:
        """The calls that make all that `value`, an expression in `scope`, may be; none where that is not certain."""
        if isinstance(value, ast.Call):
            return [Made(value, {})]
        if isinstance(value, ast.IfExp):
            return _all([self.made(one, scope, depth) for one in (value.body, value.orelse)])
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.value.id == "self":
            return self.of_attribute(value.attr, scope, depth)
        return self.of_name(value.id, scope, depth) if isinstance(value, ast.Name) and depth else []

    def of_attribute(self, name: str, method: ast.AST, depth: int) -> list[Made]:
        """What the methods of a class assign to `self.NAME`."""
        owner = self.places.classes.get(id(method))
        if owner is None:
            return []
        values = [self.made(one, self.scope(one), depth) if one is not None else [] for one in _assigned(owner, name)]
        return _all(values)

    def of_name(self, name: str, scope: ast.AST, depth: int) -> list[Made]:
        values = [one for one in self.bindings.get(id(scope), ()) if one[0] == name]
        is_parameter = any(one.arg == name for one in parameters(scope))
        if is_parameter:
            return [] if values else self.of_parameter(name, scope, depth)
        if values:
            return _all([self.made(value, scope, depth) if value is not None else [] for _, value in values])
        return self.of_name(name, self.places.tree, depth) if scope is not self.places.tree else []

    def of_parameter(self, name: str, function: ast.AST, depth: int) -> list[Made]:
        """What all calls of a function, none of which is unknown, give it."""
        if not isinstance(function, ast.FunctionDef) or function not in self.places.tree.body:
            return []
        uses = [one for one in self.loads if one.id == function.name]
        calls = {id(call.func): call for call in self.calls}
        if not uses or not all(id(one) in calls for one in uses) or function.name in _bound_twice(self.places.tree):
            return []
        found = []
        for use in uses:
            call = calls[id(use)]
            given = _given(call, function)
            if given is None or name not in given:
                return []
            made = self.made(given[name], self.scope(call), depth - 1)
            found.append([Made(one.call, _through(given, one.renamed)) for one in made])
        return _all(found)

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [node for node in walk(self.places.tree) if isinstance(node, ast.Call)]

    @cached_property
    def loads(self) -> list[ast.Name]:
        return [node for node in walk(self.places.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]

    @cached_property
    def bindings(self) -> dict[int, list[tuple[str, ast.expr | None]]]:
        """What each scope binds its names to, in any order; None where it is no plain assignment."""
        found: dict[int, list[tuple[str, ast.expr | None]]] = {}
        for block in self.places.blocks:
            for node in block.body:
                known = found.setdefault(id(block.scope), [])
                if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                    known.append((node.targets[0].id, node.value))
                elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    known += [(node.target.id, node.value)] if node.value is not None else []
                else:
                    known += [(name, None) for name in stored(_own(node))]
        return found


def _own(node: ast.stmt) -> Iterator[ast.AST]:
    """A statement without those below it, which stand in blocks of their own."""
    if not hasattr(node, "body") or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt):
            yield child


def _all(parts: Sequence[list[Made]]) -> list[Made]:
    """Everything, where each part is known."""
    return [one for part in parts for one in part] if parts and all(parts) else []


def _assigned(owner: ast.ClassDef, name: str) -> list[ast.expr | None]:
    """What is assigned to `self.NAME` in a class; None for what is bound otherwise."""
    found: list[ast.expr | None] = []
    plain: set[int] = set()
    for node in walk(owner):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Attribute):
            plain.add(id(node.targets[0]))
            found += [node.value] if node.targets[0].attr == name else []
    for node in walk(owner):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and node.attr == name and id(node) not in plain:
            found.append(None)
    return found


def _bound_twice(tree: ast.Module) -> set[str]:
    seen: set[str] = set()
    found: set[str] = set()
    for statement in tree.body:
        names = set(stored([statement]))
        found |= seen & names
        seen |= names
    return found


def _given(call: ast.Call, function: ast.FunctionDef) -> dict[str, ast.expr] | None:
    """The arguments of a call by the names of the parameters; None where some are spread."""
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return None
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    found = dict(zip(names, call.args, strict=False))
    found.update({one.arg: one.value for one in call.keywords if one.arg is not None})
    return found


def _through(given: dict[str, ast.expr], further: dict[str, ast.expr]) -> dict[str, ast.expr]:
    """What each parameter is where the optimizer is made: through one call, or through several."""
    return {name: further.get(value.id, value) if isinstance(value, ast.Name) else value for name, value in given.items()}
