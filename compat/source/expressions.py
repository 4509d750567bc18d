"""Expressions: what each stands for, and the uses of APIs in it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from compat.source.annotations import dotted_name
from compat.source.calls import Calls
from compat.source.sites import Scope
from compat.source.values import (
    INTEGER,
    NONE,
    NUMBER,
    OTHER,
    TEXT,
    UNKNOWN,
    Api,
    Dictionary,
    Either,
    Gives,
    Instance,
    Many,
    Method,
    Object,
    Plain,
    Several,
    Value,
    is_number,
    item_of,
    merged,
)

NUMBERS = (float, complex, bool)
# Operators that give an int of ints.
WHOLE = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.FloorDiv,
    ast.Mod,
    ast.LShift,
    ast.RShift,
    ast.BitAnd,
    ast.BitOr,
    ast.BitXor,
    ast.USub,
    ast.UAdd,
    ast.Invert,
)


class Expressions(Calls):
    """Reads expressions."""

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for; every use in it is noted on the way."""
        return EXPRESSIONS[type(node)](self, node)

    def e_constant(self, node: ast.Constant) -> Value:
        kind = type(node.value)
        return TEXT if kind is str else NONE if node.value is None else INTEGER if kind is int else NUMBER if kind in NUMBERS else OTHER

    def e_name(self, node: ast.Name) -> Value:
        found = self.lookup(node.id)
        if type(found) is Api:
            self.use(node, found.name, "value", "name")
        return found

    def e_attribute(self, node: ast.Attribute) -> Value:
        found = self.attribute(node)
        if type(found) is Api:
            self.use(node, found.name, "value", "name")
        elif type(found) is Method:
            self.use(node, f"{found.of}.{found.name}", "value", "inferred", found.name)
        return found

    def attribute(self, node: ast.Attribute) -> Value:
        """What it stands for, without noting it as a use: it may be the beginning of a longer name, or be called."""
        receiver = self.referred(node.value)
        if isinstance(node.value, ast.Attribute) and isinstance(receiver, Method):
            self.use(node.value, f"{receiver.of}.{receiver.name}", "value", "inferred", receiver.name)
        found = self.member(receiver, node.attr)
        return self.scope.get(dotted_name(node), UNKNOWN) if found is UNKNOWN else found

    def referred(self, node: ast.expr) -> Value:
        """What an expression stands for; the whole of a name is not noted as a use."""
        if isinstance(node, ast.Name):
            return self.lookup(node.id)
        return self.attribute(node) if isinstance(node, ast.Attribute) else self.value(node)

    def combined(self, left: Value, right: Value, operator: ast.AST | None = None) -> Value:
        """What an operator gives: a tensor, if one of the two is one and the other does not decide itself."""
        if left is TEXT or type(left) is Object or type(right) is Object:
            return TEXT if left is TEXT else UNKNOWN
        if type(left) is Either:
            return self.each(left, lambda one: self.combined(one, right, operator))
        if type(right) is Either:
            return self.each(right, lambda one: self.combined(left, one, operator))
        if isinstance(operator, ast.Add) and self.is_size(left) and self.is_size(right):
            return Many(INTEGER)
        for side in (left, right):
            if type(side) is Instance and (found := self.catalog.operated(side.of)) is not UNKNOWN:
                return found
        if isinstance(left, Plain) and isinstance(right, Plain):
            whole = left is INTEGER and right is INTEGER and isinstance(operator, WHOLE)
            return INTEGER if whole else NUMBER if is_number(left) and is_number(right) else OTHER
        if isinstance(left, Several | Many) and isinstance(right, Several | Many):
            return Many(merged(item_of(left), item_of(right)), left.growing)
        return UNKNOWN

    def is_size(self, value: Value) -> bool:
        """Whether it is a sequence of whole numbers: a shape, or a tuple of such."""
        if isinstance(value, Several | Many):
            return item_of(value) is INTEGER
        return isinstance(value, Instance) and self.catalog.item(value.of) is INTEGER

    def e_binary(self, node: ast.BinOp) -> Value:
        """A long sum nests as deeply as it has terms, so that it is read from its innermost one."""
        terms = [node]
        while isinstance(first := terms[-1].left, ast.BinOp):
            terms.append(first)
        found = self.value(first)
        for term in reversed(terms):
            right = self.value(term.right)
            if isinstance(term.op, ast.Mult) and isinstance(found, Several | Many) and right is INTEGER:
                found = Many(item_of(found), found.growing)
            else:
                found = self.combined(found, right, term.op)
        return found

    def e_unary(self, node: ast.UnaryOp) -> Value:
        found = self.value(node.operand)
        return NUMBER if isinstance(node.op, ast.Not) else self.combined(found, found, node.op)

    def e_compare(self, node: ast.Compare) -> Value:
        found = self.value(node.left)
        for one, operator in zip(node.comparators, node.ops, strict=True):
            other = self.value(one)
            found = NUMBER if isinstance(operator, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) else self.combined(found, other)
        return found

    def e_boolean(self, node: ast.BoolOp) -> Value:
        """Each operand is read with what those before it say."""
        found: Value | None = None
        said: list[tuple[Scope, Scope]] = []
        for place, one in enumerate(node.values):
            self.supposing += place > 0
            value = self.value(one)
            self.supposing -= place > 0
            found = value if found is None else merged(found, value)
            supposed = self.narrowed(one)[isinstance(node.op, ast.Or)]
            said.append((supposed, self.supposed(supposed)))
        for supposed, kept in reversed(said):
            self.forgotten(supposed, kept)
        return found or UNKNOWN

    def e_choice(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        true, false = self.narrowed(node.test)
        return merged(self.value_if(true, node.body), self.value_if(false, node.orelse))

    def value_if(self, supposed: Scope, node: ast.expr) -> Value:
        """What an expression stands for where a test says so much of names."""
        kept = self.supposed(supposed)
        self.supposing += 1
        found = self.value(node)
        self.supposing -= 1
        self.forgotten(supposed, kept)
        return found

    def e_sequence(self, node: ast.Tuple | ast.List) -> Value:
        growing = isinstance(node, ast.List)
        items: list[Value] = []
        lengths = True
        for one in node.elts:
            value = self.value(one.value if isinstance(one, ast.Starred) else one)
            if not isinstance(one, ast.Starred):
                items.append(self.shared(one, value))
            elif isinstance(value, Several):
                items += value.items
            else:
                items.append(self.item_of(value))
                lengths = False
        return Several(tuple(items), growing) if lengths else Many(item_of(Several(tuple(items))), growing)

    def e_subscript(self, node: ast.Subscript) -> Value:
        found = self.value(node.value)
        self.value(node.slice)
        return (
            self.each(found, lambda one: self.subscripted(one, node.slice))
            if type(found) is Either
            else self.subscripted(found, node.slice)
        )

    def subscripted(self, found: Value, index: ast.expr) -> Value:
        if isinstance(found, Several):
            place = _integer(index)
            if place is not None and -len(found.items) <= place < len(found.items):
                return found.items[place]
        if isinstance(found, Several | Many):
            return _sliced(found, index) if isinstance(index, ast.Slice) else item_of(found)
        if isinstance(found, Instance):
            return found if isinstance(index, ast.Slice) and is_number(self.catalog.item(found.of)) else self.catalog.item(found.of)
        if isinstance(found, Dictionary):
            return found.item
        return found if isinstance(found, Api) else UNKNOWN  # a generic: Tensor[...]

    def e_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        kept = self.scopes, self.scope
        self.scopes, self.scope = [*self.scopes, self.scope], {}
        for generator in node.generators:
            self.bind(generator.target, self.item_of(self.value(generator.iter)))
            for condition in generator.ifs:
                self.value(condition)
                self.scope.update(self.narrowed(condition)[0])
        if isinstance(node, ast.DictComp):
            self.value(node.key)
            self.value(node.value)
            item: Value = OTHER
        else:
            item = self.value(node.elt)
        self.scopes, self.scope = kept
        return OTHER if isinstance(node, ast.DictComp) else Many(item, isinstance(node, ast.ListComp))

    def e_lambda(self, node: ast.Lambda) -> Value:
        kept = self.scopes, self.scope, self.in_function
        self.scopes, self.scope = [*self.scopes, self.scope], {}
        arguments = node.args
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d)):
            self.value(default)
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if one:
                self.scope[one.arg] = UNKNOWN
        self.in_function = True
        result = self.value(node.body)
        self.scopes, self.scope, self.in_function = kept
        return Gives(result)

    def e_named(self, node: ast.NamedExpr) -> Value:
        found = self.value(node.value)
        self.scope[node.target.id] = found
        return found

    def e_starred(self, node: ast.Starred) -> Value:
        self.shared(node.value, self.noted(node.value))
        return UNKNOWN

    def e_parts(self, node: ast.expr) -> Value:
        """An expression of which only the parts matter: a dict, a set, a formatted text, await, yield, a slice."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.shared(child, self.value(child))
        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await):
            self.returned.yields = True
        return TEXT if isinstance(node, ast.JoinedStr) else OTHER if isinstance(node, (ast.Dict, ast.Set, ast.Slice)) else UNKNOWN


def _integer(node: ast.expr) -> int | None:
    """The whole number that an index is written as."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _integer(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def _sliced(value: Several | Many, index: ast.Slice) -> Value:
    """A part of a sequence."""
    if isinstance(value, Several) and index.step is None:
        ends = [None if end is None else _integer(end) for end in (index.lower, index.upper)]
        if all(end is None or number is not None for end, number in zip((index.lower, index.upper), ends, strict=True)):
            return Several(value.items[ends[0] : ends[1]], value.growing)
    return Many(item_of(value), value.growing)


EXPRESSIONS: dict[type[ast.expr], Callable[[Expressions, Any], Value]] = {
    ast.Constant: Expressions.e_constant, ast.Name: Expressions.e_name, ast.Attribute: Expressions.e_attribute, ast.Call: Expressions.e_call,
    ast.BinOp: Expressions.e_binary, ast.UnaryOp: Expressions.e_unary, ast.Compare: Expressions.e_compare, ast.BoolOp: Expressions.e_boolean,
    ast.IfExp: Expressions.e_choice, ast.Tuple: Expressions.e_sequence, ast.List: Expressions.e_sequence, ast.Subscript: Expressions.e_subscript,
    ast.ListComp: Expressions.e_comprehension, ast.SetComp: Expressions.e_comprehension, ast.GeneratorExp: Expressions.e_comprehension,
    ast.DictComp: Expressions.e_comprehension, ast.Lambda: Expressions.e_lambda, ast.NamedExpr: Expressions.e_named,
    ast.Starred: Expressions.e_starred,
    **dict.fromkeys((ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue, ast.Await, ast.Yield, ast.YieldFrom, ast.Slice), Expressions.e_parts),
}  # fmt: skip
