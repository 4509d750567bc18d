"""Rows → a page per API in English and in Chinese: signatures, parameter tables, what was executed, differences, and an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from compat.generate import mindspore_side, torch_side
from compat.generate.code import literal
from compat.generate.examples import Program, mindspore_programs, torch_programs
from compat.generate.recorded import Printed, Record as Examples
from compat.parity import status
from compat.parity.record import Counts, Record
from compat.table.differences import ParameterDifference, differences
from compat.table.model import Counterpart, Difference, Row, Table
from compat.table.parameters import NeutralOnly, Text, Unsupported

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Line:
    """One line of a table of parameters: those that have the same thing to tell."""

    section: str
    torch: str
    mindspore: str
    text: Text


@dataclass
class Group:
    """Counterparts whose tables of parameters are the same, which a page shows together."""

    parameters: list[ParameterDifference]
    counterparts: list[Counterpart] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)

    @property
    def plain(self) -> bool:
        """Whether there is nothing to tell about the parameters."""
        return all(each.kind == "same" for each in self.parameters)

    @property
    def lines(self) -> list[Line]:
        """The table: parameters that are the same, or that MindSpore lacks, in one line each."""
        found: dict[Any, list[ParameterDifference]] = {}
        for index, each in enumerate(self.parameters):
            together = each.kind in ("same", "missing", "deprecated")
            found.setdefault((each.section, each.text.en) if together else index, []).append(each)
        return [
            Line(each[0].section, _names(p.torch for p in each), _names(p.mindspore for p in each), each[0].text) for each in found.values()
        ]


@dataclass(frozen=True)
class Route:
    """What runs some counterparts on PyTorch; `kind` says how `by` is meant."""

    kind: str
    by: str = ""
    why: Text | None = None


@dataclass(frozen=True)
class Example:
    """A program, what it prints, and whether compat.mindspore lacks the API that it calls."""

    program: Program
    printed: Printed
    absent: bool = False


def _names(names: Iterable[str | None]) -> str:
    return ", ".join(name for name in names if name) or "-"


def environment() -> Environment:
    """Where the templates of pages and indexes come from."""
    return Environment(loader=PackageLoader("compat.generate", "templates"), undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True, keep_trailing_newline=True)  # fmt: skip


def pages(table: Table, record: Record, examples: Examples) -> dict[PurePosixPath, str]:
    """Path → Markdown of the page of every row, in both languages."""
    made = environment()
    templates = {language: made.get_template(f"page.{language}.md.j2") for language in LANGUAGES}
    names, definers = page_names(table), table.definers()
    shown = _examples(table, examples)
    found = {}
    for api, row in table.rows.items():
        content = _content(row, record, definers, names) | {"examples": shown[api]}
        for language, template in templates.items():
            found[_folder(language) / names[api]] = tidied(template.render(content))
    return found


def page_names(table: Table) -> dict[str, str]:
    """API → name of its page's file. Where two APIs differ in case alone, the class's is told apart for file systems that ignore case."""
    functions = {api.lower() for api in table.rows if api.rpartition(".")[2].islower()}
    classes = {api for api in table.rows if api.lower() in functions and not api.rpartition(".")[2].islower()}
    return {api: f"{api}-class.md" if api in classes else f"{api}.md" for api in table.rows}


def _folder(language: str) -> PurePosixPath:
    return PurePosixPath("docs", language, "differences")


def tidied(text: str) -> str:
    """Markdown with one empty line, outside of code, where a template left several, and none at the end."""
    parts = text.split("```")
    parts[::2] = [re.sub(r"\n{3,}", "\n\n", part) for part in parts[::2]]
    return "```".join(parts).rstrip("\n") + "\n"


def _content(row: Row, record: Record, definers: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """What both languages' pages are made of."""
    claims = [c for c in status.of_torch(row, record) if c.api == row.torch or not _fails(c.counts)]
    claims += status.of_mindspore(row, record)
    return {
        "row": row,
        "signature": signature(row.torch, row),
        "others": [name for name in row.names() if name != row.torch and not _fails(record.apis.get(name, {}))],
        "groups": groups(row),
        "restricted": [] if row.mindspore else _restricted(row),
        "claims": claims,
        "staying": _staying(row),
        "versions": record.versions,
        "meaning": status.MEANING,
        "tests": row.tests,
        "page": names,
        "runs_counterpart": torch_side.is_derived(row) and row.on_mindspore is None and row.function is None and bool(row.mindspore),
        "routes": _grouped([(c.api, _route(row, c, definers)) for c in row.mindspore]),
    }


def _fails(counts: Counts) -> bool:
    """Whether all that is on record of a name is that it raises in PyTorch as well: PyTorch has no such form."""
    return set(counts) == {"error"}


