"""The cases as data for the page: a column at a time, texts once, and of an array that agrees no more than its largest errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compat.elementwise import BINS, QUANTILES, Comparison
from compat.parity.compare import Result
from compat.parity.report_model import CHECKS, Line
from compat.parity.states import BAD, DIRECTIONS, FRAMEWORKS, STATES, state, where
from compat.reports.data import Strings, encoded, rounded

# What quantiles, histograms and first elements, and what findings and reasons may take up in all: a run in which everything differs
# must still open.
DETAIL_BYTES = 2_000_000
TEXT_BYTES = 1_500_000
LONGEST, SHORTEST = 600, 60  # characters of a text


def embedded(lines: Sequence[Line], changes: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The data that `assets/row.js` reads: `apis` (with how many cases they have), `cases` and `parts` in columns, `details` by part.

    `changes` is what `told_changes` gives.
    """
    strings = Strings()
    strings.at("")
    results = [result for line in lines for result in line.results]
    parts = [(result, part) for result in results for part in result.parts]
    details, longest = _details(parts), _longest(results)
    return {
        "apis": _apis(lines, strings), "cases": _cases(results, changes, longest, strings), "parts": _parts([part for _, part in parts], strings),
        "details": details, "left_out": longest < LONGEST or sum(bool(part.detail) for _, part in parts) > len(details),
        "bins": BINS, "quantiles": QUANTILES, "checks": CHECKS, "states": STATES, "directions": DIRECTIONS, "strings": strings.texts,
    }  # fmt: skip


def _apis(lines: Sequence[Line], strings: Strings) -> list[list[Any]]:
    return [[strings.at(x.api), strings.at(x.imitated), strings.at(x.row), len(x.results), _shortened(x.histogram)] for x in lines]


def _longest(results: Sequence[Result]) -> int:
    """How many characters of a finding there is room for."""
    texts = {text[:LONGEST] for result in results for text in (result.detail, result.reason)}
    return LONGEST if sum(map(len, texts)) <= TEXT_BYTES else max(SHORTEST, TEXT_BYTES // len(texts))


def _cases(results: Sequence[Result], changes: Mapping[str, Mapping[str, str]], longest: int, strings: Strings) -> dict[str, list[Any]]:
    """What is the same in nearly every case is a text here, too: a column of small numbers is small."""
    texts: dict[str, list[str]] = {
        "end": [_end(r) for r in results], "fixture": [r.fixture for r in results], "style": [r.style for r in results],
        "dtype": [r.dtype for r in results], "state": [state(r) for r in results], "ending": [r.ending for r in results],
        "side": [where(r) for r in results], "reference": [FRAMEWORKS.get(r.reference, r.reference) for r in results],
        "changed": ["; ".join(f"{kind}: {was}" for kind, was in changes.get(r.id, {}).items()) for r in results],
        "detail": [r.detail[:longest] for r in results], "reason": [r.reason[:longest] for r in results],
    }  # fmt: skip
    return {
        **{name: [strings.at(text) for text in column] for name, column in texts.items()},
        "checks": [sum(1 << CHECKS.index(check) for check in r.checks) for r in results],
        "deviation": [rounded(r.deviation, 2) for r in results],
        "seconds": [rounded(r.seconds, 2) for r in results],
        "parts": [len(r.parts) for r in results],
    }


def _end(result: Result) -> str:
    """What the id has behind the API, a colon first; all of the id, should it not begin so."""
    return result.id.removeprefix(f"{result.imitated}:{result.api}")


def _parts(parts: Sequence[Comparison], strings: Strings) -> dict[str, list[Any]]:
    return {
        "name": [strings.at(part.name) for part in parts],
        "dtype": [strings.at(part.dtype) for part in parts],
        "shape": [strings.at("×".join(map(str, part.shape))) for part in parts],
        "abs": [rounded(part.max_abs, 2) for part in parts],
        "rel": [rounded(part.max_rel, 2) for part in parts],
        "ulp": [part.max_ulp if part.max_ulp < 1e6 else rounded(float(part.max_ulp), 2) for part in parts],
    }


def _details(parts: Sequence[tuple[Result, Comparison]]) -> dict[int, dict[str, Any]]:
    """Place of a part → the rest of what is known of it, for those that differ: the undeclared ones first, while there is room."""
    room, found = DETAIL_BYTES, {}
    wanted = [place for place, (_, part) in enumerate(parts) if part.detail]
    for place in sorted(wanted, key=lambda place: (state(parts[place][0]) not in BAD, place)):
        detail = _detail(parts[place][1])
        room -= len(encoded(detail))
        if room < 0:
            break
        found[place] = detail
    return found


def _detail(part: Comparison) -> dict[str, Any]:
    return {
        "detail": part.detail[:LONGEST], "elements": part.elements, "differing": part.differing, "nan": part.nan, "inf": part.inf,
        "mean": [rounded(part.mean_abs), rounded(part.mean_rel)], "abs": [rounded(q) for q in part.quantiles_abs],
        "rel": [rounded(q) for q in part.quantiles_rel], "histogram": _shortened(part.histogram),
        "first": [[", ".join(map(str, index)), theirs[:80], ours[:80]] for index, theirs, ours in part.first],
    }  # fmt: skip


def _shortened(histogram: Sequence[int]) -> list[int]:
    """Without the zeros at its end."""
    return list(_without_zeros(histogram))


def _without_zeros(histogram: Sequence[int]) -> Iterator[int]:
    last = max((place for place, count in enumerate(histogram) if count), default=-1)
    yield from histogram[: last + 1]
