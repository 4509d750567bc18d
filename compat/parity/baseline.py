"""What a run found, held against what an earlier one found: which cases got worse, which better."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, get_args

from compat.errors import CompatError
from compat.parity.compare import Result
from compat.parity.states import BAD, GOOD, State, state

FORMAT = 1
MISSING = "missing"
# A case that differs may come to crash, which is worse; whether it crashes or hangs is a matter of chance.
_GRAVITY: dict[State, int] = {"agrees": 0, "declared": 0, "refused": 1, "stale": 2, "differs": 3, "late error": 4, "crashed": 5, "hung": 5}


@dataclass(frozen=True)
class Known:
    """What is known of a case: its state, and the row that it belongs to."""

    state: State
    row: str


@dataclass(frozen=True)
class Baseline:
    """Case id → what is known of it; `versions` are the releases that were compared, where that is on record."""

    cases: Mapping[str, Known]
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A case whose state is another: `before` is empty for a new one, `now` is "missing" for one that is gone."""

    id: str
    row: str
    before: str
    now: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.id}: {self.before or 'new'} → {self.now}{': ' if self.detail else ''}{self.detail}"


@dataclass(frozen=True)
class Changes:
    """What got worse (a regression), what got better, what agreed and now differs as the table declares; `added` new cases
    agree or differ as declared.

    Each list is in the order of the results, and what is gone comes last.
    """

    worse: tuple[Change, ...] = ()
    better: tuple[Change, ...] = ()
    declared: tuple[Change, ...] = ()
    added: int = 0


def of_results(results: Iterable[Result], versions: Mapping[str, str] | None = None) -> Baseline:
    """The baseline that these results are."""
    return Baseline({result.id: Known(state(result), result.row) for result in results}, versions or {})


def changes(baseline: Baseline, results: Sequence[Result], patterns: Sequence[str] = ()) -> Changes:
    """Hold results against the baseline.

    Worse is a case that agreed or differed as declared and does neither any more, one that got from differing to a crash, a new
    one that differs, and one that is gone although the run's `patterns` (shell globs of APIs, rows or ids; none: every case) choose it.
    """
    worse, better, declared, added = [], [], [], 0
    for result in results:
        before, now = baseline.cases.get(result.id), state(result)
        change = Change(result.id, result.row, before.state if before else "", now, result.detail or result.reason)
        if before is None:
            added += now in GOOD
            worse += [change] if now in BAD else []
        elif _GRAVITY[now] > _GRAVITY[before.state]:
            worse.append(change)
        elif _GRAVITY[now] < _GRAVITY[before.state] or (before.state, now) == ("declared", "agrees"):
            better.append(change)
        elif (before.state, now) == ("agrees", "declared"):
            declared.append(change)
    gone = _gone(baseline, {result.id for result in results}, patterns)
    return Changes((*worse, *gone), tuple(better), tuple(declared), added)


def _gone(baseline: Baseline, found: set[str], patterns: Sequence[str]) -> list[Change]:
    gone = [(name, known) for name, known in baseline.cases.items() if name not in found and known.state in GOOD]
    return [Change(name, known.row, known.state, MISSING) for name, known in gone if _chosen(name, known.row, patterns)]


def _chosen(case: str, row: str, patterns: Sequence[str]) -> bool:
    api = case.split(":")[1] if ":" in case else case
    return not patterns or any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns for name in (api, row, case))


def written(baseline: Baseline) -> str:
    """The baseline as a compact file: an API a line, under it the ends of its cases' ids by state, all sorted, so that a diff can be read."""
    apis: dict[tuple[str, str], dict[str, list[str]]] = {}
    for name, known in baseline.cases.items():
        imitated, api, rest = _split(name)
        apis.setdefault((f"{imitated}:{api}", known.row), {}).setdefault(known.state, []).append(rest)
    lines = [
        json.dumps([api, *([row] if row != api.partition(":")[2] else []), {one: sorted(rests) for one, rests in sorted(found.items())}])
        for (api, row), found in sorted(apis.items())
    ]
    head = json.dumps({"parity_baseline": FORMAT, "versions": dict(sorted(baseline.versions.items()))})
    return "\n".join([head, *lines]) + "\n"


def is_baseline(first_line: str) -> bool:
    """Whether a file that begins so is what `written` gives, rather than results."""
    try:
        found = json.loads(first_line)
    except ValueError:
        return False
    return isinstance(found, dict) and "parity_baseline" in found


def read(text: str, name: str) -> Baseline:
    """The inverse of `written`; CompatError, with `name` and line, for anything else."""
    head, *lines = text.splitlines() or [""]
    try:
        fields = json.loads(head)
        if fields["parity_baseline"] != FORMAT:
            raise CompatError(f"{name}:1: a baseline of format {fields['parity_baseline']}; this release reads {FORMAT}")
        versions = {str(key): str(value) for key, value in fields["versions"].items()}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise CompatError(f"{name}:1: no baseline of a parity run: {error}")
    cases: dict[str, Known] = {}
    for number, line in enumerate(lines, 2):
        try:
            _read_line(json.loads(line), cases)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise CompatError(f"{name}:{number}: damaged: {error}")
    return Baseline(cases, versions)


def _read_line(found: Any, cases: dict[str, Known]) -> None:
    api, *row, by_state = found
    for one, rests in by_state.items():
        if one not in get_args(State):
            raise ValueError(f"no state of a case: {one!r}")
        for rest in rests:
            case = f"{api}:{rest}" if rest else api
            if case in cases:
                raise ValueError(f"{case} occurs twice")
            cases[case] = Known(one, row[0] if row else api.partition(":")[2])


def _split(case: str) -> tuple[str, str, str]:
    imitated, api, rest = [*case.split(":", 2), "", ""][:3]
    return imitated, api, rest
