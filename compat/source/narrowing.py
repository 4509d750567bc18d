"""Tests → what they say of names where they hold, and where they don't: `isinstance(x, Tensor)`, `x is None`, and what is made of such."""

from __future__ import annotations

import ast

from compat.source.annotations import annotated, dotted_name
from compat.source.members import Members
from compat.source.sites import Scope
from compat.source.values import NONE, UNKNOWN, Api, Either, Many, Object, Several, Value, alternatives, merged

LISTS = frozenset({"list", "tuple"})


class Narrowing(Members):
    """Reads tests."""

    def narrowed(self, test: ast.expr) -> tuple[Scope, Scope]:
        """What holds of this scope's names where a test is true, and where it is false; other names may be changed by someone else."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            true, false = self.narrowed(test.operand)
            return false, true
        if isinstance(test, ast.BoolOp):
            return self.of_several(test)
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Name):
            return self.of_none(test, test.left.id)
        if isinstance(test, ast.Call) and test.args and isinstance(test.args[0], ast.Name) and test.args[0].id in self.scope:
            return self.of_kind(test, test.args[0].id)
        return {}, {}

    def of_several(self, test: ast.BoolOp) -> tuple[Scope, Scope]:
        """All of an `and` hold where it is true, none of an `or` where it is false."""
        both: Scope = {}
        kept: list[Scope] = []
        for one in test.values:
            found = self.narrowed(one)[isinstance(test.op, ast.Or)]
            both.update(found)
            kept.append(self.supposed(found))
        for each in reversed(kept):
            self.scope.update(each)
        return (both, {}) if isinstance(test.op, ast.And) else ({}, both)

    def supposed(self, said: Scope) -> Scope:
        """Go on with what a test says of names; what they were before."""
        kept = {name: self.scope[name] for name in said}
        self.scope.update(said)
        return kept

    def forgotten(self, said: Scope, kept: Scope) -> None:
        """What a test said of names holds no longer, unless they have been bound meanwhile."""
        self.scope.update({name: value for name, value in kept.items() if self.scope[name] is said[name]})

    def of_none(self, test: ast.Compare, name: str) -> tuple[Scope, Scope]:
        other = test.comparators[0]
        if name not in self.scope or not (isinstance(other, ast.Constant) and other.value is None):
            return {}, {}
        none: Scope = {name: NONE}
        return (none, {}) if isinstance(test.ops[0], ast.Is) else ({}, none) if isinstance(test.ops[0], ast.IsNot) else ({}, {})

    def of_kind(self, test: ast.Call, name: str) -> tuple[Scope, Scope]:
        """`isinstance(name, class)` and `torch.is_tensor(name)`."""
        known = self.scope[name]
        if isinstance(test.func, ast.Name) and test.func.id == "isinstance" and len(test.args) == 2:
            lists = _names(test.args[1])
            if lists and lists <= LISTS:
                return _as_list(name, known, lists)
            value = annotated(test.args[1], self.lookup_dotted, self.catalog.is_class)
        else:
            found = self.lookup_dotted(dotted_name(test.func))
            value = self.catalog.tested(found.name) if isinstance(found, Api) else UNKNOWN
        if value is UNKNOWN or isinstance(known, Object):
            return {}, {}
        rest = [one for one in alternatives(known) if one not in alternatives(value)]
        return {name: value}, {name: _any(rest)} if isinstance(known, Either) and rest else {}

    def lookup_dotted(self, dotted: str) -> Value:
        """What a dotted name stands for, as an annotation in quotes has it."""
        first, *rest = dotted.split(".")
        found = self.lookup(first)
        for name in rest:
            found = self.member(found, name)
        return found


def _names(node: ast.expr) -> set[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {one.id if isinstance(one, ast.Name) else "" for one in parts}


def _as_list(name: str, known: Value, lists: set[str]) -> tuple[Scope, Scope]:
    """Of several alternatives those that are lists or tuples, and, where both are asked for, those that certainly are not."""
    within: list[Value] = [one for one in alternatives(known) if isinstance(one, Several | Many)]
    others = [one for one in alternatives(known) if not isinstance(one, Several)]
    if not isinstance(known, Either):
        return {}, {}
    return {name: _any(within)} if within else {}, {name: _any(others)} if lists == LISTS and others else {}


def _any(values: list[Value]) -> Value:
    found = values[0]
    for other in values[1:]:
        found = merged(found, other)
    return found
