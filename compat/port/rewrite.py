"""One source → its bytes with MindSpore where that is exact and compat.torch elsewhere, and what became of every use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from compat.port.choosing import Chooser
from compat.port.decision import Decision
from compat.port.idioms import Context
from compat.port.imports import shim_edits
from compat.port.model import Change
from compat.source.sites import Resolved, Site
from compat.source.text import Edit, Source, Span

IMPORT = "from compat.native import mindspore"
NAME = re.compile(rb"\bmindspore\b")


def native(source: Source, resolved: Resolved, chooser: Chooser) -> tuple[list[Edit], tuple[Change, ...]]:
    """The edits of a file: MindSpore's calls where they are exact for the arguments, imports of torch as `shim_edits` has them."""
    root = root_for(source)
    edits, changes = shim_edits(source, resolved)
    rewrites: list[Edit] = []
    for site, decision in decided(source, resolved.sites, chooser, Context(source, resolved, root)):
        rewrites += decision.edits
        changes.append(change_of(source, site, decision))
    if any(edit.text for edit in rewrites) and not imports_native(source):
        edits.append(import_edit(source, root))
    changes.sort(key=lambda change: (change.line, change.column))
    return [*edits, *rewrites], tuple(changes)


def decided(source: Source, sites: Iterable[Site], chooser: Chooser, context: Context) -> Iterable[tuple[Site, Decision]]:
    """Every use with its decision, one that contains another before it: what both insert at one place stands in that order."""
    for site in sorted(sites, key=lambda site: _extent(source, site)):
        decision = chooser.decide(site, source, context)
        if decision is not None:
            yield site, decision


def _extent(source: Source, site: Site) -> tuple[int, int]:
    span = source.span(site.node)
    return span.start, -span.end


def change_of(source: Source, site: Site, decision: Decision) -> Change:
    """A use for the report."""
    start, end = source.place(site.node)
    before = source.text(site.node)
    whole = source.span(site.node)
    parts, at = [], whole.start
    for edit in sorted(decision.edits, key=lambda one: (one.span.start, one.span.end)):
        parts += [source.utf8[at : edit.span.start].decode(), edit.text]
        at = edit.span.end
    after = "".join([*parts, source.utf8[at : whole.end].decode()]) if decision.edits else before
    api = site.api or f"?.{site.method}"
    return Change(*start, *end, api, site.use, site.how, decision.became, decision.code, decision.reason, before, after, site.inside)


def root_for(source: Source) -> str:
    """The name by which the file reaches MindSpore: one that it uses for nothing else."""
    if not NAME.search(source.utf8) or imports_native(source):
        return "mindspore"
    taken = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    taken |= {(alias.asname or alias.name).partition(".")[0] for node in ast.walk(source.tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}  # fmt: skip
    root = "mindspore"
    while root in taken:
        root += "_"
    return root


def imports_native(source: Source) -> bool:
    """Whether an earlier port has put the import there."""
    return b"compat.native" in source.utf8 and any(
        isinstance(node, ast.ImportFrom) and node.module == "compat.native" for node in source.tree.body
    )


def import_edit(source: Source, root: str) -> Edit:
    """The import of MindSpore, on a line of its own in front of the module's first import of torch, or behind what has to come first."""
    body = source.tree.body
    place = next((node for node in body if _mentions_torch(node)), None) or next(
        node for number, node in enumerate(body) if not _comes_first(node, number)
    )
    start = source.starts[_first_line(place) - 1]
    newline = "\r\n" if b"\r\n" in source.utf8 else "\n"
    line = IMPORT if root == "mindspore" else f"{IMPORT} as {root}"
    return Edit(Span(start, start), f"{line}{newline}")


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _mentions_torch(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in ("torch", "compat") for alias in node.names)
    return isinstance(node, ast.ImportFrom) and bool(node.module) and node.module.partition(".")[0] == "torch" and not node.level  # type: ignore[union-attr]


def _comes_first(node: ast.stmt, number: int) -> bool:
    """The docstring, and imports from __future__."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return True
    return number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
