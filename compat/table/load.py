"""The folder of YAML files → one checked, frozen table, or every mistake in it at once."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from compat.errors import TableError
from compat.table import source
from compat.table.checks import check
from compat.table.model import Adapter, Export, Family, Origin, Primitive, Reason, Row, Table
from compat.table.source import Document, Problem
from compat.table.validate import mistakes
from compat.table.weights import LayerWeights

# In a checkout the table stands beside the package; a wheel carries a copy of it.
MAPPINGS = next(p for p in (Path(__file__).parents[2] / "mappings", Path(__file__).parents[1] / "_mappings") if p.exists())
FAMILIES, EXPORTS, REASONS, PRIMITIVES, WEIGHTS = "families.yaml", "exports.yaml", "reasons.yaml", "primitives.yaml", "weights.yaml"
KINDS = {FAMILIES: Family, EXPORTS: Export, REASONS: Reason, PRIMITIVES: Primitive, WEIGHTS: LayerWeights}


def load(folder: Path = MAPPINGS) -> Table:
    """Read and check every table file in `folder`.

    Raises TableError with all mistakes, each `file:line:column: what is wrong, what was expected`, sorted by place.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise TableError([f"{folder}:1:1: no table file: expected *.yaml"])
    entries, problems = _entries(files)
    table, duplicates = _assembled(entries)
    problems += duplicates
    if not problems:
        problems = [_located(origin, path, message) for origin, path, message in check(table)]
    if problems:
        raise TableError([str(problem) for problem in sorted(set(problems))])
    return replace(table, rows={api: _reasoned(_inherited(row, table), table) for api, row in table.rows.items()})


def layer_weights(folder: Path = MAPPINGS) -> list[LayerWeights]:
    """What layers' parameters are called on both sides, without the rest of the table; TableError with all mistakes of that file."""
    entries, problems = _entries([folder / WEIGHTS])
    if problems:
        raise TableError([str(problem) for problem in sorted(set(problems))])
    return [entry for _, entry in entries]


def _reasoned(row: Row, table: Table) -> Row:
    """The row with the text of each reason in the place of its name."""

    def told(adapter: Adapter | None) -> Adapter | None:
        if adapter is None or not isinstance(adapter.reason, str):
            return adapter
        return msgspec.structs.replace(adapter, reason=table.reasons[adapter.reason].text)

    counterparts = [msgspec.structs.replace(each, on_torch=told(each.on_torch)) for each in row.mindspore]
    refusal = table.reasons[row.unsupported].text if isinstance(row.unsupported, str) else row.unsupported
    return msgspec.structs.replace(row, on_mindspore=told(row.on_mindspore), mindspore=counterparts, unsupported=refusal)


def _inherited(row: Row, table: Table) -> Row:
    """A class row with what its function already says about the shape and meaning of each parameter."""
    if row.function is None:
        return row
    theirs = table.rows[row.function].parameters

    def told(name: str, parameter: Any) -> Any:
        target = theirs.get(getattr(parameter, "to", None) or name)
        if parameter.about is not None or target is None:
            return parameter
        return msgspec.structs.replace(parameter, about=target.about)

    sections = {s: {n: told(n, p) for n, p in getattr(row, s).items()} for s in ("parameters", "call")}
    return msgspec.structs.replace(row, **sections)


def _entries(files: list[Path]) -> tuple[list[tuple[Origin, Any]], list[Problem]]:
    entries: list[tuple[Origin, Any]] = []
    problems: list[Problem] = []
    for file in files:
        kind = KINDS.get(file.name, Row)
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(str(file), 1, 1, f"not UTF-8 at byte {error.start}: expected UTF-8 text"))
            continue
        document = source.read(text, str(file))
        try:
            if document.problems:
                raise msgspec.ValidationError
            records = msgspec.convert(expanded(document.value), list[kind])  # type: ignore[valid-type]
            entries += [(Origin(file, index), record) for index, record in enumerate(records)]
        except msgspec.ValidationError:
            problems += _explained(text, str(file), kind)
    return entries, problems


def _explained(text: str, file: str, kind: type) -> list[Problem]:
    """All mistakes of a file that did not convert; read again, this time with the place of every value."""
    document = source.read(text, file, with_places=True)
    found = [document.problem(path, message) for path, message in mistakes(expanded(document.value), list[kind])]  # type: ignore[valid-type]
    if document.value is None and not document.problems:
        found = [Problem(file, 1, 1, "an empty file: expected a list")]
    return document.problems + ([] if any("not YAML" in p.message for p in document.problems) else found)


def expanded(entries: Any) -> Any:
    """The entries with the kind of every parameter stated, where the author left the usual one out."""
    for row in entries if isinstance(entries, list) else ():
        if isinstance(row, dict) and isinstance(row.get("torch"), str):
            _state_kind(row, lambda _: "passed")
            counterparts = row.get("mindspore")
            for counterpart in counterparts if isinstance(counterparts, list) else ():
                _state_kind(counterpart, lambda parameter: "renamed" if "source" in parameter else "same")
    return entries


def _state_kind(holder: Any, usual: Any) -> None:
    for section in ("parameters", "call"):
        parameters = holder.get(section) if isinstance(holder, dict) else None
        for parameter in parameters.values() if isinstance(parameters, dict) else ():
            if isinstance(parameter, dict) and "kind" not in parameter:
                parameter["kind"] = usual(parameter)


def _assembled(entries: list[tuple[Origin, Any]]) -> tuple[Table, list[Problem]]:
    table = Table({}, {}, {}, {}, {}, {}, {})
    problems = []
    for origin, entry in entries:
        key, group = _slot(table, entry)
        if key in group:
            first = table.origins[key]
            place = _located(first, (first.index,), "")
            problems.append(_located(origin, (origin.index,), f"{key} stands twice: expected it once, first at {place.file}:{place.line}"))
        else:
            group[key] = entry
            table.origins[key] = origin
    return table, problems


def _slot(table: Table, entry: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(entry, Row):
        return entry.torch, table.rows
    if isinstance(entry, Family):
        return entry.family, table.families
    if isinstance(entry, Reason):
        return entry.reason, table.reasons
    if isinstance(entry, Primitive):
        return entry.primitive, table.primitives
    if isinstance(entry, LayerWeights):
        return entry.key, table.weights
    return entry.key, table.exports


def _located(origin: Origin, path: source.Path, message: str) -> Problem:
    return _with_places(origin.file, origin.file.read_text(encoding="utf-8")).problem(path, message)


@functools.lru_cache(maxsize=4)
def _with_places(file: Path, text: str) -> Document:
    """A file with the place of everything in it, kept while its mistakes are told."""
    return source.read(text, str(file), with_places=True)


def place(table: Table, api: str, path: source.Path, message: str) -> Problem:
    """A problem at a path inside the row of a PyTorch API."""
    origin = table.origins[api]
    return _located(origin, (origin.index, *path), message)
