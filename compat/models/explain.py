"""Why a module parts from its partner: settings, random numbers, operators, and its own lines between two modules that it calls."""

from __future__ import annotations

import linecache
import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from compat.models.classes import are_counterparts
from compat.models.comparison import Explained, Snippet
from compat.models.judge import Difference, Finding, held_against
from compat.models.records import Array, Call, Key, ModuleFacts, Observation, Operator, Place, shown
from compat.models.settings import Setting

LINES = 8


@dataclass(frozen=True)
class Runs:
    """Both models' runs, the second held in step, and each of them once more; `partners` are the first's keys and the second's.

    The repeated runs show what is drawn at random, and have the results of the operators.
    """

    first: Observation
    second: Observation
    first_again: Observation
    second_again: Observation
    partners: Mapping[Key, Key]

    def sides(self) -> tuple[tuple[Observation, Observation], tuple[Observation, Observation]]:
        return (self.first, self.first_again), (self.second, self.second_again)


def explained(finding: Finding, runs: Runs, settings: Sequence[Setting], unmatched: Sequence[str]) -> Explained:
    """`unmatched` are the weights of both models that have no partner."""
    ours, theirs = runs.first.modules[finding.first], runs.second.modules[finding.second]
    why = [setting.text for setting in settings]
    why += _classes(ours, theirs)
    why += _unmatched(ours, theirs, unmatched)
    why += _random(finding, runs)
    own = next((each for each in finding.differences if each.kind == "own forward"), None)
    if own is None:
        return Explained(finding, tuple(why))
    spans = tuple(_Span.of(own, run, key, names) for run, key, names in _placed(finding, runs))
    why += _modules_between(runs, spans)
    why += _operators(runs, spans)
    one, other = (_snippet(run, span) for (_, run), span in zip(runs.sides(), spans, strict=True))
    return Explained(finding, tuple(why), (one, other))


def _classes(ours: ModuleFacts, theirs: ModuleFacts) -> Iterator[str]:
    if ours.base and theirs.base and not are_counterparts(ours.base, theirs.base):
        yield f"{ours.base} and {theirs.base} are not each other's counterparts"


def _unmatched(ours: ModuleFacts, theirs: ModuleFacts, unmatched: Sequence[str]) -> Iterator[str]:
    own = [name for name in dict.fromkeys(unmatched) if name in (*ours.weights, *theirs.weights)]
    if own:
        yield f"weights without a partner keep their own values: {', '.join(own)}"


def _random(finding: Finding, runs: Runs) -> Iterator[str]:
    """A module that gives something else on the same input, as its output or to a module inside it."""
    for (run, again), names in zip(runs.sides(), ({}, runs.partners), strict=True):
        pairs = [(run.by_key().get(key), again.by_key().get(key)) for key in _compared(finding, names)]
        (one, two), *inner = pairs
        if one is None or two is None or not _equal(one.inputs, two.inputs):
            continue
        if not _equal(one.outputs, two.outputs) or any(a and b and not _equal(a.inputs, b.inputs) for a, b in inner):
            yield f"{run.label} draws random numbers there: two runs on the same input differ"


def _compared(finding: Finding, names: Mapping[Key, Key]) -> list[Key]:
    """The call that is to blame, and the calls inside it that got something else."""
    keys = [finding.call, *(each.before for each in finding.differences if each.before is not None)]
    return [names.get(key, key) for key in keys]


def _equal(ours: Sequence[Array], theirs: Sequence[Array]) -> bool:
    return len(ours) == len(theirs) and all(a.shape == b.shape and bool((a == b).all()) for a, b in zip(ours, theirs, strict=True))


# --- what a module's own lines do between two of the modules that it calls ---


