"""What stands around the call of a Cell's method, where it gives otherwise what PyTorch's method gives."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from compat.port.calls.edits import Rewritten
from compat.source.text import Edit, Source, Span

MODULE, CELL = "torch.nn.Module.", "mindspore.nn.Cell."


@dataclass(frozen=True)
class Around:
    """What stands before and behind the call of a Cell. `repeatable`: it gives a collection where PyTorch's method gives an iterator."""

    before: str = ""
    behind: str = ""
    repeatable: bool = False


AROUND: Mapping[str, Around] = {
    "modules": Around("(cell for _, cell in ", ")"),
    "children": Around(repeatable=True),
    "named_children": Around(behind=".items()", repeatable=True),
}


def around(source: Source, call: ast.expr, name: str, made: Rewritten, *, is_iterated: bool) -> tuple[Edit, ...]:
    """The edits of a call, with those that make of its result what PyTorch's method gives. What is gone through where it stands may be a collection."""
    form, span = AROUND.get(name, Around()), source.span(call)
    before, behind = form.before, form.behind
    if form.repeatable and not is_iterated:
        before, behind = "iter(", f"{behind})"
    first = [Edit(Span(span.start, span.start), before)] if before else []
    return (*first, *made.edits, *([Edit(Span(span.end, span.end), behind)] if behind else []))
