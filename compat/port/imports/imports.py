"""Imports of a framework → imports of what imitates it, span by span: what both styles of porting share."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compat.port.imports.early import needed
from compat.port.imports.guards import Guards
from compat.port.imports.libraries import reported
from compat.port.model import Became, Change
from compat.source.published import is_module, is_published
from compat.source.sites import Import, Resolved
from compat.source.text import Edit, Source, Span

OURS, LENIENT = "compat.", "compat.lenient."
BEFORE_MODULE = re.compile(rb"from[\s\\]+")
RAISES = "what is imported here raises when it is used"
CAUGHT = "the import raises ImportError, which is caught here"
NO_ATTRIBUTE = "using it raises AttributeError"


@dataclass(frozen=True)
class Lack:
    """A name that the imitation does not have, where it is imported, and what happens then."""

    alias: ast.alias
    api: str
    reason: str
    caught: bool


@dataclass(frozen=True)
class _File:
    """The file, the framework whose imports are rewritten, "torch" or "mindspore", and the imports whose failure is caught."""

    source: Source
    framework: str
    guards: Guards
    early: Mapping[str, str]

    def is_its(self, module: str) -> bool:
        """Whether a module is the framework or in it."""
        return module.partition(".")[0] == self.framework

    def lack(self, alias: ast.alias, api: str, what: str, caught: bool) -> Lack:
        return Lack(alias, api, f"compat.{self.framework} has no {api}: {CAUGHT if caught else what}", caught)


def shim_edits(source: Source, resolved: Resolved, framework: str) -> tuple[list[Edit], list[Change]]:
    """The edits that give every import of torch what compat.torch has instead, and what is said of imports, in their order; so of mindspore.

    A name that compat.torch lacks is imported from compat.lenient.torch, where it raises when it is used, unless an `except ImportError`
    shows that the author is prepared for its absence; and so is a module of which something is needed, and missing, while the file is
    imported. Nothing else changes, and nothing at all the second time.
    """
    file = _File(source, framework, Guards(source.tree), needed(source.tree, resolved))
    edits: list[Edit] = []
    changes: list[Change] = []
    for found in _each(resolved.imports):
        of_it, lacks = _edits(file, found.node)
        edits += of_it
        changes += _changes(file, found, of_it, lacks)
    changes += reported(source, _each(resolved.foreign), framework)
    return edits, sorted(changes, key=lambda change: (change.line, change.column))


def _each(imports: list[Import]) -> list[Import]:
    """Once each, in the order of the text: a loop's body is read more than once."""
    return sorted({id(found.node): found for found in imports}.values(), key=lambda found: (found.node.lineno, found.node.col_offset))


def _edits(file: _File, node: ast.Import | ast.ImportFrom) -> tuple[list[Edit], list[Lack]]:
    if isinstance(node, ast.Import):
        return _of_import(file, node)
    module = node.module or ""
    if node.level or not file.is_its(module):
        return [], []
    apis = {alias: module if alias.name == "*" else f"{module}.{alias.name}" for alias in node.names}
    lacking = {alias: api for alias, api in apis.items() if not (is_module(api) if alias.name == "*" else is_published(api))}
    caught = bool(lacking) and file.guards.catches(node, every_module=all(is_module(module) for _ in lacking))
    start = file.source.span(node).start
    match = BEFORE_MODULE.match(file.source.utf8[start:])
    assert match is not None
    at = start + match.end()
    lenient = (bool(lacking) and not caught) or any(
        (alias.asname or alias.name) in file.early and is_module(api) for alias, api in apis.items()
    )
    edit = Edit(Span(at, at), LENIENT if lenient else OURS)
    return [edit], [file.lack(alias, api, RAISES, caught) for alias, api in lacking.items()]


# --- import a, torch.b as c -----------------------------------------------------------------------------------------------


def _of_import(file: _File, node: ast.Import) -> tuple[list[Edit], list[Lack]]:
    texts: dict[ast.alias, str] = {}
    lacks: list[Lack] = []
    for alias in node.names:
        if file.is_its(alias.name):
            known = is_published(alias.name)
            caught = not known and file.guards.catches(node, every_module=False)
            place = LENIENT if (alias.asname or file.framework) in file.early else OURS
            texts[alias] = _with_name(alias, known, caught, place) if alias.asname else _bare(alias, file.framework, known, caught, place)
            if not known:
                lacks.append(file.lack(alias, alias.name, RAISES if alias.asname else NO_ATTRIBUTE, caught))
    if any(text.startswith("from ") for text in texts.values()):
        return [Edit(file.source.span(node), "; ".join(_statements(file.source, node, texts)))], lacks
    return list(_each_alias(file.source, node, texts)), lacks


def _with_name(alias: ast.alias, known: bool, caught: bool, place: str) -> str:
    """`torch.nn as nn`. What is a module in PyTorch and an object in compat.torch (`torch.backends.cudnn`) is imported as an object."""
    if known and not is_module(alias.name):
        parent, _, leaf = alias.name.rpartition(".")
        return f"from {OURS}{parent} import {leaf}" + ("" if alias.asname == leaf else f" as {alias.asname}")
    return f"{place if known or caught else LENIENT}{alias.name} as {alias.asname}"


def _bare(alias: ast.alias, framework: str, known: bool, caught: bool, place: str) -> str:
    """`torch.nn.functional`, which binds `torch`: compat.torch loads its submodules when they are asked for."""
    package = f"{place}{framework} as {framework}"
    return package if known or not caught else f"{OURS}{alias.name} as {framework}, {package}"


def _each_alias(source: Source, node: ast.Import, texts: dict[ast.alias, str]) -> Iterator[Edit]:
    """One edit for each name of the framework's; one that would say the same again is taken out with its comma."""
    said: set[str] = set()
    end = 0
    for alias in node.names:
        span = source.span(alias)
        text = texts.get(alias)
        if text is not None:
            yield Edit(Span(end, span.end), "") if text in said else Edit(span, text)
            said.add(text)
        end = span.end


def _statements(source: Source, node: ast.Import, texts: dict[ast.alias, str]) -> Iterator[str]:
    """The statement taken apart, where one of its names has to be imported by a `from`."""
    for alias in node.names:
        text = texts.get(alias, source.text(alias))
        yield text if text.startswith("from ") else f"import {text}"


# --- what is said of it ---------------------------------------------------------------------------------------------------


def _changes(file: _File, found: Import, edits: list[Edit], lacks: list[Lack]) -> Iterator[Change]:
    source, node = file.source, found.node
    if not edits:
        return
    span = source.span(node)
    after = source.utf8[span.start : span.end]
    for edit in reversed(edits):
        after = after[: edit.span.start - span.start] + edit.text.encode() + after[edit.span.end - span.start :]
    module = node.module if isinstance(node, ast.ImportFrom) else next(alias.name for alias in node.names if file.is_its(alias.name))
    reasons = "; ".join(lack.reason for lack in lacks if lack.caught)
    yield _change(source, node, found.inside, module or "", "converted", "CM002", reasons, after.decode())
    for lack in lacks:
        if not lack.caught:
            yield _change(source, lack.alias, found.inside, lack.api, "unsupported", "CM301", lack.reason, source.text(lack.alias))


def _change(
    source: Source, node: ast.stmt | ast.alias, inside: str, api: str, became: Became, code: str, reason: str, after: str
) -> Change:
    start, end = source.place(node)
    return Change(*start, *end, api, "value", "name", became, code, reason, source.text(node), after, inside)
