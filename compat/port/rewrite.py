"""One source → its bytes with the other framework where that is exact and the imitation elsewhere, and what became of every use."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from compat.port.cells import Cells, with_cells
from compat.port.decisions.choosing import Chooser
from compat.port.decisions.decision import Decision
from compat.port.decisions.idioms import Context
from compat.port.imports.imports import shim_edits
from compat.port.model import Change
from compat.port.steps.steps import with_steps
from compat.source.sites import Resolved, Site
from compat.source.text import Edit, Source, Span
from compat.source.walking import walk

# What imports a framework into a ported file.
IMPORTS = {"mindspore": "from compat.native import mindspore", "torch": "import torch"}


def native(source: Source, resolved: Resolved, chooser: Chooser) -> tuple[list[Edit], tuple[Change, ...]]:
    """The edits of a file: the target's calls where they are exact for the arguments, imports as `shim_edits` has them."""
    target = chooser.target
    root = root_for(source, target)
    edits, changes = shim_edits(source, resolved, chooser.source)
    found = decided(resolved.sites, chooser, Context(source, resolved, root))
    uses, rewrites = found.decided, list(found.edits)
    changes += found.changes
    if target == "mindspore":
        steps = with_steps(source, resolved, uses, root)
        uses = steps.decided
        rewrites += steps.edits
        changes += steps.changes
    for site, decision in uses:
        rewrites += decision.edits
        changes.append(change_of(source, site, decision))
    first = min((edit.span.start for edit in rewrites), default=0)
    standing = imported(source, target)
    if any(edit.text for edit in rewrites) and not (standing and standing[1] <= first):
        edits.append(import_edit(source, chooser.source, target, root, first))
    changes.sort(key=lambda change: (change.line, change.column))
    return [*edits, *rewrites], tuple(changes)


def decided(sites: Iterable[Site], chooser: Chooser, context: Context) -> Cells:
    """Every use with its decision, one that contains another before it: what both insert at one place stands in that order."""
    ordered = sorted(sites, key=lambda site: _extent(context.source, site))
    found = [(site, decision) for site in ordered if (decision := chooser.decide(site, context.source, context)) is not None]
    return with_cells(context, found, chooser) if chooser.target == "mindspore" else Cells(tuple(found))


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


def root_for(source: Source, target: str = "mindspore") -> str:
    """The name by which the file reaches the target: that of an import at its top, or one that it uses for nothing else."""
    standing = imported(source, target)
    if standing or target.encode() not in source.utf8:
        return standing[0] if standing else target
    taken = {name for node in walk(source.tree) for name in _names(node)}
    root = target
    while root in taken:
        root += "_"
    return root


def imported(source: Source, target: str) -> tuple[str, int] | None:
    """The name that an import at the top of the file, of an earlier port for one, gives the target, and where it ends; None without one."""
    line = ast.parse(IMPORTS[target]).body[0]
    for node in source.tree.body if target.encode() in source.utf8 else ():
        if (
            isinstance(node, ast.Import | ast.ImportFrom)
            and type(node) is type(line)
            and getattr(node, "module", None) == getattr(line, "module", None)
        ):
            for alias in node.names:
                if alias.name == target:
                    return alias.asname or alias.name, source.span(node).end
    return None


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


def import_edit(source: Source, framework: str, target: str, root: str, first: int) -> Edit:
    """The import of the target, in front of the module's first import of the framework, or of the statement with the `first` byte rewritten.

    On a line of its own, or, where the statement shares its line with what has to come before it, in front of it.
    """
    body = source.tree.body
    number = next(
        number
        for number, node in enumerate(body)
        if not _comes_first(node, number) and (_mentions(node, framework) or source.span(node).end > first)
    )
    line = _first_line(body[number])
    text = IMPORTS[target] if root == target else f"{IMPORTS[target]} as {root}"
    if number and body[number - 1].end_lineno == line:
        start = source.span(body[number]).start
        return Edit(Span(start, start), f"{text}; ")
    start = source.starts[line - 1]
    newline = "\r\n" if b"\r\n" in source.utf8 else "\n"
    return Edit(Span(start, start), f"{text}{newline}")


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _mentions(node: ast.stmt, framework: str) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in (framework, "compat") for alias in node.names)
    return isinstance(node, ast.ImportFrom) and bool(node.module) and node.module.partition(".")[0] == framework and not node.level  # type: ignore[union-attr]


def _comes_first(node: ast.stmt, number: int) -> bool:
    """The docstring, and imports from __future__."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return True
    return number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
