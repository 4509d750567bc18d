"""Rows → a page per API in English and in Chinese: signatures, parameter table, differences, and an example that was executed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from compat.generate.code import literal
from compat.generate.examples import Printed, Program, programs, recorded
from compat.table.differences import ParameterDifference, differences
from compat.table.model import Counterpart, Row, Table

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Shown:
    """One counterpart as a page shows it: signature and parameter table."""

    counterpart: Counterpart
    signature: str
    parameters: list[ParameterDifference]
    spellings: list[tuple[str, str, str]]


def pages(table: Table, root: Path, run: bool) -> dict[PurePosixPath, str]:
    """Path → Markdown of every page and of the index of each language."""
    environment = Environment(loader=PackageLoader("compat.generate", "templates"), undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True, keep_trailing_newline=True)  # fmt: skip
    written = {api: programs(row, table) for api, row in table.rows.items()}
    printed = recorded([program for each in written.values() for program in each], root, run)
    found = {}
    for language in LANGUAGES:
        folder = PurePosixPath("docs", language, "differences")
        page = environment.get_template(f"page.{language}.md.j2")
        for api, row in table.rows.items():
            found[folder / f"{api}.md"] = page.render(_content(row, written[api], printed, language))
        index = environment.get_template(f"index.{language}.md.j2")
        found[folder / "README.md"] = index.render(rows=list(table.rows.values()))
    return found


def _content(row: Row, examples: list[Program], printed: dict[str, Printed], language: str) -> dict[str, Any]:
    return {
        "row": row,
        "language": language,
        "signature": signature(row.torch, row.kind, row.parameters, row.call),
        "counterparts": [_shown(row, counterpart) for counterpart in row.mindspore],
        "examples": [(program, printed[program.digest]) for program in examples],
    }


def _shown(row: Row, counterpart: Counterpart) -> Shown:
    text = signature(counterpart.api, row.kind, counterpart.parameters, counterpart.call)
    given = {**counterpart.parameters, **counterpart.call}
    spellings = [(release, older, name) for name, p in given.items() for release, older in p.older.items()]
    return Shown(counterpart, text, list(differences(row, counterpart)), spellings)


def signature(api: str, kind: str, parameters: Any, call: Any) -> str:
    """The signature as documentation shows it: `class name(…)(…) -> Tensor` for a class."""
    text = f"{api}({_listed(parameters)})"
    return f"class {text}({_listed(call)}) -> Tensor" if kind == "class" else f"{text} -> Tensor"


def _listed(parameters: Any) -> str:
    parts = []
    starred = False
    for name, parameter in parameters.items():
        if parameter.keyword_only and not starred:
            parts.append("*")
            starred = True
        parts.append(name if parameter.required else f"{name}={literal(parameter.default)}")
    return ", ".join(parts)
