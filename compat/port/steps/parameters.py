"""Whether an expression gives the parameters that an optimizer was made with: the same `model.parameters()`, where names mean the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from compat.port.steps import names
from compat.port.steps.nodes import root_name
from compat.port.steps.optimizers import Made, Makers
from compat.source.walking import walk


class Parameters:
    """Answers for the optimizers of one file."""

    def __init__(self, tree: ast.Module, makers: Makers) -> None:
        self.tree = tree
        self.makers = makers

    def are_its(self, given: ast.expr, made: list[Made], step: ast.Call) -> bool:
        """Whether an expression gives the parameters that the optimizer was made with, in every case."""
        if not made or any(isinstance(node, ast.Attribute) and node.attr == "add_param_group" for node in walk(self.tree)):
            return False
        return all(self._is_same(given, one, self.makers.scope(step)) for one in made)

    def _is_same(self, given: ast.expr, made: Made, scope: ast.AST) -> bool:
        call = made.call
        own = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "params"), None)
        if own is None or not _is_all_of_a_module(own) or not _is_all_of_a_module(given):
            return False
        makes = self.makers.scope(call)
        root, wanted, its = root_name(own), ast.dump(own), root_name(given)
        if self._bound_behind(root, makes, call):
            return False
        if its in made.renamed:
            same = ast.dump(_replaced(given, its, made.renamed[its])) == wanted
            return same and made.where is makes and not self._bound_in(its, scope)
        if its == "self":
            owner = self.makers.places.classes.get(id(makes))
            if owner is None or owner is not self.makers.places.classes.get(id(scope)):
                return False
            if ast.dump(given) == wanted:
                return self._is_assigned_once(given, owner)
            attributes = self._attributes(makes, owner)
            return any(ast.dump(_replaced_attribute(given, attribute, value)) == wanted for attribute, value in attributes)
        return ast.dump(given) == wanted and (scope is makes or self._is_global(root, makes, scope))

    def _is_global(self, name: str, makes: ast.AST, scope: ast.AST) -> bool:
        """Whether a function reads the module's variable of this name, which none but the module binds."""
        own = any(one.arg == name for one in names.parameters(scope)) or self._bound_in(name, scope)
        return makes is self.tree and not own and name not in names.outer(self.tree.body)

    def _attributes(self, function: ast.AST, owner: ast.ClassDef) -> Iterator[tuple[str, ast.Name]]:
        """`self.NAME = name` in a method, where nothing else assigns that attribute."""
        for node in walk(function):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Name):
                target = node.targets[0]
                if isinstance(target, ast.Attribute) and root_name(target) == "self" and self._is_assigned_once(target, owner):
                    yield target.attr, node.value

    def _is_assigned_once(self, path: ast.expr, owner: ast.ClassDef) -> bool:
        """Whether the first attribute of `self.NAME…` is assigned once in the class, and not from outside."""
        name = next(node.attr for node in walk(path) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
        stores = [
            node for node in walk(self.tree) if isinstance(node, ast.Attribute) and node.attr == name and not isinstance(node.ctx, ast.Load)
        ]
        inside = {id(node) for node in walk(owner)}
        return sum(id(node) in inside for node in stores) == 1 and all(root_name(node) == "self" for node in stores)

    def _bound_in(self, name: str, scope: ast.AST) -> bool:
        return any(bound.name == name for bound in self.makers.bindings.get(id(scope), ()))

    def _bound_behind(self, root: str, scope: ast.AST, call: ast.Call) -> bool:
        """Whether the scope binds a name once more, or an attribute of it, behind the call that makes the optimizer."""
        return root != "self" and any(
            isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load) and root_name(node) == root
            and node.lineno > call.lineno and self.makers.scope(node) is scope
            for node in walk(scope)
        )  # fmt: skip


def _is_all_of_a_module(given: ast.expr) -> bool:
    """`model.parameters()`: what a list or a filter gives may be another thing the second time."""
    return (
        isinstance(given, ast.Call) and not given.args and not given.keywords and isinstance(given.func, ast.Attribute)
        and given.func.attr == "parameters" and bool(root_name(given)) and not any(isinstance(one, ast.Call) for one in walk(given.func))
    )  # fmt: skip


def _replaced(node: ast.expr, name: str, value: ast.expr) -> ast.expr:
    """An expression with another one for a name."""
    if isinstance(node, ast.Name):
        return value if node.id == name else node
    if isinstance(node, ast.Attribute):
        return ast.Attribute(_replaced(node.value, name, value), node.attr, node.ctx)
    if isinstance(node, ast.Call):
        return ast.Call(_replaced(node.func, name, value), node.args, node.keywords)
    return node


def _replaced_attribute(node: ast.expr, attribute: str, value: ast.Name) -> ast.expr:
    """An expression with a name for `self.ATTRIBUTE`."""
    if isinstance(node, ast.Attribute):
        if node.attr == attribute and isinstance(node.value, ast.Name) and node.value.id == "self":
            return value
        return ast.Attribute(_replaced_attribute(node.value, attribute, value), node.attr, node.ctx)
    if isinstance(node, ast.Call):
        return ast.Call(_replaced_attribute(node.func, attribute, value), node.args, node.keywords)
    return node
