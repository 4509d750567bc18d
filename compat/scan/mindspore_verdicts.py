"""One use of MindSpore's API → how well compat.mindspore supports it, with these arguments, and why."""

from __future__ import annotations

import ast

from compat.parity import status
from compat.parity.record import Record
from compat.scan.mindspore import MindSporeCatalog
from compat.scan.verdicts import WHOLE, Accepted, Judge, Judgement, differing, refused
from compat.table.differences import differences
from compat.table.model import Counterpart, Row
from compat.table.parameters import Added, Constant, MindSporeParameter


class MindSporeJudge(Judge):
    """Judges uses of MindSpore: by the rows' counterparts, and what was executed of compat.mindspore."""

    def __init__(self, catalog: MindSporeCatalog, record: Record) -> None:
        super().__init__(catalog, record)
        self.counterparts = catalog.counterparts
        self.table = catalog.table

    def claimed(self, api: str, row: Row) -> Judgement:
        counterpart = self.counterparts[api]
        if status.lacks(row, counterpart):
            return Judgement("unsupported", "CS302", row.refusal.en if row.refusal else status.EXPLAINED["absent"].en)
        found = next(claim.status for claim in status.of_mindspore(row, self.record) if claim.api == api)
        if found == "declared":
            of_it = [one for one in row.differences if one.imitated == "mindspore" and (not one.apis or api in one.apis)]
            reasons = [one.en for one in of_it if one.kind != "upstream-missing"]  # of what MindSpore refuses no program has any
            if reasons:
                return differing(reasons)
        if found in ("verified", "declared"):
            return _correspondence(row, counterpart)
        if found == "unexecuted" and (row.tests or counterpart.on_torch is not None):
            return WHOLE
        return Judgement("unsupported", "CS303", status.EXPLAINED[found].en)

    def refused(self, api: str, call: ast.Call) -> Judgement | None:
        """What is wrong with the arguments; hand-written code may take more than its row says, and refuses what it does not."""
        counterpart = self.counterparts[api]
        if counterpart.on_torch is not None:
            return None
        parameters = dict(list(counterpart.parameters.items())[1 if counterpart.is_method else 0 :])
        others = {older: name for name, parameter in parameters.items() for older in parameter.older.values()}
        return refused({name: _accepted(parameter) for name, parameter in parameters.items()}, others, call)


def _accepted(parameter: MindSporeParameter) -> Accepted:
    only: tuple[object, ...] = ()
    if isinstance(parameter, Constant):
        only = (parameter.value,)
    elif isinstance(parameter, Added):
        only = (parameter.default,)
    return Accepted(parameter.keyword_only, parameter.variadic, only)


def _correspondence(row: Row, counterpart: Counterpart) -> Judgement:
    """Whether PyTorch has it with the same names and defaults, or something stands between."""
    if counterpart.on_torch is not None:
        return Judgement("adapted", "CS012", f"{row.torch}, by hand-written code: {counterpart.on_torch.why.en}")
    receiver = next(iter(counterpart.parameters)) if counterpart.is_method else ""
    found = (d for d in differences(row, counterpart) if d.kind not in ("same", "added", "deprecated"))
    changed = [f"{d.mindspore}: {d.text.en}" for d in found if d.mindspore and d.mindspore != receiver]
    if changed:
        return Judgement("adapted", "CS011", f"{row.torch}, with {'; '.join(changed)}")
    return Judgement("verified", "CS001", f"as {row.torch}")
