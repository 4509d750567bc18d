"""What a file does with the layers that it makes, besides calling them: a layer of the other framework may be made in their place, or not."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cached_property

from compat.port.calls.dtypes import FLOATS, of_torch
from compat.port.calls.plan import Plan
from compat.source.sites import Resolved, Site
from compat.source.text import Source
from compat.source.walking import walk

# Calls that copy the tensor that they are given.
MADE_OF_TENSORS = frozenset({"mindspore.Parameter", "mindspore.Tensor", "mindspore.tensor"})
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)


class Objects:
    """What is asked of objects in one file: attributes, keywords of calls, classes that are compared."""

    def __init__(self, source: Source, resolved: Resolved) -> None:
        self.source, self.resolved = source, resolved

    def against(self, call: ast.Call, plan: Plan, of_cells: frozenset[str], canonical: Callable[[str], str]) -> str:
        """Why the layer that a call makes has to be MindSpore's; empty where nothing in the file speaks against PyTorch's.

        `of_cells` is what a layer that a Cell holds may be asked for, and `canonical` gives the name of an API by which a plan has it.
        """
        if any(id(site.node) in self.compared and canonical(site.api) == plan.api for site in self.values):
            return f"the file compares a type with {plan.api}, and this one would be {plan.target}"
        differing = {name for name, theirs in plan.call.items() if name != theirs}
        if asked := sorted(differing & self.keywords):
            return f"the file calls something with {asked[0]}=, which {plan.target} calls {plan.call[asked[0]] or 'nothing'}"
        name, is_held = self.holders.get(id(call), ("", False))
        asked = sorted(self.attributes.get(name, frozenset()) - (of_cells if is_held else frozenset()))
        return f"the file asks it for .{asked[0]}, which {plan.target} has not, or otherwise" if asked else ""

    def is_taken(self, call: ast.Call, canonical: Callable[[str], str]) -> bool:
        """Whether the tensor that a call gives goes into a call that makes another one of it, as it is or after arithmetic of floats."""
        node: ast.AST = call
        while isinstance(parent := self.parents.get(id(node)), ast.BinOp) and isinstance(parent.op, ARITHMETIC):
            if not any(self.dtypes.get(id(part)) in FLOATS for part in (*call.args, *(keyword.value for keyword in call.keywords))):
                return False
            node = parent
        if isinstance(parent, ast.keyword):
            parent = self.parents.get(id(parent))
        site = self.calls.get(id(parent))
        return site is not None and canonical(site.api) in MADE_OF_TENSORS

    @cached_property
    def parents(self) -> dict[int, ast.AST]:
        return {id(child): node for node in self.nodes for child in ast.iter_child_nodes(node)}

    @cached_property
    def calls(self) -> dict[int, Site]:
        """The calls of APIs, by identity."""
        return {id(site.node): site for site in self.resolved.sites if site.use == "call"}

    @cached_property
    def dtypes(self) -> dict[int, str]:
        """MindSpore's data types where they stand, by identity, as PyTorch calls them."""
        return {id(site.node): name for site in self.values if (name := of_torch(site.api))}

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(walk(self.source.tree))

    @cached_property
    def values(self) -> list[Site]:
        """The classes and functions that are not called where they stand."""
        return [site for site in self.resolved.sites if site.use == "value" and site.api]

    @cached_property
    def compared(self) -> frozenset[int]:
        """The expressions in comparisons, and those that are keys, by identity."""
        places = [node for node in self.nodes if isinstance(node, ast.Compare)]
        keys = [key for node in self.nodes if isinstance(node, ast.Dict) for key in node.keys if key is not None]
        return frozenset(id(part) for place in (*places, *keys) for part in walk(place))

    @cached_property
    def keywords(self) -> frozenset[str]:
        """The names of arguments in calls of what is no API."""
        known = {id(site.node) for site in self.resolved.sites}
        calls = (node for node in self.nodes if isinstance(node, ast.Call) and id(node) not in known)
        return frozenset(keyword.arg for call in calls for keyword in call.keywords if keyword.arg is not None)

    @cached_property
    def attributes(self) -> dict[str, frozenset[str]]:
        """By the last name of an expression, `drop` of `self.drop.p`: what the file asks it for."""
        found: dict[str, set[str]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Attribute) and (name := _name(node.value)):
                found.setdefault(name, set()).add(node.attr)
        return {name: frozenset(asked) for name, asked in found.items()}

    @cached_property
    def holders(self) -> dict[int, tuple[str, bool]]:
        """The name to which the value of an expression is given, by its identity, and whether that is one of `self`."""
        return {id(value): (name, is_held) for node in self.nodes for value, name, is_held in _given(node)}


def _given(node: ast.AST) -> Iterator[tuple[ast.expr, str, bool]]:
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) or node.value is None:
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        is_held = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
        if name := _name(target):
            yield node.value, name, is_held


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
