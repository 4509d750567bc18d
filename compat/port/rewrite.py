"""One source → its bytes with MindSpore where that is exact and compat.torch elsewhere, and what became of every use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

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
        edits.append(import_edit(source, root, min(edit.span.start for edit in rewrites)))
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
    taken = {name for node in ast.walk(source.tree) for name in _names(node)}
    root = "mindspore"
    while root in taken:
        root += "_"
    return root


def imports_native(source: Source) -> bool:
    """Whether an earlier port has put the import there."""
    return b"compat.native" in source.utf8 and any(
        isinstance(node, ast.ImportFrom) and node.module == "compat.native" for node in source.tree.body
    )


def _names(node: ast.AST) -> Iterator[str]:
    """The names that a node uses or binds: variables, parameters, functions, classes, modules, what a pattern captures."""
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    else:
        for field in ("id", "arg", "name", "rest"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names


def import_edit(source: Source, root: str, first: int) -> Edit:
    """The import of MindSpore, in front of the module's first import of torch, or of the statement with the `first` byte that is rewritten.

    On a line of its own, or, where the statement shares its line with what has to come before it, in front of it.
    """
    body = source.tree.body
    number = next(
        number
        for number, node in enumerate(body)
        if not _comes_first(node, number) and (_mentions_torch(node) or source.span(node).end > first)
    )
    line = _first_line(body[number])
    text = IMPORT if root == "mindspore" else f"{IMPORT} as {root}"
    if number and body[number - 1].end_lineno == line:
        start = source.span(body[number]).start
        return Edit(Span(start, start), f"{text}; ")
    start = source.starts[line - 1]
    newline = "\r\n" if b"\r\n" in source.utf8 else "\n"
    return Edit(Span(start, start), f"{text}{newline}")


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
