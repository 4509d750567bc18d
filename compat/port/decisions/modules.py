"""Calls of methods of modules → those of MindSpore's Cells: the same name where that does the same, another name where the receiver is certain.

What was executed of each is in the record: a small network of both frameworks, and the call as it is written here (`evidence/networks.py`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from compat.port.calls.cell_methods import MODULE, around
from compat.port.calls.edits import NotExpressible, Rewritten, rewritten
from compat.port.calls.plan import Plan, to_mindspore
from compat.port.decisions.decision import Decision
from compat.port.evidence.record import Evidence
from compat.source.sites import Site
from compat.source.text import Source
from compat.table.model import Row

if TYPE_CHECKING:
    from compat.port.decisions.idioms import Context

RENAMED, CODE, NAMES = "CM001", "CM110", "CM114"
UNCERTAIN = "what it is called of may stay a module of compat.torch, or a Cell has it otherwise with these arguments"
PARAMETERS = (
    "as compat.native has it; of a Cell of MindSpore alone some parameters have other names, and the statistics of a normalisation are some"
)
CONTAINERS = "as compat.native has it; of a Cell of MindSpore alone a container without cells is left out"


# What differs for MindSpore's own Cells, by the method of PyTorch's.
ABOUT: Mapping[str, str] = {
    **dict.fromkeys(("parameters", "named_parameters", "buffers", "named_buffers", "load_state_dict", "_load_from_state_dict"), PARAMETERS),
    **dict.fromkeys(("modules", "named_modules"), CONTAINERS),
}


def of_any(site: Site, source: Source, row: Row, evidence: Evidence) -> Decision | None:
    """The decision for a call that stays as it is, whatever the module; None where Cells have it otherwise."""
    for plan, made in _ways(site, source, row, evidence):
        if not made.edits:
            about = ABOUT.get(_name(site))
            return Decision("adapted", NAMES, about) if about else Decision("converted", RENAMED, plan.target)
    return None


def of_cell(site: Site, context: Context, row: Row, evidence: Evidence) -> Decision | None:
    """The decision for a call of what is certainly a Cell; None where there is nothing that does the same."""
    name = _name(site)
    for plan, made in _ways(site, context.source, row, evidence):
        edits = around(context.source, site.node, name, made, is_iterated=id(site.node) in context.iterated)
        return Decision("adapted", NAMES if name in ABOUT else CODE, ABOUT.get(name, plan.target), edits)
    return None


def _ways(site: Site, source: Source, row: Row, evidence: Evidence) -> Iterator[tuple[Plan, Rewritten]]:
    """The calls of a Cell that were executed, with such arguments, in the place of this one."""
    call = site.node
    if site.use != "call" or site.how == "name" or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return
    for counterpart in row.mindspore:
        plan = to_mindspore(row, counterpart, site.api)
        try:
            made = rewritten(source, call, plan, "mindspore")
        except NotExpressible:
            continue
        names = {name for name, given in plan.given.items() if given.type == "str"}  # of a module, a parameter: any will do
        told = replace(made.arguments, arguments=tuple(one for one in made.arguments.arguments if one.parameter not in names))
        if not evidence.against(plan, told):
            yield plan, made


def _name(site: Site) -> str:
    return site.api.removeprefix(MODULE)
