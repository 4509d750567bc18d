"""Results → lines of JSON, and lines → results: what programs read, and what a report is rendered from again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec

from compat.elementwise import Comparison
from compat.errors import CompatError, UsageError
from compat.parity.compare import Result
from compat.reports.data import finite

FILE = "results.jsonl"
RESULT_FIELDS = {field.name for field in fields(Result)}
PART_FIELDS = {field.name for field in fields(Comparison)}
# JSON has no number for these: they stand as texts in the fields that hold numbers.
NOT_FINITE = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


def write_results(results: Iterable[Result], folder: Path) -> None:
    """Write `results.jsonl` in `folder`, a line at a time, and in the place of an earlier one when all are there."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{FILE}.new"
    with temporary.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{line(result)}\n" for result in results)
    temporary.replace(folder / FILE)


def line(result: Result) -> str:
    """A result as one line of JSON; a number that JSON lacks is "nan", "inf" or "-inf"."""
    fields = result.as_dict()
    try:
        return json.dumps(fields, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(finite(fields), allow_nan=False, separators=(",", ":"))


def read_results(file: Path) -> Iterator[Result]:
    """The results in `file`, those of older runs too, which lack what these did not record.

    Raises UsageError where there is no such file, and CompatError, with file and line, for a line that is damaged, has a field
    that this release does not know, or an id that an earlier line has.
    """
    seen: dict[str, int] = {}
    try:
        with file.open("rb") as lines:
            for number, text in enumerate(lines, 1):
                result = parsed(text, f"{file}:{number}")
                if (before := seen.setdefault(result.id, number)) != number:
                    raise CompatError(f"{file}:{number}: {result.id} stands in line {before} already")
                yield result
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}")


def parsed(text: bytes | str, place: str) -> Result:
    """The result that a line holds; CompatError, which names the `place`, where it holds none."""
    try:
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("not an object")
        _known(found, RESULT_FIELDS, "a result")
        for part in found.get("parts", ()):
            _known(part, PART_FIELDS, "a part")
        # Older runs did not say by which style a call was made, and a missing field must not be read as a usual one.
        return msgspec.convert(_numbers({"style": "", **found}), Result)
    except (ValueError, TypeError, RecursionError) as error:  # msgspec's and json's errors are ValueErrors
        raise CompatError(f"{place}: no result of a parity run: {error}")


def _known(found: Any, known: set[str], what: str) -> None:
    if not isinstance(found, dict):
        raise ValueError(f"{what} is not an object")
    if unknown := sorted(set(found) - known):
        raise ValueError(f"{what} has no field {unknown[0]!r}")


def _numbers(fields: dict[str, Any]) -> dict[str, Any]:
    parts = [{name: _number(name, value) for name, value in part.items()} for part in fields.get("parts", ())]
    return {name: _number(name, value) for name, value in fields.items()} | {"parts": parts}


def _number(name: str, value: Any) -> Any:
    if name.startswith(("max_", "mean_", "quantiles_", "deviation", "seconds")):
        if isinstance(value, list):
            return [_number(name, each) for each in value]
        return NOT_FINITE.get(value, value) if isinstance(value, str) else value
    return value
