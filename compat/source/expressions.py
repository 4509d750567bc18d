"""Expressions: what each stands for, and the uses of APIs in it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from compat.source.scopes import Scopes
from compat.source.values import (
    NONE,
    NUMBER,
    OTHER,
    TEXT,
    UNKNOWN,
    Api,
    Instance,
    Many,
    Method,
    Object,
    Plain,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Several,
    Value,
    merged,
)


class Expressions(Scopes):
    """Reads expressions."""

    def value(self, node: ast.expr) -> Value:
        """What an expression stands for; every use in it is noted on the way."""
        return EXPRESSIONS[type(node)](self, node)

    def e_constant(self, node: ast.Constant) -> Value:
        kind = type(node.value)
        return TEXT if kind is str else NONE if node.value is None else NUMBER if kind in (int, float, complex, bool) else OTHER

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
        return self.member(receiver, node.attr)

    def referred(self, node: ast.expr) -> Value:
        """What an expression stands for; the whole of a name is not noted as a use."""
        if isinstance(node, ast.Name):
            return self.lookup(node.id)
        return self.attribute(node) if isinstance(node, ast.Attribute) else self.value(node)

    def member(self, receiver: Value, name: str) -> Value:
        if isinstance(receiver, Api):
            return Api(f"{receiver.name}.{name}")
        if isinstance(receiver, (Instance, Object)):
            of_it = self.catalog.attribute(receiver.of, name) if isinstance(receiver, Instance) else self.of_class(receiver.of, name)
            return Method(of_it.of, of_it.name, receiver) if isinstance(of_it, Method) else of_it
        if isinstance(receiver, ProjectClass):
            return self.of_class(receiver, name)
        if isinstance(receiver, ProjectModule):
            return self.project.module(f"{receiver.name}.{name}") or self.project.exported(receiver.name, name)
        return OTHER if isinstance(receiver, Plain) else UNKNOWN

    def of_class(self, owner: ProjectClass, name: str, depth: int = 0) -> Value:
        """An attribute or method of a class of the project, its own or that of a base."""
        if name in owner.attributes:
            return owner.attributes[name]
        if name in owner.methods:
            return owner.methods[name]
        for base in owner.bases:
            if isinstance(base, ProjectClass) and depth < 20:
                found = self.of_class(base, name, depth + 1)
            elif isinstance(base, Api):
                found = self.catalog.attribute(base.name, name)
            else:
                found = UNKNOWN
            if found is not UNKNOWN:
                return found
        return UNKNOWN

    def e_call(self, node: ast.Call) -> Value:
        func = node.func
        target = self.referred(func)
        first = self.arguments(node)
        if isinstance(target, Api):
            self.use(node, target.name, "call", "name")
            return self.catalog.called(target.name)
        if isinstance(target, Method):
            self.use(node, f"{target.of}.{target.name}", "call", "inferred", target.name)
            return self.of_method(target)
        if target is UNKNOWN:
            if isinstance(func, ast.Attribute) and self.catalog.is_method(func.attr):
                self.use(node, "", "call", "unknown", func.attr)
            return UNKNOWN
        if isinstance(target, Plain) and isinstance(func, ast.Name):
            return self.builtin(func.id, node, first)
        return self.of_project(target)

    def of_method(self, method: Method) -> Value:
        api = f"{method.of}.{method.name}"
        return method.receiver if method.receiver is not None and self.catalog.gives_receiver(api) else self.catalog.called(api)

    def arguments(self, node: ast.Call) -> Value:
        """Read the arguments; what the first of them is."""
        first: Value = UNKNOWN
        for index, argument in enumerate(node.args):
            value = self.value(argument)
            if not index:
                first = value
        for keyword in node.keywords:
            self.value(keyword.value)
        return first

    def of_project(self, target: Value) -> Value:
        if isinstance(target, ProjectClass):
            return Object(target)
        if isinstance(target, ProjectFunction):
            return target.returns
        if isinstance(target, Instance):
            return self.catalog.invoked(target.of)
        if isinstance(target, Object):
            forward = self.of_class(target.of, self.catalog.call_method)
            return forward.returns if isinstance(forward, ProjectFunction) else UNKNOWN
        return UNKNOWN

    def builtin(self, name: str, node: ast.Call, first: Value) -> Value:
        if name == "super" and isinstance(own := self.lookup("self"), Object):
            return Object(ProjectClass(own.of.module, own.of.name, own.of.bases))
        if name in ("list", "tuple", "sorted", "reversed", "iter", "set") and node.args:
            return first if isinstance(first, (Several, Many)) else Many(self.item_of(first))
        if name == "enumerate" and node.args:
            return Many(Several((NUMBER, self.item_of(first))))
        if name == "next" and node.args:
            return self.item_of(first)
        return OTHER if name in ("len", "int", "float", "bool", "str", "range", "print", "isinstance", "round", "open", "dict") else UNKNOWN

    def combined(self, left: Value, right: Value) -> Value:
        """What an operator gives: a tensor, if one of the two is one."""
        for side in (left, right):
            if type(side) is Instance and (found := self.catalog.operated(side.of)) is not UNKNOWN:
                return found
        if isinstance(left, Plain) and isinstance(right, Plain):
            return NUMBER if left is NUMBER and right is NUMBER else OTHER
        return UNKNOWN

    def e_binary(self, node: ast.BinOp) -> Value:
        return self.combined(self.value(node.left), self.value(node.right))

    def e_unary(self, node: ast.UnaryOp) -> Value:
        found = self.value(node.operand)
        return OTHER if isinstance(node.op, ast.Not) else self.combined(found, found)

    def e_compare(self, node: ast.Compare) -> Value:
        found = self.value(node.left)
        for one, operator in zip(node.comparators, node.ops, strict=True):
            other = self.value(one)
            found = OTHER if isinstance(operator, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) else self.combined(found, other)
        return found

    def e_boolean(self, node: ast.BoolOp) -> Value:
        values = [self.value(one) for one in node.values]
        found = values[0]
        for other in values[1:]:
            found = merged(found, other)
        return found

    def e_choice(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        return merged(self.value(node.body), self.value(node.orelse))

    def e_sequence(self, node: ast.Tuple | ast.List) -> Value:
        items = [self.value(one) for one in node.elts]
        if any(isinstance(one, ast.Starred) for one in node.elts):
            return Many(UNKNOWN)
        return Several(tuple(items))

    def e_subscript(self, node: ast.Subscript) -> Value:
        found = self.value(node.value)
        self.value(node.slice)
        if isinstance(found, Several):
            if (
                isinstance(node.slice, ast.Constant)
                and isinstance(node.slice.value, int)
                and -len(found.items) <= node.slice.value < len(found.items)
            ):
                return found.items[node.slice.value]
            return Many(self.item_of(found)) if isinstance(node.slice, ast.Slice) else self.item_of(found)
        if isinstance(found, Many):
            return found if isinstance(node.slice, ast.Slice) else found.item
        if isinstance(found, Instance):
            return self.catalog.item(found.of)
        return found if isinstance(found, Api) else UNKNOWN  # a generic: Tensor[...]

    def e_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
        kept = self.scopes, self.scope
        self.scopes, self.scope = [*self.scopes, self.scope], {}
        for generator in node.generators:
            self.bind(generator.target, self.item_of(self.value(generator.iter)))
            for condition in generator.ifs:
                self.value(condition)
        if isinstance(node, ast.DictComp):
            self.value(node.key)
            self.value(node.value)
            item: Value = OTHER
        else:
            item = self.value(node.elt)
        self.scopes, self.scope = kept
        return OTHER if isinstance(node, ast.DictComp) else Many(item)

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
        self.value(node.body)
        self.scopes, self.scope, self.in_function = kept
        return UNKNOWN

    def e_named(self, node: ast.NamedExpr) -> Value:
        found = self.value(node.value)
        self.scope[node.target.id] = found
        return found

    def e_parts(self, node: ast.expr) -> Value:
        """An expression of which only the parts matter: a dict, a set, a formatted text, await, yield, a slice."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return TEXT if isinstance(node, ast.JoinedStr) else OTHER if isinstance(node, (ast.Dict, ast.Set, ast.Slice)) else UNKNOWN

    def lookup_dotted(self, dotted: str) -> Value:
        """What a dotted name stands for, as an annotation in quotes has it."""
        first, *rest = dotted.split(".")
        found = self.lookup(first)
        for name in rest:
            found = self.member(found, name)
        return found


EXPRESSIONS: dict[type[ast.expr], Callable[[Expressions, Any], Value]] = {
    ast.Constant: Expressions.e_constant, ast.Name: Expressions.e_name, ast.Attribute: Expressions.e_attribute, ast.Call: Expressions.e_call,
    ast.BinOp: Expressions.e_binary, ast.UnaryOp: Expressions.e_unary, ast.Compare: Expressions.e_compare, ast.BoolOp: Expressions.e_boolean,
    ast.IfExp: Expressions.e_choice, ast.Tuple: Expressions.e_sequence, ast.List: Expressions.e_sequence, ast.Subscript: Expressions.e_subscript,
    ast.ListComp: Expressions.e_comprehension, ast.SetComp: Expressions.e_comprehension, ast.GeneratorExp: Expressions.e_comprehension,
    ast.DictComp: Expressions.e_comprehension, ast.Lambda: Expressions.e_lambda, ast.NamedExpr: Expressions.e_named,
    **dict.fromkeys((ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue, ast.Await, ast.Yield, ast.YieldFrom, ast.Slice, ast.Starred), Expressions.e_parts),
}  # fmt: skip