def _staying(row: Row) -> list[tuple[Difference, list[str]]]:
    """The differences that stay, those that say the same together, with the MindSpore APIs that they are about (none: all)."""
    found: dict[Any, tuple[Difference, list[str]]] = {}
    for each in row.differences:
        found.setdefault((each.imitated, each.kind, each.en), (each, []))[1].extend(each.apis)
    return [(each, list(dict.fromkeys(apis))) for each, apis in found.values()]


def groups(row: Row) -> list[Group]:
    """The counterparts by their tables of parameters, in the order of the row."""
    found: dict[Any, Group] = {}
    for counterpart in row.mindspore:
        parameters = list(differences(row, counterpart))
        key = tuple((p.section, p.torch, p.mindspore, p.text.en) for p in parameters)
        group = found.setdefault(key, Group(parameters))
        group.counterparts.append(counterpart)
        group.signatures.append(signature(counterpart.api, row, counterpart))
    return list(found.values())


def _restricted(row: Row) -> list[tuple[str, Text]]:
    """The parameters that don't take every value, of a row that has no counterpart to compare with."""
    found = []
    for name, parameter in {**row.parameters, **row.call}.items():
        if isinstance(parameter, Unsupported):
            found.append((name, parameter.reason))
        elif isinstance(parameter, NeutralOnly):
            values = ", ".join(map(literal, parameter.values))
            found.append((name, Text(en=f"accepted only as {values}", zh=f"只接受 {values}")))
    return found


def _route(row: Row, counterpart: Counterpart, definers: Mapping[str, str]) -> Route:
    if status.lacks(row, counterpart):
        return Route("absent")
    definer = definers.get(counterpart.api, row.torch)
    if definer != row.torch:
        return Route("other row", definer)
    if counterpart.on_torch:
        return Route("adapter", counterpart.on_torch.name, counterpart.on_torch.why)
    if counterpart.function:
        return Route("function", counterpart.function)
    if counterpart.is_method and not mindspore_side.is_derived(row, counterpart):
        return Route("inherited", f"torch.Tensor.{counterpart.api.rpartition('.')[2]}")
    return Route("derived", row.function or row.torch)


def _grouped(routes: Iterable[tuple[str, Route]]) -> list[tuple[list[str], Route]]:
    """The APIs that run alike, together, in order."""
    found: dict[Any, tuple[list[str], Route]] = {}
    for api, route in routes:
        found.setdefault((route.kind, route.by, route.why and route.why.en), ([], route))[0].append(api)
    return list(found.values())


def _examples(table: Table, examples: Examples) -> dict[str, list[Example]]:
    """The examples of each row: PyTorch's program, and the same call in MindSpore."""
    rows = list(table.rows.values())
    ours = [torch_programs(row, table) for row in rows]
    chosen = examples.first_fit([[program for program, _ in each] for each in ours])
    taken = [dict(each)[fit[0]] if fit else None for each, fit in zip(ours, chosen, strict=True)]
    theirs = [mindspore_programs(row, table, arguments) if arguments else [] for row, arguments in zip(rows, taken, strict=True)]
    counterparts = examples.first_fit([[program for program, _ in each] for each in theirs])
    found = {}
    for row, own, other, programs in zip(rows, chosen, counterparts, theirs, strict=True):
        shown = [Example(*own)] if own else []
        if other:
            shown.append(Example(*other, absent=status.lacks(row, dict(programs)[other[0]])))
        found[row.torch] = shown
    return found


def signature(api: str, row: Row, counterpart: Counterpart | None = None) -> str:
    """The signature as documentation shows it: `class name(…)(…) -> Tensor` for a module, `name` for what is no call."""
    holder = counterpart or row
    returns = "None" if row.returns == "nothing" else row.returns
    listed = f"{api}({_listed(holder.parameters)})"
    of_kind: dict[str, Callable[[], str]] = {
        "class": lambda: f"class {listed}({_listed(holder.call)}) -> {returns}",
        "optimizer": lambda: f"class {listed}",
        "scheduler": lambda: f"class {listed}",
        "property": lambda: api,
        "value": lambda: api,
        "object": lambda: listed if holder.parameters else api,
    }
    return of_kind.get(row.kind, lambda: f"{listed} -> {returns}")()


def _listed(parameters: Mapping[str, Any]) -> str:
    parts = []
    starred = False
    for name, parameter in parameters.items():
        if parameter.variadic:
            parts.append(f"*{name}")
            starred = True
            continue
        if parameter.keyword_only and not starred:
            parts.append("*")
            starred = True
        if parameter.required:
            parts.append(name)
        else:
            parts.append(f"{name}=..." if getattr(parameter, "omit", False) else f"{name}={literal(parameter.default)}")
    return ", ".join(parts)
