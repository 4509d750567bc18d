"""One use of MindSpore's API → what becomes of it: a call of PyTorch that was executed and agreed, or what it is, kept on compat.mindspore.

compat.mindspore's Tensor is one of PyTorch's, so functions of PyTorch take it, and give it back.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import UNSET

from compat.port.calls.alike import ALIKE, plan_of
from compat.port.calls.binding import Bound
from compat.port.calls.plan import Plan, is_rewritten, to_torch
from compat.port.decisions.choosing import Chooser
from compat.port.decisions.decision import Decision
from compat.port.decisions.idioms import Context
from compat.port.evidence.record import Evidence
from compat.scan.mindspore_verdicts import MindSporeJudge
from compat.source.sites import Site
from compat.source.text import Source
from compat.table.model import Row
from compat.table.routes import is_inherited

TENSORS = ("Tensor", "tuple of Tensor")


class ToTorch(Chooser):
    """Decides by the table, and by what was executed."""

    source, target = "mindspore", "torch"
    whole = "imitated as a whole: no row says which call of PyTorch it is"
    nothing = "PyTorch has no function for it, or has it as a method, which of these tensors is MindSpore's"

    def __init__(self, judge: MindSporeJudge, evidence: Evidence) -> None:
        super().__init__(judge, evidence)
        self.counterparts = judge.counterparts

    def otherwise(self, site: Site, source: Source, context: Context) -> Decision | None:
        """A function that is like another, a method that compat.mindspore's Tensor has from PyTorch's, and a layer, which has to be a Cell."""
        api = self.judge.catalog.canonical(site.api)
        if (alike := ALIKE.get(api)) is not None and isinstance(site.node, ast.Call) and site.use == "call":
            like = to_torch(self.judge.catalog.rows[alike.like], self.counterparts[alike.like])
            return self.called((plan_of(alike, like),), site.node, source, context)
        counterpart = self.counterparts.get(api)
        if counterpart is None:
            return None
        row = self.judge.catalog.rows[api]
        if (
            counterpart.is_method
            and site.how != "name"
            and row.is_called
            and counterpart.on_torch is None
            and is_inherited(row, counterpart)
        ):
            return Decision("converted", "CM001", f"torch.{api.partition('.')[2]}: the tensor has it from PyTorch's")
        if row.kind == "class":
            return Decision("kept", "CM208", f"{row.torch} is no Cell, and begins with other weights or in training")
        return None

    def kind(self, *_: object) -> None:
        """Layers stay Cells."""

    def plans(self, api: str, row: Row) -> Iterator[Plan]:
        counterpart = self.counterparts[api]
        if is_rewritten(row, counterpart):
            yield to_torch(row, counterpart)

    def against(self, plan: Plan, arguments: Bound, *, is_unpacked: bool = False) -> str:
        if not arguments.receiver and not any(_may_be_tensor(plan, name, arguments) for name in arguments.given):
            return f"without a tensor among its arguments {plan.target} gives one with the methods of PyTorch's alone"
        return super().against(plan, arguments, is_unpacked=is_unpacked)


def _may_be_tensor(plan: Plan, name: str, arguments: Bound) -> bool:
    """Whether an argument is a tensor, or a sequence of them, as far as the source tells."""
    given = arguments.names.get(name)
    return plan.given[name].type in TENSORS and (given is None or given.literal is UNSET)
