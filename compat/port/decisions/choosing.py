"""One use of PyTorch's API → what becomes of it: a call of MindSpore that was executed and agreed, or what it is, kept on compat.torch.

The other direction is in `to_torch`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from compat.port.calls import random
from compat.port.calls.binding import Bound
from compat.port.calls.candidates import OPTIMIZERS, candidates, is_written
from compat.port.calls.cell_methods import MODULE
from compat.port.calls.edits import NotExpressible, Rewritten, first_from, rewritten
from compat.port.calls.plan import Plan, is_method, to_mindspore
from compat.port.codes import CODES
from compat.port.decisions import modules
from compat.port.decisions.decision import Decision
from compat.port.decisions.idioms import PARTS, Context, idiom
from compat.port.evidence.record import Evidence
from compat.scan.verdicts import Judge
from compat.source.sites import Site
from compat.source.text import Edit, Source, Span
from compat.table.model import Row

RENAMED = "CM001"
RANDOM = "CM207"


class Chooser:
    """Decides by the table, by what was executed, and by the devices that the result has to run on."""

    source, target = "torch", "mindspore"
    whole = "modules, optimizers and data are imitated as a whole"
    nothing = "MindSpore has no counterpart with a kernel on this device"

    def __init__(self, judge: Judge, evidence: Evidence, device: str = "CPU") -> None:
        self.judge = judge
        self.evidence = evidence
        self.device = device
        self.known: dict[str, tuple[Plan, ...]] = {}

    def decide(self, site: Site, source: Source, context: Context) -> Decision | None:
        """None for what is no API of its own: a module, or a name inside another's."""
        judged = self.judge.judge(site)
        if judged is None:
            return None
        if judged.verdict == "unknown":
            return Decision("unknown", "CM401", judged.reason)
        if judged.verdict == "unsupported":
            return Decision("unsupported", "CM301", judged.reason)
        if (said := self.otherwise(site, source, context)) is not None:
            return said
        api = self.judge.catalog.canonical(site.api)
        row = self.judge.catalog.rows.get(api)
        if row is not None and row.mindspore and api.startswith(MODULE):
            return modules.of_any(site, source, row, self.evidence) or Decision("kept", "CM205", modules.UNCERTAIN)
        if row is None or not self.is_called(row):
            return Decision("kept", "CM205", self.as_whole(api, row))
        if site.use == "value" and id(site.node) in context.kinds and (kind := self.kind(api, row, site, source, context)) is not None:
            return kind
        unbound = site.how == "name" and is_method(api)  # `torch.Tensor.add(x, y)`
        if site.use != "call" or not isinstance(site.node, ast.Call) or unbound:
            return Decision("kept", "CM204", "a class or function as a value, called elsewhere")
        plans = tuple(self.plans(api, row))
        decision = self.called(plans, site.node, source, context)
        is_random = self.is_random(row) and not any(plan.target in random.DRAWN for plan in plans)
        return Decision("kept", RANDOM, CODES[RANDOM]) if decision.became == "kept" and is_random else decision

    def as_whole(self, _api: str, _row: Row | None) -> str:
        """Why an API stays whose uses are no calls of a row."""
        return self.whole

    def is_random(self, row: Row) -> bool:
        """Whether what a call draws is why it stays: of a layer that is said of its weights, which are PyTorch's."""
        return row.draws == "distribution" and row.kind != "class"

    def kind(self, api: str, row: Row, site: Site, source: Source, context: Context) -> Decision | None:
        """The decision for a class that `isinstance` is asked about; None where no layer of MindSpore's is written in its place."""
        found = next((plan.target for plan in self.plans(api, row) if row.kind == "class" and self.evidence.ever(plan)), None)
        span = source.span(site.node)
        if found is None or b"#" in source.utf8[span.start : span.end]:
            return None
        return Decision("converted", RENAMED, found, (Edit(span, context.root + found[found.index(".") :]),))

    def of_cell(self, site: Site, context: Context) -> Decision | None:
        """The decision for a method that is called of what is certainly a Cell; None for anything that a Cell does otherwise."""
        api = self.judge.catalog.canonical(site.api)
        row = self.judge.catalog.rows.get(api)
        return None if row is None or not api.startswith(MODULE) else modules.of_cell(site, context, row, self.evidence)

    def otherwise(self, site: Site, source: Source, context: Context) -> Decision | None:
        """The decision on a use that no row speaks of; None for every other."""
        return idiom(site, source, context)

    def is_called(self, row: Row) -> bool:
        """Whether calls of the row's APIs may be rewritten."""
        return is_written(row)

    def plans(self, api: str, row: Row) -> Iterable[Plan]:
        """What a call of the API may become, the preferred way first."""
        if api not in self.known:
            self.known[api] = tuple(to_mindspore(row, counterpart, api) for counterpart in candidates(api, row, self.device))
        return self.known[api]

    def against(self, plan: Plan, arguments: Bound, *, is_unpacked: bool = False) -> str:
        """Why such a call may not be rewritten so; empty if it may."""
        return self.evidence.against(plan, arguments, is_unpacked=is_unpacked)

    def made(self, plan: Plan, call: ast.Call, source: Source, context: Context) -> Rewritten:
        """The call as the plan has it; NotExpressible where it has no way."""
        return rewritten(source, call, plan, context.root, context.told(call))

    def called(self, plans: Iterable[Plan], call: ast.Call, source: Source, context: Context) -> Decision:
        """The decision for a call that may go any of these ways, the first that does."""
        refused: list[tuple[str, str]] = []
        for plan in plans:
            try:
                made = self.made(plan, call, source, context)
            except NotExpressible as error:
                refused.append((error.code, error.reason))
                continue
            against = self.against(plan, made.arguments, is_unpacked=id(call) in context.unpacked)
            if against and (part := _part(source, call, context)) and not self.against(plan, made.arguments, is_unpacked=True):
                made.edits.append(part)
                made.notes.append(("CM109", "an element of what it gives"))
            elif against:
                refused.append(("CM202", against))
                continue
            if plan.target.startswith(OPTIMIZERS):
                made.notes.append(("CM116", CODES["CM116"]))
            if warning := self.evidence.warning(plan):
                made.notes.append(("CM112", warning))
            if plan.target in random.DRAWN:
                made.notes.append((random.CODE, random.REASON))
            if not made.notes:
                return Decision("converted", RENAMED, plan.target, tuple(made.edits))
            codes = [code for code, _ in made.notes]
            return Decision("adapted", min(codes), "; ".join(reason for _, reason in made.notes), tuple(made.edits))
        if not refused:
            return Decision("kept", "CM201", self.nothing)
        return Decision("kept", *min(refused, key=lambda one: one[0] == "CM201"))


def _part(source: Source, call: ast.Call, context: Context) -> Edit | None:
    """`.values` behind a call as `[0]`, None where there is none such."""
    node = context.parts.get(id(call))
    if node is None:
        return None
    end = source.span(node).end
    dot = first_from(source, source.span(call).end, end, b".")
    if dot is None or b"#" in source.utf8[dot:end]:
        return None
    return Edit(Span(dot, end), f"[{PARTS[node.attr]}]")
