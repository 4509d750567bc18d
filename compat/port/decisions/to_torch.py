"""One use of MindSpore's API → what becomes of it: a call of PyTorch that was executed and agreed, or what it is, kept on compat.mindspore.

compat.mindspore's Tensor is one of PyTorch's, so functions of PyTorch take it, and give it back. A layer of PyTorch becomes a Cell when a Cell
of compat.mindspore comes to hold it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import UNSET

from compat.port.calls.alike import ALIKE, plan_of
from compat.port.calls.binding import Bound
from compat.port.calls.dtypes import opened, typed
from compat.port.calls.edits import NotExpressible, Rewritten
from compat.port.calls.plan import Plan, is_method, is_rewritten, to_torch
from compat.port.decisions.casts import cast
from compat.port.decisions.choosing import Chooser
from compat.port.decisions.decision import Decision
from compat.port.decisions.idioms import Context
from compat.port.evidence.record import Evidence
from compat.scan.mindspore import CELL
from compat.scan.mindspore_verdicts import MindSporeJudge
from compat.source.sites import Site
from compat.source.text import Source
from compat.table.model import Counterpart, Row
from compat.table.routes import is_inherited

TENSORS = ("Tensor", "tuple of Tensor")
NAMED = "it names the Parameters of the cells that it holds, which a container of PyTorch's does not"
GIVEN = "it is given gradients, where PyTorch's finds them in the parameters"
DERIVED = "it makes a function that differentiates, where PyTorch goes back from a result"
# Why what no row speaks of stays: by the API, or by how its name begins.
WHOLE = {
    "mindspore.Parameter": "it has the name by which optimizers, checkpoints and trainable_params() know it; PyTorch's has none",
    "mindspore.Tensor": "it makes a tensor with MindSpore's methods",
    "mindspore.tensor": "it makes a tensor with MindSpore's methods",
    "mindspore.nn.SequentialCell": NAMED,
    "mindspore.nn.CellList": NAMED,
    "mindspore.nn.CellDict": NAMED,
    "mindspore.value_and_grad": DERIVED,
    "mindspore.grad": DERIVED,
    "mindspore.nn.Cell.": "a Cell has it, and a module of PyTorch has not, or otherwise",
    "mindspore.common.initializer.": "it makes the values of what is to be; torch.nn.init writes into what is there, from another random stream",
    "mindspore.dataset.": "data are read and changed in MindSpore's way",
}
MINT = "mindspore.mint."  # whose layers begin as PyTorch's


class ToTorch(Chooser):
    """Decides by the table, and by what was executed."""

    source, target = "mindspore", "torch"
    whole = "imitated as a whole: no row says which call of PyTorch it is"
    nothing = "PyTorch has no function for it, or has it as a method, which of these tensors is MindSpore's"

    def __init__(self, judge: MindSporeJudge, evidence: Evidence) -> None:
        super().__init__(judge, evidence)
        self.counterparts = judge.counterparts
        self.table = judge.table
        self.of_cells = frozenset(name.rpartition(".")[2] for name in judge.catalog.exports if name.startswith(f"{CELL.of}."))

    def otherwise(self, site: Site, source: Source, context: Context) -> Decision | None:
        """A cast, a function that is like another, a method that compat.mindspore's Tensor has from PyTorch's, and a layer, which has to be a Cell."""
        api = self.judge.catalog.canonical(site.api)
        if (written := cast(site, api, source, context)) is not None:
            return written
        alike = ALIKE.get(api) if site.use == "call" and (site.how != "name" or not is_method(api)) else None
        if alike is not None and isinstance(site.node, ast.Call) and alike.is_meant(site.node):
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
        if row.kind == "class" and site.use == "call" and isinstance(site.node, ast.Call):
            return self.layer(api, row, counterpart, site.node, context)
        return None

    def as_whole(self, api: str, row: Row | None) -> str:
        if api in self.table.primitives:
            return "an operator that is made before it is called, and may be asked for more than its result"
        if row is not None and row.kind == "optimizer":
            return GIVEN
        return next((reason for name, reason in WHOLE.items() if api == name or (name[-1] == "." and api.startswith(name))), self.whole)

    def layer(self, api: str, row: Row, counterpart: Counterpart, call: ast.Call, context: Context) -> Decision | None:
        """Why a layer has to stay; None for one that may become PyTorch's."""
        if not is_rewritten(row, counterpart):
            return Decision("kept", "CM208", self.weights(api, row))
        plan = next(self.plans(api, row))
        against = context.objects.against(call, plan, self.of_cells, self.judge.catalog.canonical)
        return Decision("kept", "CM202", against) if against else None

    def weights(self, api: str, row: Row) -> str:
        """What a layer of MindSpore holds that PyTorch's holds otherwise."""
        entries = [entry for entry in self.table.weights.values() if row.torch in entry.torch and api in entry.mindspore]
        named = {weight.to: name for entry in entries for name, weight in entry.parameters.items() if weight.to not in (None, name)}
        others = ", ".join(f"{ours} is {theirs}" for ours, theirs in named.items())
        return (
            f"{row.torch} holds weights that are no Parameters of MindSpore's: optimizers, checkpoints and trainable_params() know those by name"
            + (f", and it calls them otherwise ({others})" if others else "")
            + ("" if api.startswith(MINT) else "; with the same seed it begins with others, and in training")
        )

    def kind(self, *_: object) -> None:
        """A class that `isinstance` is asked about stays: compat.mindspore's says of PyTorch's layers what it says of its own."""

    def plans(self, api: str, row: Row) -> Iterator[Plan]:
        counterpart = self.counterparts[api]
        if is_rewritten(row, counterpart):
            yield to_torch(row, counterpart)

    def made(self, plan: Plan, call: ast.Call, source: Source, context: Context) -> Rewritten:
        objects = context.objects
        made = typed(super().made(opened(plan), call, source, context), source, plan, objects.dtypes, context.root)
        arguments = made.arguments
        alone = not plan.call and not arguments.receiver and not any(_may_be_tensor(plan, name, arguments) for name in arguments.given)
        if alone and not objects.is_taken(call, self.judge.catalog.canonical):
            raise NotExpressible(
                "CM202", f"without a tensor among its arguments {plan.target} gives one with the methods of PyTorch's alone"
            )
        return made


def _may_be_tensor(plan: Plan, name: str, arguments: Bound) -> bool:
    """Whether an argument is a tensor, or a sequence of them, as far as the source tells."""
    given = arguments.names.get(name)
    return plan.given[name].type in TENSORS and (given is None or given.literal is UNSET)
