"""Where each statement of a file stands: in which list of statements, below what, in which function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from compat.port.steps.names import Flow, Scope, parameters, stored
from compat.source.walking import BODIES, walk

LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, eq=False)
class Block:
    """A list of statements, the node whose body it is, and the statement of the block `above` that it belongs to.

    Above the own block of a module, function or class there is none.
    """

    body: list[ast.stmt]
    owner: ast.AST
    statement: ast.AST
    above: Block | None
    scope: Scope | ast.ClassDef

    @property
    def around(self) -> Iterator[Block]:
        """This block, and those around it in the same scope, outwards."""
        block: Block | None = self
        while block is not None:
            yield block
            block = block.above

    @property
    def loops(self) -> list[ast.AST]:
        """The loops around it in the same scope, the innermost first."""
        return [block.owner for block in self.around if isinstance(block.owner, LOOPS)]

    def bound_before(self, place: int) -> set[str]:
        """The names that are bound in any case when the statement at `place` of this block is reached."""
        flow = Flow(one.arg for one in parameters(self.scope))
        blocks = [*self.around][::-1]
        for block, below in zip(blocks, [*blocks[1:], None], strict=True):
            end = place if below is None else next(number for number, one in enumerate(block.body) if one is below.statement)
            flow.block(block.body[:end])
            owner = None if below is None else below.owner
            if isinstance(owner, ast.For | ast.AsyncFor) and below is not None and below.body is owner.body:
                flow.bound |= set(stored([owner.target]))
            elif isinstance(owner, ast.With | ast.AsyncWith):
                flow.bound |= set(stored(item.optional_vars for item in owner.items if item.optional_vars is not None))
        return flow.bound


class Places:
    """The blocks of a file, and the function that each node is in."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.blocks: list[Block] = []
        self._read(tree, tree, tree, None)

    def _read(self, node: ast.AST, statement: ast.AST, scope: Scope | ast.ClassDef, above: Block | None) -> None:
        for name in BODIES:
            part = getattr(node, name, None)
            if not isinstance(part, list) or not part:
                continue
            if name in ("handlers", "cases"):
                for one in part:
                    self._read(one, statement, scope, above)
                continue
            block = Block(part, node, statement, above, scope)
            self.blocks.append(block)
            for one in part:
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    self._read(one, one, one, None)
                else:
                    self._read(one, one, scope, block)

    @cached_property
    def scopes(self) -> dict[int, Scope]:
        """The function that each node stands in, or the module, by identity."""
        found: dict[int, Scope] = {}
        waiting: list[tuple[ast.AST, Scope]] = [(self.tree, self.tree)]
        while waiting:
            node, scope = waiting.pop()
            inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else scope
            for child in ast.iter_child_nodes(node):
                found[id(child)] = inner
                waiting.append((child, inner))
        return found

    @cached_property
    def classes(self) -> dict[int, ast.ClassDef]:
        """The class that each method is defined in, by the method's identity."""
        return {
            id(method): node for node in walk(self.tree) if isinstance(node, ast.ClassDef) for method in node.body
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        }  # fmt: skip
