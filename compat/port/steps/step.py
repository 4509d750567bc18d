"""What is known of a training step before it is written: its statements, its names, or why it stays."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from compat.port.steps.places import Block


class Stays(Exception):
    """A training step that can't be written with value_and_grad; the reason is for the report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Region:
    """The forward pass: the statements of a block from `first` to `last`, and the names that go in and come out."""

    first: int
    last: int
    given: tuple[str, ...]
    result: tuple[str, ...]  # the loss, and what is read elsewhere


@dataclass(frozen=True)
class Step:
    """One training step: in `block`, its calls, of which `zeroing` are those of zero_grad, and `begun` that in front of a loop.

    `accumulates`: gradients are added up over several passes, and the optimizer steps on a condition.
    """

    block: Block
    backward: int
    call: ast.Call
    step: ast.Call
    region: Region
    zeroing: tuple[ast.Expr, ...]
    clips: tuple[ast.Call, ...] = ()
    accumulates: bool = False
    begun: tuple[ast.Expr, ...] = field(default=())
