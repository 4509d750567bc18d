"""The decisions of a file with its training steps as MindSpore's."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from compat.port.decisions.decision import Decision
from compat.port.model import Change
from compat.port.steps.finding import Backward, Finder
from compat.port.steps.optimizers import Makers
from compat.port.steps.places import Places
from compat.port.steps.step import Stays, Step
from compat.port.steps.writing import Names, Writer, Written, overlapping
from compat.source.sites import Resolved, Site
from compat.source.text import Edit, Source, Span
from compat.source.walking import walk

CODE, STAYS = "CM115", "CM209"
BACKWARD = "torch.Tensor.backward"
GRADIENTS = "the gradients are what value_and_grad gives"
ZEROED = "gradients do not add up from step to step, so that nothing has to be zeroed"
SUMMED = "the sum of gradients begins anew"
CLIPPED = "the gradients are given, and come back clipped"
NAN = "; where one is nan the others stay as they are"
STEPPED = "compat.torch's optimizer, called with the gradients as MindSpore's are"
Decided = tuple[Site, Decision]


@dataclass(frozen=True)
class Steps:
    """The decisions of a file, of which those of its training steps are others, and what is said of each step as a whole."""

    decided: tuple[Decided, ...]
    edits: tuple[Edit, ...] = ()
    changes: tuple[Change, ...] = ()


def with_steps(source: Source, resolved: Resolved, decided: Sequence[Decided], root: str) -> Steps:
    """The decisions, with the training steps that can be written with value_and_grad, and why the others stay."""
    if b".backward(" not in source.utf8 or b".step(" not in source.utf8:
        return Steps(tuple(decided))
    makers = Makers(Places(source.tree), resolved)
    finder = Finder(source.tree, makers)
    writer = Writer(source, makers, _names(source.tree, root))
    replaced: dict[int, Decision | None] = {}
    edits: list[Edit] = []
    whole: list[tuple[Backward, Written]] = []
    for one in finder.backwards:
        try:
            step = finder.step(one)
            if step is None:
                continue
            written = writer.written(step)
            inside = _within(source, decided, written)
            taken = [edit for site, decision in decided if id(site.node) not in {*written.of, *inside} for edit in decision.edits]
            if overlapping([*written.others, *(edit for each in written.of.values() for edit in each)], taken):
                raise Stays("a call over several lines changes in it")
        except Stays as stays:
            replaced |= _staying(decided, one, stays.reason)
            continue
        replaced |= inside | _written(step, written)
        edits += [*written.others, *written.of[id(one.call)]]
        whole.append((one, written))
    said = [(site, replaced.get(id(site.node), decision)) for site, decision in decided]
    kept = tuple((site, decision) for site, decision in said if decision is not None)
    every = [*edits, *(edit for _, decision in kept for edit in decision.edits)]
    places = {id(site.node): site for site, _ in decided}
    changes = tuple(_change(source, one, written.whole, every, places.get(id(one.call))) for one, written in whole)
    return Steps(kept, tuple(edits), changes)


def _staying(decided: Iterable[Decided], one: Backward, reason: str) -> dict[int, Decision | None]:
    """What is said of the `backward` of a step that stays."""
    return {id(site.node): replace(decision, code=STAYS, reason=reason) for site, decision in decided if site.node is one.call}


def _within(source: Source, decided: Iterable[Decided], written: Written) -> dict[int, Decision | None]:
    """The uses in what an edit of a step replaces: they are gone with it."""
    spans = [edit.span for edits in written.of.values() for edit in edits]
    nodes = [site.node for site, _ in decided if id(site.node) not in written.of]
    return {id(node): None for node in nodes if any(one.start <= (own := source.span(node)).start and own.end <= one.end for one in spans)}


def _written(step: Step, written: Written) -> dict[int, Decision | None]:
    found: dict[int, Decision | None] = {id(step.call): None}
    found[id(step.step)] = Decision("kept", "CM205", STEPPED, written.of[id(step.step)])
    for clip in step.clips:
        edits = written.of[id(clip)]
        found[id(clip)] = Decision("adapted", CODE, CLIPPED + NAN * any("clip_by_norm" in edit.text for edit in edits), edits)
    for one in (*step.zeroing, *step.begun):
        found[id(one.value)] = Decision("adapted", CODE, SUMMED if step.accumulates else ZEROED, written.of[id(one.value)])
    return found


def _change(source: Source, one: Backward, whole: Span, edits: Iterable[Edit], site: Site | None) -> Change:
    """A step from the first line of its forward pass to its `backward`, before and after."""
    inside = [edit for edit in edits if whole.start <= edit.span.start and edit.span.end <= whole.end]
    parts, at = [], whole.start
    for edit in sorted(inside, key=lambda edit: (edit.span.start, edit.span.end)):
        parts += [source.utf8[at : edit.span.start].decode(), edit.text]
        at = edit.span.end
    after = "".join([*parts, source.utf8[at : whole.end].decode()])
    before = source.utf8[whole.start : whole.end].decode()
    line = next(number for number, start in enumerate(source.starts, 1) if start == whole.start)
    _, end = source.place(one.call)
    api, how = (site.api or BACKWARD, site.how) if site is not None else (BACKWARD, "inferred")
    how = "inferred" if how == "unknown" else how
    return Change(line, 1, *end, api, "call", how, "adapted", CODE, GRADIENTS, before, after, site.inside if site is not None else "")


def _names(tree: ast.Module, root: str) -> Names:
    """Names for what is new that the file uses for nothing else."""
    taken: set[str] = set()
    methods = {id(one) for node in walk(tree) if isinstance(node, ast.ClassDef) for one in node.body}
    for node in walk(tree):
        if isinstance(node, ast.alias):
            taken.add((node.asname or node.name).partition(".")[0])
        elif id(node) not in methods and not isinstance(node, ast.keyword):
            taken |= {name for field in ("id", "arg", "name", "rest") if isinstance(name := getattr(node, field, None), str)}
        if isinstance(node, ast.Global | ast.Nonlocal):
            taken |= set(node.names)
    return Names(root, *(_free(name, taken) for name in ("forward", "gradients", "more")))


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
