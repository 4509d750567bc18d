"""Whether an expression gives the parameters that an optimizer was made with: the same text as there, where names mean the same."""

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
        if own is None:
            return False
        makes = self.makers.scope(call)
        root, wanted = root_name(own), ast.dump(own)
        if not root or self._bound_behind(own, makes, call):
            return False
        renamed = dict(made.renamed)
        if scope is not makes and not renamed and root_name(given) != "self" and not self._is_global(root, makes, scope):
            return False  # the names of another function
        for name, value in renamed.items():
            if name == root_name(given):
                return ast.dump(_replaced(given, name, value)) == wanted and not self._bound_in(name, scope)
        if ast.dump(given) == wanted:
            return root != "self" or self._assigned_once(own, makes)
        return any(ast.dump(_replaced_attribute(given, attribute, value)) == wanted for attribute, value in self._attributes(makes))

    def _is_global(self, name: str, makes: ast.AST, scope: ast.AST) -> bool:
        """Whether a function reads the module's variable of this name, which none but the module binds."""
        own = any(one.arg == name for one in names.parameters(scope)) or self._bound_in(name, scope)
        return makes is self.tree and not own and name not in names.outer(self.tree.body)

    def _attributes(self, function: ast.AST) -> Iterator[tuple[str, ast.Name]]:
        """`self.NAME = name` in a method, where the class assigns that attribute nowhere else."""
        owner = self.makers.places.classes.get(id(function))
        for node in walk(function) if owner is not None else ():
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.Name):
                target = node.targets[0]
                if isinstance(target, ast.Attribute) and root_name(target) == "self" and self._stores(owner, target.attr) == 1:
                    yield target.attr, node.value

    @staticmethod
    def _stores(owner: ast.AST | None, attribute: str) -> int:
        assert owner is not None
        return sum(
            isinstance(node, ast.Attribute) and node.attr == attribute and not isinstance(node.ctx, ast.Load) for node in walk(owner)
        )

    def _assigned_once(self, own: ast.expr, function: ast.AST) -> bool:
        owner = self.makers.places.classes.get(id(function))
        first = next((node.attr for node in walk(own) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)), "")
        return owner is not None and self._stores(owner, first) == 1

    def _bound_in(self, name: str, scope: ast.AST) -> bool:
        return any(bound == name for bound, _ in self.makers.bindings.get(id(scope), ()))

    def _bound_behind(self, own: ast.expr, scope: ast.AST, call: ast.Call) -> bool:
        """Whether the scope binds a name that the parameters are reached by once more, behind the call that makes the optimizer."""
        names = {node.id for node in walk(own) if isinstance(node, ast.Name)}
        return any(
            isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and node.id in names and node.lineno > call.lineno
            and self.makers.scope(node) is scope
            for node in walk(scope)
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
