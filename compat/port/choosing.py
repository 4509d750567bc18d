"""One use of PyTorch's API → what becomes of it: a call of MindSpore that was executed and agreed, or what it is, kept on compat.torch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from compat.port.binding import NotBound, bound
from compat.port.calls import NotExpressible, rewritten
from compat.port.codes import CODES
from compat.port.evidence import Evidence
from compat.port.model import Became
from compat.port.values import made_of
from compat.scan.verdicts import Judge
from compat.source.sites import Site
from compat.source.text import Edit, Source
from compat.table.model import Counterpart, Row

RENAMED = "CM001"
RANDOM = "CM207"
METHOD = "torch.Tensor."


@dataclass(frozen=True)
class Decision:
    """What becomes of a use, the code and the reason for a report, and the edits; none of which touches another use."""

    became: Became
    code: str
    reason: str
    edits: tuple[Edit, ...] = field(default=())


class Chooser:
    """Decides by the table, by what was executed, and by the devices that the result has to run on."""

    def __init__(self, judge: Judge, evidence: Evidence, device: str = "CPU") -> None:
        self.judge = judge
        self.evidence = evidence
        self.device = device

    def decide(self, site: Site, source: Source, root: str) -> Decision | None:
        """None for what is no API of its own: a module, or a name inside another's."""
        judged = self.judge.judge(site)
        if judged is None:
            return None
        if judged.verdict == "unknown":
            return Decision("unknown", "CM401", judged.reason)
        if judged.verdict == "unsupported":
            return Decision("unsupported", "CM301", judged.reason)
        row = self.judge.catalog.rows.get(site.api)
        if row is None or not row.is_called:
            return Decision("kept", "CM205", "modules, optimizers and data are imitated as a whole")
        if site.use != "call" or not isinstance(site.node, ast.Call):
            return Decision("kept", "CM204", "a class or function as a value, called elsewhere")
        found = self._called(site.api, row, site.node, source, root)
        return Decision("kept", RANDOM, CODES[RANDOM]) if found.became == "kept" and row.draws == "distribution" else found

    def _called(self, api: str, row: Row, call: ast.Call, source: Source, root: str) -> Decision:
        refused: list[tuple[str, str]] = []
        for counterpart in candidates(api, row, self.device):
            try:
                made = rewritten(source, call, api, row, counterpart, root)
                against = self.evidence.against(counterpart.api, row, bound(row, api, call))
            except NotExpressible as error:
                refused.append((error.code, error.reason))
                continue
            except NotBound as error:
                refused.append(("CM203", str(error)))
                continue
            if against:
                refused.append(("CM202", against))
                continue
            if not made.notes:
                return Decision("converted", RENAMED, counterpart.api, tuple(made.edits))
            codes = [code for code, _ in made.notes]
            return Decision("adapted", min(codes), "; ".join(reason for _, reason in made.notes), tuple(made.edits))
        if not refused:
            return Decision("kept", "CM201", "MindSpore has no counterpart with a kernel on this device")
        return Decision("kept", *min(refused, key=lambda one: one[0] == "CM201"))


def candidates(api: str, row: Row, device: str) -> Iterator[Counterpart]:
    """Counterparts in the row's order; for a method, MindSpore's method of the same name before any function."""
    there = [each for each in row.mindspore if device in each.devices]
    if api.endswith("_") and not api.endswith("__"):
        # It writes into its tensor, which MindSpore's own methods silently don't on CPU; what is written by `assign` has its value made.
        yield from (each for each in there if any(map(made_of, each.parameters.values())))
        return
    if api.startswith(METHOD):
        yield from (each for each in there if each.item or each.api == f"mindspore.Tensor.{api.removeprefix(METHOD)}")
    yield from (each for each in there if not each.is_method)
