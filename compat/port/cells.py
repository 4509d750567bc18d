"""Classes of modules in which everything is MindSpore's → Cells: the base, the name of `forward`, and what they call of themselves.

Nothing else has to change: where compat.torch is used besides, a Cell is a module of it (`compat/native/cell.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compat.port.decisions.decision import Decision
from compat.port.model import Change
from compat.source.sites import Site
from compat.source.text import Edit, Source, Span
from compat.source.walking import walk

CODE, METHOD = "CM110", "CM003"
REASON = "everything in it is MindSpore's"
MODULE = "torch.nn.Module"
FORWARD = re.compile(rb"def\s+(forward)\b")
# What a module calls of itself, as a Cell says it.
OWN = {
    "modules": "(cell for _, cell in {self}.cells_and_names())",
    "named_modules": "{self}.cells_and_names()",
    "children": "{self}.cells()",
    "named_children": "{self}.name_cells().items()",
    "parameters": "{self}.get_parameters()",
    "named_parameters": "{self}.parameters_and_names()",
    "eval": "{self}.set_train(False)",
    "train": "{self}.set_train()",
}
SAME = frozenset({"register_buffer", "buffers", "named_buffers", "apply"})
Decided = tuple[Site, Decision]


@dataclass(frozen=True)
class Cells:
    """The decisions of a file with those that become others in its Cells, and what is said of methods that have another name."""

    decided: tuple[Decided, ...]
    edits: tuple[Edit, ...] = ()
    changes: tuple[Change, ...] = ()


def with_cells(source: Source, decided: Sequence[Decided], root: str) -> Cells:
    """The decisions, with the classes that can be Cells as Cells."""
    replaced: dict[int, Decision] = {}
    edits: list[Edit] = []
    changes: list[Change] = []
    bases = {id(site.node): site for site, _ in decided if site.api == MODULE and site.use == "value"}
    inside: dict[str, list[Decided]] = {}
    for each in decided:
        inside.setdefault(each[0].inside.partition(".")[0], []).append(each)
    for node in source.tree.body if bases else ():
        if not isinstance(node, ast.ClassDef) or len(node.bases) != 1 or id(node.bases[0]) not in bases:
            continue
        if (found := _as_cell(source, node, bases[id(node.bases[0])], inside.get(node.name, []), root)) is not None:
            replaced |= found
            edit, change = _renamed(source, node)
            edits.append(edit)
            changes.append(change)
    return Cells(tuple((site, replaced.get(id(site), decision)) for site, decision in decided), tuple(edits), tuple(changes))


def _as_cell(source: Source, owner: ast.ClassDef, base: Site, inside: Sequence[Decided], root: str) -> dict[int, Decision] | None:
    """What changes in a class that becomes a Cell, by site; None for one that can't. `inside` are the uses in it."""
    if owner.keywords or owner.decorator_list or not _has_plain_forward(owner) or not any(site.use == "call" for site, _ in inside):
        return None
    span = source.span(base.node)
    replaced = {id(base): Decision("converted", CODE, REASON, (Edit(span, f"{root}.nn.Cell"),))}
    left = []
    for site, decision in inside:
        if decision.became in ("converted", "adapted") or site is base:
            continue
        own = _of_itself(source, site)
        if own is not None:
            replaced[id(site)] = own
        elif site.use == "call":
            return None
        else:
            left.append(site)
    if left:
        annotations = {id(part) for annotation in _annotations(owner) for part in walk(annotation)}
        if any(id(site.node) not in annotations for site in left):
            return None
    return replaced


def _of_itself(source: Source, site: Site) -> Decision | None:
    """`self.modules()` and its like, without arguments."""
    call = site.node
    name = site.api.rpartition(".")[2]
    if site.api != f"{MODULE}.{name}" or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    if not (isinstance(call.func.value, ast.Name) and call.func.value.id == "self"):
        return None
    if name in SAME:
        return Decision("converted", CODE, "a Cell has it, too")
    span = source.span(call)
    if call.args or call.keywords or name not in OWN or b"#" in source.utf8[span.start : span.end]:
        return None
    return Decision("adapted", CODE, "as a Cell says it", (Edit(span, OWN[name].format(self="self")),))


def _has_plain_forward(owner: ast.ClassDef) -> bool:
    methods = [node for node in owner.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    named: Mapping[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {
        name: [method for method in methods if method.name == name] for name in ("forward", "construct")
    }
    forward = named["forward"]
    return not named["construct"] and len(forward) == 1 and isinstance(forward[0], ast.FunctionDef) and not forward[0].decorator_list


def _annotations(owner: ast.ClassDef) -> Iterator[ast.expr]:
    """What only says of which type something is."""
    for node in walk(owner):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns


def _renamed(source: Source, owner: ast.ClassDef) -> tuple[Edit, Change]:
    """`def forward` → `def construct`."""
    method = next(node for node in owner.body if isinstance(node, ast.FunctionDef) and node.name == "forward")
    start = source.span(method).start
    found = FORWARD.match(source.utf8[start:])
    assert found is not None
    span = Span(start + found.start(1), start + found.end(1))
    line, column = method.lineno, source.place(method)[0][1] + found.start(1)
    change = Change(
        line, column, line, column + len("forward"), f"{MODULE}.forward", "value", "name", "converted", METHOD, REASON, "forward", "construct",
        f"{owner.name}",
    )  # fmt: skip
    return Edit(span, "construct"), change
