"""What the parity run has shown so far: per API, how many cases agreed in each check. The record may grow, and shrinks on purpose only.

It stands beside the table as `verified.json`, one API a line, so that a change reads as a change of those lines.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from compat.errors import CompatError
from compat.parity.cases import Case
from compat.parity.compare import Result

FILE = "verified.json"
CHECKS = ("forward", "gradient", "error")
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Record:
    """API (its first part says which framework is imitated) → agreeing cases by check, and how many differ, `declared` or not (`differs`).

    A case whose values and gradient agree counts in both checks. `versions` are the releases of the frameworks that were compared.
    """

    versions: dict[str, str] = field(default_factory=dict)
    apis: dict[str, dict[str, int]] = field(default_factory=dict)


def read(folder: Path) -> Record:
    """The record beside the table in `folder`; an empty one where there is none."""
    file = folder / FILE
    return Record(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else Record()


def write(record: Record, folder: Path) -> None:
    """Write the record beside the table in `folder`, sorted by name."""
    lines = [f"{json.dumps(api)}: {json.dumps(record.apis[api])}" for api in sorted(record.apis)]
    text = '{"versions": ' + json.dumps(record.versions, sort_keys=True) + ',\n"apis": {\n' + ",\n".join(lines) + "\n}}\n"
    temporary = folder / f".{FILE}.new"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(folder / FILE)


def shown(results: Iterable[Result]) -> dict[str, dict[str, int]]:
    """What the results show of each API, the checks in their usual order, those with no case left out."""
    counts: dict[str, Counter[str]] = {}
    for result in results:
        found = counts.setdefault(result.api, Counter())
        if result.status == "agrees":
            found.update(result.checks)
        elif result.status != "refused":  # by the reference itself: nothing was compared
            found["declared" if result.status == "declared" else "differs"] += 1
    return {api: {key: found[key] for key in (*CHECKS, "declared", "differs") if found[key]} for api, found in counts.items()}


def examined(every: list[Case], chosen: list[Case], record: Record, patterns: list[str]) -> set[str]:
    """The APIs of which a run says all: every case of theirs is among `chosen`, or they are on record and have no case any more."""
    total, run = (Counter(case.api for case in cases) for cases in (every, chosen))
    gone = {api for api in record.apis if api not in total and (not patterns or any(fnmatchcase(api, p) for p in patterns))}
    return {api for api, count in run.items() if count == total[api]} | gone


def lost(record: Record, found: Mapping[str, Counts], apis: Iterable[str]) -> list[str]:
    """A line for each of `apis` that agrees in fewer cases of a check than is on record."""
    lines = []
    for api in sorted(set(apis) & set(record.apis)):
        known, now = record.apis[api], found.get(api, {})
        fewer = [f"{check} {now.get(check, 0)} of {known[check]}" for check in CHECKS if now.get(check, 0) < known.get(check, 0)]
        if fewer:
            lines.append(f"lost: {api}: {', '.join(fewer)} recorded cases agree")
    return lines


def gained(record: Record, found: Mapping[str, Counts], apis: Iterable[str]) -> list[str]:
    """Those of `apis` that agree in more cases of a check than is on record."""
    return [api for api in sorted(apis) if any(found.get(api, {}).get(c, 0) > record.apis.get(api, {}).get(c, 0) for c in CHECKS)]


def renewed(record: Record, found: Mapping[str, Counts], apis: set[str], versions: dict[str, str], *, whole: bool) -> Record:
    """The record with what was found of `apis` in the place of what it said of them; a `whole` run replaces all of it.

    Raises CompatError when a part of the record would speak of other releases than the rest.
    """
    if not whole and record.apis and record.versions != versions:
        raise CompatError(f"{FILE} is of {_named(record.versions)}, this run of {_named(versions)}: record a run of every row")
    kept = {} if whole else {api: counts for api, counts in record.apis.items() if api not in apis}
    return Record(versions, {**kept, **{api: dict(found[api]) for api in apis if found.get(api)}})


def _named(versions: Mapping[str, str]) -> str:
    return " and ".join(f"{name} {version}" for name, version in sorted(versions.items())) or "no release"