@dataclass(frozen=True)
class _Span:
    """The part of a call between the end of one inner call and the beginning of another, in the times of the run."""

    call: Call
    after: Call | None
    before: Call | None

    @classmethod
    def of(cls, own: Difference, run: Observation, key: Key, names: Mapping[Key, Key]) -> _Span | None:
        calls = run.by_key()
        if key not in calls:
            return None
        after, before = (None if end is None else calls.get(names.get(end, end)) for end in (own.after, own.before))
        return cls(calls[key], after, before)

    @property
    def times(self) -> tuple[int, int]:
        return self.after.left if self.after else self.call.entered, self.before.entered if self.before else self.call.left

    def holds(self, time: int) -> bool:
        start, end = self.times
        return start < time < end


def _placed(finding: Finding, runs: Runs) -> Iterator[tuple[Observation, Key, Mapping[Key, Key]]]:
    yield runs.first_again, finding.call, {}
    yield runs.second_again, runs.partners.get(finding.call, finding.call), runs.partners


def _modules_between(runs: Runs, spans: Sequence[_Span | None]) -> Iterator[str]:
    """Modules that only one of the two calls there."""
    known = (set(runs.partners), set(runs.partners.values()))
    for (_, run), span, partners in zip(runs.sides(), spans, known, strict=True):
        if span is None:
            continue
        alone = [call for call in run.calls if span.holds(call.entered) and call.parent is not None and call.key not in partners]
        outermost = [call for call in alone if not any(other.entered < call.entered and call.left < other.left for other in alone)]
        if outermost:
            named = ", ".join(f"{shown(call.path)} ({run.modules[call.path].type})" for call in outermost)
            yield f"{run.label} calls {named} there, without a partner"


def _operators(runs: Runs, spans: Sequence[_Span | None]) -> Iterator[str]:
    """The operators there: the first that gives something else where both runs name theirs, all of them where one does."""
    lists = [_inside(run, span) for (_, run), span in zip(runs.sides(), spans, strict=True)]
    listening = [run.operators is not None for _, run in runs.sides()]
    if all(listening):
        yield from _first_operator(*lists)
        return
    for (_, run), operators, heard in zip(runs.sides(), lists, listening, strict=True):
        if heard and operators:
            yield f"the operators of {run.label} there: {', '.join(each.name for each in operators)}"


def _inside(run: Observation, span: _Span | None) -> list[Operator]:
    if span is None:
        return []
    return [each for each in run.operators or () if each.call == span.call.index and span.holds(each.time)]


def _first_operator(ours: Sequence[Operator], theirs: Sequence[Operator]) -> Iterator[str]:
    for place, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if one.name != other.name:
            yield f"operator {place + 1} there: {one.name} against {other.name}"
            return
        for ours_, theirs_ in zip(one.outputs, other.outputs, strict=False):
            parted = held_against(ours_, theirs_, one.name)
            if not parted.agrees:
                yield f"operator {one.name}: {parted.detail}"
                return
    if len(ours) != len(theirs):
        longer = ours if len(ours) > len(theirs) else theirs
        yield f"operators there: {len(ours)} against {len(theirs)}; {longer[min(len(ours), len(theirs))].name} is in one of them alone"


def _snippet(run: Observation, span: _Span | None) -> Snippet | None:
    """The module's own source there, at most eight lines of it; where it calls its parts in a loop of the framework, none."""
    if span is None or (whole := run.modules[span.call.path].source) is None:
        return None
    start = _line(span.after, whole, whole.line)
    end = _line(span.before, whole, whole.end)
    if not whole.line <= start <= end <= whole.end:
        start, end = whole.line, whole.end
    lines = [linecache.getline(whole.file, number).rstrip("\n") for number in range(start, min(end, start + LINES - 1) + 1)]
    return Snippet(_from_here(whole.file), start, textwrap.dedent("\n".join(lines)))


def _from_here(file: str) -> str:
    """The path as one types it, where it lies in or below the working directory."""
    return os.path.relpath(file) if Path(file).is_relative_to(Path.cwd()) else file


def _line(call: Call | None, whole: Place, otherwise: int) -> int:
    return call.place.line if call is not None and call.place is not None and call.place.file == whole.file else otherwise
