"""Which names may still be read when a place in a block has been passed: further on, in the next round of a loop, behind it."""

from __future__ import annotations

import ast

from compat.port.steps.names import Flow, read, stored
from compat.port.steps.nodes import index
from compat.port.steps.places import LOOPS, Block


def live(block: Block, place: int) -> set[str]:
    """The names of the scope that may be read, before they are bound anew, behind the statement at `place`."""
    flow = Flow()
    found: set[str] = set()
    flow.block(block.body[place + 1 :])
    for one in block.around:
        owner = one.owner
        if isinstance(owner, LOOPS):
            found |= set(flow.early) | _next_round(owner)
            flow = Flow()  # a `break` leaves the loop anywhere
            if one.body is owner.body:
                flow.block(owner.orelse)
        elif isinstance(owner, ast.Try | ast.TryStar | ast.ExceptHandler):
            found |= set(read([one.statement]))
        if one.above is not None:
            flow.block(one.above.body[index(one.above.body, one.statement) + 1 :])
    return found | set(flow.early)


def _next_round(loop: ast.For | ast.AsyncFor | ast.While) -> set[str]:
    """What a loop reads in its next round, where it has one."""
    flow = Flow()
    if isinstance(loop, ast.While):
        flow.reads(loop.test)
    else:
        flow.reads(loop.target)
        flow.bound |= set(stored([loop.target]))
    flow.block(loop.body)
    return set(flow.early)
