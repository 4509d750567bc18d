"""SARIF 2.1.0, for editors and code hosts: one run of one command, of findings with their places and what to write instead."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from compat.reports.data import Listing

Level = Literal["error", "warning", "note", "none"]
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True)
class Region:
    """From a first character up to one, exclusive; all count from 1, columns in characters. Without `column`, the whole of `line`."""

    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    @property
    def data(self) -> dict[str, int]:
        if not self.column:
            return {"startLine": max(1, self.line)}
        return {"startLine": self.line, "startColumn": self.column, "endLine": self.end_line, "endColumn": self.end_column}


@dataclass(frozen=True)
class Finding:
    """One result: the code of its rule, and in which file what was found. `replacement`, where there is one, is for its region.

    `within` names a part of the file where the region is not the place itself: a notebook's cell.
    """

    code: str
    level: Level
    text: str
    file: str
    region: Region
    replacement: str | None = None
    within: str = ""


def log(command: str, version: str, rules: Mapping[str, str], findings: Iterable[Finding], listed: Listing = list) -> dict[str, Any]:
    """The log of a run; `rules` says what each code means, `listed` makes the list of results."""
    described = [{"id": code, "shortDescription": {"text": meaning}} for code, meaning in sorted(rules.items())]
    tool = {"driver": {"name": command, "version": version, "rules": described}}
    run = {"tool": tool, "columnKind": "unicodeCodePoints", "results": listed(_result(each) for each in findings)}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(found: Finding) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri(found.file)}}
    place: dict[str, Any] = {"physicalLocation": physical}
    if found.within:
        place["logicalLocations"] = [{"name": found.within}]
    else:
        physical["region"] = found.region.data
    # The standard wants a result without a severity to be of another kind than "fail", which is the default.
    kind = {"kind": "informational"} if found.level == "none" else {}
    result = {"ruleId": found.code, **kind, "level": found.level, "message": {"text": found.text}, "locations": [place]}
    if found.replacement is not None:
        replaced = {"deletedRegion": found.region.data, "insertedContent": {"text": found.replacement}}
        change = {"artifactLocation": {"uri": uri(found.file)}, "replacements": [replaced]}
        result["fixes"] = [{"description": {"text": found.text}, "artifactChanges": [change]}]
    return result


def uri(file: str) -> str:
    """The reference to a file: its path with everything escaped that a URI can't hold."""
    return quote(os.fsencode(Path(file).as_posix()))
